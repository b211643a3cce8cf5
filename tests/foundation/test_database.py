"""Both engines keep the same promises: UTC instants, all or nothing, and nobody reads half a change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import Session

from tests import factories as make
from webapp.foundation.clock import add_working_days, day_of, instant, local, minutes_between, monday_of
from webapp.foundation.database import Database
from webapp.foundation.money import cents_of, plain_euro
from webapp.people.models import Account


def test_an_instant_comes_back_in_utc_whatever_zone_it_was_given_in(world: make.World, session: Session) -> None:
    summer = datetime(2026, 7, 1, 9, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    person = Account(municipality_id=world.municipality_id, first_name="A", last_name="B", created_at=summer)
    make.save(world.database, person)

    (found,) = session.execute(select(Account.created_at).where(Account.__table__.c.id == person.id)).one()

    assert found == summer
    assert found.tzinfo is UTC
    assert found.hour == 7


def test_an_instant_without_a_zone_is_refused(world: make.World) -> None:
    with pytest.raises(StatementError, match="time zone"):
        make.save(world.database, Account(municipality_id=world.municipality_id, first_name="A", last_name="B", created_at=datetime(2026, 1, 1)))


def test_a_transaction_is_all_or_nothing(database: Database, world: make.World, session: Session) -> None:
    def change_and_break() -> None:
        with database.transaction() as db:
            db.execute(text("UPDATE account SET first_name = 'Anders'"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_break()

    assert "Anders" not in session.execute(select(Account.first_name)).scalars().all()


def test_references_are_kept_on_both_engines(database: Database, world: make.World) -> None:
    with pytest.raises(DBAPIError), database.engine.begin() as db:
        db.execute(text("UPDATE account SET municipality_id = 99"))


def test_a_refused_request_saves_nothing(world: make.World, as_person: Any, session: Session) -> None:
    visitor = as_person(world.participant)

    assert visitor.post("/me/theme", {"theme": "purple"}).status_code == 422

    session.rollback()
    assert set(session.execute(select(Account.theme)).scalars()) == {""}


# time and money -----------------------------------------------------------------------------------

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))


@given(days, st.times().map(lambda clock: clock.replace(second=0, microsecond=0)))
def test_an_instant_of_a_day_is_on_that_day_in_amsterdam(day: date, clock: time) -> None:
    assert day_of(instant(day, clock)) == day
    assert local(instant(day, time(12))).time() == time(12)


@pytest.mark.parametrize(("day", "minutes"), [(date(2026, 3, 29), 120), (date(2026, 10, 25), 240), (date(2026, 6, 1), 180)])
def test_one_to_four_at_night_are_the_minutes_that_really_pass(day: date, minutes: int) -> None:
    assert minutes_between(instant(day, time(1)), instant(day, time(4))) == minutes


@given(days, st.integers(0, 40))
def test_working_days_are_mondays_to_fridays(day: date, count: int) -> None:
    after = add_working_days(day, count)

    assert count == 0 or after.weekday() < 5
    assert sum((day + timedelta(days=n)).weekday() < 5 for n in range(1, (after - day).days + 1)) == count
    assert monday_of(day).weekday() == 0
    assert 0 <= (day - monday_of(day)).days < 7


@given(st.integers(-(10**9), 10**9))
def test_euros_are_written_so_that_they_read_back_the_same(cents: int) -> None:
    written = plain_euro(cents)

    assert cents_of(written.removeprefix("-")) == abs(cents)
    assert written.startswith("-") == (cents < 0)


@pytest.mark.parametrize("typed", ["", "twelve", "1.234", "1,234", "12,345", "-5", "1e3", "1 2,", "€", "1.234.5", "12.34,5"])
def test_an_amount_that_could_be_read_two_ways_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        cents_of(typed)
