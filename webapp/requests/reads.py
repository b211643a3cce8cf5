"""Requests with what belongs to them: who asked, what was stated, what was decided, and how many places are taken."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.requests.actions import decisions, drafts, members, requests, statements
from webapp.requests.models import WorkRequest

accounts: Any = Account.__table__  # type: ignore[attr-defined]
employers: Any = Employer.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
askers: Any = accounts.alias("asker")
deciders: Any = accounts.alias("decider")

WHOLE = (
    select(
        requests, establishments.c.name.label("establishment"), establishments.c.street, establishments.c.town, employers.c.name.label("employer"),
        employers.c.is_agency, accounts.c.first_name.label("guide_first"), accounts.c.last_name.label("guide_last"), accounts.c.phone.label("guide_phone"),
    )
    .join_from(requests, establishments, establishments.c.id == requests.c.establishment_id)
    .join(employers, employers.c.id == establishments.c.employer_id)
    .join(accounts, accounts.c.id == requests.c.guide_id)
)  # fmt: skip


def of_workplace(db: Session, person: Person) -> list[Any]:
    """What was asked from this workplace, the newest first."""
    own = (requests.c.municipality_id == person.municipality_id, requests.c.establishment_id == person.establishment_id)
    return list(db.execute(select(requests).where(*own).order_by(requests.c.created_at.desc(), requests.c.id.desc())))


def drafts_of(db: Session, person: Person) -> list[Any]:
    """Drafts of this workplace that were not sent, the latest first."""
    own = (
        drafts.c.municipality_id == person.municipality_id,
        drafts.c.establishment_id == person.establishment_id,
        drafts.c.request_id.is_(None),
        drafts.c.thrown_away_at.is_(None),
    )
    return list(db.execute(select(drafts).where(*own).order_by(drafts.c.updated_at.desc(), drafts.c.id)))


def visible(person: Person) -> Any:
    """A query for the requests somebody may see: of their workplace, or of their municipality."""
    own = select(WorkRequest).where(requests.c.municipality_id == person.municipality_id)
    return own.where(requests.c.establishment_id == person.establishment_id) if person.role == Role.SUPERVISOR else own


def whole(db: Session, request_id: uuid.UUID) -> Any:
    """One request with its place, employer and who helps."""
    return db.execute(WHOLE.where(requests.c.id == request_id)).one()


def statement_of(db: Session, request_id: uuid.UUID) -> Any:
    """What was stated, with the name of who did; None for work that was written down before anybody asked."""
    query = (
        select(statements, askers.c.first_name, askers.c.last_name, askers.c.phone)
        .join(askers, askers.c.id == statements.c.stated_by)
        .where(statements.c.request_id == request_id)
    )
    return db.execute(query).first()


def decisions_on(db: Session, request_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    """What was decided about these requests, in order."""
    found: dict[uuid.UUID, list[Any]] = {}
    if request_ids:
        query = select(decisions, deciders.c.first_name, deciders.c.last_name).join(deciders, deciders.c.id == decisions.c.decided_by)
        for row in db.execute(query.where(decisions.c.request_id.in_(request_ids)).order_by(decisions.c.decided_at, decisions.c.id)):
            found.setdefault(row.request_id, []).append(row)
    return found


def asked(db: Session, municipality_id: int) -> list[Any]:
    """Requests that wait for somebody of the municipality, the oldest first."""
    waiting = (requests.c.municipality_id == municipality_id, requests.c.status == "asked")
    return list(db.execute(WHOLE.where(*waiting).order_by(requests.c.created_at, requests.c.id)))


def guides(db: Session, person: Person, today: date) -> dict[str, str]:
    """Who may help at this workplace: account and name of every supervisor there today."""
    query = (
        select(accounts.c.id, accounts.c.first_name, accounts.c.last_name)
        .join(members, members.c.account_id == accounts.c.id)
        .where(
            members.c.municipality_id == person.municipality_id, members.c.establishment_id == person.establishment_id, members.c.role == Role.SUPERVISOR,
            members.c.valid_from <= today, or_(members.c.valid_until.is_(None), members.c.valid_until >= today),
        )
        .distinct()
        .order_by(accounts.c.first_name, accounts.c.last_name)
    )  # fmt: skip
    return {str(row.id): f"{row.first_name} {row.last_name}" for row in db.execute(query)}


def place_of(db: Session, person: Person) -> Any:
    """The workplace of a supervisor, with its employer."""
    query = select(establishments, employers.c.name.label("employer"), employers.c.is_agency).join(
        employers, employers.c.id == establishments.c.employer_id
    )
    return db.execute(query.where(establishments.c.id == person.establishment_id, establishments.c.municipality_id == person.municipality_id)).one()
