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
    certain_cents: int
    certain_this_year_cents: int
    waiting_cents: int
    waits: list[Waits]
    months: list[Month]

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
    sums = {row.month: int(row.cents) for row in MONTHS.all(db, participant=participant_id)}
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
    shown = [key for key in sorted(sums.keys() | waiting.keys()) if key.startswith(year)]
    months = [_month(date(today.year, int(key[5:]), 1), sums.get(key, 0), waiting.get(key, 0)) for key in shown]
    this_year = sum(cents for key, cents in sums.items() if key.startswith(year))
    return AccountView(sum(sums.values()), this_year, sum(wait.cents for wait in waits), waits, months)


def _month(first: date, certain: int, waiting: int) -> Month:
    return Month(first, month_words(first), long_month(first), certain, waiting)
