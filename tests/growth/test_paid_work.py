"""From the decision to paid work, and some months later: does it last? And a case manager who is away or leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from tests.caseload.pages import statements, titles, words
from tests.growth import making
from tests.growth.test_signals import decide, told
from webapp.caseload.digest import send_digests
from webapp.foundation.clock import add_months, instant
from webapp.growth.paid_work import ask_who_left, checks, outflows, routes, tasks
from webapp.hours.reads import files
from webapp.placements.actions import placements


def on_the_way(world: make.World, marieke: Any, kind: str = "contract_here") -> str:
    decide(marieke, making.signal(world), "regular_job")
    address: str = marieke.post(f"/participants/{world.participant.account_id}/route", {"kind": kind}).location
    return address


def test_a_route_gives_each_side_its_steps_and_the_participant_ticks_only_their_own(
    world: make.World, marieke: Any, selam: Any, session: Session
) -> None:
    address = on_the_way(world, marieke)
    assert marieke.post(f"/participants/{world.participant.account_id}/route", {"kind": "training"}).location == address

    steps = {row.side: row for row in session.execute(select(tasks).where(tasks.c.what != "end_place"))}
    assert set(steps) == {"participant", "employer", "case_manager"}
    assert selam.post(f"/route-tasks/{steps['employer'].id}/done").status_code == 409
    assert selam.post(f"/route-tasks/{steps['participant'].id}/done").status_code == 303
    assert "Your steps to paid work" in words(selam.get("/growth"))
    assert "route.opened" in told(session, world.participant)


def test_no_route_before_it_is_decided(world: make.World, marieke: Any, session: Session) -> None:
    making.signal(world)

    assert (
        marieke.post(f"/participants/{world.participant.account_id}/route", {"kind": "training"}).location
        == f"/participants/{world.participant.account_id}"
    )
    assert session.execute(select(routes)).all() == []


def test_the_place_ends_on_the_day_that_was_recorded(world: make.World, marieke: Any, session: Session) -> None:
    address, last = on_the_way(world, marieke), make.TODAY + timedelta(days=10)
    assert marieke.post(f"{address}/last-day", {"last_day": (make.TODAY + timedelta(days=900)).isoformat()}).status_code == 422
    for _ in range(2):
        assert marieke.post(f"{address}/last-day", {"last_day": last.isoformat()}).status_code == 303

    session.rollback()
    assert session.execute(select(placements.c.ends_on).where(placements.c.id == world.placement.id)).scalar() == last
    assert told(session, world.participant).count("placement.ends") == 1
    assert session.execute(select(tasks.c.done_by).where(tasks.c.what == "end_place")).scalar() == world.case_manager.account_id


def test_outflow_is_recorded_once_and_asked_about_after_three_and_six_months(world: make.World, marieke: Any, selam: Any, session: Session) -> None:
    address = on_the_way(world, marieke)
    typed = {"kind": "contract_here", "weekly_hours": "24:30", "starts_on": make.TODAY.isoformat()}
    assert marieke.post(f"{address}/outflow", {**typed, "weekly_hours": "veel"}).status_code == 422
    for _ in range(2):
        assert marieke.post(f"{address}/outflow", typed).status_code == 303
    session.rollback()
    assert session.execute(select(outflows.c.weekly_minutes)).scalars().all() == [24 * 60 + 30]

    for months, asked in ((2, 0), (3, 1), (4, 0), (6, 1)):
        with world.database.transaction() as db:
            at = instant(add_months(make.TODAY, months), make.NOW.time())
            assert ask_who_left(db, world.municipality_id, now=at) == asked, months
    assert told(session, world.participant).count("work.still") == 2
    check = session.execute(select(checks).order_by(checks.c.months)).first()
    assert check is not None
    for _ in range(2):
        assert selam.post(f"/growth/work/{check.id}", {"answer": "still"}).status_code == 303
    assert selam.post(f"/growth/work/{check.id}", {"answer": "fired"}).status_code == 422
    assert "Yes, I still work there" in words(selam.get(f"/growth/work/{check.id}"))
    assert "Yes, I still work there" in words(marieke.get(f"/participants/{world.participant.account_id}"))


def test_the_list_counts_and_filters_what_there_is_to_do(world: make.World, marieke: Any) -> None:
    making.route(world)
    making.signal(world)
    making.signal(world, kind="no_growth", facts={"week": 6, "weeks": 26})

    assert titles(marieke.get("/signals?show=decide")) == ["Selam T. may be ready for a regular job"]
    assert titles(marieke.get("/signals?show=talk")) == ["Selam T.: no growth for some weeks"]
    assert len(titles(marieke.get("/signals?show=check"))) == 2
    assert len(titles(marieke.get("/signals?show=nonsense"))) == 4
    assert "Has a signal" in words(marieke.get("/participants?show=signal"))
    assert "1 person" in words(marieke.get("/participants?show=signal"))


def test_two_hundred_people_with_signals_cost_six_statements(world: make.World, marieke: Any) -> None:
    work = make.work_request(world.database, world.establishment, world.supervisor, places=400)
    for number in range(200):
        who = make.participant(world.database, world.municipality_id, world.case_manager, f"Naam{number:03} Test")
        if number % 5 == 0:
            making.signal(world, make.placement(world.database, work, who, world.case_manager, place_number=number + 2))

    page = marieke.get("/signals?all=1")

    assert len(titles(page)) == 40
    assert statements(page) <= 6


def test_the_keys_can_be_switched_off(world: make.World, marieke: Any) -> None:
    assert "keys.js" in marieke.get("/signals").text
    marieke.post("/keys", {"keys": "off"})
    assert "keys.js" not in marieke.get("/signals").text


def test_a_caseload_is_handed_over_with_everything_in_it(world: make.World, marieke: Any, ruud: Any, session: Session) -> None:
    making.signal(world)
    form = {"to": str(world.colleague.account_id), "everybody": "1", "reason": "Marieke gaat met pensioen."}
    assert marieke.post("/hand-over", {**form, "reason": ""}).status_code == 422

    assert marieke.post("/hand-over", form).status_code == 303
    assert marieke.post("/hand-over", form).status_code == 303  # nobody is left to give

    session.rollback()
    managers = session.execute(select(files.c.case_manager_id).where(files.c.municipality_id == world.municipality_id)).scalars().all()
    assert set(managers) == {world.colleague.account_id}
    assert titles(ruud.get("/signals")) == ["Selam T. may be ready for a regular job"]
    assert titles(marieke.get("/signals")) == []
    assert told(session, world.participant) == ["caseload.moved"]
    assert told(session, world.colleague) == ["caseload.given"]


def test_an_administrator_hands_over_for_somebody_who_left_and_a_stranger_cannot(world: make.World, as_person: Any, session: Session) -> None:
    admin = as_person(make.account(world.database, world.municipality_id, "admin", "Nadia Kuiper"))
    form = {
        "from": str(world.case_manager.account_id),
        "to": str(world.colleague.account_id),
        "participant_id": str(world.participant.account_id),
        "reason": "Weg.",
    }
    strange = as_person(make.account(world.database, world.stranger.municipality_id, "admin", "Esra Demir"))
    assert strange.post("/hand-over", form).status_code == 422

    assert admin.post("/hand-over", form).status_code == 303

    session.rollback()
    moved = session.execute(select(files.c.account_id).where(files.c.case_manager_id == world.colleague.account_id)).scalars().all()
    assert moved == [world.participant.account_id]


def test_who_stands_in_sees_the_caseload_for_those_days(world: make.World, marieke: Any, ruud: Any) -> None:
    making.signal(world)
    form = {
        "colleague": str(world.colleague.account_id),
        "first_day": make.TODAY.isoformat(),
        "last_day": (make.TODAY + timedelta(days=6)).isoformat(),
    }
    assert marieke.post("/cover", {**form, "colleague": str(world.case_manager.account_id)}).status_code == 422
    for _ in range(2):
        assert marieke.post("/cover", form).status_code == 303

    assert titles(ruud.get("/signals")) == ["Selam T. may be ready for a regular job"]
    assert marieke.post("/cover", {**form, "last_day": (make.TODAY + timedelta(days=9)).isoformat()}).status_code == 422


def test_the_morning_tells_once_how_much_there_is_to_do(world: make.World, session: Session) -> None:
    making.signal(world, due_on=make.TODAY - timedelta(days=10))
    terms, monday = make.terms(world.database, world.municipality_id), make.MONDAY + timedelta(days=7)
    for hour in (7, 8, 8, 9):
        with world.database.transaction() as db:
            send_digests(db, world.municipality_id, terms, now=instant(monday, make.time(hour, 5)))

    assert told(session, world.case_manager) == ["digest.morning"]
    assert told(session, world.colleague) == []
