"""Time: instants are UTC, days are days in Amsterdam, lengths are whole minutes."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """This instant, in UTC. Called in views and commands only; everything below gets it passed in."""
    return datetime.now(UTC)


def local(instant: datetime) -> datetime:
    """The same instant on the wall clock in Amsterdam."""
    return instant.astimezone(AMSTERDAM)


def day_of(instant: datetime) -> date:
    """The day in Amsterdam on which this instant falls."""
    return instant.astimezone(AMSTERDAM).date()


def instant(day: date, clock: time, *, fold: int = 0) -> datetime:
    """The UTC instant of a wall-clock time in Amsterdam; `fold` 1 is the second of two equal times in October."""
    return datetime.combine(day, clock, tzinfo=AMSTERDAM).replace(fold=fold).astimezone(UTC)


def monday_of(day: date) -> date:
    """The Monday of the ISO week this day is in."""
    return day - timedelta(days=day.weekday())


def minutes_between(start: datetime, stop: datetime) -> int:
    """Whole minutes that really pass between two instants, clock changes included."""
    return int((stop - start).total_seconds()) // 60


def add_working_days(day: date, count: int, holidays: frozenset[date] = frozenset()) -> date:
    """The day so many working days (Monday to Friday, not a holiday) after this one.

    >>> add_working_days(date(2026, 3, 13), 1)
    datetime.date(2026, 3, 16)
    """
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            count -= 1
    return day


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
