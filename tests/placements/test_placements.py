"""From a yes to the last day: shifts on the wall clock, nothing without insurance, and stopping freely."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from tests import factories as make
from webapp.foundation.clock import local
from webapp.foundation.database import Database
from webapp.history.models import HistoryRow
from webapp.hours.models import HoursEntry
from webapp.notifications.models import Notification
from webapp.offers.models import Offer
from webapp.offers.rules import OfferGone
from webapp.people.person import signed_in_person
from webapp.placements import actions
from webapp.placements.models import Placement, PlannedShift
from webapp.placements.rules import MayNotStart, Preparation

SOON = make.TODAY + timedelta(days=7)
EVENINGS = [{"weekday": day, "start": "19:00", "stop": "23:30", "break": 30} for day in (0, 5, 6)]
NOTHING_YET: dict[str, Any] = {
    "decided_by": None,
    "decided_on": None,
    "decision_reason": "",
    "agreement_signed_on": None,
    "insured_from": None,
    "insurance_evidence": "",
}


def complete(starts_on: date) -> Preparation:
    return Preparation("Past bij de wensen.", make.TODAY, starts_on, "Polis 4711")


def accepted(world: make.World, **more: Any) -> Placement:
    """Yusuf said yes; nothing else is recorded."""
    work = make.work_request(world.database, world.establishment, world.supervisor, **{"starts_on": SOON, "weeks": 2, **more})
    return make.placement(world.database, work, world.other_participant, world.case_manager, status="accepted", **NOTHING_YET)


def start(world: make.World, placement: Placement, prepared: Preparation) -> None:
    with world.database.transaction() as db:
        mine = db.get(Placement, placement.id)
        assert mine is not None
        actions.start(db, mine, prepared, by=marieke(db, world), now=make.NOW)


def marieke(db: Session, world: make.World) -> Any:
    return signed_in_person(db, make.start_sign_in(db, world.case_manager, now=make.NOW).id, make.NOW, make.TODAY)


def shifts_of(session: Session, placement: Placement) -> list[PlannedShift]:
    session.rollback()
    return list(
        session.execute(select(PlannedShift).where(col(PlannedShift.placement_id) == placement.id).order_by(col(PlannedShift.starts_at))).scalars()
    )


def now_of(session: Session, placement: Placement) -> Placement:
    session.rollback()
    found = session.get(Placement, placement.id)
    assert found is not None
    return found


# the start ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sunday", [date(2026, 3, 29), date(2026, 10, 25)])
def test_an_evening_shift_stays_at_seven_on_the_wall_through_a_clock_change(world: make.World, session: Session, sunday: date) -> None:
    first = sunday - timedelta(days=6)
    placement = accepted(world, pattern=EVENINGS, starts_on=first, weeks=2)

    start(world, placement, complete(first))

    planned = shifts_of(session, placement)
    assert [shift.day for shift in planned] == [first + timedelta(days=day) for day in (0, 5, 6, 7, 12, 13)]
    assert {(f"{local(shift.starts_at):%H:%M}", f"{local(shift.stops_at):%H:%M}", shift.break_minutes) for shift in planned} == {
        ("19:00", "23:30", 30)
    }
    assert len({shift.starts_at.hour for shift in planned}) == 2  # the clock did change: UTC shows it


def test_a_planned_night_over_the_clock_change_has_the_hours_that_really_pass(world: make.World, session: Session) -> None:
    saturday = date(2026, 10, 24)
    placement = accepted(world, pattern=[{"weekday": 5, "start": "22:00", "stop": "06:00", "break": 30}], starts_on=saturday, weeks=1)

    start(world, placement, complete(saturday))

    (night,) = shifts_of(session, placement)
    assert (night.stops_at - night.starts_at) == timedelta(hours=9)


@pytest.mark.parametrize(
    "gap",
    [
        {"decision_reason": ""},
        {"agreement_signed_on": None},
        {"insured_from": None},
        {"insurance_evidence": ""},
        {"insured_from": SOON + timedelta(days=1)},
    ],
)
def test_without_one_of_the_three_nothing_starts_and_nothing_is_written(world: make.World, session: Session, gap: dict[str, Any]) -> None:
    placement = accepted(world)

    with pytest.raises(MayNotStart) as refused:
        start(world, placement, complete(SOON)._replace(**gap))

    assert list(refused.value.fields) == list(gap)
    assert (now_of(session, placement).status, shifts_of(session, placement)) == ("accepted", [])
    assert session.execute(select(func.count()).select_from(HistoryRow)).scalar_one() == 0


def test_both_sides_hear_of_a_start_once(world: make.World, session: Session) -> None:
    placement = accepted(world)

    for _ in range(2):
        start(world, placement, complete(SOON))

    told = session.execute(select(Notification.account_id).where(col(Notification.key) == "placement.start")).scalars().all()
    assert sorted(told) == sorted([world.other_participant.account_id, world.supervisor.account_id])
    assert len(shifts_of(session, placement)) == 10


def test_a_start_after_the_yes_was_taken_back_is_refused(world: make.World, as_person: Any) -> None:
    placement = accepted(world)
    as_person(world.other_participant).post(f"/offers/{placement.offer_id}/answer", {"answer": "undo"})

    with pytest.raises(OfferGone):
        start(world, placement, complete(SOON))


@pytest.mark.parametrize("column", ["decided_by", "decided_on", "agreement_signed_on", "insured_from"])
def test_the_table_itself_refuses_to_run_without_one_of_the_three(world: make.World, database: Database, column: str) -> None:
    with pytest.raises(DBAPIError, match="a_placement_runs_only_decided_agreed_and_insured"), database.engine.begin() as db:
        db.execute(text(f"UPDATE placement SET {column} = NULL"))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("decision_reason = ''", "a_placement_runs_only_decided_agreed_and_insured"),
        ("insurance_evidence = ''", "a_placement_runs_only_decided_agreed_and_insured"),
        ("insured_from = '2099-01-01'", "insured_before_the_first_hour"),
        ("ends_on = '2001-01-01'", "a_placement_ends_after_it_starts"),
        ("status = 'paused'", "a_placement_status_is_known"),
    ],
)
def test_the_rules_of_the_table_have_names_that_say_what_is_wrong(world: make.World, database: Database, change: str, rule: str) -> None:
    with pytest.raises(DBAPIError, match=rule), database.engine.begin() as db:
        db.execute(text(f"UPDATE placement SET {change}"))


def test_one_place_is_never_held_by_two_people(world: make.World) -> None:
    with pytest.raises(DBAPIError, match=r"a_place_is_taken_once|placement\.request_id"):
        make.placement(world.database, world.request, world.other_participant, world.case_manager)


# taking back, stopping, ending ----------------------------------------------------------------------


def test_a_yes_can_be_taken_back_after_the_start_was_recorded_until_the_first_day(world: make.World, as_person: Any, session: Session) -> None:
    placement = accepted(world)
    start(world, placement, complete(SOON))
    yusuf = as_person(world.other_participant)

    answer = yusuf.post(f"/offers/{placement.offer_id}/answer", {"answer": "undo"})

    assert (answer.status_code, now_of(session, placement).status, shifts_of(session, placement)) == (303, "cancelled", [])
    offer = session.get(Offer, placement.offer_id)
    assert offer is not None
    assert offer.status == "closed"
    assert yusuf.post(f"/offers/{placement.offer_id}/answer", {"answer": "undo"}).status_code == 303


def test_from_the_first_day_on_taking_back_leads_to_stopping(world: make.World, as_person: Any, session: Session) -> None:
    selam = as_person(world.participant)

    answer = selam.post(f"/offers/{world.placement.offer_id}/answer", {"answer": "no"})

    assert (answer.status_code, answer.location) == (303, f"/placements/{world.placement.id}/stop")
    assert now_of(session, world.placement).status == "running"


def test_stopping_keeps_the_hours_cancels_later_shifts_and_needs_no_reason(world: make.World, as_person: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)
    selam = as_person(world.participant)

    answer = selam.post(f"/placements/{world.placement.id}/stop", {})

    assert (answer.status_code, answer.location) == (303, "/today")
    stopped = now_of(session, world.placement)
    assert (stopped.status, stopped.ends_on) == ("running", make.TODAY)
    assert session.get(HoursEntry, entry.id) is not None
    assert {shift.cancelled_at is None for shift in shifts_of(session, world.placement) if shift.day > make.TODAY} == {False}
    assert {shift.cancelled_at is None for shift in shifts_of(session, world.placement) if shift.day <= make.TODAY} == {True}
    told = session.execute(select(Notification.account_id).where(col(Notification.key) == "placement.stop")).scalars().all()
    assert sorted(told) == sorted([world.case_manager.account_id, world.supervisor.account_id])


def test_stopping_twice_on_one_day_tells_everybody_once(world: make.World, as_person: Any, session: Session) -> None:
    selam = as_person(world.participant)

    codes = [
        selam.post(f"/placements/{world.placement.id}/stop", {"last_day": make.TODAY.isoformat(), "reason": "Te ver."}).status_code for _ in range(2)
    ]

    assert codes == [303, 303]
    assert session.execute(select(func.count()).select_from(Notification).where(col(Notification.key) == "placement.stop")).scalar_one() == 2
    assert session.execute(select(func.count()).select_from(HistoryRow).where(col(HistoryRow.action) == "placement.stopping")).scalar_one() == 1


def test_a_stop_can_be_undone_until_the_last_day_and_the_shifts_come_back(world: make.World, as_person: Any, session: Session) -> None:
    selam, address, agreed = as_person(world.participant), f"/placements/{world.placement.id}/stop", world.placement.ends_on
    assert f'value="{agreed}"' not in selam.get(address).text
    selam.post(address)

    assert f'name="last_day" value="{agreed}"' in selam.get(address).text
    assert selam.post(address, {"last_day": agreed.isoformat()}).status_code == 303

    assert now_of(session, world.placement).ends_on == agreed
    assert {shift.cancelled_at for shift in shifts_of(session, world.placement)} == {None}
    assert selam.post(address, {"last_day": (agreed + timedelta(days=1)).isoformat()}).status_code == 422


@pytest.mark.parametrize("day", ["gisteren", "2001-01-01", "9999-12-31", "2026-13-01", (make.TODAY - timedelta(days=1)).isoformat()])
def test_a_last_day_that_cannot_be_is_refused_at_its_field(world: make.World, as_person: Any, session: Session, day: str) -> None:
    answer = as_person(world.participant).post(f"/placements/{world.placement.id}/stop", {"last_day": day})

    assert answer.status_code == 422
    assert 'aria-describedby="last_day-error"' in answer.text or "last_day-error" in answer.text
    assert now_of(session, world.placement).ends_on == world.placement.ends_on


def test_nobody_stops_the_placement_of_somebody_else(world: make.World, as_person: Any, session: Session) -> None:
    address = f"/placements/{world.placement.id}/stop"

    assert [as_person(who).post(address).status_code for who in (world.other_participant, world.stranger)] == [404, 404]
    assert [as_person(who).post(address).status_code for who in (world.supervisor, world.case_manager)] == [403, 403]
    assert now_of(session, world.placement).ends_on == world.placement.ends_on


def test_a_placement_ends_the_morning_after_its_last_day_and_once(world: make.World, session: Session) -> None:
    def end(day: date) -> int:
        with world.database.transaction() as db:
            return actions.end_passed(db, world.municipality_id, now=make.instant(day, make.time(0, 15)))

    last = world.placement.ends_on
    assert [end(last), end(last + timedelta(days=1)), end(last + timedelta(days=1))] == [0, 1, 0]
    assert now_of(session, world.placement).status == "ended"
    told = session.execute(select(HistoryRow).where(col(HistoryRow.action) == "placement.ended")).scalars().all()
    assert [(row.actor_id, row.actor_role) for row in told] == [(None, "clock")]


def test_hours_of_an_ended_placement_can_still_be_sent(world: make.World, as_person: Any, database: Database) -> None:
    with database.engine.begin() as db:
        db.execute(text("UPDATE placement SET status = 'ended'"))

    sent = as_person(world.participant).post(
        "/hours/6e4f4b0e-6d5a-4a37-9a0f-0d3f6a5f7a11",
        {"placement_id": str(world.placement.id), "worked_on": make.MONDAY.isoformat(), "start": "8:30", "stop": "13:00", "break_minutes": "30"},
    )

    assert sent.status_code == 303


def test_the_calendar_holds_every_planned_day_at_the_time_on_the_wall(world: make.World, as_person: Any) -> None:
    answer = as_person(world.participant).get(f"/offers/{world.placement.offer_id}/calendar.ics")

    assert answer.mimetype == "text/calendar"
    assert answer.text.count("BEGIN:VEVENT") == 60  # five days, twelve weeks
    assert "Kwekerij De Morgen" in answer.text
