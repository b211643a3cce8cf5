"""What somebody typed about a shift, turned into typed values, or into an error at its field."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from webapp.foundation.clock import day_of
from webapp.foundation.texts import clock_words, day_words
from webapp.foundation.texts import gettext as _
from webapp.hours import times
from webapp.hours.times import Shift

LONGEST_WAIT_SECONDS = 60 * 24 * 3600


@dataclass
class Typed:
    """The shift somebody typed: `shift` when everything is right, otherwise `errors` by field."""

    values: Mapping[str, str]
    shift: Shift | None = None
    worked_on: date | None = None
    errors: dict[str, str] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)  # fields whose time exists twice that night

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)


def fold_of(values: Mapping[str, str], name: str) -> int | None:
    """Which of two equal times in October: 0 is the first, 1 the second, None not said."""
    said = values.get(f"{name}_fold", "")
    return int(said) if said in ("0", "1") else None


def read_day(text: str) -> date:
    """A day as the form sends it. Raises ValueError, also for years nobody works in."""
    day = date.fromisoformat(text.strip())
    if not 2000 <= day.year <= 2100:
        raise ValueError("not a day of work")
    return day


def read_uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def read_version(text: str | None) -> int | None:
    """The version a form was made from; None when it does not say, -1 for junk, which is never the current one."""
    if text is None or text == "":
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def tapped_at(now: datetime, waited: str | None) -> datetime:
    """When somebody tapped, for what waited on a phone without internet; `waited` is whole seconds, by the phone.

    An age and not a time: the clock of a phone may be wrong, but it runs evenly. Junk, or longer than sixty days, counts as now.
    """
    seconds = int(waited) if waited and waited.isascii() and waited.isdigit() and len(waited) < 9 else 0
    return now - timedelta(seconds=seconds if seconds <= LONGEST_WAIT_SECONDS else 0)


def read_shift(values: Mapping[str, str], *, worked_on: date | None = None) -> Typed:
    """Times, break and day, with every error in words at its own field."""
    typed = Typed(values)
    if worked_on is None:
        try:
            worked_on = read_day(values.get("worked_on", ""))
        except ValueError:
            typed.errors["worked_on"] = _("Choose the day you worked.")
    typed.worked_on = worked_on
    clocks = {}
    for name, empty in (("start", _("Fill in when you started. For example 08:30.")), ("stop", _("Fill in when you stopped. For example 13:00."))):
        try:
            clocks[name] = times.parse_clock(values.get(name, ""), field=name)
        except times.NotAClockTime:
            typed.errors[name] = empty
    try:
        pause = times.parse_break(values.get("break_minutes", ""))
    except times.NotABreak:
        typed.errors["break_minutes"] = _("Fill in the break in minutes. For example 30.")
    if typed.errors or worked_on is None:
        return typed
    try:
        typed.shift = times.shift(
            worked_on, clocks["start"], clocks["stop"], pause, start_fold=fold_of(values, "start"), stop_fold=fold_of(values, "stop")
        )
    except times.TypedWrong as wrong:
        typed.errors[wrong.field] = words_for(wrong)
        if isinstance(wrong, times.TimeIsTwice):
            typed.twice.add(wrong.field)
    return typed


def words_for(wrong: times.TypedWrong) -> str:
    """The sentence for each thing that can be wrong with a shift: what, and what to do."""
    if isinstance(wrong, times.TimeDoesNotExist):
        return _("This time did not exist. That night the clock went from 02:00 to 03:00.")
    if isinstance(wrong, times.TimeIsTwice):
        return _("This time came twice. That night the clock went back an hour. Which one do you mean?")
    if isinstance(wrong, times.NoTime):
        return _("Start and stop are the same.")
    if isinstance(wrong, times.BreakTooLong):
        return _("The break is longer than the work.")
    return _("A shift is at most 16 hours. Look at the times once more.")


def questions(shift: Shift) -> list[str]:
    """What to ask before saving, in words."""
    asked = times.questions(shift)
    words = []
    if "night" in asked:
        words.append(_("You stop on %(day)s at %(time)s. Is that right?", day=day_words(day_of(shift.stops_at)), time=clock_words(shift.stops_at)))
    if "long" in asked:
        words.append(_("This is long. Is it right?"))
    return words


def hints(shift: Shift) -> list[str]:
    """What is worth saying, without asking."""
    known = times.hints(shift)
    words = []
    if "no_break" in known:
        words.append(_("You wrote no break."))
    if "clock_back" in known:
        words.append(_("The clock went back one hour. That hour counts."))
    if "clock_forward" in known:
        words.append(_("The clock went forward one hour. That hour was not there."))
    return words
