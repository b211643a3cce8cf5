"""The calendar at a secret address: only times and the place, and gone when its owner says so."""

from __future__ import annotations

import re
from typing import Any

from icalendar import Calendar
from sqlalchemy import select
from sqlmodel import Session, col

from tests import factories as make
from webapp.placements.models import PlannedShift
from webapp.placements.records import CalendarFeed


def made(visitor: Any) -> str:
    """The path of the address on the page."""
    assert visitor.post("/me/calendar").status_code == 303
    return re.search(r'value="[^"]*(/calendar/[\w-]+\.ics)"', visitor.get("/me/calendar").text)[1]  # type: ignore[index]


def test_a_phone_that_is_not_signed_in_reads_times_and_the_place_and_nothing_else(world: make.World, as_person: Any, visitor: Any) -> None:
    answer = visitor.get(made(as_person(world.participant)))

    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert len(events) == 60
    assert {str(event["summary"]) for event in events} == {"Kwekerij De Morgen"}
    assert {key for event in events for key in event} == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"}
    assert not re.search(r"uitkering|benefit|premie|Selam|Tesfay|Planten", answer.text)


def test_the_address_cannot_be_guessed_and_is_not_in_the_database(world: make.World, as_person: Any, visitor: Any, session: Session) -> None:
    path = made(as_person(world.participant))
    token = path.rsplit("/", 1)[1].removesuffix(".ics")

    assert len(token) == 43
    kept = session.execute(select(CalendarFeed)).scalars().one()
    assert token not in str(kept.model_dump())
    assert [
        visitor.get(wrong).status_code
        for wrong in ("/calendar/x.ics", f"/calendar/{kept.id}.ics", f"/calendar/{kept.digest}.ics", path[:-5] + ".ics")
    ] == [404] * 4


def test_asking_again_gives_the_same_address(world: make.World, as_person: Any) -> None:
    selam = as_person(world.participant)
    assert made(selam) == made(selam)


def test_a_renewed_address_ends_the_old_one(world: make.World, as_person: Any, visitor: Any, session: Session) -> None:
    selam = as_person(world.participant)
    before = made(selam)
    (key,) = session.execute(select(CalendarFeed.id)).scalars().all()

    answers = [selam.post(f"/me/calendar/{key}/renewal").status_code for _ in range(2)]

    after = made(selam)
    assert answers == [303, 303]
    assert before != after
    assert [visitor.get(path).status_code for path in (before, after)] == [404, 200]
    session.rollback()
    assert len(session.execute(select(CalendarFeed)).scalars().all()) == 2


def test_a_stopped_calendar_shows_nothing_any_more(world: make.World, as_person: Any, visitor: Any, session: Session) -> None:
    selam = as_person(world.participant)
    path = made(selam)
    (key,) = session.execute(select(CalendarFeed.id)).scalars().all()
    assert as_person(world.other_participant).post(f"/me/calendar/{key}/end").status_code == 303
    assert visitor.get(path).status_code == 200

    assert selam.post(f"/me/calendar/{key}/end").status_code == 303

    assert visitor.get(path).status_code == 404


def test_what_is_off_is_not_in_the_calendar(world: make.World, as_person: Any, visitor: Any, session: Session) -> None:
    selam = as_person(world.participant)
    path = made(selam)
    selam.post(f"/placements/{world.placement.id}/stop")

    on = session.execute(select(PlannedShift).where(col(PlannedShift.cancelled_at).is_(None))).scalars().all()
    assert len(Calendar.from_ical(visitor.get(path).data).walk("VEVENT")) == len(on) < 60
