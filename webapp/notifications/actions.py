"""Writing messages: rows in the same commit as their cause. Carrying them comes later, in `delivery`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from webapp.foundation.database import Write
from webapp.foundation.ids import new_id
from webapp.notifications.messages import ensure_words
from webapp.notifications.models import Notification, PushSubscription, QuietHours
from webapp.notifications.rules import Quiet, ensure_allowed_endpoint, ensure_keys, ensure_plain, usual_quiet
from webapp.people.person import Person

table: Any = Notification.__table__  # type: ignore[attr-defined]
subscriptions: Any = PushSubscription.__table__  # type: ignore[attr-defined]
quiet_hours: Any = QuietHours.__table__  # type: ignore[attr-defined]
QUIET = select(quiet_hours.c.evening, quiet_hours.c.morning, quiet_hours.c.sunday).where(quiet_hours.c.account_id == bindparam("account"))
MOST_DEVICES = 10  # of one person; the oldest makes room

ADD = Write(table, "id", "municipality_id", "account_id", "key", "slots", "path", "cause_id", "created_at", "deliver_from", doubles=True)
WHOSE = ("municipality_id", "account_id", "p256dh", "auth", "created_at")


def _keep(insert: Any) -> Any:
    statement = insert(subscriptions)
    return statement.on_conflict_do_update(index_elements=["endpoint"], set_={name: statement.excluded[name] for name in WHOSE})


KEEP = {"postgresql": _keep(postgresql.insert), "sqlite": _keep(sqlite.insert)}


def notify_many(db: Session, messages: Sequence[dict[str, Any]]) -> None:
    """Write these messages with one statement. Telling the same cause again writes nothing.

    Each: to, municipality_id, key, slots, path, cause_id, now, and hold_seconds: how long it is kept back, so that a
    slip can be undone before it travels. Raises KeyError for a message without words, or with a slot left empty.
    """
    if not messages:
        return
    for message in messages:
        ensure_words(message["key"], message["slots"])
    rows = [
        {
            "id": new_id(), "municipality_id": m["municipality_id"], "account_id": m["to"], "key": m["key"], "slots": m["slots"], "path": m["path"],
            "cause_id": m["cause_id"], "created_at": m["now"], "deliver_from": m["now"] + timedelta(seconds=m.get("hold_seconds", 0)),
        }
        for m in messages
    ]  # fmt: skip
    ADD.rows(db, rows)


def notify(
    db: Session,
    *,
    to: uuid.UUID,
    municipality_id: int,
    key: str,
    slots: dict[str, Any],
    path: str,
    cause_id: str,
    now: datetime,
    hold_seconds: int = 0,
) -> None:
    """Write one message."""
    message = {"to": to, "municipality_id": municipality_id, "key": key, "slots": slots, "path": path, "cause_id": cause_id, "now": now}
    notify_many(db, [{**message, "hold_seconds": hold_seconds}])


def withdraw(db: Session, key: str, cause_id: str, *, now: datetime) -> None:
    """What was told turned out not to be so: it is shown no more, and does not travel when it has not yet."""
    db.execute(
        update(table)
        .where(table.c.key == key, table.c.cause_id == cause_id, table.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now, settled_at=func.coalesce(table.c.settled_at, now))
    )


def quiet_of(db: Session, account_id: uuid.UUID, role: str) -> Quiet:
    """When no message travels to somebody: as they chose, else as usual for their role."""
    chosen = db.execute(QUIET, {"account": account_id}).first()
    return Quiet(_clock(chosen.evening), _clock(chosen.morning), chosen.sunday) if chosen else usual_quiet(role)


def _clock(minutes: int) -> time:
    return time(*divmod(minutes, 60))


def choose_quiet(db: Session, person: Person, quiet: Quiet) -> None:
    """From now on no messages then. Choosing again replaces it."""
    values: dict[str, Any] = {"evening": quiet.evening.hour * 60, "morning": quiet.morning.hour * 60, "sunday": quiet.sunday}
    known = db.get(QuietHours, person.id)
    if known is None:
        db.add(QuietHours(account_id=person.id, municipality_id=person.municipality_id, **values))
    else:
        known.sqlmodel_update(values)
        db.add(known)
    db.flush()


def inbox(db: Session, person: Person, *, since: datetime) -> list[Notification]:
    """Somebody's messages of the last while, newest first; what was withdrawn is not there. What is still kept back is: here it can still go."""
    rows = db.execute(
        select(Notification)
        .where(
            table.c.account_id == person.id,
            table.c.municipality_id == person.municipality_id,
            table.c.withdrawn_at.is_(None),
            table.c.created_at > since,
        )
        .order_by(table.c.created_at.desc(), table.c.id)
        .limit(200)
    )
    return list(rows.scalars())


def mark_read(db: Session, notification: Notification, *, now: datetime) -> None:
    """It was opened; it need not travel any more. Again changes nothing."""
    if notification.read_at is None:
        notification.read_at = now
        notification.settled_at = notification.settled_at or now
        db.add(notification)


def subscribe(db: Session, person: Person, endpoint: str, p256dh: str, auth: str, *, extra_origins: frozenset[str], now: datetime) -> None:
    """Remember where this device can be reached. A phone that changed hands moves to who is signed in now.

    Somebody has so many devices at most, because each of them makes our server call somebody. Raises EndpointRefused
    or KeyRefused.
    """
    ensure_allowed_endpoint(endpoint, extra_origins)
    ensure_keys(p256dh, auth)
    values = {"municipality_id": person.municipality_id, "account_id": person.id, "p256dh": p256dh, "auth": auth, "created_at": now}
    db.execute(KEEP[db.get_bind().dialect.name], [{"id": new_id(), "endpoint": endpoint, **values}])
    newest = (
        select(subscriptions.c.id)
        .where(subscriptions.c.account_id == person.id)
        .order_by(subscriptions.c.created_at.desc(), subscriptions.c.endpoint != endpoint)
    )
    too_many = db.execute(newest.offset(MOST_DEVICES)).scalars().all()
    if too_many:
        db.execute(delete(PushSubscription).where(subscriptions.c.id.in_(too_many)))


def unsubscribe(db: Session, person: Person, endpoint: str) -> None:
    """Forget this device, when it is this person's. Again changes nothing. Raises EndpointRefused for what is no address."""
    ensure_plain(endpoint)
    db.execute(delete(PushSubscription).where(subscriptions.c.endpoint == endpoint, subscriptions.c.account_id == person.id))
