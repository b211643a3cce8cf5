"""A bank account: checked, sealed, dated; never whole on a screen or in a table."""

from __future__ import annotations

import contextlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from tests import factories as make
from webapp.people import bank

VAULT = bank.vault(("a secret of a test",))
ONE, TWO = "NL91ABNA0417164300", "NL20INGB0001234567"


def keep(world: make.World, iban: str = ONE, who: Any = None, **more: Any) -> bank.BankAccount | None:
    person = (who or world.participant).account_id
    values: dict[str, Any] = {"id": uuid.uuid4(), "holder": "S Tesfay", "is_budget_manager": False, "now": make.NOW, **more}
    with world.database.transaction() as db:
        return bank.keep_account(db, person, world.municipality_id, iban=iban, by=person, vault=VAULT, **values)


def test_the_number_stands_nowhere_but_sealed_and_comes_back_for_the_bank_file(world: make.World, session: Session) -> None:
    keep(world)

    stored = session.execute(text("SELECT * FROM bank_account")).one()
    assert not any(ONE in str(cell) or "0417164300" in str(cell) for cell in stored)
    account = bank.account_of(session, world.participant.account_id)
    assert account is not None
    assert (account.last_four, bank.iban_of(account, VAULT)) == ("4300", ONE)


def test_a_change_keeps_the_former_account_with_its_dates(world: make.World, session: Session) -> None:
    keep(world)
    keep(world, TWO, now=make.NOW + timedelta(days=40))

    account, former = bank.account_of(session, world.participant.account_id), bank.former_accounts(session, world.participant.account_id)
    assert account is not None
    assert (account.last_four, account.valid_from) == ("4567", make.day_of(make.NOW + timedelta(days=40)))
    assert [(row.last_four, row.replaced_at) for row in former] == [("4300", make.NOW + timedelta(days=40))]


def test_the_same_request_or_the_same_account_again_adds_nothing(world: make.World, session: Session) -> None:
    key = uuid.uuid4()

    made = [keep(world, id=key), keep(world, id=key), keep(world)]

    assert [row is not None for row in made] == [True, False, False]
    assert session.execute(text("SELECT COUNT(*) FROM bank_account")).scalar_one() == 1


def test_two_people_with_one_account_are_found_without_opening_it(world: make.World, session: Session) -> None:
    keep(world)
    keep(world, who=world.other_participant)

    account = bank.account_of(session, world.participant.account_id)
    assert account is not None
    assert bank.shared_with(session, account) == [world.other_participant.account_id]
    assert set(bank.accounts_of(session, world.municipality_id)) == {world.participant.account_id, world.other_participant.account_id}


def test_a_person_has_one_account_at_a_time_whoever_writes(world: make.World) -> None:
    made = keep(world)
    assert made is not None

    with pytest.raises(IntegrityError), world.database.transaction() as db:
        db.add(bank.BankAccount(**{**made.model_dump(), "id": uuid.uuid4()}))


@pytest.mark.parametrize("typed", ["nl91 abna 0417 1643 00", "NL91ABNA0417164300", " NL91 ABNA 0417164300\u00a0"])
def test_a_number_is_read_as_people_write_it(typed: str) -> None:
    assert bank.clean_iban(typed) == ONE


@pytest.mark.parametrize(
    "typed", ["", "NL00ABNA0417164300", "NL91ABNA041716430", "0417164300", "XX91ABNA0417164300", "NL91-ABNA-0417-1643-00", "١٢٣"]
)
def test_a_number_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(bank.NotAnIban):
        bank.clean_iban(typed)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_is_refused(typed: str) -> None:
    with contextlib.suppress(bank.NotAnIban):
        assert bank.clean_iban(typed).isalnum()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Selam  Tesfay ", "Selam Tesfay"), ("J.-P. d'Été (bewindvoerder)", "J.-P. d'Été (bewindvoerder)"), ("Łukasz Żak", "Łukasz Żak")],
)
def test_a_holder_is_written_in_latin_letters(typed: str, kept: str) -> None:
    assert bank.clean_holder(typed) == kept


@pytest.mark.parametrize("typed", ["سلام", "ሰላም", "Оксана", "Ivan\nIvanov ☃", "..", "12"])
def test_a_holder_in_another_script_is_refused(typed: str) -> None:
    with pytest.raises(bank.NotLatin):
        bank.clean_holder(typed)


@pytest.mark.parametrize("typed", ["", " ", "A", "A" * 71])
def test_a_holder_is_no_letter_and_no_story(typed: str) -> None:
    with pytest.raises(ValueError, match="2 to 70"):
        bank.clean_holder(typed)
