"""Somebody says what fits them; their case manager reads it, writes it down with them, and sees it beside work."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from webapp.history.actions import history
from webapp.people.models import ParticipantFile

SAID = {
    "wishes": "met planten\nbuiten",
    "hours_from": "12",
    "hours_to": "16,5",
    "cannot": ["0m", "2e"],
    "travels_by": "bike",
    "needs": "korte zinnen",
    "version": "",
}


@pytest.fixture
def selam(world: make.World, as_person: Any) -> Any:
    return as_person(world.participant)


@pytest.fixture
def marieke(world: make.World, as_person: Any) -> Any:
    return as_person(world.case_manager)


def file_of(world: make.World, session: Session) -> ParticipantFile:
    session.rollback()
    return session.get_one(ParticipantFile, world.participant.account_id)


def told(session: Session) -> list[Any]:
    return [row.facts for row in session.execute(select(history.c.facts).where(history.c.action == "wishes.told"))]


def version_in(page: str) -> str:
    return page.split('name="version" value="')[1].split('"')[0]


def test_what_somebody_wishes_is_kept_and_the_case_manager_reads_it(world: make.World, selam: Any, marieke: Any, session: Session) -> None:
    assert 'href="/me/wishes"' in selam.get("/me").text

    assert selam.post("/me/wishes", SAID).location == "/me/wishes?kept=1"

    file = file_of(world, session)
    assert (file.wishes, file.wished_minutes_from, file.wished_minutes_to) == (["met planten", "buiten"], 720, 990)
    assert (file.cannot_work, file.travels_by, file.needs, file.wishes_told_by) == (
        ["0m", "2e"],
        "bike",
        "korte zinnen",
        world.participant.account_id,
    )
    page = marieke.get(f"/participants/{world.participant.account_id}").text
    assert "met planten" in page and 'value="990"' in page and "korte zinnen" in page


def test_the_history_says_that_it_changed_and_not_what_was_said(selam: Any, session: Session) -> None:
    for _ in range(2):  # a second tap
        assert selam.post("/me/wishes", SAID).status_code == 303

    facts = told(session)
    assert len(facts) == 1
    assert "planten" not in facts[0] and "needs" in facts[0]


def test_everything_may_stay_open(selam: Any, session: Session, world: make.World) -> None:
    selam.post("/me/wishes", SAID)
    empty = {"version": version_in(selam.get("/me/wishes").text)}

    assert selam.post("/me/wishes", empty).status_code == 303

    file = file_of(world, session)
    assert (file.wishes, file.wished_minutes_from, file.wished_minutes_to, file.cannot_work, file.travels_by, file.needs) == (
        [],
        None,
        None,
        [],
        "",
        "",
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"hours_from": "twee"}, "hours_from"),
        ({"hours_to": "49"}, "hours_to"),
        ({"hours_from": "0"}, "hours_from"),
        ({"hours_from": "20", "hours_to": "16"}, "hours_to"),
        ({"cannot": ["9m"]}, "cannot"),
        ({"travels_by": "boot"}, "travels_by"),
        ({"wishes": "\n".join("abcdefg")}, "wishes"),
        ({"wishes": "x" * 61}, "wishes"),
        ({"needs": "x" * 501}, "needs"),
    ],
)
def test_what_cannot_be_is_named_at_its_field_and_nothing_typed_is_lost(
    wrong: dict[str, Any], field: str, selam: Any, session: Session, world: make.World
) -> None:
    answer = selam.post("/me/wishes", {**SAID, "needs": "rustig", **wrong})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "rustig" in answer.text or field == "needs"
    assert file_of(world, session).wishes_told_at is None


def test_of_two_who_write_at_once_the_second_reads_what_the_first_wrote(world: make.World, selam: Any, marieke: Any, session: Session) -> None:
    path = f"/participants/{world.participant.account_id}/wishes"
    hers, mine = version_in(marieke.get(path).text), version_in(selam.get("/me/wishes").text)
    assert selam.post("/me/wishes", {**SAID, "version": mine}).status_code == 303

    late = marieke.post(path, {**SAID, "wishes": "in de keuken", "version": hers})

    assert late.status_code == 409
    assert "met planten" in late.text and "in de keuken" in late.text
    assert file_of(world, session).wishes == ["met planten", "buiten"]
    assert marieke.post(path, {**SAID, "wishes": "in de keuken", "version": version_in(late.text)}).status_code == 303
    assert file_of(world, session).wishes_told_by == world.case_manager.account_id
    assert "Marieke" in selam.get("/me/wishes").text


def test_a_stranger_finds_no_wishes(world: make.World, as_person: Any) -> None:
    elsewhere = make.municipality(world.database, "elders")
    other = as_person(make.account(world.database, elsewhere, "case_manager", "Bram Smit"))
    path = f"/participants/{world.participant.account_id}/wishes"

    assert other.get(path).status_code == 404
    assert other.post(path, SAID).status_code == 404
    assert as_person(world.supervisor).get(path).status_code == 403
    assert as_person(world.supervisor).get("/me/wishes").status_code == 403


def test_matching_shows_the_wished_hours_and_days_beside_the_work_and_the_order_stays_that_of_names(
    world: make.World, as_person: Any, marieke: Any
) -> None:
    work = make.work_request(world.database, world.establishment, world.supervisor)  # 08:30 to 13:00 on working days: 20 hours
    page = f"/requests/{work.id}/matching"
    before = marieke.get(page).text

    as_person(world.other_participant).post("/me/wishes", {"version": "", "hours_to": "8", "cannot": ["1m", "5m"]})
    after = marieke.get(page).text

    card = after.split(f'id="person-{world.other_participant.account_id}"')[1].split("</article>")[0]
    assert "Wil andere uren" in card
    assert 'value="480"' in card
    assert "dinsdag" in card.lower() and "zaterdag" not in card.lower()
    assert [part[:36] for part in before.split('id="person-')[1:]] == [part[:36] for part in after.split('id="person-')[1:]]
    assert "offers" in card  # it is shown, and keeps nobody from being offered the work
