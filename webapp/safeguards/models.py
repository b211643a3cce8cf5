"""What the displacement tests found, what people decided about it, and which employers get nobody for a while."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

OCCASIONS = ("asked", "offered", "started", "changed", "nightly", "terms")
OUTCOMES = ("ok", "needs_reason", "not_allowed")
STANDS = text("lifted_on IS NULL")


class Assessment(SQLModel, table=True):
    """One run of all tests, on an occasion and a day. Never changed: the next occasion makes the next one.

    `findings` holds each item with its outcome, value, limit, inputs, source and legal basis of that day (`rules.Finding`),
    and no name. `outcome` is the worst of them. A night writes a row only when something differs from the one before.
    `fingerprint` says what was found, so that the same finding of the same run is written once.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        one_of("occasion", OCCASIONS, "an_occasion_is_known"),
        one_of("outcome", OUTCOMES, "an_outcome_is_known"),
        CheckConstraint("rule_version <> ''", name="an_assessment_says_by_which_rules"),
        Index("assessments_of_a_request", "request_id", "made_at"),
        Index("assessments_of_a_placement", "placement_id", "made_at"),
        Index("assessments_of_a_municipality", "municipality_id", "day"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    request_id: uuid.UUID = Field(foreign_key="work_request.id")
    establishment_id: uuid.UUID = Field(foreign_key="establishment.id", index=True)
    participant_id: uuid.UUID | None = Field(default=None, foreign_key="account.id", index=True)
    placement_id: uuid.UUID | None = Field(default=None, foreign_key="placement.id")
    occasion: str
    day: date
    rule_version: str
    findings: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    outcome: str
    fingerprint: str
    made_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")  # None: the clock
    made_at: datetime = Field(sa_type=Utc)


class Override(SQLModel, table=True):
    """A case manager judges that a place may be filled although one test asks for a reason, and a colleague signs or does not.

    Counts once a second, different person agreed: for this request and item, as long as what is found is not worse than what was judged.
    """

    __tablename__ = "safeguard_override"
    __table_args__ = (
        UniqueConstraint("assessment_id", "item", name="an_item_of_an_assessment_is_judged_once"),
        CheckConstraint("reason <> ''", name="a_judgement_has_its_reason"),
        CheckConstraint("second_by IS NULL OR second_by <> decided_by", name="two_different_people_judge"),
        CheckConstraint("(second_by IS NULL) = (second_at IS NULL)", name="a_second_signature_has_its_moment"),
        CheckConstraint("(second_by IS NULL) = (second_agrees IS NULL)", name="a_second_person_says_yes_or_no"),
        Index("overrides_of_a_request", "request_id", "item"),
        Index("overrides_of_a_municipality", "municipality_id", "decided_at"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id")
    request_id: uuid.UUID = Field(foreign_key="work_request.id")
    item: str
    value: int | None = None  # what was judged, in the unit of the item; None where a test has no number
    reason: str
    evidence: str = ""
    decided_by: uuid.UUID = Field(foreign_key="account.id")
    decided_at: datetime = Field(sa_type=Utc)
    second_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    second_at: datetime | None = Field(default=None, sa_type=Utc)
    second_agrees: bool | None = None


class EmployerRestriction(SQLModel, table=True):
    """For a while nobody is placed at this employer: with a reason, what it rests on, and always a last day."""

    __tablename__ = "employer_restriction"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="a_restriction_ends_after_it_begins"),
        CheckConstraint("reason <> ''", name="a_restriction_has_its_reason"),
        CheckConstraint("evidence <> ''", name="a_restriction_rests_on_something"),
        CheckConstraint("(lifted_on IS NULL) = (lifted_by IS NULL)", name="somebody_lifts_a_restriction"),
        Index("a_restriction_begins_once_a_day", "employer_id", "starts_on", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    employer_id: uuid.UUID = Field(foreign_key="employer.id")
    reason: str
    evidence: str
    starts_on: date
    ends_on: date  # the last day, included
    made_by: uuid.UUID = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=Utc)
    lifted_on: date | None = None  # from this day on it no longer counts
    lifted_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
