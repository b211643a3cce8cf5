"""Deciding about a signal: the facts, three answers of which none is chosen, and a reason somebody reads."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import Response, abort, g, request

from webapp.caseload import actions, growth_words, reads
from webapp.caseload.blueprint import pages
from webapp.caseload.keys import keys_wanted
from webapp.foundation.clock import day_of, monday_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import date_words, language
from webapp.foundation.texts import gettext as _
from webapp.growth import deciding, pictures, rules, words
from webapp.growth.models import Objection, Signal
from webapp.growth.reads import growth_of
from webapp.people.models import Account
from webapp.terms.here import terms

LONGEST_REASON = 1000


def signal_or_404(signal_id: uuid.UUID) -> Signal:
    found: Signal | None = db().execute(deciding.visible_to(g.person, day_of(now())).where(deciding.signals.c.id == signal_id)).scalar_one_or_none()
    return found or abort(404)


@pages.get("/signals/<uuid:signal_id>")
def signal(signal_id: uuid.UUID) -> Response:
    return signal_page(signal_or_404(signal_id))


def signal_page(found: Signal, *, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    """Everything a decision rests on (UX C2 and C3): milestones, help, the limit, what was decided before, and the form."""
    today = day_of(now())
    numbers = terms().readiness(today)
    somebody = db().get(Account, found.participant_id)
    growth = growth_of(db(), found.participant_id, today)
    own = reads.participant(db(), g.person, found.participant_id, today) is not None
    work = [row for row in reads.work_of(db(), g.person, found.participant_id) if row.id == found.placement_id]
    worked = reads.worked_lately(db(), g.person, monday_of(today), today)
    said = deciding.decisions_about(db(), found.participant_id)
    options = [
        (
            name,
            _(growth_words.OPTIONS[name][0]),
            _(growth_words.OPTIONS[name][1], day=date_words(today + timedelta(days=numbers.talk_days)), weeks=numbers.again_weeks),
        )
        for name in deciding.choices(found.kind)
        if not (found.status == "talking" and name == "talk_first")
    ]
    return page(
        "caseload/signal.html", status=status, signal=found, somebody=somebody, own=own, work=work[0] if work else None, today=today, words=words,
        limit=actions.limit_of(work[0], terms(), worked.get(work[0].id, 0), today) if work else None, growth=growth, pictures=pictures.of(growth, language()),
        signal_words=growth_words, options=options, before=[row for row in said if row.signal_id != found.id][::-1], here=[row for row in said if row.signal_id == found.id],
        third=rules.in_a_row([row.decision for row in said if row.kind != "workplace"], "not_yet") + 1 >= numbers.not_yet_in_a_row, errors=errors or {},
        asks_me=found.status == "asked" and found.asked_id == g.person.id, keys=keys_wanted(),
    )  # fmt: skip


@pages.post("/signals/<uuid:signal_id>/decision")
def decide(signal_id: uuid.UUID) -> Response:
    """To a regular job, talk first, or not yet: with a reason. Sending the same again changes nothing."""
    found = signal_or_404(signal_id)
    decision, reason = request.form.get("decision", ""), request.form.get("reason", "").strip()[:LONGEST_REASON]
    errors = {}
    if decision not in deciding.choices(found.kind):
        errors["decision"] = _("Choose what you decide.")
    if not reason:
        errors["reason"] = _("Write why, in a few words. The person reads it.")
    if errors:
        return signal_page(found, status=422, errors=errors)
    try:
        deciding.decide(db(), found, decision, reason, terms().readiness(day_of(now())), by=g.person, now=now())
    except rules.NotNow:
        return signal_page(found, status=409, errors={"decision": _("This was decided already. You see here what and why.")})
    except deciding.ColleagueNeeded:
        return signal_page(
            found, status=409, errors={"decision": _("A third “not yet” in a row asks a colleague, and no colleague works here today.")}
        )
    return go(
        f"/participants/{found.participant_id}" if reads.participant(db(), g.person, found.participant_id, day_of(now())) else f"/signals/{found.id}"
    )


@pages.post("/signals/<uuid:signal_id>/second")
def second(signal_id: uuid.UUID) -> Response:
    """The colleague who was asked agrees, or sees it differently; then the case manager decides again."""
    found = signal_or_404(signal_id)
    view, reason = request.form.get("view", ""), request.form.get("reason", "").strip()[:LONGEST_REASON]
    errors = {}
    if view not in ("agree", "differ"):
        errors["view"] = _("Choose one of the answers.")
    if not reason:
        errors["reason"] = _("Write why, in a few words. The person reads it.")
    if errors:
        return signal_page(found, status=422, errors=errors)
    try:
        deciding.second(db(), found, view == "agree", reason, terms().readiness(day_of(now())), by=g.person, now=now())
    except rules.NotNow:
        return signal_page(found, status=409, errors={"view": _("This was decided already. You see here what and why.")})
    return go(f"/signals/{found.id}")


# a participant who does not agree -----------------------------------------------------------------


def objection_or_404(objection_id: uuid.UUID) -> Objection:
    query = deciding.objections_visible_to(g.person, day_of(now())).where(deciding.objections.c.id == objection_id)
    found: Objection | None = db().execute(query).scalar_one_or_none()
    return found or abort(404)


@pages.get("/objections/<uuid:objection_id>")
def objection(objection_id: uuid.UUID) -> Response:
    return objection_page(objection_or_404(objection_id))


def objection_page(found: Objection, *, status: int = 200, errors: dict[str, str] | None = None, typed: Any = "") -> Response:
    said = [row for row in deciding.decisions_about(db(), found.participant_id) if row.signal_id == found.signal_id]
    about = db().get(Signal, found.signal_id)
    return page(
        "caseload/objection.html", status=status, objection=found, somebody=db().get(Account, found.participant_id), here=said, signal=about, words=words,
        signal_words=growth_words, mine=found.asked_id == g.person.id, errors=errors or {}, typed=typed,
    )  # fmt: skip


@pages.post("/objections/<uuid:objection_id>/answer")
def answer_objection(objection_id: uuid.UUID) -> Response:
    """What somebody who did not decide says to it. The person reads it."""
    found, said = objection_or_404(objection_id), request.form.get("answer", "").strip()[:LONGEST_REASON]
    try:
        deciding.answer_objection(db(), found, said, by=g.person, now=now())
    except rules.NoReason:
        return objection_page(found, status=422, errors={"answer": _("Write why, in a few words. The person reads it.")})
    except rules.NotNow:
        return objection_page(found, status=409, typed=said, errors={"answer": _("Only who was asked answers, and once.")})
    return go(f"/objections/{found.id}")
