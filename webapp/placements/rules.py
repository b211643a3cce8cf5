"""When a placement may start, and which shifts it plans. No hour exists outside a placement that started (V2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from webapp.safeguards.rules import limit_day as limit_day  # the same limit, for placements and for the tests about them


class MayNotStart(Exception):
    """Something is missing or too late; `fields` names what."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class TooLateToStop(Exception):
    """The placement is already over, or the day asked for lies outside it."""


class Preparation(NamedTuple):
    """What a case manager records before somebody may begin."""

    decision_reason: str
    agreement_signed_on: date | None
    insured_from: date | None
    insurance_evidence: str


def missing(prepared: Preparation, *, starts_on: date, today: date) -> dict[str, str]:
    """What still stands in the way of a start: field -> why. Empty when it may start.

    The decision is an official's (Participatiewet art. 7 lid 4); the insurance was the unions' main complaint,
    so it is in force on the first day at the latest (law/domain part 9, item 11).
    """
    wrong = {}
    if not prepared.decision_reason.strip():
        wrong["decision_reason"] = "empty"
    if prepared.agreement_signed_on is None:
        wrong["agreement_signed_on"] = "empty"
    elif prepared.agreement_signed_on > today:
        wrong["agreement_signed_on"] = "future"
    if prepared.insured_from is None:
        wrong["insured_from"] = "empty"
    elif prepared.insured_from > starts_on:
        wrong["insured_from"] = "after_start"
    if not prepared.insurance_evidence.strip():
        wrong["insurance_evidence"] = "empty"
    return wrong


class PlanDay(Protocol):
    weekday: int


def days_of_work(pattern: Sequence[PlanDay], starts_on: date, ends_on: date) -> Iterator[tuple[date, PlanDay]]:
    """Each planned day between the first and the last day, both included, in order."""
    day = starts_on
    while day <= ends_on:
        for planned in pattern:
            if planned.weekday == day.weekday():
                yield day, planned
        day += timedelta(days=1)


def last_day(starts_on: date, weeks: int) -> date:
    """The last day of so many weeks, counted from the first day.

    >>> last_day(date(2026, 4, 6), 12)
    datetime.date(2026, 6, 28)
    """
    return starts_on + timedelta(weeks=weeks) - timedelta(days=1)


def week_number(starts_on: date, ends_on: date, today: date) -> tuple[int, int]:
    """In which week of how many somebody is: (7, 10)."""
    weeks = ((ends_on - starts_on).days + 7) // 7
    return min(max((today - starts_on).days // 7 + 1, 1), weeks), weeks


def ensure_last_day(asked: date, *, starts_on: date, ends_on: date, today: date) -> None:
    """Stopping is always allowed, today or on a later day of the placement. Raises TooLateToStop."""
    if not today <= asked <= ends_on and not (asked == today and today < starts_on):
        raise TooLateToStop


# the limit ------------------------------------------------------------------------------------


class PastLimit(Exception):
    """What is planned lies after the last day the terms allow."""

    def __init__(self, last: date) -> None:
        super().__init__(last.isoformat())
        self.last_day = last


AVERAGE_WEEKS = 4


def counted_week(agreed: Sequence[int], minutes_of_four_weeks: int = 0) -> int:
    """Minutes a week that count for the limit: the longest week ever agreed, or the average really worked when that is more.

    The limit counts from the first day (ux.md F10), so fewer hours later do not make a placement longer than it may be.
    """
    return max(*agreed, minutes_of_four_weeks // AVERAGE_WEEKS, 0)


def warning(last: date, *, starts_on: date, today: date, days_before: Sequence[int]) -> int | None:
    """Which warning is due today: the nearest one whose day has come, or None. A placement shorter than a warning gets none of it.

    >>> warning(date(2026, 7, 25), starts_on=date(2026, 4, 6), today=date(2026, 7, 1), days_before=[28, 14])
    28
    """
    left = (last - today).days
    due = [days for days in days_before if 0 <= left <= days < (last - starts_on).days]
    return min(due, default=None)


# changes and pauses -----------------------------------------------------------------------------


class Change(NamedTuple):
    """A weekly plan from a day on."""

    valid_from: date
    pattern: Sequence[PlanDay]


class Pause(NamedTuple):
    """Days without work, both included."""

    first_day: date
    last_day: date


def pattern_on(first: Sequence[PlanDay], changes: Sequence[Change], day: date) -> Sequence[PlanDay]:
    """The weekly plan that counts on a day: that of the latest change begun, else the first one."""
    begun = [change for change in changes if change.valid_from <= day]
    return max(begun, key=lambda change: change.valid_from).pattern if begun else first


def days_as_changed(first: Sequence[PlanDay], changes: Sequence[Change], starts_on: date, ends_on: date) -> Iterator[tuple[date, PlanDay]]:
    """Each planned day between two days, both included, as it was agreed for that day."""
    day = starts_on
    while day <= ends_on:
        for planned in pattern_on(first, changes, day):
            if planned.weekday == day.weekday():
                yield day, planned
        day += timedelta(days=1)


def is_paused(pauses: Sequence[Pause], day: date) -> bool:
    return any(pause.first_day <= day <= pause.last_day for pause in pauses)


class Wrong(Exception):
    """Something a case manager filled in cannot be so. `fields`: field -> why."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {why}" for field, why in fields.items()))
        self.fields = fields


def ensure_change(valid_from: date, *, starts_on: date, ends_on: date, today: date) -> None:
    """Hours change from tomorrow at the earliest: what was worked was worked as agreed. Raises Wrong."""
    if valid_from <= today:
        raise Wrong({"valid_from": "not_yet"})
    if not starts_on <= valid_from <= ends_on:
        raise Wrong({"valid_from": "outside"})


def ensure_pause(asked: Pause, pauses: Sequence[Pause], *, starts_on: date, ends_on: date, today: date) -> None:
    """A pause lies ahead (from tomorrow on), inside the placement, and beside other pauses. Raises Wrong."""
    if asked.last_day < asked.first_day:
        raise Wrong({"last_day": "before_first"})
    if asked.first_day <= today:
        raise Wrong({"first_day": "not_yet"})
    if not starts_on <= asked.first_day <= ends_on:
        raise Wrong({"first_day": "outside"})
    if any(asked.first_day <= pause.last_day and pause.first_day <= asked.last_day for pause in pauses):
        raise Wrong({"first_day": "overlaps"})


# absence ----------------------------------------------------------------------------------------


class NotToday(Exception):
    """The shift is not one of today, or it is over."""


def ensure_today(day: date, stops_at: datetime, *, now: datetime, today: date) -> None:
    """ "I cannot come today" is about a shift of today that is not over. Raises NotToday."""
    if day != today or stops_at <= now:
        raise NotToday


# the agreement ------------------------------------------------------------------------------------


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 over what an agreement says, as 64 hexadecimal digits: the same words give the same digest."""
    said = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
