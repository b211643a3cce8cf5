"""Carrying a message to a phone by Web Push, with our own VAPID keys: encrypted here, no vendor in between."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import jwt
import requests
from pydantic import AnyHttpUrl
from urllib3.exceptions import HTTPError
from webpush import WebPush, WebPushSubscription
from webpush.types import WebPushKeys
from webpush.vapid import VAPID

from webapp.notifications.answers import Answer
from webapp.notifications.rules import EndpointRefused, ensure_allowed_endpoint

TOKEN_SECONDS = 12 * 3600
REFRESH_BEFORE = 3600
LIVES_SECONDS = 3 * 24 * 3600  # how long a push service keeps it for a phone that is off
NOT_OURS = 410  # said by ourselves: an address we no longer call is a dead subscription
UNSENDABLE = 413  # said by ourselves: too long, or for a key nobody could have
LARGEST_PLAIN = 3993  # bytes that still fit a record of 4,096
PATIENCE_SECONDS = (5, 10)
LONGEST_ANSWER = 2048  # bytes read and thrown away, so that the connection serves the next message


class Target(NamedTuple):
    """Where a phone can be reached, as the browser gave it."""

    endpoint: str
    p256dh: str
    auth: str


def origin_of(endpoint: str) -> str:
    """The push service of an address, as a token names it (RFC 8292: without the usual port)."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}".removesuffix(":443" if parts.scheme == "https" else ":80")


class CachedVapid(VAPID):
    """Signs one token per push service and keeps it for hours; the package alone signs every message anew."""

    def __init__(self, private_key: bytes, public_key: bytes, contact: str) -> None:
        super().__init__(private_key=private_key, public_key=public_key)
        self.contact = contact
        self._headers: dict[str, tuple[float, str]] = {}

    def get_authorization_header(self, endpoint: AnyHttpUrl, subscriber: str, expiration: int) -> str:
        origin = origin_of(str(endpoint))
        until, header = self._headers.get(origin, (0.0, ""))
        if time.time() < until - REFRESH_BEFORE:
            return header
        expires = int(time.time()) + TOKEN_SECONDS
        token = jwt.encode({"aud": origin, "exp": expires, "sub": self.contact}, key=self.private_key, algorithm="ES256")
        header = f"vapid t={token}, k={self.get_application_server_key(self.public_key)}"
        self._headers[origin] = (expires, header)
        return header


class PushCarrier:
    """Encrypts and sends. One per process."""

    def __init__(self, private_key: str, public_key: str, contact: str, extra_origins: frozenset[str] = frozenset()) -> None:
        self._extra_origins = extra_origins
        self._push = WebPush(private_key.encode(), public_key.encode(), subscriber="kept-by-cached-vapid@opstap.example", ttl=LIVES_SECONDS)
        self._push.vapid = CachedVapid(private_key.encode(), public_key.encode(), contact)
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy of the environment stands between us and the push service

    def packed(self, target: Target, payload: dict[str, Any], *, topic: str) -> tuple[bytes, dict[str, str]]:
        """The encrypted body (RFC 8291) and its headers. Raises ValueError when it does not fit in one message."""
        plain = json.dumps(payload, ensure_ascii=False).encode()
        if len(plain) > LARGEST_PLAIN:
            raise ValueError("too long for one push message")
        subscription = WebPushSubscription.model_construct(
            endpoint=target.endpoint, keys=WebPushKeys.model_construct(auth=target.auth, p256dh=target.p256dh)
        )
        message = self._push.get(plain, subscription)
        return message.encrypted, {
            "Content-Type": "application/octet-stream", "Content-Encoding": "aes128gcm", "TTL": str(LIVES_SECONDS), "Urgency": "normal",
            "Topic": topic, "Authorization": message.headers["authorization"],
        }  # fmt: skip

    def __call__(self, target: Target, payload: dict[str, Any], topic: str) -> Answer:
        """Send one message. What the service answers besides its status is never kept.

        The address was looked at when it was given; a rule may have become stricter since, or a row was put in another way.
        """
        try:
            ensure_allowed_endpoint(target.endpoint, self._extra_origins)
        except EndpointRefused:
            return Answer(NOT_OURS)
        try:
            body, headers = self.packed(target, payload, topic=topic)
        except ValueError:
            return Answer(UNSENDABLE)
        try:
            with self._http.post(target.endpoint, data=body, headers=headers, timeout=PATIENCE_SECONDS, allow_redirects=False, stream=True) as answer:
                answer.raw.read(LONGEST_ANSWER)
                return Answer(answer.status_code, answer.headers.get("Retry-After"))
        except (requests.RequestException, HTTPError):
            return Answer(None)


SendPush = Callable[[Target, dict[str, Any], str], Answer]
