"""A shared tablet on the shop floor: supervisors sign in with their name and a pin, and are signed out without use."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import CheckConstraint, UniqueConstraint, or_, select, update
from sqlmodel import Field, Session, SQLModel

from webapp.foundation.database import Utc
from webapp.foundation.ids import new_id
from webapp.people.actions import sign_in
from webapp.people.models import Membership, SignIn
from webapp.people.person import Person
from webapp.people.sessions import TABLET

ENDS_WITHOUT_USE = timedelta(seconds=60)
MOST_WRONG_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
# OWASP's least for argon2id: 19 MiB and two passes. Four digits live by the lock, not by the hash.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class SharedTablet(SQLModel, table=True):
    """A device that supervisors of one establishment share. It keeps a token; here is only its hash."""

    __tablename__ = "shared_tablet"
    __table_args__ = (UniqueConstraint("token_hash", name="a_tablet_has_its_own_token"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    establishment_id: uuid.UUID = Field(foreign_key="establishment.id", index=True)
    token_hash: str
    made_by: uuid.UUID = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class TabletPin(SQLModel, table=True):
    """The pin with which one person signs in on a shared tablet. After five wrong tries it is locked for a while."""

    __tablename__ = "tablet_pin"
    __table_args__ = (CheckConstraint("wrong_tries >= 0", name="wrong_tries_are_counted"),)

    account_id: uuid.UUID = Field(foreign_key="account.id", primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    pin_hash: str
    set_at: datetime = Field(sa_type=Utc)
    wrong_tries: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=Utc)


tablets: Any = SharedTablet.__table__  # type: ignore[attr-defined]
pins: Any = TabletPin.__table__  # type: ignore[attr-defined]
sign_ins: Any = SignIn.__table__  # type: ignore[attr-defined]


class EasyPin(ValueError):
    """Not four digits, or four that everybody tries first."""


class WrongPin(Exception):
    """This is not the pin. `locked_until`: not to be tried again before then, or None."""

    def __init__(self, locked_until: datetime | None = None) -> None:
        super().__init__()
        self.locked_until = locked_until


def token_hash(token: str) -> str:
    """The token is long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def share(db: Session, person: Person, *, now: datetime) -> tuple[SharedTablet, str]:
    """Make a device a shared tablet of this person's establishment. Gives the token the device keeps; it is stored nowhere."""
    assert person.establishment_id is not None
    token = secrets.token_urlsafe(32)
    made = SharedTablet(
        municipality_id=person.municipality_id,
        establishment_id=person.establishment_id,
        token_hash=token_hash(token),
        made_by=person.id,
        made_at=now,
    )
    db.add(made)
    db.flush()
    return made, token


def tablet_with(db: Session, token: str | None) -> SharedTablet | None:
    """The tablet that holds this token, while it is shared."""
    if not token:
        return None
    found: SharedTablet | None = db.execute(
        select(SharedTablet).where(tablets.c.token_hash == token_hash(token), tablets.c.ended_at.is_(None))
    ).scalar_one_or_none()
    return found


def ensure_hard_to_guess(pin: str) -> None:
    """Raises EasyPin for anything but four digits, for four equal ones, and for a row such as 1234 or 9876.

    >>> ensure_hard_to_guess("2580")
    """
    if not re.fullmatch(r"[0-9]{4}", pin):
        raise EasyPin
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise EasyPin


def set_pin(db: Session, person: Person, pin: str, *, now: datetime) -> None:
    """This person's pin from here on; an old lock is gone. Raises EasyPin."""
    ensure_hard_to_guess(pin)
    known = db.get(TabletPin, person.id)
    row = known or TabletPin(account_id=person.id, municipality_id=person.municipality_id, pin_hash="", set_at=now)
    row.pin_hash, row.set_at, row.wrong_tries, row.locked_until = HASHER.hash(pin), now, 0, None
    db.add(row)
    db.flush()


def open_with_pin(db: Session, membership: Membership, pin: str, *, now: datetime) -> SignIn:
    """A sign-in that ends after a minute without use. Raises WrongPin; what it counted has to be kept by the caller.

    A try is counted before it is judged, so that many tries at once are not more tries.
    """
    not_locked = or_(pins.c.locked_until.is_(None), pins.c.locked_until <= now)
    counted = db.execute(update(TabletPin).where(pins.c.account_id == membership.account_id, not_locked).values(wrong_tries=pins.c.wrong_tries + 1))
    found = db.execute(select(pins).where(pins.c.account_id == membership.account_id)).first()
    if found is None:
        raise WrongPin
    if counted.rowcount == 0:  # type: ignore[attr-defined]  # an update has it
        raise WrongPin(found.locked_until)
    if not _is_right(found.pin_hash, pin):
        locked = now + LOCKED_FOR if found.wrong_tries >= MOST_WRONG_TRIES else None
        if locked:
            db.execute(update(TabletPin).where(pins.c.account_id == membership.account_id).values(wrong_tries=0, locked_until=locked))
        raise WrongPin(locked)
    db.execute(update(TabletPin).where(pins.c.account_id == membership.account_id).values(wrong_tries=0, locked_until=None))
    made = sign_in(db, membership, now=now, way=TABLET)
    made.ends_at = now + ENDS_WITHOUT_USE
    db.add(made)
    db.flush()
    return made


def _is_right(pin_hash: str, pin: str) -> bool:
    try:
        return HASHER.verify(pin_hash, pin)
    except VerificationError:
        return False


def used(db: Session, sign_in_id: uuid.UUID, *, now: datetime) -> None:
    """The tablet was used: the sign-in ends a minute from now."""
    db.execute(update(SignIn).where(sign_ins.c.id == sign_in_id, sign_ins.c.ended_at.is_(None)).values(ends_at=now + ENDS_WITHOUT_USE))
