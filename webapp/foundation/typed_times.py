"""Clock times and breaks as people type them, on any keyboard. The same everywhere: hours, requests and plans."""

from __future__ import annotations

import re
from datetime import time

LONGEST_BREAK = 8 * 60  # minutes

CLOCK = re.compile(r"([0-9]{1,2})(?: ?[:.,uh] ?([0-9]{2})|([0-9]{2})|[uh])?")
MINUTES = re.compile(r"[0-9]{1,3}")
HOURS_AND_MINUTES = re.compile(r"([0-9]):([0-9]{2})")

# Digits and separators of Arabic and Persian keyboards; the invisible direction marks they add are dropped.
LATIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫،", "01234567890123456789,,", "\u200e\u200f\u061c")


def clock_time(text: str, *, is_stop: bool = True) -> time:
    """A time on a 24-hour clock: 830, 8.30, 8:30, 08:30, 0830, 8, 8u30.

    24:00 is midnight at the end of the day, so it can only be a stop. One digit after the sign (8.5) is
    refused, since it may mean half past eight. Raises ValueError.

    >>> clock_time("830")
    datetime.time(8, 30)
    """
    found = CLOCK.fullmatch(_latin(text))
    if not found:
        raise ValueError("not a time")
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if (hour, minute) == (24, 0) and is_stop:
        return time(0, 0)
    if hour > 23 or minute > 59:
        raise ValueError("not a time")
    return time(hour, minute)


def break_minutes(text: str) -> int:
    """Whole minutes of rest: "30", "0:30", and nothing at all is 0. Raises ValueError, also above 8 hours.

    0.30 and 0,5 are refused: they may mean minutes or a part of an hour.
    """
    typed = _latin(text)
    if not typed:
        return 0
    if MINUTES.fullmatch(typed):
        minutes = int(typed)
    elif (found := HOURS_AND_MINUTES.fullmatch(typed)) and int(found[2]) < 60:
        minutes = int(found[1]) * 60 + int(found[2])
    else:
        raise ValueError("not a break")
    if minutes > LONGEST_BREAK:
        raise ValueError("a break of a whole day")
    return minutes


def _latin(text: str) -> str:
    """What was typed, with Latin digits, in small letters, without blanks around it."""
    return text.translate(LATIN).strip().lower()
