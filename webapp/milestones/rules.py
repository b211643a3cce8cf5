"""Milestones: points in somebody's development that hours alone can show.

These are observations, not norms: no official threshold for "ready for work" exists (law/domain part 5),
and none of them decides anything. A case manager reads them and decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

FIRST_SHIFT = "first_shift"
FORTY_HOURS = "forty_hours"
EIGHT_WEEKS = "eight_weeks"
FOUR_WEEK_GROWTH = "four_week_growth"
MILESTONES = (FIRST_SHIFT, FORTY_HOURS, EIGHT_WEEKS, FOUR_WEEK_GROWTH)

WEEK = timedelta(days=7)


class Reached(NamedTuple):
    """A milestone and the facts it rests on, as plain values."""

    milestone: str
    facts: dict[str, str | int]


def reached(weeks: Mapping[date, int]) -> list[Reached]:
    """Which milestones these weeks show. `weeks`: Monday of the week -> certain minutes worked in it.

    first_shift: any certain minute. forty_hours: 2,400 certain minutes in all.
    eight_weeks: eight weeks in a row, each with certain hours.
    four_week_growth: four weeks in a row, each with more minutes than the week before it.
    """
    worked = {monday: minutes for monday, minutes in weeks.items() if minutes > 0}
    total = sum(worked.values())
    found = []
    if worked:
        found.append(Reached(FIRST_SHIFT, {"week_of": min(worked).isoformat()}))
    if total >= 40 * 60:
        found.append(Reached(FORTY_HOURS, {"minutes": total}))
    if last := _end_of_run(worked, 8, lambda before, after: True):
        found.append(Reached(EIGHT_WEEKS, {"from_week": (last - 7 * WEEK).isoformat(), "to_week": last.isoformat()}))
    if last := _end_of_run(worked, 4, lambda before, after: after > before):
        found.append(Reached(FOUR_WEEK_GROWTH, {"first_week": (last - 3 * WEEK).isoformat(), "to_week": last.isoformat()}))
    return found


def _end_of_run(worked: Mapping[date, int], length: int, goes_on) -> date | None:  # type: ignore[no-untyped-def]
    """The last week of the first run of so many weeks in a row in which every next week goes on as asked."""
    run = 0
    for monday in sorted(worked):
        before = worked.get(monday - WEEK)
        run = run + 1 if before is not None and goes_on(before, worked[monday]) else 1
        if run == length:
            return monday
    return None


def newly_reached(before: Mapping[date, int], after: Mapping[date, int]) -> list[Reached]:
    """What became true between two moments."""
    known = {point.milestone for point in reached(before)}
    return [point for point in reached(after) if point.milestone not in known]
