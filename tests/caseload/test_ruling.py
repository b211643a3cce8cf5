"""Disputes: a case manager decides with a reason both sides read, and only when it is their turn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests import factories as make
from tests.caseload.pages import words
from webapp.hours.models import CheckIn, HoursEntry
from webapp.premium.models import LedgerLine

WHY = "De klok van de kas zegt 12:15."


@pytest.fixture
def disputed(world: make.World, as_person: Any) -> HoursEntry:
    """Selam wrote 240 minutes, Jan made it 210, Selam does not agree: as it really goes, through their own phones."""
    entry = make.hours(world.database, world.placement)
    jan, selam = as_person(world.supervisor), as_person(world.participant)
    corrected = jan.post(
        f"/hours/{entry.id}/correction",
        {"start": "08:30", "stop": "12:30", "break_minutes": "30", "reason": "stopped_earlier", "note": "Bus gehaald"},
    )
    assert corrected.status_code < 400
    assert selam.post(f"/hours/{entry.id}/response", {"response": "dispute", "reason": "Ik was er tot 13:00."}).status_code < 400
    return entry


def now_of(session: Session, entry: HoursEntry) -> HoursEntry:
    session.rollback()
    found = session.get(HoursEntry, entry.id)
    assert found is not None
    return found


def cents_of(session: Session, entry: HoursEntry) -> int:
    return int(session.execute(select(func.sum(LedgerLine.amount_cents)).where(col(LedgerLine.cause_id) == entry.id)).scalar_one())


def test_both_versions_stand_side_by_side_in_hours_and_euros(world: make.World, disputed: HoursEntry, marieke: Any) -> None:
    make.save(world.database, CheckIn(
        municipality_id=world.municipality_id, placement_id=world.placement.id, participant_id=world.participant.account_id, entry_id=disputed.id,
        started_at=disputed.starts_at, stopped_at=disputed.stops_at,
    ))  # fmt: skip

    page = marieke.get(f"/hours/{disputed.id}")

    text = words(page)
    for part in (
        "4 hours",
        "€ 8.00",
        "3.5 hours",
        "€ 7.00",
        "Ik was er tot 13:00.",
        "Stopped earlier",
        "Bus gehaald",
        "Tapped in the app",
        "Decide by",
    ):
        assert part in text
    assert f'<article class="stack" id="entry-{disputed.id}" data-status="disputed">' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "minutes"),
    [
        ({"ruling": "written"}, 240),
        ({"ruling": "corrected"}, 210),
        ({"ruling": "other", "minutes": "3:45"}, 225),
        ({"ruling": "other", "minutes": "4"}, 240),
        ({"minutes": "225"}, 225),
    ],
)
def test_the_decision_becomes_certain_with_its_reason_on_both_sides(
    world: make.World, disputed: HoursEntry, marieke: Any, as_person: Any, session: Session, form: dict[str, str], minutes: int
) -> None:
    answers = [marieke.post(f"/hours/{disputed.id}/ruling", {**form, "reason": WHY}) for _ in range(2)]

    ruled = now_of(session, disputed)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (ruled.status, ruled.ruled_minutes, ruled.certain_minutes, ruled.ruled_by) == ("ruled", minutes, minutes, world.case_manager.account_id)
    assert cents_of(session, disputed) == (minutes * 200 + 30) // 60
    for who in (world.participant, world.supervisor, world.case_manager):
        assert WHY in words(as_person(who).get(f"/hours/{disputed.id}"))


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"reason": WHY}, "ruling"),
        ({"ruling": "all", "reason": WHY}, "ruling"),
        ({"ruling": "written", "reason": " "}, "reason"),
        ({"ruling": "other", "minutes": "long", "reason": WHY}, "minutes"),
        ({"ruling": "other", "minutes": "4:01", "reason": WHY}, "minutes"),
        ({"minutes": "209", "reason": WHY}, "minutes"),
    ],
)
def test_a_decision_that_misses_something_is_asked_again_at_its_field(
    disputed: HoursEntry, marieke: Any, session: Session, form: dict[str, str], field: str
) -> None:
    answer = marieke.post(f"/hours/{disputed.id}/ruling", form)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert now_of(session, disputed).status == "disputed"


def test_a_decision_is_made_once(disputed: HoursEntry, marieke: Any, session: Session) -> None:
    marieke.post(f"/hours/{disputed.id}/ruling", {"ruling": "written", "reason": WHY})

    assert marieke.post(f"/hours/{disputed.id}/ruling", {"ruling": "corrected", "reason": WHY}).status_code == 409
    assert now_of(session, disputed).ruled_minutes == 240


def test_hours_the_supervisor_still_has_time_for_are_not_decided(world: make.World, marieke: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)
    with world.database.transaction() as db:
        db.merge(entry).sent_at = make.NOW

    page = marieke.get(f"/hours/{entry.id}")
    answer = marieke.post(f"/hours/{entry.id}/ruling", {"ruling": "written", "reason": WHY})

    assert "Jan has until" in words(page)
    assert "<textarea" not in page.get_data(as_text=True)
    assert answer.status_code == 409
    assert now_of(session, entry).status == "sent"


def test_hours_nobody_confirmed_in_time_are_decided_and_count(world: make.World, marieke: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement, day=make.MONDAY - timedelta(days=14))
    with world.database.transaction() as db:
        db.merge(entry).sent_at = make.NOW - timedelta(days=20)

    answer = marieke.post(f"/hours/{entry.id}/ruling", {"ruling": "written", "reason": "Jan is ziek; het rooster klopt."})

    assert answer.status_code == 303
    assert now_of(session, entry).status == "ruled"
    assert cents_of(session, entry) == 800


def test_a_dispute_of_a_stranger_is_not_found(disputed: HoursEntry, colleague: Any, as_person: Any, world: make.World) -> None:
    for visitor in (colleague, as_person(world.strange_case_manager)):
        assert visitor.get(f"/hours/{disputed.id}").status_code == 404
        assert visitor.post(f"/hours/{disputed.id}/ruling", {"ruling": "written", "reason": WHY}).status_code == 404
    assert as_person(world.supervisor).post(f"/hours/{disputed.id}/ruling", {"ruling": "corrected", "reason": WHY}).status_code == 403
    assert "No dispute waits for you." in words(colleague.get("/disputes"))
