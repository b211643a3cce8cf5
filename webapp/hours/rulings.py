"""Hours that wait for a case manager: which, by when, and the duration a ruling names."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import Read
from webapp.hours.reads import IS_WAITING, accounts, entries
from webapp.hours.reads import placements as places
from webapp.hours.rules import Status, add_working_days, answer_due, confirmation_due, ruling_due
from webapp.people.person import Person
from webapp.placements.actions import CASELOAD
from webapp.terms.shapes import Silence

LONGEST_MINUTES = 24 * 60
LONGEST_HOURS = 24

workers, guides = accounts.alias("worker"), accounts.alias("guide")
UNSETTLED = (
    select(
        entries.c.id, entries.c.participant_id, entries.c.status, entries.c.worked_on, entries.c.minutes, entries.c.corrected_minutes,
        entries.c.sent_at, entries.c.corrected_at, entries.c.responded_at, workers.c.first_name, workers.c.last_name, guides.c.first_name.label("supervisor"),
    )
    .join_from(entries, workers, workers.c.id == entries.c.participant_id)
    .join(places, places.c.id == entries.c.placement_id)
    .join(guides, guides.c.id == func.coalesce(entries.c.corrected_by, places.c.supervisor_id))
    .where(IS_WAITING)
)  # fmt: skip

OF_A_CASELOAD = Read(UNSETTLED.where(entries.c.municipality_id == bindparam("municipality"), entries.c.participant_id.in_(CASELOAD)))


class NotADuration(ValueError):
    """What was typed is no length of time, or could be read two ways."""


class Unsettled(NamedTuple):
    """Hours that are not certain yet. `settle_by`: the last day the others have; `due`: by when the case manager rules."""

    id: uuid.UUID
    participant_id: uuid.UUID
    name: str
    supervisor: str
    status: str
    worked_on: date
    minutes: int
    corrected_minutes: int | None
    since: date
    remind_on: date
    settle_by: date | None
    due: date

    def needs_ruling(self, today: date) -> bool:
        """Silence never decides: once the others' time is over, or they do not agree, a case manager does."""
        return self.settle_by is None or today > self.settle_by


def settle_by(status: str, *, since: date, silence: Silence) -> date | None:
    """The last day supervisor and participant can settle it themselves; None when they do not agree."""
    if status == Status.SENT:
        return confirmation_due(since, silence.confirm_escalate_working_days)
    if status == Status.CORRECTED:
        return answer_due(since, silence.answer_days)
    return None


def since(entry: Any) -> date:
    """The day on which an entry began to wait for what it waits for now."""
    return day_of({Status.CORRECTED: entry.corrected_at, Status.DISPUTED: entry.responded_at}.get(Status(entry.status)) or entry.sent_at)


def rule_by(entry: Any, silence: Silence) -> date:
    """By when a case manager rules: counted from the disagreement, or from the day the others' time was over."""
    waiting_since = since(entry)
    return ruling_due(settle_by(entry.status, since=waiting_since, silence=silence) or waiting_since, silence.ruling_working_days)


def unsettled(db: Session, person: Person, silence: Silence, today: date) -> list[Unsettled]:
    """All hours in somebody's caseload that are not certain yet, the most urgent first. One statement.

    A correction upwards is certain at once and waits for nobody, so it is not here.
    """
    rows = OF_A_CASELOAD.all(db, person=person.id, municipality=person.municipality_id, today=today)
    found = [_unsettled(row, silence) for row in rows if row.status != Status.CORRECTED or row.corrected_minutes < row.minutes]
    return sorted(found, key=lambda entry: (entry.due, entry.worked_on, entry.name, entry.id))


def _unsettled(row: Any, silence: Silence) -> Unsettled:
    waiting_since = since(row)
    return Unsettled(
        row.id, row.participant_id, f"{row.first_name} {row.last_name[:1]}.", row.supervisor, row.status, row.worked_on, row.minutes, row.corrected_minutes,
        waiting_since, add_working_days(waiting_since, silence.confirm_remind_working_days),
        settle_by(row.status, since=waiting_since, silence=silence), rule_by(row, silence),
    )  # fmt: skip


def minutes_typed(text: str, *, hours_up_to: int = 0) -> int:
    """Whole minutes of a duration: "4:15", "4,25", "4 uur 15", "4 uur" or a plain number.

    A plain number is minutes, but hours when it is at most `hours_up_to`: who types 4 in a form means four hours.
    Raises NotADuration, also for "4.15", which is either 4:15 or 4,15.

    >>> minutes_typed("4:15"), minutes_typed("4,25"), minutes_typed("4 uur 15"), minutes_typed("4,5"), minutes_typed("255")
    (255, 255, 255, 270, 255)
    """
    said = text.strip().lower()
    if found := re.fullmatch(r"(\d{1,2}):([0-5]\d)|(\d{1,2}) ?(?:uur|u|hours?|h)(?: ?([0-5]?\d)(?: ?(?:min|m)\.?)?)?", said, re.ASCII):
        minutes = int(found[1] or found[3]) * 60 + int(found[2] or found[4] or 0)
    elif found := re.fullmatch(r"(\d{1,2})(?:,(\d{1,2})|\.(\d))(?: ?(?:uur|u|hours?|h))?", said, re.ASCII):
        hundredths = int(((found[2] or found[3]) + "0")[:2]) * 60
        if hundredths % 100:
            raise NotADuration(text)
        minutes = int(found[1]) * 60 + hundredths // 100
    elif re.fullmatch(r"\d{1,4}", said, re.ASCII):
        minutes = int(said) * 60 if int(said) <= hours_up_to else int(said)
    else:
        raise NotADuration(text)
    if minutes > LONGEST_MINUTES:
        raise NotADuration(text)
    return minutes
