"""The same tests for everybody at one site at once: what is counted is counted once, and looked up for each.

`tests/safeguards/test_many.py` holds this against the tests of one plan (`whole.py`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from webapp.safeguards.rules.people import Stay
from webapp.safeguards.rules.time import DAY, WEEK_DAYS, Stretch


class Filled:
    """On which days one function at one site was filled by anybody, ready for many questions."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self.firsts: list[date] = []  # of joined stretches
        self.lasts: list[date] = []
        self.before: list[int] = []  # days filled in all joined stretches before this one
        total = 0
        ordered = sorted(stretches)
        for one in ordered:
            if self.lasts and one.first_day <= self.lasts[-1] + DAY:
                self.lasts[-1] = max(self.lasts[-1], one.last_day)
                continue
            if self.firsts:
                total += (self.lasts[-1] - self.firsts[-1]).days + 1
            self.firsts.append(one.first_day)
            self.lasts.append(one.last_day)
            self.before.append(total)
        self.starts = [one.first_day for one in ordered]
        self.latest: list[date] = []  # the latest last day of those that began so early
        for one in ordered:
            self.latest.append(max(self.latest[-1], one.last_day) if self.latest else one.last_day)

    def until(self, day: date) -> int:
        """Days filled up to and including this day."""
        place = bisect_right(self.firsts, day) - 1
        return 0 if place < 0 else self.before[place] + (min(day, self.lasts[place]) - self.firsts[place]).days + 1

    def weeks(self, last: date, of_weeks: int) -> int:
        """Whole weeks filled in the so many weeks that end on this day."""
        return (self.until(last) - self.until(last - timedelta(days=of_weeks * WEEK_DAYS))) // WEEK_DAYS

    def follows(self, first_day: date, of_weeks: int) -> bool:
        """Whether a plan that begins on this day comes after another one within the weeks looked at."""
        earlier = bisect_left(self.starts, first_day) - 1
        return earlier >= 0 and self.latest[earlier] >= first_day - timedelta(days=of_weeks * WEEK_DAYS - 1)

    def last_before(self, first_day: date) -> date | None:
        """The last day anybody was there who had left before this day, if anybody did."""
        over = [last for last in self.lasts if last < first_day]
        return over[-1] if over else None


class Crowd:
    """How many different people are at a site, from a day on."""

    def __init__(self, stays: Sequence[Stay], first: date) -> None:
        begins: dict[date, list[Stay]] = {}
        for stay in stays:
            if stay.last_day >= first:
                begins.setdefault(max(stay.first_day, first), []).append(stay)
        here: list[Stay] = []
        self.days: list[date] = []
        self.most: list[int] = []
        for day in sorted(begins):
            here = [stay for stay in here if stay.last_day >= day] + begins[day]
            people = len({stay.who for stay in here})
            self.days.append(day)
            self.most.append(max(people, self.most[-1]) if self.most else people)

    def until(self, last: date) -> int:
        """The most different people on one day from the first day to this one."""
        place = bisect_right(self.days, last) - 1
        return self.most[place] if place >= 0 else 0
