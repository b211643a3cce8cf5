"""Dated rows for what law or policy sets."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc
from webapp.foundation.ids import new_id

OWN = text("municipality_id IS NOT NULL")
NATIONAL = text("municipality_id IS NULL AND regulation_id IS NULL")


class Regulation(SQLModel, table=True):
    """A real regulation, as published: the source terms can be taken from. `facts` keeps what is only told, not computed with."""

    __table_args__ = (UniqueConstraint("slug", name="a_regulation_is_imported_once"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    slug: str
    organisation: str
    instrument: str
    kind: str
    source_url: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    imported_at: datetime = Field(sa_type=Utc)


class Term(SQLModel, table=True):
    """One agreement: what `key` is from `valid_from` on, until the next row of the same key.

    `value` fits the shape of its key (`shapes.py`). Whose it is follows from two columns:
    neither municipality nor regulation: set by law for everybody; a regulation alone: read in an imported regulation,
    in force for nobody until a municipality adopts it; both: adopted by this municipality; municipality alone: its own.
    """

    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="terms_end_after_they_begin"),
        CheckConstraint(
            "valid_from IS NOT NULL OR (regulation_id IS NOT NULL AND municipality_id IS NULL)",
            name="only_terms_of_a_regulation_may_lack_their_first_day",
        ),
        CheckConstraint("source <> ''", name="terms_name_their_source"),
        Index("own_terms_begin_once_a_day", "municipality_id", "key", "valid_from", unique=True, sqlite_where=OWN, postgresql_where=OWN),
        Index("national_terms_begin_once_a_day", "key", "valid_from", unique=True, sqlite_where=NATIONAL, postgresql_where=NATIONAL),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int | None = Field(default=None, foreign_key="municipality.id")
    regulation_id: uuid.UUID | None = Field(default=None, foreign_key="regulation.id", index=True)
    key: str
    position: int = 0  # the order in which a regulation names its terms
    value: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    valid_from: date | None  # None: the regulation does not say the day
    valid_until: date | None = None  # the last day, included
    when_told: str = ""  # what a regulation says about time that is not a day: "2017", "2016 (begin)"
    source: str
    reason: str = ""
    recorded_at: datetime = Field(sa_type=Utc)
