"""How long a signed-in device lasts, and the devices of one person."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlmodel import Session

from webapp.people.models import Membership, SignIn
from webapp.permissions import Role

sign_ins: Any = SignIn.__table__  # type: ignore[attr-defined]
memberships: Any = Membership.__table__  # type: ignore[attr-defined]


class Limits(NamedTuple):
    """`longest`: whatever happens; `idle`: without use; `noted_every`: how often use is written down, so that a page costs no write."""

    longest: timedelta
    idle: timedelta
    noted_every: timedelta


# OWASP ASVS 5.0, 7.1.1 and 7.3, and NIST SP 800-63B; why phones stay signed in longer than that stands in DECISIONS.md
OWN_PHONE = Limits(timedelta(days=60), timedelta(days=30), timedelta(days=1))
OFFICE = Limits(timedelta(hours=12), timedelta(minutes=30), timedelta(minutes=5))
LIMITS = {
    Role.PARTICIPANT: OWN_PHONE, Role.SUPERVISOR: OWN_PHONE,
    Role.CASE_MANAGER: OFFICE, Role.FINANCE: OFFICE, Role.ADMIN: OFFICE, Role.COUNCIL: OFFICE,
}  # fmt: skip
LONGEST = max(limits.longest for limits in LIMITS.values())

# What somebody signed in with; PROVIDER is that of the municipality for its staff, BROKER one of DigiD or eHerkenning.
PIN, PASSKEY, PASSWORD, DEMO, TABLET, PROVIDER, BROKER = "pin", "passkey", "password", "demo", "tablet", "provider", "broker"
WAYS = ("", PIN, PASSKEY, PASSWORD, DEMO, TABLET, PROVIDER, BROKER)
OF_A_PHONE = frozenset({PIN, BROKER})  # these open no role of the municipality


def opens(way: str, role: str) -> bool:
    """Whether signing in this way is enough for this role: for the files of others, a pin or somebody's own DigiD is not."""
    if way == TABLET:
        return role == Role.SUPERVISOR
    return way not in OF_A_PHONE or LIMITS[Role(role)] is OWN_PHONE


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
            ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """The family of a browser and its system, no more: 'Chrome, Android'. Empty when neither is known.

    >>> device_words("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36")
    'Chrome, Android'
    """
    found = [next((name for mark, name in families if re.search(rf"\b{mark}", user_agent)), "") for families in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found))


def due_to_note(role: str, idle_ends_at: datetime, now: datetime) -> bool:
    """Whether use of this device has to be written down again."""
    limits = LIMITS[Role(role)]
    return now >= idle_ends_at - limits.idle + limits.noted_every


def note_use(db: Session, sign_in_id: uuid.UUID, role: str, *, now: datetime) -> None:
    """The device was used: it ends so long from now without use. One that ended meanwhile stays ended."""
    limits = LIMITS[Role(role)]
    still = (sign_ins.c.id == sign_in_id, sign_ins.c.ended_at.is_(None), sign_ins.c.idle_ends_at <= now + limits.idle - limits.noted_every)
    db.execute(update(SignIn).where(*still).values(seen_at=now, idle_ends_at=now + limits.idle))


def devices_of(db: Session, account_id: uuid.UUID, *, now: datetime) -> list[Any]:
    """The devices on which somebody is signed in, in any role, the one used last first."""
    rows = db.execute(
        select(sign_ins, memberships.c.role)
        .join_from(sign_ins, memberships, memberships.c.id == sign_ins.c.membership_id)
        .where(memberships.c.account_id == account_id, sign_ins.c.ended_at.is_(None), sign_ins.c.ends_at > now, sign_ins.c.idle_ends_at > now)
        .order_by(sign_ins.c.seen_at.desc(), sign_ins.c.id)
    )
    return list(rows)


def end_devices(db: Session, account_id: uuid.UUID, *, now: datetime, only: uuid.UUID | None = None) -> int:
    """Sign somebody out everywhere, or on one device. Gives how many ended; one of somebody else is none."""
    own = select(memberships.c.id).where(memberships.c.account_id == account_id)
    which = (sign_ins.c.membership_id.in_(own), sign_ins.c.ended_at.is_(None), *([sign_ins.c.id == only] if only else []))
    return int(db.execute(update(SignIn).where(*which).values(ended_at=now)).rowcount)  # type: ignore[attr-defined]


def is_device_of(db: Session, account_id: uuid.UUID, sign_in_id: uuid.UUID) -> bool:
    own = select(memberships.c.id).where(memberships.c.account_id == account_id)
    return db.execute(select(sign_ins.c.id).where(sign_ins.c.id == sign_in_id, sign_ins.c.membership_id.in_(own))).first() is not None
