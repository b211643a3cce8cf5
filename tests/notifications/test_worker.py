"""The worker as a program of its own: it carries what is written while it runs, and stops when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.notifications.test_delivery import tell
from webapp.bootstrap import ROOT
from webapp.notifications.models import Delivery, Notification
from webapp.notifications.rules import deliver_at, usual_quiet

SECONDS = 45


@pytest.fixture
def worker(app, database_url, push_service, tmp_path) -> Iterator[subprocess.Popen]:
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("OPSTAP_")}
    surroundings |= {
        "OPSTAP_DEMO": "1",
        "OPSTAP_DATABASE_URL": database_url,
        "OPSTAP_DATA_DIR": str(tmp_path),
        "OPSTAP_PUSH_ORIGINS": push_service.origin,
    }
    command = [sys.executable, "-m", "webapp.commands", "work"]
    process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


def until(holds: Callable[[], bool]) -> bool:
    for _ in range(SECONDS * 2):
        if holds():
            return True
        time.sleep(0.5)
    return False


def test_it_carries_a_message_and_stops_when_it_is_told_to(world, phone, push_service, worker, session):
    phone(world.supervisor, f"{push_service.origin}/201/x")
    now = datetime.now(UTC)
    tell(world.database, world.supervisor, at=now - timedelta(seconds=1))
    awake = deliver_at(usual_quiet("supervisor"), now) == now  # these tests run at night too: then it is put off to the morning

    def done() -> bool:
        session.rollback()
        put_off = session.execute(select(Notification.deliver_from)).scalar_one() > now
        return put_off or list(session.execute(select(Delivery.state)).scalars()) == ["sent"]

    assert until(done)
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=30)

    assert worker.returncode == 0, said.decode()
    assert len(push_service.seen) == int(awake)
    assert b"Traceback" not in said
    assert b"PRIVATE" not in said
