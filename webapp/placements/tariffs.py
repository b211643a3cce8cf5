"""The tariff of a placement on a day: what was agreed at the start, until it is agreed anew from a day on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, select
from sqlmodel import Field, Session, SQLModel

from webapp.foundation.database import Utc
from webapp.foundation.ids import new_id
from webapp.history.actions import Change, record
from webapp.people.person import Person
from webapp.placements.models import Placement


class PlacementTariff(SQLModel, table=True):
    """From a day on, the employer pays another amount per hour for this placement. Before it, `Placement.tariff_cents` counts."""

    __tablename__ = "placement_tariff"
    __table_args__ = (
        UniqueConstraint("placement_id", "valid_from", name="a_tariff_begins_once_a_day"),
        CheckConstraint("tariff_cents > 0", name="a_tariff_is_money"),
        CheckConstraint("reason <> ''", name="a_new_tariff_has_its_reason"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    valid_from: date
    tariff_cents: int  # per hour
    reason: str
    recorded_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=Utc)


tariffs: Any = PlacementTariff.__table__  # type: ignore[attr-defined]
Changes = Sequence[tuple[date, int]]


def tariff_on(first_cents: int, changes: Changes, day: date) -> int:
    """Cents per hour on this day. `changes`: (first day, cents), in order of their first day.

    >>> tariff_on(1950, [(date(2026, 7, 1), 1990)], date(2026, 6, 30)), tariff_on(1950, [(date(2026, 7, 1), 1990)], date(2026, 7, 1))
    (1950, 1990)
    """
    agreed = first_cents
    for valid_from, cents in changes:
        if valid_from <= day:
            agreed = cents
    return agreed


def changes_of(db: Session, placement_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[tuple[date, int]]]:
    """Later tariffs of these placements, in order of their first day; a placement without one is left out."""
    found: dict[uuid.UUID, list[tuple[date, int]]] = {}
    wanted = list(placement_ids)
    if not wanted:
        return found
    query = select(tariffs.c.placement_id, tariffs.c.valid_from, tariffs.c.tariff_cents).where(tariffs.c.placement_id.in_(wanted))
    for row in db.execute(query.order_by(tariffs.c.valid_from)):
        found.setdefault(row.placement_id, []).append((row.valid_from, row.tariff_cents))
    return found


def change_tariff(db: Session, placement: Placement, cents: int, *, valid_from: date, reason: str, by: Person | None, now: datetime) -> None:
    """From a day on, another tariff. The caller holds the municipality's lock. Raises IntegrityError when one begins on that day already."""
    made = PlacementTariff(
        municipality_id=placement.municipality_id, placement_id=placement.id, valid_from=valid_from, tariff_cents=cents, reason=reason,
        recorded_by=by.id if by else None, recorded_at=now,
    )  # fmt: skip
    db.add(made)
    db.flush()
    facts = {"cents": cents, "valid_from": valid_from, "reason": reason}
    record(
        db, [Change("placement.tariff_changed", placement.id, facts)], municipality_id=placement.municipality_id, actor_id=by.id if by else None,
        actor_role=by.role if by else "", now=now,
    )  # fmt: skip
