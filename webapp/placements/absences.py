""" "I cannot come today": said in one tap, undone the same day, counted nowhere. The reason is for the case manager only."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.notifications.actions import notify, withdraw
from webapp.people.actions import on_duty
from webapp.people.person import Person
from webapp.placements import rules
from webapp.placements.course import absences, case_manager_of, record_change, renew_shifts, shifts
from webapp.placements.models import Placement, PlannedShift
from webapp.placements.records import ShiftAbsence


def own_shift(db: Session, person: Person, shift_id: uuid.UUID) -> PlannedShift | None:
    """A planned shift of this participant."""
    found: PlannedShift | None = db.execute(
        select(PlannedShift).where(shifts.c.id == shift_id, shifts.c.participant_id == person.id, shifts.c.municipality_id == person.municipality_id)
    ).scalar_one_or_none()
    return found


def absence_of(db: Session, shift_id: uuid.UUID) -> ShiftAbsence | None:
    """What was said about this shift, if it stands."""
    found: ShiftAbsence | None = db.execute(
        select(ShiftAbsence).where(absences.c.planned_shift_id == shift_id, absences.c.taken_back_at.is_(None))
    ).scalar_one_or_none()
    return found


def cannot_come(
    db: Session, placement: Placement, shift: PlannedShift, *, reason: str, words: str, by: Person, now: datetime, tapped: datetime | None = None
) -> ShiftAbsence:
    """The shift is off; who helps at work and the case manager hear it, without the reason. Again changes nothing but the reason.

    `tapped`: when somebody without internet said so; otherwise it is now. Raises NotToday: another day, over, or already off.
    """
    known, said = absence_of(db, shift.id), tapped or now
    if known is not None:
        known.reason, known.words = reason, words
        db.add(known)
        return known
    rules.ensure_today(shift.day, shift.stops_at, now=said, today=day_of(said))
    if placement.status != "running" or shift.cancelled_at is not None:
        raise rules.NotToday
    made = ShiftAbsence(
        municipality_id=shift.municipality_id, planned_shift_id=shift.id, placement_id=placement.id, participant_id=by.id, day=shift.day,
        reason=reason, words=words, said_at=said,
    )  # fmt: skip
    db.add(made)
    db.flush()
    renew_shifts(db, placement, now=now)
    record_change(db, placement, "shift.off", {"day": shift.day}, by=by, now=now)
    slots = {"name": f"{by.first_name} {by.last_name[:1]}.", "day_on": shift.day.isoformat()}
    case_manager = on_duty(db, case_manager_of(db, by.id), day_of(now))
    for to, path in ((on_duty(db, placement.supervisor_id, day_of(now)), "/employer/team"), (case_manager, f"/placements/{placement.id}/course")):
        notify(db, to=to, municipality_id=placement.municipality_id, key="shift.off", slots=slots, path=path, cause_id=str(made.id), now=now)
    return made


def can_come(db: Session, placement: Placement, shift: PlannedShift, *, by: Person, now: datetime) -> None:
    """After all, the same day. Nothing of it stays: the message goes, and so do reason and words. Again changes nothing. Raises NotToday."""
    known = absence_of(db, shift.id)
    if known is None:
        return
    if shift.day != day_of(now):
        raise rules.NotToday
    known.taken_back_at, known.reason, known.words = now, "", ""
    db.add(known)
    db.flush()
    withdraw(db, "shift.off", str(known.id), now=now)
    renew_shifts(db, placement, now=now)
    record_change(db, placement, "shift.on", {"day": shift.day}, by=by, now=now)
    supervisor = on_duty(db, placement.supervisor_id, day_of(now))
    notify(
        db, to=supervisor, municipality_id=placement.municipality_id, key="shift.on", slots={"name": f"{by.first_name} {by.last_name[:1]}.", "day_on": shift.day.isoformat()},
        path="/employer/team", cause_id=str(known.id), now=now,
    )  # fmt: skip


def forget_reasons(db: Session, municipality_id: int, *, keep_days: int, now: datetime) -> int:
    """After the term only the day off stays, not why. Gives how many reasons went."""
    lock_municipality(db, municipality_id)
    old = (absences.c.municipality_id == municipality_id, absences.c.day < day_of(now) - timedelta(days=keep_days), absences.c.reason != "")
    done: Any = db.execute(update(ShiftAbsence).where(*old).values(reason="", words=""))
    return int(done.rowcount)
