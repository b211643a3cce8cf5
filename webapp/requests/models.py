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
    thrown_away_at: datetime | None = Field(default=None, sa_type=Utc)


class RequestStatement(SQLModel, table=True):
    """What the employer states about a request, for the displacement tests. None is not answered, which is never read as no.

    `let_go`: whether somebody who did comparable work was let go or not kept on, and then the day. `vacancy`: whether there is or was
    one for this work, and until when; without a day it is still open. `paid_work`: whether there is a view on a paid job. An agency
    names its client and what it charges there.
    """

    __tablename__ = "request_statement"
    __table_args__ = (
        UniqueConstraint("request_id", name="a_request_has_one_statement"),
        CheckConstraint("let_go_on IS NULL OR let_go", name="a_day_only_where_somebody_was_let_go"),
        CheckConstraint("let_go IS NULL OR NOT let_go OR let_go_on IS NOT NULL", name="who_was_let_go_has_a_day"),
        CheckConstraint("vacancy_until IS NULL OR vacancy", name="a_day_only_where_there_was_a_vacancy"),
        CheckConstraint("agency_tariff_cents IS NULL OR agency_tariff_cents > 0", name="an_agency_charges_money"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    request_id: uuid.UUID = Field(foreign_key="work_request.id")
    sector: str = ""  # SBI
    let_go: bool | None = None
    let_go_on: date | None = None
    vacancy: bool | None = None
    vacancy_until: date | None = None
    replaces_paid_hours: bool | None = None
    staff_consulted: bool | None = None
    paid_work: bool | None = None
    end_client: str = ""
    agency_tariff_cents: int | None = None  # per hour
    insurance: str = ""
    stated_by: uuid.UUID = Field(foreign_key="account.id")
    stated_at: datetime = Field(sa_type=Utc)


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
