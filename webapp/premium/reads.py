"""Reads of the premium account that hot pages make: built once, on table columns."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal_column, or_, select
from sqlmodel import Session

from webapp.foundation.database import Read, year_month
from webapp.premium.models import LedgerLine, OtherPremium, Payout

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

# per month: what the work in it earned, paid or not; what went to the bank in it; and all of it together, the sum of which is
# what is certain and not yet paid
_paid_out = ledger.c.cause.in_([literal_column("'payout'"), literal_column("'payout_back'")])
MONTHS = Read(
    select(
        year_month(ledger.c.worked_on).label("month"),
        func.sum(ledger.c.amount_cents).label("cents"),
        func.sum(case((HOURS, ledger.c.amount_cents), else_=0)).label("earned_cents"),
        func.sum(case((_paid_out, -ledger.c.amount_cents), else_=0)).label("paid_cents"),
    )
    .where(ledger.c.participant_id == bindparam("participant"))
    .group_by(year_month(ledger.c.worked_on))
)
# what a year could not hold, by that year, and how much of it is carried to a later one
ABOVE = Read(
    select(
        ledger.c.turn.label("year"),
        func.sum(case((ledger.c.cause == literal_column("'above_maximum'"), -ledger.c.amount_cents), else_=0)).label("cents"),
        func.sum(case((ledger.c.cause == literal_column("'carried'"), ledger.c.amount_cents), else_=0)).label("carried_cents"),
    )
    .where(ledger.c.participant_id == bindparam("participant"), ledger.c.cause.in_([literal_column("'above_maximum'"), literal_column("'carried'")]))
    .group_by(ledger.c.turn)
    .order_by(ledger.c.turn)
)
PAYOUTS_OF = Read(
    select(payouts.c.id, payouts.c.pay_on, payouts.c.amount_cents, payouts.c.status, payouts.c.minutes)
    .where(payouts.c.participant_id == bindparam("participant"), payouts.c.status.in_([literal_column("'paid'"), literal_column("'returned'")]))
    .order_by(payouts.c.pay_on.desc(), payouts.c.id.desc())
)


def paid_on(participant: Any, worked_on: Any, last_line: Any) -> Any:
    """The day on which work was paid, as a column of another statement; NULL while its last ledger line is in no payout that stands."""
    return (
        select(func.min(payouts.c.pay_on))
        .where(
            payouts.c.participant_id == participant,
            payouts.c.status == literal_column("'paid'"),
            payouts.c.hours_until >= worked_on,
            payouts.c.through_line_id >= last_line,
        )
        .scalar_subquery()
    )


def last_line_of(cause_id: Any) -> Any:
    """The newest ledger line of an hours entry, as a column of another statement."""
    lines = ledger.alias("lines")
    causes = lines.c.cause.in_([literal_column("'hours'"), literal_column("'hours_back'")])
    return select(func.max(lines.c.id)).where(causes, lines.c.cause_id == cause_id).scalar_subquery()


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


def others_in(db: Session, participant_id: uuid.UUID, year: int) -> list[Any]:
    """Premiums of other schemes paid in a calendar year, in order."""
    others: Any = OtherPremium.__table__  # type: ignore[attr-defined]
    within = others.c.paid_on.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.execute(select(others).where(others.c.participant_id == participant_id, within).order_by(others.c.paid_on)))
