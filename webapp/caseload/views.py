"""The pages of a case manager: what to decide, the people, and one person with everything that counts for them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, g, request

from webapp.caseload import (
    actions,
    cover,  # noqa: F401 - these three add their addresses
    deciding,  # noqa: F401
    forms,
    growth_words,
    reads,
    routes,  # noqa: F401
    rules,
    wishing,  # noqa: F401
)
from webapp.caseload.blueprint import pages
from webapp.caseload.keys import keys_wanted
from webapp.caseload.words import milestone_facts, milestone_words
from webapp.foundation.clock import day_of, monday_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import language
from webapp.growth import deciding as decided
from webapp.growth import paid_work, pictures, words
from webapp.growth.reads import growth_of, open_signals_of, todo
from webapp.hours.rules import Status, waiting_minutes
from webapp.hours.rulings import unsettled
from webapp.milestones.actions import reached_by
from webapp.privacy.citizen_views import is_needed
from webapp.terms.here import terms
from webapp.terms.rules import NoTermsInForce

WEEKS_SHOWN = 12
CARDS_SHOWN = 12  # the most urgent first; the rest is one tap away, and the counts are of all
SHOW = ("", "working", "looking", "stops", "signal")
NOTICES = {"1": lambda: _("The other premium is recorded."), "wishes": lambda: _("It is kept.")}
HOURS_KINDS = (rules.Kind.DISPUTED, rules.Kind.UNANSWERED, rules.Kind.UNCONFIRMED)


@pages.get("/signals")
def signals() -> Response:
    """What this case manager has to decide, by its due date, and what is good to know."""
    today = day_of(now())
    found = actions.worklist(db(), g.person, terms(), today)
    g.todo = {"signals": len(found.cards), "disputes": sum(card.kind in HOURS_KINDS for card in found.cards)}
    show = request.args.get("show", "")
    chosen = [card for card in found.cards if card.group == show] if show in list(rules.Group) else found.cards
    everything = request.args.get("all") == "1"
    return page(
        "caseload/signals.html", cards=chosen if everything else chosen[:CARDS_SHOWN], hidden=0 if everything else max(0, len(chosen) - CARDS_SHOWN), total=len(found.cards),
        counts=rules.counts(found.cards), show=show if chosen is not found.cards else "", milestones=found.milestones, late=found.late, today=today, stops_on=rules.stops_on,
        milestone_words=milestone_words, short_name=actions.short_name, words=words, signal_words=growth_words, keys=keys_wanted(),
    )  # fmt: skip


@pages.get("/participants")
def participants() -> Response:
    """The people of this caseload, found by name or by where they stand."""
    today = day_of(now())
    asked, show = request.args.get("q", "").strip()[:100], request.args.get("show", "")
    show = show if show in SHOW else ""
    work: dict[uuid.UUID, list[Any]] = {}
    for row in reads.work(db(), g.person, today, "accepted", "running"):
        if row.status == "accepted" or row.ends_on >= today:
            work.setdefault(row.participant_id, []).append(row)
    noticed = {row.participant_id for row in todo(db(), g.person, today) if row.kind == "signal"} if show == "signal" else set()
    everybody = reads.people(db(), g.person, today)
    found = [
        row
        for row in everybody
        if asked.casefold() in f"{row.first_name} {row.last_name}".casefold()
        and (row.id in noticed if show == "signal" else stands(show, work.get(row.id, []), today))
    ]
    return page(
        "caseload/participants.html", people=found, work=work, asked=asked, show=show, anybody=bool(everybody), today=today, keys=keys_wanted()
    )


def stands(show: str, work: list[Any], today: date) -> bool:
    """Whether somebody with this work belongs to a filter of the list."""
    running = [row for row in work if row.status == "running"]
    if show == "working":
        return bool(running)
    if show == "looking":
        return not work
    if show == "stops":
        return any(rules.is_ending(row.ends_on, today, rules.STOPS_SOON_DAYS) for row in running)
    return True


@pages.get("/participants/<uuid:participant_id>")
def participant(participant_id: uuid.UUID) -> Response:
    return participant_page(participant_id)


def participant_page(
    participant_id: uuid.UUID, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    """One person: work and its limit, weeks, milestones, hours that wait, offers, and the premium of this year."""
    today = day_of(now())
    somebody = reads.participant(db(), g.person, participant_id, today) or abort(404)
    this_week = monday_of(today)
    minutes = [
        (
            row.week_of,
            row.certain_minutes,
            waiting_minutes(Status(row.status), written=row.minutes, corrected=row.corrected_minutes, certain=row.certain_minutes),
        )
        for row in reads.entries_since(db(), participant_id, this_week - timedelta(weeks=WEEKS_SHOWN - 1))
    ]
    weeks = rules.last_weeks(minutes, this_week, WEEKS_SHOWN)
    worked = reads.worked_lately(db(), g.person, this_week, today)
    work = reads.work_of(db(), g.person, participant_id)
    offered, some_did_not_fit = reads.offers_told(db(), participant_id)
    others = reads.other_premiums(db(), participant_id, today.year)
    growth, route = growth_of(db(), participant_id, today), paid_work.route_of(db(), participant_id)
    return page(
        "caseload/participant.html", status=status, number_needed=is_needed(terms(), today), somebody=somebody, today=today, work=work, offered=offered, some_did_not_fit=some_did_not_fit,
        limits={row.id: actions.limit_of(row, terms(), worked.get(row.id, 0), today) for row in work if row.status == "running"}, stops_on=rules.stops_on,
        weeks=weeks, average=sum(week.certain for week in weeks[-5:-1]) // rules.AVERAGE_WEEKS, reached=reached_by(db(), participant_id),
        milestone_words=milestone_words, milestone_facts=milestone_facts,
        waiting=[entry for entry in unsettled(db(), g.person, terms().silence(today), today) if entry.participant_id == participant_id],
        growth=growth, pictures=pictures.of(growth, language()), words=words, signal_words=growth_words, signals=open_signals_of(db(), participant_id), keys=keys_wanted(),
        decisions=decided.decisions_about(db(), participant_id)[::-1], route=route, decided_for_work=paid_work.decided_for_work(db(), participant_id) if route is None else None,
        outflow=paid_work.outflow_of(db(), participant_id),
        others=others, other_cents=sum(row.amount_cents for row in others), own_cents=reads.premium_cents_in_year(db(), participant_id, today.year),
        maximum=maximum_or_none(today), allowed=terms().premium_allowed(somebody.birth_date, somebody.wage_subsidy_group, today),
        typed=typed or {"id": str(new_id())}, errors=errors or {}, notice=NOTICES.get(request.args.get("recorded", ""), lambda: None)(),
    )  # fmt: skip


def maximum_or_none(day: date) -> Any:
    """The yearly maximum in force with its source, or None when it is not known: never a guess."""
    try:
        return terms().yearly_maximum(day)
    except NoTermsInForce:
        return None


@pages.post("/participants/<uuid:participant_id>/other-premiums")
def other_premium(participant_id: uuid.UUID) -> Response:
    """Record what another scheme paid to this person. The id comes with the form, so twice is once."""
    at = now()
    if reads.participant(db(), g.person, participant_id, day_of(at)) is None:
        abort(404)
    typed = forms.read_other_premium(request.form, day_of(at))
    if typed.errors or typed.id is None or typed.paid_on is None:
        again = {**typed.values, "id": str(typed.id or new_id())}
        return participant_page(participant_id, typed=again, errors=typed.errors, status=422)
    actions.record_other_premium(
        db(), typed.id, participant_id, paid_on=typed.paid_on, amount_cents=typed.amount_cents, scheme=typed.scheme, by=g.person, now=at
    )
    return go(f"/participants/{participant_id}?recorded=1#premium")
