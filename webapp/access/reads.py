"""Whom somebody may invite; each read begins at the municipality, and at the own caseload."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session

from webapp.access.models import Invitation
from webapp.notifications.outgoing import outgoing
from webapp.people.employers import Establishment
from webapp.people.models import Account, Membership, ParticipantFile, SignIn
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.placements.actions import own_caseload

accounts: Any = Account.__table__  # type: ignore[attr-defined]
memberships: Any = Membership.__table__  # type: ignore[attr-defined]
files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
invitations: Any = Invitation.__table__  # type: ignore[attr-defined]
sign_ins: Any = SignIn.__table__  # type: ignore[attr-defined]


def counts_on(today: date) -> tuple[Any, ...]:
    return (memberships.c.valid_from <= today, or_(memberships.c.valid_until.is_(None), memberships.c.valid_until >= today))


def participant(db: Session, person: Person, participant_id: uuid.UUID, today: date) -> Any:
    """A participant of the own caseload with their membership, or None."""
    return db.execute(
        select(Account, Membership, ParticipantFile)
        .join(Membership, memberships.c.account_id == accounts.c.id)
        .join(ParticipantFile, files.c.account_id == accounts.c.id)
        .where(
            accounts.c.id == participant_id, accounts.c.municipality_id == person.municipality_id, memberships.c.role == Role.PARTICIPANT,
            files.c.account_id.in_(own_caseload(person, today)), *counts_on(today),
        )
        .order_by(memberships.c.valid_from.desc())
        .limit(1)
    ).first()  # fmt: skip


def colleague(db: Session, person: Person, account_id: uuid.UUID, today: date) -> Any:
    """A supervisor or somebody of the municipality, with the role that counts most, or None."""
    own = (accounts.c.id == account_id, accounts.c.municipality_id == person.municipality_id, memberships.c.role != Role.PARTICIPANT)
    return db.execute(
        select(Account, Membership)
        .join(Membership, memberships.c.account_id == accounts.c.id)
        .where(*own, *counts_on(today))
        .order_by(memberships.c.role == Role.SUPERVISOR, memberships.c.valid_from, memberships.c.id)
        .limit(1)
    ).first()


def colleagues(db: Session, person: Person, today: date) -> list[Any]:
    """Everybody who works here as supervisor or for the municipality, with their last sign-in and an open invitation."""
    last = select(func.max(sign_ins.c.started_at)).where(sign_ins.c.membership_id == memberships.c.id).scalar_subquery()
    live = (invitations.c.used_at.is_(None), invitations.c.ended_at.is_(None))
    invited = select(func.max(invitations.c.ends_at)).where(invitations.c.account_id == accounts.c.id, *live).scalar_subquery()
    rows = db.execute(
        select(
            accounts.c.id, accounts.c.first_name, accounts.c.last_name, accounts.c.email, memberships.c.role, memberships.c.valid_until,
            establishments.c.name.label("establishment"), last.label("last_sign_in"), invited.label("invited_until"),
        )
        .join_from(accounts, memberships, memberships.c.account_id == accounts.c.id)
        .outerjoin(establishments, establishments.c.id == memberships.c.establishment_id)
        .where(accounts.c.municipality_id == person.municipality_id, memberships.c.role != Role.PARTICIPANT, *counts_on(today))
    )  # fmt: skip
    return sorted(rows, key=lambda row: (row.role == Role.SUPERVISOR, row.first_name.casefold(), row.last_name.casefold(), row.role))


def letter(db: Session, person: Person, outgoing_id: uuid.UUID, today: date) -> Any:
    """Something in the outbox: for an admin of this municipality, or about somebody of the own caseload. Or None."""
    own = (outgoing.c.id == outgoing_id, outgoing.c.municipality_id == person.municipality_id)
    mine = () if person.role == Role.ADMIN else (outgoing.c.account_id.in_(own_caseload(person, today)),)
    return db.execute(select(outgoing).where(*own, *mine)).first()


def letters_about(db: Session, invitation_id: uuid.UUID) -> Any:
    """What went out, or will, for an invitation; the newest."""
    return db.execute(select(outgoing).where(outgoing.c.cause_id == invitation_id).order_by(outgoing.c.created_at.desc()).limit(1)).first()
