"""Offers. A no leaves no trace here: for everybody but the participant it looks like an offer that ran out."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

OPEN = text("status = 'open'")
NOT_CLOSED = text("status <> 'closed'")


class Offer(SQLModel, table=True):
    """Work proposed to one person.

    `closed` means "past nu niet": answered no, run out, or the place went to somebody else; the row does
    not say which, nor when. `sealed` holds the participant's own answer for their own screen, encrypted,
    always of the same length, from the moment the offer is made; see `offers/seal.py`.
    """

    __table_args__ = (
        one_of("status", ("open", "yes", "closed"), "an_offer_is_open_yes_or_closed"),
        CheckConstraint("length(sealed) = 64", name="a_sealed_answer_never_shows_its_length"),
        Index("one_open_offer_a_person", "participant_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "one_live_offer_a_person_and_request", "request_id", "participant_id", unique=True, sqlite_where=NOT_CLOSED, postgresql_where=NOT_CLOSED
        ),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    request_id: uuid.UUID = Field(foreign_key="work_request.id", index=True)
    participant_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    case_manager_id: uuid.UUID = Field(foreign_key="account.id")
    offered_at: datetime = Field(sa_type=Utc)
    closes_at: datetime = Field(sa_type=Utc)
    travel_minutes: int | None = None
    status: str = "open"
    sealed: str


class OfferTotal(SQLModel, table=True):
    """What is left of closed offers after their term: how many, per municipality and month, nobody's name."""

    __tablename__ = "offer_total"
    __table_args__ = (UniqueConstraint("municipality_id", "month", name="a_month_is_totalled_once"),)

    id: int | None = Field(default=None, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    month: date  # its first day
    closed: int
