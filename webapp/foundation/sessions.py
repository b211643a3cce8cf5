"""The session cookie: checked once, then known by its text for as long as it is young enough."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

REMEMBERED = 2048  # cookies


class KeptSessions(SecureCookieSessionInterface):
    """The signed cookie of Flask, without working out the same signature for every page of somebody."""

    def __init__(self) -> None:
        self._checked = lru_cache(REMEMBERED)(self._check)  # what is not well signed raises, and is never remembered

    def open_session(self, app: Flask, asked: Request) -> SecureCookieSession:
        cookie = asked.cookies.get(self.get_cookie_name(app))
        if not cookie:
            return SecureCookieSession()
        try:
            held, signed_at = self._checked(app, cookie)
        except BadSignature:
            return SecureCookieSession()
        young = datetime.now(UTC) - signed_at <= app.permanent_session_lifetime
        return SecureCookieSession(held if young else None)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """A file is the same for everybody: it must not say `Vary: Cookie`, or a browser fetches it again after each sign-in."""
        if request.endpoint == "static":
            return
        if session and not self.should_set_cookie(app, session):  # it stays as the browser has it
            varies = response.headers.get("Vary")
            response.headers["Vary"] = f"{varies}, Cookie" if varies else "Cookie"
            return
        super().save_session(app, session, response)

    def _check(self, app: Flask, cookie: str) -> tuple[dict[str, Any], datetime]:
        serializer = self.get_signing_serializer(app)
        assert serializer is not None  # settings.py always gives a key
        held, signed_at = serializer.loads(cookie, return_timestamp=True)
        return held, signed_at
