"""Which weeks a function at one place was filled by somebody, and what the figures of one employer say beside those of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from statistics import median_low
from typing import NamedTuple

from webapp.foundation.clock import monday_of
from webapp.safeguards.rules.people import WHOLE

WEEK = timedelta(days=7)
WEEKS = 104  # 24 months
FEWEST = 3  # employers: of fewer, one could be recognised


class Time(NamedTuple):
    """Somebody did this work from a first to a last day, both included. `who` only keeps people apart."""

    who: int
    first_day: date
    last_day: date


class Run(NamedTuple):
    """Weeks in a row in which somebody did this work: `place` counts from the first week of the chart."""

    place: int
    weeks: int
    people: int
    first_week: date
    last_week: date


def first_week_of(today: date) -> date:
    """The Monday with which a chart of 24 months begins; the last week of it is this one."""
    return monday_of(today) - (WEEKS - 1) * WEEK


def runs(times: Iterable[Time], today: date) -> list[Run]:
    """The weeks of the last 24 months that were filled, in runs without a gap. What is planned after today does not count.

    >>> [(run.place, run.weeks, run.people) for run in runs([Time(1, date(2026, 3, 2), date(2026, 3, 20)), Time(2, date(2026, 3, 16), date(2026, 4, 30))], date(2026, 3, 25))]
    [(100, 4, 2)]
    """
    begin, who_in = first_week_of(today), dict[int, set[int]]()
    for one in times:
        last = min(one.last_day, today)
        if last < max(one.first_day, begin):
            continue
        for place in range((monday_of(max(one.first_day, begin)) - begin) // WEEK, (monday_of(last) - begin) // WEEK + 1):
            who_in.setdefault(place, set()).add(one.who)
    found = []
    for _, group in groupby(enumerate(sorted(who_in)), key=lambda pair: pair[1] - pair[0]):
        places = [place for _, place in group]
        people = set[int]().union(*(who_in[place] for place in places))
        found.append(Run(places[0], len(places), len(people), begin + places[0] * WEEK, begin + places[-1] * WEEK))
    return found


def weeks_of(found: Sequence[Run], of_weeks: int) -> int:
    """How many of the last so many weeks were filled, this one included.

    >>> weeks_of([Run(0, 10, 1, date(2024, 1, 1), date(2024, 3, 4)), Run(98, 6, 1, date(2026, 1, 1), date(2026, 2, 5))], 4)
    4
    """
    begin = WEEKS - of_weeks
    return sum(max(0, run.place + run.weeks - max(run.place, begin)) for run in found)


def share_basis_points(people: int, staff: int | None) -> int | None:
    """Part of the staff, in basis points, rounded up so that a little over a limit is over it. None: the staff is not known, or nobody.

    >>> share_basis_points(4, 45), share_basis_points(1, 0), share_basis_points(0, None)
    (889, None, None)
    """
    return -(-people * WHOLE // staff) if staff else None


def middle(values: Iterable[int | None]) -> int | None:
    """The middle one of what is known, the lower of two; None where fewer than three are known, so that nobody is recognised in it.

    >>> middle([1, 9, None, 5]), middle([1, 9])
    (5, None)
    """
    known = [value for value in values if value is not None]
    return median_low(known) if len(known) >= FEWEST else None
