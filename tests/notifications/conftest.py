"""Phones, push services and mailboxes for the tests on messages."""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from webapp.foundation.database import Database
from webapp.notifications.keys import own_keys
from webapp.notifications.models import PushSubscription
from webapp.notifications.push import PushCarrier

MIDDAY = datetime(2026, 3, 11, 11, 0, tzinfo=UTC)  # a Wednesday, noon in Amsterdam


def phone_keys() -> tuple[str, str]:
    """p256dh and auth as a browser makes them."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return (base64.urlsafe_b64encode(point).rstrip(b"=").decode(), base64.urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode())


class PushService:
    """A push service of our own that answers what a path asks for: /201/…, /410/…, /503/…, and remembers requests."""

    def __init__(self) -> None:
        seen = self.seen = []
        self.connections = 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # keeps connections, as the real ones do
            timeout = 5

            def setup(self) -> None:
                super().setup()
                service.connections += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                seen.append((self.path, dict(self.headers), body))
                status = int(self.path.split("/")[1])
                self.send_response(status)
                if status in (429, 503):
                    self.send_header("Retry-After", "120")
                if status == 302:
                    self.send_header("Location", "/201/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def push_service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.server.shutdown()
    service.server.server_close()


@pytest.fixture
def carrier(database: Database, push_service: PushService) -> PushCarrier:
    with database.transaction() as db:
        private, public = own_keys(db, now=MIDDAY)
    return PushCarrier(private, public, "mailto:test@opstap.example", frozenset({push_service.origin, "http://127.0.0.1:9"}))


@pytest.fixture
def phone(database: Database) -> Any:
    """Give somebody a phone at an address."""

    def give(membership: Any, endpoint: str) -> PushSubscription:
        from tests.factories import save

        p256dh, auth = phone_keys()
        made = PushSubscription(
            municipality_id=membership.municipality_id, account_id=membership.account_id, endpoint=endpoint, p256dh=p256dh, auth=auth,
            created_at=MIDDAY - timedelta(days=1),
        )  # fmt: skip
        save(database, made)
        return made

    return give
