"""/safeguards: every employer beside the limits and beside others, one employer in full, and stopping one for a while (UX C7, G5)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db, lock_municipality
from webapp.foundation.ids import new_id
from webapp.foundation.pages import extension, go, page
from webapp.foundation.texts import N_
from webapp.foundation.texts import gettext as _
from webapp.reports import case_forms, forms, reads, watching
from webapp.reports.blueprint import pages
from webapp.reports.rules import chain
from webapp.reports.words import LOOKS, outcome_words, percent, state_words, who_words
from webapp.requests.sectors import SECTORS
from webapp.safeguards import actions as safeguards
from webapp.safeguards.words import TITLES
from webapp.terms.here import terms

SHOWN = 100  # employers on one page; a search finds the others


@pages.get("/safeguards")
def overview() -> Response:
    """Every employer, those that ask for attention first."""
    today, asked = day_of(now()), " ".join(request.args.get("q", "").split())[:80]
    limits = watching.limits_on(terms(), today)
    found = watching.watched(db(), g.person, limits, today)
    shown = [one for one in found if asked.casefold() in one.name.casefold()] if asked else found
    return page(
        "reports/safeguards.html", found=shown[:SHOWN], more=len(shown) - SHOWN, all_count=len(found), to_look_at=sum(one.points > 0 for one in found), asked=asked,
        limits=limits, percent=percent, counts=reads.counts(db(), g.person, today), middle=watching.others_than(found),
    )  # fmt: skip


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
            "weeks": chain.WEEKS, "first_week": chain.first_week_of(today),
            "item_words": item_words, "sectors": SECTORS, "key": new_id(), **more,
        },
    )  # fmt: skip


def item_words(item: str) -> str:
    """What a test is called."""
    return _(TITLES[item]) if item in TITLES else item


def line_of(establishment_id: uuid.UUID) -> str:
    """The address of the report line of one place, for on a wall there."""
    return f"{extension('settings').url}/report-work?at={establishment_id}"


def square(address: str) -> str:
    """An address as a square to scan, inside the page."""
    import segno  # only for this picture

    picture: str = segno.make(address, error="m", micro=False).svg_data_uri(border=4, light="#ffffff")
    return picture


# stopping an employer for a while --------------------------------------------------------------------------

WRONG = {
    "reason": N_("Write in a few words why."),
    "evidence": N_("Write what it rests on: a visit, a report, a letter."),
    "starts_on": N_("Choose the first day."),
    "ends_on": N_("Choose the last day, not before the first. There is always one."),
}


@pages.post("/safeguards/employers/<uuid:employer_id>/restrictions")
def restrict(employer_id: uuid.UUID) -> Response:
    """For a while nobody is placed at this employer: with a reason, what it rests on, and a last day."""
    at, form, own = now(), request.form, g.person.municipality_id
    if not watching.is_own(db(), employer_id, own):
        abort(404)
    reason, evidence = forms.read_text(form, "reason", 1000), forms.read_text(form, "evidence", 1000)
    starts_on, ends_on = case_forms.read_day(form, "starts_on"), case_forms.read_day(form, "ends_on")
    wrong = [name for name, value in (("reason", reason), ("evidence", evidence), ("starts_on", starts_on), ("ends_on", ends_on)) if not value]
    if starts_on and ends_on and ends_on < starts_on:
        wrong.append("ends_on")
    if wrong or not starts_on:
        return employer_page(employer_id, status=422, errors={name: _(WRONG[name]) for name in wrong}, typed=form)
    lock_municipality(db(), own)
    key = forms.read_id(form)
    if watching.is_elses(db(), key, employer_id):
        key = new_id()
    if not watching.is_free(db(), employer_id, starts_on, key):
        clash = _("On this day a stop begins already. Choose another first day.")
        return employer_page(employer_id, status=409, errors={"starts_on": clash}, typed=form)
    safeguards.restrict(db(), employer_id, reason=reason, evidence=evidence, starts_on=starts_on, ends_on=ends_on, id=key, by=g.person, now=at)
    return go(f"/safeguards/employers/{employer_id}#stopped")


@pages.post("/safeguards/restrictions/<uuid:restriction_id>/end")
def lift(restriction_id: uuid.UUID) -> Response:
    """From today on it no longer counts."""
    at = now()
    lock_municipality(db(), g.person.municipality_id)
    found = watching.restriction_of(db(), restriction_id, g.person.municipality_id) or abort(404)
    safeguards.lift(db(), found, by=g.person, day=day_of(at), now=at)
    return go(f"/safeguards/employers/{found.employer_id}#stopped")
