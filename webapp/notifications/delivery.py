"""Carrying what waits in the outbox. Each message goes its own way: one bad address never holds up the others.

First it is planned (one small transaction: by which ways, if any), then carried (sent outside any transaction,
the result written down). Two workers never send the same thing: who wins a conditional UPDATE sends. When a worker
dies between sending and writing, the message is sent again after the lease; its tag makes the phone show it once. A worker
that was too slow finds its turn taken and writes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import Database
from webapp.foundation.ids import new_id
from webapp.foundation.logs import log
from webapp.foundation.texts import Language, reader_of, use_language
from webapp.foundation.texts import gettext as _
from webapp.notifications import rules
from webapp.notifications.actions import quiet_of
from webapp.notifications.answers import Answer
from webapp.notifications.mail import SendMail
from webapp.notifications.messages import MAILED_TOO, words
from webapp.notifications.models import UNDER_WAY, Delivery, Notification, PushSubscription
from webapp.notifications.push import SendPush, Target, origin_of
from webapp.people.models import Account, Membership

LEASE = timedelta(minutes=2)
OLDEST = timedelta(days=7)  # what could not travel for a week stays in the inbox only

notices: Any = Notification.__table__  # type: ignore[attr-defined]
deliveries: Any = Delivery.__table__  # type: ignore[attr-defined]
subscriptions: Any = PushSubscription.__table__  # type: ignore[attr-defined]
accounts: Any = Account.__table__  # type: ignore[attr-defined]
memberships: Any = Membership.__table__  # type: ignore[attr-defined]


def deliver_waiting(
    database: Database,
    *,
    send_push: SendPush,
    send_mail: SendMail | None,
    url: str,
    now: datetime,
    clock: Callable[[], datetime] | None = None,
    limit: int = 200,
) -> int:
    """Plan and carry what is due. Gives how many messages were carried. `url`: our own address, for links in mail.

    A round with slow services takes minutes, so `clock` says the time of each step; without it all is done at `now`.
    """
    clock = clock or (lambda: now)
    silent: set[str] = set()  # push services that did not answer in this round; nobody waits for them again
    for notification_id in due(database, now=now, limit=limit):
        apart(plan, database, notification_id, mail=send_mail is not None, now=clock())
    return sum(
        apart(carry, database, delivery_id, send_push=send_push, send_mail=send_mail, url=url, silent=silent, now=clock())
        for delivery_id in waiting(database, now=clock(), limit=limit)
    )


def apart(step: Callable[..., int | None], database: Database, row_id: uuid.UUID, **how: Any) -> int:
    """Do one step for one row. A fault is told, and the others go on; what was claimed is tried again after the lease."""
    try:
        return step(database, row_id, **how) or 0
    except Exception as error:
        log.error("message not carried", step=step.__name__, kind=type(error).__name__)
        return 0


def due(database: Database, *, now: datetime, limit: int) -> list[uuid.UUID]:
    with database.reading.connect() as connection:
        return list(
            connection.execute(
                select(notices.c.id)
                .where(notices.c.settled_at.is_(None), notices.c.deliver_from <= now)
                .order_by(notices.c.deliver_from, notices.c.created_at)
                .limit(limit)
            ).scalars()
        )


def plan(database: Database, notification_id: uuid.UUID, *, mail: bool, now: datetime) -> None:
    """Decide once by which ways a message travels: now, in the morning, or not at all (then it is in the inbox only)."""
    with database.transaction() as db:
        # two messages to one person are planned one after the other, or a third would slip through on a busy day
        row = db.execute(
            select(notices, accounts)
            .join(accounts, accounts.c.id == notices.c.account_id)
            .where(notices.c.id == notification_id)
            .with_for_update(of=accounts, key_share=True)
        ).first()
        if row is None or row._mapping[notices.c.settled_at] is not None:
            return
        at = row._mapping
        role = role_of(db, at[notices.c.account_id])
        when = rules.deliver_at(quiet_of(db, at[notices.c.account_id], role), now)
        if when > now:
            db.execute(update(Notification).where(notices.c.id == notification_id, notices.c.settled_at.is_(None)).values(deliver_from=when))
            return
        claimed = db.execute(update(Notification).where(notices.c.id == notification_id, notices.c.settled_at.is_(None)).values(settled_at=now))
        stale = at[notices.c.created_at] < now - OLDEST
        if claimed.rowcount != 1 or at[notices.c.read_at] is not None or at[notices.c.withdrawn_at] is not None or stale:  # type: ignore[attr-defined]
            return
        if role == "participant" and pushes_today(db, at[notices.c.account_id], now) >= rules.PUSHES_A_DAY:
            return
        rows = ways(db, at, mail=mail, now=now)
        if rows:
            db.execute(insert(Delivery), rows)


def ways(db: Session, at: Any, *, mail: bool, now: datetime) -> list[dict[str, Any]]:
    """A push to each device of this person; without one, a mail; as they wish. What is very late goes both ways."""
    base = {
        "municipality_id": at[notices.c.municipality_id],
        "notification_id": at[notices.c.id],
        "account_id": at[notices.c.account_id],
        "next_try_at": now,
    }
    rows = []
    if at[accounts.c.push_wanted]:
        devices = db.execute(select(subscriptions.c.id).where(subscriptions.c.account_id == at[notices.c.account_id])).scalars()
        rows = [{**base, "id": new_id(), "channel": "push", "target": str(device)} for device in devices]
    by_mail = not rows or at[notices.c.key] in MAILED_TOO
    if by_mail and mail and at[accounts.c.mail_wanted] and at[accounts.c.email]:
        rows.append({**base, "id": new_id(), "channel": "mail", "target": ""})
    return rows


def role_of(db: Session, account_id: uuid.UUID) -> str:
    """The role that sets somebody's usual quiet hours: a participant's are the longest."""
    roles = set(db.execute(select(memberships.c.role).where(memberships.c.account_id == account_id)).scalars())
    return "participant" if "participant" in roles else next(iter(sorted(roles)), "participant")


def pushes_today(db: Session, account_id: uuid.UUID, now: datetime) -> int:
    """How many messages travelled to this person since midnight in Amsterdam, however many devices they have."""
    since = rules.day_begins(day_of(now))
    found = db.execute(
        select(func.count(func.distinct(deliveries.c.notification_id)))
        .join(notices, notices.c.id == deliveries.c.notification_id)
        .where(deliveries.c.account_id == account_id, notices.c.settled_at >= since)
    )
    return int(found.scalar_one())


def waiting(database: Database, *, now: datetime, limit: int) -> list[uuid.UUID]:
    with database.reading.connect() as connection:
        return list(
            connection.execute(
                select(deliveries.c.id)
                .where(UNDER_WAY, deliveries.c.next_try_at <= now)  # the words of the index, or it is not used
                .order_by(deliveries.c.next_try_at)
                .limit(limit)
            ).scalars()
        )


def carry(
    database: Database, delivery_id: uuid.UUID, *, send_push: SendPush, send_mail: SendMail | None, url: str, silent: set[str], now: datetime
) -> int:
    """Claim one delivery, send it, write down what came of it. Gives 1 when it was sent."""
    device = None
    with database.transaction() as db:
        claimed = db.execute(
            update(Delivery)
            .where(deliveries.c.id == delivery_id, deliveries.c.state == "waiting", deliveries.c.next_try_at <= now)
            .values(next_try_at=now + LEASE, attempts=deliveries.c.attempts + 1)
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            return 0
        row = db.execute(
            select(
                deliveries,
                notices.c.key,
                notices.c.slots,
                notices.c.path,
                notices.c.read_at,
                notices.c.withdrawn_at,
                accounts.c.email,
                accounts.c.language,
            )
            .join(notices, notices.c.id == deliveries.c.notification_id)
            .join(accounts, accounts.c.id == deliveries.c.account_id)
            .where(deliveries.c.id == delivery_id)
        ).one()
        role = role_of(db, row.account_id)
        awake = rules.deliver_at(quiet_of(db, row.account_id, role), now)
        if awake > now:  # it was due before the quiet hours, and is late
            db.execute(update(Delivery).where(deliveries.c.id == delivery_id).values(next_try_at=awake, attempts=row.attempts - 1))
            return 0
        if row.channel == "push":  # a phone may have changed hands since this was planned
            device = db.execute(
                select(subscriptions).where(subscriptions.c.id == uuid.UUID(row.target), subscriptions.c.account_id == row.account_id)
            ).first()
    if row.read_at is not None or row.withdrawn_at is not None:
        return settle(database, row, Answer(None), rules.Verdict("failed"), mail=False, now=now)
    if row.attempts > rules.MOST_ATTEMPTS:  # every attempt before ended in a crash
        return settle(database, row, Answer(None), rules.Verdict("failed"), mail=send_mail is not None, now=now)
    spoken = use_language(row.language, reader_of(role))
    if row.channel == "mail":
        answer = Answer(None) if send_mail is None else send_mail(row.email, *letter(row, url))
    elif device is None:
        answer = Answer(410)
    elif (origin := origin_of(device.endpoint)) in silent:
        answer = Answer(None)
    else:
        answer = send_push(Target(device.endpoint, device.p256dh, device.auth), payload(row, spoken), topic_of(row))
        if answer.status is None:
            silent.add(origin)
    verdict = rules.verdict(answer.status, attempts=row.attempts, retry_after=answer.retry_after, now=now)
    return settle(database, row, answer, verdict, mail=send_mail is not None, now=now)


def payload(row: Any, spoken: Language) -> dict[str, str]:
    """What the phone is told: the title, and where a tap leads. Nothing personal."""
    return {"title": words(row.key, row.slots).title, "path": row.path, "tag": topic_of(row), "lang": spoken.code, "dir": spoken.direction}


def topic_of(row: Any) -> str:
    """The same for every attempt, so that a repeat replaces and is not shown twice (RFC 8030: at most 32 letters)."""
    return str(row.notification_id.hex)


def letter(row: Any, url: str) -> tuple[str, str]:
    """Subject and text of a mail. The subject is what the lock screen may show; the text leads into the app, because a
    mailbox shows the beginning of a text on the lock screen too."""
    title = words(row.key, row.slots).title
    lines = (
        title,
        "",
        _("Open it here: %(link)s", link=url + row.path),
        "",
        _("You choose which messages you get: %(link)s", link=url + "/messages/settings"),
    )
    return title, "\n".join(lines) + "\n"


def settle(database: Database, row: Any, answer: Answer, verdict: rules.Verdict, *, mail: bool, now: datetime) -> int:
    """Write down what came of it. A dead subscription goes; a message that reached no device goes by mail instead."""
    sent = verdict.state == "sent"
    values = {"state": verdict.state, "answer": str(answer.status or ""), "next_try_at": verdict.again_at or now, "sent_at": now if sent else None}
    with database.transaction() as db:
        own_turn = db.execute(
            update(Delivery).where(deliveries.c.id == row.id, deliveries.c.state == "waiting", deliveries.c.attempts == row.attempts).values(**values)
        )
        if own_turn.rowcount != 1 or row.channel != "push":  # type: ignore[attr-defined]
            return int(sent)
        if verdict.state == "gone":
            db.execute(delete(PushSubscription).where(subscriptions.c.id == uuid.UUID(row.target), subscriptions.c.account_id == row.account_id))
        if verdict.state in ("gone", "failed") and mail:
            mail_instead(db, row, now=now)
    return int(sent)


def mail_instead(db: Session, row: Any, *, now: datetime) -> None:
    """By mail, when every push of this message has come to nothing and this person takes mail."""
    db.execute(select(notices.c.id).where(notices.c.id == row.notification_id).with_for_update(key_share=True))  # the last of two devices decides
    hopeful = select(deliveries.c.id).where(
        deliveries.c.notification_id == row.notification_id, (deliveries.c.channel == "mail") | deliveries.c.state.in_(("waiting", "sent"))
    )
    wish = db.execute(select(accounts.c.mail_wanted, accounts.c.email).where(accounts.c.id == row.account_id)).one()
    if wish.mail_wanted and wish.email and db.execute(hopeful).first() is None:
        way = {"municipality_id": row.municipality_id, "notification_id": row.notification_id, "account_id": row.account_id, "next_try_at": now}
        db.execute(insert(Delivery), [{**way, "id": new_id(), "channel": "mail", "target": ""}])
