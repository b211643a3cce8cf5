"""An offer on the participant's phone: one complete card, a free answer, and what comes after a yes."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, g, make_response, request
from sqlalchemy import select

from webapp.foundation.clock import add_working_days, day_of, instant, now
from webapp.foundation.database import db
from webapp.foundation.pages import extension, go, invalid, page
from webapp.foundation.texts import gettext as _
from webapp.offers.actions import offers, offers_of, said_no
from webapp.offers.models import Offer
from webapp.offers.rules import Answer, OfferGone
from webapp.people.employers import Establishment
from webapp.people.models import Account, ParticipantFile
from webapp.placements import (  # noqa: F401 - those called views add addresses of their own
    actions,
    asking_views,
    course_views,
    displacement_views,
    phone_views,
    rules,
    staff_views,
)
from webapp.placements.actions import placements
from webapp.placements.blueprint import pages
from webapp.placements.models import Placement
from webapp.premium.rules import premium_cents
from webapp.requests.models import WorkRequest, planned_days
from webapp.terms.actions import terms_of

accounts, files = Account.__table__, ParticipantFile.__table__  # type: ignore[attr-defined]


def offer_or_404(offer_id: uuid.UUID) -> Offer:
    found: Offer | None = db().execute(offers_of(g.person).where(offers.c.id == offer_id)).scalar_one_or_none()
    return found or abort(404)


def own_case_manager() -> Any:
    return db().execute(select(accounts).join(files, files.c.case_manager_id == accounts.c.id).where(files.c.account_id == g.person.id)).one()


@pages.get("/offers/<uuid:offer_id>")
def offer(offer_id: uuid.UUID) -> Response:
    return offer_page(offer_or_404(offer_id))


def offer_page(found: Offer, *, status: int = 200, gone: bool = False) -> Response:
    """The whole card; after a yes or a no the page that belongs to it."""
    work = db().get(WorkRequest, found.request_id)
    assert work is not None
    placement = actions.placement_of(db(), found)
    terms = terms_of(db(), g.person.municipality_id, g.person.terms_token)
    rate = terms.rate_or_none(max(work.starts_on, day_of(now())))
    own_file = db().get(ParticipantFile, g.person.id)
    days = planned_days(work.pattern)
    first = next((instant(day, plan.start) for day, plan in rules.days_of_work(days, work.starts_on, work.starts_on + timedelta(days=6))), None)  # type: ignore[attr-defined]
    return page(
        "placements/offer.html", status=status, offer=found, work=work, placement=placement, guide=db().get(Account, work.guide_id),
        place=db().get(Establishment, work.establishment_id), days=grouped(days), rate=rate,
        week_cents=premium_cents(work.weekly_minutes, rate.cents_per_hour) if rate else 0, travels_by=own_file.travels_by if own_file else "",
        case_manager=own_case_manager(), check_by=check_by(placement), first=first, said_no=said_no(found, extension("sealer")),
        in_time=now() < found.closes_at, gone=gone or (found.status == "open" and now() >= found.closes_at),
        undoable=placement is None or placement.status == "accepted" or (placement.status == "running" and placement.starts_on > day_of(now())),
    )  # fmt: skip


def check_by(placement: Placement | None) -> date | None:
    """By when the case manager has looked: two working days after the yes."""
    return add_working_days(day_of(placement.accepted_at), 2) if placement else None


def grouped(days: list[Any]) -> list[tuple[list[int], str, str]]:
    """Weekdays with the same hours together: ([0, 2, 4], "09:00", "13:00")."""
    groups: dict[tuple[str, str], list[int]] = {}
    for day in days:
        groups.setdefault(day.hours, []).append(day.weekday)
    return [(weekdays, start, stop) for (start, stop), weekdays in groups.items()]


@pages.post("/offers/<uuid:offer_id>/answer")
def answer(offer_id: uuid.UUID) -> Response:
    """Yes, no, or taking either back. No confirmation in any direction: taking back is the safety."""
    found = offer_or_404(offer_id)
    try:
        said = Answer(request.form.get("answer", ""))
    except ValueError:
        return offer_page(found, status=422)
    try:
        actions.answer(db(), found, said, by=g.person, case_manager_id=own_case_manager().id, sealer=extension("sealer"), now=now())
    except OfferGone:
        return offer_page(found, status=409, gone=True)
    except rules.TooLateToStop:
        placement = actions.placement_of(db(), found)
        return go(f"/placements/{placement.id}/stop") if placement else offer_page(found, status=409, gone=True)
    return go(f"/offers/{found.id}")


@pages.get("/offers/<uuid:offer_id>/calendar.ics")
def calendar(offer_id: uuid.UUID) -> Response:
    """The planned days of the first week, repeating until the last day, for the phone's own calendar."""
    from icalendar import Calendar, Event  # 6 MB in memory, for what few ask

    found = offer_or_404(offer_id)
    placement = actions.placement_of(db(), found)
    if found.status != "yes" or placement is None:
        abort(404)
    place = db().get(Establishment, placement.establishment_id)
    book = Calendar()
    book.add("prodid", "-//Opstap//NL")
    book.add("version", "2.0")
    for day, plan in rules.days_of_work(planned_days(placement.pattern), placement.starts_on, placement.ends_on):
        stop_day = day if plan.stop > plan.start else day + timedelta(days=1)  # type: ignore[attr-defined]
        event = Event()
        event.add("uid", f"{placement.id}-{day}-{plan.start:%H%M}@opstap")  # type: ignore[attr-defined]
        event.add("dtstamp", placement.accepted_at)
        event.add("dtstart", instant(day, plan.start))  # type: ignore[attr-defined]
        event.add("dtend", instant(stop_day, plan.stop))  # type: ignore[attr-defined]
        event.add("summary", placement.function)
        event.add("location", f"{place.name}, {place.street}, {place.town}" if place else "")
        book.add_component(event)
    return make_response(
        book.to_ical(), 200, {"Content-Type": "text/calendar; charset=utf-8", "Content-Disposition": "attachment; filename=opstap.ics"}
    )


def placement_or_404(placement_id: uuid.UUID) -> Placement:
    found: Placement | None = db().execute(actions.visible_to(g.person, day_of(now())).where(placements.c.id == placement_id)).scalar_one_or_none()
    return found or abort(404)


@pages.get("/placements/<uuid:placement_id>/stop")
def leaving(placement_id: uuid.UUID) -> Response:
    return page("placements/stop.html", **stop_context(placement_or_404(placement_id)))


def stop_context(placement: Placement) -> dict[str, Any]:
    """`agreed`: the day the placement was to end at first; going on until then undoes a stop."""
    return {"placement": placement, "today": day_of(now()), "case_manager": own_case_manager(), "agreed": actions.agreed_last_day(db(), placement)}


@pages.post("/placements/<uuid:placement_id>/stop")
def stop(placement_id: uuid.UUID) -> Response:
    """Stopping is always allowed and costs nothing; a reason may be left out. Without a day it is today."""
    placement = placement_or_404(placement_id)
    today = day_of(now())
    text = request.form.get("last_day", "").strip()
    try:
        last = date.fromisoformat(text) if text else today
        if today <= last < placement.starts_on and (offer := db().get(Offer, placement.offer_id)) is not None:
            actions.take_back_before_the_start(db(), placement, offer, by=g.person, sealer=extension("sealer"), now=now())
            return go(f"/offers/{offer.id}")
        actions.stop(
            db(), placement, last, reason=request.form.get("reason", "").strip()[:1000], by=g.person, case_manager_id=own_case_manager().id, now=now()
        )
    except (ValueError, rules.TooLateToStop):
        errors = {"last_day": _("Choose a day from today until your last day.")}
        return invalid("placements/stop.html", errors=errors, **stop_context(placement))
    return go("/today")
