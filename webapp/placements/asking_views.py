"""A request arrives: it is sent and tested, and an official takes it on or refuses it (UX E6, F11); the employer may end it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Response, abort, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import extension, go, page
from webapp.foundation.texts import gettext as _
from webapp.offers.actions import close_the_others
from webapp.placements import assessing, matching, night
from webapp.placements.displacement_views import own_id, request_or_404
from webapp.requests import actions, forms, questions, reads, words
from webapp.requests.blueprint import pages
from webapp.requests.employer_views import asker, draft_or_404, own_request_or_404, summary_page
from webapp.requests.models import WorkRequest
from webapp.requests.sectors import SECTORS
from webapp.safeguards.rules import NOT_ALLOWED
from webapp.safeguards.words import told
from webapp.terms.here import terms

LONGEST_TEXT = 1000


@pages.post("/employer/requests/drafts/<uuid:draft_id>", endpoint="send")
def send(draft_id: uuid.UUID) -> Response:
    """Ask the municipality; every test is run and kept at once. A second tap finds the request of the first."""
    draft = draft_or_404(draft_id)
    if draft.request_id is None:
        found, wrong = forms.read_all(draft.typed, asker())
        if wrong:
            return summary_page(draft, status=422)
        try:
            work = actions.send(db(), draft, found, by=g.person, now=now())
        except actions.DraftGone:
            abort(404)
        assessing.look(db(), work, terms(), occasion="asked", by=g.person, now=now())
        night.recheck_at(db(), work.establishment_id, work.municipality_id, terms(), now=now())  # the number of staff may be another now
    return go(f"/employer/requests/{draft.request_id}?sent=1")


@pages.post("/employer/requests/<uuid:request_id>/end", endpoint="end_own")
def end_own(request_id: uuid.UUID) -> Response:
    """Nobody is looked for any more. What is offered closes; who works here goes on."""
    work = own_request_or_404(request_id)
    try:
        actions.end(db(), work, by=g.person, now=now())
    except actions.DecidedOtherwise:
        return go(f"/employer/requests/{work.id}")
    close_the_others(db(), work.id, sealer=extension("sealer"), now=now())
    return go("/employer/requests?ended=1")


@pages.get("/requests/<uuid:request_id>", endpoint="show")
def show(request_id: uuid.UUID) -> Response:
    return request_page(request_or_404(request_id)[0])


def request_page(work: WorkRequest, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, refused: str | None = None, status: int = 200) -> Response:  # fmt: skip
    """The whole request for an official: what was asked and stated, what the tests found, and the two ways on."""
    tested = assessing.run(db(), work, terms(), day=day_of(now()))
    return page(
        "requests/show.html", status=status, work=reads.whole(db(), work.id), stated=reads.statement_of(db(), work.id), sectors=SECTORS,
        days=matching.days_grouped(work.pattern), findings=[told(one) for one in tested.in_the_way], hard=any(one.outcome == NOT_ALLOWED for one in tested.findings),
        asked=questions.of_requests(db(), [work.id]).get(work.id, []), new_id=new_id(),
        decided=reads.decisions_on(db(), [work.id]).get(work.id, []), reasons=words.REASONS, states=words.STATES, typed=typed or {}, errors=errors or {}, refused=refused,
    )  # fmt: skip


@pages.post("/requests/<uuid:request_id>/questions", endpoint="ask_back")
def ask_back(request_id: uuid.UUID) -> Response:
    """Ask the employer something before deciding. A second tap changes nothing; one question waits at a time."""
    work = request_or_404(request_id)[0]
    said = request.form.get("question", "").strip()
    if not said or len(said) > LONGEST_TEXT:
        wrong = _("Write what you want to know.") if not said else _("Write at most %(count)s letters.", count=LONGEST_TEXT)
        return request_page(work, typed={"question": said}, errors={"question": wrong}, status=422)
    try:
        questions.ask(db(), work, own_id(request.form.get("id", "")), said, by=g.person, now=now())
    except questions.QuestionWaits:
        return request_page(work, typed={"question": said}, refused=_("A question waits for an answer already."), status=409)
    except actions.DecidedOtherwise as decided:
        return request_page(work, refused=_("A colleague decided before you: %(state)s.", state=_(words.STATES[decided.status])), status=409)
    return go(f"/requests/{work.id}")


@pages.post("/requests/<uuid:request_id>/decision", endpoint="decide")
def decide(request_id: uuid.UUID) -> Response:
    """Take it on, or refuse it with a reason the employer reads. Of two officials at once one decides; the other reads what was decided."""
    work = request_or_404(request_id)[0]
    said = {name: request.form.get(name, "").strip()[:LONGEST_TEXT] for name in ("decision", "reason", "words")}
    if said["decision"] not in ("take_on", "refuse"):
        return request_page(work, typed=said, errors={"decision": _("Choose what is decided.")}, status=422)
    errors = {}
    if said["decision"] == "refuse" and said["reason"] not in words.REASONS:
        errors["reason"] = _("Choose why.")
    elif said["decision"] == "refuse" and said["reason"] == "other" and not said["words"]:
        errors["words"] = _("Write in a few words why.")
    if errors:
        return request_page(work, typed=said, errors=errors, status=422)
    try:
        if said["decision"] == "refuse":
            actions.refuse(db(), work, reason=said["reason"], words=said["words"], by=g.person, now=now())
            return go("/requests")
        actions.take_on(db(), work, assessing.run(db(), work, terms(), day=day_of(now())).findings, by=g.person, now=now())
    except actions.NotAllowed:
        return request_page(work, typed=said, refused=_("This is not allowed. No judgement can change that."), status=409)
    except actions.DecidedOtherwise as decided:
        return request_page(
            work, typed=said, refused=_("A colleague decided before you: %(state)s.", state=_(words.STATES[decided.status])), status=409
        )
    return go(f"/requests/{work.id}/displacement")
