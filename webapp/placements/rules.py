"""When a placement may start, and which shifts it plans. No hour exists outside a placement that started (V2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple, Protocol


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
