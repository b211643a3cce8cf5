"""/safeguards: every employer beside the limits and beside others, one employer in full, and stopping one for a while (UX C7, G5)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import extension, page
from webapp.reports import reads, watching
from webapp.reports.blueprint import pages
from webapp.reports.rules import chain
from webapp.reports.words import LOOKS, outcome_words, percent, state_words, who_words
from webapp.terms.here import terms

SHOWN = 100  # employers on one page; a search finds the others


@pages.get("/safeguards")
def safeguards() -> Response:
    """Every employer, those that ask for attention first."""
    today, asked = day_of(now()), " ".join(request.args.get("q", "").split())[:80]
    limits = watching.limits_on(terms(), today)
    found = watching.watched(db(), g.person, limits, today)
    shown = [one for one in found if asked.casefold() in one.name.casefold()] if asked else found
    return page(
        "reports/safeguards.html", found=shown[:SHOWN], more=len(shown) - SHOWN, all_count=len(found), to_look_at=sum(one.points > 0 for one in found), asked=asked,
        limits=limits, percent=percent, counts=reads.counts(db(), g.person, today), middle=watching.others_than(found, NOBODY),
    )  # fmt: skip


NOBODY: Any = watching.Watched(uuid.UUID(int=0), "", "", False, [], 0, 0, 0, 0, None)


def employer_or_404(employer_id: uuid.UUID, found: list[watching.Watched]) -> watching.Watched:
    return next((one for one in found if one.id == employer_id), None) or abort(404)


@pages.get("/safeguards/employers/<uuid:employer_id>")
def employer(employer_id: uuid.UUID) -> Response:
    return employer_page(employer_id)


def employer_page(employer_id: uuid.UUID, **more: Any) -> Response:
    """One employer: places with their weeks, tariffs, what was refused, judged, stopped and reported, beside the others."""
    today, own = day_of(now()), g.person.municipality_id
    limits = watching.limits_on(terms(), today)
    found = watching.watched(db(), g.person, limits, today)
    one = employer_or_404(employer_id, found)
    return page(
        "reports/employer.html",
        **{
            "one": one, "limits": limits, "others": watching.others_than(found, one), "percent": percent, "today": today, "typed": {},
            "restrictions": watching.restrictions_of(db(), one.id, own), "judgements": watching.judgements_of(db(), one.id, own),
            "refusals": watching.refusals_of(db(), one.id, own), "reported": watching.reports_of(db(), one.id, own), "looks": LOOKS,
            "state_words": state_words, "outcome_words": outcome_words, "who_words": who_words, "line_of": line_of, "square": square,
            "weeks": chain.WEEKS, "first_week": chain.first_week_of(today), **more,
        },
    )  # fmt: skip


def line_of(establishment_id: uuid.UUID) -> str:
    """The address of the report line of one place, for on a wall there."""
    return f"{extension('settings').url}/report-work?at={establishment_id}"


def square(address: str) -> str:
    """An address as a square to scan, inside the page."""
    import segno  # only for this picture

    picture: str = segno.make(address, error="m", micro=False).svg_data_uri(border=4, light="#ffffff")
    return picture
