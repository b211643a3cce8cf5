"""Reports about work by whoever saw something, what was said about them since, and the totals that everybody may read."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

WHO = ("colleague", "union", "neighbour", "participant", "other")
STATES = ("new", "looking", "answered", "closed")
OUTCOMES = ("", "founded", "unfounded", "not_enough")
KINDS = ("reporter", "answer", "note")
OPEN = text("status <> 'closed'")


class ReportCase(SQLModel, table=True):
    """One report. new: nobody took it yet. looking: somebody does. answered: the reporter can read an answer. closed: with an outcome.

    `form_mark` and `code_mark` are keyed hashes: of the form it came from, so that sending twice is one case, and of the code
    with which the reporter looks again. No address of a machine and no account is kept. `sealed_contact` opens only for whoever
    handles it, and goes some days after closing; `words` goes later (privacy/retention.py).
    """

    __tablename__ = "report_case"
    __table_args__ = (
        UniqueConstraint("form_mark", name="a_form_becomes_one_report"),
        UniqueConstraint("code_mark", name="a_follow_up_code_opens_one_report"),
        one_of("who", WHO, "who_reports_is_known"),
        one_of("status", STATES, "a_report_status_is_known"),
        one_of("outcome", OUTCOMES, "an_outcome_of_a_report_is_known"),
        CheckConstraint("words <> '' AND place <> ''", name="a_report_says_what_and_where"),
        CheckConstraint("status = 'new' OR assigned_to IS NOT NULL", name="somebody_looks_into_a_report"),
        CheckConstraint(
            "(status = 'closed' AND outcome <> '' AND close_reason <> '' AND closed_at IS NOT NULL AND closed_by IS NOT NULL)"
            " OR (status <> 'closed' AND outcome = '' AND close_reason = '' AND closed_at IS NULL AND closed_by IS NULL)",
            name="a_closed_report_has_an_outcome_a_reason_and_a_name",
        ),
        CheckConstraint("request_id IS NULL OR establishment_id IS NOT NULL", name="a_request_is_at_an_establishment"),
        CheckConstraint("establishment_id IS NULL OR employer_id IS NOT NULL", name="an_establishment_is_of_an_employer"),
        Index("open_reports_of_a_municipality", "municipality_id", "due_on", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    form_mark: str
    code_mark: str
    received_at: datetime = Field(sa_type=Utc)
    due_on: date  # the last day for an answer, by the terms of the day it came
    language: str
    who: str
    place: str  # where, as it was typed
    words: str
    sealed_contact: str = ""
    status: str = "new"
    employer_id: uuid.UUID | None = Field(default=None, foreign_key="employer.id", index=True)
    establishment_id: uuid.UUID | None = Field(default=None, foreign_key="establishment.id")
    request_id: uuid.UUID | None = Field(default=None, foreign_key="work_request.id")
    assigned_to: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    outcome: str = ""
    close_reason: str = ""
    closed_at: datetime | None = Field(default=None, sa_type=Utc)
    closed_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")


class ReportMessage(SQLModel, table=True):
    """Words about a report: more from the reporter, an answer the reporter reads, or a note among colleagues. Never changed."""

    __tablename__ = "report_message"
    __table_args__ = (
        one_of("kind", KINDS, "words_about_a_report_are_known"),
        CheckConstraint("words <> ''", name="a_message_says_something"),
        CheckConstraint("(kind = 'reporter') = (written_by IS NULL)", name="only_the_reporter_writes_without_a_name"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    report_case_id: uuid.UUID = Field(foreign_key="report_case.id", index=True)
    kind: str
    words: str
    written_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    written_at: datetime = Field(sa_type=Utc)


class OpenTotal(SQLModel, table=True):
    """What everybody may read of one municipality and quarter, as it was told the first time. `figures`: rules.totals.Told."""

    __tablename__ = "open_total"
    __table_args__ = (UniqueConstraint("municipality_id", "quarter", name="a_quarter_is_told_once"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    quarter: str
    figures: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    smallest: int  # what was smaller is not told
    round_to: int
    made_at: datetime = Field(sa_type=Utc)
