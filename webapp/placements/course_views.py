"""The course of a placement on the case manager's screen: its limit, other hours, a pause, and its end."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Response, abort, g, request
from sqlalchemy import select

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page
from webapp.foundation.texts import N_, date_words
from webapp.foundation.texts import gettext as _
from webapp.people.employers import Establishment
from webapp.people.models import Account
from webapp.placements import course, course_forms, rules
from webapp.placements.blueprint import pages
from webapp.placements.checks import check_plan, plan_of
from webapp.placements.matching import days_grouped
from webapp.placements.models import Placement
from webapp.placements.phone_views import placement_or_404, terms
from webapp.placements.records import OUTCOMES, WISHES, PlacementPause

ABSENCES_SHOWN = 3  # lately: so that somebody can be called, and nothing adds up
WRONG = {
    ("valid_from", "not_yet"): N_("Choose a day from tomorrow on. What was worked was worked as agreed."),
    ("valid_from", "outside"): N_("Choose a day of this placement."),
    ("first_day", "not_yet"): N_("Choose a day from tomorrow on. Today somebody says it themselves."),
    ("first_day", "outside"): N_("Choose a day of this placement."),
    ("first_day", "overlaps"): N_("There is a pause already in these days."),
    ("last_day", "before_first"): N_("The last day comes before the first."),
    ("last_day", "outside"): N_("Choose a day from today until the last day agreed."),
}
OUTCOME_WORDS = {
    "contract": N_("A contract"), "subsidy": N_("A contract with wage subsidy"), "training": N_("Training"), "back": N_("Back to looking for work"),
    "stopped": N_("Stopped by own choice"),
}  # fmt: skip
OUTCOME_HINTS = {
    "contract": N_("Here or somewhere else, paid as other people are."), "subsidy": N_("Paid work, the municipality pays a part."),
    "training": N_("A school or a course."), "back": N_("You look further together."), "stopped": N_("No consequences, whatever the reason."),
}  # fmt: skip
WISH_WORDS = {"participant": N_("The participant"), "employer": N_("The employer"), "municipality": N_("The municipality")}


@pages.get("/placements/<uuid:placement_id>/course")
def course_of(placement_id: uuid.UUID) -> Response:
    notice = {
        "hours": _("The new hours are recorded. Both sides read it."),
        "pause": _("The pause is recorded. Both sides read it."),
        "end": _("The end is recorded."),
    }
    return course_page(placement_or_404(placement_id), notice=notice.get(request.args.get("kept", "")))


def course_page(
    placement: Placement, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, status: int = 200,
    refused: str | None = None, notice: str | None = None,
) -> Response:  # fmt: skip
    """Everything about one placement: how long it may last and why, what changed, and what can be changed."""
    today = day_of(now())
    participant, place = db().get(Account, placement.participant_id), db().get(Establishment, placement.establishment_id)
    ends = course.ends_of(db(), placement.id)
    changed = db().execute(select(course.changes).where(course.changes.c.placement_id == placement.id).order_by(course.changes.c.valid_from)).all()
    lately = (
        db()
        .execute(
            select(course.absences)
            .where(course.absences.c.placement_id == placement.id, course.absences.c.taken_back_at.is_(None), course.absences.c.day >= today)
            .limit(ABSENCES_SHOWN)
        )
        .all()
    )
    return page(
        "placements/course.html", status=status, placement=placement, participant=participant, place=place, today=today, typed=typed or {}, errors=errors or {},
        refused=refused, notice=notice, checked=check_plan(db(), plan_of(db(), placement), terms()), agreed=course.agreed_last_day(db(), placement),
        days=days_grouped(placement.pattern), plan={day["weekday"]: day for day in placement.pattern}, changed=changed, days_grouped=days_grouped,
        pauses=course.pauses_of(db(), placement.id), ends=ends, lately=lately, ids={name: str(new_id()) for name in ("change", "pause")},
        outcomes=[(key, _(OUTCOME_WORDS[key]), _(OUTCOME_HINTS[key])) for key in OUTCOMES], outcome_words={key: _(text) for key, text in OUTCOME_WORDS.items()},
        wishes=[(key, _(WISH_WORDS[key])) for key in WISHES], wish_words={key: _(text) for key, text in WISH_WORDS.items()},
    )  # fmt: skip


def wrong_words(wrong: rules.Wrong, names: Mapping[str, str] | None = None) -> dict[str, str]:
    return {(names or {}).get(field, field): _(WRONG[field, why]) for field, why in wrong.fields.items()}


def not_now(placement: Placement) -> Response:
    return course_page(placement, status=409, refused=_("This placement does not run now, so nothing in it can change."))


def meanwhile(placement: Placement) -> Response:
    return course_page(placement, status=409, refused=_("Somebody recorded something else here meanwhile. Look at it first."))


@pages.post("/placements/<uuid:placement_id>/changes")
def change_hours(placement_id: uuid.UUID) -> Response:
    """Other hours from a day on; the limit is looked at again at once."""
    placement = placement_or_404(placement_id)
    typed = course_forms.read_change(request.form)
    if typed.errors or typed.valid_from is None:
        return course_page(placement, typed=typed.values, errors=typed.errors, status=422)
    try:
        course.change_hours(
            db(),
            placement,
            typed.id or new_id(),
            typed.valid_from,
            typed.pattern or [],
            reason=typed.values["reason"],
            by=g.person,
            terms=terms(),
            now=now(),
        )
    except rules.Wrong as wrong:
        return course_page(placement, typed=typed.values, errors=wrong_words(wrong), status=422)
    except rules.PastLimit as past:
        words = _("With this week the place may last until %(day)s at most. Choose fewer hours, or an earlier day.", day=date_words(past.last_day))
        return course_page(placement, typed=typed.values, errors={"valid_from": words}, status=422)
    except course.NotRunning:
        return not_now(placement)
    except course.AlreadyRecorded:
        return meanwhile(placement)
    return go(f"/placements/{placement.id}/course?kept=hours")


@pages.post("/placements/<uuid:placement_id>/pauses")
def pause(placement_id: uuid.UUID) -> Response:
    placement = placement_or_404(placement_id)
    typed = course_forms.read_pause(request.form)
    if typed.errors or typed.pause is None:
        return course_page(placement, typed=typed.values, errors=typed.errors, status=422)
    try:
        course.pause(
            db(),
            placement,
            typed.id or new_id(),
            typed.pause,
            wished_by=typed.values["wished_by"],
            reason=typed.values["pause_reason"],
            by=g.person,
            now=now(),
        )
    except rules.Wrong as wrong:
        return course_page(placement, typed=typed.values, errors=wrong_words(wrong), status=422)
    except course.NotRunning:
        return not_now(placement)
    except course.AlreadyRecorded:
        return meanwhile(placement)
    return go(f"/placements/{placement.id}/course?kept=pause")


@pages.post("/placements/<uuid:placement_id>/pauses/<uuid:pause_id>/end")
def resume(placement_id: uuid.UUID, pause_id: uuid.UUID) -> Response:
    """Work goes on from tomorrow, or the pause does not begin."""
    placement = placement_or_404(placement_id)
    found = db().get(PlacementPause, pause_id)
    if found is None or found.placement_id != placement.id:
        abort(404)
    course.resume(db(), placement, found, by=g.person, now=now())
    return go(f"/placements/{placement.id}/course?kept=pause")


@pages.post("/placements/<uuid:placement_id>/end")
def end(placement_id: uuid.UUID) -> Response:
    """How it ended, or that it ends on a day: a record with a name, a reason and an outcome."""
    placement = placement_or_404(placement_id)
    typed = course_forms.read_end(request.form)
    if typed.errors or typed.valid_from is None:
        return course_page(placement, typed=typed.values, errors=typed.errors, status=422)
    try:
        course.end(
            db(),
            placement,
            outcome=typed.values["outcome"],
            reason=typed.values["end_reason"],
            last=typed.valid_from,
            number=typed.number,
            by=g.person,
            now=now(),
        )
    except rules.Wrong as wrong:
        return course_page(placement, typed=typed.values, errors=wrong_words(wrong, {"last_day": "end_day"}), status=422)
    except course.NotRunning:
        return not_now(placement)
    except course.AlreadyRecorded:
        return meanwhile(placement)
    return go(f"/placements/{placement.id}/course?kept=end")
