"""The employer asks for people (UX E6): five short steps that are kept, a summary, and what became of each request."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.requests import actions, forms, questions, reads, words
from webapp.requests.blueprint import pages
from webapp.requests.models import RequestDraft, WorkRequest
from webapp.requests.sectors import SECTORS
from webapp.safeguards.rules import duration_until
from webapp.terms.here import terms
from webapp.terms.rules import NoTermsInForce


@pages.get("/employer/requests", endpoint="own")
def own() -> Response:
    """What this workplace asked, and what is not sent yet."""
    rows = reads.of_workplace(db(), g.person)
    notices = {"gone": _("The draft is thrown away."), "ended": _("It is ended. Who works goes on.")}
    notice = next((text for name, text in notices.items() if name in request.args), None)
    return page(
        "requests/own.html",
        rows=rows,
        waiting=questions.waiting(db(), [row.id for row in rows if row.status == "asked"]),
        drafts=reads.drafts_of(db(), g.person),
        states=words.STATES,
        new_id=new_id(),
        notice=notice,
    )


@pages.post("/employer/requests", endpoint="begin")
def begin() -> Response:
    """Begin a draft, or add to one; with `again` from a request of before. What was sent along is held against its step."""
    draft_id = id_in("id") or new_id()
    typed = forms.said(request.form)
    before = id_in("again")
    if before is not None:
        typed = {**copied(before), **typed}
    draft = kept(draft_id, typed)
    if draft.request_id is not None:
        return go(f"/employer/requests/{draft.request_id}")
    if draft.thrown_away_at is not None:
        return go("/employer/requests")
    for step in forms.STEPS:
        if any(name in request.form for name in forms.FIELDS[step]):
            errors = forms.read(step, draft.typed, asker()).errors
            if errors:
                return step_page(draft, step, draft.typed, errors, status=422)
    if "send" in request.form:
        return go(f"/employer/requests/drafts/{draft.id}")
    return go(f"/employer/requests/drafts/{draft.id}/{forms.STEPS[0]}")


def kept(draft_id: uuid.UUID, typed: Mapping[str, str]) -> RequestDraft:
    """The draft with what was typed; saved at once, also when a field is wrong and the answer says so."""
    draft = actions.keep(db(), g.person, draft_id, typed, now=now())
    db().commit()
    return draft


def copied(request_id: uuid.UUID) -> dict[str, str]:
    """What was typed for a request of this workplace; the first day is chosen anew."""
    row = db().execute(actions.drafts.select().where(actions.drafts.c.request_id == request_id)).first()
    if row is None or row.establishment_id != g.person.establishment_id:
        abort(404)
    return {**row.typed, "starts_on": ""}


def id_in(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.form.get(name, ""))
    except ValueError:
        return None


def asker() -> forms.Asker:
    today = day_of(now())
    return forms.Asker(today, reads.guides(db(), g.person, today), reads.place_of(db(), g.person).is_agency, floor_on, last_day_on)


def floor_on(day: date) -> int | None:
    """The lowest tariff of a day in cents, where the terms say so."""
    try:
        return terms().tariff_floor_cents(day)
    except NoTermsInForce:
        return None


def last_day_on(first: date, week_minutes: int) -> date | None:
    """The last day of work that begins on `first`, for somebody who never did it before."""
    try:
        return duration_until(terms().value("duration", first), first, week_minutes, (), None)[1]
    except NoTermsInForce:
        return None


def draft_or_404(draft_id: uuid.UUID, step: str = forms.STEPS[0]) -> RequestDraft:
    draft = actions.own_draft(db(), g.person, draft_id)
    if step not in forms.STEPS or draft is None or draft.thrown_away_at is not None:
        abort(404)
    return draft


@pages.get("/employer/requests/drafts/<uuid:draft_id>/<step>", endpoint="step")
def show_step(draft_id: uuid.UUID, step: str) -> Response:
    draft = draft_or_404(draft_id, step)
    return go(f"/employer/requests/{draft.request_id}") if draft.request_id else step_page(draft, step, draft.typed, {})


@pages.post("/employer/requests/drafts/<uuid:draft_id>/<step>", endpoint="keep_step")
def keep_step(draft_id: uuid.UUID, step: str) -> Response:
    """Keep this step as it was typed, also what is not right yet; then on to the next."""
    draft = kept(draft_or_404(draft_id, step).id, {**dict.fromkeys(forms.FIELDS[step], ""), **forms.said(request.form, [step])})
    if draft.request_id is not None:
        return go(f"/employer/requests/{draft.request_id}")
    if "later" in request.form:
        return go("/employer/requests")
    errors = forms.read(step, draft.typed, asker()).errors
    if errors:
        return step_page(draft, step, draft.typed, errors, status=422)
    place = forms.STEPS.index(step) + 1
    return go(f"/employer/requests/drafts/{draft.id}" + (f"/{forms.STEPS[place]}" if place < len(forms.STEPS) else ""))


def step_page(draft: RequestDraft, step: str, typed: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200) -> Response:
    place, known = reads.place_of(db(), g.person), asker()
    first = date.fromisoformat(typed["starts_on"]) if forms.read("times", typed, known).found.get("starts_on") else known.today
    return page(
        "requests/step.html", status=status, draft=draft, step=step, number=forms.STEPS.index(step) + 1, steps=forms.STEPS, titles=words.STEP_TITLES,
        typed={**{name: "" for names in forms.FIELDS.values() for name in names}, **typed}, said=set(typed), errors=errors, sectors=SECTORS, guides=known.guides, place=place, floor=floor_on(first), today=known.today,
        counted_long_ago=place.staff_counted_on is None or (known.today - place.staff_counted_on).days > 365,
    )  # fmt: skip


@pages.get("/employer/requests/drafts/<uuid:draft_id>", endpoint="summary")
def summary(draft_id: uuid.UUID) -> Response:
    draft = draft_or_404(draft_id)
    return go(f"/employer/requests/{draft.request_id}") if draft.request_id else summary_page(draft)


def summary_page(draft: RequestDraft, *, status: int = 200) -> Response:
    """Everything once more before it is sent, and which steps are not right yet."""
    found, wrong = forms.read_all(draft.typed, asker())
    return page(
        "requests/summary.html", status=status, draft=draft, found=found, wrong=wrong, steps=forms.STEPS, titles=words.STEP_TITLES, sectors=SECTORS,
        guides=reads.guides(db(), g.person, day_of(now())), place=reads.place_of(db(), g.person),
        kept_until=kept_until(draft),
    )  # fmt: skip


def kept_until(draft: RequestDraft) -> date | None:
    """The last day before a draft nobody goes on with is thrown away; None where the terms do not say."""
    try:
        days = terms().row("retention", day_of(now())).value.days.get("request_draft")
    except NoTermsInForce:
        return None
    return day_of(draft.updated_at) + timedelta(days=days) if days else None


@pages.post("/employer/requests/drafts/<uuid:draft_id>/end", endpoint="throw_away")
def throw_away(draft_id: uuid.UUID) -> Response:
    if not actions.throw_away(db(), g.person, draft_id, now=now()):
        abort(404)
    return go("/employer/requests?gone=1")


def own_request_or_404(request_id: uuid.UUID) -> WorkRequest:
    found: Any = db().execute(reads.visible(g.person).where(actions.requests.c.id == request_id)).scalar_one_or_none()
    return found or abort(404)


@pages.get("/employer/requests/<uuid:request_id>", endpoint="own_request")
def own_request(request_id: uuid.UUID) -> Response:
    return own_request_page(own_request_or_404(request_id))


def own_request_page(
    work: WorkRequest,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    refused: str | None = None,
    status: int = 200,
) -> Response:
    """What was asked, what the municipality wants to know, and what became of it; a refusal says why in plain words."""
    notices = {"sent": _("Sent. The municipality looks at it and sends you a message."), "answered": _("Your answer is sent.")}
    return page(
        "requests/own_request.html", status=status, typed=typed or {}, errors=errors or {}, refused=refused,
        asked=questions.of_requests(db(), [work.id]).get(work.id, []), work=reads.whole(db(), work.id), stated=reads.statement_of(db(), work.id),
        decided=reads.decisions_on(db(), [work.id]).get(work.id, []), states=words.STATES, reasons=words.REASONS, new_id=new_id(),
        notice=next((text for name, text in notices.items() if name in request.args), None),
    )  # fmt: skip


@pages.post("/employer/requests/<uuid:request_id>/answer", endpoint="answer")
def answer(request_id: uuid.UUID) -> Response:
    """Answer what the municipality asks about a request. A second tap changes nothing."""
    work = own_request_or_404(request_id)
    question_id, said = id_in("question_id"), request.form.get("answer", "").strip()
    typed = {"answer": said}
    if not said or len(said) > forms.LONGEST_TEXT:
        wrong = _("Write your answer in a few words.") if not said else _("Write at most %(count)s letters.", count=forms.LONGEST_TEXT)
        return own_request_page(work, typed=typed, errors={"answer": wrong}, status=422)
    try:
        if question_id is None or not questions.answer(db(), work, question_id, said, by=g.person, now=now()):
            abort(404)
    except questions.AnsweredBefore:
        return own_request_page(work, typed=typed, refused=_("A colleague answered before you."), status=409)
    except actions.DecidedOtherwise:
        return own_request_page(work, typed=typed, refused=_("The municipality decided already."), status=409)
    return go(f"/employer/requests/{work.id}?answered=1")
