"""On the phone: read and sign the agreement, say "I cannot come today", and the calendar that follows along."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask import Response, abort, current_app, g, make_response, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.documents import send
from webapp.foundation.pages import extension, go, page
from webapp.foundation.texts import bdi, dutch
from webapp.foundation.texts import gettext as _
from webapp.people.models import Account
from webapp.placements import absences, actions, agreements, feeds, rules
from webapp.placements.actions import placements
from webapp.placements.blueprint import pages
from webapp.placements.models import Placement, PlannedShift
from webapp.placements.records import ABSENCE_REASONS, PARTIES
from webapp.terms.actions import Terms, terms_of

LONGEST_WORDS = 500
LONGEST_WAIT_SECONDS = 60 * 24 * 3600


def terms() -> Terms:
    return terms_of(db(), g.person.municipality_id, g.person.terms_token)


def placement_or_404(placement_id: uuid.UUID) -> Placement:
    found: Placement | None = db().execute(actions.visible_to(g.person, day_of(now())).where(placements.c.id == placement_id)).scalar_one_or_none()
    return found or abort(404)


# the agreement --------------------------------------------------------------------------------


@pages.get("/placements/<uuid:placement_id>/agreement")
def agreement(placement_id: uuid.UUID) -> Response:
    return agreement_page(placement_or_404(placement_id))


def agreement_page(placement: Placement, *, status: int = 200, changed: bool = False) -> Response:
    """What the agreement says, in the language of the reader, and who signed it. On paper the Dutch words stand beside it."""
    if placement.status == "cancelled":
        abort(404)
    found = agreements.document(db(), placement, terms())
    mark = dutch if g.person.role == "participant" else bdi
    return page(
        "placements/agreement.html", status=status, placement=placement, found=found, sections=agreements.sections(found.facts, mark), parties=PARTIES,
        names={party: found.facts[party] for party in PARTIES}, changed=changed, complete_on=found.complete_on,
        on_paper=placement.agreement_signed_on if found.complete_on is None else None,
    )  # fmt: skip


@pages.get("/placements/<uuid:placement_id>/agreement.pdf")
def agreement_paper(placement_id: uuid.UUID) -> Response:
    placement = placement_or_404(placement_id)
    if placement.status == "cancelled":
        abort(404)
    return send(agreements.paper(agreements.document(db(), placement, terms()), now=now()), "opstap.pdf")


@pages.post("/placements/<uuid:placement_id>/agreement/signature")
def sign(placement_id: uuid.UUID) -> Response:
    """I agree, with exactly what I read: the form names the version. Anything else is shown anew first."""
    placement = placement_or_404(placement_id)
    try:
        agreements.sign(db(), placement, request.form.get("digest", ""), terms=terms(), by=g.person, now=now())
    except agreements.Changed:
        return agreement_page(placement, status=409, changed=True)
    except agreements.Closed:
        return agreement_page(placement, status=409) if placement.status != "cancelled" else abort(409)
    return go(f"/placements/{placement.id}/agreement")


@pages.post("/placements/<uuid:placement_id>/agreement/signature/withdrawal")
def unsign(placement_id: uuid.UUID) -> Response:
    """Take my signature back, until the start is recorded."""
    placement = placement_or_404(placement_id)
    try:
        agreements.take_back(db(), placement, by=g.person, now=now())
    except agreements.Closed:
        return agreement_page(placement, status=409) if placement.status != "cancelled" else abort(409)
    return go(f"/placements/{placement.id}/agreement")


# "I cannot come today" ------------------------------------------------------------------------


def shift_or_404(shift_id: uuid.UUID) -> tuple[PlannedShift, Placement]:
    shift = absences.own_shift(db(), g.person, shift_id)
    placement = db().get(Placement, shift.placement_id) if shift else None
    return (shift, placement) if shift and placement else abort(404)


@pages.get("/shifts/<uuid:shift_id>/absence")
def absence(shift_id: uuid.UUID) -> Response:
    shift, placement = shift_or_404(shift_id)
    return absence_page(shift, placement)


def absence_page(shift: PlannedShift, placement: Placement, *, status: int = 200, error: str | None = None) -> Response:
    """It is passed on, and can be taken back the same day. Nothing else follows from it, so nothing else stands here."""
    supervisor = db().get(Account, placement.supervisor_id)
    at = now()
    return page(
        "placements/absence.html", status=status, shift=shift, known=absences.absence_of(db(), shift.id), supervisor=supervisor, error=error,
        today=shift.day == day_of(at), in_time=shift.day == day_of(at) and shift.stops_at > at and shift.cancelled_at is None,
    )  # fmt: skip


def tapped_at() -> datetime:
    """When somebody tapped, for what waited on a phone: its age in whole seconds. Junk counts as now."""
    said = request.headers.get("X-Opstap-Age", "")
    seconds = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0
    return now() - timedelta(seconds=seconds if seconds <= LONGEST_WAIT_SECONDS else 0)


@pages.post("/shifts/<uuid:shift_id>/absence")
def cannot_come(shift_id: uuid.UUID) -> Response:
    """I cannot come today. The reason is asked in one word, and no medical one."""
    shift, placement = shift_or_404(shift_id)
    reason = request.form.get("reason", "")
    if not reason or reason not in ABSENCE_REASONS:
        return absence_page(shift, placement, status=422, error=_("Choose what comes closest."))
    words = request.form.get("words", "").strip()[:LONGEST_WORDS]
    try:
        absences.cannot_come(db(), placement, shift, reason=reason, words=words, by=g.person, now=now(), tapped=tapped_at())
    except rules.NotToday:
        return absence_page(shift, placement, status=409)
    return go(f"/shifts/{shift.id}/absence")


@pages.post("/shifts/<uuid:shift_id>/absence/withdrawal")
def can_come(shift_id: uuid.UUID) -> Response:
    """I come after all, said the same day."""
    shift, placement = shift_or_404(shift_id)
    try:
        absences.can_come(db(), placement, shift, by=g.person, now=now())
    except rules.NotToday:
        return absence_page(shift, placement, status=409)
    return go("/today")


# the calendar -----------------------------------------------------------------------------------


def secret() -> str:
    return str(current_app.config["SECRET_KEY"])


@pages.get("/me/calendar")
def my_calendar() -> Response:
    """The secret address, and how to renew or end it."""
    feed = feeds.own_feed(db(), g.person)
    address = f"{extension('settings').url}/calendar/{feeds.token_of(feed.id, secret())}.ics" if feed else ""
    return page("placements/calendar.html", feed=feed, address=address, webcal="webcal://" + address.split("://", 1)[-1] if address else "")


@pages.post("/me/calendar")
def make_calendar() -> Response:
    feeds.make_feed(db(), secret=secret(), by=g.person, now=now())
    return go("/me/calendar")


@pages.post("/me/calendar/<uuid:feed_id>/renewal")
def renew_calendar(feed_id: uuid.UUID) -> Response:
    feeds.renew_feed(db(), feed_id, secret=secret(), by=g.person, now=now())
    return go("/me/calendar")


@pages.post("/me/calendar/<uuid:feed_id>/end")
def end_calendar(feed_id: uuid.UUID) -> Response:
    feeds.end_feed(db(), feed_id, by=g.person, now=now())
    return go("/me/calendar")


@pages.get("/calendar/<token>.ics")
def feed(token: str) -> Response:
    """The calendar at its secret address, for a phone's calendar that cannot sign in. An address that ended is not there."""
    found = feeds.feed_at(db(), token)
    if found is None:
        abort(404)
    answer = make_response(feeds.calendar_of(db(), found, name=_("Work"), now=now()))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Cache-Control"] = "private, max-age=900"
    return answer
