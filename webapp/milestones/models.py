"""Milestones that were reached."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc
from webapp.foundation.ids import new_id


class MilestoneReached(SQLModel, table=True):
    """A point somebody reached, on a day, with the facts it rests on."""

    __tablename__ = "milestone_reached"
    __table_args__ = (UniqueConstraint("participant_id", "milestone", name="a_milestone_is_reached_once"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    milestone: str
    reached_on: date
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    noted_at: datetime = Field(sa_type=Utc)
