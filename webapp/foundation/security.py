"""What every answer carries and every unsafe request must show."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from webapp.foundation.database import SAFE_METHODS
from webapp.foundation.settings import Settings

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"  # the one policy stands in app.js and sw.js
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), autoplay=(), camera=(self), display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), "
    "screen-wake-lock=(self), serial=(), usb=(), xr-spatial-tracking=()",
}
FILE_HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}  # of what is no page
WITH_HTTPS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
LARGEST_BODY = 256 * 1024
LARGER_BODIES = {"payouts.take_returns": 32 * 1024 * 1024, "invoices.bring_in": 20 * 1024 * 1024}  # files of a bank: a month of a large municipality


def protect(app: Flask, settings: Settings) -> None:
    """Refuse requests other sites make in somebody's name, and send the headers that keep pages ours."""
    always = WITH_HTTPS if settings.url.startswith("https://") else {}
    page_headers, file_headers = {**HEADERS, **always}, {**FILE_HEADERS, **always}
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    @app.before_request
    def same_origin() -> None:
        if request.method not in SAFE_METHODS and not comes_from_us(settings):
            abort(403)
        allowed = LARGER_BODIES.get(request.endpoint or "", LARGEST_BODY)
        request.max_content_length = allowed
        if (request.content_length or 0) > allowed:
            abort(413)  # before anybody reads it, also where a view reads nothing

    @app.after_request
    def send_headers(response: Response) -> Response:
        if request.endpoint == "static":
            response.headers.extend(file_headers)
            return response
        response.headers.extend(page_headers)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response


def comes_from_us(settings: Settings) -> bool:
    """Decision 5: cookies are SameSite=Lax, and the browser itself says where an unsafe request comes from.

    `Sec-Fetch-Site` decides when it is there; without it an `Origin` equal to our own address does;
    neither is a refusal. So a form saved offline never dies of an old token.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and origin in {settings.url, _own_origin()}


def _own_origin() -> str:
    parts = urlsplit(request.host_url)
    return f"{parts.scheme}://{parts.netloc}"
