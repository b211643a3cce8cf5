"""What the clock does here: say it once when a report waits too long, and tell the totals of a quarter that ended."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from webapp.offers.seal import Sealer
from webapp.reports.actions import remind_late
from webapp.reports.totals import publish
from webapp.terms.actions import Terms
from webapp.watch import Task, everywhere


def tell_of_late_reports(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return remind_late(db, municipality_id, now=now)


def tell_totals(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return publish(db, municipality_id, terms, now=now)


CLOCKWORK = (
    Task("tell of late reports", "35", "8", everywhere(tell_of_late_reports)),
    Task("tell totals of a quarter", "20", "5", everywhere(tell_totals)),
)
