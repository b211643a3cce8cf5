"""After the start: other hours, a pause, the end, and the limit, each dated, checked at once and told to both sides."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests import factories as make
from tests.placements.test_placements import now_of, shifts_of
from webapp.foundation.clock import instant
from webapp.foundation.database import Database
from webapp.foundation.settings import Settings
from webapp.history.models import HistoryRow
from webapp.notifications.models import Notification
from webapp.placements import course, rules
from webapp.placements.models import Placement
from webapp.placements.records import PlacementChange, PlacementEnd, PlacementPause
from webapp.watch import apply_changed_hours, everywhere, keep_limits

NEXT_MONDAY = make.MONDAY + timedelta(weeks=2)
SETTINGS = Settings(database_url="sqlite://", testing=True, demo=True)


def times(start: str, stop: str, *days: int, pause: str = "0") -> dict[str, str]:
    return {f"{what}_{day}": value for day in days for what, value in (("start", start), ("stop", stop), ("break", pause))}


def change(marieke: Any, placement: Placement, day: date = NEXT_MONDAY, id: uuid.UUID | None = None, **more: str) -> Any:
    form = {"id": str(id or uuid.uuid4()), "valid_from": day.isoformat(), "reason": "Op eigen wens.", **(more or times("09:00", "12:00", 0, 2))}
    return marieke.post(f"/placements/{placement.id}/changes", form)


def end(marieke: Any, placement: Placement, day: date = make.TODAY, **more: str) -> Any:
    form = {"end_day": day.isoformat(), "outcome": "contract", "end_reason": "Baan gevonden.", "number": "0", **more}
    return marieke.post(f"/placements/{placement.id}/end", form)


def pause(marieke: Any, placement: Placement, first: date, last: date, **more: str) -> Any:
    form = {"id": str(uuid.uuid4()), "first_day": first.isoformat(), "last_day": last.isoformat(), "wished_by": "participant", **more}
    return marieke.post(f"/placements/{placement.id}/pauses", form)


def at_night(database: Database, work: Any, day: date) -> int:
    with structlog.testing.capture_logs() as lines:
        done = everywhere(work)(database, SETTINGS, instant(day, make.time(0, 40)))
    assert lines == []
    return done


def told(session: Session, key: str) -> list[Any]:
    session.rollback()
    return list(session.execute(select(Notification).where(col(Notification.key) == key)).scalars())


@pytest.fixture
def marieke(world: make.World, as_person: Any) -> Any:
    return as_person(world.case_manager)


# other hours ----------------------------------------------------------------------------------


def test_other_hours_replan_the_shifts_from_that_day_and_both_sides_read_it(world: make.World, marieke: Any, session: Session) -> None:
    before = [shift.id for shift in shifts_of(session, world.placement) if shift.day < NEXT_MONDAY]

    assert change(marieke, world.placement).status_code == 303

    planned = shifts_of(session, world.placement)
    assert [shift.id for shift in planned if shift.day < NEXT_MONDAY] == before
    assert {shift.day.weekday() for shift in planned if shift.day >= NEXT_MONDAY} == {0, 2}
    assert {one.account_id for one in told(session, "placement.hours")} == {world.participant.account_id, world.supervisor.account_id}
    (made,) = session.execute(select(PlacementChange)).scalars().all()
    assert (made.weekly_minutes, made.minutes_before, made.decided_by) == (360, 1200, world.case_manager.account_id)
    assert now_of(session, world.placement).weekly_minutes == 1200


def test_on_the_day_itself_the_placement_follows(world: make.World, marieke: Any, database: Database, session: Session) -> None:
    change(marieke, world.placement)

    done = [at_night(database, apply_changed_hours, day) for day in (NEXT_MONDAY - timedelta(days=1), NEXT_MONDAY, NEXT_MONDAY)]

    assert done == [0, 1, 0]
    assert (now_of(session, world.placement).weekly_minutes, len(now_of(session, world.placement).pattern)) == (360, 2)


def test_the_same_change_twice_is_once_and_another_one_for_that_day_is_refused(world: make.World, marieke: Any, session: Session) -> None:
    key = uuid.uuid4()
    assert [change(marieke, world.placement, id=key).status_code for _ in range(2)] == [303, 303]
    assert change(marieke, world.placement, **times("10:00", "14:00", 1)).status_code == 409
    assert session.execute(select(func.count()).select_from(PlacementChange)).scalar_one() == 1


def test_more_than_28_hours_brings_the_shorter_limit_counted_from_the_first_day(world: make.World, marieke: Any, session: Session) -> None:
    assert change(marieke, world.placement, **times("08:00", "14:00", 0, 1, 2, 3, 4)).status_code == 303

    limit = rules.limit_day(world.placement.starts_on, 3)
    changed = now_of(session, world.placement)
    assert limit is not None
    assert changed.ends_on == min(world.placement.ends_on, limit)


def test_hours_that_leave_no_day_are_refused_in_words(world: make.World, as_person: Any, database: Database, session: Session) -> None:
    long_ago = make.TODAY - timedelta(days=100)
    work = make.work_request(database, world.establishment, world.supervisor, starts_on=long_ago, weeks=22)
    placement = make.placement(database, work, world.other_participant, world.case_manager)
    marieke = as_person(world.case_manager)
    marieke.post("/language", {"language": "en"})

    answer = change(marieke, placement, **times("08:00", "14:00", 0, 1, 2, 3, 4))

    assert answer.status_code == 422
    assert "may last until" in answer.text
    assert 'value="08:00"' in answer.text
    assert now_of(session, placement).ends_on == placement.ends_on


def test_exactly_28_hours_is_the_stricter(world: make.World, marieke: Any, session: Session, database: Database) -> None:
    work = make.work_request(database, world.establishment, world.supervisor, starts_on=make.TODAY - timedelta(weeks=2), weeks=26)
    placement = make.placement(database, work, world.other_participant, world.case_manager)

    change(marieke, placement, **times("08:00", "15:00", 0, 1, 2, 3))

    assert now_of(session, placement).ends_on == rules.limit_day(placement.starts_on, 3)


def test_fewer_hours_later_do_not_lengthen_what_was_shortened(world: make.World, marieke: Any, session: Session, database: Database) -> None:
    work = make.work_request(database, world.establishment, world.supervisor, starts_on=make.TODAY - timedelta(weeks=2), weeks=26)
    placement = make.placement(database, work, world.other_participant, world.case_manager)
    change(marieke, placement, **times("08:00", "15:00", 0, 1, 2, 3, 4))
    shortened = now_of(session, placement).ends_on

    change(marieke, placement, NEXT_MONDAY + timedelta(weeks=1))

    assert now_of(session, placement).ends_on == shortened == rules.limit_day(placement.starts_on, 3)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"valid_from": make.TODAY.isoformat()}, "valid_from"),
        ({"valid_from": "2001-01-01"}, "valid_from"),
        ({"valid_from": "9999-01-01"}, "valid_from"),
        ({"reason": " "}, "reason"),
        (times("half negen", "13:00", 0), "start_0"),
        (times("25:00", "13:00", 3), "start_3"),
        (times("08:00", "08:00", 0), "start_0"),
        (times("08:00", "09:00", 0, pause="90"), "start_0"),
        ({"start_0": "", "start_2": "", "stop_0": "", "stop_2": ""}, "start_0"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(world: make.World, marieke: Any, session: Session, more: dict[str, str], field: str) -> None:
    form = {"id": str(uuid.uuid4()), "valid_from": NEXT_MONDAY.isoformat(), "reason": "Wens", **times("09:00", "12:00", 0, 2), **more}

    answer = marieke.post(f"/placements/{world.placement.id}/changes", form)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert session.execute(select(func.count()).select_from(PlacementChange)).scalar_one() == 0


def test_only_the_own_case_manager_changes_anything(world: make.World, as_person: Any, session: Session) -> None:
    for who in (world.colleague, world.strange_case_manager):
        visitor = as_person(who)
        assert [act(visitor, world.placement).status_code for act in (change, end)] == [404, 404]
        assert visitor.get(f"/placements/{world.placement.id}/course").status_code == 404
    assert change(as_person(world.participant), world.placement).status_code == 403


# a pause ------------------------------------------------------------------------------------------


def test_a_pause_calls_the_shifts_off_keeps_the_last_day_and_lets_no_hours_in(world: make.World, marieke: Any, session: Session) -> None:
    first, last = NEXT_MONDAY, NEXT_MONDAY + timedelta(days=4)

    assert pause(marieke, world.placement, first, last).status_code == 303

    off = {shift.day for shift in shifts_of(session, world.placement) if shift.cancelled_at is not None}
    assert off == {first + timedelta(days=day) for day in range(5)}
    assert now_of(session, world.placement).ends_on == world.placement.ends_on
    assert {one.account_id for one in told(session, "placement.pause")} == {world.participant.account_id, world.supervisor.account_id}
    assert course.is_paused(session, world.placement.id, first)


def test_no_hours_and_no_check_in_on_a_day_of_a_pause(world: make.World, as_person: Any, database: Database) -> None:
    make.save(
        database,
        PlacementPause(
            municipality_id=world.municipality_id, placement_id=world.placement.id, first_day=make.MONDAY, last_day=make.TODAY, wished_by="employer",
            recorded_by=world.case_manager.account_id, recorded_at=make.NOW,
        ),
    )  # fmt: skip
    selam = as_person(world.participant)
    form = {"placement_id": str(world.placement.id), "worked_on": make.MONDAY.isoformat(), "start": "8:30", "stop": "13:00", "break_minutes": "30"}

    assert selam.post(f"/hours/{uuid.uuid4()}", form).status_code == 422
    assert selam.post(f"/placements/{world.placement.id}/check-in").status_code == 409


def test_work_goes_on_again_and_the_shifts_come_back(world: make.World, marieke: Any, session: Session) -> None:
    pause(marieke, world.placement, NEXT_MONDAY, NEXT_MONDAY + timedelta(days=4))
    (made,) = session.execute(select(PlacementPause)).scalars().all()

    assert [marieke.post(f"/placements/{world.placement.id}/pauses/{made.id}/end").status_code for _ in range(2)] == [303, 303]

    assert {shift.cancelled_at for shift in shifts_of(session, world.placement)} == {None}
    assert len(told(session, "placement.resume")) == 2


@pytest.mark.parametrize(("first", "last"), [(0, 3), (5, 3), (1, 1), (400, 401)])
def test_a_pause_that_cannot_be_is_refused(world: make.World, marieke: Any, session: Session, first: int, last: int) -> None:
    pause(marieke, world.placement, make.TODAY + timedelta(days=1), make.TODAY + timedelta(days=2))

    answer = pause(marieke, world.placement, make.TODAY + timedelta(days=first), make.TODAY + timedelta(days=last))

    assert answer.status_code == 422
    assert session.execute(select(func.count()).select_from(PlacementPause)).scalar_one() == 1


# the end ------------------------------------------------------------------------------------------


def test_an_end_is_a_record_with_a_name_and_an_outcome_and_later_shifts_are_off(world: make.World, marieke: Any, session: Session) -> None:
    assert [end(marieke, world.placement).status_code for _ in range(2)] == [303, 303]

    over = now_of(session, world.placement)
    assert (over.ends_on, over.agreed_until) == (make.TODAY, make.TODAY)
    (made,) = session.execute(select(PlacementEnd)).scalars().all()
    assert (made.outcome, made.decided_by, made.number) == ("contract", world.case_manager.account_id, 1)
    assert {shift.cancelled_at is None for shift in shifts_of(session, world.placement) if shift.day > make.TODAY} == {False}
    assert len(told(session, "placement.end")) == 2


def test_what_a_case_manager_ended_is_not_undone_by_a_stop(world: make.World, marieke: Any, as_person: Any, session: Session) -> None:
    agreed = world.placement.ends_on
    end(marieke, world.placement, make.TODAY + timedelta(days=3))

    answer = as_person(world.participant).post(f"/placements/{world.placement.id}/stop", {"last_day": agreed.isoformat()})

    assert answer.status_code == 422
    assert now_of(session, world.placement).ends_on == make.TODAY + timedelta(days=3)


def test_two_different_ends_at_once_ask_to_look_first_and_a_better_answer_is_a_next_record(world: make.World, marieke: Any, session: Session) -> None:
    end(marieke, world.placement)

    assert end(marieke, world.placement, outcome="back").status_code == 409
    assert end(marieke, world.placement, outcome="back", number="1").status_code == 303

    rows = session.execute(select(PlacementEnd.number, PlacementEnd.outcome).order_by(PlacementEnd.number)).all()
    assert [tuple(row) for row in rows] == [(1, "contract"), (2, "back")]


def test_the_outcome_of_a_place_that_ended_by_itself_is_recorded_afterwards(
    world: make.World, marieke: Any, database: Database, session: Session
) -> None:
    work = make.work_request(database, world.establishment, world.supervisor, starts_on=make.TODAY - timedelta(weeks=4), weeks=2)
    over = make.placement(database, work, world.other_participant, world.case_manager, status="ended")

    assert end(marieke, over, make.TODAY).status_code == 303

    assert session.execute(select(PlacementEnd.last_day)).scalar_one() == over.ends_on


@pytest.mark.parametrize(
    "more",
    [
        {"outcome": "fired"},
        {"end_reason": ""},
        {"end_day": "morgen"},
        {"end_day": (make.TODAY - timedelta(days=1)).isoformat()},
        {"end_day": "2099-01-01"},
    ],
)
def test_an_end_that_cannot_be_is_refused(world: make.World, marieke: Any, session: Session, more: dict[str, str]) -> None:
    assert end(marieke, world.placement, **more).status_code == 422
    assert session.execute(select(func.count()).select_from(PlacementEnd)).scalar_one() == 0


# the limit ----------------------------------------------------------------------------------------


def test_all_three_hear_28_and_14_days_before_the_end_and_each_once(world: make.World, database: Database, session: Session) -> None:
    last = world.placement.ends_on
    for days in (29, 28, 27, 15, 14, 14, 3):
        at_night(database, keep_limits, last - timedelta(days=days))

    for key, who in (("limit.yours", world.participant), ("limit.team", world.supervisor), ("limit.caseload", world.case_manager)):
        assert [one.account_id for one in told(session, key)] == [who.account_id] * 2, key


def test_a_late_night_tells_the_nearest_warning_only(world: make.World, database: Database, session: Session) -> None:
    at_night(database, keep_limits, world.placement.ends_on - timedelta(days=5))

    assert len(told(session, "limit.yours")) == 1


def test_who_stops_earlier_is_not_warned(world: make.World, as_person: Any, database: Database, session: Session) -> None:
    as_person(world.participant).post(f"/placements/{world.placement.id}/stop", {"last_day": (make.TODAY + timedelta(days=10)).isoformat()})

    at_night(database, keep_limits, make.TODAY + timedelta(days=1))

    assert told(session, "limit.yours") == []


def test_weeks_that_became_longer_than_28_hours_bring_the_shorter_limit_at_night(world: make.World, database: Database, session: Session) -> None:
    work = make.work_request(database, world.establishment, world.supervisor, starts_on=make.MONDAY - timedelta(weeks=6), weeks=26)
    placement = make.placement(database, work, world.other_participant, world.case_manager)
    for week in range(4):
        for day in range(4):
            make.hours(
                database, placement, day=make.MONDAY - timedelta(weeks=week, days=-day), start="08:00", stop="15:30", pause=0, certain_minutes=450
            )

    done = [at_night(database, keep_limits, make.MONDAY + timedelta(weeks=1)) for _ in range(2)]

    shortened = now_of(session, placement)
    assert shortened.ends_on == rules.limit_day(placement.starts_on, 3)
    assert done[0] >= 1
    assert len(told(session, "limit.sooner")) == 1
    rows = session.execute(select(HistoryRow.actor_role).where(col(HistoryRow.action) == "placement.shortened")).scalars().all()
    assert rows == ["clock"]


def test_a_limit_that_has_passed_ends_the_place_today_and_takes_no_day_away(world: make.World, database: Database, session: Session) -> None:
    work = make.work_request(database, world.establishment, world.supervisor, starts_on=make.TODAY - timedelta(days=120), weeks=26)
    placement = make.placement(database, work, world.other_participant, world.case_manager)
    terms = make.terms(database, world.municipality_id)
    with database.transaction() as db:
        mine = db.get(Placement, placement.id)
        assert mine is not None
        assert course.keep_the_limit(db, mine, terms, minutes_of_four_weeks=4 * 1700, now=make.NOW)

    assert now_of(session, placement).ends_on == make.TODAY


@pytest.mark.parametrize(("stop", "code"), [("06:00", 303), ("06:30", 422)])
def test_the_shift_under_way_at_the_end_counts_until_its_planned_end(
    world: make.World, as_person: Any, database: Database, stop: str, code: int
) -> None:
    last = make.TODAY - timedelta(days=1)
    night = [{"weekday": last.weekday(), "start": "22:00", "stop": "06:00", "break": 30}]
    work = make.work_request(database, world.establishment, world.supervisor, pattern=night, starts_on=last - timedelta(weeks=2, days=-1), weeks=2)
    placement = make.placement(database, work, world.other_participant, world.case_manager)
    assert placement.ends_on == last
    form = {"placement_id": str(placement.id), "worked_on": last.isoformat(), "start": "22:00", "stop": stop, "break_minutes": "30"}

    assert as_person(world.other_participant).post(f"/hours/{uuid.uuid4()}", form).status_code == code


def test_without_a_plan_that_far_the_last_day_ends_at_midnight(world: make.World, as_person: Any, database: Database) -> None:
    last = make.TODAY - timedelta(days=1)
    work = make.work_request(database, world.establishment, world.supervisor, starts_on=last - timedelta(weeks=2, days=-1), weeks=2)
    placement = make.placement(database, work, world.other_participant, world.case_manager)
    yusuf = as_person(world.other_participant)
    form = {"placement_id": str(placement.id), "worked_on": last.isoformat(), "start": "20:00", "break_minutes": "0"}

    assert [yusuf.post(f"/hours/{uuid.uuid4()}", {**form, "stop": stop}).status_code for stop in ("01:00", "00:00")] == [422, 303]


def test_the_day_ends_by_the_clock_in_amsterdam(world: make.World, database: Database, session: Session) -> None:
    from webapp.placements.actions import end_passed

    for summer in (date(2027, 7, 1), date(2027, 1, 15)):
        work = make.work_request(database, world.establishment, world.supervisor, starts_on=summer - timedelta(days=6), weeks=1)
        placement = make.placement(database, work, world.other_participant, world.case_manager)
        midnight = instant(summer + timedelta(days=1), make.time(0))
        for moment, status in ((midnight - timedelta(minutes=1), "running"), (midnight, "ended")):
            with database.transaction() as db:
                end_passed(db, world.municipality_id, now=moment)
            assert now_of(session, placement).status == status


def test_no_check_in_after_the_end(world: make.World, as_person: Any, marieke: Any, database: Database) -> None:
    work = make.work_request(database, world.establishment, world.supervisor, starts_on=make.TODAY - timedelta(weeks=2), weeks=2)
    placement = make.placement(database, work, world.other_participant, world.case_manager)

    answer = as_person(world.other_participant).post(f"/placements/{placement.id}/check-in")

    assert answer.status_code == 409


def test_until_the_first_day_a_recorded_start_can_be_called_off_and_not_after(
    world: make.World, as_person: Any, database: Database, session: Session
) -> None:
    work = make.work_request(database, world.establishment, world.supervisor, starts_on=make.TODAY + timedelta(days=3), weeks=2)
    soon = make.placement(database, work, world.other_participant, world.case_manager)
    marieke = as_person(world.case_manager)

    assert marieke.post(f"/placements/{soon.id}/preparation", {"call_off": "1"}).status_code == 303
    assert marieke.post(f"/placements/{world.placement.id}/preparation", {"call_off": "1"}).status_code == 409

    assert [now_of(session, one).status for one in (soon, world.placement)] == ["cancelled", "running"]
    assert len(told(session, "offer.off")) == 1
