"""What a participant asks about their own data, and what a named official answers: rows, history and messages together."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.history.actions import Change, record
from webapp.notifications.actions import notify
from webapp.people.actions import on_duty
from webapp.people.models import Account, ParticipantFile
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.placements.actions import own_caseload, placements
from webapp.privacy import rules
from webapp.privacy.models import DataRequest
from webapp.privacy.retention import periods
from webapp.privacy.rules import Kept
from webapp.terms.actions import Terms

questions: Any = DataRequest.__table__  # type: ignore[attr-defined]
accounts: Any = Account.__table__  # type: ignore[attr-defined]
files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]
answerers: Any = accounts.alias("answerer")

LEAVING_DAYS = 14  # where the terms name none: time to read the answer and save one's own data


def visible_to(person: Person, today: date) -> Any:
    """Questions this person may see: one's own, those of the own caseload, or for an administrator all of the municipality."""
    query = select(DataRequest).where(questions.c.municipality_id == person.municipality_id)
    if person.role == Role.PARTICIPANT:
        return query.where(questions.c.participant_id == person.id)
    if person.role == Role.CASE_MANAGER:
        return query.where(questions.c.participant_id.in_(own_caseload(person, today)))
    return query


def asked_by(db: Session, person: Person) -> list[Any]:
    """One's own questions with their answers, the latest first."""
    rows = (
        select(questions, answerers.c.first_name, answerers.c.last_name)
        .select_from(questions)
        .outerjoin(answerers, answerers.c.id == questions.c.answered_by)
        .where(questions.c.municipality_id == person.municipality_id, questions.c.participant_id == person.id)
        .order_by(questions.c.asked_at.desc())
    )
    return list(db.execute(rows))


def to_answer(db: Session, person: Person, today: date) -> list[Any]:
    """Questions of the people this official works for, with who asked: open ones first, the oldest first."""
    rows = (
        select(questions, accounts.c.first_name, accounts.c.last_name, answerers.c.first_name.label("answered_by_name"))
        .select_from(questions)
        .join(accounts, accounts.c.id == questions.c.participant_id)
        .outerjoin(answerers, answerers.c.id == questions.c.answered_by)
        .where(questions.c.id.in_(visible_to(person, today).with_only_columns(questions.c.id)), questions.c.withdrawn_at.is_(None))
        .order_by(questions.c.answered_at.is_not(None), questions.c.asked_at)
        .limit(200)
    )
    return list(db.execute(rows))


def waiting(db: Session, person: Person, today: date) -> int:
    """How many questions wait for this official."""
    open_ones = visible_to(person, today).with_only_columns(func.count()).where(questions.c.answered_at.is_(None), questions.c.withdrawn_at.is_(None))
    return int(db.execute(open_ones).scalar_one())


def ask(db: Session, person: Person, kind: str, *, id: uuid.UUID, words: str, now: datetime) -> None:
    """Ask to correct something, or to be erased. The same request again, or a second wish to be erased, changes nothing.

    Raises NotYours for an id that is somebody else's.
    """
    lock_municipality(db, person.municipality_id)
    before = db.get(DataRequest, id)
    if before is not None and before.participant_id != person.id:
        raise rules.NotYours
    if before is not None or (kind == "erasure" and open_wish(db, person.id) is not None):
        return
    made = DataRequest(id=id, municipality_id=person.municipality_id, participant_id=person.id, kind=kind, words=words, asked_at=now)
    db.add(made)
    db.flush()
    _tell_history(db, f"{kind}.asked", made, {"words": words}, by=person, now=now)
    manager = db.execute(select(files.c.case_manager_id).where(files.c.account_id == person.id)).scalar_one_or_none()
    if manager is not None:
        notify(
            db, to=on_duty(db, manager, day_of(now)), municipality_id=person.municipality_id, key=f"{kind}.asked",
            slots={"name": f"{person.first_name} {person.last_name[:1]}.", "due_on": rules.due_on(day_of(now)).isoformat()},
            path="/data-requests", cause_id=str(made.id), now=now,
        )  # fmt: skip
    notify(
        db, to=person.id, municipality_id=person.municipality_id, key="question.received", slots={"due_on": rules.due_on(day_of(now)).isoformat()},
        path="/me/data", cause_id=str(made.id), now=now,
    )  # fmt: skip


def open_wish(db: Session, person_id: uuid.UUID) -> DataRequest | None:
    """A wish to be erased that was not answered yet, or answered with yes and not carried out."""
    mine = (
        questions.c.participant_id == person_id,
        questions.c.kind == "erasure",
        questions.c.withdrawn_at.is_(None),
        questions.c.erased_at.is_(None),
    )
    found: DataRequest | None = db.execute(select(DataRequest).where(*mine, questions.c.answer != "no")).scalars().first()
    return found


def withdraw(db: Session, wish: DataRequest, *, by: Person, now: datetime) -> None:
    """The person stays after all. Possible until the day it is carried out; again changes nothing."""
    lock_municipality(db, wish.municipality_id)
    if wish.withdrawn_at is not None or wish.erased_at is not None:
        return
    wish.withdrawn_at, wish.erase_on = now, None
    db.add(wish)
    db.flush()
    _tell_history(db, "erasure.withdrawn", wish, {}, by=by, now=now)


def answer(db: Session, question: DataRequest, said: str, *, reason: str, by: Person, terms: Terms, now: datetime) -> None:
    """An official decides, with a reason. The same answer again changes nothing.

    Raises AlreadyAnswered for another answer, NotStoppedYet for a yes to erasing somebody who still works.
    """
    lock_municipality(db, question.municipality_id)
    if question.answered_at is not None or question.withdrawn_at is not None:
        if (question.answer, question.reason, question.answered_by) == (said, reason, by.id):
            return
        raise rules.AlreadyAnswered
    if question.kind == "erasure" and said == "yes":
        if still_works(db, question.participant_id):
            raise rules.NotStoppedYet
        days, _ = periods(terms, day_of(now))
        question.erase_on = day_of(now) + timedelta(days=days.get("leaving", LEAVING_DAYS))
    question.answer, question.reason, question.answered_by, question.answered_at = said, reason, by.id, now
    db.add(question)
    db.flush()
    _tell_history(db, f"{question.kind}.answered", question, {"answer": said, "reason": reason, "erase_on": question.erase_on}, by=by, now=now)
    for to, path in ((question.participant_id, "/me/data"), (by.id, "/data-requests")):
        notify(
            db, to=to, municipality_id=question.municipality_id, key="question.answered" if to == question.participant_id else "question.done",
            slots={"name": by.name}, path=path, cause_id=str(question.id), now=now,
        )  # fmt: skip


def still_works(db: Session, person_id: uuid.UUID) -> bool:
    runs = (placements.c.participant_id == person_id, placements.c.status.in_(("accepted", "running")))
    return db.execute(select(placements.c.id).where(*runs).limit(1)).first() is not None


def kept_of(db: Session, person_id: uuid.UUID, terms: Terms, today: date) -> list[Kept]:
    """What the law keeps of this person when they leave today, until when, and who says so."""
    ran = (placements.c.participant_id == person_id, placements.c.status.in_(("running", "ended")))
    last = db.execute(select(func.max(placements.c.ends_on)).where(*ran)).scalar_one()
    days, sources = periods(terms, today)
    return rules.what_is_kept(min(last, today) if last else None, last is not None, days, sources, today)


def _tell_history(db: Session, action: str, question: DataRequest, facts: dict[str, Any], *, by: Person, now: datetime) -> None:
    change = Change(action, question.id, {"participant": question.participant_id, **facts})
    record(db, [change], municipality_id=question.municipality_id, actor_id=by.id, actor_role=by.role, now=now)
