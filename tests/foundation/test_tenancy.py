"""PostgreSQL itself keeps municipalities apart: a query that forgot its filter finds nothing of another one."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import ProgrammingError

from tests import factories as make
from tests.conftest import SAME_ORIGIN
from webapp.foundation.database import Database, db, make_engine
from webapp.foundation.tenancy import POLICY, everything, ignores_policies, protect
from webapp.people.models import Account, Municipality
from webapp.permissions import PERMISSIONS, Role, allow

account = Account.__table__  # type: ignore[attr-defined]
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
ROUNDS, THREADS = 60, 6


@pytest.fixture
def forgetful(app: Flask) -> Flask:
    """An address whose author forgot every filter: it shows each account, and changes each account."""

    def forgot() -> Any:
        rows = db().execute(select(account.c.municipality_id)).scalars().all()
        return {"own": rows.count(g.person.municipality_id), "strange": sum(one != g.person.municipality_id for one in rows)}

    def forgot_too() -> Any:
        db().execute(text("UPDATE account SET theme = 'dark'"))
        return {"as": g.person.municipality_id}

    app.add_url_rule("/forgot", "test.forgot", forgot)
    app.add_url_rule("/forgot", "test.forgot_too", forgot_too, methods=["POST"])
    for endpoint in ("test.forgot", "test.forgot_too"):
        PERMISSIONS[endpoint] = allow(*Role, whose="a test")
    yield app
    for endpoint in ("test.forgot", "test.forgot_too"):
        del PERMISSIONS[endpoint]


@ON_POSTGRES
def test_every_table_that_belongs_to_municipalities_is_protected_also_from_its_owner(database: Database) -> None:
    tables = {
        name
        for name in inspect(database.engine).get_table_names()
        if name == "municipality" or "municipality_id" in {column["name"] for column in inspect(database.engine).get_columns(name)}
    }
    with database.engine.connect() as connection:
        forced = set(connection.execute(text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")).scalars())
        policies = set(connection.execute(text("SELECT tablename FROM pg_policies WHERE policyname = :name"), {"name": POLICY}).scalars())

        assert tables == forced == policies
        assert protect(connection) == []
    assert not ignores_policies(database.engine)


@ON_POSTGRES
def test_a_forgotten_filter_leaks_nothing_over_pooled_connections(world: make.World, forgetful: Flask, as_person: Any) -> None:
    people = [as_person(who) for who in (world.case_manager, world.strange_case_manager, world.participant, world.stranger)]
    name = forgetful.config["SESSION_COOKIE_NAME"]
    seen: list[dict[str, int]] = []

    def ask(turn: int) -> None:
        for number in range(ROUNDS):
            who = people[(turn + number) % len(people)]
            client = forgetful.test_client()
            client.set_cookie(name, who.client.get_cookie(name).value)
            seen.append(client.get("/forgot").json)

    threads = [threading.Thread(target=ask, args=(turn,)) for turn in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == ROUNDS * THREADS
    assert sum(answer["strange"] for answer in seen) == 0
    assert all(answer["own"] for answer in seen)


@ON_POSTGRES
def test_a_change_without_a_filter_stays_inside_the_municipality(world: make.World, forgetful: Flask, as_person: Any, database: Database) -> None:
    as_person(world.case_manager).client.post("/forgot", headers=SAME_ORIGIN)

    with database.transaction() as session:
        themes = dict(session.execute(text("SELECT municipality_id, max(theme) FROM account GROUP BY 1")).all())
    assert themes[world.municipality_id] == "dark"
    assert set(themes.values()) == {"dark", ""}


@ON_POSTGRES
def test_a_row_of_another_municipality_cannot_be_written_either(world: make.World, forgetful: Flask, database: Database) -> None:
    with database.transaction() as session:
        strange = session.execute(select(Municipality.id).where(Municipality.id != world.municipality_id)).scalar()
    with database.transaction() as session:
        session.execute(text("SELECT set_config('app.municipality', :own, true)"), {"own": str(world.municipality_id)})
        session.add(Account(municipality_id=strange, first_name="A", last_name="B", created_at=make.NOW))
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.flush()
        session.rollback()


@ON_POSTGRES
def test_who_counts_over_all_municipalities_sees_only_their_own_afterwards(world: make.World, forgetful: Flask, as_person: Any) -> None:
    def counted() -> Any:
        def municipalities() -> int:
            return len(set(db().execute(select(account.c.municipality_id)).scalars()))

        before = municipalities()
        with everything(db()):
            inside = municipalities()
        return {"seen": [before, inside, municipalities()]}

    forgetful.view_functions["test.forgot"] = counted

    assert as_person(world.case_manager).get("/forgot").json == {"seen": [1, 2, 1]}


@ON_POSTGRES
def test_a_transaction_begun_again_after_a_rollback_is_narrowed_as_well(world: make.World, forgetful: Flask, as_person: Any) -> None:
    def again() -> Any:
        db().rollback()
        return {"seen": len(set(db().execute(select(account.c.municipality_id)).scalars()))}

    forgetful.view_functions["test.forgot"] = again

    assert as_person(world.case_manager).get("/forgot").json == {"seen": 1}


@ON_POSTGRES
def test_a_connection_that_never_said_for_whom_it_acts_sees_nothing(world: make.World, database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("RESET app.municipality"))
        assert connection.execute(text("SELECT count(*) FROM account")).scalar() == 0
    engine.dispose()


@ON_POSTGRES
def test_signing_in_as_somebody_of_another_municipality_finds_them(world: make.World, app: Flask, as_person: Any, database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE account SET handle = 'far' WHERE id = :id"), {"id": world.stranger.account_id})
    visitor = as_person(world.participant)

    assert visitor.post("/demo/sign-in", {"account": "far"}).status_code == 303
    assert visitor.get("/today").status_code == 200
