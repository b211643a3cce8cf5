"""Pages of the administrator: what goes tonight and what went, holds, and the register of processing."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, invalid, page
from webapp.foundation.texts import gettext as _
from webapp.privacy import hold_forms, holding, retention
from webapp.privacy.blueprint import pages
from webapp.privacy.described import register_rows
from webapp.privacy.questions import waiting
from webapp.terms.actions import terms_of


@pages.get("/retention")
def retention_overview() -> Response:
    return page("privacy/retention.html", **retention_context())


def retention_context() -> dict[str, Any]:
    at, person = now(), g.person
    terms = terms_of(db(), person.municipality_id, person.terms_token)
    return {
        "due": retention.tonight(db(), person.municipality_id, terms, at), "runs": retention.runs_of(db(), person.municipality_id),
        "holds": holding.told(db(), person.municipality_id, day_of(at)), "labels": retention.LABELS, "today": day_of(at), "typed": {},
        "closed_offers": holding.closed_offers_due(db(), person.municipality_id, terms, at), "questions": waiting(db(), person, day_of(at)),
    }  # fmt: skip


@pages.post("/retention/holds")
def hold() -> Response:
    """Somebody's records, or those of everybody, may not go until a day."""
    typed = hold_forms.read_hold(request.form, day_of(now()))
    people: list[uuid.UUID] = []
    if not typed.errors and typed.name:
        people = holding.people_named(db(), g.person.municipality_id, typed.name)
        if len(people) != 1:
            typed.errors["name"] = _("Nobody has this name.") if not people else _("More than one person has this name. Use the reference.")
    if typed.errors or typed.until is None:
        return invalid("privacy/retention.html", errors=typed.errors, **{**retention_context(), "typed": typed.values})
    holding.hold(
        db(), g.person, id=typed.id, participant_id=people[0] if people else None, kind=typed.kind, reason=typed.reason, until=typed.until, now=now()
    )
    return go("/retention#holds")


@pages.post("/retention/holds/<uuid:hold_id>/end")
def end_hold(hold_id: uuid.UUID) -> Response:
    found = holding.hold_of(db(), g.person, hold_id) or abort(404)
    holding.end(db(), found, by=g.person, now=now())
    return go("/retention#holds")


@pages.get("/privacy/register")
def register() -> Response:
    """What is kept, of whom, what for, on what ground, how long, and who sees it (AVG art. 30)."""
    terms = terms_of(db(), g.person.municipality_id, g.person.terms_token)
    days, sources = retention.periods(terms, day_of(now()))
    return page("privacy/register.html", rows=register_rows(), days=days, sources=sources, offer_days=holding.offer_days(terms, day_of(now())))
