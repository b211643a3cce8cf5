"""A run of invoices killed at any moment, started by two at once, or repeated: nothing lost, nothing twice. On both engines."""

from __future__ import annotations

import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, select

from tests import factories as make
from tests.invoices.conftest import LAST_MONTH, Office
from tests.killing import KILLED, Worker
from webapp.foundation.database import Database, make_engine
from webapp.invoices import actions
from webapp.invoices.models import BilledHours, Invoice
from webapp.people.models import Municipality
from webapp.people.person import Person
from webapp.terms.actions import terms_of
from webapp.verify import faults

NOBODY = uuid.UUID(int=0)
DAY = LAST_MONTH + timedelta(days=27)
PLACES = 16


def fill(office: Office, count: int = PLACES) -> int:
    """So many establishments with confirmed hours; gives the minutes of all of them."""
    world, minutes = office.world, 0
    for number in range(count):
        place = make.establishment(office.database, world.municipality_id, f"Kas {number:03d}")
        who = make.participant(office.database, world.municipality_id, world.case_manager)
        work = make.placement(office.database, make.work_request(office.database, place, world.supervisor), who, world.case_manager)
        minutes += office.worked(DAY, of=work).certain_minutes
    return minutes


def nothing_lost_nothing_twice(office: Office, session: Session, minutes: int, places: int = PLACES) -> None:
    session.rollback()
    found = session.exec(select(Invoice).order_by(Invoice.number)).all()  # type: ignore[arg-type]
    assert [invoice.number for invoice in found] == list(range(1, places + 1))
    assert len({invoice.establishment_id for invoice in found}) == places
    assert sum(one.minutes for one in session.exec(select(BilledHours))) == minutes
    assert [fault for fault in faults(office.database) if fault.rule in ("V4", "V5")] == []


def bill(tell: Any, url: str, municipality_id: int, account_id: uuid.UUID) -> None:
    """What a worker does: invoices one by one, each in a transaction of its own."""
    database = Database(make_engine(url))
    person = Person(account_id, NOBODY, NOBODY, "finance", municipality_id, "", "", "", "Ellen", "Mulder", "nl", "", None, None)
    with database.transaction() as db:
        town = db.get(Municipality, municipality_id)
        assert town is not None
        terms = terms_of(db, municipality_id, town.terms_token)
        run = actions.start(db, person, LAST_MONTH, terms=terms, now=make.NOW)
    tell("ready")
    while run is not None:
        with database.transaction() as db:
            step = actions.go_on(db, db.merge(run), terms=terms, now=make.NOW, limit=1)
        tell(step.done)
        if step.done >= step.todo:
            break


def test_a_run_that_is_killed_at_any_moment_goes_on_where_it_was(office: Office, database_url: str, session: Session) -> None:
    minutes, chance = fill(office), random.Random(7)
    killed = 0
    for _ in range(25):
        worker = Worker(bill, database_url, office.world.municipality_id, office.ellen.account_id)
        worker.heard()
        time.sleep(chance.uniform(0, 0.05))  # in the middle of some step, or between two
        worker.kill()
        killed += worker.ended() == KILLED
        session.rollback()
        if len(session.exec(select(Invoice)).all()) == PLACES:
            break

    office.issue()

    assert killed >= 3
    nothing_lost_nothing_twice(office, session, minutes)


def test_two_people_who_press_at_the_same_second_make_one_set_of_invoices(office: Office, as_person: Any, session: Session) -> None:
    minutes, together = fill(office), Barrier(4)
    visitors = [as_person(who) for who in (office.ellen, office.sander, office.ellen, office.sander)]

    def press(visitor: Any) -> int:
        together.wait()
        return int(visitor.post("/invoices", {"month": f"{LAST_MONTH:%Y-%m}"}).status_code)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, visitors))

    office.issue()
    assert set(answers) == {303}
    nothing_lost_nothing_twice(office, session, minutes)


def test_a_repeat_a_month_later_adds_nothing_and_the_rate_of_the_day_stays(office: Office, session: Session) -> None:
    minutes = fill(office, 3)
    office.issue()
    make.change_rate(office.database, office.world.municipality_id, 300, valid_from=make.TODAY)

    office.issue(now=make.NOW + timedelta(days=31))

    nothing_lost_nothing_twice(office, session, minutes, 3)


def test_what_the_database_says_of_a_broken_invoice(office: Office, database: Database) -> None:
    """`verify` is not asleep: a line that differs, a number that is missing, hours that were never certain."""
    office.worked(DAY)
    office.issue()
    assert [fault for fault in faults(database) if fault.rule in ("V4", "V5")] == []
    on_sqlite = database.engine.dialect.name == "sqlite"
    for table in ("invoice", "invoice_line", "billed_hours"):
        with database.engine.begin() as db:
            for guard in [f"{table}_refuses_update"] if on_sqlite else [f"{table}_is_append_only ON {table}"]:
                db.execute(text(f"DROP TRIGGER {guard}"))
    for change, rule, said in (
        ("UPDATE invoice_line SET net_cents = net_cents + 1", "V5", "cents for"),
        ("UPDATE billed_hours SET minutes = minutes + 10", "V4", "minutes billed"),
        ("UPDATE invoice SET number = 9", "V5", "follows 0"),
        ("UPDATE invoice_counter SET last_number = 4", "V5", "the last invoice is"),
    ):
        with database.engine.begin() as db:
            db.execute(text(change))
        found = [fault for fault in faults(database) if fault.rule == rule and said in fault.what]
        assert found, change
