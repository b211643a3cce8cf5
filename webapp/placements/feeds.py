"""The calendar of a participant at a secret address: only times and the name of the place, for the phone's own calendar to follow."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.history.actions import Change, record
from webapp.people.employers import Establishment
from webapp.people.person import Person
from webapp.placements.course import placements, shifts
from webapp.placements.records import CalendarFeed

feeds: Any = CalendarFeed.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
KEPT_DAYS = 60  # as far back as a phone keeps pages


def token_of(feed_id: uuid.UUID, secret: str) -> str:
    """43 characters nobody can guess, made from the id and the secret key, so that the database alone opens no calendar."""
    made = hmac.new(secret.encode(), b"opstap calendar" + feed_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def own_feed(db: Session, person: Person) -> CalendarFeed | None:
    """The address this participant has now."""
    found: CalendarFeed | None = db.execute(
        select(CalendarFeed).where(feeds.c.participant_id == person.id, feeds.c.municipality_id == person.municipality_id, feeds.c.ended_at.is_(None))
    ).scalar_one_or_none()
    return found


def make_feed(db: Session, *, secret: str, by: Person, now: datetime) -> CalendarFeed:
    """An address of one's own. Who has one keeps it."""
    known = own_feed(db, by)
    if known is not None:
        return known
    made = CalendarFeed(municipality_id=by.municipality_id, participant_id=by.id, digest="", made_at=now)
    made.digest = digest_of(token_of(made.id, secret))
    db.add(made)
    db.flush()
    _told(db, "calendar.made", made, by=by, now=now)
    return made


def end_feed(db: Session, feed_id: uuid.UUID, *, by: Person, now: datetime) -> None:
    """This address opens nothing any more. Again changes nothing."""
    known = own_feed(db, by)
    if known is None or known.id != feed_id:
        return
    known.ended_at = now
    db.add(known)
    db.flush()
    _told(db, "calendar.ended", known, by=by, now=now)


def renew_feed(db: Session, feed_id: uuid.UUID, *, secret: str, by: Person, now: datetime) -> CalendarFeed:
    """Another address; the one named opens nothing any more. The second tap finds the new one."""
    end_feed(db, feed_id, by=by, now=now)
    return make_feed(db, secret=secret, by=by, now=now)


def feed_at(db: Session, token: str) -> CalendarFeed | None:
    """Whose calendar stands at this address, if anybody's."""
    found: CalendarFeed | None = db.execute(
        select(CalendarFeed).where(feeds.c.digest == digest_of(token), feeds.c.ended_at.is_(None))
    ).scalar_one_or_none()
    return found


def calendar_of(db: Session, feed: CalendarFeed, *, name: str, now: datetime) -> bytes:
    """What is planned, as iCalendar (RFC 5545). `name`: how the phone calls the calendar. A shift that is off is not in it."""
    from icalendar import Calendar, Event  # 6 MB in memory, for what few ask

    rows = db.execute(
        select(shifts.c.placement_id, shifts.c.day, shifts.c.starts_at, shifts.c.stops_at, establishments.c.name)
        .join_from(shifts, placements, placements.c.id == shifts.c.placement_id)
        .join(establishments, establishments.c.id == placements.c.establishment_id)
        .where(
            shifts.c.participant_id == feed.participant_id, shifts.c.municipality_id == feed.municipality_id, shifts.c.cancelled_at.is_(None),
            shifts.c.day >= day_of(now) - timedelta(days=KEPT_DAYS),
        )
        .order_by(shifts.c.starts_at)
    )  # fmt: skip
    book = Calendar()
    for key, value in (("prodid", "-//Opstap//NL"), ("version", "2.0"), ("method", "PUBLISH"), ("x-wr-calname", name)):
        book.add(key, value)
    book.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for row in rows:
        event = Event()
        event.add("uid", f"{row.placement_id}-{row.day}-{row.starts_at:%H%M}@opstap")
        event.add("dtstamp", feed.made_at)
        event.add("dtstart", row.starts_at)
        event.add("dtend", row.stops_at)
        event.add("summary", row.name)
        book.add_component(event)
    made: bytes = book.to_ical()
    return made


def _told(db: Session, action: str, feed: CalendarFeed, *, by: Person, now: datetime) -> None:
    record(db, [Change(action, feed.id, {})], municipality_id=by.municipality_id, actor_id=by.id, actor_role=by.role, now=now)
