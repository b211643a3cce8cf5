"""When a change of terms may be planned, who may approve it, and until when it can be withdrawn. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple


class CannotPlan(Exception):
    """A change cannot be so. `why`: not_ahead, same_day, gap, law."""

    def __init__(self, why: str, day: date | None = None) -> None:
        super().__init__(why)
        self.why, self.day = why, day


class NotYours(Exception):
    """Somebody else approves: never who proposed it, and not everybody may."""


class TooLate(Exception):
    """What is in force, or was decided, is not taken back: a next change takes its place."""


class Known(NamedTuple):
    """A row of the municipality itself, or of everybody (`own` False), with its last day if it has one."""

    valid_from: date
    valid_until: date | None
    own: bool


def ensure_planned_ahead(valid_from: date, known: Sequence[Known], planned: Sequence[date], *, today: date) -> None:
    """A change begins after today, on a day of its own, and leaves no day without terms. Raises CannotPlan.

    Where the municipality never decided anything and nothing holds for everybody, any first day is right: something
    must begin. What was agreed for days that have passed is not overwritten: amounts were counted with it.
    """
    own = [row for row in known if row.own]
    if valid_from in planned or any(row.valid_from == valid_from for row in own):
        raise CannotPlan("same_day", valid_from)
    if not known:
        return
    if valid_from <= today:
        raise CannotPlan("not_ahead", today)
    before = [row for row in own if row.valid_from < valid_from]
    latest = max(before, key=lambda row: row.valid_from, default=None)
    ends = latest.valid_until if latest is not None else None
    if ends is not None and ends < valid_from - timedelta(days=1) and not covered(known, ends + timedelta(days=1)):
        raise CannotPlan("gap", ends + timedelta(days=1))


def covered(known: Sequence[Known], day: date) -> bool:
    """Whether what holds for everybody covers a day."""
    return any(not row.own and row.valid_from <= day <= (row.valid_until or date.max) for row in known)


def ensure_may_decide(*, role: str, proposed_by: object, deciding: object, admins: int) -> None:
    """Another admin decides; where there is one admin only, an official of finance does. Raises NotYours."""
    if proposed_by == deciding or not (role == "admin" or (role == "finance" and admins < 2)):
        raise NotYours


def ensure_withdrawable(status: str, valid_from: date, *, today: date) -> None:
    """A planned change can be taken back until the day before it begins. Raises TooLate."""
    if status not in ("proposed", "approved") or (status == "approved" and valid_from <= today):
        raise TooLate
