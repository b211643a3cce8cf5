"""The way to paid work, for the case manager: open it, tick what is done, end the place, write down what it led to."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, g, request

from webapp.caseload import reads
from webapp.caseload.blueprint import pages
from webapp.caseload.deciding import LONGEST_REASON, terms
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.growth import paid_work, rules, words
from webapp.growth.work_models import ROUTES, Route
from webapp.people.models import Account
from webapp.placements import actions as placing
from webapp.placements.models import Placement
from webapp.placements.rules import TooLateToStop

LONGEST_WEEK = 60 * 60  # minutes; more is a mistake in typing
YEARS_AROUND = timedelta(days=366)


@pages.post("/participants/<uuid:participant_id>/route")
def open_route(participant_id: uuid.UUID) -> Response:
    """Which way to paid work, after the decision that it is time. Again finds the route of the first time."""
    if reads.participant(db(), g.person, participant_id, day_of(now())) is None:
        abort(404)
    known, decided = paid_work.route_of(db(), participant_id), paid_work.decided_for_work(db(), participant_id)
    kind = request.form.get("kind", "")
    if known is None and decided is not None and kind in ROUTES:
        known = paid_work.open_route(db(), decided, kind, by=g.person, now=now())
    return go(f"/routes/{known.id}") if known is not None else go(f"/participants/{participant_id}")


def route_or_404(route_id: uuid.UUID) -> Route:
    query = paid_work.routes_visible_to(g.person, day_of(now())).where(paid_work.routes.c.id == route_id)
    found: Route | None = db().execute(query).scalar_one_or_none()
    return found or abort(404)


@pages.get("/routes/<uuid:route_id>")
def route(route_id: uuid.UUID) -> Response:
    return route_page(route_or_404(route_id))


def route_page(found: Route, *, status: int = 200, errors: dict[str, str] | None = None, typed: Mapping[str, str] | None = None) -> Response:
    place = db().get(Placement, found.placement_id)
    return page(
        "caseload/route.html", status=status, route=found, somebody=db().get(Account, found.participant_id), place=place, words=words, today=day_of(now()),
        steps=paid_work.tasks_of(db(), found.id), outflow=paid_work.outflow_of(db(), found.participant_id), errors=errors or {}, typed=typed or {},
    )  # fmt: skip


@pages.post("/routes/<uuid:route_id>/last-day")
def last_day(route_id: uuid.UUID) -> Response:
    """The scheme is for who cannot do regular work yet, so the place ends. The premium that was earned stays."""
    found = route_or_404(route_id)
    place = db().get(Placement, found.placement_id)
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON] or _("To paid work")
    try:
        last = date.fromisoformat(request.form.get("last_day", ""))
        if place is None:
            raise TooLateToStop
        placing.conclude(db(), place, last, reason=reason, by=g.person, now=now())
    except (ValueError, TooLateToStop):
        errors = {"last_day": _("Choose a day from today until the last day of the place.")}
        return route_page(found, status=422, errors=errors, typed=request.form)
    paid_work.task_is_done(db(), found.id, "end_place", by=g.person, now=now())
    return go(f"/routes/{found.id}")


@pages.post("/routes/<uuid:route_id>/outflow")
def outflow(route_id: uuid.UUID) -> Response:
    """What it led to: the kind, the hours a week and the first day. After some months the person is asked how it goes."""
    found, today = route_or_404(route_id), day_of(now())
    typed, errors = request.form, {}
    kind, minutes, first = typed.get("kind", ""), 0, today
    if kind not in ROUTES:
        errors["kind"] = _("Choose one of the answers.")
    try:
        minutes = week_typed(typed.get("weekly_hours", ""))
    except ValueError:
        errors["weekly_hours"] = _("Fill in the hours a week, for example 24 or 24:30.")
    try:
        first = date.fromisoformat(typed.get("starts_on", ""))
        if abs(first - today) > YEARS_AROUND:
            raise ValueError
    except ValueError:
        errors["starts_on"] = _("Fill in the first day.")
    if errors:
        return route_page(found, status=422, errors=errors, typed=typed)
    try:
        paid_work.record_outflow(db(), found, kind, minutes, first, terms().readiness(today), by=g.person, now=now())
    except rules.NotNow:
        return route_page(found, status=409, errors={"kind": _("This route is closed already.")}, typed=typed)
    return go(f"/routes/{found.id}")


def week_typed(text: str) -> int:
    """Minutes of a week: "24", "24,5" or "24:30". Raises ValueError, also for more than sixty hours.

    >>> week_typed("24"), week_typed("24,5"), week_typed("24:30")
    (1440, 1470, 1470)
    """
    found = re.fullmatch(r"(\d{1,2})(?::([0-5]\d)|[.,](\d))?", text.strip(), re.ASCII)
    if found is None:
        raise ValueError(text)
    minutes = int(found[1]) * 60 + int(found[2] or 0) + int(found[3] or 0) * 6
    if minutes > LONGEST_WEEK:
        raise ValueError(text)
    return minutes


@pages.post("/routes/<uuid:route_id>/stop")
def stop_route(route_id: uuid.UUID) -> Response:
    """It did not lead to work, and why."""
    found = route_or_404(route_id)
    reason: Any = request.form.get("reason", "")[:LONGEST_REASON]
    try:
        paid_work.stop_route(db(), found, reason, by=g.person, now=now())
    except rules.NoReason:
        return route_page(found, status=422, errors={"stop_reason": _("Write why, in a few words.")})
    except rules.NotNow:
        return route_page(found, status=409, errors={"stop_reason": _("This route is closed already.")})
    return go(f"/participants/{found.participant_id}")
