"""What makes the site an app on a phone."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from webapp.foundation.pages import asset, page
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import language

pages = Blueprint("pwa", __name__, template_folder="templates")


@pages.get("/manifest.webmanifest")
def manifest() -> Response:
    """Name, icons and start of the app, in the language of the reader."""
    spoken = language()
    icons = [
        {"src": asset("icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": asset("icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": asset("icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    answer = make_response(
        {
            "id": "/", "name": "Opstap", "short_name": "Opstap", "description": _("A step to work. Your benefit stays the same."), "lang": spoken.code,
            "dir": spoken.direction, "start_url": "/", "scope": "/", "display": "standalone", "background_color": "#f1f5f4", "theme_color": "#0b4f57",
            "icons": icons,
        }
    )  # fmt: skip
    answer.headers["Content-Type"] = "application/manifest+json"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/sw.js")
def service_worker() -> Response:
    """The service worker; served from the top, so that it looks after the whole app."""
    answer = make_response(render_template("pwa/sw.js", icon=asset("icon-192.png"), badge=asset("badge-96.png")))
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/offline")
def offline() -> Response:
    return page("pwa/offline.html")
