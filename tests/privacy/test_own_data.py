"""One's own data: complete by construction, nobody else's, and no secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from tests.house.addresses import busy_world
from webapp.foundation.database import metadata
from webapp.privacy.export import own_data, rows_about
from webapp.privacy.kinds import KINDS
from webapp.privacy.register import TABLES
from webapp.tables import ALL

assert ALL


def test_every_table_is_described_and_no_other() -> None:
    assert set(TABLES) == set(metadata.tables), "describe the table in privacy/register.py"


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_column_that_points_at_a_person_says_whether_it_is_theirs(name: str) -> None:
    """So that a new table with people in it is part of everybody's own data, or says why a column is not."""
    table, described = metadata.tables[name], TABLES[name]
    people = {key.parent.name for key in table.foreign_keys if key.column.table.name in ("account", "membership")}

    assert people <= {*described.person, *described.others}
    assert {*described.person, *described.others, *described.left_out} <= set(table.c.keys())
    assert not set(described.person) & set(described.left_out) - {"id"}
    assert all(described.purpose and described.basis and described.whose and described.sees)


def test_own_data_holds_every_row_about_me_and_none_of_anybody_else(world: make.World, as_person: Any, session: Session) -> None:
    busy_world(world, as_person)
    as_person(world.case_manager).get(f"/participants/{world.participant.account_id}")
    own, other = (json.loads(as_person(who).get("/me/data.json").text) for who in (world.participant, world.other_participant))

    for name, described in TABLES.items():
        if described.person:
            table = metadata.tables[name]
            mine = session.execute(select(table).where(*rows_about(table, described, world.participant.account_id, world.municipality_id))).all()
            assert len(own["tables"][name]) == len(mine), name
    assert len(own["tables"]["hours_entry"]) >= 5
    assert [row["first_name"] for row in own["tables"]["account"]] == ["Selam"]
    assert len(other["tables"]["offer"]) == 2
    assert "Selam" not in json.dumps(other)
    assert str(world.participant.account_id) not in json.dumps(other)


def test_own_data_holds_no_key_to_anything(world: make.World, as_person: Any, session: Session) -> None:
    selam = as_person(world.participant)
    selam.post("/me/account", {"iban": "NL91ABNA0417164300", "holder": "S Tesfay", "whose": "own"})
    answer = selam.get("/me/data.json")
    told = answer.text

    secret = [
        session.execute(select(metadata.tables["sign_in"].c.id)).scalars().all(),
        session.execute(select(metadata.tables["bank_account"].c.sealed_iban)).scalars().all(),
    ]
    assert not any(str(value) in told for values in secret for value in values)
    assert "NL91ABNA0417164300" not in told and '"last_four": "4300"' in told
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"


def test_my_own_no_is_in_my_data_and_in_nobody_elses(world: make.World, app: Any, as_person: Any, session: Session) -> None:
    work = make.work_request(world.database, world.establishment, world.supervisor, function="Keukenhulp")
    offer = make.offer(world.database, work, world.other_participant, world.case_manager)
    yusuf = as_person(world.other_participant)
    yusuf.post(f"/offers/{offer.id}/answer", {"answer": "no"})

    assert [row["own_answer"] for row in json.loads(yusuf.get("/me/data.json").text)["tables"]["offer"]] == ["no"]


def test_the_data_of_somebody_in_another_municipality_stay_there(world: make.World, app: Any, session: Session) -> None:
    found = own_data(session, world.participant.account_id, world.stranger.municipality_id, sealer=app.extensions["sealer"], now=make.NOW)

    assert not any(found["tables"].values())


def test_who_sees_what_is_told_to_everybody_and_never_says_that_somebody_sees_a_no(visitor: Any, world: make.World, as_person: Any) -> None:
    kind = KINDS["no"]
    assert (kind.supervisor, kind.case_manager, kind.money) == ("no", "no", "no")
    assert all(cell in ("no", "totals") for cell in (one.council for one in KINDS.values()))
    for somebody in (visitor, as_person(world.participant), as_person(world.case_manager)):
        assert somebody.get("/privacy").status_code == 200
