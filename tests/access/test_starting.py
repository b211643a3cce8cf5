"""From the letter to a lock of one's own: what a code opens, what a second check stops, and what a new letter ends."""

from __future__ import annotations

import threading
import uuid
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, text, update
from sqlmodel import Session

from tests import factories as make
from tests.access.people import (
    BORN,
    PIN,
    account_of,
    come_in,
    digits_sent,
    letter_code,
    make_letter,
    sent,
    set_pin,
    sign_in_with_pin,
    steps_to_lock,
)  # fmt: skip
from tests.conftest import Visitor
from webapp.access import invitations
from webapp.access.models import Invitation, Secret
from webapp.foundation.clock import now
from webapp.foundation.database import Database
from webapp.notifications.models import PushSubscription
from webapp.notifications.outgoing import Outgoing
from webapp.people.models import ParticipantFile
from webapp.people.sessions import devices_of


@pytest.fixture
def marieke(as_person: Any, world: make.World) -> Visitor:
    made: Visitor = as_person(world.case_manager)
    return made


@pytest.fixture
def code(marieke: Visitor, world: make.World, database: Database, app: Flask) -> str:
    """A letter on its way to the participant of the world."""
    assert make_letter(marieke, world.participant).status_code == 303
    return letter_code(database, app)


def invitation(session: Session) -> Invitation:
    session.expire_all()
    return session.execute(select(Invitation).order_by(Invitation.made_at.desc())).scalars().first()  # type: ignore[attr-defined, return-value]


def test_a_letter_leads_to_a_pin_and_from_then_on_a_code_and_that_pin_open(
    code: str, visitor: Visitor, world: make.World, database: Database, app: Flask, session: Session
) -> None:
    assert visitor.get(f"/start/{code}").status_code == 200
    steps_to_lock(visitor, code)
    assert set_pin(visitor, database, app).location == "/"

    assert visitor.get("/today").status_code == 200
    assert invitation(session).used_at is not None
    assert visitor.post("/sign-out").status_code == 303
    again = Visitor(app.test_client())
    assert sign_in_with_pin(again, database, app).location == "/"
    assert again.get("/today").status_code == 200
    assert account_of(database, world.participant).phone == "0612345678"


def test_opening_the_address_of_the_square_changes_nothing_and_fills_the_code_in(code: str, visitor: Visitor, session: Session) -> None:
    before = session.execute(text("SELECT COUNT(*) FROM history")).scalar_one()
    page = visitor.get(f"/start/{code}").text

    assert f'value="{code[:4]} {code[4:]}"' in page
    assert invitation(session).used_at is None
    assert session.execute(text("SELECT COUNT(*) FROM history")).scalar_one() == before
    assert visitor.client.get_cookie("opstap") is None


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda code: f" {code[:4]} - {code[4:]} ",
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: code.replace("1", "I"),
    ],
)
def test_a_code_is_read_as_people_type_it(code: str, visitor: Visitor, change: Any) -> None:
    assert visitor.post("/start", {"code": change(code)}).location == "/start/birth"


def test_the_code_is_kept_as_a_keyed_hash_only(code: str, session: Session) -> None:
    rows = (
        session.execute(text("SELECT code_mark FROM invitation")).scalars().all()
        + session.execute(text("SELECT sealed FROM outgoing")).scalars().all()
    )

    assert rows and all(code not in row for row in rows)
    assert len(rows[0]) == 64


def test_another_year_of_birth_stops_after_three_tries_and_the_code_is_void(code: str, visitor: Visitor, app: Flask, session: Session) -> None:
    visitor.post("/start", {"code": code})

    answers = [visitor.post("/start/birth", {"year": str(1950 + n)}) for n in range(3)]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "2 keer" in answers[0].text or "2 more" in answers[0].text
    assert "tel:0100000000" in answers[2].text
    assert invitation(session).ended_at is not None
    assert visitor.post("/start", {"code": code}).status_code == 422
    assert Visitor(app.test_client()).post("/start", {"code": code}).status_code == 422
    assert session.execute(text("SELECT COUNT(*) FROM history WHERE action = 'invitation.ended'")).scalar_one() == 1


def test_tries_are_counted_over_all_devices(code: str, app: Flask, session: Session) -> None:
    for n in range(3):
        device = Visitor(app.test_client())
        device.post("/start", {"code": code})
        device.post("/start/birth", {"year": str(1950 + n)})

    assert invitation(session).ended_at is not None


def test_no_step_is_reached_without_the_year(code: str, visitor: Visitor) -> None:
    visitor.post("/start", {"code": code})

    for address in ("/start/language", "/start/what", "/start/lock", "/start/contact", "/start/pin"):
        assert visitor.get(address).location == "/start/birth", address
    assert visitor.post("/start/contact", {"contact": "0612345678"}).location == "/start/birth"
    assert visitor.post("/start/passkey/options", json={}).status_code == 422


def test_what_was_left_is_picked_up_on_the_same_phone_or_with_the_code_again(code: str, visitor: Visitor, app: Flask) -> None:
    steps_to_lock(visitor, code)

    assert visitor.get("/start/what").status_code == 200
    assert Visitor(app.test_client()).post("/start", {"code": code}).location == "/start/birth"


@pytest.mark.parametrize("typed", ["", "KM4R", "ABCDEFGH", "UUUUUUUU", "\x00" * 8, "٤" * 8, "A" * 5000])
def test_a_code_that_is_none_is_refused_at_its_field(code: str, visitor: Visitor, typed: str) -> None:
    answer = visitor.post("/start", {"code": typed})

    assert answer.status_code == 422 and 'id="code-error"' in answer.text


def test_after_its_last_day_a_code_opens_nothing_also_in_the_middle(code: str, visitor: Visitor, database: Database) -> None:
    steps_to_lock(visitor, code)
    with database.transaction() as db:
        db.execute(update(Invitation).values(made_at=now() - timedelta(days=31), ends_at=now() - timedelta(seconds=1)))

    assert visitor.get("/start/lock").location == "/start?ended=1"
    assert visitor.post("/start", {"code": code}).status_code == 422


def test_a_letter_counts_for_the_days_of_the_terms(code: str, session: Session) -> None:
    found = invitation(session)

    assert found.ends_at - found.made_at == timedelta(days=30)


def test_a_new_letter_makes_the_old_code_void(
    code: str, marieke: Visitor, visitor: Visitor, world: make.World, database: Database, app: Flask
) -> None:
    make_letter(marieke, world.participant)

    assert visitor.post("/start", {"code": code}).status_code == 422
    assert visitor.post("/start", {"code": letter_code(database, app)}).location == "/start/birth"


def test_the_same_form_sent_twice_makes_one_letter(marieke: Visitor, world: make.World, session: Session) -> None:
    form = {"id": str(uuid.uuid4()), "language": "ar"}

    answers = [marieke.post(f"/participants/{world.participant.account_id}/invitation", form) for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, answers[0].location)] * 2
    assert session.execute(text("SELECT COUNT(*) FROM invitation")).scalar_one() == 1
    assert session.execute(text("SELECT COUNT(*) FROM outgoing")).scalar_one() == 1


def test_without_a_birth_date_the_case_manager_is_told_to_record_it_first(
    marieke: Visitor, visitor: Visitor, world: make.World, database: Database, app: Flask, session: Session
) -> None:
    with database.transaction() as db:
        db.execute(update(ParticipantFile).values(birth_date=None))

    refused = make_letter(marieke, world.participant)
    assert refused.status_code == 422 and 'id="birth_date-error"' in refused.text
    assert session.execute(text("SELECT COUNT(*) FROM invitation")).scalar_one() == 0

    here = f"/participants/{world.participant.account_id}"
    assert [marieke.post(f"{here}/birth-date", {"birth_date": typed}).status_code for typed in ("", "1850-01-01", "2999-01-01", "31-12-1990")] == [
        422
    ] * 4
    assert marieke.post(f"{here}/birth-date", {"birth_date": "1984-02-29"}).status_code == 303
    assert make_letter(marieke, world.participant).status_code == 303
    steps_to_lock(visitor, letter_code(database, app), "1984")


@pytest.mark.parametrize(("language", "sides"), [("nl", 1), ("ar", 2), ("ti", 2)])
def test_the_letter_is_one_sheet_in_dutch_and_the_own_language(
    marieke: Visitor, world: make.World, session: Session, language: str, sides: int, database: Database, app: Flask
) -> None:
    make_letter(marieke, world.participant, language=language, address="Selam Tesfay\nKade 1\n1234 AB Waterveen")
    row = session.execute(select(Outgoing)).scalar_one()

    letter = marieke.get(f"/outbox/{row.id}/letter.pdf")

    assert (letter.status_code, letter.mimetype) == (200, "application/pdf")
    pages = PdfReader(BytesIO(letter.data)).pages
    assert len(pages) == sides
    words = pages[0].extract_text()
    code = letter_code(database, app)
    assert code[:4] in words and code[4:] in words and "0100 000 000" in words and "Kade 1" in words and "Selam Tesfay" in words
    assert marieke.get(f"/outbox/{row.id}/letter.pdf").data == letter.data


def test_a_letter_is_seen_by_its_case_manager_and_admin_and_by_nobody_else(
    code: str, marieke: Visitor, world: make.World, as_person: Any, session: Session
) -> None:
    row = session.execute(select(Outgoing)).scalar_one()
    address = f"/outbox/{row.id}/letter.pdf"
    admin, strange_admin = (
        as_person(make.account(world.database, municipality, "admin", "Nadia Kuiper"))
        for municipality in (world.municipality_id, world.stranger.municipality_id)
    )

    assert admin.get(address).status_code == 200 and "Selam" in admin.get("/outbox").text
    assert [as_person(who).get(address).status_code for who in (world.colleague, world.strange_case_manager)] == [404, 404]
    assert strange_admin.get(address).status_code == 404 and "Selam" not in strange_admin.get("/outbox").text
    assert as_person(world.participant).get(address).status_code == 403


def test_once_used_a_letter_is_not_kept_any_more(
    code: str, marieke: Visitor, visitor: Visitor, database: Database, app: Flask, session: Session
) -> None:
    steps_to_lock(visitor, code)
    set_pin(visitor, database, app)

    row = session.execute(select(Outgoing).where(Outgoing.purpose == "invitation")).scalar_one()  # type: ignore[arg-type]
    assert (row.sealed, row.state) == ("", "void")
    assert marieke.get(f"/outbox/{row.id}/letter.pdf").status_code == 404
    assert sent(database, app) == []


def test_a_used_code_opens_nothing_again(code: str, visitor: Visitor, database: Database, app: Flask) -> None:
    other = Visitor(app.test_client())
    steps_to_lock(other, code)
    steps_to_lock(visitor, code)
    set_pin(visitor, database, app)

    assert other.get("/start/lock").location == "/start?ended=1"
    assert other.post("/start", {"code": code}).status_code == 422
    assert visitor.get("/today").status_code == 200


def test_of_two_at_the_same_moment_one_uses_the_code(code: str, world: make.World, database: Database, session: Session) -> None:
    found, outcomes = invitation(session), []
    together = threading.Barrier(2)

    def try_it() -> None:
        together.wait()
        with database.transaction() as db:
            outcomes.append(invitations.use(db, found, role="participant", now=now()))

    both = [threading.Thread(target=try_it) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)

    assert sorted(outcomes) == [False, True]
    session.rollback()
    assert session.execute(text("SELECT COUNT(*) FROM history WHERE action = 'invitation.used'")).scalar_one() == 1


@pytest.mark.parametrize("pin", ["", "12345", "123456", "111111", "987654", "121212", "123123", "010590", "abcdef", "1234567"])
def test_an_easy_pin_is_refused_at_its_field_and_costs_no_code(code: str, visitor: Visitor, database: Database, app: Flask, pin: str) -> None:
    steps_to_lock(visitor, code)
    visitor.post("/start/contact", {"contact": "0612345678"})

    answer = visitor.post("/start/pin", {"code": digits_sent(database, app), "pin": pin, "again": pin})

    assert answer.status_code == 422 and 'id="pin-error"' in answer.text
    assert visitor.post("/start/pin", {"code": digits_sent(database, app), "pin": PIN, "again": PIN}).location == "/"


@pytest.mark.parametrize("contact", ["", "hallo", "12", "a@b", "x" * 300, "06 1234567", "\x00@example.nl"])
def test_a_contact_that_is_none_is_refused_at_its_field(code: str, visitor: Visitor, contact: str) -> None:
    steps_to_lock(visitor, code)

    answer = visitor.post("/start/contact", {"contact": contact})

    assert answer.status_code == 422 and 'id="contact-error"' in answer.text


def test_the_language_chosen_is_the_language_of_the_app(code: str, visitor: Visitor, world: make.World, database: Database) -> None:
    visitor.post("/start", {"code": code})
    visitor.post("/start/birth", {"year": BORN})

    assert visitor.post("/start/language", {"language": "so"}).status_code == 303
    assert '<html lang="so"' in visitor.get("/start/what").text
    assert account_of(database, world.participant).language == "so"
    assert visitor.post("/start/language", {"language": "xx"}).status_code == 422


# a lost phone ---------------------------------------------------------------------------------


@pytest.fixture
def inside(marieke: Visitor, visitor: Visitor, world: make.World, database: Database, app: Flask) -> Visitor:
    """The participant, in with a pin, with messages on the phone."""
    come_in(visitor, database, app, marieke, world.participant)
    make.save(
        database,
        PushSubscription(
            municipality_id=world.municipality_id,
            account_id=world.participant.account_id,
            endpoint="https://fcm.googleapis.com/x",
            p256dh="",
            auth="",
            created_at=now(),
        ),
    )
    return visitor


def test_a_lost_phone_is_shut_out_at_once(
    inside: Visitor, marieke: Visitor, world: make.World, database: Database, app: Flask, session: Session
) -> None:
    assert marieke.post(f"/participants/{world.participant.account_id}/lock-out").status_code == 303

    assert inside.get("/today").location.startswith("/sign-in")
    other = Visitor(app.test_client())
    other.post("/sign-in", {"contact": "0612345678"})
    assert sent(database, app, "code") == []
    assert session.execute(text("SELECT COUNT(*) FROM push_subscription")).scalar_one() == 0
    assert session.execute(text("SELECT COUNT(*) FROM secret WHERE ended_at IS NULL")).scalar_one() == 0


def test_a_new_letter_ends_the_old_phone_when_it_is_used_and_not_before(
    inside: Visitor, marieke: Visitor, world: make.World, database: Database, app: Flask, session: Session
) -> None:
    make_letter(marieke, world.participant)
    new_phone = Visitor(app.test_client())
    steps_to_lock(new_phone, letter_code(database, app))
    assert inside.get("/today").status_code == 200

    assert set_pin(new_phone, database, app, "06 87654321").location == "/"

    assert inside.get("/today").location.startswith("/sign-in")
    assert new_phone.get("/today").status_code == 200
    assert session.execute(select(Secret.ended_at)).scalars().all().count(None) == 1
    assert len(devices_of(session, world.participant.account_id, now=now())) == 1


@pytest.mark.parametrize("who", ["colleague", "strange_case_manager"])
def test_only_the_own_case_manager_invites_or_shuts_out(inside: Visitor, world: make.World, as_person: Any, who: str) -> None:
    other, here = as_person(getattr(world, who)), f"/participants/{world.participant.account_id}"

    assert other.get(f"{here}/invitation").status_code == 404
    assert make_letter(other, world.participant).status_code == 404
    assert other.post(f"{here}/lock-out").status_code == 404
    assert other.post(f"{here}/birth-date", {"birth_date": "1980-01-01"}).status_code == 404
    assert inside.get("/today").status_code == 200


def test_an_identifier_of_somebody_elses_letter_makes_none(code: str, marieke: Visitor, world: make.World, session: Session) -> None:
    known = invitation(session)

    answer = make_letter(marieke, world.other_participant, id=str(known.id))

    assert answer.status_code == 404
    assert session.execute(text("SELECT COUNT(*) FROM invitation")).scalar_one() == 1


def test_history_tells_of_the_letter_and_of_its_use_without_the_code(
    code: str, visitor: Visitor, database: Database, app: Flask, session: Session
) -> None:
    steps_to_lock(visitor, code)
    set_pin(visitor, database, app)

    rows = session.execute(text("SELECT action, facts FROM history")).all()
    assert [row.action for row in rows if row.action.startswith(("invitation", "access"))] == ["invitation.made", "invitation.used", "access.pin_set"]
    assert not any(code in row.facts or "1990" in row.facts or "0612345678" in row.facts for row in rows)
    assert date(1990, 5, 1).year == int(BORN)
