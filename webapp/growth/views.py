"""My growth, on the participant's phone: what is told about me, what I say myself, and what was decided."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, g, request
from sqlalchemy import select

from webapp.foundation.clock import day_of, monday_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import language
from webapp.growth import deciding, employer_views, feedback, paid_work, pictures, reads, rules, words
from webapp.growth.blueprint import pages
from webapp.growth.careers import feedback as table
from webapp.growth.employer_views import placement_or_404
from webapp.growth.models import Feedback, Signal
from webapp.growth.work_models import ANSWERS, OutflowCheck, RouteTask
from webapp.hours.forms import read_uuid
from webapp.terms.here import terms

LONGEST_WORDS = employer_views.LONGEST_WORDS
NOTICES = ("view", "rated", "answered", "objected", "done")


@pages.get("/growth")
def mine() -> Response:
    return mine_page()


def mine_page(*, status: int = 200, errors: dict[str, str] | None = None, typed: Any = None) -> Response:
    today = day_of(now())
    found = reads.growth_of(db(), g.person.id, today)
    decisions = deciding.decisions_about(db(), g.person.id)
    told = [row for row in decisions if row.status in ("closed", "talking") and row.kind != "workplace"]
    objections = {row.signal_id: row for row in db().execute(deciding.objections_visible_to(g.person, today)).scalars()}
    route = paid_work.route_of(db(), g.person.id)
    week = monday_of(today)
    return page(
        "growth/mine.html", status=status, growth=found, pictures=pictures.of(found, language()), today=today, words=words, new_id=new_id,
        signals=[row for row in reads.open_signals_of(db(), g.person.id) if row.kind in ("ready", "hire")], decisions=told[-6:][::-1], objections=objections,
        last_of={row.signal_id: row.id for row in told}, route=route, steps=paid_work.tasks_of(db(), route.id) if route else [], outflow=paid_work.outflow_of(db(), g.person.id),
        own=next((row for row in found.views if row.week_of == week), None), rated=next((row for row in found.ratings if row.week_of == week), None),
        errors=errors or {}, typed=typed or {}, notice=notice_of(request.args.get("said", "")),
    )  # fmt: skip


def notice_of(said: str) -> str | None:
    return {
        "view": _("Thank you. Your case manager reads it too."), "rated": _("Thank you. Only your case manager reads this."),
        "answered": _("Your answer is kept."), "objected": _("Somebody else will look. You read the answer here."), "done": _("Done."),
    }.get(said)  # fmt: skip


@pages.post("/growth/own-view")
def own_view() -> Response:
    """How I see it myself. The id is made on the phone: sending twice says it once."""
    feels, ready = request.form.get("feels", ""), request.form.get("ready", "")
    errors = {
        name: _("Choose one of the answers.")
        for name, value, known in (("feels", feels, words.FEELS), ("ready", ready, words.READY))
        if value not in known
    }
    if errors:
        return mine_page(status=422, errors=errors, typed=request.form)
    text = request.form.get("words", "")[:LONGEST_WORDS]
    feedback.say_own_view(db(), read_uuid(request.form.get("id")) or new_id(), feels, ready, text, terms(), by=g.person, now=now())
    return go("/growth?said=view")


@pages.post("/placements/<uuid:placement_id>/rating")
def rate(placement_id: uuid.UUID) -> Response:
    """What the workplace is like. The employer does not read it."""
    placement = placement_or_404(placement_id)
    colours = {name: request.form.get(name, "") for name in words.RATED}
    wrong = {name: _("Choose one of the answers.") for name, colour in colours.items() if colour and colour not in words.COLOUR}
    if not wrong and not any(colours.values()):
        wrong = {"safe": _("Choose one of the answers.")}
    if wrong or placement.status not in ("running", "ended"):
        return mine_page(status=422, errors=wrong, typed=request.form)
    text = request.form.get("words", "")[:LONGEST_WORDS]
    feedback.rate_workplace(db(), read_uuid(request.form.get("id")) or new_id(), placement, colours, text, terms(), by=g.person, now=now())
    return go("/growth?said=rated")


@pages.post("/feedback/<uuid:feedback_id>/answer")
def answer(feedback_id: uuid.UUID) -> Response:
    """What I say to what was told about me."""
    own = select(Feedback).where(
        table.c.municipality_id == g.person.municipality_id, table.c.participant_id == g.person.id, table.c.id == feedback_id
    )
    found: Feedback | None = db().execute(own).scalar_one_or_none()
    if found is None:
        abort(404)
    feedback.answer(db(), found, request.form.get("answer", "")[:LONGEST_WORDS], by=g.person, now=now())
    return go("/growth?said=answered#words")


@pages.post("/signals/<uuid:signal_id>/objection")
def object_to(signal_id: uuid.UUID) -> Response:
    """I do not agree, or I want somebody else to look."""
    signal: Signal | None = db().execute(deciding.visible_to(g.person, day_of(now())).where(deciding.signals.c.id == signal_id)).scalar_one_or_none()
    if signal is None:
        abort(404)
    kind, text = request.form.get("kind", ""), request.form.get("words", "")[:1000]
    if kind not in ("object", "look"):
        return mine_page(status=422, errors={"kind": _("Choose one of the answers.")}, typed=request.form)
    try:
        deciding.object_to(db(), signal, kind, text, terms().readiness(day_of(now())), by=g.person, now=now())
    except rules.NotNow:
        return mine_page(status=409, errors={"kind": _("There is no decision yet to look at again.")})
    except deciding.ColleagueNeeded:
        words_ = _("Nobody else works here today. Please call the municipality: %(phone)s.", phone=g.person.municipality_phone)
        return mine_page(status=409, errors={"kind": words_})
    return go("/growth?said=objected")


@pages.post("/route-tasks/<uuid:task_id>/done")
def task_done(task_id: uuid.UUID) -> Response:
    """A step is taken. A participant ticks their own; a case manager any."""
    task: RouteTask | None = (
        db().execute(paid_work.tasks_visible_to(g.person, day_of(now())).where(paid_work.tasks.c.id == task_id)).scalar_one_or_none()
    )
    if task is None:
        abort(404)
    back = "/growth?said=done#steps" if g.person.role == "participant" else f"/routes/{task.route_id}"
    try:
        paid_work.do_task(db(), task, by=g.person, now=now())
    except rules.NotNow:
        return mine_page(status=409)
    return go(back)


def check_or_404(check_id: uuid.UUID) -> OutflowCheck:
    found: OutflowCheck | None = (
        db().execute(paid_work.checks_visible_to(g.person, day_of(now())).where(paid_work.checks.c.id == check_id)).scalar_one_or_none()
    )
    return found or abort(404)


@pages.get("/growth/work/<uuid:check_id>")
def still(check_id: uuid.UUID) -> Response:
    """Do you still work there? One tap, or none."""
    return page("growth/still.html", check=check_or_404(check_id), words=words)


@pages.post("/growth/work/<uuid:check_id>")
def say_still(check_id: uuid.UUID) -> Response:
    check, said = check_or_404(check_id), request.form.get("answer", "")
    if said not in ANSWERS or not said:
        return page("growth/still.html", status=422, check=check, words=words, errors={"answer": _("Choose one of the answers.")})
    paid_work.say_still(db(), check, said, by=g.person, now=now())
    return go(f"/growth/work/{check.id}" if g.person.role == "participant" else f"/participants/{check.participant_id}")
