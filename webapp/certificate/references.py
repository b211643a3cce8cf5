"""A few words of the supervisor: asked, given or not given, and shown only when the participant wants it (UX E8)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, g, request

from webapp.certificate import actions, reads
from webapp.certificate.blueprint import pages
from webapp.certificate.models import Reference
from webapp.certificate.rules import LONGEST_WORDS
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, invalid, page
from webapp.foundation.texts import gettext as _
from webapp.people.models import Account
from webapp.placements.actions import placements, visible_to
from webapp.placements.models import Placement


def placement_or_404(placement_id: uuid.UUID) -> Placement:
    found: Placement | None = (
        db().execute(visible_to(g.person, day_of(now())).where(placements.c.id == placement_id, placements.c.status.in_(("running", "ended"))))
    ).scalar_one_or_none()
    return found or abort(404)


@pages.post("/placements/<uuid:placement_id>/reference-request")
def ask(placement_id: uuid.UUID) -> Response:
    """The participant asks for a few words; asking twice asks once."""
    actions.ask_reference(db(), placement_or_404(placement_id), by=g.person, now=now())
    return go("/me/certificate")


@pages.post("/placements/<uuid:placement_id>/reference-shown")
def show_words(placement_id: uuid.UUID) -> Response:
    known = actions.reference_of(db(), placement_or_404(placement_id).id)
    if known is None or known.status != "given":
        abort(404)
    shown = request.form.get("shown")
    if shown not in ("yes", "no"):
        abort(422)
    actions.show_reference(db(), known, shown == "yes", by=g.person, now=now())
    return go("/me/certificate")


@pages.get("/placements/<uuid:placement_id>/reference")
def writing(placement_id: uuid.UUID) -> Response:
    placement = placement_or_404(placement_id)
    return sheet("certificate/writing.html", placement, actions.reference_of(db(), placement.id))


@pages.post("/placements/<uuid:placement_id>/reference")
def write(placement_id: uuid.UUID) -> Response:
    """Two or three sentences, or none this time. Both are fine."""
    placement = placement_or_404(placement_id)
    known = actions.reference_of(db(), placement.id)
    if known is None:
        abort(404)
    words = " ".join(request.form.get("words", "").split())
    refuses = request.form.get("answer") == "no"
    if not refuses and not words:
        return sheet("certificate/writing.html", placement, known, errors={"words": _("Write one or two sentences, or choose: not this time.")})
    if len(words) > LONGEST_WORDS:
        return sheet("certificate/writing.html", placement, known, errors={"words": _("Use at most %(num)s letters.", num=LONGEST_WORDS)})
    try:
        actions.answer_reference(db(), known, "" if refuses else words, by=g.person, now=now())
    except actions.AlreadyAnswered:
        return sheet("certificate/writing.html", placement, known, status=409)
    return go(f"/placements/{placement.id}/reference")


def sheet(template: str, placement: Placement, known: Reference | None, *, errors: dict[str, str] | None = None, status: int = 422) -> Response:
    who = db().get(Account, placement.participant_id)
    values: dict[str, Any] = {
        "placement": placement,
        "reference": known,
        "name": who.first_name if who else "",
        "typed": request.form.get("words", ""),
        "longest": LONGEST_WORDS,
    }
    values["work"] = next((reads.as_work(row) for row in reads.worked(db(), placement.participant_id) if row.id == placement.id), None)
    if errors:
        return invalid(template, errors=errors, status=status, **values)
    return page(template, status=status if status == 409 else 200, **values)
