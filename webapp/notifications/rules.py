"""When a message travels, to where, and what an answer of a push service means."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from webapp.foundation.clock import instant, local

PUSH_HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com")
PUSH_DOMAINS = (".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
HOST = re.compile(r"([a-z0-9-]+\.)+[a-z]+")  # a name: no number of a machine, no signs a resolver might read otherwise
LONGEST_ENDPOINT = 1024
PUSHES_A_DAY = 2  # for a participant (ux.md part 9)
MOST_ATTEMPTS = 8
LONGEST_WAIT = timedelta(days=1)
FIRST_WAIT = timedelta(seconds=30)


class EndpointRefused(ValueError):
    """The address is not one of a known push service: our server never calls it."""


class KeyRefused(ValueError):
    """A key of a push subscription is not what the Push API gives. `field`: which one."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def ensure_allowed_endpoint(endpoint: str, extra_origins: frozenset[str]) -> None:
    """Only https addresses of known push services, or origins the operator named, are ever called.

    A subscription comes from a browser, so anybody can type one: without this the server could be made to call
    machines inside the house. Raises EndpointRefused.
    """
    ensure_plain(endpoint)
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError as wrong:
        raise EndpointRefused from wrong
    if "@" in parts.netloc or "\\" in endpoint:
        raise EndpointRefused
    if f"{parts.scheme}://{parts.netloc}" in extra_origins:
        return
    host = parts.hostname or ""
    known = HOST.fullmatch(host) and (host in PUSH_HOSTS or host.endswith(PUSH_DOMAINS))
    if parts.scheme != "https" or port not in (None, 443) or not known:
        raise EndpointRefused


def ensure_plain(endpoint: str) -> None:
    """An address is short and of visible ASCII; anything else was never one of ours. Raises EndpointRefused."""
    if len(endpoint) > LONGEST_ENDPOINT or any(ord(letter) <= 32 or ord(letter) > 126 for letter in endpoint):
        raise EndpointRefused


def ensure_keys(p256dh: str, auth: str) -> None:
    """p256dh is a point on P-256 (65 bytes, uncompressed), auth 16 random bytes (RFC 8291). Raises KeyRefused."""
    if len(point := _bytes(p256dh, "p256dh")) != 65 or point[0] != 4 or not _on_curve(point):
        raise KeyRefused("p256dh")
    if len(_bytes(auth, "auth")) != 16:
        raise KeyRefused("auth")


def _bytes(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise KeyRefused(field) from wrong


def _on_curve(point: bytes) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True


class Quiet(NamedTuple):
    """When no message travels to somebody: from a clock time in the evening until one in the morning, and on Sunday or not."""

    evening: time
    morning: time
    sunday: bool


EVENINGS = (time(18), time(20), time(22))
MORNINGS = (time(7), time(8), time(10))


def usual_quiet(role: str) -> Quiet:
    """For who chose nothing (ux.md part 9): 20:00–08:00 and Sundays for participants, 20:00–07:00 for others."""
    return Quiet(time(20), time(8), True) if role == "participant" else Quiet(time(20), time(7), False)


def deliver_at(quiet: Quiet, at: datetime) -> datetime:
    """The first moment from `at` on that is not quiet, by the clock on the wall."""
    here = local(at)
    day = here.date()
    if here.time() >= quiet.evening:
        day += timedelta(days=1)
    if quiet.sunday and day.weekday() == 6:
        day += timedelta(days=1)
    if day == here.date() and here.time() >= quiet.morning:
        return at
    return instant(day, quiet.morning)


def day_begins(day: date) -> datetime:
    return instant(day, time(0))


class Verdict(NamedTuple):
    """What an answer means: sent, gone (the subscription is dead), failed (give up), or waiting until `again_at`."""

    state: str
    again_at: datetime | None = None


def verdict(status: int | None, *, attempts: int, retry_after: str | None, now: datetime) -> Verdict:
    """What to do after an attempt. `status` None: no answer at all.

    404 and 410: the subscription is dead. 429 and 5xx: later, when the service says so. Other refusals will not change.
    """
    if status is not None and 200 <= status < 300:
        return Verdict("sent")
    if status in (404, 410):
        return Verdict("gone")
    if status is not None and status != 429 and status < 500:
        return Verdict("failed")
    if attempts >= MOST_ATTEMPTS:
        return Verdict("failed")
    return Verdict("waiting", now + wait_for(attempts, retry_after, now))


def wait_for(attempts: int, retry_after: str | None, now: datetime) -> timedelta:
    """Retry-After as seconds or as a date; without it 30 seconds, doubled each time. At most a day."""
    asked = _asked(retry_after, now)
    return min(asked if asked is not None else FIRST_WAIT * 2 ** max(0, attempts - 1), LONGEST_WAIT)


def _asked(retry_after: str | None, now: datetime) -> timedelta | None:
    if not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(int(retry_after[:9]), 10**6))
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta())
