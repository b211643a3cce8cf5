"""The premium ledger, what of it was paid out, and premiums of other schemes that share the yearly maximum."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import RowNumber, Utc, one_of
from webapp.foundation.ids import new_id

COUNTS = text("status IN ('prepared', 'paid')")
CAUSES = ("hours", "hours_back", "payout", "payout_back", "above_maximum", "carried")


class LedgerLine(SQLModel, table=True):
    """One booking on a participant's premium account. Never changed: a mistake gets a counter-line.

    cause "hours": certain minutes of an hours entry; "hours_back": the counter-line that takes such a line back.
    "payout": paid to a bank account on `worked_on` (negative); "payout_back": the bank could not pay, so it is to be paid again.
    "above_maximum": what a payout could not hold (negative, `turn` is the calendar year it was too much for); "carried": the
    same amount again, to be paid in a later year, where the terms carry it over. The sum of all lines is what is still to be paid.
    For hours `turn` is the version of the entry at which it was booked. `minutes` and `amount_cents` are negative on a
    counter-line. `terms_id` is the row the rate came from, or that set the maximum of a payout.
    """

    __tablename__ = "ledger_line"
    __table_args__ = (
        UniqueConstraint("cause", "cause_id", "turn", name="a_cause_is_booked_once_a_turn"),
        UniqueConstraint("reverses_id", name="a_line_is_reversed_once"),
        CheckConstraint("amount_cents <> 0", name="a_line_moves_money"),
        one_of("cause", CAUSES, "a_cause_is_known"),
        CheckConstraint("(cause IN ('hours_back', 'payout_back')) = (reverses_id IS NOT NULL)", name="a_counter_line_names_its_line"),
        CheckConstraint("cause NOT IN ('payout', 'above_maximum') OR amount_cents < 0", name="what_was_paid_goes_off"),
        Index("account_of_a_person", "participant_id", "worked_on", "cause", "amount_cents", "minutes"),
    )

    id: int | None = Field(default=None, sa_column=Column(RowNumber, primary_key=True, autoincrement=True))
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    cause: str
    cause_id: uuid.UUID
    turn: int
    reverses_id: int | None = Field(default=None, sa_column=Column(RowNumber, ForeignKey("ledger_line.id")))
    worked_on: date
    minutes: int
    rate_cents: int  # per hour, of the day worked
    amount_cents: int
    terms_id: uuid.UUID = Field(foreign_key="term.id")
    booked_at: datetime = Field(sa_type=Utc)


class Payout(SQLModel, table=True):
    """What one person gets in one run. `slot`: the first or second payment of that calendar year; the law knows no third.

    It takes along every line of this person up to `through_line_id`, about work up to `hours_until`, that no earlier one took:
    so a line needs no mark, and is in one payout at most (DECISIONS.md). amount_cents is what the bank pays, cut_cents what the
    yearly maximum had no room for; together they are those lines.
    prepared → paid with the run, or held (left out by an official, with a reason) or dropped (the run was sent back).
    returned: the bank could not pay, and the premium is due again.
    """

    __table_args__ = (
        one_of("status", ("prepared", "paid", "held", "dropped", "returned"), "a_payout_status_is_known"),
        UniqueConstraint("run_id", "participant_id", name="a_person_is_in_a_run_once"),
        CheckConstraint("amount_cents > 0 AND cut_cents >= 0", name="a_payout_is_money"),
        CheckConstraint("slot BETWEEN 1 AND 2", name="the_law_knows_two_payments_a_year"),
        CheckConstraint("status <> 'held' OR reason <> ''", name="leaving_somebody_out_has_its_reason"),
        CheckConstraint("(status = 'returned') = (returned_on IS NOT NULL)", name="a_return_has_its_day"),
        Index("a_year_has_one_first_and_one_second_payment", "participant_id", "year", "slot", unique=True, sqlite_where=COUNTS, postgresql_where=COUNTS),
    )  # fmt: skip

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    run_id: uuid.UUID = Field(foreign_key="payout_run.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    bank_account_id: uuid.UUID = Field(foreign_key="bank_account.id")
    pay_on: date
    year: int
    slot: int
    hours_until: date
    through_line_id: int = Field(sa_column=Column(RowNumber, nullable=False))
    minutes: int
    amount_cents: int
    cut_cents: int = 0
    cut_by_year: dict[str, int] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )  # what the maximum of each year was too small for
    status: str = "prepared"
    reason: str = ""  # why it was left out or came back
    decided_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    returned_on: date | None = None


class OtherPremium(SQLModel, table=True):
    """A premium of another scheme, paid to the same person: it shares the yearly maximum (art. 31 lid 2 j)."""

    __tablename__ = "other_premium"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="a_premium_is_money"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    paid_on: date
    amount_cents: int
    scheme: str
    recorded_by: uuid.UUID = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=Utc)
