"""What one push message costs in CPU, beside its floor: python -m tests.benchmarks.push_cpu [MESSAGES]

The floor is what RFC 8291 cannot do without: a fresh key pair and one ECDH. The goal is 250 µs a message. Encrypting and
making the headers is measured, not the network; the best of five rounds counts, since a machine has other things to do.
"""

from __future__ import annotations

import base64
import os
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webpush import WebPush, WebPushSubscription
from webpush.vapid import VAPID

from webapp.notifications.push import PushCarrier, Target

ROUNDS = 5
GOAL_US = 250
CONTACT = "push@opstap.example"


def microseconds(act: Callable[[], Any], messages: int) -> float:
    """CPU time of this process for one message, in µs."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(messages):
            act()
        rounds.append((time.process_time() - began) / messages * 1e6)
    return min(rounds)


def main(messages: int) -> int:
    phone = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = phone.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    p256dh, auth = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (point, os.urandom(16)))
    target = Target("https://fcm.googleapis.com/fcm/send/abc", p256dh, auth)
    payload = {"title": "Er is een aanbod voor jou", "path": f"/offers/{uuid.uuid4()}", "tag": uuid.uuid4().hex, "lang": "nl", "dir": "ltr"}
    private, public, _key = VAPID.generate_keys()
    carrier = PushCarrier(private.decode(), public.decode(), f"mailto:{CONTACT}")
    alone = WebPush(private_key=private, public_key=public, subscriber=CONTACT)
    known = WebPushSubscription(endpoint=target.endpoint, keys={"p256dh": p256dh, "auth": auth})

    floor = microseconds(lambda: ec.generate_private_key(ec.SECP256R1()).exchange(ec.ECDH(), phone), messages)
    package = microseconds(lambda: alone.get(payload, known), messages)
    ours = microseconds(lambda: carrier.packed(target, payload, topic=payload["tag"]), messages)
    sys.stdout.write(f"floor {floor:.0f} us, webpush alone {package:.0f} us, Opstap {ours:.0f} us (goal {GOAL_US}), {ours / floor:.1f} x the floor\n")
    return int(ours > GOAL_US)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
