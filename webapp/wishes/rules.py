"""What somebody wishes, held beside a plan of work. What is not said is unknown, and never counts against anybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

WEEKDAYS = range(7)
PARTS = {"m": (6 * 60, 12 * 60), "a": (12 * 60, 18 * 60), "e": (18 * 60, 30 * 60)}  # minutes of the day; an evening ends at six in the morning
SLOTS = tuple(f"{weekday}{part}" for weekday in WEEKDAYS for part in PARTS)
TRAVEL = ("bike", "walk", "bus", "car")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
LONGEST_WEEK = 48 * 60  # minutes; Arbeidstijdenwet art. 5:7 lid 2: 60 in one week, 48 on average over 16
MOST_WISHES, LONGEST_WISH, LONGEST_NEEDS = 6, 60, 500


class Wishes(NamedTuple):
    """What somebody wrote. Minutes a week, None where not said; `cannot`: parts of the week such as "0m", Monday morning."""

    wishes: Sequence[str] = ()
    minutes_from: int | None = None
    minutes_to: int | None = None
    cannot: Sequence[str] = ()
    travels_by: str = ""
    needs: str = ""


class Fit(NamedTuple):
    """How a plan lies beside what somebody wishes. `hours`: "fits", "less", "more" than wished, or "" where not said."""

    hours: str = ""
    cannot: Sequence[int] = ()  # weekdays with work in a part of the day they cannot


def fit(wishes: Wishes, spans: Iterable[tuple[int, int]], week_minutes: int) -> Fit:
    """`spans`: the work of a week in minutes since Monday 00:00, also beyond Sunday; `week_minutes`: paid minutes of a week.

    >>> fit(Wishes(minutes_from=960, minutes_to=1440, cannot=["0m"]), [(8 * 60, 13 * 60)], 1200)
    Fit(hours='fits', cannot=(0,))
    >>> fit(Wishes(minutes_to=600), [(8 * 60, 13 * 60)], 1200)
    Fit(hours='more', cannot=())
    """
    return Fit(hours_fit(wishes, week_minutes), tuple(sorted({int(slot[0]) for slot in touched(spans) & set(wishes.cannot)})))


def hours_fit(wishes: Wishes, week_minutes: int) -> str:
    if wishes.minutes_from is None and wishes.minutes_to is None:
        return ""
    if wishes.minutes_to is not None and week_minutes > wishes.minutes_to:
        return "more"
    if wishes.minutes_from is not None and week_minutes < wishes.minutes_from:
        return "less"
    return "fits"


def touched(spans: Iterable[tuple[int, int]]) -> set[str]:
    """The parts of the week in which there is work; one that ends where a part begins does not touch it.

    >>> sorted(touched([(6 * 1440 + 22 * 60, 7 * 1440 + 7 * 60)]))  # Sunday night until Monday seven o'clock
    ['0m', '6e']
    """
    found = set()
    for start, stop in spans:
        for slot in SLOTS:
            begins, ends = (int(slot[0]) * DAY_MINUTES + minute for minute in PARTS[slot[1]])
            if any(start < ends + week and begins + week < stop for week in (-WEEK_MINUTES, 0, WEEK_MINUTES)):
                found.add(slot)
    return found
