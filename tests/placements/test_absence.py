""" "I cannot come today": one tap, no consequence, no reason for the employer, and the way back the same day."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests import factories as make
from webapp.foundation.clock import instant
from webapp.foundation.database import Database
from webapp.history.models import HistoryRow
from webapp.notifications.models import Notification
from webapp.placements import absences, rules
from webapp.placements.models import Placement, PlannedShift
from webapp.placements.records import ShiftAbsence

TODAYS = [{"weekday": make.TODAY.weekday(), "start": "00:00", "stop": "23:59", "break": 30}]


@pytest.fixture
def today(world: make.World, session: Session) -> PlannedShift:
    """Yusuf works all of today, so that the test runs at any hour."""
    work = make.work_request(world.database, world.establishment, world.supervisor, function="Keukenhulp", pattern=TODAYS, weeks=12)
    placement = make.placement(world.database, work, world.other_participant, world.case_manager)
    found: PlannedShift = session.execute(
        select(PlannedShift).where(col(PlannedShift.placement_id) == placement.id, col(PlannedShift.day) == make.TODAY)
    ).scalar_one()
    return found


def again(session: Session, shift: PlannedShift) -> PlannedShift:
    session.rollback()
    found = session.get(PlannedShift, shift.id)
    assert found is not None
    return found


def address(shift: PlannedShift) -> str:
    return f"/shifts/{shift.id}/absence"


def test_one_tap_calls_the_day_off_and_both_hear_it_without_a_reason(
    world: make.World, today: PlannedShift, as_person: Any, session: Session
) -> None:
    yusuf = as_person(world.other_participant)
    assert f'"{address(today)}"' in yusuf.get("/today").text

    answers = [yusuf.post(address(today), {"reason": "sick", "words": "Griep"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert again(session, today).cancelled_at is not None
    assert session.execute(select(func.count()).select_from(ShiftAbsence)).scalar_one() == 1
    told = session.execute(select(Notification).where(col(Notification.key) == "shift.off")).scalars().all()
    assert {one.account_id for one in told} == {world.supervisor.account_id, world.case_manager.account_id}
    assert not any("sick" in str(one.slots) or "Griep" in str(one.slots) for one in told)
    assert "Griep" not in str(session.execute(select(HistoryRow.facts)).all())


def test_who_helps_at_work_sees_that_and_never_why(world: make.World, today: PlannedShift, as_person: Any) -> None:
    as_person(world.other_participant).post(address(today), {"reason": "sick", "words": "Griep"})
    jan = as_person(world.supervisor)
    jan.post("/language", {"language": "en"})

    pages = [jan.get(page).text for page in ("/employer/team", "/employer/hours", "/messages")]

    assert "cannot come today" in pages[0]
    assert not any(word in page for page in pages for word in ("Griep", "sick", "Ill", "well soon"))
    assert jan.get(address(today)).status_code == 403


def test_the_case_manager_may_read_it_today(world: make.World, today: PlannedShift, as_person: Any) -> None:
    as_person(world.other_participant).post(address(today), {"reason": "family", "words": "Kind van school"})

    assert "Kind van school" in as_person(world.case_manager).get(f"/placements/{today.placement_id}/course").text


def test_the_page_afterwards_has_no_consequence_and_no_count(world: make.World, today: PlannedShift, as_person: Any) -> None:
    yusuf = as_person(world.other_participant)
    yusuf.post("/language", {"language": "en"})

    text = yusuf.get(yusuf.post(address(today), {"reason": "sick"}).location).text

    assert "Passed on to <bdi>Jan</bdi>." in text and "Get well soon." in text
    assert not any(word in text for word in ("warning", "times", "consequence"))


def test_it_can_be_taken_back_the_same_day_and_the_words_go(world: make.World, today: PlannedShift, as_person: Any, session: Session) -> None:
    yusuf = as_person(world.other_participant)
    yusuf.post(address(today), {"reason": "other", "words": "Bus rijdt niet"})

    assert [yusuf.post(address(today) + "/withdrawal").status_code for _ in range(2)] == [303, 303]

    assert again(session, today).cancelled_at is None
    (said,) = session.execute(select(ShiftAbsence)).scalars().all()
    assert (said.reason, said.words) == ("", "")
    assert yusuf.post(address(today), {"reason": "other"}).status_code == 303


@pytest.mark.parametrize("reason", ["", "griep", "none"])
def test_only_the_four_answers_exist(world: make.World, today: PlannedShift, as_person: Any, session: Session, reason: str) -> None:
    assert as_person(world.other_participant).post(address(today), {"reason": reason}).status_code == 422
    assert again(session, today).cancelled_at is None


def test_what_waited_on_a_phone_counts_from_the_tap(world: make.World, today: PlannedShift, as_person: Any, session: Session) -> None:
    yusuf = as_person(world.other_participant)
    yesterdays = session.execute(
        select(PlannedShift).where(col(PlannedShift.placement_id) == today.placement_id, col(PlannedShift.day) == make.TODAY - timedelta(weeks=1))
    ).scalar_one()
    age = {"X-Opstap-Age": str(7 * 86_400)}

    assert yusuf.post(address(yesterdays), {"reason": "sick"}).status_code == 409
    assert yusuf.post(address(yesterdays), {"reason": "sick"}, headers=age).status_code in (204, 303)
    assert again(session, yesterdays).cancelled_at is not None


def test_nobody_calls_off_the_day_of_somebody_else(world: make.World, today: PlannedShift, as_person: Any, session: Session) -> None:
    for who in (world.participant, world.stranger):
        assert as_person(who).post(address(today), {"reason": "sick"}).status_code == 404
    assert as_person(world.participant).post(f"/shifts/{uuid.uuid4()}/absence", {"reason": "sick"}).status_code == 404
    assert again(session, today).cancelled_at is None


def test_the_reason_goes_after_the_term_and_the_day_stays_off(
    world: make.World, today: PlannedShift, as_person: Any, database: Database, session: Session
) -> None:
    as_person(world.other_participant).post(address(today), {"reason": "sick", "words": "Griep"})

    def forget(days: int) -> int:
        with database.transaction() as db:
            return absences.forget_reasons(db, world.municipality_id, keep_days=14, now=make.NOW + timedelta(days=days))

    assert [forget(14), forget(15), forget(16)] == [0, 1, 0]
    still_off = again(session, today).cancelled_at is not None
    (said,) = session.execute(select(ShiftAbsence)).scalars().all()
    assert (said.reason, said.words, still_off) == ("", "", True)


def test_a_shift_that_is_over_is_not_called_off() -> None:
    stops = instant(make.MONDAY, make.time(13))
    with pytest.raises(rules.NotToday):
        rules.ensure_today(make.MONDAY, stops, now=stops, today=make.MONDAY)
    rules.ensure_today(make.MONDAY, stops, now=stops - timedelta(seconds=1), today=make.MONDAY)


def test_other_changes_do_not_bring_a_called_off_day_back(world: make.World, today: PlannedShift, as_person: Any, session: Session) -> None:
    yusuf = as_person(world.other_participant)
    yusuf.post(address(today), {"reason": "sick"})
    placement = session.get(Placement, today.placement_id)
    assert placement is not None
    stop = f"/placements/{placement.id}/stop"

    assert yusuf.post(stop, {"last_day": make.TODAY.isoformat()}).status_code == 303
    assert yusuf.post(stop, {"last_day": placement.ends_on.isoformat()}).status_code == 303

    assert again(session, today).cancelled_at is not None
