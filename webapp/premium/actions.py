"""Booking premium: a line when minutes become certain, a counter-line and a new line when they change, and lines for what is paid."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from webapp.foundation.database import Write
from webapp.premium.models import LedgerLine, OtherPremium
from webapp.premium.rules import premium_cents
from webapp.terms.actions import Terms

ledger = LedgerLine.__table__  # type: ignore[attr-defined]
other = OtherPremium.__table__  # type: ignore[attr-defined]

ADD = Write(
    ledger, "municipality_id", "participant_id", "cause", "cause_id", "turn", "reverses_id", "worked_on", "minutes", "rate_cents", "amount_cents",
    "terms_id", "booked_at",
)  # fmt: skip
LINES_OF = (
    select(ledger.c.id, ledger.c.reverses_id, ledger.c.minutes, ledger.c.rate_cents, ledger.c.amount_cents, ledger.c.terms_id)
    .where(ledger.c.cause_id == bindparam("cause_id"))
    .order_by(ledger.c.id)
)
LINES_OF_A_PAYOUT = select(ledger).where(ledger.c.cause_id == bindparam("payout"), ledger.c.cause == "payout")
BALANCE = select(func.coalesce(func.sum(ledger.c.amount_cents), 0)).where(ledger.c.participant_id == bindparam("participant"))
OTHERS_THIS_YEAR = select(func.coalesce(func.sum(other.c.amount_cents), 0)).where(
    other.c.participant_id == bindparam("participant"), other.c.paid_on.between(bindparam("first"), bindparam("last"))
)


class Credit(NamedTuple):
    """Minutes of one hours entry that are certain. `turn`: the version of the entry, which makes a repeat harmless."""

    cause_id: uuid.UUID
    turn: int
    participant_id: uuid.UUID
    worked_on: date
    minutes: int


def credit(db: Session, credits: Sequence[Credit], *, municipality_id: int, terms: Terms, now: datetime) -> list[int]:
    """Book entries that have no line yet, each at the rate of the day worked. Gives the cents of each.

    Raises NoTermsInForce when a day has no rate, and IntegrityError when an entry was booked before.
    """
    rows = []
    for due in credits:
        rate = terms.rate(due.worked_on)
        cents = premium_cents(due.minutes, rate.cents_per_hour)
        rows.append(
            {
                "municipality_id": municipality_id, "participant_id": due.participant_id, "cause": "hours", "cause_id": due.cause_id,
                "turn": due.turn, "reverses_id": None, "worked_on": due.worked_on, "minutes": due.minutes,
                "rate_cents": rate.cents_per_hour, "amount_cents": cents, "terms_id": rate.term_id, "booked_at": now,
            }
        )  # fmt: skip
    ADD.rows(db, [row for row in rows if row["amount_cents"]])
    return [row["amount_cents"] for row in rows]  # type: ignore[misc]


def credit_again(db: Session, due: Credit, *, municipality_id: int, terms: Terms, now: datetime) -> int:
    """Make the account show `due.minutes` for this entry: a counter-line for what stands, and a new line.

    Nothing is booked when it shows that already. 0 minutes only takes back. Gives the cents that stand now.
    """
    lines = db.execute(LINES_OF, {"cause_id": due.cause_id}).all()
    reversed_ids = {line.reverses_id for line in lines if line.reverses_id is not None}
    standing = next((line for line in lines if line.reverses_id is None and line.id not in reversed_ids), None)
    if standing is not None and standing.minutes == due.minutes:
        return int(standing.amount_cents)
    if standing is not None:
        back: dict[str, Any] = {
            "municipality_id": municipality_id, "participant_id": due.participant_id, "cause": "hours_back", "cause_id": due.cause_id,
            "turn": due.turn, "reverses_id": standing.id, "worked_on": due.worked_on, "minutes": -standing.minutes,
            "rate_cents": standing.rate_cents, "amount_cents": -standing.amount_cents, "terms_id": standing.terms_id, "booked_at": now,
        }  # fmt: skip
        ADD.rows(db, [back])
    if due.minutes == 0:
        return 0
    return credit(db, [due], municipality_id=municipality_id, terms=terms, now=now)[0]


def balance_cents(db: Session, participant_id: uuid.UUID) -> int:
    """What is certain and not yet paid out: the sum of this person's lines."""
    return int(db.execute(BALANCE, {"participant": participant_id}).scalar_one())


class Paid(NamedTuple):
    """A payout as the account shows it, in whole cents. `above`: what it could not hold, by calendar year; `carries`: it is paid later."""

    payout_id: uuid.UUID
    participant_id: uuid.UUID
    pay_on: date
    amount_cents: int
    above: Mapping[int, int]
    carries: bool


def book_payouts(db: Session, paid: Sequence[Paid], *, municipality_id: int, terms_id: uuid.UUID, now: datetime) -> None:
    """Take what was paid off the account, and what no year could hold; what is carried over comes back as a line to be paid later.

    Raises IntegrityError when a payout was booked before. `terms_id`: the row that set the maximum.
    """
    rows = []
    for one in paid:
        rows.append(_paid_line(one, "payout", 0, -one.amount_cents))
        for year, cents in one.above.items():
            rows.append(_paid_line(one, "above_maximum", year, -cents))
            if one.carries:
                rows.append(_paid_line(one, "carried", year, cents))
    ADD.rows(db, [{**row, "municipality_id": municipality_id, "terms_id": terms_id, "booked_at": now} for row in rows])


def _paid_line(paid: Paid, cause: str, turn: int, cents: int) -> dict[str, Any]:
    return {
        "participant_id": paid.participant_id, "cause": cause, "cause_id": paid.payout_id, "turn": turn, "reverses_id": None,
        "worked_on": paid.pay_on, "minutes": 0, "rate_cents": 0, "amount_cents": cents,
    }  # fmt: skip


def book_return(db: Session, payout_id: uuid.UUID, *, now: datetime) -> None:
    """The bank could not pay: the amount is on the account again, on the day it went off. Raises LookupError."""
    line = next((line for line in db.execute(LINES_OF_A_PAYOUT, {"payout": payout_id})), None)
    if line is None:
        raise LookupError(payout_id)
    ADD.rows(
        db,
        [
            {
                "municipality_id": line.municipality_id, "participant_id": line.participant_id, "cause": "payout_back", "cause_id": payout_id, "turn": 0,
                "reverses_id": line.id, "worked_on": line.worked_on, "minutes": 0, "rate_cents": 0, "amount_cents": -line.amount_cents,
                "terms_id": line.terms_id, "booked_at": now,
            }
        ],
    )  # fmt: skip


def record_other_premium(
    db: Session, participant_id: uuid.UUID, *, municipality_id: int, paid_on: date, amount_cents: int, scheme: str, recorded_by: uuid.UUID, now: datetime,
    id: uuid.UUID,
) -> OtherPremium:  # fmt: skip
    """A premium of another scheme, which counts for the same yearly maximum. Repeating the same id adds nothing."""
    known = db.get(OtherPremium, id)
    if known is not None:
        return known
    made = OtherPremium(
        id=id, municipality_id=municipality_id, participant_id=participant_id, paid_on=paid_on, amount_cents=amount_cents,
        scheme=scheme, recorded_by=recorded_by, recorded_at=now,
    )  # fmt: skip
    db.add(made)
    db.flush()
    return made
