"""Signed-in devices: how long they last, the list of one's own, and a form that outlived its sign-in."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlmodel import Session

from tests import factories as make
from tests.conftest import Visitor
from webapp import create_app
from webapp.access.models import KeptForm, Passkey
from webapp.access.passkeys import party_of
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import Database
from webapp.foundation.settings import Settings
from webapp.people import sessions
from webapp.people.actions import sign_in
from webapp.people.models import SignIn
from webapp.people.person import signed_in_person

ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (ANDROID, "Chrome, Android"),
        (IPHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("", ""),
        ("curl/8", ""),
    ],
)
def test_a_device_is_known_by_its_family_only(agent: str, words: str) -> None:
    assert sessions.device_words(agent) == words


@pytest.mark.parametrize(
    ("who", "idle"), [("participant", timedelta(days=30)), ("supervisor", timedelta(days=30)), ("case_manager", timedelta(minutes=30))]
)
def test_without_use_a_sign_in_ends_and_use_moves_that_end(world: make.World, database: Database, who: str, idle: timedelta) -> None:
    with database.transaction() as db:
        made = sign_in(db, getattr(world, who), now=make.NOW)
        step = sessions.LIMITS[getattr(world, who).role].noted_every  # type: ignore[index]

        def counts(at: Any) -> bool:
            return signed_in_person(db, made.id, at, day_of(at)) is not None

        assert (counts(make.NOW + idle - timedelta(seconds=1)), counts(make.NOW + idle)) == (True, False)
        sessions.note_use(db, made.id, getattr(world, who).role, now=make.NOW + step)
        assert (counts(make.NOW + idle + step - timedelta(seconds=1)), counts(make.NOW + idle + step)) == (True, False)


def test_use_is_written_down_now_and_then_and_not_for_every_page(world: make.World, as_person: Any, database: Database, session: Session) -> None:
    selam = as_person(world.participant)
    key = uuid.UUID(cookie_of(selam))
    before = seen(session, key)

    for _ in range(3):
        selam.get("/today")
    assert seen(session, key) == before

    with database.transaction() as db:
        db.execute(update(SignIn).values(seen_at=now() - timedelta(days=2), idle_ends_at=now() + timedelta(days=28)))
    selam.get("/today")
    assert seen(session, key) > before - timedelta(seconds=2)
    assert int(selam.get("/today").headers["Server-Timing"].split('"')[1]) <= 6


def cookie_of(visitor: Visitor) -> str:
    with visitor.client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def seen(session: Session, key: uuid.UUID) -> Any:
    session.rollback()
    session.expire_all()
    found = session.get(SignIn, key)
    assert found is not None
    return found.seen_at


def test_the_cookie_of_a_real_house_is_closed_to_scripts_and_other_sites(database_url: str, tmp_path: Any) -> None:
    real = create_app(
        Settings(database_url=database_url, data_dir=tmp_path, testing=True, public_url="https://opstap.example.nl", secret_key="x" * 40)
    )

    assert real.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert (real.config["SESSION_COOKIE_SECURE"], real.config["SESSION_COOKIE_HTTPONLY"], real.config["SESSION_COOKIE_SAMESITE"]) == (
        True,
        True,
        "Lax",
    )
    assert party_of(real.extensions["settings"]) == ("opstap.example.nl", ["https://opstap.example.nl"])
    real.extensions["database"].engine.dispose()


def test_a_passkey_needs_a_name_so_a_machine_of_ones_own_is_localhost() -> None:
    assert party_of(Settings(testing=True, port=8401)) == ("localhost", ["http://localhost:8401"])


# the list of one's own ------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["participant", "supervisor", "case_manager"])
def test_every_role_sees_its_devices_and_signs_one_out(world: make.World, as_person: Any, who: str) -> None:
    here, there = as_person(getattr(world, who)), as_person(getattr(world, who))
    page = here.get("/me/devices").text
    assert page.count('/end"') >= 3 and cookie_of(there)[:8] in page.replace("-", "")

    ended = [here.post(f"/me/devices/{uuid.UUID(cookie_of(there))}/end").location for _ in range(2)]

    assert ended == ["/me/devices?done=1"] * 2
    assert there.get("/messages").location.startswith("/sign-in")
    assert here.get("/messages").status_code == 200


def test_signing_out_everywhere_ends_this_device_too_and_nobody_elses(world: make.World, as_person: Any) -> None:
    here, there, other = as_person(world.participant), as_person(world.participant), as_person(world.other_participant)

    assert here.post("/me/devices/end").location == "/sign-in"

    assert [visitor.get("/today").status_code for visitor in (here, there, other)] == [303, 303, 200]


def test_a_device_or_passkey_of_somebody_else_does_not_exist(world: make.World, as_person: Any, database: Database, session: Session) -> None:
    selam, yusuf, stranger = as_person(world.participant), as_person(world.other_participant), as_person(world.stranger)
    made = Passkey(
        municipality_id=world.municipality_id,
        account_id=world.other_participant.account_id,
        credential_id="x",
        public_key="x",
        sign_count=0,
        device="",
        made_at=now(),
    )
    make.save(database, made)

    for visitor in (selam, stranger):
        assert visitor.post(f"/me/devices/{uuid.UUID(cookie_of(yusuf))}/end").status_code == 404
        assert visitor.post(f"/me/passkeys/{made.id}/end").status_code == 404
    assert yusuf.get("/today").status_code == 200
    assert [yusuf.post(f"/me/passkeys/{made.id}/end").status_code for _ in range(2)] == [303, 303]


def test_signing_in_again_gives_a_new_sign_in_and_ends_the_old_one(demo_url: str, tmp_path: Any) -> None:
    demo = create_app(Settings(database_url=demo_url, data_dir=tmp_path, testing=True, demo=True))
    visitor = Visitor(demo.test_client())
    visitor.post("/demo/sign-in", {"account": "hoogland-council-1"}, headers={"User-Agent": ANDROID})
    first = cookie_of(visitor)
    visitor.post("/demo/sign-in", {"account": "hoogland-council-1"}, headers={"User-Agent": ANDROID})

    assert cookie_of(visitor) != first
    page = visitor.get("/me/devices").text
    assert "Chrome, Android" in page and first not in page.replace("-", "")
    demo.extensions["database"].engine.dispose()


# a form that outlived its sign-in -------------------------------------------------------------


def end_of(visitor: Visitor, database: Database) -> None:
    with database.transaction() as db:
        db.execute(update(SignIn).where(SignIn.id == uuid.UUID(cookie_of(visitor))).values(ended_at=now()))  # type: ignore[arg-type]


def sign_in_again(app: Flask, database: Database, visitor: Visitor, who: Any) -> Any:
    """Through the demo, since how somebody signs in does not matter here."""
    handle = f"again-{who.id}"
    with database.transaction() as db:
        db.execute(
            text("UPDATE account SET handle = :handle WHERE id = :id"),
            {"handle": handle, "id": who.account_id.hex if database.engine.dialect.name == "sqlite" else who.account_id},
        )
    return visitor.post("/demo/sign-in", {"account": handle})


PREMIUM = {"scheme": "Premie van de sportclub", "amount": "12,50", "paid_on": "2026-01-05"}


def test_what_a_case_manager_typed_is_kept_and_sent_after_signing_in(
    world: make.World, as_person: Any, app: Flask, database: Database, session: Session
) -> None:
    marieke, here = as_person(world.case_manager), f"/participants/{world.participant.account_id}/other-premiums"
    typed = {**PREMIUM, "id": str(uuid.uuid4())}
    end_of(marieke, database)

    assert marieke.post(here, typed).location == "/sign-in"
    assert session.execute(text("SELECT COUNT(*) FROM other_premium")).scalar_one() == 0
    session.rollback()
    assert sign_in_again(app, database, marieke, world.case_manager).location == "/"
    page = marieke.get("/sign-in/kept").text
    assert all(f'value="{value}"' in page for value in typed.values())
    answer = marieke.post("/sign-in/kept", typed)

    assert (answer.status_code, answer.location) == (307, here)  # the browser repeats the form there
    assert marieke.post(here, typed).status_code == 303
    assert session.execute(text("SELECT COUNT(*) FROM other_premium")).scalar_one() == 1
    assert marieke.get("/sign-in/kept").location == "/"


def test_a_supervisor_whose_sign_in_ended_loses_no_correction(world: make.World, as_person: Any, app: Flask, database: Database) -> None:
    entry = make.hours(database, world.placement)
    jan = as_person(world.supervisor)
    end_of(jan, database)
    typed = {"start": "08:30", "stop": "12:00", "break_minutes": "0", "reason": "stopped_earlier", "note": "Om 12 uur naar de dokter."}

    answer = jan.post(f"/hours/{entry.id}/correction", typed, headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/sign-in"
    sign_in_again(app, database, jan, world.supervisor)
    assert "Om 12 uur naar de dokter." in jan.get("/sign-in/kept").text


def test_what_was_typed_is_given_to_the_same_person_only_and_for_an_hour(
    world: make.World, as_person: Any, app: Flask, database: Database, session: Session
) -> None:
    marieke, here = as_person(world.case_manager), f"/participants/{world.participant.account_id}/other-premiums"
    end_of(marieke, database)
    marieke.post(here, PREMIUM)
    assert "sportclub" not in session.execute(select(KeptForm.sealed)).scalar_one()
    session.rollback()

    sign_in_again(app, database, marieke, world.colleague)
    assert marieke.get("/sign-in/kept").location == "/"
    assert as_person(world.strange_case_manager).get("/sign-in/kept").location == "/"
    with database.transaction() as db:
        db.execute(update(KeptForm).values(ends_at=now()))
    assert as_person(world.case_manager).get("/sign-in/kept").location == "/"


def test_what_was_typed_can_be_thrown_away(world: make.World, as_person: Any, database: Database) -> None:
    marieke, here = as_person(world.case_manager), f"/participants/{world.participant.account_id}/other-premiums"
    end_of(marieke, database)
    marieke.post(here, PREMIUM)
    again = as_person(world.case_manager)

    assert again.post("/sign-in/kept", {"away": "1"}).location == "/"
    assert again.get("/sign-in/kept").location == "/"


@pytest.mark.parametrize("form", [{"pin": "2580"}, {"password": "geheim"}, {}])
def test_no_pin_and_no_password_is_ever_kept(world: make.World, as_person: Any, database: Database, session: Session, form: dict[str, str]) -> None:
    jan = as_person(world.supervisor)
    end_of(jan, database)

    jan.post("/employer/pin", form)

    assert session.execute(text("SELECT COUNT(*) FROM kept_form")).scalar_one() == 0


def test_who_was_never_signed_in_leaves_nothing_behind(world: make.World, visitor: Visitor, session: Session) -> None:
    assert visitor.post("/employer/pin", {"x": "1"}).location == "/sign-in"

    assert session.execute(text("SELECT COUNT(*) FROM kept_form")).scalar_one() == 0
