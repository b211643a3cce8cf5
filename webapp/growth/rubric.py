"""The rubric: seven behaviours somebody can see at work, four levels, and which of them is asked this week. Pure.

It is no loonwaarde: only a designated expert measures that, on a norm function (Besluit loonkostensubsidie). It is never
added up and never compared between people.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

BEHAVIOURS = ("instructions", "tempo", "quality", "on_time", "endurance", "together", "safe")
HELP = ("much", "some", "little")
HIRE = ("yes", "maybe", "no")
NOT_YET, CONSTANT_HELP, SOME_HELP, ON_OWN = 1, 2, 3, 4
LEVELS = (NOT_YET, CONSTANT_HELP, SOME_HELP, ON_OWN)
THURSDAY = 3
WEEK = timedelta(days=7)
OLDEST_WEEKS = 5  # how long feedback may have waited on a phone


def week_asked(today: date) -> date:
    """The Monday of the week that is asked about: this week from Thursday on, until then the week before.

    >>> week_asked(date(2026, 3, 12)), week_asked(date(2026, 3, 11))
    (datetime.date(2026, 3, 9), datetime.date(2026, 3, 2))
    """
    monday = today - timedelta(days=today.weekday())
    return monday if today.weekday() >= THURSDAY else monday - WEEK


def question(asked: Mapping[str, date], week: date, *, first_week: date, hire_every_weeks: int) -> str:
    """What is asked beside the help somebody needed: a behaviour, or "hire". One a week, so that two answers are enough.

    `asked`: when each was answered last. What was never answered comes first, in the order of the rubric, then what was
    answered longest ago; so a week that was skipped shifts everything and loses nothing.
    """
    hired = asked.get("hire", first_week - WEEK)
    if (week - hired) // WEEK >= hire_every_weeks:
        return "hire"
    return min(BEHAVIOURS, key=lambda item: (asked.get(item, date.min), BEHAVIOURS.index(item)))


def fitting_week(text: str, today: date) -> date:
    """The week a form is about, when it is one that can still be told about; otherwise the week asked now."""
    try:
        week = date.fromisoformat(text)
    except ValueError:
        return week_asked(today)
    fits = week.weekday() == 0 and today - OLDEST_WEEKS * WEEK <= week <= today
    return week if fits else week_asked(today)
