"""The correction sheet: what a supervisor says it was, with a reason, and what then counts."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests import factories as make
from webapp.history.models import HistoryRow
from webapp.hours.confirming import day_meant, read_reason
from webapp.hours.models import HoursEntry
from webapp.notifications.models import Notification
from webapp.premium.actions import balance_cents

SHORTER = {
    "start": "08:30",
    "stop": "12:30",
    "break_minutes": "30",
    "reason": "stopped_earlier",
    "note": "Het was klaar.",
}
IN_OCTOBER = date(2025, 10, 26)  # at 03:00 the clock goes back to 02:00
IN_MARCH = date(2026, 3, 29)  # at 02:00 the clock goes forward to 03:00


@pytest.fixture
def supervisor(as_person: Any, world: make.World) -> Any:
    visitor = as_person(world.supervisor)
    visitor.post("/language", {"language": "en"})
    return visitor


def entry_now(session: Session, entry: HoursEntry) -> HoursEntry:
    session.expire_all()
    found = session.get(HoursEntry, entry.id)
    assert found is not None
    return found


def long_placement(world: make.World) -> Any:
    """A placement that ran through both clock changes."""
    request = make.work_request(
        world.database,
        world.establishment,
        world.supervisor,
        starts_on=IN_OCTOBER - timedelta(days=30),
        weeks=52,
    )
    return make.placement(world.database, request, world.other_participant, world.case_manager)


def test_the_sheet_starts_with_what_was_written_and_no_reason_chosen(world: make.World, supervisor: Any) -> None:
    entry = make.hours(world.database, world.placement)

    text = supervisor.get(f"/hours/{entry.id}/correction").text

    assert 'name="start" value="08:30"' in text and 'name="stop" value="13:00"' in text and 'name="break_minutes" value="30"' in text
    assert 'name="version" value="1"' in text
    assert " checked" not in text


def test_while_typing_the_sheet_says_what_it_comes_to(world: make.World, supervisor: Any) -> None:
    entry = make.hours(world.database, world.placement)

    part = supervisor.get(f"/hours/{entry.id}/correction?start=8.30&stop=1230&break_minutes=30", headers={"HX-Request": "true"}).text
    same = supervisor.get(f"/hours/{entry.id}/correction?start=830&stop=13:00&break_minutes=30", headers={"HX-Request": "true"}).text

    assert "<html" not in part
    assert '<data value="240" class="minutes">' in part and '<data value="210" class="minutes">' in part and "30 min less" in part
    assert "Send to <bdi>Selam</bdi>" in part and "Confirm" not in part
    assert "Confirm" in same and "Send to" not in same


def test_a_correction_makes_the_lower_version_certain_and_asks_the_participant(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)

    answer = supervisor.post(f"/hours/{entry.id}/correction", {**SHORTER, "version": "1"})

    assert answer.status_code == 303 and answer.location == "/employer/hours?sent=1"
    now = entry_now(session, entry)
    assert (now.status, now.minutes, now.corrected_minutes, now.certain_minutes) == (
        "corrected",
        240,
        210,
        210,
    )
    assert (now.correction_reason, now.correction_note, now.corrected_by) == (
        "stopped_earlier",
        "Het was klaar.",
        world.supervisor.account_id,
    )
    assert balance_cents(session, world.participant.account_id) == 700
    assert session.exec(select(Notification.key).where(Notification.account_id == world.participant.account_id)).all() == ["hours.changed"]


def test_a_correction_upwards_is_certain_at_once(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)

    supervisor.post(f"/hours/{entry.id}/correction", {**SHORTER, "stop": "14:00", "reason": "other"})

    assert entry_now(session, entry).certain_minutes == 300


def test_sending_the_same_correction_twice_changes_nothing(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)

    answers = [supervisor.post(f"/hours/{entry.id}/correction", {**SHORTER, "version": "1"}).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert len(session.exec(select(HistoryRow).where(HistoryRow.action == "hours.corrected")).all()) == 1


def test_not_worked_needs_no_times(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)

    supervisor.post(f"/hours/{entry.id}/correction", {"reason": "not_worked"})

    now = entry_now(session, entry)
    assert (now.status, now.corrected_minutes, now.certain_minutes, now.corrected_starts_at) == (
        "corrected",
        0,
        0,
        None,
    )


def test_the_same_times_are_a_confirmation_without_a_reason(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)

    answer = supervisor.post(
        f"/hours/{entry.id}/correction",
        {"start": "8:30", "stop": "13.00", "break_minutes": "30", "version": "1"},
    )

    assert answer.status_code == 303
    assert entry_now(session, entry).status == "confirmed"


def test_a_reason_in_plain_words_counts_as_other_with_these_words(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)

    supervisor.post(f"/hours/{entry.id}/correction", {**SHORTER, "reason": "Bus gemist", "note": ""})

    now = entry_now(session, entry)
    assert (now.correction_reason, now.correction_note) == ("other", "Bus gemist")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, ("", "")),
        ({"reason": "other", "note": " Regen "}, ("other", "Regen")),
        ({"reason": "Regen", "note": "de hele dag"}, ("other", "Regen de hele dag")),
        ({"reason": "x" * 900}, ("other", "x" * 500)),
    ],
)  # fmt: skip
def test_reasons_are_a_code_and_words(typed: dict[str, str], expected: tuple[str, str]) -> None:
    assert read_reason(typed) == expected


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"start": "25:00"}, "start"),
        ({"start": ""}, "start"),
        ({"stop": "tot de lunch"}, "stop"),
        ({"stop": "08:30"}, "stop"),
        ({"break_minutes": "veel"}, "break_minutes"),
        ({"break_minutes": "300"}, "break_minutes"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    world: make.World, supervisor: Any, session: Session, typed: dict[str, str], field: str
) -> None:
    entry = make.hours(world.database, world.placement)
    sent = {**SHORTER, **typed}

    answer = supervisor.post(f"/hours/{entry.id}/correction", sent)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text and f"{field}-error" in answer.text.split("aria-describedby", 1)[1]
    assert 'value="Het was klaar."' in answer.text and f'name="stop" value="{sent["stop"]}"' in answer.text
    assert entry_now(session, entry).status == "sent"


def test_a_stale_sheet_is_refused_with_both_versions_and_keeps_what_was_typed(
    world: make.World, supervisor: Any, as_person: Any, session: Session
) -> None:
    key = uuid.uuid4()
    participant = as_person(world.participant)
    shift = {
        "placement_id": str(world.placement.id),
        "worked_on": make.MONDAY.isoformat(),
        "start": "08:30",
        "break_minutes": "30",
    }
    participant.post(f"/hours/{key}", {**shift, "stop": "13:00", "version": "0"})
    participant.post(f"/hours/{key}", {**shift, "stop": "14:00", "version": "1"})

    answer = supervisor.post(f"/hours/{key}/correction", {**SHORTER, "version": "1"})

    assert answer.status_code == 409
    assert "08:30 – 14:00" in answer.text and "08:30 – 12:30" in answer.text
    assert 'name="stop" value="12:30"' in answer.text and 'name="version" value="2"' in answer.text
    assert supervisor.post(f"/hours/{key}/correction", {**SHORTER, "version": "2"}).status_code == 303


def test_a_correction_over_other_hours_is_refused_at_the_start(world: make.World, supervisor: Any) -> None:
    make.hours(world.database, world.placement, start="14:00", stop="16:00", pause=0)
    entry = make.hours(world.database, world.placement)

    answer = supervisor.post(f"/hours/{entry.id}/correction", {**SHORTER, "stop": "15:00"})

    assert answer.status_code == 422 and 'id="start-error"' in answer.text


def test_a_time_that_came_twice_is_asked_and_then_counted(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(
        world.database,
        long_placement(world),
        day=IN_OCTOBER - timedelta(days=1),
        start="22:00",
        stop="06:00",
        pause=0,
    )
    sent = {"start": "22:00", "stop": "02:30", "break_minutes": "0", "reason": "stopped_earlier"}

    asked = supervisor.post(f"/hours/{entry.id}/correction", sent)
    assert asked.status_code == 422 and 'name="stop_fold"' in asked.text and 'id="stop-error"' in asked.text

    assert supervisor.post(f"/hours/{entry.id}/correction", {**sent, "stop_fold": "1"}).status_code == 303
    assert entry_now(session, entry).corrected_minutes == 5 * 60 + 30  # the second 02:30: one hour more than the clock shows


def test_a_time_that_never_was_is_refused_in_words(world: make.World, supervisor: Any) -> None:
    entry = make.hours(
        world.database,
        long_placement(world),
        day=IN_MARCH - timedelta(days=1),
        start="22:00",
        stop="06:00",
        pause=0,
    )

    answer = supervisor.post(
        f"/hours/{entry.id}/correction",
        {"start": "22:00", "stop": "02:30", "break_minutes": "0", "reason": "stopped_earlier"},
    )

    assert answer.status_code == 422 and "did not exist" in answer.text


def test_a_night_shift_that_began_after_midnight_stays_in_its_night(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement, start="22:00", stop="06:00", pause=0)

    assert day_meant(entry, "00:30") == make.MONDAY + timedelta(days=1)
    assert day_meant(entry, "21:30") == day_meant(entry, "junk") == make.MONDAY
    supervisor.post(
        f"/hours/{entry.id}/correction",
        {"start": "00:30", "stop": "06:00", "break_minutes": "0", "reason": "started_later"},
    )
    assert entry_now(session, entry).corrected_minutes == 330


def test_decided_hours_are_not_corrected_any_more(world: make.World, supervisor: Any) -> None:
    entry = make.hours(world.database, world.placement)
    with Session(world.database.engine) as db:
        own = db.get(HoursEntry, entry.id)
        assert own is not None
        own.status, own.ruled_minutes, own.ruling_reason, own.certain_minutes = "ruled", 240, "Gezien.", 240
        db.add(own)
        db.commit()

    assert supervisor.get(f"/hours/{entry.id}/correction").location == f"/hours/{entry.id}"
    assert supervisor.post(f"/hours/{entry.id}/correction", SHORTER).status_code == 409


def test_a_confirmed_entry_can_still_be_corrected_and_what_was_certain_stays(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)
    supervisor.post(f"/hours/{entry.id}/confirmation")

    supervisor.post(f"/hours/{entry.id}/correction", SHORTER)

    now = entry_now(session, entry)
    assert (now.status, now.corrected_minutes, now.certain_minutes) == ("corrected", 210, 240)


@pytest.mark.parametrize("status", ["sent", "confirmed", "corrected", "disputed", "ruled"])
def test_the_page_of_one_entry_shows_both_versions_and_no_money(world: make.World, supervisor: Any, status: str) -> None:
    entry = make.hours(world.database, world.placement)
    with Session(world.database.engine) as db:
        own = db.get(HoursEntry, entry.id)
        assert own is not None
        own.status = status
        if status == "confirmed":
            own.confirmed_by, own.confirmed_at = world.supervisor.account_id, make.NOW
        if status in ("corrected", "disputed", "ruled"):
            own.corrected_minutes, own.correction_reason, own.correction_note = (
                0,
                "not_worked",
                "Niemand gezien",
            )
            own.corrected_by, own.corrected_at = world.supervisor.account_id, make.NOW
        if status in ("disputed", "ruled"):
            own.responded_at, own.dispute_reason = make.NOW, "Ik was er wel"
        if status == "ruled":
            own.ruled_minutes, own.ruling_reason, own.ruled_by, own.ruled_at = (
                120,
                "Halve dag gezien",
                world.case_manager.account_id,
                make.NOW,
            )
        db.add(own)
        db.commit()

    text = supervisor.get(f"/hours/{entry.id}").text

    assert f'<article id="entry-{entry.id}" data-status="{status}"' in text
    assert '<data value="240" class="minutes">' in text and "€" not in text.split("<main", 1)[1]
    assert ("Ik was er wel" in text and "Marieke" in text) == (status == "disputed")
    assert ("Halve dag gezien" in text) == (status == "ruled")
