"""The list of what a case manager decides: complete, in order, theirs only, and cheap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests import factories as make
from tests.caseload.pages import statements, titles, words
from webapp.milestones.models import MilestoneReached
from webapp.people.models import Absence
from webapp.placements.models import Placement


def disputed(world: make.World, placement: Placement, days_ago: int = 0, **more: Any) -> Any:
    at = make.NOW - timedelta(days=days_ago)
    return make.hours(
        world.database, placement, **{
            "corrected_minutes": 210, "correction_reason": "stopped_earlier", "corrected_by": world.supervisor.account_id, "corrected_at": at,
            "responded_at": at, "dispute_reason": "Ik was er tot 13:00.", **more,
        },
    )  # fmt: skip


def set_values(world: make.World, row: Any, **values: Any) -> None:
    with world.database.transaction() as db:
        known = db.merge(row)
        for name, value in values.items():
            setattr(known, name, value)


def test_everything_to_decide_stands_by_its_due_date(world: make.World, marieke: Any) -> None:
    work = make.work_request(world.database, world.establishment, world.supervisor, function="Keukenhulp", places=9)
    somebody = [make.participant(world.database, world.municipality_id, world.case_manager, name) for name in ("Amina Haddad", "Piotr Wrona")]
    said_yes = make.placement(world.database, work, somebody[0], world.case_manager, place_number=2, status="accepted", decided_by=None)
    set_values(world, said_yes, accepted_at=make.NOW - timedelta(days=30))
    make.placement(world.database, work, somebody[1], world.case_manager, place_number=3, starts_on=make.TODAY - timedelta(days=20), ends_on=make.TODAY + timedelta(days=9),
                   insured_from=make.TODAY - timedelta(days=20))  # fmt: skip
    set_values(world, disputed(world, world.placement), status="disputed")

    page = marieke.get("/signals")

    assert titles(page) == ["Amina H. said yes: Keukenhulp", "Selam T. does not agree with changed hours", "Piotr W. stops in 9 days"]
    assert "Too late" in words(page)


def test_hours_nobody_confirmed_or_answered_in_time_need_a_ruling(world: make.World, marieke: Any) -> None:
    old = make.NOW - timedelta(days=25)
    unconfirmed = make.hours(world.database, world.placement, day=make.MONDAY - timedelta(days=21))
    set_values(world, unconfirmed, status="sent", sent_at=old)
    unanswered = disputed(world, world.placement, 8, day=make.MONDAY)
    set_values(world, unanswered, status="corrected", responded_at=None, dispute_reason="")

    assert titles(marieke.get("/signals")) == ["Nobody confirmed hours of Selam T.", "Selam T. did not answer changed hours"]
    assert titles(marieke.get("/disputes"))[0].startswith("Selam T.:")


def test_hours_that_wait_a_little_long_are_good_to_know_and_no_more(world: make.World, marieke: Any) -> None:
    for back in (0, 1):
        set_values(
            world,
            make.hours(world.database, world.placement, day=make.MONDAY + timedelta(days=back)),
            status="sent",
            sent_at=make.NOW - timedelta(days=7),
        )

    page = marieke.get("/signals")

    assert titles(page) == []
    assert "Selam T. : 2 times hours wait for Jan" in words(page)


def test_a_correction_upwards_is_certain_at_once_and_asks_nothing(world: make.World, marieke: Any) -> None:
    set_values(world, disputed(world, world.placement, 20, corrected_minutes=300), status="corrected", responded_at=None)

    assert titles(marieke.get("/signals")) == []


def test_milestones_of_the_last_month_are_good_to_know(world: make.World, marieke: Any) -> None:
    for milestone, back in (("forty_hours", 3), ("first_shift", 45)):
        make.save(world.database, MilestoneReached(
            municipality_id=world.municipality_id, participant_id=world.participant.account_id, milestone=milestone, reached_on=make.TODAY - timedelta(days=back),
            facts={"minutes": 2400}, noted_at=make.NOW,
        ))  # fmt: skip

    text = words(marieke.get("/signals"))

    assert "Selam T. 40 hours worked" in text
    assert "First shift" not in text


def test_nothing_to_decide_says_so_and_offers_a_way_on(world: make.World, colleague: Any) -> None:
    text = words(colleague.get("/signals"))

    assert "Nothing to decide." in text
    assert "To the candidates" in text


def test_a_colleague_sees_a_caseload_only_while_standing_in(world: make.World, marieke: Any, colleague: Any) -> None:
    set_values(world, disputed(world, world.placement), status="disputed")
    assert titles(colleague.get("/signals")) == []

    make.save(world.database, Absence(
        municipality_id=world.municipality_id, account_id=world.case_manager.account_id, stand_in_id=world.colleague.account_id,
        first_day=make.TODAY, last_day=make.TODAY,
    ))  # fmt: skip

    assert titles(colleague.get("/signals")) == titles(marieke.get("/signals")) != []
    assert colleague.get(f"/participants/{world.participant.account_id}").status_code == 200


def test_the_menu_counts_what_must_be_done(world: make.World, marieke: Any) -> None:
    set_values(world, disputed(world, world.placement), status="disputed")

    assert marieke.get("/signals").get_data(as_text=True).count('<span class="dot">1<') == 4  # Signals and Disputes, in both menus


def test_two_hundred_people_cost_no_more_statements_than_one(world: make.World, marieke: Any) -> None:
    alone = statements(marieke.get("/signals"))
    work = make.work_request(world.database, world.establishment, world.supervisor, places=400)
    rows: list[Any] = []
    for number in range(199):
        who = make.participant(world.database, world.municipality_id, world.case_manager, f"Naam{number:03} Test")
        if number % 10 == 0:
            running = make.placement(world.database, work, who, world.case_manager, place_number=number + 2, ends_on=make.TODAY + timedelta(days=5))
            set_values(world, make.hours(world.database, running), status="sent", sent_at=make.NOW - timedelta(days=25))
            rows.append(who)

    page, first = marieke.get("/signals?all=1"), marieke.get("/signals")

    assert len(titles(page)) == 2 * len(rows)
    assert titles(first) == titles(page)[: len(titles(first))]  # the most urgent, and a way to the rest
    assert f"Show {2 * len(rows) - len(titles(first))} more" in words(first)
    assert statements(page) <= alone <= 6
    assert statements(marieke.get("/participants")) <= 4
