"""Writing messages: rows in the same commit as their cause. Carrying them comes later, in `delivery`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from webapp.notifications.models import Notification, PushSubscription
from webapp.notifications.rules import ensure_allowed_endpoint, ensure_keys
from webapp.people.person import Person

table: Any = Notification.__table__  # type: ignore[attr-defined]
subscriptions: Any = PushSubscription.__table__  # type: ignore[attr-defined]

ADD = {
    "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
}


def notify_many(db: Session, messages: Sequence[dict[str, Any]]) -> None:
    """Write these messages with one statement. Telling the same cause again writes nothing.

    Each: to, municipality_id, key, slots, path, cause_id, now, and hold_seconds: how long it is kept back, so that a
    slip can be undone before it travels.
    """
    if not messages:
        return
    rows = [
        {
            "id": uuid.uuid4(), "municipality_id": m["municipality_id"], "account_id": m["to"], "key": m["key"], "slots": m["slots"], "path": m["path"],
            "cause_id": m["cause_id"], "created_at": m["now"], "deliver_from": m["now"] + timedelta(seconds=m.get("hold_seconds", 0)),
        }
        for m in messages
    ]  # fmt: skip
    db.execute(ADD[db.get_bind().dialect.name], rows)


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
        update(table).where(table.c.key == key, table.c.cause_id == cause_id, table.c.withdrawn_at.is_(None)).values(withdrawn_at=now, settled_at=now)
    )


def inbox(db: Session, person: Person, *, since: datetime) -> list[Notification]:
    """Somebody's messages of the last while, newest first; what was withdrawn or is still kept back a little is not there."""
    rows = db.execute(
        select(Notification)
        .where(
            table.c.account_id == person.id,
            table.c.municipality_id == person.municipality_id,
            table.c.withdrawn_at.is_(None),
            table.c.created_at > since,
        )
        .order_by(table.c.created_at.desc())
        .limit(200)
    )
    return list(rows.scalars())


def mark_read(db: Session, notification: Notification, *, now: datetime) -> None:
    """It was opened; it need not travel any more. Again changes nothing."""
    if notification.read_at is None:
        notification.read_at = now
        notification.settled_at = notification.settled_at or now
        db.add(notification)


def subscribe(
    db: Session, person: Person, endpoint: str, p256dh: str, auth: str, *, extra_origins: frozenset[str], now: datetime
) -> PushSubscription:
    """Remember where this device can be reached. A phone that changed hands moves to who is signed in now.

    Raises EndpointRefused or KeyRefused.
    """
    ensure_allowed_endpoint(endpoint, extra_origins)
    ensure_keys(p256dh, auth)
    found: PushSubscription | None = db.execute(select(PushSubscription).where(subscriptions.c.endpoint == endpoint)).scalar_one_or_none()
    if found is None:
        found = PushSubscription(
            municipality_id=person.municipality_id, account_id=person.id, endpoint=endpoint, p256dh=p256dh, auth=auth, created_at=now
        )
    found.municipality_id, found.account_id, found.p256dh, found.auth = person.municipality_id, person.id, p256dh, auth
    db.add(found)
    db.flush()
    return found


def unsubscribe(db: Session, person: Person, endpoint: str) -> None:
    """Forget this device, when it is this person's. Again changes nothing."""
    db.execute(delete(PushSubscription).where(subscriptions.c.endpoint == endpoint, subscriptions.c.account_id == person.id))
