"""When a record may go, and what a wish to be erased leaves: plain values in, an answer out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

ANSWER_MONTHS = 1  # AVG art. 12 lid 3: an answer within one month


class NotStoppedYet(Exception):
    """Somebody still works: the place stops first, then their data can go."""


class NotYours(Exception):
    """This is somebody else's; to the person who asks it does not exist."""


class AlreadyAnswered(Exception):
    """The question has its answer; a second one would be another decision."""


class Held(NamedTuple):
    """What may not go: `kind` "" is every kind; `participant` None is everybody."""

    kind: str
    participant: object | None
    until: date


def is_held(holds: Iterable[Held], kind: str, today: date) -> bool:
    """Whether everything of this kind is held, whoever it is about. The last day is included."""
    return any(hold.participant is None and hold.kind in ("", kind) and today <= hold.until for hold in holds)


def held_people(holds: Iterable[Held], kind: str, today: date) -> set[object]:
    """Whose records of this kind may not go."""
    return {hold.participant for hold in holds if hold.participant is not None and hold.kind in ("", kind) and today <= hold.until}


def kept_from(now: datetime, days: int | None) -> datetime | None:
    """Records older than this may go; None when no period is agreed, and then nothing goes.

    >>> kept_from(datetime(2026, 3, 31), 30)
    datetime.datetime(2026, 3, 1, 0, 0)
    """
    return None if days is None else now - timedelta(days=days)


def last_day_kept(last: date, days: int) -> date:
    """The last day on which something must still be there, when its period begins after `last`.

    >>> last_day_kept(date(2026, 1, 1), 3653)
    datetime.date(2036, 1, 2)
    """
    return last + timedelta(days=days)


def due_on(asked_on: date) -> date:
    """The last day for an answer: one month later, or the last day of that month. Source: AVG art. 12 lid 3.

    >>> due_on(date(2026, 1, 31)), due_on(date(2026, 12, 5))
    (datetime.date(2026, 2, 28), datetime.date(2027, 1, 5))
    """
    year, month = (asked_on.year + asked_on.month // 12, asked_on.month % 12 + 1)
    for day in range(asked_on.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, asked_on.day)


class Kept(NamedTuple):
    """What the law keeps of somebody: which kind, until which day (included), and who says so."""

    kind: str
    until: date
    source: str


def what_is_kept(last_worked_on: date | None, has_premium: bool, days: Mapping[str, int], sources: Mapping[str, str], today: date) -> list[Kept]:
    """What stays after somebody leaves. Who never worked leaves nothing behind; periods begin at the last day of work."""
    if last_worked_on is None:
        return []
    kept = []
    for kind, applies in (("client_file", True), ("former_account", has_premium)):
        if applies and kind in days:
            until = last_day_kept(last_worked_on, days[kind])
            if until >= today:
                kept.append(Kept(kind, until, sources.get(kind, "")))
    return kept
