"""What is recorded in the life of a placement: the agreement and who signed it, absences, changes, pauses, its end, and calendar addresses."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

STANDS = text("taken_back_at IS NULL")
IN_USE = text("ended_at IS NULL")

PARTIES = ("participant", "supervisor", "case_manager")
ABSENCE_REASONS = ("", "sick", "family", "appointment", "other")  # "": no longer kept
WISHES = ("participant", "employer", "municipality")
OUTCOMES = ("contract", "subsidy", "training", "back", "stopped")


class Agreement(SQLModel, table=True):
    """One version of the agreement, kept from the first signature on, exactly as it was read. Never changed.

    `facts`: what it is about, as plain values; `words`: the same as its readers saw it, per language. `digest` is over both.
    """

    __table_args__ = (UniqueConstraint("placement_id", "number", name="versions_of_an_agreement_are_counted"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    number: int
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    words: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    digest: str
    made_at: datetime = Field(sa_type=Utc)


class AgreementSignature(SQLModel, table=True):
    """Somebody tapped "I agree" under one version. It can be taken back until the start is recorded."""

    __tablename__ = "agreement_signature"
    __table_args__ = (
        one_of("party", PARTIES, "a_side_of_an_agreement_is_known"),
        Index("a_side_signs_once", "agreement_id", "party", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
        Index("one_person_signs_for_one_side", "agreement_id", "account_id", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    agreement_id: uuid.UUID = Field(foreign_key="agreement.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id", index=True)
    party: str
    account_id: uuid.UUID = Field(foreign_key="account.id")
    signed_at: datetime = Field(sa_type=Utc)
    taken_back_at: datetime | None = Field(default=None, sa_type=Utc)


class ShiftAbsence(SQLModel, table=True):
    """Somebody said: I cannot come today. The reason is for the case manager only (AVG art. 9), and goes after a while."""

    __tablename__ = "shift_absence"
    __table_args__ = (
        one_of("reason", ABSENCE_REASONS, "a_reason_of_absence_is_known"),
        Index("a_shift_is_called_off_once", "planned_shift_id", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
        Index("absences_of_a_person", "participant_id", "day"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    planned_shift_id: uuid.UUID = Field(foreign_key="planned_shift.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    day: date
    reason: str
    words: str = ""
    said_at: datetime = Field(sa_type=Utc)
    taken_back_at: datetime | None = Field(default=None, sa_type=Utc)


class PlacementChange(SQLModel, table=True):
    """Other hours from a day on, decided by a case manager. What the placement row says follows on that day."""

    __tablename__ = "placement_change"
    __table_args__ = (
        UniqueConstraint("placement_id", "valid_from", name="hours_change_once_a_day"),
        CheckConstraint("weekly_minutes > 0", name="changed_hours_are_hours"),
        CheckConstraint("reason <> ''", name="a_change_has_its_reason"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    valid_from: date
    pattern: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    weekly_minutes: int
    minutes_before: int  # the week it takes the place of
    reason: str
    decided_by: uuid.UUID = Field(foreign_key="account.id")
    decided_at: datetime = Field(sa_type=Utc)
    applied_at: datetime | None = Field(default=None, sa_type=Utc)


class PlacementPause(SQLModel, table=True):
    """Days without work, both included, with whose wish it was. `ended_at`: it was called off before it began."""

    __tablename__ = "placement_pause"
    __table_args__ = (
        one_of("wished_by", WISHES, "a_pause_is_somebodys_wish"),
        CheckConstraint("last_day >= first_day", name="a_pause_ends_after_it_begins"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id", index=True)
    first_day: date
    last_day: date
    wished_by: str
    reason: str = ""
    recorded_by: uuid.UUID = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class PlacementEnd(SQLModel, table=True):
    """How a placement ended, as a case manager recorded it. A better answer later is a next row; the last one counts."""

    __tablename__ = "placement_end"
    __table_args__ = (
        one_of("outcome", OUTCOMES, "an_outcome_is_known"),
        CheckConstraint("reason <> ''", name="an_end_has_its_reason"),
        UniqueConstraint("placement_id", "number", name="ends_of_a_placement_are_counted"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    number: int
    outcome: str
    reason: str
    last_day: date
    decided_by: uuid.UUID = Field(foreign_key="account.id")
    decided_at: datetime = Field(sa_type=Utc)


class CalendarFeed(SQLModel, table=True):
    """A secret address for the calendar of one participant. Only its digest is kept here; the address is made from the id and the secret key."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        UniqueConstraint("digest", name="a_calendar_address_is_one_persons"),
        Index("one_calendar_address_a_person", "participant_id", unique=True, sqlite_where=IN_USE, postgresql_where=IN_USE),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    digest: str
    made_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)
