"""What runs by the clock, municipality by municipality: closing, ending, reminding, forgetting.

Each task may run twice or late without harm, and a fault in one municipality does not keep the others waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from webapp.caseload.digest import send_digests
from webapp.foundation.clock import day_of, monday_of
from webapp.foundation.database import Database, lock_municipality
from webapp.foundation.logs import log
from webapp.foundation.settings import Settings
from webapp.growth.paid_work import ask_who_left
from webapp.growth.signals import escalate, notice
from webapp.history.actions import anchor
from webapp.hours.reads import WORKED_BETWEEN
from webapp.hours.reminders import remind
from webapp.invoices.actions import STEP, go_on, unfinished
from webapp.invoices.sending import carry, keep_files
from webapp.notifications.mail import MailCarrier
from webapp.offers.actions import close_expired, forget_closed
from webapp.offers.seal import Sealer
from webapp.payouts.clockwork import tell_closing, tell_near_maximum
from webapp.people.models import Municipality
from webapp.placements import absences, course, floors
from webapp.placements.actions import end_passed
from webapp.placements.night import recheck
from webapp.privacy import retention
from webapp.privacy.looking import bring_in
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
        sealer, done = Sealer(*settings.sealing_keys), 0
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


def apply_changed_hours(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return course.apply_changes(db, municipality_id, now=now)


def keep_limits(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    """Every running placement: the limit by the hours really worked, and the warnings before its last day. Gives how many changed or were told."""
    lock_municipality(db, municipality_id)
    this_week, done = monday_of(day_of(now)), 0
    weeks = {"first": this_week - timedelta(weeks=4), "last": this_week - timedelta(weeks=1)}
    for placements in course.running(db, municipality_id, day_of(now)):
        found = db.execute(WORKED_BETWEEN, {"placements": [placement.id for placement in placements], **weeks})
        worked = {placement_id: int(minutes) for placement_id, minutes in found}
        for placement in placements:
            shortened = course.keep_the_limit(db, placement, terms, minutes_of_four_weeks=worked.get(placement.id, 0), now=now)
            done += shortened or course.warn(db, placement, terms, now=now)
    return done


def follow_floors(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return floors.follow(db, municipality_id, terms, now=now)


def look_for_displacement(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    """The displacement tests on everything that runs. Gives of how many something is found anew."""
    lock_municipality(db, municipality_id)
    return recheck(db, municipality_id, terms, day=day_of(now), now=now)


def forget_reasons(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return absences.forget_reasons(db, municipality_id, keep_days=terms.absence(day_of(now)).keep_reason_days, now=now)


def send_reminders(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return remind(db, municipality_id, terms, now=now)


def forget_old(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return retention.run(db, municipality_id, terms, now=now)


def anchor_history(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    """The end of the chain goes into a table and into the log, which stands outside the database."""
    end = anchor(db, municipality_id, now=now)
    if end is None:
        return 0
    log.info("history anchored", municipality=municipality_id, number=end.number, hash=end.hash)
    return 1


def bring_in_looks(database: Database, settings: Settings, now: datetime) -> int:
    return bring_in(database, settings.data_dir / "looks")


def notice_growth(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return notice(db, municipality_id, terms, now=now) + ask_who_left(db, municipality_id, now=now)


def ask_others(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return escalate(db, municipality_id, terms, now=now)


def send_morning(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return send_digests(db, municipality_id, terms, now=now)


def tell_of_payouts(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    return tell_closing(db, municipality_id, terms, now) + tell_near_maximum(db, municipality_id, terms, now)


def go_on_with_invoices(db: Session, municipality_id: int, terms: Terms, sealer: Sealer, now: datetime) -> int:
    """A step of a run that nobody looks at any more; the next minute brings the next."""
    run = unfinished(db, municipality_id)
    return len(go_on(db, run, terms=terms, now=now, limit=10 * STEP).issued) if run is not None else 0


def carry_invoices(database: Database, settings: Settings, now: datetime) -> int:
    """Mails with invoices, and the files of those that have none yet."""
    carrier = MailCarrier(settings.mail_url, settings.mail_from) if settings.mail_url else None
    return carry(database, send=carrier, now=now) + keep_files(database, now=now)


CLOCKWORK = (
    Task("bring in looks", "*/10", "*", bring_in_looks),
    Task("go on with invoices", "*", "*", everywhere(go_on_with_invoices)),
    Task("carry invoices", "*", "*", carry_invoices),
    Task("close offers", "*/10", "*", everywhere(close_offers)),
    Task("apply changed hours", "5", "0", everywhere(apply_changed_hours)),
    Task("end placements", "15", "0", everywhere(end_placements)),
    Task("keep limits", "40", "0", everywhere(keep_limits)),
    Task("follow floors", "10", "0", everywhere(follow_floors)),
    Task("look for displacement", "50", "1", everywhere(look_for_displacement)),
    Task("forget reasons of absence", "45", "1", everywhere(forget_reasons)),
    Task("forget closed offers", "30", "1", everywhere(forget_offers)),
    Task("forget what was kept long enough", "10", "3", everywhere(forget_old)),
    Task("anchor the history", "40", "3", everywhere(anchor_history)),
    Task("notice growth", "30", "4", everywhere(notice_growth)),
    Task("ask others", "45", "7", everywhere(ask_others)),
    Task("send morning digests", "0", "*", everywhere(send_morning)),
    Task("remind", "5", "8,16,20", everywhere(send_reminders)),
    Task("tell of payouts", "20", "9", everywhere(tell_of_payouts)),
)
