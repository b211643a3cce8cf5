"""Writing down what somebody wishes: they themselves, or their case manager with them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from webapp.foundation.database import lock_municipality
from webapp.history.actions import told
from webapp.people.models import Account, ParticipantFile
from webapp.people.person import Person
from webapp.wishes.rules import Wishes

files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]
accounts: Any = Account.__table__  # type: ignore[attr-defined]


class ChangedMeanwhile(Exception):
    """Somebody else wrote something else since this form was opened."""


def file_of(db: Session, participant_id: uuid.UUID) -> ParticipantFile:
    """As it stands now, also where this session read it before."""
    found: ParticipantFile = db.execute(
        select(ParticipantFile).where(files.c.account_id == participant_id).execution_options(populate_existing=True)
    ).scalar_one()
    return found


def wishes_of(file: ParticipantFile) -> Wishes:
    return Wishes(
        [str(wish) for wish in file.wishes], file.wished_minutes_from, file.wished_minutes_to, [str(slot) for slot in file.cannot_work], file.travels_by, file.needs
    )  # fmt: skip


def version_of(file: ParticipantFile) -> str:
    """Which text a form was opened with."""
    return file.wishes_told_at.isoformat() if file.wishes_told_at else ""


def told_by(db: Session, file: ParticipantFile) -> str:
    """The first name of who wrote it last; "" where it was never written in the product."""
    return str(db.execute(select(accounts.c.first_name).where(accounts.c.id == file.wishes_told_by)).scalar() or "") if file.wishes_told_by else ""


def save(db: Session, participant_id: uuid.UUID, wishes: Wishes, *, version: str, by: Person, now: datetime) -> None:
    """Keep it. The same again changes nothing. The history says which fields changed and who did it, not what they say.

    Raises ChangedMeanwhile.
    """
    lock_municipality(db, by.municipality_id)
    file = file_of(db, participant_id)
    before = wishes_of(file)
    changed = [name for name, old, new in zip(Wishes._fields, before, wishes, strict=True) if _plain(old) != _plain(new)]
    if not changed:
        return
    if version != version_of(file):
        raise ChangedMeanwhile
    file.wishes, file.wished_minutes_from, file.wished_minutes_to = list(wishes.wishes), wishes.minutes_from, wishes.minutes_to
    file.cannot_work, file.travels_by, file.needs = list(wishes.cannot), wishes.travels_by, wishes.needs
    file.wishes_told_by, file.wishes_told_at = by.id, now
    db.add(file)
    db.flush()
    told(db, "wishes.told", participant_id, {"fields": changed}, by=by, now=now)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value
