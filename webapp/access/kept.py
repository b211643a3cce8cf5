"""A form that was sent when the sign-in had ended: kept for an hour, and offered again to the same person after signing in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlmodel import Session

from webapp.access.models import KeptForm
from webapp.foundation.sealing import CannotOpen, KeyRing
from webapp.people.models import Membership, SignIn

forms: Any = KeptForm.__table__  # type: ignore[attr-defined]
SEAL = "kept form"
KEPT_FOR = timedelta(hours=1)
LARGEST = 64 * 1024  # characters
NEVER_KEPT = frozenset({"password", "pin", "code"})


class Typed(NamedTuple):
    """Where a form was going, and what was in it."""

    path: str
    fields: list[tuple[str, str]]


def keep(db: Session, keys: KeyRing, sign_in: str | None, path: str, fields: Sequence[tuple[str, str]], *, now: datetime) -> bool:
    """Keep what was typed, when this device was signed in before (`sign_in` is what its cookie still holds). Gives whether it was."""
    try:
        key = uuid.UUID(str(sign_in))
    except ValueError:
        return False
    if not fields or sum(len(name) + len(text) for name, text in fields) > LARGEST or NEVER_KEPT & {name for name, _ in fields}:
        return False
    ended = db.get(SignIn, key)
    membership = db.get(Membership, ended.membership_id) if ended else None
    if membership is None:
        return False
    db.execute(delete(KeptForm).where(forms.c.membership_id == membership.id))  # one at a time: the last word
    sealed = keys.seal(SEAL, json.dumps([path, list(fields)]))
    db.add(KeptForm(municipality_id=membership.municipality_id, membership_id=membership.id, sealed=sealed, kept_at=now, ends_at=now + KEPT_FOR))
    db.flush()
    return True


def typed_by(db: Session, keys: KeyRing, membership_id: uuid.UUID, *, now: datetime) -> Typed | None:
    """What this person had typed, if it is still kept."""
    found = db.execute(select(forms.c.sealed).where(forms.c.membership_id == membership_id, forms.c.ends_at > now)).scalars().first()
    try:
        path, fields = json.loads(keys.open(SEAL, found)) if found else (None, [])
    except CannotOpen:
        return None
    return Typed(path, [(name, text) for name, text in fields]) if path else None


def forget(db: Session, membership_id: uuid.UUID) -> None:
    db.execute(delete(KeptForm).where(forms.c.membership_id == membership_id))
