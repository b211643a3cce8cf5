"""Who opens a participant's file is written down, and the participant reads it; no page can leave it out."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlmodel import Session

from tests import factories as make
from tests.house.addresses import NOBODY, addresses, busy_world, ids
from webapp.foundation.database import Database
from webapp.history.actions import history
from webapp.permissions import PERMISSIONS, Role
from webapp.privacy import looking
from webapp.privacy.looking import NOBODYS, SUBJECTS, Look, bring_in, write
from webapp.verify import faults


def opened(session: Session) -> list[tuple[Any, str, Any]]:
    """(who, what for, whose) of every look, in order."""
    session.rollback()
    rows = session.execute(
        select(history.c.actor_id, history.c.facts, history.c.subject_id).where(history.c.action == "file.opened").order_by(history.c.number)
    )
    return [(row.actor_id, json.loads(row.facts)["purpose"], row.subject_id) for row in rows]


def look(world: make.World, at: Any = make.NOW, *, purpose: str = "caseload", who: Any = None) -> Look:
    actor = who or world.case_manager
    return Look(world.municipality_id, actor.account_id, actor.role, None, "participant_id", str(world.participant.account_id), purpose, at)


def test_a_case_manager_who_opens_somebodys_page_is_written_down_and_that_person_reads_it(
    world: make.World, as_person: Any, session: Session
) -> None:
    marieke, selam = as_person(world.case_manager), as_person(world.participant)

    assert marieke.get(f"/participants/{world.participant.account_id}").status_code == 200

    assert opened(session) == [(world.case_manager.account_id, "caseload", world.participant.account_id)]
    told = selam.get("/me/looks").text
    assert "Marieke Vos" in told and "Waterveen" in told
    assert "Marieke Vos" not in as_person(world.other_participant).get("/me/looks").text


def test_a_supervisor_stands_there_with_the_workplace(world: make.World, as_person: Any) -> None:
    entry = make.hours(world.database, world.placement)

    as_person(world.supervisor).get(f"/hours/{entry.id}")

    told = as_person(world.participant).get("/me/looks").text
    assert "Jan Wit" in told and "Kwekerij De Morgen" in told


def test_opening_it_again_within_the_hour_adds_nothing_and_after_the_hour_it_does(world: make.World, session: Session) -> None:
    with world.database.transaction() as db:
        added = [write(db, look(world, make.NOW + timedelta(minutes=minutes))) for minutes in (0, 1, 59, 60, 61)]
        other = [write(db, look(world, purpose="hours")), write(db, look(world, who=world.colleague))]

    assert (added, other) == ([True, False, False, True, False], [True, True])
    assert len(opened(session)) == 4


def statements(answer: Any) -> int:
    return int(re.search(r'desc="(\d+)"', answer.headers["Server-Timing"])[1])  # type: ignore[index]


def test_a_page_opened_many_times_costs_one_row_and_no_statement_more(world: make.World, as_person: Any, session: Session) -> None:
    marieke, address = as_person(world.case_manager), f"/participants/{world.participant.account_id}"
    first = marieke.get(address)

    again = [marieke.get(address) for _ in range(20)]

    assert len(opened(session)) == 1
    known = {statements(answer) for answer in again}
    assert len(known) == 1
    assert statements(first) <= known.pop() + 7


def test_two_processes_that_write_at_the_same_moment_add_one_row(world: make.World, session: Session) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(_: int) -> bool:
        with world.database.transaction() as db:
            return write(db, look(world))

    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(one, range(8)))

    assert sorted(added) == [False] * 7 + [True]
    assert len(opened(session)) == 1


def test_a_form_that_is_refused_shows_the_file_and_is_written_down_too(world: make.World, as_person: Any, session: Session) -> None:
    """Otherwise a wrong amount would be a way to look without a trace."""
    answer = as_person(world.case_manager).post(f"/participants/{world.participant.account_id}/other-premiums", {"amount": "x"})

    assert answer.status_code == 422
    assert [purpose for _, purpose, _ in opened(session)] == ["caseload"]


def test_what_was_not_shown_is_not_written_down(world: make.World, as_person: Any, session: Session) -> None:
    for who in (world.strange_case_manager, world.supervisor, world.participant, world.colleague):
        as_person(who).get(f"/participants/{world.participant.account_id}")
    entry = make.hours(world.database, world.placement)
    as_person(world.participant).get(f"/hours/{entry.id}")

    assert opened(session) == []


# no page can leave it out ---------------------------------------------------------------------------


def test_every_part_of_an_address_is_known_to_lead_to_a_participant_or_to_nobody(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        permission = PERMISSIONS.get(rule.endpoint)
        if permission is not None and set(permission.roles) - {Role.PARTICIPANT}:
            assert rule.arguments <= SUBJECTS.keys() | NOBODYS.keys(), f"{rule.rule}: say in privacy/looking.py whose record this is"


def test_every_page_of_one_person_opened_by_anybody_else_leaves_a_row(world: make.World, app: Flask, session: Session, as_person: Any) -> None:
    busy_world(world, as_person)
    visitors = [(who, as_person(who)) for who in (world.case_manager, world.colleague, world.supervisor, world.other_supervisor)]
    tried = 0
    for method in ("GET", "POST"):
        for endpoint, address in addresses(app, method, ids(session)):
            arguments = app.url_map.bind("localhost").match(address, method=method)[1]
            leads = [name for name in SUBJECTS if name in arguments and arguments[name] != NOBODY]
            if not arguments or NOBODY in arguments.values():
                continue
            for who, visitor in visitors:
                if endpoint not in PERMISSIONS or who.role not in PERMISSIONS[endpoint].roles:
                    continue
                before = {whose for actor, _, whose in opened(session) if actor == who.account_id}
                answer = visitor.client.open(address, method=method, headers={"Sec-Fetch-Site": "same-origin"})
                after = {whose for actor, _, whose in opened(session) if actor == who.account_id}
                if leads and answer.status_code in (200, 409, 422):
                    tried += 1
                    asked = Look(world.municipality_id, who.account_id, who.role, None, leads[0], str(arguments[leads[0]]), "", make.NOW)
                    assert looking.subject_of(session, asked) in after, (endpoint, address)
                else:
                    assert after == before, (endpoint, address, answer.status_code)
    assert tried > 5
    assert not [fault for fault in faults(world.database) if fault.table == "history"]


# when the database is busy ---------------------------------------------------------------------------------


@pytest.fixture
def busy(world: make.World) -> Any:
    """Another writer of this municipality that does not come to an end."""
    from webapp.foundation.database import lock_municipality

    with Session(world.database.engine) as other:
        lock_municipality(other, world.municipality_id)
        other.execute(text("UPDATE municipality SET phone = phone"))
        yield other
        other.rollback()


def test_a_busy_database_keeps_no_page_waiting_and_the_look_comes_later(
    world: make.World, as_person: Any, session: Session, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    import time

    marieke, address = as_person(world.case_manager), f"/participants/{world.participant.account_id}"
    marieke.get("/participants")
    other = request.getfixturevalue("busy")

    begun = time.monotonic()
    answer = marieke.get(address)
    took = time.monotonic() - begun

    assert (answer.status_code, opened(session)) == (200, [])
    assert took < 3
    other.rollback()
    folder = tmp_path / "looks"
    assert [bring_in(world.database, folder), bring_in(world.database, folder)] == [1, 0]
    assert opened(session) == [(world.case_manager.account_id, "caseload", world.participant.account_id)]


def test_what_was_brought_in_halfway_is_brought_in_once(world: make.World, session: Session, tmp_path: Path) -> None:
    """The row committed, and the process ended before its file went."""
    looking.keep_for_later(tmp_path, look(world))
    kept = next(tmp_path.glob("*.json"))
    content = kept.read_text()
    bring_in(world.database, tmp_path)
    kept.write_text(content)

    assert bring_in(world.database, tmp_path) == 1
    assert len(opened(session)) == 1


def test_neither_database_nor_disk_still_gives_the_page(world: make.World, app: Flask, as_person: Any, request: pytest.FixtureRequest) -> None:
    marieke = as_person(world.case_manager)
    app.extensions["looking"].folder = Path("/dev/null/nowhere")
    request.getfixturevalue("busy")

    assert marieke.get(f"/participants/{world.participant.account_id}").status_code == 200


def test_the_small_transaction_leaves_the_next_writer_its_patience(database: Database, world: make.World) -> None:
    with database.quick_transaction(100) as db:
        db.execute(text("SELECT 1"))
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 15_000
