"""The keys of the desktop (j, k, / and ?), which somebody can switch off on a device."""

from __future__ import annotations

from flask import Response, current_app, request

from webapp.caseload.blueprint import pages
from webapp.foundation.pages import go

COOKIE = "keys"
A_YEAR = 31_536_000


def keys_wanted() -> bool:
    return request.cookies.get(COOKIE) != "off"


@pages.post("/keys")
def keys() -> Response:
    """Switch the keys off or on, on this device."""
    answer = go("/signals")
    wanted = "on" if request.form.get("keys") == "on" else "off"
    answer.set_cookie(COOKIE, wanted, max_age=A_YEAR, samesite="Lax", httponly=True, secure=current_app.config["SESSION_COOKIE_SECURE"])
    return answer
