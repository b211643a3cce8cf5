"""Questions about one's own data: asked, answered by a name with a reason, and told to both."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlmodel import Session

from tests import factories as make
from webapp.history.actions import history
from webapp.notifications.models import Notification
from webapp.permissions import Role
from webapp.privacy.models import DataRequest
from webapp.privacy.rules import Kept, due_on, what_is_kept


def told(session: Session) -> list[tuple[Any, str]]:
    session.rollback()
    table = Notification.__table__  # type: ignore[attr-defined]
    return [(row.account_id, row.key) for row in session.execute(select(table.c.account_id, table.c.key).order_by(table.c.created_at, table.c.key))]


def question(session: Session) -> DataRequest:
    session.rollback()
    return session.execute(select(DataRequest)).scalars().one()


def test_a_correction_is_asked_once_answered_with_a_reason_and_both_are_told(world: make.World, as_person: Any, session: Session) -> None:
    selam, marieke, key = as_person(world.participant), as_person(world.case_manager), uuid.uuid4()

    for _ in range(2):
        assert selam.post("/me/data/corrections", {"id": str(key), "words": "Mijn naam is Selam Tesfai."}).status_code == 303
    assert told(session) == [(world.case_manager.account_id, "correction.asked"), (world.participant.account_id, "question.received")]
    for _ in range(2):
        assert marieke.post(f"/data-requests/{key}/answer", {"answer": "yes", "reason": "Aangepast."}).status_code == 303

    assert (question(session).answer, question(session).answered_by) == ("yes", world.case_manager.account_id)
    assert set(told(session)[2:]) == {(world.participant.account_id, "question.answered"), (world.case_manager.account_id, "question.done")}
    assert "Aangepast." in selam.get("/me/data").text
    actions = session.execute(select(history.c.action).where(history.c.subject_id == key)).scalars().all()
    assert sorted(actions) == ["correction.answered", "correction.asked"]
    assert marieke.post(f"/data-requests/{key}/answer", {"answer": "no", "reason": "Toch niet."}).status_code == 409


def test_without_words_or_reason_nothing_is_saved_and_what_was_typed_stays(world: make.World, as_person: Any, session: Session) -> None:
    selam, marieke, key = as_person(world.participant), as_person(world.case_manager), uuid.uuid4()

    refused = selam.post("/me/data/corrections", {"words": "  "})
    assert (refused.status_code, "words-error" in refused.text) == (422, True)
    selam.post("/me/data/corrections", {"id": str(key), "words": "Anders."})
    for form, field in (({"reason": "Omdat."}, "answer"), ({"answer": "yes"}, "reason"), ({"answer": "maybe", "reason": "Omdat."}, "answer")):
        answer = marieke.post(f"/data-requests/{key}/answer", form)
        assert (answer.status_code, f"{field}-{key}-error" in answer.text) == (422, True), form
    assert "Omdat." in marieke.post(f"/data-requests/{key}/answer", {"reason": "Omdat."}).text
    assert question(session).answered_at is None


def test_only_the_own_case_manager_and_the_administrator_find_a_question(world: make.World, as_person: Any) -> None:
    key = uuid.uuid4()
    as_person(world.participant).post("/me/data/corrections", {"id": str(key), "words": "Anders."})
    admin = make.account(world.database, world.municipality_id, Role.ADMIN, "Nadia Kuiper")
    strange = make.account(world.database, world.stranger.municipality_id, Role.ADMIN, "Esra Demir")
    form = {"answer": "yes", "reason": "Omdat."}

    for who in (world.colleague, world.strange_case_manager, strange):
        visitor = as_person(who)
        assert visitor.post(f"/data-requests/{key}/answer", form).status_code == 404
        assert "Selam" not in visitor.get("/data-requests").text
    for who in (world.supervisor, world.participant):
        assert as_person(who).post(f"/data-requests/{key}/answer", form).status_code == 403
    assert as_person(admin).post(f"/data-requests/{key}/answer", form).status_code == 303


def test_who_still_works_cannot_be_erased_yet(world: make.World, as_person: Any, session: Session) -> None:
    selam, marieke, key = as_person(world.participant), as_person(world.case_manager), uuid.uuid4()
    assert "/me/data/erasure" not in selam.get("/me/data/leaving").text
    selam.post("/me/data/erasure", {"id": str(key)})

    assert marieke.post(f"/data-requests/{key}/answer", {"answer": "yes", "reason": "Goed."}).status_code == 422
    assert question(session).erase_on is None


def test_a_wish_to_leave_says_what_the_law_keeps_and_can_be_taken_back(world: make.World, as_person: Any, session: Session) -> None:
    with world.database.transaction() as db:
        db.execute(text("UPDATE placement SET status = 'ended', ends_on = :last"), {"last": make.TODAY - timedelta(days=1)})
    selam, marieke, key = as_person(world.participant), as_person(world.case_manager), uuid.uuid4()

    page = selam.get("/me/data/leaving").text
    assert "Selectielijst" in page and "inzake rijksbelastingen" in page
    selam.post("/me/data/erasure", {"id": str(key)})
    selam.post("/me/data/erasure", {"id": str(uuid.uuid4())})
    assert question(session).id == key
    assert "Selectielijst" in marieke.get("/data-requests").text
    marieke.post(f"/data-requests/{key}/answer", {"answer": "yes", "reason": "Je mag altijd weg."})
    assert question(session).erase_on == make.TODAY + timedelta(days=14)
    for _ in range(2):
        assert selam.post("/me/data/erasure", {"stay": "1"}).status_code == 303

    assert (question(session).withdrawn_at is not None, question(session).erase_on) == (True, None)


def test_two_wishes_at_once_become_one(world: make.World, as_person: Any, session: Session) -> None:
    from concurrent.futures import ThreadPoolExecutor

    phones = [as_person(world.other_participant) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda phone: phone.post("/me/data/erasure", {"id": str(uuid.uuid4())}).status_code, phones))

    assert answers == [303] * 4
    assert question(session).kind == "erasure"


# rules -----------------------------------------------------------------------------------------------


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_an_answer_is_due_in_the_next_month_never_later_than_its_end(asked: date) -> None:
    due = due_on(asked)

    assert timedelta(days=28) <= due - asked <= timedelta(days=31)
    assert (due.month - asked.month) % 12 == 1


SOURCES = {"client_file": "Selectielijst", "former_account": "AWR"}


@pytest.mark.parametrize(
    ("last", "days", "kept"),
    [
        (None, {"client_file": 10, "former_account": 10}, []),  # never worked
        (date(2026, 1, 1), {"client_file": 10, "former_account": 5}, [Kept("client_file", date(2026, 1, 11), "Selectielijst")]),
        (date(2026, 1, 1), {}, []),  # nothing agreed: nothing is promised
        (date(2026, 1, 6), {"former_account": 5}, [Kept("former_account", date(2026, 1, 11), "AWR")]),
    ],
)
def test_what_the_law_keeps_follows_the_terms_from_the_last_day_of_work(last: date | None, days: dict[str, int], kept: list[Kept]) -> None:
    assert what_is_kept(last, True, days, SOURCES, date(2026, 1, 11)) == kept


def test_an_id_of_somebody_elses_question_does_not_exist_for_me(world: make.World, as_person: Any, session: Session) -> None:
    own, other, stranger = as_person(world.participant), as_person(world.other_participant), as_person(world.stranger)
    id = str(uuid.uuid4())
    assert own.post("/me/data/corrections", {"id": id, "words": "Mijn naam is anders."}).status_code == 303

    for visitor in (other, stranger):
        for address in ("/me/data/corrections", "/me/data/erasure"):
            assert visitor.post(address, {"id": id, "words": "Ook ik."}).status_code == 404

    (row,) = session.execute(select(DataRequest)).scalars()
    assert (row.participant_id, row.words) == (world.participant.account_id, "Mijn naam is anders.")
