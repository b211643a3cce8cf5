"""Payout runs, what there was to look at in them, and checkers from outside. The payouts themselves are in `premium/models.py`."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import RowNumber, Utc, one_of
from webapp.foundation.ids import new_id

WAITS = text("status = 'prepared'")
REGULAR = text("settles_id IS NULL AND status <> 'sent_back'")
SETTLEMENT = text("settles_id IS NOT NULL AND status <> 'sent_back'")


class PayoutRun(SQLModel, table=True):
    """One payment of premium to everybody it is due to, or to one person (`settles_id`) who left.

    Prepared by one person (the first check), approved by another, who judges by name that it helps people find work
    (Participatiewet art. 31 lid 2 onder j: "naar het oordeel van het college"). `through_line_id`: the last ledger line the
    preparation saw. What the bank file says of the municipality is kept from the approval on, so that it never changes.
    """

    __tablename__ = "payout_run"
    __table_args__ = (
        one_of("status", ("prepared", "approved", "sent_back"), "a_run_status_is_known"),
        CheckConstraint("approved_by IS NULL OR approved_by <> prepared_by", name="nobody_approves_what_they_prepared"),
        CheckConstraint(
            "(status = 'approved') = (approved_by IS NOT NULL) AND (status <> 'approved' OR (approved_at IS NOT NULL AND judgement <> '' AND debtor_iban <> ''))",
            name="an_approved_run_says_who_judged_and_from_which_account",
        ),
        CheckConstraint("status <> 'sent_back' OR (sent_back_by IS NOT NULL AND sent_back_reason <> '')", name="sending_back_has_its_reason"),
        CheckConstraint("hours_until <= pay_on", name="hours_close_before_they_are_paid"),
        Index("one_run_waits_at_a_time", "municipality_id", unique=True, sqlite_where=WAITS, postgresql_where=WAITS),
        Index("one_run_a_day", "municipality_id", "pay_on", unique=True, sqlite_where=REGULAR, postgresql_where=REGULAR),
        Index("one_settlement_a_day", "municipality_id", "pay_on", "settles_id", unique=True, sqlite_where=SETTLEMENT, postgresql_where=SETTLEMENT),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    pay_on: date
    hours_until: date  # the last day of work it takes along
    settles_id: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    through_line_id: int = Field(sa_column=Column(RowNumber, nullable=False))
    status: str = "prepared"
    prepared_by: uuid.UUID = Field(foreign_key="account.id")
    prepared_at: datetime = Field(sa_type=Utc)
    approved_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = Field(default=None, sa_type=Utc)
    judgement: str = ""
    sent_back_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    sent_back_at: datetime | None = Field(default=None, sa_type=Utc)
    sent_back_reason: str = ""
    debtor_holder: str = ""
    debtor_iban: str = ""
    file_version: str = ""


class RunRemark(SQLModel, table=True):
    """Why a line of a run deserves a look, or why somebody is not in it: what the first checker saw, kept as it was."""

    __tablename__ = "run_remark"
    __table_args__ = (UniqueConstraint("run_id", "participant_id", "kind", name="a_remark_is_made_once"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    run_id: uuid.UUID = Field(foreign_key="payout_run.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    kind: str
    cents: int = 0
    minutes: int = 0
    seen_on: date | None = None


class OutsideChecker(SQLModel, table=True):
    """Somebody from outside who does the second check for a municipality too small for two people. Never prepares a run."""

    __tablename__ = "outside_checker"
    __table_args__ = (
        CheckConstraint("organisation <> '' AND reason <> ''", name="an_outside_checker_is_explained"),
        UniqueConstraint("membership_id", name="an_outside_checker_is_registered_once"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    membership_id: uuid.UUID = Field(foreign_key="membership.id")
    organisation: str
    reason: str
    registered_by: uuid.UUID = Field(foreign_key="account.id")
    registered_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)
