"""What fits me: a participant says which work, how many hours, and when not."""

from __future__ import annotations

from flask import Response, g, request

from webapp.foundation.clock import now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.participant.blueprint import pages
from webapp.wishes import actions, forms


@pages.get("/me/wishes")
def wishes() -> Response:
    return wishes_page(notice=_("It is kept. Your case manager can read it.") if "kept" in request.args else None)


def wishes_page(*, typed: forms.Typed | None = None, meanwhile: bool = False, status: int = 200, notice: str | None = None) -> Response:
    file = actions.file_of(db(), g.person.id)
    known = actions.wishes_of(file)
    return page(
        "participant/wishes.html", status=status, typed=typed.values if typed else forms.shown(known), errors=typed.errors if typed else {},
        version=actions.version_of(file), known=known, told_by=actions.told_by(db(), file), told_at=file.wishes_told_at, own=file.wishes_told_by == g.person.id,
        meanwhile=meanwhile, notice=notice,
    )  # fmt: skip


@pages.post("/me/wishes")
def save_wishes() -> Response:
    """Keep it. Of two who wrote at once, the second reads what the first wrote."""
    typed = forms.read(request.form)
    if typed.errors:
        return wishes_page(typed=typed, status=422)
    try:
        actions.save(db(), g.person.id, typed.found, version=request.form.get("version", ""), by=g.person, now=now())
    except actions.ChangedMeanwhile:
        return wishes_page(typed=typed, meanwhile=True, status=409)
    return go("/me/wishes?kept=1")
