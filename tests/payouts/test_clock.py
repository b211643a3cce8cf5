"""What the clock tells before hours close, and near the maximum: to whom it concerns, and once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from tests import factories as make
from tests.payouts.people import Office, agree, work
from webapp.notifications.models import Notification
from webapp.payouts.clockwork import tell_closing, tell_near_maximum


def told(session: Session, *keys: str) -> list[tuple[str, object]]:
    session.rollback()
    rows = session.execute(select(Notification).where(col(Notification.key).in_(keys))).scalars()
    return sorted((row.key, row.account_id) for row in rows)


def test_a_few_days_before_hours_close_everybody_with_open_hours_is_told_once(office: Office, session: Session) -> None:
    agree(office, "payout", {"per_year": 2, "months": [6, 12]})
    closing = date(make.TODAY.year, 12, 31) - timedelta(days=10)
    entry = make.hours(office.database, office.world.placement, day=make.MONDAY)
    terms, keys = make.terms(office.database, office.id), ("pay.closing", "pay.confirming", "pay.account")

    for day in (closing - timedelta(days=4), closing - timedelta(days=3), closing, closing + timedelta(days=1)):
        with office.database.transaction() as db:
            tell_closing(db, office.id, terms, datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
        if day < closing - timedelta(days=3):
            assert told(session, *keys) == []

    found = told(session, *keys)
    assert [key for key, _ in found].count("pay.confirming") == 1 and ("pay.confirming", office.world.supervisor.account_id) in found
    assert len(found) == len(set(found)) and entry.status == "sent"


def test_near_the_maximum_and_at_it_the_person_and_the_case_manager_hear_it_once(office: Office, session: Session) -> None:
    agree(office, "yearly_maximum", {"cents": 1000})
    selam, marieke = office.world.participant.account_id, office.world.case_manager.account_id
    terms = make.terms(office.database, office.id)
    work(office)

    for _ in range(2):
        with office.database.transaction() as db:
            tell_near_maximum(db, office.id, terms, make.NOW)
    near = told(session, "pay.cap80", "pay.cap100", "pay.near")
    work(office, day=make.TODAY - timedelta(days=14))
    with office.database.transaction() as db:
        tell_near_maximum(db, office.id, terms, make.NOW)

    assert near == [("pay.cap80", selam), ("pay.near", marieke)]
    assert told(session, "pay.cap80", "pay.cap100", "pay.near") == sorted([*near, ("pay.cap100", selam), ("pay.near", marieke)])
