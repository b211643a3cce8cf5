"""A municipality that sends invoices: who sends them, which VAT counts, and people of the finance department."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from tests import factories as make
from webapp.foundation.database import Database
from webapp.hours.models import HoursEntry
from webapp.invoices import actions
from webapp.people.models import Membership, Municipality
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.premium.actions import Credit, credit_again
from webapp.terms.actions import terms_of

LAST_MONTH, SENDER, EXEMPT, agree = make.LAST_MONTH, make.SENDER, make.EXEMPT, make.agree
STANDARD = {"category": "S", "basis_points": 2100}


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
                kept.ruled_minutes, kept.ruling_reason, kept.ruled_by, kept.ruled_at = (
                    minutes,
                    "Zo was het.",
                    self.world.case_manager.account_id,
                    make.NOW,
                )
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
        return make.issue(self.database, by or self.ellen, month, now=now or make.NOW, limit=limit)


@pytest.fixture
def office(world: make.World) -> Office:
    ellen = make.bills(world.database, world.municipality_id)
    sander = make.account(world.database, world.municipality_id, Role.FINANCE, "Sander Post")
    return Office(world, ellen, sander, world.database)
