"""Noting milestones, and telling the case manager."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from webapp.foundation.ids import new_id
from webapp.milestones.models import MilestoneReached
from webapp.milestones.rules import Reached

table = MilestoneReached.__table__  # type: ignore[attr-defined]


class Whose(NamedTuple):
    """Whose milestone it is: what the consequences need to know, and no more."""

    municipality_id: int
    participant_id: uuid.UUID
    short_name: str
    case_manager_id: uuid.UUID


def note(db: Session, points: Sequence[tuple[Whose, Reached]], *, today: date, now: datetime) -> list[dict[str, Any]]:
    """Write down what was reached, each once ever. Gives the messages for the case managers, to be sent in the same commit."""
    if not points:
        return []
    add = (postgresql if db.get_bind().dialect.name == "postgresql" else sqlite).insert(table).on_conflict_do_nothing()
    rows = [
        {
            "id": new_id(), "municipality_id": whose.municipality_id, "participant_id": whose.participant_id,
            "milestone": point.milestone, "reached_on": today, "facts": point.facts, "noted_at": now,
        }
        for whose, point in points
    ]  # fmt: skip
    db.execute(add, rows)
    return [
        {
            "to": whose.case_manager_id, "municipality_id": whose.municipality_id, "key": f"milestone.{point.milestone}",
            "slots": {"name": whose.short_name}, "path": f"/participants/{whose.participant_id}", "cause_id": f"{whose.participant_id}",
        }
        for whose, point in points
    ]  # fmt: skip


def reached_by(db: Session, participant_id: uuid.UUID) -> list[MilestoneReached]:
    """Everything this person reached, oldest first."""
    rows = db.execute(select(MilestoneReached).where(table.c.participant_id == participant_id).order_by(table.c.reached_on, table.c.noted_at))
    return list(rows.scalars())
