"""Giving and changing the bank account, and the citizen service number: never whole on a screen, in a message or in the history."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import text
from sqlmodel import Session

from tests import factories as make
from tests.house.addresses import busy_world
from webapp.foundation.texts import LANGUAGES
from webapp.people import bank
from webapp.people.citizen_number import NotANumber, clean_number
from webapp.people.models import Municipality
from webapp.privacy.register import TABLES
from webapp.terms.actions import change_term

ONE, TWO = "NL91 ABNA 0417 1643 00", "NL20INGB0001234567"
GOOD = {"iban": ONE, "holder": "S. Tesfay", "whose": "own"}


def test_an_account_is_given_changed_and_told_and_only_its_last_four_show(world: make.World, app: Any, as_person: Any, session: Session) -> None:
    selam, key = as_person(world.participant), str(uuid.uuid4())

    for form in ({**GOOD, "id": key}, {**GOOD, "id": key}, {**GOOD, "iban": TWO, "whose": "manager", "id": str(uuid.uuid4())}):
        assert selam.post("/me/account", form).status_code == 303

    page = selam.get("/me/account?saved=1").text
    assert "4567" in page and "4300" in page and "INGB" not in page and "0001234567" not in page
    account = bank.account_of(session, world.participant.account_id)
    assert account is not None
    assert (bank.iban_of(account, app.extensions["bank_vault"]), account.is_budget_manager, account.valid_from) == (TWO, True, make.TODAY)
    assert session.execute(text("SELECT COUNT(*) FROM notification WHERE \"key\" = 'account.changed'")).scalar_one() == 2
    facts = session.execute(text("SELECT facts FROM history WHERE action = 'account.changed'")).scalars().all()
    assert len(facts) == 2 and not any("4300" in each or "INGB" in each for each in facts)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"iban": "NL91ABNA0417164301"}, "iban"),
        ({"iban": "\x00"}, "iban"),
        ({"holder": "ሰላም"}, "holder"),
        ({"holder": ""}, "holder"),
        ({"whose": "x"}, "whose"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(world: make.World, as_person: Any, session: Session, change: Any, field: str) -> None:
    answer = as_person(world.participant).post("/me/account", {**GOOD, **change})

    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert ("S. Tesfay" in answer.text) == (field != "holder")
    assert bank.account_of(session, world.participant.account_id) is None


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_my_data_on_paper_is_in_my_language_tagged_and_the_same_when_made_again(world: make.World, as_person: Any, code: str) -> None:
    busy_world(world, as_person)
    selam = as_person(world.participant)
    selam.post("/language", {"language": code})

    answer = selam.get("/me/data.pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    paper = PdfReader(BytesIO(answer.data))
    assert str(paper.trailer["/Root"]["/Lang"]).startswith(code)
    told = "".join(page.extract_text() for page in paper.pages)
    assert "Selam Tesfay" in told and "Planten verzorgen" in told


# citizen service number -----------------------------------------------------------------------------------------


@pytest.fixture
def needed(world: make.World) -> make.World:
    with world.database.transaction() as db:
        own = db.get(Municipality, world.municipality_id)
        assert own is not None
        change_term(
            db,
            own,
            "citizen_number",
            {"needed": True, "told": "Loket"},
            valid_from=make.LONG_AGO,
            source="Besluit (test)",
            reason="test",
            now=make.NOW,
        )
    return world


def test_a_number_is_not_kept_where_the_terms_do_not_need_it(world: make.World, as_person: Any) -> None:
    marieke, address = as_person(world.case_manager), f"/participants/{world.participant.account_id}/citizen-number"

    assert 'name="number"' not in marieke.get(address).text
    assert marieke.post(address, {"number": "111222333"}).status_code == 404
    assert address not in marieke.get(f"/participants/{world.participant.account_id}").text


def test_a_number_is_checked_sealed_and_never_shown_whole(needed: make.World, as_person: Any, session: Session) -> None:
    marieke, address = as_person(needed.case_manager), f"/participants/{needed.participant.account_id}/citizen-number"
    assert address in marieke.get(f"/participants/{needed.participant.account_id}").text

    assert marieke.post(address, {"number": "111222334"}).status_code == 422
    assert marieke.post(address, {"number": "1112.22.333"}).status_code == 303

    page = marieke.get(address).text
    assert "333" in page and "111222333" not in page
    for table in ("citizen_number", "history", "history_words"):
        assert not any("111222333" in str(cell) for row in session.execute(text(f"SELECT * FROM {table}")) for cell in row)
    assert as_person(needed.colleague).get(address).status_code == 404
    assert "111222333" not in as_person(needed.participant).get("/me/data.json").text


@pytest.mark.parametrize("typed", ["", "123456789", "1112223334", "abc", "٠١٢٣٤٥٦٧٨", "\x00"])
def test_what_fails_the_elfproef_is_no_number(typed: str) -> None:
    with pytest.raises(NotANumber):
        clean_number(typed)


def test_the_register_shows_every_table_and_no_person(world: make.World, as_person: Any) -> None:
    from webapp.permissions import Role

    page = as_person(make.account(world.database, world.municipality_id, Role.ADMIN, "Nadia Kuiper")).get("/privacy/register").text

    assert all(f'id="{name}"' in page for name in TABLES)
    assert "Selam" not in page
