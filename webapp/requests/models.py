"""Requests of employers."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id


class WorkRequest(SQLModel, table=True):
    """Work an employer asks people for. `pattern` is the plan of a week: see `PlannedDay`."""

    __tablename__ = "work_request"
    __table_args__ = (
        one_of("status", ("open", "closed"), "a_request_is_open_or_closed"),
        CheckConstraint("places > 0", name="a_request_has_places"),
        CheckConstraint("weeks > 0", name="a_request_lasts_weeks"),
        CheckConstraint("tariff_cents > 0", name="work_has_a_tariff"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    establishment_id: uuid.UUID = Field(foreign_key="establishment.id", index=True)
    guide_id: uuid.UUID = Field(foreign_key="account.id")  # the supervisor who helps, by name
    guide_note: str = ""
    function: str
    tasks: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    learn: str = ""
    pattern: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    weekly_minutes: int
    starts_on: date
    weeks: int
    places: int
    tariff_cents: int  # what the employer pays the municipality per hour
    status: str = "open"
    created_at: datetime = Field(sa_type=Utc)


class PlannedDay:
    """One day of the weekly plan: weekday (Monday 0), start and stop on the wall clock, break in minutes."""

    def __init__(self, weekday: int, start: str, stop: str, pause: int = 0) -> None:
        self.weekday, self.pause = weekday, pause
        self.start, self.stop = time.fromisoformat(start), time.fromisoformat(stop)

    @property
    def minutes(self) -> int:
        """Paid minutes by the wall clock; a stop before the start is on the next day."""
        span = (self.stop.hour * 60 + self.stop.minute) - (self.start.hour * 60 + self.start.minute)
        return span % 1440 - self.pause

    @property
    def hours(self) -> tuple[str, str]:
        return f"{self.start:%H:%M}", f"{self.stop:%H:%M}"


def planned_days(pattern: list[dict[str, Any]]) -> list[PlannedDay]:
    """The weekly plan as stored, in the order of the week."""
    days = [PlannedDay(d["weekday"], d["start"], d["stop"], d.get("break", 0)) for d in pattern]
    return sorted(days, key=lambda day: (day.weekday, day.start))
