"""The shared tablet: a name and a pin, five tries, and away again after a minute without use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests import factories as make
from webapp.foundation.clock import day_of
from webapp.foundation.database import Database
from webapp.people import sessions, tablets
from webapp.people.models import SignIn
from webapp.people.person import signed_in_person
from webapp.people.tablets import SharedTablet, TabletPin

PIN = "2580"


@pytest.fixture
def tablet(as_person: Any, world: make.World) -> Any:
    """A device that the supervisor shared, after setting a pin."""
    visitor = as_person(world.supervisor)
    visitor.post("/language", {"language": "en"})
    assert visitor.post("/employer/pin", {"pin": PIN}).status_code == 303
    assert visitor.post("/employer/tablet").location == "/employer/tablet"
    return visitor


def try_pin(tablet: Any, world: make.World, pin: str) -> Any:
    return tablet.post("/employer/tablet/sign-in", {"membership_id": str(world.supervisor.id), "pin": pin})


def test_sharing_a_device_signs_its_supervisor_out_and_shows_first_names(tablet: Any, session: Session) -> None:
    text = tablet.get("/employer/tablet").text

    assert "Jan" in text and "Wit" not in text
    assert tablet.get("/employer/hours").location.startswith("/sign-in")
    assert tablet.get("/sign-in").location == "/employer/tablet"
    token = tablet.client.get_cookie("tablet").value
    assert session.exec(select(SharedTablet.token_hash)).one() == tablets.token_hash(token) != token


def test_name_and_pin_open_the_list_and_it_goes_back_by_itself(tablet: Any, world: make.World) -> None:
    assert try_pin(tablet, world, PIN).location == "/employer/hours"

    answer = tablet.get("/employer/hours")

    assert answer.status_code == 200
    assert answer.headers["Refresh"] == "61; url=/employer/tablet"


def test_a_minute_without_use_signs_out_and_use_moves_that_minute(tablet: Any, world: make.World, database: Database, session: Session) -> None:
    try_pin(tablet, world, PIN)
    made = session.exec(select(SignIn).order_by(SignIn.started_at.desc())).first()  # type: ignore[attr-defined]
    assert made is not None and made.ends_at - made.started_at == tablets.ENDS_WITHOUT_USE
    end = made.ends_at
    session.rollback()

    tablet.get("/employer/hours")
    session.expire_all()
    again = session.get(SignIn, made.id)
    assert again is not None and again.ends_at > end
    with database.transaction() as db:
        assert signed_in_person(db, made.id, again.ends_at, day_of(again.ends_at)) is None

    with database.transaction() as db:
        tablets.used(db, made.id, now=make.NOW - timedelta(hours=1))
    assert tablet.get("/employer/hours").location.startswith("/sign-in")


def test_an_ordinary_phone_pays_nothing_for_it(world: make.World, as_person: Any) -> None:
    phone = as_person(world.supervisor)
    phone.get("/employer/hours")

    answer = phone.get("/employer/hours")

    assert "Refresh" not in answer.headers
    assert int(answer.headers["Server-Timing"].split('"')[1]) <= 4  # who, the list, who comes next, and the question of the week


def test_a_shared_tablet_opens_the_work_of_the_day_and_nothing_that_is_somebodys_own(tablet: Any, world: make.World) -> None:
    assert try_pin(tablet, world, PIN).location == "/employer/hours"

    assert [tablet.get(address).status_code for address in ("/employer/hours", "/employer/team", "/employer/company")] == [200] * 3
    assert [tablet.get(address).status_code for address in ("/me/roles", "/me/devices", "/messages/settings", "/sign-in/kept")] == [403] * 4
    for address in ("/me/roles", "/me/devices/end", "/employer/pin", "/employer/stand-in", "/employer/tablet", "/push/subscriptions"):
        assert tablet.post(address, {"pin": "9753"}).status_code == 403, address


def test_a_tablet_opens_no_other_role_of_the_same_person() -> None:
    assert [sessions.opens(sessions.TABLET, role) for role in ("supervisor", "participant", "admin")] == [True, False, False]


def test_five_wrong_pins_lock_it_for_a_quarter_of_an_hour(tablet: Any, world: make.World, database: Database, session: Session) -> None:
    answers = [try_pin(tablet, world, "0000") for _ in range(5)]
    right = try_pin(tablet, world, PIN)

    assert {answer.status_code for answer in answers} == {422} and 'id="pin-error"' in answers[0].text
    assert right.status_code == 422 and "15 min" in right.text
    locked = session.exec(select(TabletPin.locked_until)).one()
    assert locked is not None
    with database.transaction() as db:
        assert tablets.open_with_pin(db, world.supervisor, PIN, now=locked).ends_at == locked + tablets.ENDS_WITHOUT_USE


@pytest.mark.parametrize("pin", ["", "123", "12345", "abcd", "1111", "1234", "9876", "٢٥٨٠"])
def test_an_easy_pin_is_refused_at_its_field(world: make.World, as_person: Any, pin: str) -> None:
    answer = as_person(world.supervisor).post("/employer/pin", {"pin": pin})

    assert answer.status_code == 422 and 'id="pin-error"' in answer.text


def test_only_people_of_this_workplace_are_on_the_tablet(tablet: Any, world: make.World, database: Database, as_person: Any) -> None:
    as_person(world.other_supervisor).post("/employer/pin", {"pin": PIN})

    assert "Fatma" not in tablet.get("/employer/tablet").text
    for junk in ("", "junk", str(world.other_supervisor.id), str(world.participant.id)):
        assert tablet.post("/employer/tablet/sign-in", {"membership_id": junk, "pin": PIN}).status_code == 422


def test_a_device_that_is_not_shared_shows_no_names(world: make.World, as_person: Any, visitor: Any) -> None:
    as_person(world.supervisor).post("/employer/pin", {"pin": PIN})
    visitor.client.set_cookie("tablet", "made up")

    assert visitor.get("/employer/tablet").location == "/sign-in"
    assert visitor.post("/employer/tablet/sign-in", {"membership_id": str(world.supervisor.id), "pin": PIN}).location == "/sign-in"


def test_a_lost_tablet_is_ended_from_the_phone_by_its_own_workplace_only(tablet: Any, world: make.World, as_person: Any, session: Session) -> None:
    device = session.exec(select(SharedTablet)).one()

    assert as_person(world.other_supervisor).post(f"/employer/tablet/{device.id}/end").status_code == 404
    assert [as_person(world.supervisor).post(f"/employer/tablet/{device.id}/end").status_code for _ in range(2)] == [303, 303]
    assert tablet.get("/employer/tablet").location == "/sign-in"
