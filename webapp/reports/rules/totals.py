"""What may be told to everybody: a number too small is not told, every other one is rounded. Told once per quarter and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

FEWEST_EMPLOYERS = 3  # a tariff of fewer would be somebody's own price
HOURS_STEP, EUROS_STEP = 10, 100


class Quarter(NamedTuple):
    """Three months of a calendar year."""

    year: int
    number: int

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.after.first_day - timedelta(days=1)

    @property
    def after(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def name(self) -> str:
        """'2026-Q1', as statistics write it (ISO 8601 has no quarters; SDMX does)."""
        return f"{self.year}-Q{self.number}"


def quarter_of(day: date) -> Quarter:
    """The quarter a day is in.

    >>> quarter_of(date(2026, 3, 31)).name, quarter_of(date(2026, 4, 1)).name
    ('2026-Q1', '2026-Q2')
    """
    return Quarter(day.year, (day.month + 2) // 3)


def ended(first: date, today: date, wait_days: int) -> Iterator[Quarter]:
    """Every quarter from the one of a first day on that ended at least so many days ago.

    >>> [one.name for one in ended(date(2025, 12, 1), date(2026, 4, 14), 14)], [one.name for one in ended(date(2025, 12, 1), date(2026, 4, 13), 14)]
    (['2025-Q4', '2026-Q1'], ['2025-Q4'])
    """
    one = quarter_of(first)
    while today - one.last_day >= timedelta(days=wait_days):
        yield one
        one = one.after


class Counted(NamedTuple):
    """One municipality in one quarter, as it is. Never told like this. Averages are per hour worked; None is not known."""

    people: int = 0
    started: int = 0
    minutes: int = 0
    premium_cents: int = 0
    employers: int = 0
    tariff_cents: int | None = None
    floor_cents: int | None = None
    paid_work: int = 0
    refusals: int = 0
    judged: int = 0
    reports: int = 0
    founded: int = 0


class Told(NamedTuple):
    """The same as it may be told. None: too few to tell."""

    people: int | None
    placements_started: int | None
    hours: int | None
    premium_euros: int | None
    average_tariff_cents: int | None
    lowest_tariff_cents: int | None
    to_paid_work: int | None
    requests_refused: int | None
    judged_anyway: int | None
    reports: int | None
    reports_founded: int | None


def rounded(number: int, step: int) -> int:
    """To the nearest multiple, half of it up.

    >>> rounded(12, 5), rounded(13, 5), rounded(0, 5)
    (10, 15, 0)
    """
    return (number + step // 2) // step * step


def tell(counted: Counted, smallest: int, round_to: int) -> Told:
    """What everybody may read. Hours, premium and tariff are told only where the people they are of are enough to be told."""

    def count(number: int) -> int | None:
        return rounded(number, round_to) if number >= smallest else None

    many = counted.people >= smallest
    return Told(
        count(counted.people), count(counted.started), rounded(counted.minutes // 60, HOURS_STEP) if many else None,
        rounded(counted.premium_cents // 100, EUROS_STEP) if many else None, counted.tariff_cents if many and counted.employers >= FEWEST_EMPLOYERS else None,
        counted.floor_cents, count(counted.paid_work), count(counted.refusals), count(counted.judged), count(counted.reports), count(counted.founded),
    )  # fmt: skip
