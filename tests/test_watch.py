"""What the clock asks for: whoever is late is asked, then the case manager; nothing is ever decided by silence."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import Session, col

from tests import factories as make
from webapp.foundation.clock import add_working_days, instant
from webapp.foundation.settings import Settings
from webapp.hours.models import CheckIn, HoursEntry
from webapp.notifications.models import Notification
from webapp.people.models import Absence
from webapp.placements.models import PlannedShift
from webapp.watch import CLOCKWORK

SENT_ON = make.MONDAY
REMIND_ON, LAST_DAY = add_working_days(SENT_ON, 3), add_working_days(SENT_ON, 7)
SHORTER = {"start": "08:30", "stop": "12:00", "break_minutes": "0", "reason": "stopped_earlier"}


@pytest.fixture
def clock(world: make.World, database_url: str, tmp_path: Path) -> Any:
    """Lets a task of the clockwork run at a moment. Gives how much it did."""
    settings, tasks = Settings(database_url=database_url, data_dir=tmp_path, testing=True, demo=True), {task.name: task for task in CLOCKWORK}
    return lambda name, at: tasks[name].run(world.database, settings, at)


def at(day: date, hour: int = 9) -> datetime:
    return instant(day, time(hour))


def told(session: Session, *keys: str) -> list[tuple[str, Any]]:
    session.rollback()
    rows = session.execute(
        select(Notification.key, Notification.account_id).where(col(Notification.key).in_(keys)).order_by(col(Notification.created_at))
    )
    return [(key, who) for key, who in rows]


LATE = ("confirm.late", "confirm.escalated", "correction.waiting", "correction.unanswered", "hours.forgot")


def test_a_supervisor_who_is_late_is_asked_once_a_day_then_the_case_manager(world: make.World, clock: Any, session: Session) -> None:
    for day in (SENT_ON, SENT_ON + timedelta(days=1)):  # two shifts, one reminder
        make.hours(world.database, world.placement, day=day)
    jan, marieke = world.supervisor.account_id, world.case_manager.account_id

    clock("remind", at(REMIND_ON - timedelta(days=1)))
    assert told(session, *LATE) == []
    for hour in (8, 16, 20):
        clock("remind", at(REMIND_ON, hour))
    assert told(session, *LATE) == [("confirm.late", jan)]
    clock("remind", at(LAST_DAY))
    assert told(session, *LATE) == [("confirm.late", jan)] * 2
    for hour in (8, 16):
        clock("remind", at(LAST_DAY + timedelta(days=1), hour))
    assert told(session, "confirm.escalated") == [("confirm.escalated", marieke)]


def test_silence_confirms_nothing_however_long_it_lasts(world: make.World, clock: Any, session: Session) -> None:
    make.hours(world.database, world.placement)

    for days in range(0, 120, 6):
        for task in CLOCKWORK:
            clock(task.name, at(SENT_ON + timedelta(days=days), 12))

    assert session.execute(select(HoursEntry.status, HoursEntry.certain_minutes)).all() == [("sent", 0)]
    assert session.execute(text("SELECT COUNT(*) FROM ledger_line")).scalar_one() == 0


def test_whoever_stands_in_gets_the_reminder(world: make.World, clock: Any, session: Session) -> None:
    make.hours(world.database, world.placement)
    make.save(world.database, Absence(
        municipality_id=world.municipality_id, account_id=world.supervisor.account_id, stand_in_id=world.other_supervisor.account_id, first_day=REMIND_ON, last_day=REMIND_ON,
    ))  # fmt: skip

    clock("remind", at(REMIND_ON))

    assert told(session, *LATE) == [("confirm.late", world.other_supervisor.account_id)]


def test_confirmed_in_time_reminds_nobody(world: make.World, clock: Any, as_person: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)
    as_person(world.supervisor).post(f"/hours/{entry.id}/confirmation")

    clock("remind", at(LAST_DAY + timedelta(days=9)))

    assert told(session, *LATE) == []


def test_a_correction_nobody_answers_reminds_the_participant_and_then_asks_the_case_manager(
    world: make.World, clock: Any, as_person: Any, session: Session
) -> None:
    entry = make.hours(world.database, world.placement)
    as_person(world.supervisor).post(f"/hours/{entry.id}/correction", SHORTER)
    selam, marieke = world.participant.account_id, world.case_manager.account_id

    clock("remind", at(make.TODAY + timedelta(days=2)))
    assert told(session, *LATE) == []
    for day in (3, 5, 7):
        clock("remind", at(make.TODAY + timedelta(days=day)))
    assert told(session, *LATE) == [("correction.waiting", selam)]
    for day in (8, 9):
        clock("remind", at(make.TODAY + timedelta(days=day)))
    assert told(session, *LATE) == [("correction.waiting", selam), ("correction.unanswered", marieke)]
    assert session.execute(select(HoursEntry.status)).scalars().all() == ["corrected"]


def test_a_correction_upwards_asks_nobody(world: make.World, clock: Any, as_person: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)
    as_person(world.supervisor).post(f"/hours/{entry.id}/correction", {**SHORTER, "stop": "15:00", "reason": "other", "note": "Langer."})

    clock("remind", at(make.TODAY + timedelta(days=20)))

    assert told(session, *LATE) == []


def test_who_forgot_to_check_out_is_told_once_and_nothing_is_stopped(world: make.World, clock: Any, session: Session) -> None:
    plan = session.execute(select(PlannedShift).where(col(PlannedShift.day) == SENT_ON)).scalar_one()
    make.save(world.database, CheckIn(
        municipality_id=world.municipality_id, placement_id=world.placement.id, participant_id=world.participant.account_id, planned_shift_id=plan.id,
        entry_id=make.uuid.uuid4(), started_at=plan.starts_at,
    ))  # fmt: skip

    clock("remind", plan.stops_at + timedelta(hours=4))
    assert told(session, *LATE) == []
    for hours in (5, 9):
        clock("remind", plan.stops_at + timedelta(hours=hours))

    assert told(session, *LATE) == [("hours.forgot", world.participant.account_id)]
    assert session.execute(select(CheckIn.stopped_at)).scalars().all() == [None]


def test_the_clock_closes_ends_and_forgets_in_every_municipality_once(world: make.World, clock: Any, session: Session) -> None:
    work = make.work_request(world.database, world.establishment, world.supervisor, function="Keukenhulp")
    offer = make.offer(world.database, work, world.other_participant, world.case_manager)
    ended = world.placement.ends_on + timedelta(days=1)

    assert [clock("close offers", offer.closes_at) for _ in range(2)] == [1, 0]
    assert [clock("end placements", at(ended)) for _ in range(2)] == [1, 0]
    assert [clock("forget closed offers", offer.closes_at + timedelta(days=31)) for _ in range(2)] == [1, 0]


def test_a_fault_in_one_municipality_keeps_no_other_waiting(world: make.World, clock: Any, session: Session) -> None:
    make.hours(world.database, world.placement)
    with world.database.transaction() as db:  # the other one, named first, has broken terms
        db.execute(
            text(
                "INSERT INTO term (id, municipality_id, key, position, value, valid_from, when_told, source, reason, recorded_at) SELECT :id, :m, key, position, '{\"junk\": 1}', valid_from, when_told, source, reason, recorded_at FROM term WHERE key = 'silence'"
            ),
            {"id": make.uuid.uuid4().hex if db.get_bind().dialect.name == "sqlite" else make.uuid.uuid4(), "m": world.stranger.municipality_id},
        )
        db.execute(text("UPDATE municipality SET terms_token = 'fresh'"))

    clock("remind", at(REMIND_ON))

    assert told(session, *LATE) == [("confirm.late", world.supervisor.account_id)]
