"""What fits somebody, written down by their case manager together with them."""

from __future__ import annotations

import uuid

from flask import Response, abort, g, request

from webapp.caseload import reads
from webapp.caseload.blueprint import pages
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.wishes import actions, forms


@pages.get("/participants/<uuid:participant_id>/wishes")
def wishes(participant_id: uuid.UUID) -> Response:
    return wishes_page(participant_id)


def wishes_page(participant_id: uuid.UUID, *, typed: forms.Typed | None = None, meanwhile: bool = False, status: int = 200) -> Response:
    somebody = reads.participant(db(), g.person, participant_id, day_of(now())) or abort(404)
    file = actions.file_of(db(), participant_id)
    known = actions.wishes_of(file)
    return page(
        "caseload/wishes.html", status=status, somebody=somebody, typed=typed.values if typed else forms.shown(known), errors=typed.errors if typed else {},
        version=actions.version_of(file), known=known, told_by=actions.told_by(db(), file), told_at=file.wishes_told_at, meanwhile=meanwhile,
    )  # fmt: skip


@pages.post("/participants/<uuid:participant_id>/wishes")
def save_wishes(participant_id: uuid.UUID) -> Response:
    if reads.participant(db(), g.person, participant_id, day_of(now())) is None:
        abort(404)
    typed = forms.read(request.form)
    if typed.errors:
        return wishes_page(participant_id, typed=typed, status=422)
    try:
        actions.save(db(), participant_id, typed.found, version=request.form.get("version", ""), by=g.person, now=now())
    except actions.ChangedMeanwhile:
        return wishes_page(participant_id, typed=typed, meanwhile=True, status=409)
    return go(f"/participants/{participant_id}?recorded=wishes#person")
