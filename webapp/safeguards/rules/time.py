"""How long: one person in one function, and one function filled by anybody. Days are whole, the first and the last included."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from webapp.foundation.clock import add_months

DAY = timedelta(days=1)
WEEK_DAYS = 7


class Stretch(NamedTuple):
    """Days of work, both included. `week_minutes`: the longest week in it, agreed or on average."""

    first_day: date
    last_day: date
    week_minutes: int = 0


def limit_day(first_day: date, months: int | None) -> date | None:
    """The last day, counted from the first in whole months; None where the terms do not say.

    >>> limit_day(date(2026, 4, 6), 3)
    datetime.date(2026, 7, 5)
    """
    return None if months is None else add_months(first_day, months) - DAY


def days_filled(stretches: Iterable[Stretch], first: date, last: date) -> int:
    """On how many days from the first to the last somebody was there; a day with two people is one day.

    >>> days_filled([Stretch(date(2026, 1, 1), date(2026, 1, 10)), Stretch(date(2026, 1, 8), date(2026, 1, 12))], date(2026, 1, 2), date(2026, 1, 31))
    11
    """
    total, free_from = 0, first
    for one in sorted(stretches):
        begins, ends = max(one.first_day, free_from), min(one.last_day, last)
        if begins <= ends:
            total += (ends - begins).days + 1
            free_from = ends + DAY
    return total


def last_allowed(first_day: date, months: int | None, earlier: Iterable[Stretch]) -> date | None:
    """Until when somebody may do this work, when days they did it before count too. May lie before the first day: nothing is left.

    Counted as if what came before went on without a break until the first day, so that a placement in pieces never lasts longer
    than one in one piece. Source: Kamerstuk 34 352 nr. 73, per function; law/domain.md 4.4 item 8.

    >>> last_allowed(date(2026, 4, 1), 6, [Stretch(date(2025, 9, 1), date(2025, 11, 29))])
    datetime.date(2026, 6, 30)
    """
    used = days_filled(earlier, date.min, first_day - DAY)
    return limit_day(first_day - timedelta(days=used), months)


def weeks_filled(stretches: Iterable[Stretch], last: date, of_weeks: int) -> int:
    """Whole weeks' worth of days on which the work was filled, in the so many weeks that end on this day."""
    return days_filled(stretches, last - timedelta(days=of_weeks * WEEK_DAYS - 1), last) // WEEK_DAYS


def chain_weeks(others: Iterable[Stretch], first_day: date, last_day: date, of_weeks: int) -> tuple[int, int, int]:
    """The chain a plan would be part of: (placements before it, weeks filled before it, weeks filled with it).

    `others`: who else fills or filled this function here. Before: those that began earlier and reach into the weeks looked at.
    With it: in the weeks that end on the last day of the plan, which is when most weeks are filled.
    """
    known = list(others)
    begins = first_day - timedelta(days=of_weeks * WEEK_DAYS - 1)
    before = [one for one in known if one.first_day < first_day and one.last_day >= begins]
    until = weeks_filled(before, first_day - DAY, of_weeks)
    return len(before), until, weeks_filled([*known, Stretch(first_day, last_day)], last_day, of_weeks)
