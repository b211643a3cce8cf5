"""People of the municipality who pay, accounts to pay to, and hours that are certain: what tests of payouts start from."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from tests import factories as make
from webapp.foundation.clock import instant
from webapp.foundation.database import Database, lock_municipality
from webapp.foundation.ids import new_id
from webapp.foundation.settings import DEMO_SECRET
from webapp.hours import actions as hours
from webapp.payouts import actions
from webapp.payouts.models import PayoutRun
from webapp.people import bank
from webapp.people.models import Membership, Municipality
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.terms.actions import change_term

PAY_ON = make.TODAY + timedelta(days=3)
WORKED = PAY_ON - timedelta(days=12)  # closed: hours close ten days before
IBAN = "NL91ABNA0417164300"
VAULT = bank.vault((DEMO_SECRET,))


def iban(number: int) -> str:
    """Made-up account numbers whose check digits fit."""
    base = f"INGB{number:010d}"
    digits = int("".join(str(int(sign, 36)) for sign in base + "NL00"))
    return f"NL{98 - digits % 97:02d}{base}"


@dataclass
class Office:
    """A world with two people in finance, an account to pay from, and participant Selam who has an account."""

    world: make.World
    first: Membership
    second: Membership

    @property
    def database(self) -> Database:
        return self.world.database

    @property
    def id(self) -> int:
        return self.world.municipality_id

    @property
    def preparer(self) -> Person:
        return make.person(self.database, self.first)

    @property
    def approver(self) -> Person:
        return make.person(self.database, self.second)


def office(world: make.World, **terms: Any) -> Office:
    made = Office(
        world,
        make.account(world.database, world.municipality_id, Role.FINANCE, "Ellen Mulder"),
        make.account(world.database, world.municipality_id, Role.FINANCE, "Sander Post"),
    )
    agree(made, "payout_account", {"holder": "Gemeente Waterveen", "iban": iban(1)})
    for key, value in terms.items():
        agree(made, key, value)
    give_account(made, world.participant)
    return made


def agree(office: Office, key: str, value: dict[str, Any], *, valid_from: date = make.LONG_AGO) -> None:
    with office.database.transaction() as db:
        own = db.get(Municipality, office.id)
        change_term(db, own, key, value, valid_from=valid_from, source="Beleidsregel (test)", reason="test", now=make.NOW)


def give_account(
    office: Office, who: Membership, *, number: str = IBAN, holder: str = "Selam Tesfay", budget: bool = False, at: datetime | None = None
) -> None:
    with office.database.transaction() as db:
        bank.keep_account(
            db, who.account_id, office.id, id=uuid.uuid4(), iban=number, holder=holder, is_budget_manager=budget, by=who.account_id, vault=VAULT,
            now=at or make.NOW - timedelta(days=200),
        )  # fmt: skip


def work(
    office: Office,
    placement: Any = None,
    *,
    day: date = WORKED,
    start: str = "08:30",
    stop: str = "13:00",
    pause: int = 30,
    by: Membership | None = None,
) -> Any:
    """A confirmed shift: four hours, so € 8.00, unless the times say otherwise."""
    entry = make.hours(office.database, placement or office.world.placement, day=day, start=start, stop=stop, pause=pause)
    supervisor = make.person(office.database, by or office.world.supervisor)
    terms = make.terms(office.database, office.id)
    with office.database.transaction() as db:
        lock_municipality(db, office.id)
        hours.confirm(db, hours.to_confirm(db, [entry.id], by=supervisor), by=supervisor, terms=terms, undo_seconds=60, now=instant(day, time(19)))
    return entry


def colleague(office: Office, name: str, number: int, **more: Any) -> tuple[Membership, Any]:
    """Another participant with a running placement and an account of their own."""
    world = office.world
    who = make.participant(office.database, office.id, world.case_manager, name, **more)
    request = make.work_request(office.database, world.establishment, world.supervisor, starts_on=make.TODAY - timedelta(weeks=30), weeks=52)
    placement = make.placement(office.database, request, who, world.case_manager)
    give_account(office, who, number=iban(100 + number), holder=name)
    return who, placement


def prepare(
    office: Office, *, pay_on: date = PAY_ON, now: datetime | None = None, settles_id: uuid.UUID | None = None, by: Person | None = None
) -> PayoutRun:
    terms, person = make.terms(office.database, office.id), by or office.preparer
    with office.database.transaction() as db:
        lock_municipality(db, office.id)
        return actions.prepare(db, terms, pay_on=pay_on, by=person, from_outside=False, settles_id=settles_id, now=now or make.NOW)


def approve(office: Office, run: PayoutRun, *, now: datetime | None = None, by: Person | None = None) -> None:
    terms, person = make.terms(office.database, office.id), by or office.approver
    with office.database.transaction() as db:
        lock_municipality(db, office.id)
        known = db.get(PayoutRun, run.id)
        assert known is not None
        actions.approve(db, known, "Werken met premie is een stap naar werk.", terms=terms, by=person, now=now or make.NOW)


def pay(office: Office, **more: Any) -> PayoutRun:
    run = prepare(office, **more)
    approve(office, run, now=more.get("now"))
    return run


def one(session: Session, statement: Any) -> Any:
    session.rollback()
    return session.execute(statement).scalar_one()


__all__ = ["new_id"]
