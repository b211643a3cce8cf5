"""Placements and the shifts planned in them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

TAKEN = text("status IN ('accepted', 'running')")
RUNS = text("status = 'running'")


class Placement(SQLModel, table=True):
    """Work accepted by one person at one establishment.

    accepted: the participant said yes. running: a case manager recorded the decision, the agreement and
    the insurance, without which no hour can be written (V2). ended: the last day has passed or it was
    stopped. cancelled: it never started.
    """

    __table_args__ = (
        one_of("status", ("accepted", "running", "ended", "cancelled"), "a_placement_status_is_known"),
        CheckConstraint(
            "status NOT IN ('running', 'ended') OR (decided_by IS NOT NULL AND decided_on IS NOT NULL AND decision_reason <> ''"
            " AND agreement_signed_on IS NOT NULL AND insured_from IS NOT NULL AND insurance_evidence <> '')",
            name="a_placement_runs_only_decided_agreed_and_insured",
        ),
        CheckConstraint("insured_from IS NULL OR insured_from <= starts_on", name="insured_before_the_first_hour"),
        CheckConstraint("ends_on >= starts_on", name="a_placement_ends_after_it_starts"),
        UniqueConstraint("offer_id", name="an_offer_becomes_one_placement"),
        Index("a_place_is_taken_once", "request_id", "place_number", unique=True, sqlite_where=TAKEN, postgresql_where=TAKEN),
        Index("running_in_a_municipality", "municipality_id", sqlite_where=RUNS, postgresql_where=RUNS),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    offer_id: uuid.UUID
    request_id: uuid.UUID = Field(foreign_key="work_request.id")
    place_number: int
    participant_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    establishment_id: uuid.UUID = Field(foreign_key="establishment.id", index=True)
    supervisor_id: uuid.UUID = Field(foreign_key="account.id")
    function: str
    pattern: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    weekly_minutes: int
    tariff_cents: int
    starts_on: date
    ends_on: date  # the last day, included
    agreed_until: date | None = None  # the last day as decided: who stops earlier may go on until then
    status: str = "accepted"
    accepted_at: datetime = Field(sa_type=Utc)
    decided_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    decided_on: date | None = None
    decision_reason: str = ""
    agreement_signed_on: date | None = None
    insured_from: date | None = None
    insurance_evidence: str = ""


class PlannedShift(SQLModel, table=True):
    """A shift that is planned: made from the weekly plan when the start is recorded."""

    __tablename__ = "planned_shift"
    __table_args__ = (
        UniqueConstraint("placement_id", "starts_at", name="a_shift_is_planned_once"),
        CheckConstraint("stops_at > starts_at", name="a_planned_shift_takes_time"),
        Index("planned_of_a_person", "participant_id", "day", "starts_at"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    day: date
    starts_at: datetime = Field(sa_type=Utc)
    stops_at: datetime = Field(sa_type=Utc)
    break_minutes: int
    cancelled_at: datetime | None = Field(default=None, sa_type=Utc)
