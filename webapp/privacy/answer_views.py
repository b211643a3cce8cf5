"""Answering questions about data: the case manager of the person, or the administrator, decides with a reason."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Response, abort, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, invalid, page
from webapp.foundation.texts import gettext as _
from webapp.privacy import forms, questions, rules
from webapp.privacy.blueprint import pages
from webapp.privacy.models import DataRequest
from webapp.privacy.words import kept_words
from webapp.terms.here import terms


def own_terms() -> Any:
    return terms()


@pages.get("/data-requests")
def requests() -> Response:
    """Questions about data of the own people, the oldest open one first."""
    return page("privacy/requests.html", **requests_context())


def requests_context() -> dict[str, Any]:
    today = day_of(now())
    found = questions.to_answer(db(), g.person, today)
    kept = {
        row.participant_id: [kept_words(one) for one in questions.kept_of(db(), row.participant_id, own_terms(), today)]
        for row in found
        if row.kind == "erasure" and not row.answered_at
    }
    return {"found": found, "kept": kept, "due_on": rules.due_on, "today": today, "typed": {}, "wrong_id": None}


def question_or_404(question_id: uuid.UUID, today: date) -> DataRequest:
    table = questions.questions
    found: DataRequest | None = db().execute(questions.visible_to(g.person, today).where(table.c.id == question_id)).scalar_one_or_none()
    return found or abort(404)


@pages.post("/data-requests/<uuid:question_id>/answer")
def answer(question_id: uuid.UUID) -> Response:
    """A yes or a no, with the reason that the person reads."""
    at = now()
    question = question_or_404(question_id, day_of(at))
    said, reason = request.form.get("answer", ""), forms.read_words(request.form, "reason")
    errors = {}
    if said not in ("yes", "no"):
        errors["answer"] = _("Choose yes or no.")
    if not reason:
        errors["reason"] = _("Write in a few words why. The person reads it.")
    if not errors:
        try:
            questions.answer(db(), question, said, reason=reason, by=g.person, terms=own_terms(), now=at)
            return go("/data-requests")
        except rules.NotStoppedYet:
            errors["answer"] = _("This person still works. The place stops first.")
        except rules.AlreadyAnswered:
            return invalid(
                "privacy/requests.html",
                errors={"answer": _("This question has its answer already.")},
                status=409,
                **{**requests_context(), "wrong_id": question.id},
            )
    context = {**requests_context(), "typed": {"answer": said, "reason": reason}, "wrong_id": question.id}
    return invalid("privacy/requests.html", errors=errors, **context)
