"""The premium ledger, which of its lines were paid out, and premiums of other schemes that share the yearly maximum."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from webapp.foundation.database import RowNumber, Utc, one_of
from webapp.foundation.ids import new_id


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


class SettledLine(SQLModel, table=True):
    """A ledger line that a payout took along. One line, one payout: that is what keeps anything from being paid twice."""

    __tablename__ = "settled_line"

    ledger_line_id: int = Field(sa_column=Column(RowNumber, ForeignKey("ledger_line.id"), primary_key=True, autoincrement=False))
    municipality_id: int = Field(foreign_key="municipality.id")
    payout_id: uuid.UUID = Field(foreign_key="payout.id")


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
