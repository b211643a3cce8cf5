"""Messages and the ways they travel."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

TO_DELIVER = text("settled_at IS NULL")
UNDER_WAY = text("state = 'waiting'")
UNREAD = text("read_at IS NULL AND withdrawn_at IS NULL")


class Notification(SQLModel, table=True):
    """A message to one person: inbox and outbox in one row, written in the same commit as its cause.

    `key` names the words (see `messages.py`), `slots` fills them. `deliver_from` keeps it back a little, so
    that a mistake can be undone before it travels; `settled_at` is when nothing more is to be sent.
    """

    __table_args__ = (
        UniqueConstraint("account_id", "key", "cause_id", name="a_cause_is_told_once"),
        Index("inbox_of_a_person", "account_id", "created_at"),
        Index("unread_of_a_person", "account_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index("outbox", "deliver_from", sqlite_where=TO_DELIVER, postgresql_where=TO_DELIVER),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    account_id: uuid.UUID = Field(foreign_key="account.id")
    key: str
    slots: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    path: str  # the exact screen a tap opens
    cause_id: str
    created_at: datetime = Field(sa_type=Utc)
    deliver_from: datetime = Field(sa_type=Utc)
    settled_at: datetime | None = Field(default=None, sa_type=Utc)
    read_at: datetime | None = Field(default=None, sa_type=Utc)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Utc)


class PushSubscription(SQLModel, table=True):
    """A phone or computer that asked for push messages (W3C Push API: endpoint and keys)."""

    __tablename__ = "push_subscription"
    __table_args__ = (UniqueConstraint("endpoint", name="an_endpoint_is_one_subscription"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    endpoint: str
    p256dh: str
    auth: str
    created_at: datetime = Field(sa_type=Utc)


class Delivery(SQLModel, table=True):
    """One attempt to carry a message by one way: a push to one endpoint, or a mail."""

    __table_args__ = (
        UniqueConstraint("notification_id", "channel", "target", name="a_message_travels_once_a_way"),
        one_of("channel", ("push", "mail"), "a_channel_is_known"),
        one_of("state", ("waiting", "sent", "failed", "gone"), "a_delivery_state_is_known"),
        Index("deliveries_under_way", "next_try_at", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    notification_id: uuid.UUID = Field(foreign_key="notification.id")
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    channel: str
    target: str  # the id of the push subscription; empty for mail
    state: str = "waiting"
    attempts: int = 0
    next_try_at: datetime = Field(sa_type=Utc)
    sent_at: datetime | None = Field(default=None, sa_type=Utc)
    answer: str = ""  # the status code of the last attempt, never a text


class QuietHours(SQLModel, table=True):
    """When somebody wants no messages, if they chose it themselves: minutes since midnight on the clock in Amsterdam."""

    __tablename__ = "quiet_hours"
    __table_args__ = (CheckConstraint("morning >= 0 AND morning < evening AND evening < 1440", name="a_day_has_time_for_messages"),)

    account_id: uuid.UUID = Field(foreign_key="account.id", primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    evening: int
    morning: int
    sunday: bool


class ServerKey(SQLModel, table=True):
    """A key made at the first start and shared by every machine, such as the VAPID key."""

    __tablename__ = "server_key"

    name: str = Field(primary_key=True)
    value: str
    created_at: datetime = Field(sa_type=Utc)
