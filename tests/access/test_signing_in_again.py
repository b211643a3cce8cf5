"""Signing in: who is known is never told, a guess slows the next one, and a code opens once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlmodel import Session

from tests import factories as make
from tests.access.people import (
    PASSWORD,
    PIN,
    code_in_mail,
    come_in,
    digits_sent,
    invited,
    make_letter,
    seed_on,
    sent,
    set_password,
    sign_in_with_pin,
    staff,
)  # fmt: skip
from tests.conftest import Visitor
from webapp.access import locks
from webapp.access.first import NotInvited, invite_first
from webapp.access.models import Attempts, OneTimeCode, RecoveryCode, Secret
from webapp.foundation.clock import now
from webapp.foundation.database import Database
from webapp.people.models import Membership
from webapp.permissions import Role

MAIL = "nadia@waterveen.example"


@pytest.fixture
def fresh(app: Flask) -> Callable[[], Visitor]:
    """Another device each time."""
    return lambda: Visitor(app.test_client())


@pytest.fixture
def selam(world: make.World, as_person: Any, fresh: Any, database: Database, app: Flask) -> Visitor:
    """The participant of the world, in with a pin and signed out again."""
    made: Visitor = fresh()
    come_in(made, database, app, as_person(world.case_manager), world.participant)
    made.post("/sign-out")
    return made


@pytest.fixture
def nadia(world: make.World, as_person: Any, fresh: Any, database: Database, app: Flask) -> tuple[Visitor, str, list[str]]:
    """A case manager invited by an admin, in with a password and an app: the device, the seed, the recovery codes."""
    admin = staff(database, world.municipality_id, Role.ADMIN, "admin@waterveen.example", "Esra Demir")
    who = staff(database, world.municipality_id, Role.CASE_MANAGER, MAIL)
    assert invited(as_person(admin), who, MAIL).location == "/people?invited=1"
    device: Visitor = fresh()
    assert device.post("/start", {"code": code_in_mail(database, app)}).location == "/start/lock"
    page, seed = set_password(device)
    assert page.status_code == 200
    import re

    return device, seed, re.findall(r'<bdi dir="ltr" class="num spell">([0-9A-Z]{4} [0-9A-Z]{4})</bdi>', page.text)


def in_password(visitor: Visitor, seed: str, *, contact: str = MAIL, password: str = PASSWORD, code: str | None = None) -> Any:
    return visitor.post("/sign-in/password", {"contact": contact, "password": password, "code": pyotp.TOTP(seed).now() if code is None else code})


def forget_steps(database: Database) -> None:
    """As if half a minute passed since the last code of the app."""
    with database.transaction() as db:
        db.execute(update(Secret).values(totp_step=0))


# who is known is never told -------------------------------------------------------------------


def test_who_is_not_known_gets_the_same_answers_as_who_is(selam: Visitor, fresh: Any) -> None:
    known, unknown = fresh(), fresh()

    asked = [visitor.post("/sign-in", {"contact": contact}) for visitor, contact in ((known, "0612345678"), (unknown, "0611111178"))]
    pages = [visitor.get("/sign-in/code") for visitor in (known, unknown)]
    tried = [visitor.post("/sign-in/code", {"code": "000000", "pin": "112233"}) for visitor in (known, unknown)]

    for pair in (asked, pages, tried):
        assert (pair[0].status_code, pair[0].headers.get("Location"), pair[0].data) == (
            pair[1].status_code,
            pair[1].headers.get("Location"),
            pair[1].data,
        )


def test_a_wrong_password_says_the_same_as_a_wrong_address_or_code(nadia: Any, fresh: Any, database: Database) -> None:
    _, seed, _ = nadia
    forget_steps(database)

    answers = [
        in_password(fresh(), seed, password="iets heel anders dan dit"),
        in_password(fresh(), seed, contact="nadja@waterveen.example"),
        in_password(fresh(), seed, code="000000"),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert len({answer.text.replace("nadja@", "nadia@") for answer in answers}) == 1


def test_nothing_is_sent_to_who_is_not_known(selam: Visitor, fresh: Any, database: Database, app: Flask) -> None:
    fresh().post("/sign-in", {"contact": "0699999999"})

    assert sent(database, app, "code") == []


# a code and a pin -----------------------------------------------------------------------------


def test_a_code_opens_once(selam: Visitor, fresh: Any, database: Database, app: Flask) -> None:
    first = fresh()
    first.post("/sign-in", {"contact": "+31 6 1234 5678"})
    digits = digits_sent(database, app)
    assert first.post("/sign-in/code", {"code": digits, "pin": PIN}).location == "/"

    with first.client.session_transaction() as cookie:
        cookie.clear()
    again = fresh()
    again.post("/sign-in", {"contact": "0612345678"})
    assert again.post("/sign-in/code", {"code": digits, "pin": PIN}).status_code == 422


def test_the_code_alone_or_the_pin_alone_opens_nothing(selam: Visitor, fresh: Any, database: Database, app: Flask) -> None:
    visitor = fresh()
    visitor.post("/sign-in", {"contact": "0612345678"})
    digits = digits_sent(database, app)

    for form in ({"code": digits, "pin": ""}, {"code": digits, "pin": "147258"}, {"code": "000001", "pin": PIN}, {"pin": PIN}, {}):
        assert visitor.post("/sign-in/code", form).status_code == 422
    assert visitor.get("/today").location.startswith("/sign-in")


def test_after_ten_minutes_a_code_is_too_old(selam: Visitor, fresh: Any, database: Database, app: Flask) -> None:
    visitor = fresh()
    visitor.post("/sign-in", {"contact": "0612345678"})
    digits = digits_sent(database, app)
    with database.transaction() as db:
        db.execute(update(OneTimeCode).values(ends_at=now()))

    assert visitor.post("/sign-in/code", {"code": digits, "pin": PIN}).status_code == 422


def test_two_people_with_one_phone_get_one_code_and_each_their_own_account(
    selam: Visitor, world: make.World, as_person: Any, fresh: Any, database: Database, app: Flask
) -> None:
    other = fresh()
    come_in(other, database, app, as_person(world.case_manager), world.other_participant, "0612345678")
    other.get("/today")
    with database.transaction() as db:
        db.execute(
            update(Secret)
            .where(Secret.account_id == world.other_participant.account_id)  # type: ignore[arg-type]
            .values(secret_hash=locks.hashed("369258"))
        )

    for pin, who in ((PIN, world.participant), ("369258", world.other_participant)):
        visitor = fresh()
        assert sign_in_with_pin(visitor, database, app, pin=pin).location == "/"
        assert account_on(visitor, database) == who.account_id


def account_on(visitor: Visitor, database: Database) -> Any:
    with visitor.client.session_transaction() as cookie, Session(database.engine.execution_options(reads=True)) as db:
        statement = "SELECT m.account_id FROM sign_in s JOIN membership m ON m.id = s.membership_id WHERE s.id = :id"
        key = make.uuid.UUID(cookie["_user_id"])
        return make.uuid.UUID(str(db.execute(text(statement), {"id": key.hex if database.engine.dialect.name == "sqlite" else key}).scalar_one()))


def test_the_page_somebody_wanted_opens_after_signing_in_and_never_another_site(selam: Visitor, fresh: Any, database: Database, app: Flask) -> None:
    for wanted, opened in (
        ("/premium?all=1", "/premium?all=1"),
        ("https://elsewhere.example", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere", "/"),
    ):
        visitor = fresh()
        visitor.post("/sign-in", {"contact": "0612345678", "next": wanted})
        answer = visitor.post("/sign-in/code", {"code": digits_sent(database, app), "pin": PIN, "next": wanted})
        assert answer.location == opened


def test_a_pin_opens_no_role_of_the_municipality(selam: Visitor, world: make.World, fresh: Any, database: Database, app: Flask) -> None:
    also = Membership(municipality_id=world.municipality_id, account_id=world.participant.account_id, role=Role.ADMIN, valid_from=make.LONG_AGO)
    make.save(database, also)
    visitor = fresh()

    sign_in_with_pin(visitor, database, app)

    assert visitor.get("/").location == "/today"
    assert visitor.post("/me/roles", {"membership_id": str(also.id)}).status_code == 403
    assert visitor.get("/today").status_code == 200


# guessing -------------------------------------------------------------------------------------


def test_guessing_a_pin_waits_longer_each_time_also_from_another_device(selam: Visitor, fresh: Any, database: Database, app: Flask) -> None:
    visitor, other = fresh(), fresh()
    visitor.post("/sign-in", {"contact": "0612345678"})
    codes = [visitor.post("/sign-in/code", {"code": "000000", "pin": "000000"}).status_code for _ in range(6)]
    assert codes == [422, 422, 422, 422, 422, 429]

    visitor = other
    visitor.post("/sign-in", {"contact": "0612345678"})
    assert visitor.post("/sign-in/code", {"code": digits_sent(database, app), "pin": PIN}).status_code == 429
    with database.transaction() as db:
        db.execute(update(Attempts).values(waits_until=now() + timedelta(minutes=3)))
    waiting = visitor.post("/sign-in/code", {"code": digits_sent(database, app), "pin": PIN})
    assert waiting.status_code == 429 and 170 < int(waiting.headers["Retry-After"]) <= 180


def test_who_is_not_known_waits_just_as_long(fresh: Any, world: make.World) -> None:
    codes = [fresh().post("/sign-in/password", {"contact": "nobody@nowhere.example", "password": "x", "code": "1"}).status_code for _ in range(6)]

    assert codes == [422, 422, 422, 422, 422, 429]


def test_guesses_at_the_same_moment_are_all_counted(app: Flask, world: make.World, session: Session) -> None:
    together = threading.Barrier(4)
    answers = []

    def guess(n: int) -> None:
        visitor = Visitor(app.test_client())
        together.wait()
        answers.append(visitor.post("/sign-in/password", {"contact": "nobody@nowhere.example", "password": "x", "code": "1"}).status_code)

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)

    assert answers == [422] * 4
    assert sorted(session.execute(select(Attempts.wrong)).scalars()) == [4, 4]


def test_a_town_hall_shares_one_address_and_nobody_waits_for_a_colleague(fresh: Any, world: make.World) -> None:
    codes = {
        fresh().post("/sign-in/password", {"contact": f"person{n}@waterveen.example", "password": "x", "code": "1"}).status_code for n in range(40)
    }

    assert codes == {422}


def test_no_address_and_no_name_stands_in_what_counts_guesses(selam: Visitor, session: Session) -> None:
    marks = session.execute(text("SELECT mark FROM attempts")).scalars().all()

    assert marks and all(len(mark) == 64 and set(mark) <= set("0123456789abcdef") for mark in marks)


# staff ----------------------------------------------------------------------------------------


def test_a_colleague_comes_in_with_a_password_and_an_app(nadia: Any, fresh: Any, database: Database) -> None:
    device, seed, _ = nadia
    assert device.get("/signals").status_code == 200
    forget_steps(database)

    visitor = fresh()
    assert in_password(visitor, seed).location == "/"
    assert visitor.get("/signals").status_code == 200


def test_a_code_of_the_app_opens_once(nadia: Any, fresh: Any, database: Database) -> None:
    _, seed, _ = nadia
    forget_steps(database)
    code = pyotp.TOTP(seed).now()

    assert in_password(fresh(), seed, code=code).status_code == 303
    assert in_password(fresh(), seed, code=code).status_code == 422


def test_ten_recovery_codes_each_open_once(nadia: Any, fresh: Any, session: Session) -> None:
    _, seed, codes = nadia
    assert len(set(codes)) == 10

    assert in_password(fresh(), seed, code=codes[0].lower().replace(" ", "")).status_code == 303
    assert in_password(fresh(), seed, code=codes[0]).status_code == 422
    assert in_password(fresh(), seed, code=codes[1]).status_code == 303
    session.rollback()
    assert session.execute(select(RecoveryCode.used_at)).scalars().all().count(None) == 8
    assert all(code.replace(" ", "") not in mark for mark in session.execute(select(RecoveryCode.code_mark)).scalars() for code in codes)


@pytest.mark.parametrize(
    ("password", "field"),
    [
        ("kort", "password"),
        ("wachtwoord12", "password"),
        ("Welkom2026!!", "password"),
        ("nadia.kuiper1", "password"),
        ("x" * 129, "password"),
        ("111111111111", "password"),
        (PASSWORD, "again"),
    ],
)
def test_a_poor_password_is_refused_at_its_field(
    world: make.World, as_person: Any, fresh: Any, database: Database, app: Flask, password: str, field: str, session: Session
) -> None:
    admin = as_person(staff(database, world.municipality_id, Role.ADMIN, "admin@waterveen.example", "Esra Demir"))
    invited(admin, staff(database, world.municipality_id, Role.FINANCE, MAIL), MAIL)
    device = fresh()
    device.post("/start", {"code": code_in_mail(database, app)})
    seed = seed_on(device.get("/start/password").text)
    again = "iets heel anders" if field == "again" else password

    answer = device.post("/start/password", {"password": password, "again": again, "code": pyotp.TOTP(seed).now()})

    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert password == "kort" or f'value="{password}"' not in answer.text
    assert session.execute(text("SELECT COUNT(*) FROM secret")).scalar_one() == 0


def test_without_the_code_of_the_app_no_password_is_set(world: make.World, as_person: Any, fresh: Any, database: Database, app: Flask) -> None:
    admin = as_person(staff(database, world.municipality_id, Role.ADMIN, "admin@waterveen.example", "Esra Demir"))
    invited(admin, staff(database, world.municipality_id, Role.FINANCE, MAIL), MAIL)
    device = fresh()
    device.post("/start", {"code": code_in_mail(database, app)})

    answer = device.post("/start/password", {"password": PASSWORD, "again": PASSWORD, "code": "000000"})

    assert answer.status_code == 422 and 'id="code-error"' in answer.text
    assert device.get("/start/lock").status_code == 200


def test_a_supervisor_comes_in_with_the_code_of_a_mail_and_a_pin(
    world: make.World, as_person: Any, fresh: Any, database: Database, app: Flask
) -> None:
    admin = as_person(staff(database, world.municipality_id, Role.ADMIN, "admin@waterveen.example", "Esra Demir"))
    assert invited(admin, world.supervisor, "Jan@DeMorgen.example").status_code == 303
    mail = sent(database, app, "invitation")[-1]
    assert mail["to"] == "jan@demorgen.example" and "/start/" not in mail["text"]
    jan = fresh()

    assert jan.post("/start", {"code": code_in_mail(database, app)}).location == "/start/lock"
    assert jan.post("/start/contact", {"contact": "jan@demorgen.example"}).location == "/start/pin"
    assert jan.post("/start/pin", {"code": digits_sent(database, app), "pin": PIN, "again": PIN}).location == "/"
    assert jan.get("/employer/hours").status_code == 200


def test_staff_never_come_in_with_a_pin(world: make.World, as_person: Any, fresh: Any, database: Database, app: Flask, session: Session) -> None:
    admin = as_person(staff(database, world.municipality_id, Role.ADMIN, "admin@waterveen.example", "Esra Demir"))
    invited(admin, staff(database, world.municipality_id, Role.FINANCE, MAIL), MAIL)
    device = fresh()
    device.post("/start", {"code": code_in_mail(database, app)})

    assert device.post("/start/contact", {"contact": MAIL}).location == "/start/lock"
    assert device.post("/start/pin", {"code": "123456", "pin": PIN, "again": PIN}).status_code == 303
    assert session.execute(text("SELECT COUNT(*) FROM secret")).scalar_one() == 0


def test_an_admin_invites_and_shuts_out_in_the_own_municipality_only(world: make.World, as_person: Any, database: Database, session: Session) -> None:
    admin = as_person(staff(database, world.municipality_id, Role.ADMIN, "admin@waterveen.example", "Esra Demir"))
    page = admin.get("/people").text
    assert "Jan Wit" in page and "Marieke Vos" in page and "Kees Zaag" not in page and "Selam" not in page

    for other in (world.strange_supervisor, world.strange_case_manager, world.participant):
        assert admin.get(f"/people/{other.account_id}/invitation").status_code == 404
        assert invited(admin, other, MAIL).status_code == 404
        assert admin.post(f"/people/{other.account_id}/lock-out").status_code == 404
    assert invited(admin, world.supervisor, "geen adres").status_code == 422
    assert session.execute(text("SELECT COUNT(*) FROM invitation")).scalar_one() == 0

    jan = as_person(world.supervisor)
    assert admin.post(f"/people/{world.supervisor.account_id}/lock-out").location == "/people?shut=1"
    assert jan.get("/employer/hours").location.startswith("/sign-in")


def test_a_code_to_sign_in_with_is_read_by_no_admin_outside_the_demo(
    selam: Visitor, world: make.World, as_person: Any, fresh: Any, database: Database, app: Flask
) -> None:
    admin = as_person(staff(database, world.municipality_id, Role.ADMIN, "admin@waterveen.example", "Esra Demir"))
    fresh().post("/sign-in", {"contact": "0612345678"})
    digits = digits_sent(database, app)
    assert digits in admin.get("/outbox").text

    app.extensions["settings"].demo = False
    assert digits not in admin.get("/outbox").text


def test_the_letters_of_one_day_do_not_cross(world: make.World, as_person: Any, database: Database, app: Flask) -> None:
    marieke = as_person(world.case_manager)
    for who in (world.participant, world.other_participant):
        make_letter(marieke, who)

    codes = [words["content"]["code"] for words in sent(database, app, "invitation")]
    assert len(set(codes)) == 2


def test_the_first_admin_comes_in_with_a_code_from_the_shell(world: make.World, fresh: Any, database: Database, app: Flask, session: Session) -> None:
    staff(database, world.municipality_id, Role.ADMIN, MAIL)
    with database.transaction() as db:
        db.execute(text("UPDATE account SET handle = 'waterveen-1' WHERE email = :mail"), {"mail": MAIL})
        db.execute(text("UPDATE account SET handle = 'waterveen-2' WHERE first_name = 'Selam'"))
        code = invite_first(db, app.extensions["keyring"], "waterveen-1", now=now())
        for handle in ("waterveen-2", "waterveen-3"):
            with pytest.raises(NotInvited):
                invite_first(db, app.extensions["keyring"], handle, now=now())
    nadia = fresh()

    assert nadia.post("/start", {"code": code}).location == "/start/lock"
    assert set_password(nadia)[0].status_code == 200
    assert nadia.get("/people").status_code == 200
    assert session.execute(text("SELECT actor_role FROM history WHERE action = 'invitation.made'")).scalar_one() == "operator"
