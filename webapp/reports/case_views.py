"""Reports as the office handles them: the list, one report, and everything somebody does with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from flask import Response, abort, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.reports import actions, case_forms, forms, reads
from webapp.reports.blueprint import pages
from webapp.reports.models import ReportCase
from webapp.reports.public import keys
from webapp.reports.rules import line
from webapp.reports.words import LOOKS, outcome_words, outcomes, state_words, who_words

LONGEST_WORDS = 4000


@pages.get("/safeguards/reports")
def all_cases() -> Response:
    """Open reports, the one that is due first at the top; or those that are finished."""
    closed = "closed" in request.args
    return page(
        "reports/cases.html", found=reads.listed(db(), g.person, closed=closed), closed=closed, looks=LOOKS, state_words=state_words,
        outcome_words=outcome_words, who_words=who_words, late=lambda one: line.is_late(one.status, one.due_on, day_of(now())),
    )  # fmt: skip


def case_or_404(report_id: uuid.UUID) -> ReportCase:
    found: ReportCase | None = db().execute(reads.visible_to(g.person).where(reads.cases.c.id == report_id)).scalar_one_or_none()
    return found or abort(404)


@pages.get("/safeguards/reports/<uuid:report_id>")
def case(report_id: uuid.UUID) -> Response:
    return case_page(case_or_404(report_id))


def case_page(found: ReportCase, *, status: int = 200, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None) -> Response:
    return page(
        "reports/case.html", status=status, errors=errors or {}, typed=typed or {}, case=found, said=reads.said(db(), found), look=LOOKS[found.status],
        handler=reads.name_of(db(), found.assigned_to), closer=reads.name_of(db(), found.closed_by), contact=reads.contact_of(keys(), found, g.person),
        choices=reads.choices(db(), g.person), chosen=reads.chosen(found), late=line.is_late(found.status, found.due_on, day_of(now())),
        state_words=state_words, outcome_words=outcome_words, outcomes=outcomes(), who_words=who_words, note_key=new_id(), answer_key=new_id(),
    )  # fmt: skip


def done(found: ReportCase, what: Callable[[], None], field: str) -> Response:
    """Do it, and back to the report; what a colleague did in the meantime is shown instead."""
    try:
        what()
    except line.TakenByAnother:
        words = _("%(name)s took this report in the meantime.", name=reads.name_of(db(), found.assigned_to))
        return case_page(found, status=409, errors={field: words}, typed=request.form)
    except line.NotThatState as now_so:
        words = _("This is not possible now. The report stands on: %(state)s.", state=state_words(now_so.status))
        return case_page(found, status=409, errors={field: words}, typed=request.form)
    return go(f"/safeguards/reports/{found.id}")


@pages.post("/safeguards/reports/<uuid:report_id>/handler")
def take(report_id: uuid.UUID) -> Response:
    found = case_or_404(report_id)
    return done(found, lambda: actions.take(db(), found, seen=case_forms.read_seen(request.form), by=g.person, now=now()), "handler")


@pages.post("/safeguards/reports/<uuid:report_id>/subject")
def link(report_id: uuid.UUID) -> Response:
    found = case_or_404(report_id)
    about = reads.about(db(), g.person, request.form.get("about", ""))
    if about is None:
        return case_page(found, status=422, errors={"about": _("Choose an employer, a place or a request of your municipality.")}, typed=request.form)
    return done(found, lambda: actions.link(db(), found, about, by=g.person, now=now()), "about")


Write = Callable[..., None]


def written(report_id: uuid.UUID, write: Write, field: str) -> Response:
    """A note or an answer, with words."""
    found, words = case_or_404(report_id), forms.read_text(request.form, field, LONGEST_WORDS)
    if not words:
        return case_page(found, status=422, errors={field: _("Write something first.")}, typed=request.form)
    return done(found, lambda: write(db(), found, id=forms.read_id(request.form), words=words, by=g.person, now=now()), field)


@pages.post("/safeguards/reports/<uuid:report_id>/notes")
def note(report_id: uuid.UUID) -> Response:
    return written(report_id, actions.note, "note")


@pages.post("/safeguards/reports/<uuid:report_id>/answers")
def answer(report_id: uuid.UUID) -> Response:
    return written(report_id, actions.answer, "answer")


@pages.post("/safeguards/reports/<uuid:report_id>/outcome")
def close(report_id: uuid.UUID) -> Response:
    found, closing = case_or_404(report_id), case_forms.read_closing(request.form)
    if closing.errors:
        return case_page(found, status=422, errors=closing.errors, typed=request.form)
    return done(found, lambda: actions.close(db(), found, closing.outcome, closing.reason, by=g.person, now=now()), "outcome")


@pages.post("/safeguards/reports/<uuid:report_id>/reopening")
def reopen(report_id: uuid.UUID) -> Response:
    found = case_or_404(report_id)
    return done(found, lambda: actions.reopen(db(), found, by=g.person, now=now()), "handler")
