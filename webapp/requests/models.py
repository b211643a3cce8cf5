"""Requests of employers."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id


class WorkRequest(SQLModel, table=True):
    """Work an employer asks people for. `pattern` is the plan of a week: see `PlannedDay`.

    "asked" until a case manager takes it on or refuses it; only for "open" work somebody gets an offer.
    """

    __tablename__ = "work_request"
    __table_args__ = (
        one_of("status", ("asked", "open", "refused", "closed"), "a_request_has_a_known_status"),
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


class RequestDraft(SQLModel, table=True):
    """What a supervisor typed so far, field by field as it was typed. Sent once: then it says which request it became."""

    __tablename__ = "request_draft"
    __table_args__ = (UniqueConstraint("request_id", name="a_request_comes_from_one_draft"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    establishment_id: uuid.UUID = Field(foreign_key="establishment.id", index=True)
    made_by: uuid.UUID = Field(foreign_key="account.id")
    typed: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    request_id: uuid.UUID | None = Field(default=None, foreign_key="work_request.id")
    updated_at: datetime = Field(sa_type=Utc)


class RequestStatement(SQLModel, table=True):
    """What the employer stated with a request, on which the displacement tests rest (law/domain.md 4.4). None: not known.

    `sector`: see sectors.py. Staff is counted in people at the establishment, on a day. `dismissed_on`: the last day on which somebody
    with comparable work was dismissed or not renewed, None when nobody was. `vacancy_until`: the last day a vacancy for this
    work was open, when it no longer is. Amounts in cents an hour: what an agency asks its end client for this person, and for
    a regular temp.
    """

    __tablename__ = "request_statement"
    __table_args__ = (
        UniqueConstraint("request_id", name="a_request_has_one_statement"),
        CheckConstraint("staff_count IS NULL OR staff_count >= 0", name="stated_staff_is_counted_in_people"),
        CheckConstraint("(staff_count IS NULL) = (staff_counted_on IS NULL)", name="a_stated_count_has_its_day"),
        CheckConstraint("end_client_tariff_cents IS NULL OR end_client_tariff_cents > 0", name="an_end_client_pays_money"),
        CheckConstraint("regular_tariff_cents IS NULL OR regular_tariff_cents > 0", name="a_regular_temp_costs_money"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    request_id: uuid.UUID = Field(foreign_key="work_request.id")
    sector: str
    staff_count: int | None = None
    staff_counted_on: date | None = None
    dismissed_on: date | None = None
    vacancy_open: bool
    vacancy_until: date | None = None
    replaces_paid_hours: bool
    staff_consulted: bool
    work_is_adapted: bool
    path_to_paid_work: str = ""
    insurance_evidence: str
    insurance_until: date
    end_client: str = ""
    end_client_tariff_cents: int | None = None
    regular_tariff_cents: int | None = None
    made_by: uuid.UUID = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=Utc)


class RequestDecision(SQLModel, table=True):
    """What became of a request: taken on or refused by a named official, or ended by the employer. `reason`: see words.py; `words` in own words."""

    __tablename__ = "request_decision"
    __table_args__ = (
        one_of("outcome", ("taken_on", "refused", "ended"), "an_outcome_of_a_request_is_known"),
        UniqueConstraint("request_id", "outcome", name="a_request_is_decided_once"),
        CheckConstraint("outcome <> 'refused' OR reason <> ''", name="a_refusal_has_its_reason"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    request_id: uuid.UUID = Field(foreign_key="work_request.id")
    outcome: str
    reason: str = ""
    words: str = ""
    decided_by: uuid.UUID = Field(foreign_key="account.id")
    decided_at: datetime = Field(sa_type=Utc)


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
