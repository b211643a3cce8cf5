"""The worker: carries messages every few seconds and does what the clock asks. Queue and schedule are huey's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from huey import Huey, PostgresHuey, SqliteHuey, crontab

from webapp.foundation.clock import local, now
from webapp.foundation.database import Database, make_engine
from webapp.foundation.logs import log, set_up
from webapp.foundation.sealing import KeyRing
from webapp.foundation.settings import Settings
from webapp.notifications.delivery import deliver_waiting
from webapp.notifications.keys import own_keys
from webapp.notifications.mail import MailCarrier
from webapp.notifications.notify import sender_of
from webapp.notifications.outgoing import carry_waiting
from webapp.notifications.push import PushCarrier

EVERY_SECONDS = 5
STOP_SECONDS = 20  # longer than one message may take


class Clockwork(Protocol):
    """Something the clock asks for: `minute` and `hour` as in crontab, in Dutch time."""

    @property
    def name(self) -> str: ...
    @property
    def minute(self) -> str: ...
    @property
    def hour(self) -> str: ...
    @property
    def run(self) -> Callable[[Database, Settings, datetime], int]: ...


def make_huey(settings: Settings) -> Huey:
    """The queue, beside the database: a file for SQLite, tables for PostgreSQL."""
    if settings.database.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("opstap", filename=str(settings.data_dir / "work.sqlite"), results=False)
    return PostgresHuey("opstap", dsn=settings.database.replace("postgresql+psycopg://", "postgresql://", 1), results=False)


def build(settings: Settings, clockwork: Sequence[Clockwork]) -> Huey:
    """The queue with all its tasks."""
    huey = make_huey(settings)
    database = Database(make_engine(settings.database))
    with database.transaction() as db:
        private, public = own_keys(db, now=now())
    push = PushCarrier(private, public, settings.vapid_contact, settings.extra_push_origins)
    mail = MailCarrier(settings.mail_url, settings.mail_from) if settings.mail_url else None
    senders, keys = sender_of(settings), KeyRing(*settings.sealing_keys)

    @huey.task(retries=3, retry_delay=20)
    def deliver() -> None:
        carried = deliver_waiting(database, send_push=push, send_mail=mail, url=settings.url, now=now(), clock=now)
        left = carry_waiting(database, keys, senders=senders, send_mail=mail, clock=now)
        if carried or left:
            log.info("delivered", messages=carried, outgoing=left)

    @huey.periodic_task(crontab(minute="*"))
    def every_minute() -> None:
        for delay in range(0, 60, EVERY_SECONDS):
            deliver.schedule(delay=delay, expires=60)

    every_minute.call_local()  # the minute that has begun already
    for task in clockwork:
        schedule(huey, task, database, settings)
    return huey


def schedule(huey: Huey, task: Clockwork, database: Database, settings: Settings) -> None:
    """Let the clock run this task; a fault is retried and told, and never stops the worker."""

    def run() -> None:
        done = task.run(database, settings, now())
        if done:
            log.info("clockwork", task=task.name, done=done)

    run.__name__ = task.name.replace(" ", "_")
    huey.periodic_task(dutch_time(task.minute, task.hour), retries=2, retry_delay=60)(run)


def dutch_time(minute: str, hour: str) -> Callable[[datetime], bool]:
    """Whether it is that time in Amsterdam, summer and winter. The queue asks each minute, with a naive time in UTC."""
    due = crontab(minute=minute, hour=hour)

    def is_due(utc: datetime) -> bool:
        return bool(due(local(utc.replace(tzinfo=UTC))))

    return is_due


def run_worker(settings: Settings, clockwork: Sequence[Clockwork]) -> None:
    """Work until told to stop (SIGTERM or Ctrl-C); what is half done is finished first, or tried again at the next start."""
    set_up(json=not settings.demo)
    huey = build(settings, clockwork)
    consumer: Any = huey.create_consumer(
        workers=1, periodic=True, initial_delay=0.5, max_delay=2, check_worker_health=True, graceful_signal="TERM", shutdown_timeout=STOP_SECONDS
    )
    consumer.run()
