"""A milestone is noted once, and its message stands or falls with the hours that brought it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from tests import factories as make
from webapp.hours import actions
from webapp.milestones.models import MilestoneReached
from webapp.notifications.models import Notification


def told(session: Session) -> list[tuple[str, Any]]:
    session.rollback()
    rows = session.execute(select(Notification.key, Notification.account_id).where(col(Notification.key).startswith("milestone.")))
    return sorted((key, who) for key, who in rows)


def noted(session: Session) -> list[str]:
    session.rollback()
    return sorted(session.execute(select(MilestoneReached.milestone)).scalars())


def confirm(world: make.World, as_person: Any, *entries: Any) -> None:
    answer = as_person(world.supervisor).post("/employer/hours/confirmations", {"entry_id": [str(entry.id) for entry in entries]})
    assert answer.location == f"/employer/hours?confirmed={len(entries)}"


def test_the_first_confirmed_shift_tells_the_case_manager_once(world: make.World, as_person: Any, session: Session) -> None:
    for day in range(3):
        confirm(world, as_person, make.hours(world.database, world.placement, day=make.MONDAY + timedelta(days=day), as_planned=True))

    assert noted(session) == ["first_shift"]
    assert told(session) == [("milestone.first_shift", world.case_manager.account_id)]


def test_forty_hours_are_reached_by_the_shift_that_crosses_them(world: make.World, as_person: Any, session: Session) -> None:
    shifts = [make.hours(world.database, world.placement, day=make.TODAY - timedelta(days=day), as_planned=True) for day in range(1, 11)]  # 10 × 240
    confirm(world, as_person, *shifts[:9])
    assert noted(session) == ["first_shift"]

    confirm(world, as_person, shifts[9])

    assert noted(session) == ["first_shift", "forty_hours"]
    assert [key for key, _ in told(session)] == ["milestone.first_shift", "milestone.forty_hours"]


def test_several_milestones_at_once_are_several_messages(world: make.World, as_person: Any, session: Session) -> None:
    shifts = [make.hours(world.database, world.placement, day=make.TODAY - timedelta(days=day), as_planned=True) for day in range(1, 11)]

    confirm(world, as_person, *shifts)

    assert [key for key, _ in told(session)] == ["milestone.first_shift", "milestone.forty_hours"]


def test_a_milestone_taken_back_and_reached_again_is_told_once(world: make.World, as_person: Any, session: Session) -> None:
    entry, jan = make.hours(world.database, world.placement), as_person(world.supervisor)

    for step in ("confirmation", "confirmation/undo", "confirmation"):
        assert jan.post(f"/hours/{entry.id}/{step}").status_code == 303

    assert noted(session) == ["first_shift"]
    assert len(told(session)) == 1


def test_what_is_rolled_back_leaves_no_hours_no_milestone_and_no_message(world: make.World, session: Session) -> None:
    entry, by = make.hours(world.database, world.placement), make.person(world.database, world.supervisor)
    terms = make.terms(world.database, world.municipality_id)

    class Broken(Exception):
        """The power goes out."""

    def confirm_and_break() -> None:
        with world.database.transaction() as db:
            actions.confirm(db, actions.to_confirm(db, [entry.id], by=by), by=by, terms=terms, undo_seconds=0, now=make.NOW)
            assert db.execute(select(Notification.id)).all() != []
            raise Broken

    with pytest.raises(Broken):
        confirm_and_break()

    assert (noted(session), told(session)) == ([], [])
    assert session.execute(select(Notification.id)).all() == []


def test_the_case_manager_reads_it_on_the_page_of_the_participant(world: make.World, as_person: Any, session: Session) -> None:
    confirm(world, as_person, make.hours(world.database, world.placement, as_planned=True))
    path = session.execute(select(Notification.path).where(col(Notification.key) == "milestone.first_shift")).scalar_one()

    marieke = as_person(world.case_manager)
    marieke.post("/language", {"language": "en"})

    assert path == f"/participants/{world.participant.account_id}"
    assert "First shift worked" in marieke.get(path).text
    assert as_person(world.colleague).get(path).status_code == 404
