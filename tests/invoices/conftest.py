"""A municipality that sends invoices: who sends them, which VAT counts, and people of the finance department."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from tests import factories as make
from webapp.foundation.database import Database, lock_municipality
from webapp.hours.models import HoursEntry
from webapp.invoices import actions, rules
from webapp.people.models import Account, Membership, Municipality
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.premium.actions import Credit, credit_again
from webapp.terms.actions import change_term, terms_of

LAST_MONTH = (make.TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
SENDER = {
    "name": "Gemeente Waterveen", "street": "Raadhuisplein 1", "postcode": "1234 AB", "town": "Waterveen", "kvk": "12345678", "vat_number": "NL001234567B01",
    "iban": "NL91ABNA0417164300", "oin": "00000001123456789000",
}  # fmt: skip
EXEMPT = {"category": "E", "basis_points": 0, "reason": "Participatiewet art. 7 (test)"}
STANDARD = {"category": "S", "basis_points": 2100}


def agree(database: Database, municipality_id: int, key: str, value: dict[str, Any], valid_from: date = make.LONG_AGO) -> None:
    with database.transaction() as db:
        own = db.get(Municipality, municipality_id)
        change_term(db, own, key, value, valid_from=valid_from, source="Beleidsregel (test)", reason="test", now=make.NOW)


@dataclass
class Office:
    """The world with a finance department, and what it does there."""

    world: make.World
    ellen: Membership
    sander: Membership
    database: Database

    def person(self, membership: Membership | None = None) -> Person:
        return make.person(self.database, membership or self.ellen)

    def certain(self, entry: HoursEntry, minutes: int | None = None) -> HoursEntry:
        """The hours are confirmed, or ruled to be so many minutes, as it stands in the rows."""
        with self.database.transaction() as db:
            kept = db.get(HoursEntry, entry.id)
            assert kept is not None
            known = kept.status
            kept.certain_minutes = kept.minutes if minutes is None else minutes
            kept.version += 1
            kept.status = "confirmed" if minutes is None else "ruled"
            if minutes is None:
                kept.confirmed_by, kept.confirmed_at = self.world.supervisor.account_id, make.NOW
            else:
                kept.ruled_minutes, kept.ruling_reason, kept.ruled_by, kept.ruled_at = minutes, "Zo was het.", self.world.case_manager.account_id, make.NOW
            assert known
            own = db.get(Municipality, kept.municipality_id)
            assert own is not None
            due = Credit(kept.id, kept.version, kept.participant_id, kept.worked_on, kept.certain_minutes)
            credit_again(db, due, municipality_id=kept.municipality_id, terms=terms_of(db, kept.municipality_id, own.terms_token), now=make.NOW)
            return kept

    def worked(self, day: date, start: str = "08:30", stop: str = "13:00", of: Any = None, **more: Any) -> HoursEntry:
        """Confirmed hours on a day."""
        return self.certain(make.hours(self.database, of or self.world.placement, day=day, start=start, stop=stop, **more))

    def issue(self, month: date = LAST_MONTH, *, by: Membership | None = None, now: Any = None, limit: int = actions.STEP) -> list[Any]:
        """Issue a whole month; gives the ids of what was issued."""
        issued: list[Any] = []
        person, now = self.person(by), now or make.NOW
        terms = make.terms(self.database, person.municipality_id)
        with self.database.transaction() as db:
            run = actions.start(db, person, month, terms=terms, now=now)
        while run is not None:
            with self.database.transaction() as db:
                run = db.merge(run)
                step = actions.go_on(db, run, terms=terms, now=now, limit=limit)
            issued += step.issued
            if step.done >= step.todo:
                break
        return issued


@pytest.fixture
def office(world: make.World) -> Office:
    database = world.database
    agree(database, world.municipality_id, "vat", EXEMPT)
    agree(database, world.municipality_id, "invoice_sender", SENDER)
    ellen = make.account(database, world.municipality_id, Role.FINANCE, "Ellen Mulder")
    sander = make.account(database, world.municipality_id, Role.FINANCE, "Sander Post")
    return Office(world, ellen, sander, database)


__all__ = ["EXEMPT", "LAST_MONTH", "SENDER", "STANDARD", "Account", "Office", "agree", "lock_municipality", "rules"]
