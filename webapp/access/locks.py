"""What somebody signs in with: made at the end of an invitation, or later by who is signed in; and what opens with it."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select, update
from sqlmodel import Session

from webapp.access import rules
from webapp.access.codes import contact_mark
from webapp.access.hashing import hashed, is_right
from webapp.access.models import RecoveryCode, Secret
from webapp.access.rules import Contact
from webapp.foundation.database import lock_municipality
from webapp.foundation.sealing import KeyRing
from webapp.history.actions import Change, record
from webapp.people.models import Account, Membership
from webapp.people.sessions import opens

known: Any = Secret.__table__  # type: ignore[attr-defined]
recovery: Any = RecoveryCode.__table__  # type: ignore[attr-defined]
memberships: Any = Membership.__table__  # type: ignore[attr-defined]
RECOVERY_CODES = 10


def set_pin(db: Session, keys: KeyRing, account: Account, pin: str, contact: Contact, *, role: str, now: datetime) -> None:
    """From now on a code to this contact and this pin sign somebody in. Where the code came is where they can be reached."""
    _end_old(db, account, "pin", now)
    db.add(
        Secret(
            municipality_id=account.municipality_id, account_id=account.id, kind="pin", contact_mark=contact_mark(keys, contact),
            secret_hash=hashed(pin), made_at=now,
        )
    )  # fmt: skip
    if contact.channel == "mail":
        account.email = contact.to
    elif rules.read_contact(account.phone) != contact:
        account.phone = contact.to
    db.add(account)
    _tell(db, account, "access.pin_set", {"by": contact.channel}, role=role, now=now)


def set_password(db: Session, keys: KeyRing, account: Account, password: str, totp: str, step: int, *, role: str, now: datetime) -> list[str]:
    """From now on this password and the codes of an app sign somebody in. Gives ten recovery codes, which are shown once."""
    contact = rules.read_contact(account.email)
    assert contact is not None
    _end_old(db, account, "password", now)
    made = Secret(
        municipality_id=account.municipality_id, account_id=account.id, kind="password", contact_mark=contact_mark(keys, contact),
        secret_hash=hashed(rules.plain_password(password)), totp_sealed=keys.seal("totp", totp), totp_step=step, made_at=now,
    )  # fmt: skip
    db.add(made)
    db.flush()
    codes = [rules.code_from([secrets.randbelow(len(rules.ALPHABET)) for _ in range(rules.CODE_LENGTH)]) for _ in range(RECOVERY_CODES)]
    db.add_all(
        RecoveryCode(municipality_id=account.municipality_id, secret_id=made.id, code_mark=_recovery_mark(keys, made.id, code)) for code in codes
    )
    _tell(db, account, "access.password_set", {}, role=role, now=now)
    return codes


def _end_old(db: Session, account: Account, kind: str, now: datetime) -> None:
    lock_municipality(db, account.municipality_id)
    db.execute(update(Secret).where(known.c.account_id == account.id, known.c.kind == kind, known.c.ended_at.is_(None)).values(ended_at=now))


def _tell(db: Session, account: Account, action: str, facts: dict[str, Any], *, role: str, now: datetime) -> None:
    change = Change(action, account.id, facts)
    record(db, [change], municipality_id=account.municipality_id, actor_id=account.id, actor_role=role, now=now)
    db.flush()


# opening ------------------------------------------------------------------------------------


class Found(NamedTuple):
    """A secret that may open, and for whom."""

    id: uuid.UUID
    account_id: uuid.UUID
    secret_hash: str
    totp_sealed: str
    totp_step: int


def with_contact(db: Session, keys: KeyRing, contact: Contact | None, kind: str) -> list[Found]:
    """Everybody who signs in with this contact: mostly one, a few in a family with one phone."""
    if contact is None:
        return []
    rows = db.execute(
        select(known.c.id, known.c.account_id, known.c.secret_hash, known.c.totp_sealed, known.c.totp_step)
        .where(known.c.contact_mark == contact_mark(keys, contact), known.c.kind == kind, known.c.ended_at.is_(None))
        .order_by(known.c.made_at)
        .limit(5)
    )
    return [Found(*row) for row in rows]


def right_one(found: Sequence[Found], typed: str) -> Found | None:
    """Whose secret this is. It takes the work of one hash at least, also where there is nobody."""
    right = [one for one in found if is_right(one.secret_hash, typed)]
    if not found:
        is_right(None, typed)
    return right[0] if right else None


def second_factor_is_right(db: Session, keys: KeyRing, found: Found, typed: str, *, now: datetime) -> bool:
    """A code of the app, or a recovery code; each opens once, also when two come at the same moment."""
    digits = rules.read_digits(typed, 6)
    if digits:
        step = step_of(keys.open("totp", found.totp_sealed), digits, last_used=found.totp_step, now=now)
        if step is None:
            return False
        done = db.execute(update(Secret).where(known.c.id == found.id, known.c.totp_step < step).values(totp_step=step))
        return bool(done.rowcount)  # type: ignore[attr-defined]
    code = rules.read_code(typed)
    if code is None:
        return False
    mine = (recovery.c.secret_id == found.id, recovery.c.code_mark == _recovery_mark(keys, found.id, code), recovery.c.used_at.is_(None))
    return bool(db.execute(update(RecoveryCode).where(*mine).values(used_at=now)).rowcount)  # type: ignore[attr-defined]


def step_of(totp: str, digits: str, *, last_used: int, now: datetime) -> int | None:
    """The half minute whose code this is, or None."""
    import hmac

    import pyotp

    app = pyotp.TOTP(totp)
    return next((step for step in rules.accepted_steps(now, last_used) if hmac.compare_digest(app.at(step * rules.STEP_SECONDS), digits)), None)


def _recovery_mark(keys: KeyRing, secret_id: uuid.UUID, code: str) -> str:
    return keys.mark("recovery", secret_id.hex + code)


def membership_for(db: Session, account_id: uuid.UUID, way: str, today: date, prefer: uuid.UUID | None = None) -> Membership | None:
    """As what somebody comes in: their oldest role that this way of signing in may open, or the one they were invited for."""
    rows = db.execute(
        select(Membership)
        .where(
            memberships.c.account_id == account_id, memberships.c.valid_from <= today,
            or_(memberships.c.valid_until.is_(None), memberships.c.valid_until >= today),
        )
        .order_by(memberships.c.valid_from, memberships.c.role)
    ).scalars()  # fmt: skip
    possible = [row for row in rows if opens(way, row.role)]
    return next((row for row in possible if row.id == prefer), possible[0] if possible else None)
