"""What somebody asks about their own data, what may not go yet, and what went when its term was over."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

OPEN_ERASURE = text("kind = 'erasure' AND answered_at IS NULL AND withdrawn_at IS NULL")


class DataRequest(SQLModel, table=True):
    """A participant asks to correct something, or to be erased (AVG art. 16 and 17). A named official answers, with a reason.

    `answer`: yes or no. `erase_on`: the day on which a yes to erasing is carried out; `erased_at`: when that was done.
    """

    __tablename__ = "data_request"
    __table_args__ = (
        one_of("kind", ("correction", "erasure"), "a_question_about_data_is_known"),
        one_of("answer", ("", "yes", "no"), "an_answer_is_yes_or_no"),
        CheckConstraint(
            "(answered_at IS NULL AND answered_by IS NULL AND answer = '' AND reason = '')"
            " OR (answered_at IS NOT NULL AND answered_by IS NOT NULL AND answer <> '' AND reason <> '')",
            name="an_answer_has_a_name_a_day_and_a_reason",
        ),
        CheckConstraint("answered_by IS NULL OR answered_by <> participant_id", name="nobody_answers_their_own_question"),
        CheckConstraint("erase_on IS NULL OR (kind = 'erasure' AND answer = 'yes')", name="only_a_yes_erases"),
        Index("one_open_erasure_a_person", "participant_id", unique=True, sqlite_where=OPEN_ERASURE, postgresql_where=OPEN_ERASURE),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    participant_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    kind: str
    words: str = ""  # what is not right, in the person's own words
    asked_at: datetime = Field(sa_type=Utc)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Utc)
    answered_at: datetime | None = Field(default=None, sa_type=Utc)
    answered_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    answer: str = ""
    reason: str = ""
    erase_on: date | None = None
    erased_at: datetime | None = Field(default=None, sa_type=Utc)


class LegalHold(SQLModel, table=True):
    """What may not go yet although its term is over: of one person, or (`participant_id` None) of everybody; `kind` "" is every kind."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="a_hold_has_a_reason"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="a_hold_is_ended_by_somebody"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    participant_id: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    kind: str = ""
    reason: str
    until: date  # the last day, included
    made_by: uuid.UUID = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=Utc)
    ended_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class RetentionRun(SQLModel, table=True):
    """What went in one night, of one kind: how many, and from when on is kept. Nothing about whom."""

    __tablename__ = "retention_run"
    __table_args__ = (
        UniqueConstraint("municipality_id", "ran_on", "kind", name="a_kind_goes_once_a_night"),
        CheckConstraint("went >= 0 AND held >= 0", name="what_went_is_counted"),
    )

    id: int | None = Field(default=None, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    kind: str
    ran_on: date
    ran_at: datetime = Field(sa_type=Utc)
    kept_from: datetime = Field(sa_type=Utc)  # what is older was due
    went: int
    held: int
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))  # rows per table
