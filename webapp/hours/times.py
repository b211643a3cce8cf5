"""What somebody typed about a shift, turned into instants and minutes.

Instants are UTC, clocks and days are those of Amsterdam, lengths are whole minutes (blueprint decision 6).
What is asked and what is only said follows UX flow F3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from webapp.foundation.clock import instant, local, minutes_between
from webapp.foundation.typed_times import break_minutes, clock_time

LONGEST_SHIFT = 16 * 60  # beyond this somebody mistyped; no law, so not in the terms
LONG_SHIFT = 10 * 60  # longer than this asks "Is it right?" (UX F3g)
NO_BREAK_UNTIL = 5 * 60 + 30  # longer than this without a break gets a hint, never an error (UX F3d)


class TypedWrong(ValueError):
    """Something typed about a shift cannot be right. `field`: "start", "stop" or "break_minutes"."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NotAClockTime(TypedWrong):
    """This is not a time on a 24-hour clock."""


class NotABreak(TypedWrong):
    """This is not a number of minutes somebody may rest."""


class TimeDoesNotExist(TypedWrong):
    """That night in March the clock skipped this time."""


class TimeIsTwice(TypedWrong):
    """That night in October this time came twice, and nobody said which one is meant."""


class NoTime(TypedWrong):
    """Start and stop are the same; a shift of 24 hours does not exist."""


class TooLong(TypedWrong):
    """The shift is longer than anybody works."""


class BreakTooLong(TypedWrong):
    """The break leaves no time for work."""


@dataclass(frozen=True)
class Shift:
    """One stretch of work. Belongs to the day in Amsterdam on which it starts, also when it ends the next day."""

    worked_on: date
    starts_at: datetime
    stops_at: datetime
    break_minutes: int

    @property
    def elapsed_minutes(self) -> int:
        """Minutes that really passed, break included: 180 on the clock is 240 in an October night."""
        return minutes_between(self.starts_at, self.stops_at)

    @property
    def minutes(self) -> int:
        """Paid minutes: the break is taken off."""
        return self.elapsed_minutes - self.break_minutes

    @property
    def ends_next_day(self) -> bool:
        """Whether it stops on another day in Amsterdam than it starts; midnight itself is the next day."""
        return local(self.stops_at).date() > self.worked_on

    @property
    def clock_change_minutes(self) -> int:
        """60 when the clock went back during the shift (October), -60 when it went forward (March), otherwise 0."""
        return self.elapsed_minutes - minutes_between(_wall(self.starts_at), _wall(self.stops_at))

    @property
    def start_clock(self) -> str:
        """The start as HH:MM in Amsterdam."""
        return f"{local(self.starts_at):%H:%M}"

    @property
    def stop_clock(self) -> str:
        """The stop as HH:MM in Amsterdam."""
        return f"{local(self.stops_at):%H:%M}"


def parse_clock(text: str, *, field: str = "stop") -> time:
    """A time on a 24-hour clock as people type it: 830, 8.30, 8:30, 08:30, 0830, 8, 8u30.

    24:00 is midnight at the end of the day, so it can only be a stop. One digit after the sign (8.5) is
    refused, since it may mean half past eight. Raises NotAClockTime with `field`.

    >>> parse_clock("830")
    datetime.time(8, 30)
    """
    try:
        return clock_time(text, is_stop=field == "stop")
    except ValueError:
        raise NotAClockTime(field) from None


def parse_break(text: str) -> int:
    """Whole minutes of rest: "30", "0:30", and nothing at all is 0. Raises NotABreak, also above 8 hours.

    0.30 and 0,5 are refused: they may mean minutes or a part of an hour.
    """
    try:
        return break_minutes(text)
    except ValueError:
        raise NotABreak("break_minutes") from None


def shift(
    worked_on: date,
    start: time,
    stop: time,
    break_minutes: int,
    *,
    start_fold: int | None = None,
    stop_fold: int | None = None,
) -> Shift:
    """The shift that starts on this day at `start` and stops the first time the clock shows `stop` after it.

    A stop at or before the start is on the next day. The folds say which of two equal times in October is
    meant (0 first, 1 second); for a time that comes once they are ignored.
    Raises TimeDoesNotExist, TimeIsTwice, NoTime, TooLong (over 16 hours), NotABreak or BreakTooLong.
    """
    starts_at = _moment(worked_on, start, start_fold, "start")
    stops_at = _stop(worked_on, starts_at, start, stop, stop_fold)
    made = Shift(worked_on, starts_at, stops_at, break_minutes)
    if made.elapsed_minutes > LONGEST_SHIFT:
        raise TooLong("stop")
    if break_minutes < 0:
        raise NotABreak("break_minutes")
    if break_minutes >= made.elapsed_minutes:
        raise BreakTooLong("break_minutes")
    return made


def questions(shift: Shift) -> set[str]:
    """What to ask before saving: "night" when it stops on the next day, "long" over 10 hours (UX F3c, F3g)."""
    asked = {"night": shift.ends_next_day, "long": shift.elapsed_minutes > LONG_SHIFT}
    return {name for name, so in asked.items() if so}


def hints(shift: Shift) -> set[str]:
    """What is worth saying without asking: "no_break" over 5.5 hours, "clock_back", "clock_forward" (UX F3d, F3e)."""
    said = {
        "no_break": shift.elapsed_minutes > NO_BREAK_UNTIL and shift.break_minutes == 0,
        "clock_back": shift.clock_change_minutes > 0,
        "clock_forward": shift.clock_change_minutes < 0,
    }
    return {name for name, so in said.items() if so}


def overlap(a_start: datetime, a_stop: datetime, b_start: datetime, b_stop: datetime) -> bool:
    """Whether two stretches of time share a moment. Half open: one may start when the other stops (V2)."""
    return a_start < b_stop and b_start < a_stop


def deviation_minutes(shift_minutes: int, planned_minutes: int) -> int:
    """Paid minutes more (or less, negative) than planned."""
    return shift_minutes - planned_minutes


def as_planned(shift: Shift, planned: Shift | None) -> bool:
    """Whether start, stop and break are those of the plan, to the minute. Without a plan nothing is as planned."""
    return planned is not None and _to_the_minute(shift) == _to_the_minute(planned)


def _stop(worked_on: date, starts_at: datetime, start: time, stop: time, stop_fold: int | None) -> datetime:
    """The instant of the stop: on the same day when that lies after the start, otherwise on the next."""
    if stop > start or (_comes_twice(worked_on, start) and _comes_twice(worked_on, stop)):
        same_day = _moment(worked_on, stop, stop_fold, "stop")
        if same_day > starts_at:
            return same_day
    if stop == start:
        raise NoTime("stop")
    return _moment(worked_on + timedelta(days=1), stop, stop_fold, "stop")


def _moment(day: date, clock: time, fold: int | None, field: str) -> datetime:
    """The UTC instant of a clock in Amsterdam. Raises TimeDoesNotExist, and TimeIsTwice without a fold."""
    if not _exists(day, clock):
        raise TimeDoesNotExist(field)
    if not _comes_twice(day, clock):
        return instant(day, clock)
    if fold is None:
        raise TimeIsTwice(field)
    return instant(day, clock, fold=fold)


def _exists(day: date, clock: time) -> bool:
    """Whether the clock in Amsterdam ever shows this time on this day: there and back must give the same."""
    return _wall(instant(day, clock)) == datetime.combine(day, clock)


def _comes_twice(day: date, clock: time) -> bool:
    """Whether the clock in Amsterdam shows this time twice on this day."""
    return _exists(day, clock) and instant(day, clock) != instant(day, clock, fold=1)


def _wall(moment: datetime) -> datetime:
    """What calendar and clock in Amsterdam show, without a zone: the difference of two ignores clock changes."""
    return local(moment).replace(tzinfo=None, fold=0)


def _to_the_minute(shift: Shift) -> tuple[datetime, datetime, int]:
    start, stop = (moment.replace(second=0, microsecond=0) for moment in (shift.starts_at, shift.stops_at))
    return start, stop, shift.break_minutes
