"""What makes the site an app on a phone."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template

from webapp.foundation.pages import STATIC, asset, page
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import language
from webapp.pwa import phones

pages = Blueprint("pwa", __name__, template_folder="templates")
pages.before_app_request(phones.refuse_another)
pages.after_app_request(phones.tell_whose)

PNG_HEAD = 24  # bytes
HERE = Path(__file__).parent
TRANSLATIONS = Path(__file__).parents[2] / "translations"
FONTS = ("source-sans-3-latin.woff2",)  # the others are kept when a page first needs them
KEPT_FILES = ("app.css", "app.js", "offline.js", "push.js", "listen.js", "icons.svg", "icon-192.png", "badge-96.png")


@pages.app_context_processor
def whose_phone() -> dict[str, Any]:
    """For the frame of every page: whose it is, as the phone may know them."""
    person = g.get("person")
    on_a_phone = person is not None and person.role in phones.KEPT_ROLES
    return {"phone_key": phones.key_of(person) if on_a_phone else "", "phone_keeps": on_a_phone and phones.is_own_device()}


@lru_cache
def version() -> str:
    """A mark that changes with everything the worker keeps for everybody: static files, the offline page, its words."""
    parts = [asset(name) for name in (*KEPT_FILES, "queue.js", "htmx.min.js")]
    files = [*sorted((HERE / "templates").rglob("*.*")), *sorted(TRANSLATIONS.rglob("*.po")), *(STATIC / "fonts" / name for name in FONTS)]
    return hashlib.sha256("".join(parts).encode() + b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


@pages.get("/manifest.webmanifest")
def manifest() -> Response:
    """Name, icons and start of the app, in the language of the reader."""
    spoken = language()
    icons = [
        {"src": asset("icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": asset("icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": asset("icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    shortcuts = [{"name": name, "url": address, "icons": icons[:1]} for name, address in ((_("Hours"), "/hours"), (_("Offers"), "/offers"))]
    screenshots = [screenshot(file) for file in sorted(STATIC.glob("screenshot-*.png"))]
    answer = make_response(
        {
            "id": "/", "name": "Opstap", "short_name": "Opstap", "description": _("A step to work. Your benefit stays the same."), "lang": spoken.code,
            "dir": spoken.direction, "start_url": "/", "scope": "/", "display": "standalone", "background_color": "#f1f5f4", "theme_color": "#0b4f57",
            "icons": icons, "shortcuts": shortcuts, "screenshots": screenshots,
        }
    )  # fmt: skip
    answer.headers["Content-Type"] = "application/manifest+json"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def screenshot(file: Path) -> dict[str, str]:
    """A picture of the app for the phone's question whether to install; a PNG says its size in bytes 16 to 24."""
    head = file.read_bytes()[:PNG_HEAD]
    wide, high = (int.from_bytes(head[start : start + 4]) for start in (16, 20))
    return {"src": asset(file.name), "sizes": f"{wide}x{high}", "type": "image/png", "form_factor": "narrow" if wide < high else "wide"}


@pages.get("/sw.js")
def service_worker() -> Response:
    """The service worker; served from the top, so that it looks after the whole app."""
    answer = make_response(
        render_template(
            "pwa/sw.js", icon=asset("icon-192.png"), badge=asset("badge-96.png"), queue=asset("queue.js"), version=version(),
            files=[asset(name) for name in KEPT_FILES] + [f"/static/fonts/{name}" for name in FONTS],
        )
    )  # fmt: skip
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/offline")
def offline() -> Response:
    """The page without internet, and the parts offline.js and listen.js show. It is kept for everybody, so it knows nobody."""
    return page("pwa/offline.html", person=None, nav=[], phone_key="", may=lambda endpoint: False)
