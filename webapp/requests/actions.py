"""Asking for people: a draft that is kept, sent once, and taken on or refused by a named official; or ended by the employer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.history.actions import told
from webapp.notifications.actions import notify, withdraw
from webapp.people.actions import on_duty
from webapp.people.employers import Establishment
from webapp.people.models import Membership
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.requests.models import RequestDecision, RequestDraft, RequestStatement, WorkRequest
from webapp.safeguards.rules import NOT_ALLOWED, Finding, worst

drafts: Any = RequestDraft.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]
statements: Any = RequestStatement.__table__  # type: ignore[attr-defined]
decisions: Any = RequestDecision.__table__  # type: ignore[attr-defined]
places: Any = Establishment.__table__  # type: ignore[attr-defined]
members: Any = Membership.__table__  # type: ignore[attr-defined]

OF_REQUEST = ("function", "tasks", "learn", "pattern", "weekly_minutes", "starts_on", "weeks", "places", "tariff_cents", "guide_id", "guide_note")
OF_STATEMENT = (
    "sector", "let_go", "let_go_on", "vacancy", "vacancy_until", "replaces_paid_hours", "staff_consulted", "paid_work", "end_client",
    "agency_tariff_cents", "insurance",
)  # fmt: skip


class DecidedOtherwise(Exception):
    """Somebody decided something else about this request before. `status`: what it is now."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class NotAllowed(Exception):
    """A test of what protects ordinary jobs says that this work cannot be done in the scheme."""


class DraftGone(Exception):
    """A colleague threw this draft away meanwhile."""


def own_draft(db: Session, person: Person, draft_id: uuid.UUID) -> RequestDraft | None:
    """A draft of this workplace, also one that was thrown away: colleagues go on with each other's."""
    own = (drafts.c.id == draft_id, drafts.c.municipality_id == person.municipality_id, drafts.c.establishment_id == person.establishment_id)
    # as it stands now, also where this session read it before it had its turn: a colleague may be at another step
    as_it_is = select(RequestDraft).where(*own).execution_options(populate_existing=True)
    found: RequestDraft | None = db.execute(as_it_is).scalar_one_or_none()
    return found


def keep(db: Session, person: Person, draft_id: uuid.UUID, typed: Mapping[str, str], *, now: datetime) -> RequestDraft:
    """Add what was typed to a draft, or begin one. What was sent or thrown away before no longer changes."""
    lock_municipality(db, person.municipality_id)
    draft = own_draft(db, person, draft_id)
    if draft is None:
        assert person.establishment_id is not None
        draft = RequestDraft(
            id=draft_id, municipality_id=person.municipality_id, establishment_id=person.establishment_id, made_by=person.id, typed={}, updated_at=now
        )
    if draft.request_id is None and draft.thrown_away_at is None:
        draft.typed, draft.updated_at = {**draft.typed, **typed}, now
        db.add(draft)
        db.flush()
    return draft


def throw_away(db: Session, person: Person, draft_id: uuid.UUID, *, now: datetime) -> bool:
    """What was typed in a draft that was not sent goes for good; its identifier stays used. Again changes nothing. Gives False for a stranger's."""
    lock_municipality(db, person.municipality_id)
    draft = own_draft(db, person, draft_id)
    if draft is None:
        return False
    if draft.request_id is None and draft.thrown_away_at is None:
        draft.typed, draft.thrown_away_at = {}, now
        db.add(draft)
        db.flush()
    return True


def send(db: Session, draft: RequestDraft, found: Mapping[str, Any], *, by: Person, now: datetime) -> WorkRequest:
    """Ask the municipality. A second time finds the request of the first. The number of staff is kept with the establishment.

    Raises DraftGone when a colleague threw the draft away meanwhile.
    """
    lock_municipality(db, by.municipality_id)
    as_it_is = own_draft(db, by, draft.id)
    if as_it_is is None or as_it_is.thrown_away_at is not None:
        raise DraftGone
    if draft.request_id is not None:
        return db.get_one(WorkRequest, draft.request_id)
    made = WorkRequest(
        municipality_id=by.municipality_id, establishment_id=draft.establishment_id, status="asked", created_at=now, **{name: found[name] for name in OF_REQUEST}
    )  # fmt: skip
    db.add(made)
    db.flush()
    db.add(RequestStatement(
        municipality_id=by.municipality_id, request_id=made.id, stated_by=by.id, stated_at=now, **{name: found[name] for name in OF_STATEMENT}
    ))  # fmt: skip
    if found["staff_count"] is not None:
        count_staff(db, draft.establishment_id, found["staff_count"], found["staff_counted_on"], by=by, now=now)
    draft.request_id = made.id
    db.add(draft)
    db.flush()
    told(db, "request.asked", made.id, {"function": made.function, "places": made.places}, by=by, now=now)
    for official in who_looks(db, made, day_of(now)):
        notify(
            db, to=on_duty(db, official, day_of(now)), municipality_id=by.municipality_id, key="request.new", slots={"work": made.function},
            path=f"/requests/{made.id}", cause_id=str(made.id), now=now,
        )  # fmt: skip
    return made


def count_staff(db: Session, establishment_id: uuid.UUID, count: int, counted_on: date, *, by: Person, now: datetime) -> None:
    """How many people work somewhere, on a day. An older count than the one that is known changes nothing."""
    place = db.get_one(Establishment, establishment_id)
    if place.staff_counted_on is not None and counted_on < place.staff_counted_on:
        return
    if (place.staff_count, place.staff_counted_on) == (count, counted_on):
        return
    place.staff_count, place.staff_counted_on = count, counted_on
    db.add(place)
    db.flush()
    told(db, "establishment.counted", place.id, {"people": count, "on": counted_on}, by=by, now=now)


def officials(db: Session, municipality_id: int, today: date) -> list[uuid.UUID]:
    """Every case manager of a municipality, in a fixed order."""
    query = select(members.c.account_id).where(
        members.c.municipality_id == municipality_id, members.c.role == Role.CASE_MANAGER, members.c.valid_from <= today,
        or_(members.c.valid_until.is_(None), members.c.valid_until >= today),
    )  # fmt: skip
    return list(db.execute(query.distinct().order_by(members.c.account_id)).scalars())


def who_looks(db: Session, request: WorkRequest, today: date) -> list[uuid.UUID]:
    """Who hears of a new request: whoever decided last about this employer, if they still are a case manager; else all of them."""
    everybody = officials(db, request.municipality_id, today)
    employer = select(places.c.employer_id).where(places.c.id == request.establishment_id).scalar_subquery()
    query = (
        select(decisions.c.decided_by)
        .join_from(decisions, requests, requests.c.id == decisions.c.request_id)
        .join(places, places.c.id == requests.c.establishment_id)
        .where(places.c.employer_id == employer, decisions.c.municipality_id == request.municipality_id, decisions.c.outcome != "ended")
        .order_by(decisions.c.decided_at.desc())
        .limit(1)
    )
    last = db.execute(query).scalar()
    return [last] if last in everybody else everybody


def asked_by(db: Session, request: WorkRequest) -> uuid.UUID:
    """Whom an answer goes to: who stated something for the workplace, else who began the draft, else who helps there.

    An official who wrote down what the employer said did not ask for people.
    """
    from_there = select(members.c.account_id).where(members.c.establishment_id == request.establishment_id, members.c.role == Role.SUPERVISOR)
    stated = select(statements.c.stated_by).where(statements.c.request_id == request.id, statements.c.stated_by.in_(from_there)).scalar_subquery()
    began = select(drafts.c.made_by).where(drafts.c.request_id == request.id).scalar_subquery()
    found: uuid.UUID | None = db.execute(select(func.coalesce(stated, began))).scalar()
    return found or request.guide_id


def take_on(db: Session, request: WorkRequest, findings: Sequence[Finding], *, by: Person, now: datetime) -> None:
    """From now on somebody may be offered this work. Again changes nothing. `findings`: what the tests find of it now.

    Raises DecidedOtherwise, and NotAllowed where a test says so: no judgement can change that.
    """
    if request.status == "asked" and worst(findings) == NOT_ALLOWED:
        raise NotAllowed
    _decide(db, request, "asked", "open", "taken_on", by=by, now=now)


def refuse(db: Session, request: WorkRequest, *, reason: str, words: str, by: Person, now: datetime) -> None:
    """The employer reads why, in plain words. Again changes nothing. Raises DecidedOtherwise."""
    _decide(db, request, "asked", "refused", "refused", reason=reason, words=words, by=by, now=now)


def end(db: Session, request: WorkRequest, *, by: Person, now: datetime) -> None:
    """The employer looks for nobody any more; who works goes on. The caller closes what is offered. Raises DecidedOtherwise."""
    before = request.status
    if before == "asked":
        _decide(db, request, "asked", "closed", "ended", by=by, now=now)
    else:
        _decide(db, request, "open", "closed", "ended", by=by, now=now)


def _decide(
    db: Session, request: WorkRequest, before: str, after: str, outcome: str, *, reason: str = "", words: str = "", by: Person, now: datetime
) -> None:
    lock_municipality(db, request.municipality_id)
    db.refresh(request)
    if request.status == after:
        return
    if request.status != before:
        raise DecidedOtherwise(request.status)
    request.status = after
    db.add(request)
    db.add(RequestDecision(
        municipality_id=request.municipality_id, request_id=request.id, outcome=outcome, reason=reason, words=words, decided_by=by.id, decided_at=now
    ))  # fmt: skip
    db.flush()
    withdraw(db, "request.new", str(request.id), now=now)  # nobody else needs to look any more
    told(db, f"request.{outcome}", request.id, {"reason": reason, "words": words} if reason else {}, by=by, now=now)
    if outcome == "ended":
        return
    notify(
        db, to=on_duty(db, asked_by(db, request), day_of(now)), municipality_id=request.municipality_id, key="request.yes" if outcome == "taken_on" else "request.no",
        slots={"work": request.function}, path=f"/employer/requests/{request.id}", cause_id=str(request.id), now=now,
    )  # fmt: skip
