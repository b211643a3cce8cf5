"""Planning a change of terms, deciding about it, and withdrawing it before its day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from webapp.foundation.clock import day_of
from webapp.history.actions import Change, record
from webapp.notifications.actions import notify_many
from webapp.people.models import Municipality
from webapp.people.person import Person
from webapp.policy import reads, rules
from webapp.policy.models import TermChange
from webapp.terms.actions import ONLY_THE_LAW_SETS, change_term, renew_token
from webapp.terms.models import Term
from webapp.terms.shapes import parse, plain

changes: Any = TermChange.__table__  # type: ignore[attr-defined]


class Decided(Exception):
    """Somebody else decided, or took it back, meanwhile."""


def propose(
    db: Session, id: uuid.UUID, key: str, value: Mapping[str, Any], *, valid_from: date, source: str, reason: str, by: Person, now: datetime
) -> TermChange:
    """Plan that a setting is different from a day on. Nothing changes before somebody else approves.

    The same id again changes nothing. Raises CannotExpress when the value does not fit, or rules.CannotPlan.
    """
    known: TermChange | None = db.get(TermChange, id)
    if known is not None and known.municipality_id == by.municipality_id:
        return known
    if key in ONLY_THE_LAW_SETS:
        raise rules.CannotPlan("law")
    fitting = plain(parse(key, value))
    rules.ensure_planned_ahead(
        valid_from, reads.known_rows(db, by.municipality_id, key), reads.planned_days(db, by.municipality_id, key), today=day_of(now)
    )
    made = TermChange(
        id=id, municipality_id=by.municipality_id, key=key, value=fitting, valid_from=valid_from, source=source, reason=reason,
        touched=reads.touched(db, by.municipality_id, key, valid_from).places, proposed_by=by.id, proposed_at=now,
    )  # fmt: skip
    db.add(made)
    db.flush()
    _told(db, "terms.proposed", made, by=by, now=now)
    deciders = [one.account_id for one in reads.deciders(db, by.municipality_id, day_of(now)) if one.account_id != by.id]
    notify_many(
        db,
        [
            {
                "to": to,
                "municipality_id": by.municipality_id,
                "key": "terms.second",
                "slots": {},
                "path": "/terms",
                "cause_id": str(made.id),
                "now": now,
            }
            for to in dict.fromkeys(deciders)
        ],
    )
    return made


def decide(db: Session, change: TermChange, *, approve: bool, reason: str, by: Person, now: datetime) -> None:
    """A second person says yes or no, by name. A yes makes it a row of terms.

    The same answer again changes nothing. Raises rules.NotYours, rules.CannotPlan (its day has come, or somebody was
    first) or Decided.
    """
    status = "approved" if approve else "refused"
    if change.status == status and change.decided_by == by.id:
        return
    if change.status != "proposed":
        raise Decided
    rules.ensure_may_decide(role=by.role, proposed_by=change.proposed_by, deciding=by.id, admins=reads.admins(db, by.municipality_id, day_of(now)))
    if approve:
        known = reads.known_rows(db, by.municipality_id, change.key)
        rules.ensure_planned_ahead(change.valid_from, known, [], today=day_of(now))
        town = db.get(Municipality, by.municipality_id)
        assert town is not None
        made = change_term(db, town, change.key, change.value, valid_from=change.valid_from, source=change.source, reason=change.reason, now=now)
        change.term_id = made.id
    change.status, change.decided_by, change.decided_at, change.decision_reason = status, by.id, now, reason
    db.add(change)
    db.flush()
    _told(db, f"terms.{status}", change, by=by, now=now)
    notify_many(
        db,
        [
            {
                "to": change.proposed_by, "municipality_id": by.municipality_id, "key": f"terms.{status}", "slots": {"name": by.first_name},
                "path": f"/terms/{change.key}", "cause_id": str(change.id), "now": now,
            }
        ],
    )  # fmt: skip


def withdraw(db: Session, change: TermChange, *, by: Person, now: datetime) -> None:
    """It is not going to be: before its day a planned change goes, and what counted goes on. Again changes nothing. Raises rules.TooLate."""
    if change.status == "withdrawn":
        return
    rules.ensure_withdrawable(change.status, change.valid_from, today=day_of(now))
    if change.term_id is not None:
        db.execute(delete(Term).where(col(Term.id) == change.term_id, col(Term.municipality_id) == by.municipality_id))
        town = db.get(Municipality, by.municipality_id)
        renew_token(db, town)
    change.status, change.withdrawn_by, change.withdrawn_at = "withdrawn", by.id, now
    db.add(change)
    db.flush()
    _told(db, "terms.withdrawn", change, by=by, now=now)


def own_change(db: Session, person: Person, change_id: uuid.UUID) -> TermChange | None:
    found: TermChange | None = db.execute(
        select(TermChange).where(changes.c.id == change_id, changes.c.municipality_id == person.municipality_id)
    ).scalar_one_or_none()
    return found


def _told(db: Session, action: str, change: TermChange, *, by: Person, now: datetime) -> None:
    facts = {"key": change.key, "value": change.value, "valid_from": change.valid_from, "source": change.source}
    record(db, [Change(action, change.id, facts)], municipality_id=by.municipality_id, actor_id=by.id, actor_role=by.role, now=now)
