"""The employer's own pages: team, company and who stands in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta

from flask import Response, abort, g, request

from webapp.employer import (
    actions,
    reads,
    tablet,  # noqa: F401 - it adds its addresses
)
from webapp.employer.blueprint import pages
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db, lock_municipality
from webapp.foundation.pages import go, page
from webapp.foundation.texts import date_words
from webapp.foundation.texts import gettext as _
from webapp.history.actions import told
from webapp.hours.forms import read_day, read_uuid
from webapp.invoices.reads import rows_of
from webapp.people import tablets
from webapp.people.models import Membership
from webapp.placements.night import recheck_at
from webapp.requests.actions import count_staff as record_staff
from webapp.requests.forms import read_staff
from webapp.terms.here import terms

DAYS_AHEAD = 7
SHOWN_INVOICES = 12
LONGEST_ABSENCE = timedelta(days=365)


@pages.get("/employer/team")
def team() -> Response:
    today = day_of(now())
    members = reads.team(db(), g.person, first=today, last=today + timedelta(days=DAYS_AHEAD))
    here_today = [(shift, member) for member in members for shift in member.shifts if shift.day == today]
    return page(
        "employer/team.html",
        members=members,
        to_sign=reads.to_sign(db(), g.person),
        here_today=sorted(here_today, key=lambda pair: pair[0].starts_at),
        today=today,
        notice=_("Your case manager hears that you want to hire. The person reads it too.") if "hire" in request.args else None,
    )


@pages.get("/employer/company")
def company() -> Response:
    return company_page({}, notice=_("It is arranged.") if "arranged" in request.args else None)


def company_page(
    typed: Mapping[str, str],
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    notice: str | None = None,
) -> Response:
    today, place = day_of(now()), reads.own_establishment(db(), g.person)
    return page(
        "employer/company.html", status=status, errors=errors or {}, typed=typed, notice=notice, place=place, share=reads.share_here(db(), g.person, place, today),
        supervisors=reads.supervisors_here(db(), g.person, today), colleagues=reads.colleagues(db(), g.person, today),
        absences=reads.own_absences(db(), g.person, today), invoices=rows_of(db(), g.person, today, limit=SHOWN_INVOICES), hour=reads.hour_of_work(db(), g.person, today), today=today, tablets=reads.own_tablets(db(), g.person), has_pin=reads.has_pin(db(), g.person),
    )  # fmt: skip


@pages.post("/employer/company/staff")
def count_staff() -> Response:
    """How many people work here, counted on a day: the share via Opstap is held against it."""
    typed, found, errors = read_staff(request.form, day_of(now()))
    if errors:
        return company_page(typed, status=422, errors=errors)
    if g.person.establishment_id is not None:
        lock_municipality(db(), g.person.municipality_id)
        record_staff(db(), g.person.establishment_id, *found, by=g.person, now=now())
        recheck_at(db(), g.person.establishment_id, g.person.municipality_id, terms(), now=now())
    return go("/employer/company?arranged=1")


@pages.post("/employer/stand-in")
def stand_in() -> Response:
    """A colleague of the same employer confirms for me, from today to a last day."""
    at, typed = now(), request.form
    errors = {}
    chosen = read_uuid(typed.get("membership_id"))
    if chosen is None:
        errors["membership_id"] = _("Choose who stands in for you.")
    try:
        last_day = read_day(typed.get("last_day", ""))
        if not day_of(at) <= last_day <= day_of(at) + LONGEST_ABSENCE:
            errors["last_day"] = _("Choose a day from today on, at most a year ahead.")
    except ValueError:
        errors["last_day"] = _("Choose the last day.")
    if errors:
        return company_page(typed, status=422, errors=errors)
    if chosen not in {row.id for row in reads.colleagues(db(), g.person, day_of(at))}:
        abort(404)
    colleague = db().get(Membership, chosen)
    assert colleague is not None
    try:
        actions.arrange_stand_in(db(), g.person, colleague, last_day=last_day, now=at)
    except actions.AlreadyArranged as known:
        words = _(
            "Somebody already stands in for you until %(day)s. End that first.",
            day=date_words(known.last_day),
        )
        return company_page(typed, status=422, errors={"membership_id": words})
    return go("/employer/company?arranged=1")


@pages.post("/employer/stand-in/<uuid:absence_id>/end")
def end_stand_in(absence_id: uuid.UUID) -> Response:
    """I am back."""
    if not actions.end_stand_in(db(), g.person, absence_id, now=now()):
        abort(404)
    return go("/employer/company?arranged=1")


@pages.post("/employer/pin")
def set_pin() -> Response:
    """My four digits for the shared tablet."""
    try:
        tablets.set_pin(db(), g.person, request.form.get("pin", ""), now=now())
    except tablets.EasyPin:
        return company_page({}, status=422, errors={"pin": _("Choose four digits that are not easy to guess.")})
    told(db(), "tablet.pin_set", g.person.id, {}, by=g.person, now=now())
    return go("/employer/company?arranged=1")
