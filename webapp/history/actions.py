"""Writing history: one call, whether one thing changed or a hundred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import Session

from webapp.foundation.database import Write, lock_municipality
from webapp.history import words
from webapp.history.models import HistoryAnchor, HistoryRow
from webapp.history.rules import FIRST, facts_text, row_hash
from webapp.people.person import Person

history = HistoryRow.__table__  # type: ignore[attr-defined]
anchors: Any = HistoryAnchor.__table__  # type: ignore[attr-defined]

LAST = (
    select(history.c.number, history.c.hash).where(history.c.municipality_id == bindparam("municipality")).order_by(history.c.number.desc()).limit(1)
)
ADD = Write(history, "municipality_id", "number", "at", "actor_id", "actor_role", "action", "subject_id", "facts", "previous_hash", "hash")
# the same, as two columns of another statement: what is written often then needs no statement of its own for it
_end = history.alias("chain_end")
_last = [
    select(column).where(_end.c.municipality_id == bindparam("municipality")).order_by(_end.c.number.desc()).limit(1)
    for column in (_end.c.number, _end.c.hash)
]
CHAIN_END = [last.scalar_subquery().label(name) for last, name in zip(_last, ("chain_number", "chain_hash"), strict=True)]


class Link(NamedTuple):
    """The last row of a chain: its number and its hash."""

    number: int
    hash: str


BEGINNING = Link(0, FIRST)


class Change(NamedTuple):
    """What changed: an action ("hours.confirmed"), on what, and the facts (old and new)."""

    action: str
    subject_id: UUID
    facts: Mapping[str, Any]


def record(
    db: Session, changes: Sequence[Change], *, municipality_id: int, actor_id: UUID | None, actor_role: str, now: datetime, after: Link | None = None
) -> None:
    """Add rows to the chain of a municipality, in the same transaction as what they tell.

    The caller holds the municipality's lock (`lock_municipality`), so that two writers never hang a row
    on the same predecessor; if one forgets, the UNIQUE on the number refuses the fork. `after`: the end of the
    chain when the caller has read it already, under that lock. What people wrote (a reason, a note) goes beside the
    chain, where it can be erased (`words.py`).
    """
    if not changes:
        return
    number, previous = after or db.execute(LAST, {"municipality": municipality_id}).first() or BEGINNING
    rows, texts = [], []
    for change in changes:
        number += 1
        parted = words.part(
            change.facts, {"municipality_id": municipality_id, "number": number, "subject_id": change.subject_id, "actor_id": actor_id}
        )
        texts += parted.rows
        facts = facts_text(parted.facts)
        hashed = row_hash(
            previous, municipality_id=municipality_id, number=number, at=now, actor_id=actor_id, actor_role=actor_role,
            action=change.action, subject_id=change.subject_id, facts=facts,
        )  # fmt: skip
        rows.append(
            {
                "municipality_id": municipality_id, "number": number, "at": now, "actor_id": actor_id, "actor_role": actor_role,
                "action": change.action, "subject_id": change.subject_id, "facts": facts, "previous_hash": previous, "hash": hashed,
            }
        )  # fmt: skip
        previous = hashed
    ADD.rows(db, rows)
    words.ADD.rows(db, texts)


def anchor(db: Session, municipality_id: int, *, now: datetime) -> Link | None:
    """Write down where the chain ends now. Gives that end, or None when it did not grow since the last time.

    A chain alone cannot show that its last rows were cut off; an anchor beside it can.
    """
    lock_municipality(db, municipality_id)
    end = db.execute(LAST, {"municipality": municipality_id}).first()
    if end is None or db.execute(select(anchors.c.id).where(anchors.c.municipality_id == municipality_id, anchors.c.number == end.number)).first():
        return None
    db.add(HistoryAnchor(municipality_id=municipality_id, number=end.number, hash=end.hash, at=now))
    db.flush()
    return Link(end.number, end.hash)


def record_by(db: Session, changes: Sequence[Change], *, by: Person, now: datetime, after: Link | None = None) -> None:
    """What somebody did at their municipality, in the role they work in now."""
    record(db, changes, municipality_id=by.municipality_id, actor_id=by.id, actor_role=by.role, now=now, after=after)


def told(db: Session, action: str, subject_id: UUID, facts: Mapping[str, Any], *, by: Person, now: datetime) -> None:
    """The same for one change. Words of people stay out of the facts where they can: they can be erased, the chain cannot."""
    record_by(db, [Change(action, subject_id, facts)], by=by, now=now)
