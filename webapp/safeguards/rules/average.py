"""The longest week somebody really worked: on average over four weeks on end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

WEEKS = 4


def longest_average(minutes: Mapping[date, int]) -> int:
    """Minutes a week, over the four weeks on end that hold most. `minutes`: per Monday, what is certain.

    >>> longest_average({date(2026, 1, 5): 1700, date(2026, 1, 12): 1700, date(2026, 1, 19): 1700, date(2026, 1, 26): 1700, date(2026, 3, 2): 3000})
    1700
    """
    most = max((sum(minutes.get(monday + timedelta(weeks=later), 0) for later in range(WEEKS)) for monday in minutes), default=0)
    return most // WEEKS
