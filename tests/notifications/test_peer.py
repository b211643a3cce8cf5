"""Proven against somebody else's push service: the independent server web-push-testing decrypts what we send."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from webpush.vapid import VAPID

from tests import factories as make
from tests.notifications.conftest import MIDDAY
from tests.notifications.test_delivery import tell
from webapp.bootstrap import PEERS, peers_are_ready
from webapp.notifications.delivery import deliver_waiting
from webapp.notifications.keys import application_key, own_keys
from webapp.notifications.models import PushSubscription
from webapp.notifications.push import PushCarrier, Target, origin_of

pytestmark = pytest.mark.peer

# the server listens on every interface; a test has no business there
LISTEN_HERE_ONLY = """
const net = require("net"), listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) { return listen.call(this, port, "127.0.0.1", ...rest); };
const Server = require("web-push-testing/src/server.js"), { PushApiModel } = require("web-push-testing/src/PushApiModel.js");
new Server(new PushApiModel(), Number(process.argv[2])).startServer();
"""


@pytest.fixture(scope="module")
def peer() -> Iterator[str]:
    if shutil.which("node") is None or not peers_are_ready():
        if os.environ.get("CI") == "true":
            pytest.fail("Node and the peers of tests/peers are needed in CI")
        sys.stderr.write("\n!!! Web Push is NOT proven against an independent server: Node or tests/peers/node_modules is missing\n")
        pytest.skip("Node or the peer packages are missing")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [shutil.which("node") or "node", "-e", LISTEN_HERE_ONLY, "-", str(port)], cwd=PEERS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            requests.post(f"{address}/status", timeout=1)
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(10)


def subscribed(peer: str, key: str) -> dict:
    """As a browser subscribes; this server wants its booleans as words."""
    return requests.post(f"{peer}/subscribe", json={"userVisibleOnly": "true", "applicationServerKey": key}, timeout=5).json()["data"]


def test_an_independent_push_service_reads_exactly_what_we_sent(peer, world):
    with world.database.transaction() as db:
        private, public = own_keys(db, now=MIDDAY)
    said = subscribed(peer, application_key(public))
    make.save(
        world.database,
        PushSubscription(
            municipality_id=world.participant.municipality_id, account_id=world.participant.account_id, endpoint=said["endpoint"],
            p256dh=said["keys"]["p256dh"], auth=said["keys"]["auth"], created_at=MIDDAY,
        ),
    )  # fmt: skip
    tell(world.database, world.participant)

    carried = deliver_waiting(
        world.database,
        send_push=PushCarrier(private, public, "mailto:test@opstap.example", frozenset({origin_of(said["endpoint"])})),
        send_mail=None,
        url="",
        now=MIDDAY + timedelta(seconds=1),
    )

    heard = requests.post(f"{peer}/get-notifications", json={"clientHash": said["clientHash"]}, timeout=5).json()["data"]["messages"]
    assert carried == 1
    assert json.loads(heard[0])["title"] == "Je uren zijn bevestigd"
    assert json.loads(heard[0])["path"] == "/premium"


def test_the_wrong_key_is_refused_by_it(peer, world):
    with world.database.transaction() as db:
        private, public = own_keys(db, now=MIDDAY)
    _private, _public, other_key = VAPID.generate_keys()
    said = subscribed(peer, other_key)
    answer = PushCarrier(private, public, "mailto:test@opstap.example", frozenset({origin_of(said["endpoint"])}))(
        Target(said["endpoint"], said["keys"]["p256dh"], said["keys"]["auth"]), {"title": "x"}, "topic"
    )
    assert answer.status == 400
