"""What the clock does about getting in: forget codes, guesses and letters that are of no use any more."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from webapp.access.attempts import forget_old
from webapp.foundation.database import Database
from webapp.foundation.settings import Settings
from webapp.notifications.outgoing import forget_ended
from webapp.offers.seal import Sealer
from webapp.terms.actions import Terms
from webapp.watch import Task, everywhere


def forget_letters(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return forget_ended(db, municipality_id, now=now)


def forget_guesses(database: Database, settings: Settings, now: datetime) -> int:
    with database.transaction() as db:
        return forget_old(db, now=now)


CLOCKWORK = (Task("forget letters and codes", "*/10", "*", everywhere(forget_letters)), Task("forget guesses", "50", "*", forget_guesses))
