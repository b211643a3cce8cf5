"""My data: what there is, saving it, and asking to correct it or to be erased."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, g, make_response, request

from webapp.foundation import documents
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import extension, go, invalid, page
from webapp.foundation.texts import gettext as _
from webapp.privacy import export, forms, paper, questions, rules
from webapp.privacy.blueprint import pages
from webapp.privacy.words import kept_words
from webapp.terms.here import terms


@pages.get("/me/data")
def data() -> Response:
    return page("privacy/data.html", **data_context())


def data_context() -> dict[str, Any]:
    return {
        "asked": questions.asked_by(db(), g.person),
        "typed": {"id": str(new_id())},
        "due_on": rules.due_on,
        "sent": request.args.get("sent") == "1",
    }


@pages.get("/me/data.json")
def data_json() -> Response:
    """Everything in a form that another program reads (AVG art. 20)."""
    at = now()
    found = export.own_data(db(), g.person.id, g.person.municipality_id, sealer=extension("sealer"), now=at)
    name = f"opstap-{day_of(at)}.json"
    return make_response(
        export.as_json(found), 200, {"Content-Type": "application/json; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}
    )


@pages.get("/me/data.pdf")
def data_pdf() -> Response:
    """The same to read, in the person's own language."""
    at = now()
    return documents.send(paper.own_data(db(), g.person, at=at), f"opstap-{day_of(at)}.pdf")


@pages.post("/me/data/corrections")
def ask_correction() -> Response:
    words = forms.read_words(request.form, "words")
    id = forms.read_id(request.form)
    if not words:
        return invalid(
            "privacy/data.html", errors={"words": _("Write in a few words what is not right.")}, **{**data_context(), "typed": {"id": str(id)}}
        )
    ask("correction", id, words)
    return go("/me/data?sent=1")


def ask(kind: str, id: uuid.UUID, words: str) -> None:
    try:
        questions.ask(db(), g.person, kind, id=id, words=words, now=now())
    except rules.NotYours:
        abort(404)


@pages.get("/me/data/leaving")
def leaving() -> Response:
    """What goes and what the law keeps, before anything is asked."""
    return page("privacy/leaving.html", **leaving_context())


def leaving_context() -> dict[str, Any]:
    today = day_of(now())
    wish = questions.open_wish(db(), g.person.id)
    return {
        "wish": wish, "today": today, "works": questions.still_works(db(), g.person.id), "typed": {"id": str(new_id())},
        "kept": [kept_words(kept) for kept in questions.kept_of(db(), g.person.id, own_terms(), today)],
    }  # fmt: skip


def own_terms() -> Any:
    return terms()


@pages.post("/me/data/erasure")
def ask_erasure() -> Response:
    """Ask to be erased, or take that back until it is done."""
    if request.form.get("stay"):
        wish = questions.open_wish(db(), g.person.id)
        if wish is not None:
            questions.withdraw(db(), wish, by=g.person, now=now())
        return go("/me/data/leaving")
    ask("erasure", forms.read_id(request.form), forms.read_words(request.form, "words"))
    return go("/me/data/leaving")
