"""Planned changes of terms, with who proposed and who decided."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

LIVE = text("status IN ('proposed', 'approved')")


class TermChange(SQLModel, table=True):
    """Somebody proposes that a setting is different from a day on; somebody else decides.

    `term_id`: the row it became when it was approved; that row goes when the change is withdrawn before its day.
    """

    __tablename__ = "term_change"
    __table_args__ = (
        one_of("status", ("proposed", "approved", "refused", "withdrawn"), "a_change_of_terms_has_a_known_status"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="nobody_approves_their_own_terms"),
        CheckConstraint(
            "status NOT IN ('approved', 'refused') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)", name="a_decision_on_terms_has_a_name"
        ),
        CheckConstraint("source <> '' AND reason <> ''", name="a_change_of_terms_has_source_and_reason"),
        Index("terms_change_once_a_day", "municipality_id", "key", "valid_from", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    key: str
    value: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    valid_from: date
    source: str
    reason: str
    touched: int  # how many places the preview counted
    status: str = "proposed"
    proposed_by: uuid.UUID = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=Utc)
    decided_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Utc)
    decision_reason: str = ""
    withdrawn_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=Utc)
    term_id: uuid.UUID | None = None
