"""Reads of the premium account that hot pages make: built once, on table columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, or_, select
from sqlmodel import Session

from webapp.foundation.database import Read, year_month
from webapp.premium.models import LedgerLine, Payout

ledger: Any = LedgerLine.__table__  # type: ignore[attr-defined]
payouts: Any = Payout.__table__  # type: ignore[attr-defined]

HOURS = ledger.c.cause.in_([literal_column("'hours'"), literal_column("'hours_back'")])
PAYABLE = ledger.c.cause.in_([literal_column(f"'{cause}'") for cause in ("hours", "hours_back", "payout_back", "carried")])
# a payout takes along every line of its person that is not newer than what it saw, about work up to its last day
TAKES_ALONG = and_(
    payouts.c.participant_id == ledger.c.participant_id,
    payouts.c.status.in_([literal_column("'prepared'"), literal_column("'paid'"), literal_column("'returned'")]),
    ledger.c.id <= payouts.c.through_line_id,
    or_(ledger.c.worked_on <= payouts.c.hours_until, ~HOURS),
)

# what is certain and not yet paid out, per month in which it was worked; the sum of the rows is the balance
MONTHS = Read(
    select(year_month(ledger.c.worked_on).label("month"), func.sum(ledger.c.amount_cents).label("cents"))
    .where(ledger.c.participant_id == bindparam("participant"))
    .group_by(year_month(ledger.c.worked_on))
)

_before = payouts.alias("before")
LINES_OF = (
    select(
        ledger.c.id,
        ledger.c.cause,
        ledger.c.cause_id,
        ledger.c.turn,
        ledger.c.worked_on,
        ledger.c.minutes,
        ledger.c.rate_cents,
        ledger.c.amount_cents,
    )
    .join_from(payouts, ledger, TAKES_ALONG)
    .where(
        payouts.c.id == bindparam("payout"),
        PAYABLE,
        ~select(_before.c.id)
        .where(
            _before.c.participant_id == payouts.c.participant_id,
            _before.c.status.in_([literal_column("'prepared'"), literal_column("'paid'"), literal_column("'returned'")]),
            _before.c.through_line_id < payouts.c.through_line_id,
            ledger.c.id <= _before.c.through_line_id,
            or_(ledger.c.worked_on <= _before.c.hours_until, ~HOURS),
        )
        .exists(),
    )
    .order_by(ledger.c.worked_on, ledger.c.id)
)


def lines_of(db: Session, payout: Payout) -> list[Any]:
    """The ledger lines this payout took along, and no payout before it."""
    return list(db.execute(LINES_OF, {"payout": payout.id}))
