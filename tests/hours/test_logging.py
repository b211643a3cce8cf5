"""Writing hours down on the phone: once per tap, at the right place and day, with every refusal in words."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlmodel import Session, SQLModel, col

from tests import factories as make
from tests.caseload.pages import words
from webapp.foundation.database import Database
from webapp.history.models import HistoryRow
from webapp.hours.models import CheckIn, HoursEntry
from webapp.notifications.models import Notification
from webapp.people.employers import Establishment
from webapp.placements.models import Placement, PlannedShift

OCTOBER = date(2025, 10, 25)  # a Saturday; the night after it has 02:30 twice
MARCH = date(2025, 3, 29)  # a Saturday; the night after it has no 02:30
TUESDAY = make.MONDAY + timedelta(days=1)


@pytest.fixture
def selam(world: make.World, as_person: Any) -> Any:
    visitor = as_person(world.participant)
    visitor.post("/language", {"language": "en"})
    return visitor


@pytest.fixture
def old(world: make.World) -> Placement:
    """Work that began long ago and covers both clock changes."""
    request = make.work_request(world.database, world.establishment, world.supervisor, starts_on=date(2025, 1, 6), weeks=60)
    return make.placement(world.database, request, world.participant, world.case_manager)


def form(of: Placement, **more: str) -> dict[str, str]:
    return {
        "placement_id": str(of.id),
        "worked_on": make.MONDAY.isoformat(),
        "start": "08:30",
        "stop": "13:00",
        "break_minutes": "30",
        "version": "0",
        **more,
    }


def send(visitor: Any, values: dict[str, str], entry_id: uuid.UUID | None = None) -> tuple[uuid.UUID, Any]:
    entry_id = entry_id or uuid.uuid4()
    return entry_id, visitor.post(f"/hours/{entry_id}", values)


def entry_of(session: Session, entry_id: uuid.UUID) -> HoursEntry:
    session.rollback()
    found = session.get(HoursEntry, entry_id)
    assert found is not None
    return found


def count(session: Session, table: type[SQLModel], *where: Any) -> int:
    session.rollback()
    return int(session.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def named(answer: Any, field: str) -> bool:
    """Whether the field with this name says through aria-describedby where its error stands, and the error is there."""
    tag = re.search(rf'<(?:input|select|textarea)[^>]*\bname="{field}"[^>]*>', answer.text)
    return tag is not None and f'aria-describedby="{field}-error' in tag[0] and f'id="{field}-error"' in answer.text


# sent once ----------------------------------------------------------------------------------------


def test_a_shift_is_sent_with_its_paid_minutes_and_its_plan(world: make.World, selam: Any, session: Session) -> None:
    entry_id, answer = send(selam, form(world.placement, start="830", stop="13.30"))

    entry = entry_of(session, entry_id)
    assert (answer.status_code, answer.location) == (303, f"/hours?week={make.MONDAY}&sent=1#entry-{entry_id}")
    assert (entry.status, entry.minutes, entry.certain_minutes, entry.version, entry.week_of) == ("sent", 270, 0, 1, make.MONDAY)
    assert (entry.deviation_minutes, entry.as_planned) == (30, False)
    assert session.get(PlannedShift, entry.planned_shift_id).day == make.MONDAY
    assert f'id="entry-{entry_id}" data-status="sent"' in selam.get(answer.location).text


def test_hours_as_planned_are_known_as_planned(world: make.World, selam: Any, session: Session) -> None:
    entry_id, _ = send(selam, form(world.placement))

    assert (entry_of(session, entry_id).as_planned, entry_of(session, entry_id).deviation_minutes) == (True, 0)


def test_sending_the_same_again_answers_the_same_and_changes_nothing(world: make.World, selam: Any, session: Session) -> None:
    entry_id, first = send(selam, form(world.placement))

    again = [send(selam, form(world.placement), entry_id)[1] for _ in range(3)]

    assert {(answer.status_code, answer.location) for answer in again} == {(303, first.location)}
    assert entry_of(session, entry_id).version == 1
    assert (count(session, HoursEntry), count(session, HistoryRow), count(session, Notification, col(Notification.key) == "confirm.ask")) == (1, 1, 1)


def test_hours_nobody_confirmed_are_written_differently_with_the_version_they_were_made_from(world: make.World, selam: Any, session: Session) -> None:
    entry_id, _ = send(selam, form(world.placement))

    _, answer = send(selam, form(world.placement, stop="12:00", version="1"), entry_id)

    entry = entry_of(session, entry_id)
    assert (answer.status_code, entry.minutes, entry.version, entry.deviation_minutes) == (303, 180, 2, -60)


@pytest.mark.parametrize("version", ["0", "2", "-1", "junk", ""])
def test_a_stale_form_is_told_both_versions_and_changes_nothing(world: make.World, selam: Any, session: Session, version: str) -> None:
    entry_id, _ = send(selam, form(world.placement))

    _, answer = send(selam, form(world.placement, stop="12:00", version=version), entry_id)

    assert answer.status_code == 409
    assert '<data value="240" class="minutes">' in answer.text  # what it is now
    assert '<data value="180" class="minutes">' in answer.text  # what was sent
    assert f'id="entry-{entry_id}" data-status="sent"' in answer.text
    assert entry_of(session, entry_id).minutes == 240


def test_confirmed_hours_are_not_written_over(world: make.World, selam: Any, as_person: Any, session: Session) -> None:
    entry_id, _ = send(selam, form(world.placement))
    as_person(world.supervisor).post(f"/hours/{entry_id}/confirmation")

    _, answer = send(selam, form(world.placement, stop="12:00", version="2"), entry_id)

    assert answer.status_code == 409
    assert (entry_of(session, entry_id).minutes, entry_of(session, entry_id).status) == (240, "confirmed")
    assert send(selam, form(world.placement), entry_id)[1].status_code == 303  # the first sending, come late from a phone that was offline


# not theirs -----------------------------------------------------------------------------------------


def test_the_hours_of_somebody_else_are_not_found(world: make.World, as_person: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)
    request = make.work_request(world.database, world.establishment, world.supervisor)
    own = make.placement(world.database, request, world.other_participant, world.case_manager)
    yusuf = as_person(world.other_participant)

    assert yusuf.get(f"/hours/{entry.id}").status_code == 404
    assert send(yusuf, form(own, stop="12:00", version="1"), entry.id)[1].status_code == 404
    assert yusuf.post(f"/hours/{entry.id}/withdrawal").status_code == 404
    assert entry_of(session, entry.id).minutes == 240


def test_the_work_of_somebody_else_is_not_found(world: make.World, as_person: Any, session: Session) -> None:
    for somebody in (world.other_participant, world.stranger):
        visitor = as_person(somebody)
        assert send(visitor, form(world.placement))[1].status_code == 404
        assert visitor.post(f"/placements/{world.placement.id}/check-in").status_code == 404
    assert count(session, HoursEntry) == 0


@pytest.mark.parametrize("role", ["supervisor", "case_manager"])
def test_nobody_writes_hours_for_somebody_else(world: make.World, as_person: Any, role: str) -> None:
    assert send(as_person(getattr(world, role)), form(world.placement))[1].status_code == 403


# refused in words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start", ""), ("start", "later"), ("start", "25:00"), ("start", "8.5"), ("start", "\x00"), ("start", "9" * 5000), ("stop", ""), ("stop", "13:60"), ("stop", "08:30"),
        ("stop", "2:00"), ("break_minutes", "half"), ("break_minutes", "-5"), ("break_minutes", "400"), ("break_minutes", "270"),
        ("worked_on", ""), ("worked_on", "yesterday"), ("worked_on", "2026-02-30"), ("worked_on", "0001-01-01"), ("worked_on", "9999-12-31"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_at_its_field_and_keeps_what_was_typed(
    world: make.World, selam: Any, session: Session, field: str, value: str
) -> None:
    entry_id, answer = send(selam, form(world.placement, **{field: value}))

    assert answer.status_code == 422
    assert named(answer, field)
    assert f'action="/hours/{entry_id}"' in answer.text
    kept = "stop" if field != "stop" else "start"
    assert f'value="{form(world.placement)[kept]}"' in answer.text
    assert count(session, HoursEntry) == 0


@pytest.mark.parametrize(("placement_id", "code"), [("", 303), ("junk", 422), ("\x01", 422), ("\x00", 303), (str(uuid.UUID(int=9)), 404)])
def test_work_that_is_not_named_is_the_only_one_and_a_wrong_name_is_refused(
    world: make.World, selam: Any, session: Session, placement_id: str, code: int
) -> None:
    answer = send(selam, form(world.placement, placement_id=placement_id))[1]

    assert answer.status_code == code
    assert ("Choose the place where you worked." in answer.text) == (code == 422)
    assert count(session, HoursEntry) == (1 if code == 303 else 0)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (make.MONDAY - timedelta(weeks=5, days=1), "before your first working day"),
        (make.TODAY + timedelta(days=1), "This day has not come yet"),
        (make.TODAY + timedelta(weeks=6), "after your last working day"),
    ],
)
def test_hours_outside_the_placement_are_refused_with_the_reason(world: make.World, selam: Any, session: Session, day: date, told: str) -> None:
    _, answer = send(selam, form(world.placement, worked_on=day.isoformat()))

    assert answer.status_code == 422
    assert named(answer, "worked_on")
    assert told in words(answer)
    assert count(session, HoursEntry) == 0


def test_the_first_day_and_today_count(world: make.World, selam: Any) -> None:
    days = (world.placement.starts_on, make.TODAY)

    assert [
        send(selam, form(world.placement, worked_on=day.isoformat(), start="00:00", stop="00:30", break_minutes=""))[1].status_code for day in days
    ] == [303, 303]


# overlap ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "stop", "code"),
    [
        ("13:00", "15:00", 303), ("06:00", "08:30", 303),  # touching is not overlapping
        ("12:59", "15:00", 422), ("06:00", "08:31", 422), ("09:00", "12:00", 422), ("07:00", "14:00", 422), ("08:30", "13:00", 422),
    ],
)  # fmt: skip
def test_hours_at_the_same_time_are_refused_touching_ones_are_not(
    world: make.World, selam: Any, session: Session, start: str, stop: str, code: int
) -> None:
    first, _ = send(selam, form(world.placement))

    _, answer = send(selam, form(world.placement, start=start, stop=stop, break_minutes="0"))

    assert answer.status_code == code
    assert count(session, HoursEntry) == (2 if code == 303 else 1)
    if code == 422:
        assert named(answer, "start")
        assert f'href="/hours/{first}"' in answer.text


def test_a_night_reaches_into_the_next_morning(world: make.World, selam: Any, session: Session) -> None:
    night, _ = send(selam, form(world.placement, start="22:00", stop="06:00"))

    early = send(selam, form(world.placement, worked_on=TUESDAY.isoformat(), start="05:59", stop="09:00"))[1]
    at_six = send(selam, form(world.placement, worked_on=TUESDAY.isoformat(), start="06:00", stop="09:00"))[1]

    assert (early.status_code, at_six.status_code) == (422, 303)
    assert (entry_of(session, night).minutes, entry_of(session, night).worked_on) == (450, make.MONDAY)


def test_overlap_counts_over_all_work_of_one_person(world: make.World, selam: Any, old: Placement) -> None:
    send(selam, form(world.placement))
    day = make.MONDAY
    with world.database.engine.begin() as db:
        db.execute(
            text("UPDATE placement SET ends_on = :day WHERE id = :id").bindparams(day=day, id=old.id.hex if db.dialect.name == "sqlite" else old.id)
        )

    assert send(selam, form(old))[1].status_code == 422


def test_hours_taken_back_are_out_of_the_way(world: make.World, selam: Any) -> None:
    entry_id, _ = send(selam, form(world.placement))
    selam.post(f"/hours/{entry_id}/withdrawal")

    assert send(selam, form(world.placement))[1].status_code == 303


def test_two_shifts_on_one_day_each_find_their_own_plan(world: make.World, as_person: Any, session: Session) -> None:
    pattern = [{"weekday": 0, "start": "08:30", "stop": "12:00"}, {"weekday": 0, "start": "13:00", "stop": "15:00"}]
    request = make.work_request(world.database, world.establishment, world.supervisor, pattern=pattern)
    twice = make.placement(world.database, request, world.other_participant, world.case_manager)
    yusuf = as_person(world.other_participant)

    afternoon, _ = send(yusuf, form(twice, start="13:00", stop="15:00", break_minutes="0"))
    morning, _ = send(yusuf, form(twice, start="08:30", stop="12:00", break_minutes="0"))

    assert entry_of(session, afternoon).as_planned
    assert entry_of(session, morning).as_planned
    assert entry_of(session, afternoon).planned_shift_id != entry_of(session, morning).planned_shift_id


# clock changes --------------------------------------------------------------------------------------


def test_in_october_half_past_two_is_asked_about_and_then_counted(old: Placement, selam: Any, session: Session) -> None:
    values = form(old, worked_on=OCTOBER.isoformat(), start="22:00", stop="02:30")

    entry_id, asked = send(selam, values)
    assert asked.status_code == 422
    assert named(asked, "stop")
    assert "came twice" in words(asked)
    assert [f'name="stop_fold" value="{fold}"' in asked.text for fold in "01"] == [True, True]
    assert count(session, HoursEntry) == 0

    first = send(selam, {**values, "stop_fold": "0"}, entry_id)[1]
    assert (first.status_code, entry_of(session, entry_id).minutes) == (303, 240)
    second = send(selam, {**values, "stop_fold": "1", "version": "1"}, entry_id)[1]
    assert (second.status_code, entry_of(session, entry_id).minutes) == (303, 300)


def test_a_night_over_the_october_change_is_an_hour_longer(old: Placement, selam: Any, session: Session) -> None:
    entry_id, _ = send(selam, form(old, worked_on=OCTOBER.isoformat(), start="22:00", stop="06:00"))

    assert entry_of(session, entry_id).minutes == 510
    assert "The clock went back one hour. That hour counts." in words(selam.get(f"/hours/{entry_id}"))


def test_a_time_that_did_not_exist_in_march_is_refused_in_words(old: Placement, selam: Any, session: Session) -> None:
    _, answer = send(selam, form(old, worked_on=MARCH.isoformat(), start="22:00", stop="02:30"))

    assert answer.status_code == 422
    assert named(answer, "stop")
    assert "did not exist" in words(answer)
    assert count(session, HoursEntry) == 0


def test_a_night_over_the_march_change_is_an_hour_shorter(old: Placement, selam: Any, session: Session) -> None:
    entry_id, _ = send(selam, form(old, worked_on=MARCH.isoformat(), start="22:00", stop="06:00"))

    assert entry_of(session, entry_id).minutes == 390


# asking ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "stop", "question"), [("22:00", "06:00", "Is that right?"), ("07:00", "18:00", "This is long. Is it right?")])
def test_a_night_or_a_long_shift_is_asked_about_before_it_is_saved(
    world: make.World, selam: Any, session: Session, start: str, stop: str, question: str
) -> None:
    entry_id, asked = send(selam, form(world.placement, start=start, stop=stop, ask="1"))
    assert asked.status_code == 200
    assert question in words(asked)
    assert 'name="ask" value="0"' in asked.text
    assert count(session, HoursEntry) == 0

    _, said_yes = send(selam, form(world.placement, start=start, stop=stop, ask="0"), entry_id)
    assert said_yes.status_code == 303
    assert count(session, HoursEntry) == 1


def test_without_being_asked_to_ask_it_saves_at_once(world: make.World, selam: Any) -> None:
    assert send(selam, form(world.placement, start="22:00", stop="06:00"))[1].status_code == 303
    assert send(selam, form(world.placement, worked_on=TUESDAY.isoformat(), ask="1"))[1].status_code == 303  # nothing to ask about


# check in, check out, take back ---------------------------------------------------------------------


def test_starting_and_stopping_twice_is_once_and_fills_the_form(world: make.World, selam: Any, session: Session) -> None:
    address, entry_id = f"/placements/{world.placement.id}", str(uuid.uuid4())

    assert [selam.post(f"{address}/check-in", {"entry_id": entry_id}).location for _ in range(2)] == ["/today", "/today"]
    assert "Working since" in words(selam.get("/today"))
    assert [selam.post(f"{address}/check-out").location for _ in range(2)] == ["/hours", "/hours"]

    (begun,) = session.execute(select(CheckIn)).scalars().all()
    assert begun.stopped_at is not None
    assert str(begun.entry_id) == entry_id
    assert [row.action for row in session.execute(select(HistoryRow)).scalars()] == ["hours.begun", "hours.stopped"]
    assert f'action="/hours/{entry_id}"' in selam.get("/hours").text
    assert count(session, HoursEntry) == 0  # nothing is sent by itself


def test_checking_in_where_the_work_is_over_is_refused(world: make.World, selam: Any, database: Database) -> None:
    with database.engine.begin() as db:
        db.execute(text("UPDATE placement SET ends_on = :day").bindparams(day=make.TODAY - timedelta(days=1)))

    assert selam.post(f"/placements/{world.placement.id}/check-in").status_code == 409


def test_hours_nobody_confirmed_can_be_taken_back_and_sent_again(world: make.World, selam: Any, session: Session) -> None:
    entry_id, _ = send(selam, form(world.placement))

    codes = [selam.post(f"/hours/{entry_id}/withdrawal").status_code for _ in range(2)]

    assert codes == [303, 303]
    assert (entry_of(session, entry_id).status, entry_of(session, entry_id).version) == ("withdrawn", 2)
    assert count(session, HistoryRow, col(HistoryRow.action) == "hours.withdrawn") == 1
    assert f'action="/hours/{entry_id}"' not in selam.get("/hours").text


def test_confirmed_hours_cannot_be_taken_back(world: make.World, selam: Any, as_person: Any, session: Session) -> None:
    entry_id, _ = send(selam, form(world.placement))
    as_person(world.supervisor).post(f"/hours/{entry_id}/confirmation")

    assert selam.post(f"/hours/{entry_id}/withdrawal").status_code == 409
    assert entry_of(session, entry_id).status == "confirmed"


def test_the_message_to_a_supervisor_is_one_a_day_however_many_shifts(world: make.World, selam: Any, session: Session) -> None:
    for number in range(3):
        send(selam, form(world.placement, worked_on=(make.MONDAY + timedelta(days=number)).isoformat()))

    (told,) = session.execute(select(Notification).where(col(Notification.key) == "confirm.ask")).scalars().all()
    assert (told.account_id, told.path) == (world.supervisor.account_id, "/employer/hours")


def test_an_id_that_is_taken_in_another_municipality_is_nobodys_business(world: make.World, as_person: Any, session: Session) -> None:
    taken = make.hours(world.database, world.placement, day=TUESDAY)
    request = make.work_request(world.database, session.get_one(Establishment, world.strange_supervisor.establishment_id), world.strange_supervisor)
    far = make.placement(world.database, request, world.stranger, world.strange_case_manager)

    assert as_person(world.stranger).post(f"/hours/{taken.id}", form(far)).status_code == 404

    assert session.execute(select(HoursEntry.participant_id)).scalars().all() == [world.participant.account_id]
