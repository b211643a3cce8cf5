"""What a phone keeps of somebody: an opaque key per person, which pages may stay, and whose waiting items are taken."""

from __future__ import annotations

import hmac
import uuid
from functools import lru_cache

from flask import Response, abort, g, request, session

from webapp.foundation.database import SAFE_METHODS
from webapp.foundation.pages import extension
from webapp.people.person import Person

PERSON = "X-Opstap-Person"  # whose page this is, or whose waiting item; "none": nobody is signed in
KEEP = "X-Opstap-Keep"  # the worker may keep this page for offline reading
FIELD = "_person"  # the same as PERSON, in a form sent the ordinary way
NOBODY = "none"
MAY_WAIT = frozenset({"hours", "placements", "growth"})  # the slices with forms marked data-offline

KEPT_PAGES = frozenset({
    "placements.agreement", "participant.today", "participant.premium", "participant.me", "offers.mine", "placements.offer", "hours.mine", "hours.show",
    "notifications.inbox", "hours.to_confirm", "hours.correcting", "employer.team", "employer.company",
    "growth.mine", "growth.ask",
})  # fmt: skip
KEPT_ROLES = frozenset({"participant", "supervisor"})


def key_of(person: Person | None) -> str:
    """The name of a person on a phone: the same at every sign-in in the same role, and nothing can be read from it.

    Made with the oldest secret that is still accepted, so that what waits on a phone outlives a new secret.
    """
    return _key(extension("settings").sealing_keys[-1], person.membership_id) if person else NOBODY


@lru_cache(4096)
def _key(secret: str, membership_id: uuid.UUID) -> str:
    return hmac.new(secret.encode(), b"phone" + membership_id.bytes, "sha256").hexdigest()[:24]


def refuse_another() -> None:
    """403 for what somebody else wrote on this phone: it stays there until that person signs in again."""
    if request.method in SAFE_METHODS:
        return
    said = request.headers.get(PERSON) or (request.form.get(FIELD) if request.blueprint in MAY_WAIT else None)
    if said and not hmac.compare_digest(said.encode(), key_of(g.get("person")).encode()):
        abort(403)


def tell_whose(response: Response) -> Response:
    """Say whose answer this is and whether it may be kept; a waiting item gets a plain answer instead of a next page."""
    if request.endpoint == "static":
        return response
    person: Person | None = g.get("person")
    response.headers[PERSON] = key_of(person)
    if PERSON in request.headers:
        if person is None:
            response.status_code = 403  # not the sign-in page, which would look like success
        elif 300 <= response.status_code < 400:
            response.status_code, response.data = 204, b""
            del response.headers["Location"]
    elif person and response.status_code == 200 and may_be_kept(person):
        response.headers[KEEP] = "1"
    return response


def may_be_kept(person: Person) -> bool:
    return request.method == "GET" and request.endpoint in KEPT_PAGES and person.role in KEPT_ROLES and is_own_device()


def is_own_device() -> bool:
    """Whether this is no shared tablet: one of those keeps no page of anybody."""
    return not session.get("tablet")
