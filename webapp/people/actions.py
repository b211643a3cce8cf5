"""Signing in and out, and choosing as what to work."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from webapp.people.models import Absence, Account, Membership, SignIn
from webapp.people.person import Person
from webapp.people.sessions import LIMITS
from webapp.permissions import Role


def memberships_of(db: Session, account_id: uuid.UUID, today: date) -> list[Membership]:
    """What somebody may work as today, oldest first."""
    rows = db.exec(  # type: ignore[call-overload]
        select(Membership)
        .where(
            col(Membership.account_id) == account_id,
            col(Membership.valid_from) <= today,
            or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= today),
        )
        .order_by(col(Membership.valid_from), col(Membership.role))
    )
    return list(rows.scalars())


def sign_in(db: Session, membership: Membership, *, now: datetime, way: str = "", device: str = "") -> SignIn:
    """A new signed-in device for somebody in this role. `way`: what they showed (sessions.WAYS)."""
    limits = LIMITS[Role(membership.role)]
    made = SignIn(
        municipality_id=membership.municipality_id, membership_id=membership.id, started_at=now, ends_at=now + limits.longest,
        idle_ends_at=now + limits.idle, seen_at=now, way=way, device=device,
    )  # fmt: skip
    db.add(made)
    db.flush()
    return made


def sign_out(db: Session, sign_in_id: uuid.UUID, *, now: datetime) -> None:
    """End one signed-in device; the cookie it holds means nothing afterwards."""
    db.execute(update(SignIn).where(col(SignIn.id) == sign_in_id, col(SignIn.ended_at).is_(None)).values(ended_at=now))


def account_with_handle(db: Session, handle: str) -> Account | None:
    found: Account | None = db.execute(select(Account).where(col(Account.handle) == handle)).scalar_one_or_none()
    return found


def choose_language(db: Session, person: Person, language: str) -> None:
    db.execute(update(Account).where(col(Account.id) == person.id).values(language=language))


def choose_theme(db: Session, person: Person, theme: str) -> None:
    db.execute(update(Account).where(col(Account.id) == person.id).values(theme=theme))


def stand_ins(db: Session, account_ids: set[uuid.UUID], today: date) -> dict[uuid.UUID, uuid.UUID]:
    """Who stands in today for whom, among these people."""
    rows: Any = db.execute(
        select(col(Absence.account_id), col(Absence.stand_in_id)).where(
            col(Absence.account_id).in_(account_ids), col(Absence.first_day) <= today, col(Absence.last_day) >= today, col(Absence.ended_at).is_(None)
        )
    )
    return dict(rows.all())


def on_duty(db: Session, account_id: uuid.UUID, today: date) -> uuid.UUID:
    """Who gets somebody's messages today: whoever stands in, otherwise they themselves."""
    return stand_ins(db, {account_id}, today).get(account_id, account_id)


def arrange_stand_in(db: Session, person: Person, stand_in: Membership, *, first_day: date, last_day: date) -> Absence:
    """Somebody else does this person's work from the first to the last day.

    A supervisor's stand-in from another establishment may also work at this one for those days.
    """
    absence = Absence(
        municipality_id=person.municipality_id, account_id=person.id, stand_in_id=stand_in.account_id, first_day=first_day, last_day=last_day
    )
    db.add(absence)
    if person.establishment_id is not None and stand_in.establishment_id != person.establishment_id:
        db.add(
            Membership(
                municipality_id=person.municipality_id, account_id=stand_in.account_id, role=Role.SUPERVISOR,
                establishment_id=person.establishment_id, valid_from=first_day, valid_until=last_day,
            )
        )  # fmt: skip
    db.flush()
    return absence
