"""Six digits to a phone or mail address: one row per person they may open for, tried a few times within minutes."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from webapp.access.models import OneTimeCode
from webapp.access.rules import Contact
from webapp.foundation.sealing import KeyRing
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import speaking
from webapp.notifications import outgoing
from webapp.people.models import Account

codes: Any = OneTimeCode.__table__  # type: ignore[attr-defined]
LASTS = timedelta(minutes=10)
MOST_TRIES = 5


def contact_mark(keys: KeyRing, contact: Contact) -> str:
    return keys.mark("contact", f"{contact.channel} {contact.to}")


def send_code(
    db: Session, keys: KeyRing, accounts: Sequence[Account], contact: Contact, *, now: datetime, challenge_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Send one code for all of these people, who share this contact. For nobody nothing is sent, and the answer is the same."""
    challenge_id = challenge_id or uuid.uuid4()
    code = f"{secrets.randbelow(10**6):06d}"
    for account in accounts:
        db.add(
            OneTimeCode(
                municipality_id=account.municipality_id, account_id=account.id, challenge_id=challenge_id, code_mark=mark_of(keys, challenge_id, code),
                contact_mark=contact_mark(keys, contact), channel=contact.channel, made_at=now, ends_at=now + LASTS,
            )
        )  # fmt: skip
    if accounts:
        with speaking(accounts[0].language):
            words = {
                "to": contact.to,
                "subject": _("Your code"),
                "text": _("Your code for Opstap is %(code)s. Give it to nobody. It works for 10 minutes.", code=code),
            }
        outgoing.put(db, keys, accounts[0], contact.channel, words, purpose="code", cause_id=challenge_id, ends_at=now + LASTS, now=now)
    db.flush()
    return challenge_id


def mark_of(keys: KeyRing, challenge_id: uuid.UUID, code: str) -> str:
    return keys.mark("one time code", challenge_id.hex + code)


def try_code(db: Session, keys: KeyRing, challenge_id: uuid.UUID, code: str | None, *, now: datetime) -> list[Any]:
    """The rows this code opens. A try is counted before it is judged and is kept: the transaction so far is committed."""
    mine = (codes.c.challenge_id == challenge_id, codes.c.used_at.is_(None), codes.c.ends_at > now, codes.c.tries < MOST_TRIES)
    counted = db.execute(update(OneTimeCode).where(*mine).values(tries=codes.c.tries + 1).returning(codes.c.id)).scalars().all()
    db.commit()
    if not counted or code is None:
        return []
    return list(
        db.execute(select(codes).where(codes.c.id.in_(counted), codes.c.code_mark == mark_of(keys, challenge_id, code), codes.c.used_at.is_(None)))
    )


def use_code(db: Session, challenge_id: uuid.UUID, *, now: datetime) -> bool:
    """The code is used, for everybody it could open for: of two at the same moment one is first."""
    used = db.execute(update(OneTimeCode).where(codes.c.challenge_id == challenge_id, codes.c.used_at.is_(None)).values(used_at=now))
    outgoing.forget(db, challenge_id, now=now)
    return bool(used.rowcount)  # type: ignore[attr-defined]
