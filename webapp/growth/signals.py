"""Noticing: what the rules say of everybody who works, written down once, and who is asked to look at it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import literal_column, or_, select, update
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.growth import careers, rules
from webapp.growth.careers import Work, signals
from webapp.growth.models import Signal
from webapp.growth.rubric import WEEK
from webapp.history.actions import Change, record
from webapp.hours.reads import files
from webapp.notifications.actions import notify_many
from webapp.people.actions import stand_ins
from webapp.people.models import Membership
from webapp.permissions import Role
from webapp.placements.models import Placement
from webapp.terms.actions import Terms
from webapp.terms.shapes import Readiness

memberships: Any = Membership.__table__  # type: ignore[attr-defined]
NOT_CLOSED = signals.c.status != literal_column("'closed'")
PAUSING = ("ready", "hire")
CLOCK = "clock"


class Noticed(NamedTuple):
    """A signal that is due, before it is written down."""

    work: Work
    kind: str
    facts: dict[str, Any]


def open_signal(db: Session, participant_id: uuid.UUID, employer_of: uuid.UUID | None = None) -> Signal | None:
    """The readiness signal of somebody that is not decided yet, or None. Until then: no new offer at that employer, no extension.

    `employer_of`: an establishment; then only a signal about work there, at any establishment of the same employer.
    """
    query = select(Signal).where(signals.c.participant_id == participant_id, NOT_CLOSED, signals.c.kind.in_(PAUSING)).order_by(signals.c.raised_on)
    if employer_of is not None:
        same = careers.establishments.alias("same")
        employer = select(same.c.employer_id).where(same.c.id == employer_of).scalar_subquery()
        query = query.join(careers.establishments, careers.establishments.c.id == signals.c.establishment_id).where(
            careers.establishments.c.employer_id == employer
        )
    found: Signal | None = db.execute(query.limit(1)).scalar_one_or_none()
    return found


def notice(db: Session, municipality_id: int, terms: Terms, *, now: datetime, only: uuid.UUID | None = None) -> int:
    """Look at everybody who works, or at one of them, and raise what is due. Again raises nothing. Gives how many."""
    lock_municipality(db, municipality_id)
    today = day_of(now)
    numbers, row = terms.readiness(today), terms.row("readiness", today)
    found = [
        Noticed(work, kind, {**facts, "terms": str(row.id), "source": row.source, "rules": rules.VERSION})
        for work in careers.work(db, municipality_id, terms, today, only=only)
        for kind, facts in due_of(work, today, numbers)
    ]
    return raise_signals(db, municipality_id, found, numbers, now=now)


def due_of(work: Work, today: date, numbers: Readiness) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is to be said about one person today and was not said before."""
    running = {signal.kind for signal in work.signals if signal.status != "closed"}
    asked = [signal for signal in work.signals if signal.kind in PAUSING]
    rests = any(signal.status == "closed" and today - signal.raised_on < (numbers.again_weeks + 1) * WEEK for signal in asked)
    if not rests and not running & set(PAUSING):
        said = rules.verdict(work.career, today, numbers)
        if said.ready:
            yield "ready", facts_of(work, said, today)
    percent = rules.limit_reached(work.row.starts_on, work.last_day, today, numbers.limit_percents)
    if percent is not None and today <= work.last_day:
        told = {signal.kind for signal in work.signals if signal.placement_id == work.row.id}
        kind = f"limit_{percent}"
        if percent in (50, 75, 100) and kind not in told:
            yield kind, {**plain(work, today), "percent": percent, "last_day": work.last_day.isoformat(), "week_minutes": work.week_minutes}
    lately = any(signal.kind == "no_growth" and today - signal.raised_on < numbers.no_growth_weeks * WEEK for signal in work.signals)
    if "no_growth" not in running and not lately and rules.no_growth(work.career, today, numbers):
        yield "no_growth", {**plain(work, today), "no_growth_weeks": numbers.no_growth_weeks}


def plain(work: Work, today: date) -> dict[str, Any]:
    return {"week": (today - work.row.starts_on).days // 7 + 1, "weeks": (work.last_day - work.row.starts_on).days // 7 + 1}


def facts_of(work: Work, said: rules.Verdict, today: date) -> dict[str, Any]:
    return {**plain(work, today), "points": [point._asdict() for point in said.points], "missing": said.missing}


def raise_signals(db: Session, municipality_id: int, found: Sequence[Noticed], numbers: Readiness, *, now: datetime) -> int:
    """Write down what was noticed, with its history and a message to whoever works for the case manager today."""
    if not found:
        return 0
    today = day_of(now)
    instead = stand_ins(db, {noticed.work.row.case_manager_id for noticed in found}, today)
    made, messages = [], []
    for noticed in found:
        row = noticed.work.row
        signal = Signal(
            municipality_id=municipality_id, participant_id=row.participant_id, placement_id=row.id, establishment_id=row.establishment_id, kind=noticed.kind,
            raised_on=today, raised_at=now, due_on=today + timedelta(days=numbers.due_days), facts=noticed.facts,
        )  # fmt: skip
        made.append(signal)
        messages.append(
            {
                "to": instead.get(row.case_manager_id, row.case_manager_id), "municipality_id": municipality_id, "key": message_of(noticed.kind),
                "slots": {"name": f"{row.first_name} {row.last_name[:1]}.", "due_on": signal.due_on.isoformat()}, "path": f"/signals/{signal.id}",
                "cause_id": str(signal.id), "now": now,
            }
        )  # fmt: skip
    db.add_all(made)
    db.flush()
    changes = [Change("signal.raised", signal.id, {"kind": signal.kind, "participant": signal.participant_id, **signal.facts}) for signal in made]
    record(db, changes, municipality_id=municipality_id, actor_id=None, actor_role=CLOCK, now=now)
    notify_many(db, messages)
    return len(made)


def raise_for(db: Session, placement: Placement, kind: str, facts: dict[str, Any], terms: Terms, *, now: datetime) -> bool:
    """A signal that somebody's own words ask for. While one of this kind waits, another adds nothing and gives False."""
    today = day_of(now)
    work = next(
        (found for found in careers.work(db, placement.municipality_id, terms, today, only=placement.participant_id) if found.row.id == placement.id),
        None,
    )
    if work is None or any(signal.kind == kind and signal.status != "closed" for signal in work.signals):
        return False
    numbers, row = terms.readiness(today), terms.row("readiness", today)
    said = facts_of(work, rules.verdict(work.career, today, numbers), today) if kind in PAUSING else plain(work, today)
    noticed = Noticed(work, kind, {**said, **facts, "terms": str(row.id), "source": row.source, "rules": rules.VERSION})
    return raise_signals(db, placement.municipality_id, [noticed], numbers, now=now) > 0


def message_of(kind: str) -> str:
    return "signal.limit" if kind.startswith("limit") else f"signal.{kind}"


def escalate(db: Session, municipality_id: int, terms: Terms, *, now: datetime) -> int:
    """Nobody decided for some days: a colleague is asked, who then sees this signal; later the administrators hear of it.

    There is no role of team lead; an administrator can move a caseload to somebody who is there, so they are told.
    """
    lock_municipality(db, municipality_id)
    today = day_of(now)
    numbers = terms.readiness(today)
    waiting = db.execute(
        select(signals, files.c.case_manager_id)
        .join(files, files.c.account_id == signals.c.participant_id)
        .where(
            signals.c.municipality_id == municipality_id, signals.c.status == literal_column("'open'"), signals.c.kind.in_(PAUSING),
            signals.c.raised_on <= today - timedelta(days=numbers.cover_days),
        )
    ).all()  # fmt: skip
    if not waiting:
        return 0
    staff = colleagues(db, municipality_id, today)
    instead = stand_ins(db, {row.case_manager_id for row in waiting}, today)
    messages: list[dict[str, Any]] = []
    for row in waiting:
        base = {"municipality_id": municipality_id, "slots": {"due_on": row.due_on.isoformat()}, "cause_id": str(row.id), "now": now}
        cover = row.asked_id or instead.get(row.case_manager_id) or other_than(staff[Role.CASE_MANAGER], {row.case_manager_id})
        if row.asked_id is None and cover is not None:
            db.execute(update(Signal).where(signals.c.id == row.id).values(asked_id=cover))
            record(
                db, [Change("signal.covered", row.id, {"asked": cover})], municipality_id=municipality_id, actor_id=None, actor_role=CLOCK, now=now
            )
            messages.append({**base, "to": cover, "key": "signal.cover", "path": f"/signals/{row.id}"})
        if today - row.raised_on >= timedelta(days=numbers.lead_days):
            messages += [{**base, "to": admin, "key": "signal.late", "path": "/hand-over"} for admin in staff[Role.ADMIN]]
    notify_many(db, messages)
    return len(messages)


def colleagues(db: Session, municipality_id: int, today: date) -> dict[str, list[uuid.UUID]]:
    """Case managers and administrators who work today, always in the same order."""
    rows = db.execute(
        select(memberships.c.role, memberships.c.account_id)
        .where(
            memberships.c.municipality_id == municipality_id, memberships.c.role.in_((Role.CASE_MANAGER, Role.ADMIN)), memberships.c.valid_from <= today,
            or_(memberships.c.valid_until.is_(None), memberships.c.valid_until >= today),
        )
        .order_by(memberships.c.account_id)
    )  # fmt: skip
    found: dict[str, list[uuid.UUID]] = {Role.CASE_MANAGER: [], Role.ADMIN: []}
    for role, account_id in rows:
        found[role].append(account_id)
    return found


def other_than(people: Iterable[uuid.UUID], not_these: set[uuid.UUID]) -> uuid.UUID | None:
    """The first of these people who is not one of those."""
    return next((somebody for somebody in people if somebody not in not_these), None)
