"""The history: every change of state, who made it, when, old and new."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from webapp.foundation.database import RowNumber, Utc


class HistoryRow(SQLModel, table=True):
    """One change. Rows of a municipality are numbered without gaps and each holds the hash of the one before."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number", name="a_chain_has_no_forks"),
        Index("history_of_a_subject", "subject_id"),
    )

    id: int | None = Field(default=None, sa_column=Column(RowNumber, primary_key=True, autoincrement=True))
    municipality_id: int = Field(foreign_key="municipality.id")
    number: int
    at: datetime = Field(sa_type=Utc)
    actor_id: uuid.UUID | None = None  # None: the clock, or nobody who may be named
    actor_role: str
    action: str  # for example "hours.confirmed"
    subject_id: uuid.UUID
    facts: str  # JSON, exactly as hashed
    previous_hash: str
    hash: str


class HistoryAnchor(SQLModel, table=True):
    """Where a chain ended at a moment. A chain proves what lies before a row; an anchor proves that no row was cut off its end."""

    __tablename__ = "history_anchor"
    __table_args__ = (UniqueConstraint("municipality_id", "number", name="an_end_is_anchored_once"),)

    id: int | None = Field(default=None, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    number: int
    hash: str
    at: datetime = Field(sa_type=Utc)
