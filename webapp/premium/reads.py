"""Reads of the premium account that hot pages make: built once, on table columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from webapp.foundation.database import Read, year_month
from webapp.premium.models import LedgerLine

ledger: Any = LedgerLine.__table__  # type: ignore[attr-defined]

# what is certain and not yet paid out, per month in which it was worked; the sum of the rows is the balance
MONTHS = Read(
    select(year_month(ledger.c.worked_on).label("month"), func.sum(ledger.c.amount_cents).label("cents"))
    .where(ledger.c.participant_id == bindparam("participant"))
    .group_by(year_month(ledger.c.worked_on))
)
