"""The address book of getting in, and what its views share."""

from __future__ import annotations

from math import ceil
from typing import Any

from flask import Blueprint, Response, current_app, g, make_response, request
from sqlalchemy import select

from webapp.access import kept
from webapp.access.attempts import Guess, Wait
from webapp.access.passkeys import Party, party_of
from webapp.foundation.clock import now
from webapp.foundation.database import db
from webapp.foundation.pages import page
from webapp.foundation.sealing import KeyRing
from webapp.foundation.settings import Settings
from webapp.foundation.texts import duration_words
from webapp.foundation.texts import gettext as _
from webapp.people.models import Membership, Municipality
from webapp.people.views import begin

pages = Blueprint("access", __name__, template_folder="templates")


def keys() -> KeyRing:
    found: KeyRing = current_app.extensions["keyring"]
    return found


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def party() -> Party:
    return party_of(settings())


def guess(target: str = "") -> Guess:
    return Guess(keys(), target=target, address=request.remote_addr or "")


def too_many(template: str, wait: Wait, **context: Any) -> Response:
    """The same page, with how long to wait. Nothing was judged, so it tells nothing."""
    seconds = max(1, ceil((wait.until - now()).total_seconds()))
    words = _("Too many tries. Wait %(duration)s and try again.", duration=duration_words(60 * ceil(seconds / 60)))
    answer = page(template, status=429, errors={"wait": words}, **context)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def enter(membership: Membership, *, way: str, then: str = "/") -> str:
    """Sign this device in. Gives where to go on: what was being typed when an earlier sign-in ended comes first."""
    begin(membership, way=way)
    return "/sign-in/kept" if kept.typed_by(db(), keys(), membership.id, now=now()) else then


def refused(words: str, status: int = 422) -> Response:
    return make_response({"error": words}, status)


def body() -> dict[str, Any]:
    """What a script sent; anything else than an object is empty."""
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}


def phone_to_call() -> str:
    """Whom to call when we do not know yet who somebody is: the municipality, where there is only one."""
    if g.get("person"):
        return str(g.person.municipality_phone)
    phones = db().execute(select(Municipality.phone).limit(2)).scalars().all()  # type: ignore[call-overload]
    return phones[0] if len(phones) == 1 else ""
