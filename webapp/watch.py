"""What runs by the clock, municipality by municipality: closing, ending, reminding, forgetting.

Each task may run twice or late without harm, and a fault in one municipality does not keep the others waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import Database
from webapp.foundation.logs import log
from webapp.foundation.settings import Settings
from webapp.hours.reminders import remind
from webapp.offers.actions import close_expired, forget_closed
from webapp.offers.seal import Sealer
from webapp.people.models import Municipality
from webapp.placements.actions import end_passed
from webapp.terms.actions import Terms, terms_of

Work = Callable[[Session, int, Terms, Sealer, datetime], int]


class Task(NamedTuple):
    """Something the clock asks for. `minute` and `hour` as in crontab, in Dutch time."""

    name: str
    minute: str
    hour: str
    run: Callable[[Database, Settings, datetime], int]


def everywhere(work: Work) -> Callable[[Database, Settings, datetime], int]:
    """The same work in every municipality, each in its own transaction. Gives the sum of what was done."""

    def run(database: Database, settings: Settings, now: datetime) -> int:
        sealer, done = Sealer(*settings.keys), 0
        with database.transaction() as db:
            municipalities = db.execute(select(Municipality.id, Municipality.terms_token)).all()  # type: ignore[call-overload]
        for municipality_id, token in municipalities:
            try:
                with database.transaction() as db:
                    done += work(db, municipality_id, terms_of(db, municipality_id, token), sealer, now)
            except Exception as error:
                log.error("clockwork failed", municipality=municipality_id, kind=type(error).__name__)
        return done

    return run


def close_offers(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return close_expired(db, municipality_id, sealer=sealer, now=now)


def forget_offers(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return forget_closed(db, municipality_id, keep_days=terms.offer(day_of(now)).keep_closed_days, now=now)


def end_placements(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return end_passed(db, municipality_id, now=now)


def send_reminders(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return remind(db, municipality_id, terms, now=now)


CLOCKWORK = (
    Task("close offers", "*/10", "*", everywhere(close_offers)),
    Task("end placements", "15", "0", everywhere(end_placements)),
    Task("forget closed offers", "30", "1", everywhere(forget_offers)),
    Task("remind", "5", "8,16,20", everywhere(send_reminders)),
)
