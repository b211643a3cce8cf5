"""What the clock does about reports: say it once when one waits too long."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from webapp.offers.seal import Sealer
from webapp.reports.actions import remind_late
from webapp.terms.actions import Terms
from webapp.watch import Task, everywhere


def tell_of_late_reports(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return remind_late(db, municipality_id, now=now)


CLOCKWORK = (Task("tell of late reports", "35", "8", everywhere(tell_of_late_reports)),)
