"""Reminders for whoever is late. Nothing is ever confirmed or agreed by silence: a person is asked, then a case manager."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.hours.reads import IS_WAITING, accounts, check_ins, entries, files, placements
from webapp.hours.rules import Status, add_working_days
from webapp.hours.rulings import settle_by, since
from webapp.notifications.actions import notify_many
from webapp.people.actions import stand_ins
from webapp.placements.actions import shifts
from webapp.terms.actions import Terms
from webapp.terms.shapes import Silence

FORGOTTEN_AFTER = timedelta(hours=4)

LATE = (
    select(
        entries.c.id, entries.c.participant_id, entries.c.status, entries.c.worked_on, entries.c.minutes, entries.c.corrected_minutes, entries.c.sent_at,
        entries.c.corrected_at, entries.c.responded_at, placements.c.supervisor_id, files.c.case_manager_id, accounts.c.first_name, accounts.c.last_name,
    )
    .join_from(entries, placements, placements.c.id == entries.c.placement_id)
    .join(files, files.c.account_id == entries.c.participant_id)
    .join(accounts, accounts.c.id == entries.c.participant_id)
    .where(IS_WAITING, entries.c.status != Status.DISPUTED)
)  # fmt: skip
STILL_BUSY = select(check_ins.c.participant_id, check_ins.c.entry_id, shifts.c.stops_at).join_from(
    check_ins, shifts, shifts.c.id == check_ins.c.planned_shift_id
).where(check_ins.c.stopped_at.is_(None))  # fmt: skip


def remind(db: Session, municipality_id: int, terms: Terms, *, now: datetime) -> int:
    """Write the reminders that are due today; running it again writes none. Gives how many there were to write."""
    lock_municipality(db, municipality_id)
    today = day_of(now)
    silence = terms.silence(today)
    rows = db.execute(LATE.where(entries.c.municipality_id == municipality_id)).all()
    instead = stand_ins(db, {row.supervisor_id for row in rows}, today)
    busy = db.execute(STILL_BUSY.where(check_ins.c.municipality_id == municipality_id)).all()
    messages = [*_late(rows, silence, instead, today), *_forgotten(busy, now)]
    notify_many(db, [{**message, "municipality_id": municipality_id, "now": now, "hold_seconds": 0} for message in messages])
    return len(messages)


def _late(rows: Iterable[Any], silence: Silence, instead: dict[Any, Any], today: date) -> list[dict[str, Any]]:
    """First the one who has to answer, then, when their time is over, the case manager."""
    messages = []
    for row in rows:
        waiting_since = since(row)
        their_time = settle_by(row.status, since=waiting_since, silence=silence)
        if row.status == Status.CORRECTED and (row.corrected_minutes or 0) >= row.minutes:
            continue  # a correction upwards is certain already and waits for nobody
        name = f"{row.first_name} {row.last_name[:1]}."
        if their_time is not None and today > their_time:
            key = "confirm.escalated" if row.status == Status.SENT else "correction.unanswered"
            messages.append(
                _message(row.case_manager_id, key, {"name": name, "worked_on": row.worked_on.isoformat()}, f"/hours/{row.id}", str(row.id))
            )
        elif row.status == Status.SENT and today >= add_working_days(waiting_since, silence.confirm_remind_working_days):
            to = instead.get(row.supervisor_id, row.supervisor_id)
            messages.append(_message(to, "confirm.late", {}, "/employer/hours", f"late:{today}"))
        elif row.status == Status.CORRECTED and today >= waiting_since + timedelta(days=silence.answer_days // 2):
            messages.append(
                _message(row.participant_id, "correction.waiting", {"worked_on": row.worked_on.isoformat()}, f"/hours/{row.id}", str(row.id))
            )
    return messages


def _forgotten(rows: Iterable[Any], now: datetime) -> list[dict[str, Any]]:
    """Not checked out four hours after the plan: one message. Nothing is stopped by itself (ux.md F3 h)."""
    return [_message(row.participant_id, "hours.forgot", {}, "/today", str(row.entry_id)) for row in rows if now > row.stops_at + FORGOTTEN_AFTER]


def _message(to: Any, key: str, slots: dict[str, Any], path: str, cause_id: str) -> dict[str, Any]:
    return {"to": to, "key": key, "slots": slots, "path": path, "cause_id": cause_id}
