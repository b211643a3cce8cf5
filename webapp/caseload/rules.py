"""What asks for a decision and by when, and how far a placement is from its limit. Pure: plain values in and out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from webapp.foundation.clock import add_months

ENDING_DAYS = 28  # ux.md F10: everybody hears of an end 28 days before it
LATELY_DAYS = 30
STOPS_SOON_DAYS = 14
AVERAGE_WEEKS = 4


class Kind(StrEnum):
    """Why a case manager has to decide something."""

    START = "start"  # somebody said yes; the start is not recorded
    DISPUTED = "disputed"  # a participant does not agree with changed hours
    UNANSWERED = "corrected"  # nobody answered a change in time
    UNCONFIRMED = "sent"  # nobody confirmed hours in time
    ENDING = "ending"  # a placement nears its last day or its limit
    SIGNAL = "signal"  # the system noticed something about somebody's work
    OBJECTION = "objection"  # somebody asks that a decision is looked at again
    TASK = "task"  # a step on the way to paid work
    OUTFLOW = "outflow"  # nobody answered whether work lasted


class Group(StrEnum):
    """What kind of work a card is, to filter by."""

    DECIDE = "decide"
    TALK = "talk"
    RULE = "rule"
    CHECK = "check"


GROUP = {
    Kind.START: Group.CHECK, Kind.DISPUTED: Group.RULE, Kind.UNANSWERED: Group.RULE, Kind.UNCONFIRMED: Group.RULE, Kind.ENDING: Group.TALK,
    Kind.OBJECTION: Group.DECIDE, Kind.TASK: Group.CHECK, Kind.OUTFLOW: Group.CHECK,
}  # fmt: skip
TO_DECIDE = ("ready", "hire")


class Card(NamedTuple):
    """One thing to decide. `subject`: the row it is about; `limit`: of the placement, when it ends."""

    kind: Kind
    due: date
    name: str
    subject: Any
    limit: Limit | None = None

    @property
    def group(self) -> Group:
        """A signal is decided about, except while a talk comes first, or when it only asks for one."""
        if self.kind == Kind.SIGNAL:
            return Group.DECIDE if self.subject.what in TO_DECIDE and self.subject.status != "talking" else Group.TALK
        return GROUP[self.kind]


class Limit(NamedTuple):
    """How long a placement may last. `months` None: the terms do not say, and the last day agreed is all that is known."""

    months: int | None
    last_day: date
    week_minutes: int
    days_used: int
    days: int

    @property
    def percent(self) -> int:
        return min(100, 100 * self.days_used // self.days)


def limit(*, starts_on: date, ends_on: date, months: int | None, week_minutes: int, today: date) -> Limit:
    """Where a placement stands on the way to the longest it may last, counted from its first day in whole months.

    `week_minutes`: the agreed week or the average of four weeks, whichever is longer (blueprint decision 7).
    """
    last_day = ends_on if months is None else add_months(starts_on, months) - timedelta(days=1)
    days = (last_day - starts_on).days + 1
    used = min(max((today - starts_on).days + 1, 0), days)
    return Limit(months, last_day, week_minutes, used, days)


def stops_on(ends_on: date, of: Limit) -> date:
    """The day it really stops: the last day agreed, or the limit when that comes first."""
    return min(ends_on, of.last_day)


def is_ending(last_day: date, today: date, within_days: int = ENDING_DAYS) -> bool:
    return today <= last_day <= today + timedelta(days=within_days)


def stricter_week(agreed_minutes: int, minutes_of_four_weeks: int) -> int:
    """Minutes a week that count for the limit: what was agreed, or the average really worked when that is more."""
    return max(agreed_minutes, minutes_of_four_weeks // AVERAGE_WEEKS)


def in_order(cards: Iterable[Card]) -> list[Card]:
    """The most urgent first. Cards of one day stand by name, never by what somebody did."""
    return sorted(cards, key=lambda card: (card.due, card.name, card.kind))


def counts(cards: Iterable[Card]) -> dict[Group, int]:
    """How many cards there are of each kind of work, in the order of the filters."""
    found = dict.fromkeys(Group, 0)
    for card in cards:
        found[card.group] += 1
    return found


class Late(NamedTuple):
    """Hours of one person that wait for their supervisor longer than the reminder."""

    participant_id: uuid.UUID
    name: str
    supervisor: str
    times: int


def late_hours(unsettled: Sequence[Any], today: date) -> list[Late]:
    """Per person, what the supervisor was reminded of but can still confirm without a case manager."""
    found: dict[uuid.UUID, Late] = {}
    for entry in unsettled:
        if entry.status == Kind.UNCONFIRMED and not entry.needs_ruling(today) and today > entry.remind_on:
            known = found.get(entry.participant_id)
            found[entry.participant_id] = Late(entry.participant_id, entry.name, entry.supervisor, known.times + 1 if known else 1)
    return sorted(found.values(), key=lambda late: late.name)


class Week(NamedTuple):
    """Minutes of one week: certain, and waiting for somebody on top of that."""

    monday: date
    certain: int
    waiting: int


def last_weeks(minutes: Iterable[tuple[date, int, int]], this_week: date, count: int = 12) -> list[Week]:
    """The last weeks up to this one, empty ones too. `minutes`: Monday, certain, waiting."""
    mondays = [this_week - timedelta(weeks=back) for back in range(count - 1, -1, -1)]
    sums = dict.fromkeys(mondays, (0, 0))
    for monday, certain, waiting in minutes:
        if monday in sums:
            sums[monday] = (sums[monday][0] + certain, sums[monday][1] + waiting)
    return [Week(monday, *sums[monday]) for monday in mondays]
