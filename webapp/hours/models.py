"""Hours entries, and work that has begun but not yet stopped."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id
from webapp.hours.rules import Status

TO_CONFIRM = text("status = 'sent'")
WAITING = text("status IN ('sent', 'corrected', 'disputed')")
STANDS = text("status <> 'withdrawn' AND planned_shift_id IS NOT NULL")

REASONS = ("stopped_earlier", "started_later", "longer_break", "not_worked", "other")


class HoursEntry(SQLModel, table=True):
    """One person, one shift, one workplace. Belongs to the day on which it starts in Amsterdam.

    starts_at … minutes: what the participant wrote. corrected_*: what the supervisor says it was.
    ruled_minutes: what a case manager decided. certain_minutes: what stands in the premium ledger.
    `version` counts every change, so that a stale form is noticed.
    """

    __tablename__ = "hours_entry"
    __table_args__ = (
        one_of("status", list(Status), "an_hours_status_is_known"),
        CheckConstraint("stops_at > starts_at", name="a_shift_takes_time"),
        CheckConstraint("break_minutes >= 0 AND minutes > 0", name="a_shift_is_worked"),
        CheckConstraint("certain_minutes >= 0", name="certain_minutes_are_not_negative"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> participant_id", name="nobody_confirms_own_hours"),
        CheckConstraint("corrected_by IS NULL OR corrected_by <> participant_id", name="nobody_corrects_own_hours"),
        CheckConstraint("status <> 'corrected' OR (corrected_minutes IS NOT NULL AND correction_reason <> '')", name="a_correction_has_its_reason"),
        CheckConstraint("status <> 'ruled' OR (ruled_minutes IS NOT NULL AND ruling_reason <> '')", name="a_ruling_has_its_reason"),
        Index("to_confirm_at_a_workplace", "establishment_id", "worked_on", sqlite_where=TO_CONFIRM, postgresql_where=TO_CONFIRM),
        Index("of_a_person_by_day", "participant_id", "worked_on"),
        Index("weeks_of_a_person", "participant_id", "week_of", "certain_minutes"),
        Index("waiting_of_a_person", "participant_id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("confirmed_lately_at_a_workplace", "establishment_id", "confirmed_at"),
        Index("a_planned_shift_is_written_once", "planned_shift_id", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
    )

    id: uuid.UUID = Field(primary_key=True)  # made on the phone, at the tap
    municipality_id: int = Field(foreign_key="municipality.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id", index=True)
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    establishment_id: uuid.UUID = Field(foreign_key="establishment.id")
    planned_shift_id: uuid.UUID | None = Field(default=None, foreign_key="planned_shift.id")
    deviation_minutes: int | None = None  # written minus planned; None when nothing was planned
    as_planned: bool = False  # same start, stop and break as the plan
    worked_on: date
    week_of: date  # the Monday of its week
    starts_at: datetime = Field(sa_type=Utc)
    stops_at: datetime = Field(sa_type=Utc)
    break_minutes: int
    minutes: int  # paid time: the break is already taken off
    status: str
    version: int = 1
    certain_minutes: int = 0
    sent_at: datetime = Field(sa_type=Utc)
    confirmed_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=Utc)
    corrected_starts_at: datetime | None = Field(default=None, sa_type=Utc)
    corrected_stops_at: datetime | None = Field(default=None, sa_type=Utc)
    corrected_break_minutes: int | None = None
    corrected_minutes: int | None = None
    correction_reason: str = ""
    correction_note: str = ""
    corrected_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    corrected_at: datetime | None = Field(default=None, sa_type=Utc)
    dispute_reason: str = ""
    responded_at: datetime | None = Field(default=None, sa_type=Utc)
    ruled_minutes: int | None = None
    ruling_reason: str = ""
    ruled_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    ruled_at: datetime | None = Field(default=None, sa_type=Utc)


class CheckIn(SQLModel, table=True):
    """Somebody tapped "I start now". `entry_id` is the id the hours entry will have."""

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("entry_id", name="a_check_in_becomes_one_entry"),
        CheckConstraint("stopped_at IS NULL OR stopped_at >= started_at", name="a_check_in_stops_after_it_starts"),
        Index(
            "one_open_check_in_a_person",
            "participant_id",
            unique=True,
            sqlite_where=text("stopped_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL"),
        ),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    planned_shift_id: uuid.UUID | None = Field(default=None, foreign_key="planned_shift.id")
    entry_id: uuid.UUID
    started_at: datetime = Field(sa_type=Utc)
    stopped_at: datetime | None = Field(default=None, sa_type=Utc)
