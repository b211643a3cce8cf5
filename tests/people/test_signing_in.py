"""Signing in and out, working in another role, and what ends a sign-in."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from tests import factories as make
from tests.conftest import Visitor
from webapp import create_app
from webapp.demo import fill
from webapp.foundation.clock import day_of
from webapp.foundation.database import Database, make_engine
from webapp.foundation.settings import Settings
from webapp.people import sessions
from webapp.people.actions import memberships_of, sign_in, stand_ins
from webapp.people.models import Absence, Account, Membership, SignIn
from webapp.people.person import signed_in_person
from webapp.permissions import Role


def test_signing_out_ends_that_phone_for_good_also_with_a_copied_cookie(world: make.World, as_person: Any, app: Flask, session: Session) -> None:
    selam, tablet = as_person(world.participant), as_person(world.participant)
    with selam.client.session_transaction() as cookie:
        copied = cookie["_user_id"]

    out = selam.post("/sign-out")

    assert (out.status_code, out.location, out.headers["Clear-Site-Data"]) == (303, "/sign-in", '"cache"')
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = copied
    assert thief.get("/today").location.startswith("/sign-in")
    assert tablet.get("/today").status_code == 200
    assert selam.post("/sign-out").status_code == 303
    assert session.execute(select(func.count()).select_from(SignIn).where(col(SignIn.ended_at).is_not(None))).scalar_one() == 1


@pytest.mark.parametrize("forged", ["", "junk", uuid.UUID(int=9).hex, "\x00", "1"])
def test_a_forged_cookie_is_nobody(world: make.World, app: Flask, forged: str) -> None:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = forged

    assert client.get("/today").status_code == 303


def test_a_sign_in_ends_by_itself_sooner_for_staff(world: make.World, database: Database) -> None:
    with database.transaction() as db:
        lasts = {
            who: (made := sign_in(db, getattr(world, who), now=make.NOW)).ends_at - made.started_at
            for who in ("participant", "supervisor", "case_manager")
        }
        key = sign_in(db, world.participant, now=make.NOW).id
        at_the_end = make.NOW + lasts["participant"]
        sessions.note_use(db, key, "participant", now=at_the_end - timedelta(days=1))
        assert signed_in_person(db, key, at_the_end - timedelta(seconds=1), day_of(at_the_end)) is not None
        assert signed_in_person(db, key, at_the_end, day_of(at_the_end)) is None

    assert lasts == {"participant": timedelta(days=60), "supervisor": timedelta(days=60), "case_manager": timedelta(hours=12)}


def test_a_role_that_ended_opens_nothing_any_more(world: make.World, as_person: Any, database: Database) -> None:
    jan = as_person(world.supervisor)
    assert jan.get("/employer/hours").status_code == 200

    with database.transaction() as db:
        db.execute(update(Membership).where(col(Membership.id) == world.supervisor.id).values(valid_until=make.TODAY - timedelta(days=1)))

    assert jan.get("/employer/hours").status_code == 303


def test_somebody_with_two_roles_works_as_one_at_a_time(world: make.World, as_person: Any, database: Database) -> None:
    also = Membership(
        municipality_id=world.municipality_id,
        account_id=world.participant.account_id,
        role=Role.SUPERVISOR,
        establishment_id=world.establishment.id,
        valid_from=make.LONG_AGO,
    )
    make.save(database, also)
    selam = as_person(world.participant)

    assert selam.get("/employer/hours").status_code == 403
    switched = selam.post("/me/roles", {"membership_id": str(also.id)})
    assert (switched.status_code, selam.get("/").location) == (303, "/employer/hours")
    assert selam.get("/today").status_code == 403
    assert selam.post("/me/roles", {"membership_id": str(world.participant.id)}).status_code == 303
    assert selam.get("/today").status_code == 200


def test_nobody_confirms_their_own_hours_in_their_other_role(world: make.World, as_person: Any, database: Database, session: Session) -> None:
    also = Membership(
        municipality_id=world.municipality_id,
        account_id=world.participant.account_id,
        role=Role.SUPERVISOR,
        establishment_id=world.establishment.id,
        valid_from=make.LONG_AGO,
    )
    make.save(database, also)
    entry = make.hours(database, world.placement, as_planned=True)
    selam = as_person(also)
    shorter = {"start": "08:30", "stop": "12:00", "break_minutes": "0", "reason": "stopped_earlier"}

    codes = [
        selam.post(f"/hours/{entry.id}/confirmation").status_code, selam.post(f"/hours/{entry.id}/correction", shorter).status_code,
        selam.post("/employer/hours/confirmations", {"entry_id": [str(entry.id)]}).status_code,
    ]  # fmt: skip

    assert codes == [403, 403, 403]
    assert session.execute(text("SELECT status FROM hours_entry")).scalars().all() == ["sent"]


@pytest.mark.parametrize("other", ["junk", "", str(uuid.UUID(int=9))])
def test_a_role_that_is_not_theirs_is_refused(world: make.World, as_person: Any, other: str) -> None:
    selam = as_person(world.participant)

    assert selam.post("/me/roles", {"membership_id": other}).status_code in (404, 422)
    assert selam.post("/me/roles", {"membership_id": str(world.supervisor.id)}).status_code == 404
    assert selam.get("/today").status_code == 200


def test_memberships_count_from_their_first_to_their_last_day(world: make.World, database: Database) -> None:
    member = Membership(
        municipality_id=world.municipality_id,
        account_id=world.other_participant.account_id,
        role=Role.FINANCE,
        valid_from=make.TODAY,
        valid_until=make.TODAY,
    )
    make.save(database, member)

    with database.transaction() as db:
        found = {day: member.id in {row.id for row in memberships_of(db, member.account_id, make.TODAY + timedelta(days=day))} for day in (-1, 0, 1)}

    assert found == {-1: False, 0: True, 1: False}


def test_a_stand_in_counts_from_the_first_to_the_last_day_and_not_when_ended(world: make.World, database: Database) -> None:
    away = Absence(
        municipality_id=world.municipality_id,
        account_id=world.supervisor.account_id,
        stand_in_id=world.other_supervisor.account_id,
        first_day=make.TODAY,
        last_day=make.TODAY,
    )
    make.save(database, away)

    def on(day: int) -> dict[Any, Any]:
        with database.transaction() as db:
            return stand_ins(db, {world.supervisor.account_id, world.case_manager.account_id}, make.TODAY + timedelta(days=day))

    assert [on(day) for day in (-1, 0, 1)] == [{}, {away.account_id: away.stand_in_id}, {}]
    with database.transaction() as db:
        db.execute(update(Absence).values(ended_at=make.NOW))
    assert on(0) == {}


def test_language_and_theme_are_kept_with_the_person(world: make.World, as_person: Any, database: Database) -> None:
    selam = as_person(world.participant)

    selam.post("/language", {"language": "en"})
    selam.post("/me/theme", {"theme": "dark"})

    again = as_person(world.participant).get("/today").text
    assert '<html lang="en"' in again
    assert "dark" in again[: again.index("<head")]
    assert selam.post("/language", {"language": "xx"}).status_code == 422


# the demo -------------------------------------------------------------------------------------------


@pytest.fixture
def demo_app(demo_url: str, tmp_path: Any) -> Any:
    made = create_app(Settings(database_url=demo_url, data_dir=tmp_path, testing=True, demo=True))
    yield made
    made.extensions["database"].engine.dispose()


def accounts() -> list[str]:
    each = [f"participant-{n}" for n in range(1, 9)] + [
        "supervisor-1",
        "supervisor-2",
        "case-manager-1",
        "case-manager-2",
        "finance-1",
        "finance-2",
        "admin-1",
        "council-1",
    ]
    return [f"{town}-{who}" for town in ("waterveen", "hoogland") for who in each]


def test_the_demo_has_every_account_of_the_contract_and_each_signs_in(demo_app: Flask) -> None:
    page = demo_app.test_client().get("/demo").text
    for handle in accounts():
        visitor = Visitor(demo_app.test_client())
        assert f'value="{handle}"' in page
        assert visitor.post("/demo/sign-in", {"account": handle}).location == "/", handle
        assert visitor.get(visitor.get("/").location).status_code == 200, handle
    assert Visitor(demo_app.test_client()).post("/demo/sign-in", {"account": "nobody"}).status_code == 422


def test_the_demo_begins_in_the_middle_of_things(demo_url: str) -> None:
    engine = make_engine(demo_url)
    with Session(engine) as db:
        for town in ("waterveen", "hoogland"):
            first, second = (db.execute(select(Account).where(col(Account.handle) == f"{town}-participant-{n}")).scalar_one() for n in (1, 2))
            key = {n: (who.id.hex if engine.dialect.name == "sqlite" else who.id) for n, who in ((1, first), (2, second))}
            states = set(db.execute(text("SELECT status FROM hours_entry WHERE participant_id = :who"), {"who": key[1]}).scalars())
            assert states == {"confirmed", "sent", "corrected"}
            for n in (1, 2):
                assert (
                    db.execute(text("SELECT COUNT(*) FROM offer WHERE participant_id = :who AND status = 'open'"), {"who": key[n]}).scalar_one() == 1
                )
            assert db.execute(text("SELECT COUNT(*) FROM placement WHERE participant_id = :who"), {"who": key[2]}).scalar_one() == 0
            assert (
                db.execute(text("SELECT COUNT(*) FROM placement WHERE participant_id = :who AND status = 'running'"), {"who": key[1]}).scalar_one()
                == 1
            )
            arabic = db.execute(
                text("SELECT COUNT(*) FROM account WHERE language = 'ar' AND municipality_id = :m"), {"m": first.municipality_id}
            ).scalar_one()
            assert arabic == 1
    engine.dispose()


def test_the_demo_fills_only_an_empty_database(demo_url: str) -> None:
    engine = make_engine(demo_url)
    assert fill(Database(engine), Settings(database_url=demo_url, testing=True, demo=True)) is False
    engine.dispose()
