"""Reads about one's own data: who looked, and what was asked."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from webapp.history.actions import history
from webapp.hours.models import HoursEntry
from webapp.people.employers import Establishment
from webapp.people.models import Account, ParticipantFile
from webapp.people.person import Person
from webapp.placements.actions import placements
from webapp.premium.models import LedgerLine
from webapp.privacy.looking import EXPORTED, OPENED

accounts: Any = Account.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]
entries: Any = HoursEntry.__table__  # type: ignore[attr-defined]
ledger: Any = LedgerLine.__table__  # type: ignore[attr-defined]
LOOKS_SHOWN = 100

__all__ = ["Looked", "accounts", "entries", "establishments", "files", "ledger", "looks_of", "placements"]


class Looked(NamedTuple):
    """Somebody who looked. `organisation` is the workplace of a supervisor, else empty: then it is the municipality."""

    at: datetime
    name: str
    role: str
    organisation: str
    purpose: str
    is_export: bool


def looks_of(db: Session, person: Person, *, limit: int | None = LOOKS_SHOWN) -> list[Looked]:
    """Who opened this person's file, the latest first, and what of everybody left as a file since they are known."""
    since = select(accounts.c.created_at).where(accounts.c.id == person.id).scalar_subquery()
    everybodys = and_(history.c.subject_id == UUID(int=person.municipality_id), history.c.action == EXPORTED, history.c.at >= since)
    rows = db.execute(
        select(history.c.at, history.c.action, history.c.actor_role, history.c.facts, accounts.c.first_name, accounts.c.last_name)
        .join_from(history, accounts, accounts.c.id == history.c.actor_id)
        .where(
            history.c.municipality_id == person.municipality_id, or_(and_(history.c.subject_id == person.id, history.c.action == OPENED), everybodys)
        )
        .order_by(history.c.at.desc(), history.c.number.desc())
        .limit(limit)
    ).all()  # fmt: skip
    told = [json.loads(row.facts) for row in rows]
    names = _names_of_places(db, {UUID(facts["place"]) for facts in told if facts.get("place")})
    return [
        Looked(
            row.at, f"{row.first_name} {row.last_name}", row.actor_role, names.get(facts.get("place") or "", ""), facts["purpose"],
            row.action == EXPORTED,
        )
        for row, facts in zip(rows, told, strict=True)
    ]  # fmt: skip


def _names_of_places(db: Session, ids: set[UUID]) -> dict[str, str]:
    if not ids:
        return {}
    return {str(id): name for id, name in db.execute(select(establishments.c.id, establishments.c.name).where(establishments.c.id.in_(ids)))}
