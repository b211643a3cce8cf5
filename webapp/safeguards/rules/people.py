"""How many: recipients of benefit beside the staff of one place, counted in people and not in placements."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

WHOLE = 10_000  # basis points


class Stay(NamedTuple):
    """Somebody is at a place from a first to a last day, both included. `who` only keeps people apart."""

    who: Hashable
    first_day: date
    last_day: date


def people_at_once(stays: Iterable[Stay], first: date, last: date) -> int:
    """The most different people there on one day between two days. Two placements of one person are one person.

    >>> day = date(2026, 1, 1)
    >>> people_at_once([Stay(1, day, day), Stay(1, day, day), Stay(2, day, day)], day, day)
    2
    """
    here = [stay for stay in stays if stay.first_day <= last and stay.last_day >= first]
    # whoever is there is most on a day on which somebody begins
    days = {max(stay.first_day, first) for stay in here}
    return max((len({stay.who for stay in here if stay.first_day <= day <= stay.last_day}) for day in days), default=0)


def people_allowed(staff_count: int, basis_points: int) -> int:
    """How many people that share is, in whole people.

    >>> people_allowed(45, 1000), people_allowed(9, 1000)
    (4, 0)
    """
    return staff_count * basis_points // WHOLE


def is_stale(counted_on: date, day: date, days: int) -> bool:
    """Whether the count is too old to go by."""
    return day - counted_on > timedelta(days=days)
