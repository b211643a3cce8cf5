"""What every answer carries and every unsafe request must show."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, request
from werkzeug.datastructures import Headers, ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

from webapp.foundation.database import SAFE_METHODS
from webapp.foundation.settings import Settings

# What pages need is theirs alone; everything else a browser can do is off. Chromium names each feature it does not know in the
# console, so only those it knows stand here.
NEEDED = ("camera", "publickey-credentials-create", "publickey-credentials-get", "clipboard-write", "screen-wake-lock")
OFF = (
    "accelerometer autoplay browsing-topics compute-pressure cross-origin-isolated display-capture encrypted-media fullscreen gamepad "
    "geolocation gyroscope hid identity-credentials-get idle-detection keyboard-map local-fonts magnetometer microphone midi otp-credentials payment "
    "picture-in-picture serial storage-access sync-xhr unload usb window-management xr-spatial-tracking"
).split()
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"  # text becomes markup only through the one policy in app.js and sw.js
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGE_HEADERS = {
    "Permissions-Policy": ", ".join([f"{name}=(self)" for name in NEEDED] + [f"{name}=()" for name in OFF]),
}
FILE_HEADERS = {  # of what is no page
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
}  # fmt: skip
WITH_HTTPS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
LARGEST_BODY = 256 * 1024
LARGER_BODIES = {"payouts.take_returns": 32 * 1024 * 1024, "invoices.bring_in": 20 * 1024 * 1024}  # files of a bank: a month of a large municipality
MOST_FIELDS = 1000  # parts of one form


class CalmRequest(Request):
    """What was sent, read so that no view has to think of tricks.

    Nobody types a zero byte, and PostgreSQL keeps none: what came with one is read without it.
    """

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return without_zero_bytes(super().args)

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        """As Flask reads it; brackets within brackets without end are no JSON either (400, or None when silent)."""
        try:
            return super().get_json(*args, **kwargs)
        except RecursionError:
            return None if kwargs.get("silent") else abort(400)

    def _load_form_data(self) -> None:
        super()._load_form_data()
        self.__dict__["form"] = without_zero_bytes(self.__dict__["form"])


def without_zero_bytes(given: MultiDict[str, str]) -> MultiDict[str, str]:
    pairs = list(given.items(multi=True))
    if not any("\x00" in f"{name}{value}" for name, value in pairs):  # a part of a form may come without a name
        return given
    return ImmutableMultiDict([(str(name).replace("\x00", ""), value.replace("\x00", "")) for name, value in pairs])


def protect(app: Flask, settings: Settings) -> None:
    """Refuse requests other sites make in somebody's name, and send the headers that keep pages ours."""
    always = WITH_HTTPS if settings.url.startswith("https://") else {}
    other_headers, file_headers = {**HEADERS, **always}, {**FILE_HEADERS, **always}
    page_headers = {**other_headers, **PAGE_HEADERS}
    of_files, of_pages, of_others = (list(Headers(some)) for some in (file_headers, page_headers, other_headers))
    app.request_class = CalmRequest
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_BODY, MAX_FORM_PARTS=MOST_FIELDS)

    @app.before_request
    def same_origin() -> None:
        if request.method not in SAFE_METHODS and not comes_from_us(settings):
            abort(403)
        allowed = LARGER_BODIES.get(request.endpoint or "", LARGEST_BODY)
        request.max_content_length = allowed
        if (request.content_length or 0) > allowed:
            abort(413)  # before anybody reads it, also where a view reads nothing
        if "\x00" in request.path:
            abort(404)

    @app.after_request
    def send_headers(response: Response) -> Response:
        held = response.headers._list  # `extend` would look at each of them again, for every answer
        if request.endpoint == "static":
            held.extend(of_files)
            return response
        held.extend(of_pages if response.mimetype == "text/html" else of_others)
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
