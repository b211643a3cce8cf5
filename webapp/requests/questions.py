"""Asking the employer back before a request is decided: one open question at a time, answered once, read by both."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, select, text
from sqlmodel import Field, Session, SQLModel

from webapp.foundation.clock import day_of
from webapp.foundation.database import Utc, lock_municipality
from webapp.foundation.ids import new_id
from webapp.history.actions import told
from webapp.notifications.actions import notify
from webapp.people.actions import on_duty
from webapp.people.models import Account
from webapp.people.person import Person
from webapp.requests.actions import DecidedOtherwise, asked_by
from webapp.requests.models import WorkRequest

OPEN = text("answered_at IS NULL")


class RequestQuestion(SQLModel, table=True):
    """What an official wants to know before deciding, and what the employer answered."""

    __tablename__ = "request_question"
    __table_args__ = (
        CheckConstraint("words <> ''", name="a_question_has_words"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answer = '')",
            name="an_answer_to_a_question_has_words_and_a_name",
        ),
        Index("one_open_question_a_request", "request_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    request_id: uuid.UUID = Field(foreign_key="work_request.id", index=True)
    words: str
    asked_by: uuid.UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=Utc)
    answer: str = ""
    answered_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = Field(default=None, sa_type=Utc)


questions: Any = RequestQuestion.__table__  # type: ignore[attr-defined]
accounts: Any = Account.__table__  # type: ignore[attr-defined]
officials: Any = accounts.alias("official")
answerers: Any = accounts.alias("answerer")


class QuestionWaits(Exception):
    """Another question to this employer has no answer yet."""


class AnsweredBefore(Exception):
    """A colleague answered already, in other words; that stands."""


def of_requests(db: Session, request_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    """Every question about these requests with who asked and who answered, in order."""
    found: dict[uuid.UUID, list[Any]] = {}
    if not request_ids:
        return found
    query = (
        select(
            questions, officials.c.first_name.label("asker_first"), officials.c.last_name.label("asker_last"),
            answerers.c.first_name.label("answerer_first"), answerers.c.last_name.label("answerer_last"),
        )
        .join_from(questions, officials, officials.c.id == questions.c.asked_by)
        .outerjoin(answerers, answerers.c.id == questions.c.answered_by)
        .where(questions.c.request_id.in_(request_ids))
        .order_by(questions.c.asked_at, questions.c.id)
    )  # fmt: skip
    for row in db.execute(query):
        found.setdefault(row.request_id, []).append(row)
    return found


def waiting(db: Session, request_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these requests have a question nobody answered yet."""
    if not request_ids:
        return set()
    return set(db.execute(select(questions.c.request_id).where(questions.c.request_id.in_(request_ids), questions.c.answered_at.is_(None))).scalars())


def ask(db: Session, request: WorkRequest, question_id: uuid.UUID, words: str, *, by: Person, now: datetime) -> None:
    """An official asks, and the employer hears it. The same question again changes nothing.

    Raises DecidedOtherwise when the request no longer waits, QuestionWaits when another question does.
    """
    lock_municipality(db, by.municipality_id)
    db.refresh(request)
    known = db.execute(select(questions).where(questions.c.request_id == request.id)).all()
    if any(row.id == question_id for row in known):
        return
    if request.status != "asked":
        raise DecidedOtherwise(request.status)
    if any(row.answered_at is None for row in known):
        raise QuestionWaits
    db.add(RequestQuestion(id=question_id, municipality_id=by.municipality_id, request_id=request.id, words=words, asked_by=by.id, asked_at=now))
    db.flush()
    told(db, "request.question", request.id, {"words": words}, by=by, now=now)
    notify(
        db, to=on_duty(db, asked_by(db, request), day_of(now)), municipality_id=request.municipality_id, key="request.question", slots={"work": request.function},
        path=f"/employer/requests/{request.id}", cause_id=str(question_id), now=now,
    )  # fmt: skip


def answer(db: Session, request: WorkRequest, question_id: uuid.UUID, words: str, *, by: Person, now: datetime) -> bool:
    """The employer answers, and who asked hears it. Gives False when this request has no such question; the same again changes nothing.

    Raises AnsweredBefore, and DecidedOtherwise when the request no longer waits.
    """
    lock_municipality(db, by.municipality_id)
    db.refresh(request)
    own = select(RequestQuestion).where(questions.c.id == question_id, questions.c.request_id == request.id)
    question: RequestQuestion | None = db.execute(own.execution_options(populate_existing=True)).scalar_one_or_none()
    if question is None:
        return False
    if question.answered_at is not None:
        if question.answer != words:
            raise AnsweredBefore
        return True
    if request.status != "asked":
        raise DecidedOtherwise(request.status)
    question.answer, question.answered_by, question.answered_at = words, by.id, now
    db.add(question)
    db.flush()
    told(db, "request.answered", request.id, {"answer": words}, by=by, now=now)
    notify(
        db, to=on_duty(db, question.asked_by, day_of(now)), municipality_id=request.municipality_id, key="request.answered", slots={"work": request.function},
        path=f"/requests/{request.id}", cause_id=str(question_id), now=now,
    )  # fmt: skip
    return True
