"""The supervisor's pages: one question about one person beside the hours, and everybody who may be told about this week."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Response, abort, g, request
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page, wants_fragment
from webapp.foundation.texts import gettext as _
from webapp.growth import feedback, rubric, words
from webapp.growth.blueprint import pages
from webapp.growth.careers import feedback as table
from webapp.growth.rules import NotNow
from webapp.hours.forms import read_uuid
from webapp.permissions import Role
from webapp.placements.actions import placements, visible_to
from webapp.placements.models import Placement
from webapp.terms.here import terms

LONGEST_WORDS = 500
BESIDE = "hours.to_confirm"


@pages.before_app_request
def beside_the_hours() -> None:
    """The list of hours shows one question about one person at its end (mock 07); other pages cost nothing."""
    if request.endpoint != BESIDE or g.get("person") is None or g.person.role != Role.SUPERVISOR:
        return
    today = day_of(now())
    first = feedback.waiting(db(), g.person.establishment_id, today, first=True)
    if first:
        g.ask = (first[0].id, f"{first[0].first_name} {first[0].last_name[:1]}.", first[0].first_name, rubric.week_asked(today), new_id())


@pages.get("/employer/feedback")
def ask() -> Response:
    return ask_page()


def ask_page(*, status: int = 200, errors: dict[str, str] | None = None, typed: Any = None, at: uuid.UUID | None = None) -> Response:
    """Everybody who worked here in the week that is asked about, and of whom nothing was said. Not answering is fine."""
    today = day_of(now())
    asks = feedback.asks(db(), feedback.waiting(db(), g.person.establishment_id, today), terms().readiness(today), rubric.week_asked(today))
    answers = db().execute(
        select(table.c.id, table.c.answer, table.c.words, table.c.week_of, feedback.accounts.c.first_name, feedback.accounts.c.last_name)
        .join(feedback.accounts, feedback.accounts.c.id == table.c.participant_id)
        .where(table.c.observer_id == g.person.id, table.c.establishment_id == g.person.establishment_id, table.c.answer != "")
        .order_by(table.c.answered_at.desc())
        .limit(10)
    )
    notice = _("Thank you. It is kept.") if request.args.get("sent") else None
    return page(
        "growth/ask.html", status=status, asks=asks, answers=list(answers), words=words, new_id=new_id, errors=errors or {}, typed=typed if typed is not None else MultiDict(), at=at, notice=notice,
    )  # fmt: skip


def placement_or_404(placement_id: uuid.UUID) -> Placement:
    found: Placement | None = db().execute(visible_to(g.person, day_of(now())).where(placements.c.id == placement_id)).scalar_one_or_none()
    return found or abort(404)


@pages.post("/placements/<uuid:placement_id>/feedback")
def give(placement_id: uuid.UUID) -> Response:
    """A week of somebody, in at most three taps; or nothing this week. The id is made on the phone: sending twice tells once."""
    placement, today = placement_or_404(placement_id), day_of(now())
    said, errors = read_said(today)
    if placement.starts_on > today or placement.status not in ("running", "ended"):
        errors["help"] = _("This place has not begun yet.")
    if errors:
        return ask_page(status=422, errors=errors, typed=request.form, at=placement.id)
    try:
        feedback.give(db(), read_uuid(request.form.get("id")) or new_id(), placement, said, terms(), by=g.person, now=now())
    except NotNow:
        abort(403)
    then = "/employer/feedback?sent=1"
    if not wants_fragment():
        return go(then)
    more = half_told(placement.id, today) if said.help and not (said.item or said.hire) else None
    return page("growth/more.html", fragment="next", ask=more, skipped=said.skipped, words=words, new_id=new_id, placement_id=placement.id)


def half_told(placement_id: uuid.UUID, today: date) -> feedback.Ask | None:
    """The second question of the week about somebody, after the help they needed."""
    people = [row for row in feedback.waiting(db(), g.person.establishment_id, today) if row.id == placement_id]
    return next(iter(feedback.asks(db(), people, terms().readiness(today), rubric.week_asked(today))), None)


def read_said(today: date) -> tuple[feedback.Said, dict[str, str]]:
    """What was tapped, as typed values, or errors at their fields. An answer that was left open is simply not told."""
    form = request.form
    week = rubric.fitting_week(form.get("week", ""), today)
    if form.get("skip"):
        return feedback.Said(week, skipped=True), {}
    errors = {}
    help, item, hire = form.get("help", ""), form.get("item", ""), form.get("hire", "")
    level = form.get("level", "")
    if help not in ("", *rubric.HELP):
        errors["help"] = _("Choose one of the answers.")
    if (level and (item not in rubric.BEHAVIOURS or level not in ("1", "2", "3", "4"))) or (item and item not in rubric.BEHAVIOURS):
        errors["level"] = _("Choose one of the answers.")
    if hire not in ("", *rubric.HIRE):
        errors["hire"] = _("Choose one of the answers.")
    text, tasks = form.get("words", "").strip()[:LONGEST_WORDS], form.getlist("task")[:50]
    if not errors and not (help or level or hire or text or tasks):
        errors["help"] = _("Choose an answer, or tap: not this week.")
    if errors:
        return feedback.Said(week), errors
    return feedback.Said(week, help, item if level else "", int(level) if level else None, hire, text, tasks), {}


@pages.post("/placements/<uuid:placement_id>/hire")
def wants_to_hire(placement_id: uuid.UUID) -> Response:
    """I want to hire this person. The case manager and the person hear of it; again changes nothing."""
    feedback.wants_to_hire(db(), placement_or_404(placement_id), terms(), by=g.person, now=now())
    return go("/employer/team?hire=1")
