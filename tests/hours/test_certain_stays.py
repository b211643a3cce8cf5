"""What is certain of somebody's premium never goes down because a supervisor changed their mind."""

import pytest

from tests import factories as make
from webapp.hours.models import HoursEntry
from webapp.premium.actions import balance_cents

SHORTER = {"start": "08:30", "stop": "12:30", "break_minutes": "30", "reason": "stopped_earlier", "note": ""}
LONGER = {**SHORTER, "stop": "14:00", "reason": "other"}


@pytest.fixture
def shift(world):
    return make.hours(world.database, world.placement)  # four hours at two euros


def so_now(session, shift):
    session.rollback()
    entry = session.get(HoursEntry, shift.id)
    session.refresh(entry)
    return entry.status, entry.certain_minutes, balance_cents(session, entry.participant_id)


def test_a_correction_upwards_cannot_be_confirmed_away(world, as_person, session, shift):
    supervisor = as_person(world.supervisor)
    supervisor.post(f"/hours/{shift.id}/correction", LONGER)

    answer = supervisor.post(f"/hours/{shift.id}/confirmation")

    assert answer.status_code == 409
    assert so_now(session, shift) == ("corrected", 300, 1000)


def test_a_correction_the_supervisor_gave_up_does_not_come_back(world, as_person, session, shift):
    supervisor, participant = as_person(world.supervisor), as_person(world.participant)
    supervisor.post(f"/hours/{shift.id}/correction", SHORTER)
    supervisor.post(f"/hours/{shift.id}/confirmation")
    participant.post(f"/hours/{shift.id}/response", {"response": "dispute", "reason": "Toch niet goed."})

    participant.post(f"/hours/{shift.id}/response", {"response": "agree"})

    assert so_now(session, shift) == ("confirmed", 240, 800)


def test_undo_never_takes_back_what_a_correction_had_made_certain(world, as_person, session, shift):
    supervisor = as_person(world.supervisor)
    supervisor.post(f"/hours/{shift.id}/correction", SHORTER)
    supervisor.post(f"/hours/{shift.id}/confirmation")

    supervisor.post(f"/hours/{shift.id}/confirmation/undo")

    assert so_now(session, shift) == ("confirmed", 240, 800)


def test_undo_never_takes_back_what_the_participant_just_agreed_to(world, as_person, session, shift):
    supervisor, participant = as_person(world.supervisor), as_person(world.participant)
    supervisor.post(f"/hours/{shift.id}/confirmation")
    supervisor.post(f"/hours/{shift.id}/correction", SHORTER)
    participant.post(f"/hours/{shift.id}/response", {"response": "agree"})

    supervisor.post(f"/hours/{shift.id}/confirmation/undo")

    assert so_now(session, shift) == ("confirmed", 210, 700)
