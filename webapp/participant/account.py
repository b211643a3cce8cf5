"""The premium account as pages show it: certain, waiting, months, and the year. Sums of lines, never a stored number."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Session

from webapp.foundation.database import Read
from webapp.foundation.texts import long_month, month_words
from webapp.hours.reads import IS_WAITING, accounts, entries, placements
from webapp.hours.rules import Status, waiting_minutes
from webapp.premium.reads import MONTHS
from webapp.premium.rules import premium_cents
from webapp.terms.actions import Terms

# in no order: asked for one, the database would read all there is of somebody, already in that order
WAITING = Read(
    select(
        entries.c.id, entries.c.status, entries.c.worked_on, entries.c.starts_at, entries.c.stops_at, entries.c.minutes, entries.c.corrected_minutes,
        entries.c.certain_minutes, accounts.c.first_name.label("supervisor"),
    )
    .join_from(entries, placements, placements.c.id == entries.c.placement_id)
    .join(accounts, accounts.c.id == placements.c.supervisor_id)
    .where(entries.c.participant_id == bindparam("participant"), IS_WAITING)
)  # fmt: skip


class Month(NamedTuple):
    """What one month brought, in cents. `label` is short, for a chart."""

    first_day: date
    label: str
    name: str
    certain_cents: int
    waiting_cents: int


class Waits(NamedTuple):
    """An entry that waits on somebody, and what it would still bring."""

    entry: Any
    cents: int


class AccountView(NamedTuple):
    certain_cents: int  # and not yet paid
    earned_this_year_cents: int  # paid or not
    paid_this_year_cents: int
    waiting_cents: int
    waits: list[Waits]
    months: list[Month]

    def counted_cents(self, counted_by: str, *, paid_this_year: bool) -> int:
        """What fills this year's maximum: by the day worked what was earned, by the day paid what was paid and still will be.

        `paid_this_year`: whether what is certain now is paid before the year is over.
        """
        if counted_by == "worked":
            return self.earned_this_year_cents
        return self.paid_this_year_cents + (self.certain_cents if paid_this_year else 0)

    @property
    def corrections_to_answer(self) -> list[Any]:
        """Entries a supervisor made shorter: only this person can say yes or no to them."""
        return [wait.entry for wait in self.waits if wait.entry.status == "corrected" and wait.entry.corrected_minutes < wait.entry.minutes]

    @property
    def waiting_on(self) -> str:
        """The first name of who has to confirm, when it is one person."""
        names = {wait.entry.supervisor for wait in self.waits if wait.entry.status == "sent" and wait.cents}
        return names.pop() if len(names) == 1 else ""


def account_of(db: Session, participant_id: uuid.UUID, terms: Terms, today: date) -> AccountView:
    """The account of one person, with two statements.

    An entry waits for premium(best version) minus what is certain of it; where no rate is known it waits for hours, not for an amount.
    """
    months = MONTHS.all(db, participant=participant_id)
    earned = {row.month: int(row.earned_cents) for row in months if row.earned_cents}
    waits: list[Waits] = []
    waiting: dict[str, int] = {}
    for entry in sorted(WAITING.all(db, participant=participant_id), key=lambda entry: entry.worked_on):
        open_minutes = waiting_minutes(Status(entry.status), written=entry.minutes, corrected=entry.corrected_minutes, certain=entry.certain_minutes)
        rate = terms.rate_or_none(entry.worked_on)
        cents = (
            premium_cents(entry.certain_minutes + open_minutes, rate.cents_per_hour) - premium_cents(entry.certain_minutes, rate.cents_per_hour)
            if rate
            else 0
        )
        waits.append(Waits(entry, cents))
        key = f"{entry.worked_on:%Y-%m}"
        waiting[key] = waiting.get(key, 0) + cents
    year = str(today.year)
    shown = [key for key in sorted(earned.keys() | waiting.keys()) if key.startswith(year)]
    charted = [_month(date(today.year, int(key[5:]), 1), earned.get(key, 0), waiting.get(key, 0)) for key in shown]
    earned_this_year = sum(cents for key, cents in earned.items() if key.startswith(year))
    paid_this_year = sum(int(row.paid_cents) for row in months if row.month.startswith(year))
    certain = sum(int(row.cents) for row in months)
    return AccountView(certain, earned_this_year, paid_this_year, sum(wait.cents for wait in waits), waits, charted)


def _month(first: date, certain: int, waiting: int) -> Month:
    return Month(first, month_words(first), long_month(first), certain, waiting)
