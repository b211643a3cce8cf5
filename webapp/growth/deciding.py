"""What a case manager decides about a signal, a colleague who looks too, and a participant who does not agree."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.growth import rules
from webapp.growth.careers import decisions, signals
from webapp.growth.models import Objection, Signal, SignalDecision
from webapp.growth.signals import colleagues, other_than
from webapp.history.actions import Change, record_by
from webapp.hours.reads import accounts
from webapp.notifications.actions import notify
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.placements.actions import own_caseload
from webapp.terms.shapes import Readiness

objections: Any = Objection.__table__  # type: ignore[attr-defined]
FOR_KIND = {"workplace": ("talked",)}
TOLD = {"regular_job": "talk.ready", "talk_first": "talk.ready", "not_yet": "signal.decided", "talked": "signal.decided"}


class ColleagueNeeded(Exception):
    """A second official has to look and there is none in this municipality."""


def choices(kind: str) -> tuple[str, ...]:
    """What may be decided about a signal of this kind."""
    return FOR_KIND.get(kind, rules.DECISIVE)


def visible_to(person: Person, today: date) -> Any:
    """A query for the signals this person may see: a participant their own, a case manager those of the caseload and those they are asked about."""
    query = select(Signal).where(signals.c.municipality_id == person.municipality_id)
    if person.role == Role.PARTICIPANT:
        return query.where(signals.c.participant_id == person.id)
    if person.role == Role.CASE_MANAGER:
        return query.where(or_(signals.c.participant_id.in_(own_caseload(person, today)), signals.c.asked_id == person.id))
    return query.where(signals.c.id.is_(None))


def decisions_about(db: Session, participant_id: uuid.UUID) -> list[Any]:
    """Every decision about somebody, oldest first, with who made it and which signal it answers."""
    return list(
        db.execute(
            select(decisions, signals.c.kind, signals.c.status, signals.c.raised_on, accounts.c.first_name, accounts.c.last_name)
            .join(signals, signals.c.id == decisions.c.signal_id)
            .join(accounts, accounts.c.id == decisions.c.decided_by)
            .where(decisions.c.participant_id == participant_id)
            .order_by(decisions.c.decided_at, decisions.c.id)
        )
    )


def decide(db: Session, signal: Signal, decision: str, reason: str, numbers: Readiness, *, by: Person, now: datetime) -> SignalDecision | None:
    """A named official decides, with a reason; the participant reads both. The same decision again changes nothing and gives None.

    talk_first keeps the signal, with a later day. The third not_yet in a row waits for a colleague. Raises NoReason,
    NotNow when somebody decided otherwise already, ColleagueNeeded when there is nobody to ask.
    """
    if not reason.strip():
        raise rules.NoReason
    before = [row for row in decisions_about(db, signal.participant_id) if row.kind != "workplace"]
    last = next((row.decision for row in reversed(before) if row.signal_id == signal.id), None) if before else None
    if signal.status in ("closed", "asked") or (signal.status == "talking" and decision == "talk_first"):
        standing = last or next((row.decision for row in decisions_about(db, signal.participant_id) if row.signal_id == signal.id), None)
        if standing == decision or (signal.status == "closed" and standing == "colleague_agrees" and decision == "not_yet"):
            return None
        raise rules.NotNow
    if decision not in choices(signal.kind):
        raise rules.NotNow
    today = day_of(now)
    row = rules.in_a_row([known.decision for known in before], "not_yet") + 1 if decision == "not_yet" else 0
    if row >= numbers.not_yet_in_a_row:
        asked = other_than(colleagues(db, signal.municipality_id, today)[Role.CASE_MANAGER], {by.id})
        if asked is None:
            raise ColleagueNeeded
        signal.status, signal.asked_id, signal.due_on = "asked", asked, today + timedelta(days=numbers.due_days)
    elif decision == "talk_first":
        signal.status, signal.due_on = "talking", today + timedelta(days=numbers.talk_days)
    else:
        signal.status = "closed"
    made = write(db, signal, decision, reason, by=by, now=now)
    if signal.status == "asked" and signal.asked_id is not None:
        tell(db, signal, signal.asked_id, "signal.second", {"due_on": signal.due_on.isoformat()}, f"/signals/{signal.id}", now=now)
    else:
        tell_participant(db, signal, made, by.first_name, now=now)
    return made


def second(db: Session, signal: Signal, agrees: bool, reason: str, numbers: Readiness, *, by: Person, now: datetime) -> SignalDecision | None:
    """The colleague looked: not yet stands, or the case manager decides again. Raises NoReason, NotNow."""
    if not reason.strip():
        raise rules.NoReason
    mine = "colleague_agrees" if agrees else "colleague_differs"
    if signal.status != "asked" or signal.asked_id != by.id:
        standing = [row.decision for row in decisions_about(db, signal.participant_id) if row.signal_id == signal.id and row.decided_by == by.id]
        if mine in standing[-1:]:
            return None
        raise rules.NotNow
    signal.status = "closed" if agrees else "open"
    signal.due_on = signal.due_on if agrees else day_of(now) + timedelta(days=numbers.due_days)
    made = write(db, signal, mine, reason, by=by, now=now)
    first = next(row for row in reversed(decisions_about(db, signal.participant_id)) if row.signal_id == signal.id and row.decision == "not_yet")
    if agrees:
        tell_participant(db, signal, made, first.first_name, now=now)
    else:
        tell(
            db,
            signal,
            first.decided_by,
            "signal.differs",
            {"name": by.first_name, "due_on": signal.due_on.isoformat()},
            f"/signals/{signal.id}",
            now=now,
        )
    return made


def write(db: Session, signal: Signal, decision: str, reason: str, *, by: Person, now: datetime) -> SignalDecision:
    made = SignalDecision(
        municipality_id=signal.municipality_id, participant_id=signal.participant_id, signal_id=signal.id, decision=decision, reason=reason.strip(),
        decided_by=by.id, decided_at=now,
    )  # fmt: skip
    db.add_all([signal, made])
    db.flush()
    facts = {"decision": decision, "reason": made.reason, "kind": signal.kind, "status": signal.status, "participant": signal.participant_id}
    record_by(db, [Change("signal.decided", signal.id, facts)], by=by, now=now)
    return made


def tell(db: Session, signal: Signal, to: uuid.UUID, key: str, slots: dict[str, Any], path: str, *, now: datetime) -> None:
    notify(db, to=to, municipality_id=signal.municipality_id, key=key, slots=slots, path=path, cause_id=f"{signal.id}:{now.isoformat()}", now=now)


def tell_participant(db: Session, signal: Signal, made: SignalDecision, name: str, *, now: datetime) -> None:
    notify(
        db, to=signal.participant_id, municipality_id=signal.municipality_id, key=TOLD.get(made.decision, "signal.decided"), slots={"name": name},
        path=f"/growth#decision-{signal.id}", cause_id=str(made.id), now=now,
    )  # fmt: skip


# a participant who does not agree ---------------------------------------------------------------


def objections_visible_to(person: Person, today: date) -> Any:
    query = select(Objection).where(objections.c.municipality_id == person.municipality_id)
    if person.role == Role.PARTICIPANT:
        return query.where(objections.c.participant_id == person.id)
    return query.where(or_(objections.c.asked_id == person.id, objections.c.participant_id.in_(own_caseload(person, today))))


def objectable(db: Session, signal: Signal) -> Any:
    """The decision somebody may object to: the last about this signal, once it was told to them. None while there is none."""
    if signal.status not in ("closed", "talking"):
        return None
    made = [row for row in decisions_about(db, signal.participant_id) if row.signal_id == signal.id]
    return made[-1] if made else None


def object_to(db: Session, signal: Signal, kind: str, words: str, numbers: Readiness, *, by: Person, now: datetime) -> Objection | None:
    """ "I do not agree", or "let somebody else look". Somebody who did not decide answers. Again changes nothing. Raises NotNow, ColleagueNeeded."""
    known = db.execute(select(Objection).where(objections.c.signal_id == signal.id)).scalar_one_or_none()
    if known is not None:
        return None
    decision = objectable(db, signal)
    if decision is None:
        raise rules.NotNow
    today = day_of(now)
    deciders = {row.decided_by for row in decisions_about(db, signal.participant_id) if row.signal_id == signal.id}
    staff = colleagues(db, signal.municipality_id, today)
    asked = other_than(staff[Role.CASE_MANAGER], deciders)
    if asked is None:
        raise ColleagueNeeded
    made = Objection(
        municipality_id=signal.municipality_id, participant_id=signal.participant_id, signal_id=signal.id, kind=kind, words=words.strip(), made_at=now,
        due_on=today + timedelta(days=numbers.objection_days), asked_id=asked,
    )  # fmt: skip
    db.add(made)
    db.flush()
    record_by(db, [Change("objection.made", made.id, {"signal": signal.id, "kind": kind})], by=by, now=now)
    name = f"{by.first_name} {by.last_name[:1]}."
    notify(
        db, to=asked, municipality_id=signal.municipality_id, key="objection.new", slots={"name": name, "due_on": made.due_on.isoformat()},
        path=f"/objections/{made.id}", cause_id=str(made.id), now=now,
    )  # fmt: skip
    return made


def answer_objection(db: Session, objection: Objection, words: str, *, by: Person, now: datetime) -> None:
    """What the second official says to it. Once; the same words again change nothing. Raises NoReason, NotNow."""
    if not words.strip():
        raise rules.NoReason
    if objection.answered_at is not None:
        if objection.answer == words.strip() and objection.answered_by == by.id:
            return
        raise rules.NotNow
    if objection.asked_id != by.id:
        raise rules.NotNow
    objection.answer, objection.answered_by, objection.answered_at = words.strip(), by.id, now
    db.add(objection)
    db.flush()
    record_by(db, [Change("objection.answered", objection.id, {"answer": objection.answer})], by=by, now=now)
    notify(
        db, to=objection.participant_id, municipality_id=objection.municipality_id, key="objection.answered", slots={"name": by.first_name},
        path=f"/growth#decision-{objection.signal_id}", cause_id=str(objection.id), now=now,
    )  # fmt: skip
