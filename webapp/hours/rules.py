"""Who may do what to an hours entry, and what is certain: the one place that holds its states.

An entry is locked by itself, never by week or month. Flow: UX F4 and F5. Silence is never agreement
(blueprint decision 8): after a term the case manager may rule, nothing happens on its own.
Roles are plain strings; terms are dated rows elsewhere and come in as numbers.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

FRIDAY = 4  # date.weekday() of the last working day


class Status(StrEnum):
    """Where an hours entry stands."""

    SENT = "sent"  # written by the participant, waiting for the supervisor
    CONFIRMED = "confirmed"  # both agree
    CORRECTED = "corrected"  # changed by the supervisor, waiting for the participant
    DISPUTED = "disputed"  # the participant does not agree, waiting for the case manager
    RULED = "ruled"  # decided by the case manager
    PAID = "paid"
    WITHDRAWN = "withdrawn"  # taken back by the participant before anybody confirmed


class Action(StrEnum):
    """What can happen to an hours entry."""

    REWRITE = "rewrite"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm"
    UNCONFIRM = "unconfirm"
    CORRECT = "correct"
    AGREE = "agree"
    DISPUTE = "dispute"
    RULE = "rule"
    PAY = "pay"


class Step(NamedTuple):
    """Who may take this step, and where it leads."""

    role: str
    to: Status


MACHINE: dict[tuple[Status, Action], Step] = {
    (Status.SENT, Action.REWRITE): Step("participant", Status.SENT),
    (Status.SENT, Action.WITHDRAW): Step("participant", Status.WITHDRAWN),
    (Status.SENT, Action.CONFIRM): Step("supervisor", Status.CONFIRMED),
    (Status.SENT, Action.CORRECT): Step("supervisor", Status.CORRECTED),
    (Status.SENT, Action.RULE): Step("case_manager", Status.RULED),  # only overdue: `may_rule`
    (Status.CONFIRMED, Action.UNCONFIRM): Step("supervisor", Status.SENT),  # only soon: `may_unconfirm`
    (Status.CONFIRMED, Action.CORRECT): Step("supervisor", Status.CORRECTED),
    (Status.CONFIRMED, Action.DISPUTE): Step("participant", Status.DISPUTED),
    (Status.CONFIRMED, Action.PAY): Step("finance", Status.PAID),
    (Status.CORRECTED, Action.AGREE): Step("participant", Status.CONFIRMED),
    (Status.CORRECTED, Action.DISPUTE): Step("participant", Status.DISPUTED),
    (Status.CORRECTED, Action.CORRECT): Step("supervisor", Status.CORRECTED),
    (Status.CORRECTED, Action.CONFIRM): Step("supervisor", Status.CONFIRMED),  # as written after all
    (Status.CORRECTED, Action.RULE): Step("case_manager", Status.RULED),  # only overdue: `may_rule`
    (Status.DISPUTED, Action.AGREE): Step("participant", Status.CONFIRMED),
    (Status.DISPUTED, Action.RULE): Step("case_manager", Status.RULED),
    (Status.RULED, Action.PAY): Step("finance", Status.PAID),
}


class Refused(Exception):
    """The rules of hours do not allow this."""


class NotNow(Refused):
    """In this state nobody can do this."""

    def __init__(self, status: Status, action: Action) -> None:
        super().__init__(f"{status}: no {action}")
        self.status, self.action = status, action


class NotYours(Refused):
    """In this state somebody with another role can do this."""

    def __init__(self, role: str, action: Action) -> None:
        super().__init__(f"{role}: no {action}")
        self.role, self.action = role, action


class OwnHours(Refused):
    """Nobody confirms or corrects hours they wrote themselves (V2)."""


class RulingOutside(Refused):
    """A ruling lies between `lowest` and `highest` minutes, what the two sides say."""

    def __init__(self, lowest: int, highest: int) -> None:
        super().__init__(f"between {lowest} and {highest} minutes")
        self.lowest, self.highest = lowest, highest


def next_status(status: Status, action: Action, role: str) -> Status:
    """Where this step leads. Raises NotNow when the state does not know the action, NotYours when the role is wrong."""
    step = MACHINE.get((status, action))
    if step is None:
        raise NotNow(status, action)
    if step.role != role:
        raise NotYours(role, action)
    return step.to


def ensure_confirmable(*, written_by: object, confirming: object) -> None:
    """Raises OwnHours when one person would confirm or correct what they wrote (V2); a person may hold two roles."""
    if written_by == confirming:
        raise OwnHours


def ensure_certain_stays(*, minutes: int, certain: int, status: Status) -> None:
    """Confirming never takes away what a correction upwards already made certain. Raises NotNow: it is corrected, or agreed."""
    if certain > minutes:
        raise NotNow(status, Action.CONFIRM)


def certain_minutes_after_correction(*, written: int, corrected: int, already_certain: int) -> int:
    """Paid minutes that stand at once when a supervisor corrects; only the rest waits for an answer (UX F5).

    Of two versions the lower one stands, and a correction upwards stands in full: so what the supervisor says
    stands either way, and `written` only shows that. What was certain before never goes down by a correction
    alone: that takes an agreement or a ruling.

    >>> certain_minutes_after_correction(written=480, corrected=420, already_certain=0)
    420
    """
    at_once = corrected if corrected > written else min(written, corrected)
    return max(at_once, already_certain)


def waiting_minutes(status: Status, *, written: int, corrected: int | None, certain: int) -> int:
    """Paid minutes that still wait for somebody, on top of what is certain. Never negative."""
    if status == Status.SENT:
        return written
    if status in (Status.CORRECTED, Status.DISPUTED):
        return max(0, max(written, corrected or 0) - certain)
    return 0


def ensure_ruling_allowed(*, minutes: int, written: int, corrected: int | None) -> None:
    """Raises RulingOutside unless the paid minutes lie between the two versions, or 0 and what was written without a correction."""
    other = corrected if corrected is not None else 0
    lowest, highest = min(written, other), max(written, other)
    if not lowest <= minutes <= highest:
        raise RulingOutside(lowest, highest)


def may_rule(status: Status, *, due: date | None, today: date) -> bool:
    """Whether it is the case manager's turn: always in a dispute, otherwise once the last day for an answer is over.

    `due`: the last day on which supervisor (sent) or participant (corrected) is in time; None when there is no term.
    """
    if status == Status.DISPUTED:
        return True
    return status in (Status.SENT, Status.CORRECTED) and due is not None and today > due


def may_unconfirm(confirmed_at: datetime, now: datetime, seconds: int) -> bool:
    """Whether a slip of the thumb may still be taken back without a reason: up to and including so many seconds later."""
    return now - confirmed_at <= timedelta(seconds=seconds)


def confirmation_due(sent_on: date, working_days: int, holidays: Set[date] = frozenset()) -> date:
    """The last day on which the supervisor confirms or corrects in time."""
    return add_working_days(sent_on, working_days, holidays)


def answer_due(corrected_on: date, days: int) -> date:
    """The last day on which the participant answers a correction in time. Calendar days: a week is a week for everybody."""
    return corrected_on + timedelta(days=days)


def ruling_due(disputed_on: date, working_days: int, holidays: Set[date] = frozenset()) -> date:
    """The last day on which the case manager rules in time."""
    return add_working_days(disputed_on, working_days, holidays)


def add_working_days(day: date, n: int, holidays: Set[date] = frozenset()) -> date:
    """The n-th working day after this one: Monday to Friday, without the holidays. 0 gives the day itself.

    Raises ValueError for a negative n.
    """
    if n < 0:
        raise ValueError("working days are counted forward")
    while n:
        day += timedelta(days=1)
        n -= day.weekday() <= FRIDAY and day not in holidays
    return day
