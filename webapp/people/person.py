"""The signed-in person: loaded once per request, with one statement."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import NamedTuple

from flask import request
from flask_login import LoginManager
from sqlalchemy import bindparam, func, or_, select
from sqlmodel import Session

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import LOCK_SPACE, SAFE_METHODS, Read, db, dialect_of
from webapp.foundation.tenancy import acting_for, narrowed
from webapp.people.employers import Establishment
from webapp.people.models import Account, Membership, Municipality, SignIn

account, membership, municipality = Account.__table__, Membership.__table__, Municipality.__table__  # type: ignore[attr-defined]
sign_in, establishment = SignIn.__table__, Establishment.__table__  # type: ignore[attr-defined]


NEVER = datetime.max.replace(tzinfo=UTC)


class Person(NamedTuple):
    """Somebody at work in one role. What a page may show starts from here: the municipality, then the role."""

    id: uuid.UUID
    sign_in_id: uuid.UUID
    membership_id: uuid.UUID
    role: str
    municipality_id: int
    municipality_name: str
    municipality_phone: str
    terms_token: str
    first_name: str
    last_name: str
    language: str
    theme: str
    establishment_id: uuid.UUID | None
    organisation_name: str | None
    idle_ends_at: datetime = NEVER
    way: str = ""

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_active(self) -> bool:
        return True  # a membership or sign-in that ended never becomes a person

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def get_id(self) -> str:
        return self.sign_in_id.hex


FIELDS = len(Person._fields)
SIGNED_IN = (
    select(
        account.c.id, sign_in.c.id, membership.c.id, membership.c.role,
        municipality.c.id, municipality.c.name, municipality.c.phone, municipality.c.terms_token,
        account.c.first_name, account.c.last_name, account.c.language, account.c.theme,
        membership.c.establishment_id, establishment.c.name, sign_in.c.idle_ends_at, sign_in.c.way,
    )
    .join_from(sign_in, membership, sign_in.c.membership_id == membership.c.id)
    .join(account, membership.c.account_id == account.c.id)
    .join(municipality, account.c.municipality_id == municipality.c.id)
    .outerjoin(establishment, membership.c.establishment_id == establishment.c.id)
    .where(
        sign_in.c.id == bindparam("sign_in"),
        sign_in.c.ended_at.is_(None),
        sign_in.c.ends_at > bindparam("now"),
        sign_in.c.idle_ends_at > bindparam("now"),
        membership.c.valid_from <= bindparam("today"),
        or_(membership.c.valid_until.is_(None), membership.c.valid_until >= bindparam("today")),
    )
)  # fmt: skip
# PostgreSQL: the same row, and from here on the transaction acts for their municipality alone (foundation/tenancy.py)
SIGNED_IN_FOR_ONE = SIGNED_IN.add_columns(acting_for(municipality.c.id))
NARROWED = Read(SIGNED_IN_FOR_ONE)
# before a change also the lock of `lock_municipality`, in the same statement
NARROWED_AND_LOCKED = Read(SIGNED_IN_FOR_ONE.add_columns(func.pg_advisory_xact_lock(LOCK_SPACE, municipality.c.id)))
JUST_SIGNED_IN = Read(SIGNED_IN)


def signed_in_person(session: Session, sign_in_id: uuid.UUID, at: datetime, today: date, *, to_change: bool = False) -> Person | None:
    """The person behind a sign-in that still counts, or None. `to_change`: writers of a municipality then wait in line."""
    narrows = dialect_of(session) == "postgresql"
    read = (NARROWED_AND_LOCKED if to_change else NARROWED) if narrows else JUST_SIGNED_IN
    row = read.first(session, sign_in=sign_in_id, now=at, today=today)
    if row is None:
        return None
    person = Person._make(row[:FIELDS])
    if narrows:
        narrowed(session, person.municipality_id)
    return person


class SignedIn(LoginManager):
    """Does not compare addresses and browsers: a phone changes its address all day; the sign-in row decides."""

    def _session_protection_failed(self) -> bool:
        return False  # or it works out a fingerprint for every page, only not to compare it


login = SignedIn()


@login.user_loader
def load_person(sign_in_id: str) -> Person | None:
    if request.endpoint == "static":
        return None
    try:
        key = uuid.UUID(sign_in_id)
    except (ValueError, AttributeError, TypeError):  # also what is no text
        return None
    at = now()
    return signed_in_person(db(), key, at, day_of(at), to_change=request.method not in SAFE_METHODS)
