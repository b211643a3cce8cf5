"""A correction and the answer to it, to the cent: agree, or not, and who hears of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, SQLModel, col

from tests import factories as make
from tests.caseload.pages import words
from tests.premium.independent import ledger_of, premium_of, shown
from webapp.history.models import HistoryRow
from webapp.hours.models import HoursEntry
from webapp.notifications.models import Notification
from webapp.premium.models import LedgerLine

RATE = 233  # 240 minutes are 932 cents, 210 are 815.5, 225 are 873.75: every way of rounding shows


@pytest.fixture
def world(world: make.World) -> make.World:
    make.change_rate(world.database, world.municipality_id, RATE, valid_from=make.LONG_AGO.replace(year=2021))
    return world


@pytest.fixture
def entry(world: make.World) -> HoursEntry:
    """Selam wrote 240 minutes."""
    return make.hours(world.database, world.placement)


class People:
    """Everybody around one entry, each at their own screen."""

    def __init__(self, world: make.World, as_person: Any, entry: HoursEntry) -> None:
        self.selam, self.jan, self.marieke = (as_person(who) for who in (world.participant, world.supervisor, world.case_manager))
        self.address = f"/hours/{entry.id}"

    def do(self, what: str) -> Any:
        """One step, by whoever takes it: "confirm", "undo", "correct 12:30", "not worked", "agree", "dispute", "rule 225"."""
        word, _, value = what.partition(" ")
        if word == "confirm":
            return self.jan.post(f"{self.address}/confirmation")
        if word == "undo":
            return self.jan.post(f"{self.address}/confirmation/undo")
        if word == "correct":
            return self.jan.post(
                f"{self.address}/correction", {"start": "08:30", "stop": value, "break_minutes": "30", "reason": "other", "note": "Klok."}
            )
        if word == "not":
            return self.jan.post(f"{self.address}/correction", {"start": "08:30", "stop": "13:00", "break_minutes": "30", "reason": "not_worked"})
        if word == "rule":
            return self.marieke.post(f"{self.address}/ruling", {"ruling": "other", "minutes": value, "reason": "De klok zegt het."})
        return self.selam.post(f"{self.address}/response", {"response": word, "reason": "Ik was er tot 13:00."})


@pytest.fixture
def people(world: make.World, as_person: Any, entry: HoursEntry) -> People:
    return People(world, as_person, entry)


def now_of(session: Session, entry: HoursEntry) -> HoursEntry:
    session.rollback()
    found = session.get(HoursEntry, entry.id)
    assert found is not None
    return found


def count(session: Session, table: type[SQLModel], *where: Any) -> int:
    session.rollback()
    return int(session.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


# (steps, what it leads to, certain minutes, cents, ledger lines)
PATHS = [
    (["confirm"], "confirmed", 240, 932, 1),
    (["confirm", "undo"], "sent", 0, 0, 2),
    (["confirm", "undo", "confirm"], "confirmed", 240, 932, 3),
    (["correct 12:30"], "corrected", 210, 816, 1),
    (["correct 13:30"], "corrected", 270, 1049, 1),
    (["not worked"], "corrected", 0, 0, 0),
    (["confirm", "correct 12:30"], "corrected", 240, 932, 1),
    (["confirm", "correct 13:30"], "corrected", 270, 1049, 3),
    (["correct 12:30", "agree"], "confirmed", 210, 816, 1),
    (["confirm", "correct 12:30", "agree"], "confirmed", 210, 816, 3),
    (["confirm", "not worked", "agree"], "confirmed", 0, 0, 2),
    (["correct 12:30", "dispute"], "disputed", 210, 816, 1),
    (["correct 12:30", "dispute", "rule 225"], "ruled", 225, 874, 3),
    (["correct 12:30", "dispute", "rule 240"], "ruled", 240, 932, 3),
    (["correct 12:30", "dispute", "rule 210"], "ruled", 210, 816, 1),
    (["correct 12:30", "dispute", "agree"], "confirmed", 210, 816, 1),
    (["correct 12:30", "confirm"], "confirmed", 240, 932, 3),
    (["correct 12:30", "correct 12:45", "agree"], "confirmed", 225, 874, 3),
    (["confirm", "dispute", "rule 230"], "ruled", 230, 893, 3),
    (["not worked", "dispute", "rule 60"], "ruled", 60, 233, 1),
    (["confirm", "not worked", "dispute", "rule 0"], "ruled", 0, 0, 2),
]


@pytest.mark.parametrize(("steps", "status", "minutes", "cents", "lines"), PATHS, ids=[" > ".join(path[0]) for path in PATHS])
def test_every_path_ends_at_the_right_cents(
    world: make.World, entry: HoursEntry, people: People, session: Session, steps: list[str], status: str, minutes: int, cents: int, lines: int
) -> None:
    for step in steps:
        answer = people.do(step)
        assert answer.status_code == 303, (step, words(answer))

    settled = now_of(session, entry)
    assert (settled.status, settled.certain_minutes) == (status, minutes)
    assert ledger_of(session, world.participant.account_id) == (cents, minutes)
    assert premium_of(session, world.participant.account_id, RATE) == cents
    assert count(session, LedgerLine) == lines
    assert shown(people.selam.get("/premium"), "premium-certain") == cents


@pytest.mark.parametrize(
    "steps", [["correct 12:30", "agree"], ["correct 12:30", "dispute"], ["correct 12:30", "dispute", "rule 225"], ["correct 12:30"]], ids=str
)
def test_the_last_tap_again_changes_nothing(entry: HoursEntry, people: People, session: Session, steps: list[str]) -> None:
    first = [people.do(step) for step in steps][-1]
    tables = (LedgerLine, HistoryRow, Notification)
    rows = [count(session, table) for table in tables]
    version = now_of(session, entry).version

    again = people.do(steps[-1])

    assert (again.status_code, again.location) == (first.status_code, first.location)
    assert [count(session, table) for table in tables] == rows
    assert now_of(session, entry).version == version


@pytest.mark.parametrize("response", ["", "maybe", "AGREE", "\x00"])
def test_an_answer_that_is_neither_is_refused_at_its_field(entry: HoursEntry, people: People, session: Session, response: str) -> None:
    people.do("correct 12:30")

    answer = people.selam.post(f"/hours/{entry.id}/response", {"response": response})

    assert answer.status_code == 422
    assert 'aria-describedby="response-error"' in answer.text
    assert 'id="response-error"' in answer.text
    assert now_of(session, entry).status == "corrected"


def test_not_agreeing_takes_a_few_words(entry: HoursEntry, people: People, session: Session) -> None:
    people.do("correct 12:30")

    answer = people.selam.post(f"/hours/{entry.id}/response", {"response": "dispute", "reason": "  "})

    assert answer.status_code == 422
    assert 'aria-describedby="reason-error' in answer.text
    assert now_of(session, entry).status == "corrected"


@pytest.mark.parametrize("response", ["agree", "dispute"])
def test_there_is_nothing_to_answer_before_a_correction_and_after_a_ruling(
    entry: HoursEntry, people: People, session: Session, response: str
) -> None:
    assert people.do(response).status_code == 409
    assert now_of(session, entry).status == "sent"
    for step in ("correct 12:30", "dispute", "rule 225"):
        people.do(step)

    assert people.do(response).status_code == 409
    assert now_of(session, entry).status == "ruled"


def test_only_the_participant_answers(world: make.World, entry: HoursEntry, people: People, as_person: Any, session: Session) -> None:
    people.do("correct 12:30")
    answer = {"response": "agree"}

    assert [as_person(who).post(f"/hours/{entry.id}/response", answer).status_code for who in (world.other_participant, world.stranger)] == [404, 404]
    assert [visitor.post(f"/hours/{entry.id}/response", answer).status_code for visitor in (people.jan, people.marieke)] == [403, 403]
    assert now_of(session, entry).status == "corrected"


def test_both_versions_stand_on_the_page_in_hours_and_cents(entry: HoursEntry, people: People) -> None:
    people.do("correct 12:30")

    html = people.selam.get(f"/hours/{entry.id}").text

    for part in ('<data value="240" class="minutes">', '<data value="210" class="minutes">', '<data value="932"', '<data value="816"'):
        assert part in html


def test_everybody_hears_what_concerns_them_and_reads_the_same_reason(world: make.World, entry: HoursEntry, people: People, session: Session) -> None:
    for step in ("correct 12:30", "dispute", "rule 225"):
        people.do(step)

    told = session.execute(
        select(Notification.key, Notification.account_id, Notification.path).where(col(Notification.key) != "milestone.first_shift")
    ).all()
    assert sorted((key, who) for key, who, _ in told) == sorted([
        ("hours.changed", world.participant.account_id), ("dispute.new", world.case_manager.account_id),
        ("dispute.done", world.participant.account_id), ("dispute.done", world.supervisor.account_id),
    ])  # fmt: skip
    assert {path for _, _, path in told} == {f"/hours/{entry.id}"}
    for visitor in (people.selam, people.jan, people.marieke):
        assert "De klok zegt het." in words(visitor.get(f"/hours/{entry.id}"))


def test_only_the_difference_waits(entry: HoursEntry, people: People) -> None:
    people.do("correct 12:30")

    page = people.selam.get("/premium")

    assert (shown(page, "premium-certain"), shown(page, "premium-waiting")) == (816, 116)
