"""The citizen service number of one participant, for a case manager whose municipality decided that it needs it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Response, abort, g, request
from sqlalchemy import select

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db, lock_municipality
from webapp.foundation.pages import extension, go, invalid, page
from webapp.foundation.texts import gettext as _
from webapp.history.actions import Change, record_by
from webapp.people.citizen_number import CitizenNumber, NotANumber, clean_number, keep_number
from webapp.placements.actions import own_caseload
from webapp.privacy.blueprint import pages
from webapp.privacy.reads import accounts
from webapp.terms.actions import Terms
from webapp.terms.here import terms
from webapp.terms.rules import NoTermsInForce


def is_needed(terms: Terms, today: date) -> bool:
    """Whether the municipality decided that it needs the number; not decided is no."""
    try:
        return bool(terms.value("citizen_number", today).needed)
    except NoTermsInForce:
        return False


def needed_here() -> bool:
    return is_needed(terms(), day_of(now()))


def somebody_or_404(participant_id: uuid.UUID) -> Any:
    """A participant of the own caseload."""
    today = day_of(now())
    own = (accounts.c.id == participant_id, accounts.c.id.in_(own_caseload(g.person, today)))
    return db().execute(select(accounts.c.id, accounts.c.first_name, accounts.c.last_name).where(*own)).first() or abort(404)


@pages.get("/participants/<uuid:participant_id>/citizen-number")
def citizen_number(participant_id: uuid.UUID) -> Response:
    somebody = somebody_or_404(participant_id)
    return page("privacy/citizen_number.html", somebody=somebody, known=db().get(CitizenNumber, somebody.id), needed=needed_here())


@pages.post("/participants/<uuid:participant_id>/citizen-number")
def keep_citizen_number(participant_id: uuid.UUID) -> Response:
    """Write the number down. What was typed does not come back on the screen: nobody reads it there whole."""
    somebody, at = somebody_or_404(participant_id), now()
    if not needed_here():
        abort(404)
    try:
        number = clean_number(request.form.get("number", "")[:30])
    except NotANumber:
        errors = {"number": _("This is not a citizen service number. It has nine digits.")}
        return invalid("privacy/citizen_number.html", errors=errors, somebody=somebody, known=db().get(CitizenNumber, somebody.id), needed=True)
    lock_municipality(db(), g.person.municipality_id)
    keep_number(db(), somebody.id, g.person.municipality_id, number, is_needed=True, by=g.person.id, vault=extension("citizen_vault"), now=at)
    change = Change("citizen_number.kept", somebody.id, {})
    record_by(db(), [change], by=g.person, now=at)
    return go(f"/participants/{somebody.id}/citizen-number")
