"""What was found and judged before, and which restrictions count."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlmodel import Session

from webapp.people.models import Account
from webapp.safeguards.actions import assessments, overrides, restrictions
from webapp.safeguards.rules import Judged

accounts: Any = Account.__table__  # type: ignore[attr-defined]


class Judgement(NamedTuple):
    """One item that was judged: by whom, why, and what a second person said (None: not yet)."""

    id: uuid.UUID
    assessment_id: uuid.UUID
    item: str
    reason: str
    evidence: str
    decided_by: uuid.UUID
    decided_name: str
    decided_at: Any
    second_name: str | None
    second_at: Any
    second_agrees: bool | None
    what: Judged


def judgements(db: Session, request_id: uuid.UUID) -> list[Judgement]:
    """Every judgement about a request, the newest first. One statement."""
    second = accounts.alias("second")
    rows = db.execute(
        select(overrides, assessments.c.findings, accounts.c.first_name.label("decided_name"), second.c.first_name.label("second_name"))
        .join_from(overrides, assessments, assessments.c.id == overrides.c.assessment_id)
        .join(accounts, accounts.c.id == overrides.c.decided_by)
        .outerjoin(second, second.c.id == overrides.c.second_by)
        .where(overrides.c.request_id == request_id)
        .order_by(overrides.c.decided_at.desc(), overrides.c.item)
    ).all()
    return [
        Judgement(
            row.id,
            row.assessment_id,
            row.item,
            row.reason,
            row.evidence,
            row.decided_by,
            row.decided_name,
            row.decided_at,
            row.second_name,
            row.second_at,
            row.second_agrees,
            judged(row.item, row.findings),
        )
        for row in rows
    ]


def judged(item: str, findings: Iterable[Mapping[str, Any]]) -> Judged:
    """What was judged about an item, from the findings it was judged on."""
    found = next(one for one in findings if one["item"] == item)
    return Judged(item, found["why"], found["value"], found["limit"])


def agreed(db: Session, request_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Judged]]:
    """What two people agreed to, per request. One statement."""
    rows = db.execute(
        select(overrides.c.request_id, overrides.c.item, assessments.c.findings)
        .join_from(overrides, assessments, assessments.c.id == overrides.c.assessment_id)
        .where(overrides.c.request_id.in_(list(request_ids)), overrides.c.second_agrees.is_(True))
    )
    found: dict[uuid.UUID, list[Judged]] = {}
    for row in rows:
        found.setdefault(row.request_id, []).append(judged(row.item, row.findings))
    return found


def restricted_until(db: Session, employer_id: uuid.UUID, day: date) -> date | None:
    """The last day of what counts on this day for an employer, or None."""
    found: date | None = db.execute(counting(day).where(restrictions.c.employer_id == employer_id).order_by(restrictions.c.ends_on.desc())).scalar()
    return found


def counting(day: date) -> Any:
    """A query for the last days of restrictions that count on a day."""
    return select(restrictions.c.ends_on).where(
        restrictions.c.starts_on <= day, restrictions.c.ends_on >= day, or_(restrictions.c.lifted_on.is_(None), restrictions.c.lifted_on > day)
    )
