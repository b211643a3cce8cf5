"""Reads of the premium account that hot pages make: built once, on table columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, extract, func, select

from webapp.premium.models import LedgerLine

ledger: Any = LedgerLine.__table__  # type: ignore[attr-defined]

# what is certain and not yet paid out, per month in which it was worked; the sum of the rows is the balance
MONTHS = (
    select(
        extract("year", ledger.c.worked_on).label("year"), extract("month", ledger.c.worked_on).label("month"), func.sum(ledger.c.amount_cents).label("cents"),
        func.sum(ledger.c.minutes).label("minutes"),
    )
    .where(ledger.c.participant_id == bindparam("participant"))
    .group_by(extract("year", ledger.c.worked_on), extract("month", ledger.c.worked_on))
)  # fmt: skip
