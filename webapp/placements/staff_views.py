"""What a case manager does before somebody works: see the requests, offer work to one person, and record the start."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, abort, g, request
from sqlalchemy import select

from webapp.foundation.clock import add_working_days, day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import extension, go, page
from webapp.foundation.texts import LANGUAGES, N_, bdi, date_words
from webapp.foundation.texts import gettext as _
from webapp.offers.models import Offer
from webapp.offers.rules import CannotOffer, OfferGone
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account
from webapp.people.person import Person
from webapp.placements import actions, agreements, matching, rules
from webapp.placements.actions import own_caseload, placements
from webapp.placements.assessing import Blocked
from webapp.placements.blueprint import pages
from webapp.placements.checks import check_plan, plan_of
from webapp.placements.models import Placement
from webapp.requests import questions
from webapp.requests.blueprint import pages as request_pages
from webapp.requests.models import WorkRequest
from webapp.requests.reads import asked
from webapp.terms.here import terms

LONGEST_TEXT = 1000
LONGEST_TRAVEL_MINUTES = 300
WORKING_DAYS_TO_START = 2  # ux.md F2: after a yes the case manager looks within two working days

CANNOT_OFFER = {
    "open_offer": N_("%(name)s already has an open offer. One offer at a time: wait for the answer."),
    "no_places": N_("There is no free place left for this work."),
    "all_offered": N_("Every free place is offered to somebody now. Wait for the answer, so that nobody says yes to a place that is gone."),
    "request_closed": N_("This request is closed."),
    "placed_here": N_("%(name)s already said yes to this work."),
}
MISSING = {
    ("decision_reason", "empty"): N_("Write why this work fits this person."),
    ("agreement_signed_on", "empty"): N_("Fill in the day on which everybody signed the agreement."),
    ("agreement_signed_on", "future"): N_("This day has not come yet. Fill in the day on which everybody signed."),
    ("agreement_signed_on", "not_a_day"): N_("Fill in a day, for example 2026-04-06."),
    ("insured_from", "empty"): N_("Fill in from which day the insurance is in force."),
    ("insured_from", "after_start"): N_("The insurance starts after the first working day. It has to be in force by then."),
    ("insured_from", "not_a_day"): N_("Fill in a day, for example 2026-04-06."),
    ("insurance_evidence", "empty"): N_("Fill in the number of the policy, or where the proof is kept."),
}


# requests and matching ----------------------------------------------------------------------


@request_pages.get("/requests", endpoint="all")
def open_requests() -> Response:
    """Open requests of the municipality, with the places that are free."""
    new = asked(db(), g.person.municipality_id)
    return page(
        "requests/all.html",
        requests=matching.open_requests(db(), g.person.municipality_id),
        asked=new,
        waiting=questions.waiting(db(), [row.id for row in new]),
        days=matching.days_grouped,
    )


def request_or_404(request_id: uuid.UUID) -> WorkRequest:
    own = matching.requests.c.municipality_id == g.person.municipality_id
    found: WorkRequest | None = db().execute(select(WorkRequest).where(own, matching.requests.c.id == request_id)).scalar_one_or_none()
    return found or abort(404)


@pages.get("/requests/<uuid:request_id>/matching", endpoint="matching")
def matching_of(request_id: uuid.UUID) -> Response:
    return show_matching(request_or_404(request_id))


def show_matching(
    work: WorkRequest, *, refused: str | None = None, errors: Mapping[str, str] | None = None, at: uuid.UUID | None = None, status: int = 200
) -> Response:
    """Everybody this work may suit. `refused`: why an offer could not be made; `errors`: of the form at person `at`."""
    people = matching.candidates(db(), g.person, work, terms(), day_of(now()))
    place = db().get(Establishment, work.establishment_id)
    offered = next((somebody for somebody in people if request.args.get("offered") == str(somebody.id)), None)
    return page(
        "placements/matching.html", languages=LANGUAGES, status=status, work=work, place=place, guide=db().get(Account, work.guide_id), people=people,
        days=matching.days_grouped(work.pattern), free=actions.free_place(db(), work) is not None and work.status == "open", refused=refused,
        errors=errors or {}, at=at, open_days=terms().offer(day_of(now())).open_days,
        notice=_("Offered to %(name)s. They have %(days)s days to answer.", name=bdi(offered.first_name), days=terms().offer(day_of(now())).open_days) if offered else None,
    )  # fmt: skip


@pages.post("/requests/<uuid:request_id>/offers")
def offer_to(request_id: uuid.UUID) -> Response:
    """Offer this work to one person of the own caseload. A second tap finds the offer of the first."""
    work = request_or_404(request_id)
    somebody = own_participant_or_404(request.form.get("participant_id", ""))
    try:
        travel_minutes = minutes_or_none(request.form.get("travel_minutes", ""))
    except ValueError:
        wrong = {"travel_minutes": _("Fill in the minutes, for example 15, or leave it empty.")}
        return show_matching(work, errors=wrong, at=somebody.id, status=422)
    try:
        matching.offer_work(db(), work, somebody.id, by=g.person, travel_minutes=travel_minutes, terms=terms(), sealer=extension("sealer"), now=now())
    except CannotOffer as cannot:
        return show_matching(work, refused=_(CANNOT_OFFER[cannot.why], name=bdi(somebody.first_name)), status=409)
    except Blocked:
        return go(f"/requests/{work.id}/displacement/{somebody.id}?blocked=1")
    return go(f"/requests/{work.id}/matching?offered={somebody.id}")


def own_participant_or_404(text: str) -> Account:
    try:
        asked = uuid.UUID(text)
    except ValueError:
        abort(404)
    own = matching.accounts.c.id.in_(own_caseload(g.person, day_of(now())))
    found: Account | None = db().execute(select(Account).where(own, matching.accounts.c.id == asked)).scalar_one_or_none()
    return found or abort(404)


def minutes_or_none(text: str) -> int | None:
    """Minutes of travel; nothing typed is not known. Raises ValueError."""
    said = text.strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 4 and int(said) <= LONGEST_TRAVEL_MINUTES):
        raise ValueError(said)
    return int(said)


# the start ----------------------------------------------------------------------------------


def placement_or_404(placement_id: uuid.UUID) -> Placement:
    found: Placement | None = db().execute(actions.visible_to(g.person, day_of(now())).where(placements.c.id == placement_id)).scalar_one_or_none()
    return found or abort(404)


@pages.get("/placements/<uuid:placement_id>/preparation")
def starting(placement_id: uuid.UUID) -> Response:
    notice = _("Kept. Nothing starts yet.") if request.args.get("kept") else None
    return preparation_page(placement_or_404(placement_id), notice=notice)


def preparation_page(
    placement: Placement, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, status: int = 200, **more: Any
) -> Response:
    """What has to be recorded before somebody may begin; after the start: what was recorded, by whom and when."""
    place = db().get(Establishment, placement.establishment_id)
    assert place is not None
    agreement = agreements.document(db(), placement, terms())
    return page(
        "placements/preparation.html", status=status, placement=placement, place=place, employer=db().get(Employer, place.employer_id),
        participant=db().get(Account, placement.participant_id), supervisor=db().get(Account, placement.supervisor_id),
        decided_by=db().get(Account, placement.decided_by) if placement.decided_by else None, days=matching.days_grouped(placement.pattern),
        typed=typed or recorded(placement), errors=errors or {}, today=day_of(now()), due=start_due(placement), signed=agreement.signed,
        signed_on=agreement.complete_on, last_day=check_plan(db(), plan_of(db(), placement), terms()).last_day, **more,
    )  # fmt: skip


def start_due(placement: Placement) -> date:
    return add_working_days(day_of(placement.accepted_at), WORKING_DAYS_TO_START)


def recorded(placement: Placement) -> dict[str, str]:
    """What is known already, as the form shows it."""
    signed, insured = placement.agreement_signed_on, placement.insured_from
    return {
        "decision_reason": placement.decision_reason, "agreement_signed_on": signed.isoformat() if signed else "",
        "insured_from": insured.isoformat() if insured else "", "insurance_evidence": placement.insurance_evidence,
    }  # fmt: skip


@pages.post("/placements/<uuid:placement_id>/preparation")
def prepare(placement_id: uuid.UUID) -> Response:
    """Keep what is known, record the start, or say that the place is off. Each once; a repeat changes nothing."""
    placement = placement_or_404(placement_id)
    if "refuse" in request.form or "call_off" in request.form:
        return refuse(placement, call_off="call_off" in request.form)
    typed, prepared, wrong = read_preparation(request.form)
    if (signed_on := agreements.document(db(), placement, terms()).complete_on) is not None:
        prepared = prepared._replace(agreement_signed_on=signed_on)  # on the phone, by all three: no date on paper counts
        wrong.pop("agreement_signed_on", None)
    starting_now = "start" in request.form
    if placement.status != "accepted":
        same = starting_now and placement.status == "running"
        return go(f"/placements/{placement.id}/preparation") if same else preparation_page(placement, status=409)
    found = {**rules.missing(prepared, starts_on=placement.starts_on, today=day_of(now())), **wrong}
    if not starting_now:
        found = {field: why for field, why in found.items() if why != "empty"}
    if found:
        errors = {field: _(MISSING[field, found[field]]) for field in typed if field in found}
        return preparation_page(placement, typed=typed, errors=errors, status=422)
    act = actions.start if starting_now else actions.prepare
    try:
        act(db(), placement, prepared, by=g.person, now=now())
    except OfferGone:
        return preparation_page(placement, status=409)
    except Blocked:
        return go(f"/requests/{placement.request_id}/displacement/{placement.participant_id}?blocked=1")
    except rules.PastLimit as past:
        words = _("The limit of the terms was %(day)s. This place can no longer start.", day=date_words(past.last_day))
        return preparation_page(placement, typed=typed, errors={"decision_reason": words}, status=422)
    return go(f"/placements/{placement.id}/preparation" + ("" if starting_now else "?kept=1"))


def refuse(placement: Placement, *, call_off: bool) -> Response:
    """The place is off before it began; `call_off`: also after the start was recorded, until the first day. What runs already ends with a record."""
    before_the_first_day = call_off and placement.starts_on > day_of(now())
    if placement.status == "ended" or (placement.status == "running" and not before_the_first_day):
        return preparation_page(placement, status=409)
    offer = db().get(Offer, placement.offer_id)
    if offer is not None:
        person: Person = g.person
        actions.refuse(db(), placement, offer, by=person, sealer=extension("sealer"), now=now())
    return go(f"/placements/{placement.id}/preparation")


def read_preparation(values: Mapping[str, str]) -> tuple[dict[str, str], rules.Preparation, dict[str, str]]:
    """What was typed, as text and as typed values, and which fields hold no day."""
    typed = {name: values.get(name, "").strip()[:LONGEST_TEXT] for name in rules.Preparation._fields}
    days: dict[str, date | None] = {}
    wrong: dict[str, str] = {}
    for name in ("agreement_signed_on", "insured_from"):
        try:
            days[name] = day_or_none(typed[name])
        except ValueError:
            days[name], wrong[name] = None, "not_a_day"
    return typed, rules.Preparation(typed["decision_reason"], days["agreement_signed_on"], days["insured_from"], typed["insurance_evidence"]), wrong


def day_or_none(text: str) -> date | None:
    """A day as the form sends it. Raises ValueError, also for years nobody works in."""
    if not text:
        return None
    day = date.fromisoformat(text)
    if not 2000 <= day.year <= 2100:
        raise ValueError(text)
    return day
