"""What goes wrong when people ask: two at once, somebody else's draft, junk, and weeks that cannot be."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from tests import factories as make
from tests.requests.test_asking import answers, draft_with, marieke, thomas, whole
from webapp.foundation.database import Database
from webapp.requests import actions
from webapp.requests.forms import Asker, read_all
from webapp.requests.models import RequestDraft, WorkRequest
from webapp.safeguards.models import Assessment

assert marieke and thomas  # fixtures


def void(_: object) -> None:
    """An answer nobody needs."""


def test_an_identifier_that_is_somebody_elses_begins_nothing_there(world: make.World, thomas: Any, as_person: Any, session: Session) -> None:
    draft = draft_with(thomas, world)
    id = draft.split("/")[-1]

    for stranger in (world.other_supervisor, world.strange_supervisor):
        assert as_person(stranger).post("/employer/requests", {"id": id, "function": "Gestolen"}).status_code == 404

    session.rollback()
    kept = session.get_one(RequestDraft, uuid.UUID(id))
    assert (kept.establishment_id, kept.typed["function"]) == (world.supervisor.establishment_id, "Hulp in de keuken")


def meanwhile(database: Database, what: Callable[[Session], None]) -> Thread:
    """Somebody else does this in a transaction of their own. SQLite lets them wait for ours, PostgreSQL does not."""

    def act() -> None:
        with database.transaction() as db:
            what(db)

    thread = Thread(target=act)
    thread.start()
    thread.join(1)
    return thread


def test_two_people_at_two_steps_of_one_draft_lose_nothing(world: make.World, thomas: Any, database: Database, session: Session) -> None:
    id = uuid.UUID(draft_with(thomas, world).split("/")[-1])
    by = make.person(database, world.supervisor)

    with database.transaction() as db:
        seen = actions.own_draft(db, by, id)  # a page is being made from what stood there
        assert seen is not None
        other = meanwhile(database, lambda mine: void(actions.keep(mine, by, id, {"learn": "Plannen."}, now=make.NOW)))
        actions.keep(db, by, id, {"function": "Hulp bij de lunch"}, now=make.NOW)
    other.join()

    session.rollback()
    typed = session.get_one(RequestDraft, id).typed
    assert (typed["learn"], typed["function"]) == ("Plannen.", "Hulp bij de lunch")


def test_a_draft_that_is_sent_meanwhile_is_not_thrown_away(world: make.World, thomas: Any, database: Database, session: Session) -> None:
    id = uuid.UUID(draft_with(thomas, world).split("/")[-1])
    by = make.person(database, world.supervisor)
    found, wrong = read_all(whole(world), Asker(make.TODAY, {str(by.id): "Thomas"}, False, lambda day: None))
    assert not wrong

    with database.transaction() as db:
        seen = actions.own_draft(db, by, id)
        assert seen is not None
        other = meanwhile(database, lambda mine: void(actions.send(mine, mine.get_one(RequestDraft, id), found, by=by, now=make.NOW)))
        if not other.is_alive():  # it was sent before we say that it may go
            actions.throw_away(db, by, id, now=make.NOW)
    other.join()

    session.rollback()
    assert session.get_one(RequestDraft, id).request_id is not None


def test_a_draft_that_is_thrown_away_meanwhile_is_not_sent(world: make.World, thomas: Any, database: Database, session: Session) -> None:
    id = uuid.UUID(draft_with(thomas, world).split("/")[-1])
    by = make.person(database, world.supervisor)
    found, _ = read_all(whole(world), Asker(make.TODAY, {str(by.id): "Thomas"}, False, lambda day: None))

    with database.transaction() as db:
        seen = actions.own_draft(db, by, id)
        assert seen is not None
        other = meanwhile(database, lambda mine: void(actions.throw_away(mine, by, id, now=make.NOW)))
        if not other.is_alive():
            with pytest.raises(actions.DraftGone):
                actions.send(db, seen, found, by=by, now=make.NOW)
    other.join()

    session.rollback()
    assert session.get_one(RequestDraft, id).typed == {}
    assert not session.execute(select(WorkRequest.id).where(col(WorkRequest.status) == "asked")).first()


def test_junk_in_a_field_is_an_answer_and_never_a_fault(world: make.World, thomas: Any) -> None:
    draft = draft_with(thomas, world)
    for step, field in (
        ("work", "function"),
        ("work", "tasks"),
        ("help", "guide_note"),
        ("learn", "learn"),
        ("terms", "tariff"),
        ("times", "start_0"),
    ):
        for junk in ("a\x00b", "\u202e", "x" * 5000, "\ud800".encode("utf-8", "surrogatepass")):
            assert thomas.post(f"{draft}/{step}", answers(world, step, **{field: junk})).status_code in (303, 400, 422)
            assert thomas.get(f"{draft}/{step}").status_code == 200
    assert thomas.post(draft).status_code == 422


def test_fewer_staff_is_held_against_who_works_there_at_once(world: make.World, thomas: Any, session: Session) -> None:
    def looked() -> list[str]:
        session.rollback()
        return list(
            session.execute(
                select(Assessment.outcome).where(col(Assessment.placement_id) == world.placement.id).order_by(col(Assessment.made_at))
            ).scalars()
        )

    said = {"staff_counted_on": make.TODAY.isoformat()}
    assert thomas.post("/employer/company/staff", {**said, "staff_count": "9"}).status_code == 303
    first = looked()

    assert thomas.post("/employer/company/staff", {**said, "staff_count": "9"}).status_code == 303
    assert looked() == first
    assert thomas.post("/employer/company/staff", {**said, "staff_count": "3"}).status_code == 303

    assert len(first) == 1 and first[0] != "ok"
    (kept,) = session.execute(select(Assessment.findings).where(col(Assessment.placement_id) == world.placement.id).limit(1)).scalars()
    assert {one["item"]: one["why"] for one in kept}["share"] == "over"
