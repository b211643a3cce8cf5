"""An official asks the employer something before a request is decided."""

from __future__ import annotations

import uuid
from threading import Thread
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from tests import factories as make
from tests.requests.test_asking import marieke, sent, thomas
from webapp.history.actions import history
from webapp.notifications.models import Notification
from webapp.requests.models import WorkRequest
from webapp.requests.questions import RequestQuestion

assert marieke and thomas  # fixtures


def asked(visitor: Any, work: WorkRequest, words: str = "Wie is er op woensdag?") -> tuple[Any, str]:
    id = str(uuid.uuid4())
    return visitor.post(f"/requests/{work.id}/questions", {"id": id, "question": words}), id


def told(session: Session, key: str) -> list[Notification]:
    return list(session.execute(select(Notification).where(col(Notification.key) == key)).scalars())


def test_a_question_is_answered_once_and_both_read_it(world: make.World, thomas: Any, marieke: Any, session: Session) -> None:
    work = sent(thomas, world, session)

    answer, id = asked(marieke, work)
    assert answer.status_code == 303
    assert "Wie is er op woensdag?" in thomas.get(f"/employer/requests/{work.id}").text
    page = thomas.get("/employer/requests").text
    assert "vraag voor jou" in page or "question for you" in page
    for _ in range(2):
        assert thomas.post(f"/employer/requests/{work.id}/answer", {"question_id": id, "answer": "Ik, met Piet."}).status_code == 303

    page = marieke.get(f"/requests/{work.id}").text
    assert "Ik, met Piet." in page and 'name="question"' in page
    session.rollback()
    (to_employer,), (to_official,) = told(session, "request.question"), told(session, "request.answered")
    assert (to_employer.account_id, to_employer.path) == (world.supervisor.account_id, f"/employer/requests/{work.id}")
    assert (to_official.account_id, to_official.path) == (world.case_manager.account_id, f"/requests/{work.id}")
    actions = session.execute(select(history.c.action).where(history.c.subject_id == work.id).order_by(history.c.number)).scalars().all()
    assert [one for one in actions if one in ("request.question", "request.answered")] == ["request.question", "request.answered"]


def test_one_question_waits_at_a_time_and_a_second_tap_asks_nothing_new(world: make.World, thomas: Any, marieke: Any, session: Session) -> None:
    work = sent(thomas, world, session)
    address = f"/requests/{work.id}/questions"
    first = {"id": str(uuid.uuid4()), "question": "Wie is er op woensdag?"}

    assert [marieke.post(address, first).status_code for _ in range(2)] == [303, 303]
    other = marieke.post(address, {"id": str(uuid.uuid4()), "question": "En op maandag?"})

    assert other.status_code == 409
    assert marieke.post(address, {"question": " "}).status_code == 422
    assert marieke.post(address, {"question": "x" * 1001}).status_code == 422
    session.rollback()
    assert [row.words for row in session.execute(select(RequestQuestion)).scalars()] == ["Wie is er op woensdag?"]
    assert len(told(session, "request.question")) == 1


def test_two_officials_who_ask_at_once_ask_one_question(world: make.World, thomas: Any, as_person: Any, session: Session) -> None:
    work = sent(thomas, world, session)
    codes: list[int] = []
    threads = [
        Thread(target=lambda who=who: codes.append(asked(who, work)[0].status_code))  # type: ignore[misc]
        for who in (as_person(world.case_manager), as_person(world.colleague))
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session.rollback()
    assert sorted(codes) == [303, 409]
    assert len(session.execute(select(RequestQuestion)).all()) == 1


def test_a_decided_request_is_neither_asked_about_nor_answered(world: make.World, thomas: Any, marieke: Any, session: Session) -> None:
    work = sent(thomas, world, session)
    _, id = asked(marieke, work)
    marieke.post(f"/requests/{work.id}/decision", {"decision": "refuse", "reason": "unclear"})

    assert asked(marieke, work)[0].status_code == 409
    late = thomas.post(f"/employer/requests/{work.id}/answer", {"question_id": id, "answer": "Ik, met Piet."})

    assert late.status_code == 409
    session.rollback()
    assert session.get_one(RequestQuestion, uuid.UUID(id)).answered_at is None


def test_an_answer_has_words_and_the_first_one_stands(world: make.World, thomas: Any, marieke: Any, session: Session) -> None:
    work = sent(thomas, world, session)
    _, id = asked(marieke, work)
    address = f"/employer/requests/{work.id}/answer"

    for words in ("", " ", "x" * 1001):
        wrong = thomas.post(address, {"question_id": id, "answer": words})
        assert wrong.status_code == 422 and 'id="answer-error"' in wrong.text
    assert thomas.post(address, {"question_id": id, "answer": "Ik."}).status_code == 303
    assert thomas.post(address, {"question_id": id, "answer": "Piet."}).status_code == 409

    session.rollback()
    assert session.get_one(RequestQuestion, uuid.UUID(id)).answer == "Ik."


def test_nobody_else_asks_or_answers(world: make.World, thomas: Any, marieke: Any, as_person: Any, session: Session) -> None:
    work, other = sent(thomas, world, session), sent(thomas, world, session)
    _, id = asked(marieke, work)
    said = {"question_id": id, "answer": "Ik."}

    assert asked(as_person(world.strange_case_manager), work)[0].status_code == 404
    assert [
        as_person(one).post(f"/employer/requests/{work.id}/answer", said).status_code for one in (world.other_supervisor, world.strange_supervisor)
    ] == [404, 404]
    assert as_person(world.participant).post(f"/employer/requests/{work.id}/answer", said).status_code == 403
    assert thomas.post(f"/employer/requests/{other.id}/answer", said).status_code == 404
    assert thomas.post(f"/employer/requests/{work.id}/answer", {"answer": "Ik."}).status_code == 404


def test_the_employer_hears_the_outcome_also_when_an_official_wrote_down_what_was_said(
    world: make.World, thomas: Any, marieke: Any, session: Session
) -> None:
    work = sent(thomas, world, session)
    assert marieke.post(f"/requests/{work.id}/statement", {"let_go": "no", "vacancy": "no", "replaces_paid_hours": "no"}).status_code == 303

    marieke.post(f"/requests/{work.id}/decision", {"decision": "refuse", "reason": "unclear"})

    session.rollback()
    (heard,) = told(session, "request.no")
    assert heard.account_id == world.supervisor.account_id
