"""What the programme costs a municipality, entered per period: software, implementation, handling, and its own guidance."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, select, update
from sqlmodel import Field, Session, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id
from webapp.history.actions import told
from webapp.invoices.rules import rounded
from webapp.people.person import Person

KINDS = ("software", "implementation", "handling", "guidance")


class ProgrammeCost(SQLModel, table=True):
    """An amount for a period, both days included. `minutes`: for own guidance, the time behind it. A mistake is withdrawn, not erased."""

    __tablename__ = "programme_cost"
    __table_args__ = (
        one_of("kind", KINDS, "a_cost_has_its_kind"),
        CheckConstraint("amount_cents > 0", name="a_cost_is_money"),
        CheckConstraint("last_day >= first_day", name="a_cost_period_ends_after_it_begins"),
        CheckConstraint("minutes IS NULL OR (kind = 'guidance' AND minutes > 0)", name="only_guidance_is_counted_in_time"),
        Index("costs_of_a_municipality", "municipality_id", "first_day"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)  # made with the form: sending it twice adds it once
    municipality_id: int = Field(foreign_key="municipality.id")
    kind: str
    first_day: date
    last_day: date
    amount_cents: int
    minutes: int | None = None
    note: str = ""
    recorded_by: uuid.UUID = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=Utc)
    withdrawn_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=Utc)


costs: Any = ProgrammeCost.__table__  # type: ignore[attr-defined]


def share_cents(amount_cents: int, first_day: date, last_day: date, since: date, until: date) -> int:
    """The part of a cost that falls in a period, by days; all four days included.

    >>> share_cents(36500, date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 1), date(2026, 1, 31))
    3100
    """
    days = (min(last_day, until) - max(first_day, since)).days + 1
    return rounded(amount_cents * max(0, days), (last_day - first_day).days + 1)


def enter(db: Session, cost: ProgrammeCost, *, by: Person, now: datetime) -> None:
    """Add a cost. The same id again adds nothing, also when two send it at once: the caller holds the municipality's lock."""
    known = db.execute(select(costs.c.municipality_id).where(costs.c.id == cost.id)).first()
    if known is not None:
        return
    db.add(cost)
    db.flush()
    facts = {"kind": cost.kind, "first_day": cost.first_day, "last_day": cost.last_day, "amount_cents": cost.amount_cents, "minutes": cost.minutes}
    told(db, "cost.entered", cost.id, facts, by=by, now=now)


def withdraw(db: Session, cost_id: uuid.UUID, *, by: Person, now: datetime) -> bool:
    """A cost that was a mistake counts no more. Again changes nothing. Gives False when this municipality has no such cost."""
    mine = (costs.c.id == cost_id, costs.c.municipality_id == by.municipality_id)
    if db.execute(select(costs.c.id).where(*mine)).first() is None:
        return False
    done: Any = db.execute(update(costs).where(*mine, costs.c.withdrawn_at.is_(None)).values(withdrawn_at=now, withdrawn_by=by.id))
    if done.rowcount:
        told(db, "cost.withdrawn", cost_id, {}, by=by, now=now)
    return True


def of_period(db: Session, municipality_id: int, since: date, until: date) -> list[Any]:
    """The costs that touch a period, newest first; withdrawn ones are left out."""
    return list(
        db.execute(
            select(costs)
            .where(
                costs.c.municipality_id == municipality_id, costs.c.withdrawn_at.is_(None), costs.c.first_day <= until, costs.c.last_day >= since,
            )
            .order_by(costs.c.first_day.desc(), costs.c.id)
        )
    )  # fmt: skip
