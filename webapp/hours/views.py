"""Hours on the participant's phone: writing them down, and answering a correction. Addresses of the other roles join in."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, abort, g, request
from sqlalchemy import select

from webapp.foundation.clock import day_of, monday_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page
from webapp.foundation.texts import clock_words, day_words
from webapp.foundation.texts import gettext as _
from webapp.history.actions import history
from webapp.hours import actions, confirming, disputes, forms, rules  # noqa: F401 - they also add the addresses of supervisors and case managers
from webapp.hours.blueprint import pages
from webapp.hours.models import HoursEntry
from webapp.hours.reads import PAID_ON, STANDS, accounts, check_ins, entries, files, paid_day, visible_to
from webapp.hours.rules import Status
from webapp.hours.times import Shift
from webapp.hours.words import change_words, reason_words, status_chip
from webapp.people.models import Account
from webapp.permissions import Role
from webapp.placements import actions as placement_actions
from webapp.placements.actions import placements, shifts
from webapp.placements.models import Placement
from webapp.premium.rules import premium_cents
from webapp.terms.here import terms

WEEKS_BACK = 26


def entry_or_404(entry_id: uuid.UUID) -> HoursEntry:
    found: HoursEntry | None = db().execute(visible_to(g.person, day_of(now())).where(entries.c.id == entry_id)).scalar_one_or_none()
    return found or abort(404)


def placement_or_404(text: str | None) -> Placement:
    key = forms.read_uuid(text)
    query = placement_actions.visible_to(g.person, day_of(now()))
    found: Placement | None = db().execute(query.where(placements.c.id == key)).scalar_one_or_none() if key else None
    return found or abort(404)


# the page of the week ---------------------------------------------------------------------


@pages.get("/hours")
def mine() -> Response:
    return week_page({}, {})


def week_page(typed: dict[str, Any], errors: dict[str, str], *, status: int = 200, **more: Any) -> Response:
    """The open day as a form, and the week under it. With errors: the same page, what was typed kept."""
    today = day_of(now())
    own = own_placements()
    week = monday_of(asked_day("week", today))
    rows = (
        db()
        .execute(
            select(entries, accounts.c.first_name.label("supervisor"), PAID_ON)
            .join(placements, placements.c.id == entries.c.placement_id)
            .join(accounts, accounts.c.id == placements.c.supervisor_id)
            .where(entries.c.participant_id == g.person.id, entries.c.week_of.between(week - timedelta(weeks=1), week))
            .order_by(entries.c.worked_on.desc(), entries.c.starts_at.desc())
        )
        .all()
    )
    this_week = [row for row in rows if row.week_of == week]
    form = typed or open_day(own, today)
    return page(
        "hours/mine.html", status=status, errors=errors, form=form, placements=own, today=today, week=week, rows=this_week,
        week_minutes=sum(best_minutes(row) for row in this_week if row.status != "withdrawn"), status_chip=status_chip, best_minutes=best_minutes,
        rate_cents=rate_or_none(form.get("worked_on_date") or today), earlier=week - timedelta(weeks=1), later=week + timedelta(weeks=1) if week < monday_of(today) else None,
        notice=notice_of(request.args.get("sent")), one_day=timedelta(days=1), questions=more.pop("questions", None), **more,
    )  # fmt: skip


def notice_of(sent: str | None) -> str | None:
    return {"1": _("Your hours are sent."), "back": _("You took your hours back.")}.get(sent or "")


def own_placements() -> list[Any]:
    """Placements hours can be written for, the newest first, with the first name of the supervisor."""
    rows = db().execute(
        select(placements, accounts.c.first_name.label("supervisor"))
        .join(accounts, accounts.c.id == placements.c.supervisor_id)
        .where(placements.c.participant_id == g.person.id, placements.c.status.in_(("running", "ended")))
        .order_by(placements.c.starts_on.desc())
    )
    return list(rows)


def open_day(own: list[Any], today: date) -> dict[str, Any]:
    """What the form is filled with: a check-in that stopped, the day asked for, or the oldest planned shift not sent yet."""
    usable = [p for p in own if p.starts_on <= today]
    if not usable:
        return {}
    done = db().execute(
        select(check_ins).where(
            check_ins.c.participant_id == g.person.id, check_ins.c.stopped_at.is_not(None), check_ins.c.started_at > now() - timedelta(days=7),
            ~select(entries.c.id).where(entries.c.id == check_ins.c.entry_id).exists(),
        ).order_by(check_ins.c.started_at).limit(1)
    ).first()  # fmt: skip
    placement = usable[0]
    asked = request.args.get("day")
    if done is not None and asked is None:
        plan = next((p for p in planned_on(day_of(done.started_at)) if p.placement_id == done.placement_id), None)
        placement = next((p for p in usable if p.id == done.placement_id), placement)
        return form_values(placement, day_of(done.started_at), done.started_at, done.stopped_at, plan.break_minutes if plan else 0, done.entry_id)
    if asked is not None:
        day = asked_day("day", today)
        plan = None if request.args.get("again") else next(iter(planned_on(day)), None)
    else:
        plan = oldest_unsent(today)
        day = plan.day if plan else today
    if plan is not None:
        placement = next((p for p in usable if p.id == plan.placement_id), placement)
        return form_values(placement, plan.day, plan.starts_at, plan.stops_at, plan.break_minutes, new_id())
    return form_values(placement, day, None, None, 0, new_id())


def form_values(placement: Any, day: date, start: datetime | None, stop: datetime | None, pause: int, entry_id: uuid.UUID) -> dict[str, Any]:
    return {
        "entry_id": entry_id, "placement_id": placement.id, "supervisor": placement.supervisor, "worked_on": day.isoformat(), "worked_on_date": day,
        "start": clock_words(start) if start else "", "stop": clock_words(stop) if stop else "", "break_minutes": str(pause), "version": "0",
    }  # fmt: skip


def planned_on(day: date) -> list[Any]:
    return list(db().execute(unsent_shifts().where(shifts.c.day == day).order_by(shifts.c.starts_at)))


def oldest_unsent(today: date) -> Any:
    return db().execute(unsent_shifts().where(shifts.c.day.between(today - timedelta(days=7), today)).order_by(shifts.c.starts_at).limit(1)).first()


def unsent_shifts() -> Any:
    """Planned shifts of this participant for which no hours were written."""
    written = select(entries.c.id).where(entries.c.planned_shift_id == shifts.c.id, STANDS).exists()
    return select(shifts).where(shifts.c.participant_id == g.person.id, shifts.c.cancelled_at.is_(None), ~written)


def asked_day(name: str, fallback: date) -> date:
    try:
        return forms.read_day(request.args.get(name, ""))
    except ValueError:
        return fallback


def rate_or_none(day: date) -> int | None:
    rate = terms().rate_or_none(day)
    return rate.cents_per_hour if rate else None


def best_minutes(entry: Any) -> int:
    """The minutes to show for an entry: what is certain once it is settled, otherwise what was written."""
    return int(entry.minutes if entry.status in (Status.SENT, Status.CORRECTED, Status.DISPUTED) else entry.certain_minutes or entry.minutes)


# writing down -----------------------------------------------------------------------------


@pages.post("/hours/<uuid:entry_id>")
def log(entry_id: uuid.UUID) -> Response:
    """Hours sent from the form or the phone's waiting room; the id was made at the tap, so twice is once."""
    entry: HoursEntry | None = db().get(HoursEntry, entry_id)
    if entry is not None and entry.participant_id != g.person.id:
        abort(404)
    placement = placement_or_404(str(entry.placement_id)) if entry else placement_asked_for()
    if placement is None:
        return week_page({}, {"placement_id": _("Choose the place where you worked.")}, status=422)
    typed = forms.read_shift(request.form)
    again = {
        **dict.fromkeys(("worked_on", "start", "stop", "break_minutes", "version"), ""), **request.form.to_dict(), "entry_id": entry_id,
        "placement_id": placement.id, "supervisor": first_name(placement.supervisor_id), "worked_on_date": typed.worked_on,
    }  # fmt: skip
    if typed.shift is None:
        return week_page(again, typed.errors, status=422, twice=typed.twice)
    if request.form.get("ask") == "1" and (asked := forms.questions(typed.shift)):
        return week_page(again, {}, status=200, questions=asked, shift=typed.shift)
    try:
        version = forms.read_version(request.form.get("version"))
        sent = actions.log(db(), entry_id, entry, placement, typed.shift, version=version or 0, by=g.person, now=now())
    except actions.Stale:
        return conflict(entry, typed.shift)
    except rules.NotNow:
        return conflict(entry, typed.shift)
    except actions.Overlaps as clash:
        text = _("You already sent hours for %(day)s.", day=day_words(clash.worked_on))
        return week_page(again, {"start": text}, status=422, clash=clash)
    except actions.NotInPlacement as outside:
        return week_page(again, {"worked_on": outside_words(outside)}, status=422)
    return go(f"/hours?week={sent.week_of}&sent=1#entry-{sent.id}")


def outside_words(outside: actions.NotInPlacement) -> str:
    if outside.why == "before_start" and outside.day:
        return _("This day is before your first working day (%(day)s).", day=day_words(outside.day))
    if outside.why == "after_end" and outside.day:
        return _("This day is after your last working day (%(day)s).", day=day_words(outside.day))
    if outside.why == "paused":
        return _("There is a pause on this day. Call your case manager if you did work.")
    if outside.why == "after_last_shift":
        return _("Your place ended with this shift. Fill in at most the end that was planned.")
    if outside.why == "not_yet":
        return _("This day has not come yet. Send your hours after work.")
    return _("This work has not started yet. Your case manager records the start first.")


def conflict(entry: HoursEntry | None, typed: Any) -> Response:
    """Somebody else was first: both versions, in plain words, and nothing is lost."""
    supervisor = first_name(db().get(Placement, entry.placement_id).supervisor_id) if entry else ""  # type: ignore[union-attr]
    return page(
        "hours/conflict.html",
        status=409,
        entry=entry,
        typed=typed,
        supervisor=supervisor,
        chip=status_chip(entry.status, supervisor) if entry else None,
    )


def placement_asked_for() -> Placement | None:
    """The placement the form names; without a name the only one there is, and None when that is not clear either."""
    named = request.form.get("placement_id")
    if named and forms.read_uuid(named):
        return placement_or_404(named)
    own = own_placements()
    return db().get(Placement, own[0].id) if not named and len(own) == 1 else None


def first_name(account_id: uuid.UUID) -> str:
    account = db().get(Account, account_id)
    return account.first_name if account else ""


@pages.post("/hours/<uuid:entry_id>/withdrawal")
def withdraw(entry_id: uuid.UUID) -> Response:
    entry = entry_or_404(entry_id)
    try:
        actions.withdraw(db(), entry, by=g.person, now=now())
    except rules.NotNow:
        return conflict(entry, None)
    return go("/hours?sent=back")


def tapped_at() -> datetime:
    return forms.tapped_at(now(), request.headers.get("X-Opstap-Age"))


@pages.post("/placements/<uuid:placement_id>/check-in")
def check_in(placement_id: uuid.UUID) -> Response:
    placement = placement_or_404(str(placement_id))
    try:
        actions.check_in(db(), placement, forms.read_uuid(request.form.get("entry_id")) or new_id(), by=g.person, now=now(), tapped=tapped_at())
    except actions.NotInPlacement:
        return page("hours/place_is_over.html", status=409)
    return go("/today")


@pages.post("/placements/<uuid:placement_id>/check-out")
def check_out(placement_id: uuid.UUID) -> Response:
    placement_or_404(str(placement_id))
    actions.check_out(db(), by=g.person, now=now(), tapped=tapped_at())
    return go("/hours")


# one entry --------------------------------------------------------------------------------


@pages.get("/hours/<uuid:entry_id>")
def show(entry_id: uuid.UUID) -> Response:
    """One entry: everybody opens it at the same address, and sees what their role needs."""
    entry = entry_or_404(entry_id)
    if g.person.role == Role.CASE_MANAGER:
        return disputes.case_page(entry)
    return entry_page(entry, {}, disagreeing=request.args.get("disagree") == "1")


def entry_page(entry: HoursEntry, errors: dict[str, str], *, status: int = 200, **more: Any) -> Response:
    """The page of one entry, as each role needs it."""
    more = {"errors": errors, "disagreeing": False, **more}
    return page(f"hours/show_{g.person.role}.html", status=status, **entry_context(entry), **more)


def entry_context(entry: HoursEntry) -> dict[str, Any]:
    """Everything a page about one entry shows: both versions in minutes and cents, the people, dates and history."""
    placement = db().get(Placement, entry.placement_id)
    assert placement is not None
    people = {row.id: row for row in db().execute(select(accounts).where(accounts.c.id.in_(people_of(entry, placement)))).all()}
    case_manager = (
        db().execute(select(accounts).join(files, files.c.case_manager_id == accounts.c.id).where(files.c.account_id == entry.participant_id)).one()
    )
    rate = terms().rate_or_none(entry.worked_on)
    silence = terms().silence(entry.worked_on)
    corrected_by = people.get(entry.corrected_by) or people[placement.supervisor_id]
    dates: dict[str, date | None] = {
        "answer_by": rules.answer_due(day_of(entry.corrected_at), silence.answer_days) if entry.corrected_at else None,
        "ruling_by": rules.ruling_due(day_of(entry.responded_at), silence.ruling_working_days) if entry.responded_at else None,
    }
    written, corrected = entry.minutes, entry.corrected_minutes
    paid = paid_day(db(), entry)
    return {
        "entry": entry, "paid_on": paid, "shown_status": Status.PAID if paid else entry.status, "placement": placement, "people": people, "participant": people[entry.participant_id], "supervisor": people[placement.supervisor_id],
        "corrected_by": corrected_by, "case_manager": case_manager, "rate": rate, "chip": status_chip(Status.PAID if paid else entry.status, people[placement.supervisor_id].first_name),
        "reason": reason_words(entry.correction_reason) if entry.correction_reason else "", "dates": dates,
        **cents_of_versions(rate.cents_per_hour if rate else 0, written=written, corrected=corrected or 0, certain=entry.certain_minutes),
        "changes": changes_of(entry), "change_words": change_words, "hints": forms.hints(Shift(entry.worked_on, entry.starts_at, entry.stops_at, entry.break_minutes)),
    }  # fmt: skip


def cents_of_versions(cents_per_hour: int, *, written: int, corrected: int, certain: int) -> dict[str, int]:
    """What each version is worth; `cents_per_hour` 0 where no rate is known, and then nothing is shown in euros."""
    worth = {
        f"{name}_cents": premium_cents(minutes, cents_per_hour)
        for name, minutes in (("written", written), ("corrected", corrected), ("certain", certain))
    }
    return {**worth, "waiting_cents": premium_cents(max(written, corrected), cents_per_hour) - worth["certain_cents"]}


def people_of(entry: HoursEntry, placement: Placement) -> set[uuid.UUID]:
    ids = {entry.participant_id, placement.supervisor_id, entry.confirmed_by, entry.corrected_by, entry.ruled_by}
    return {id for id in ids if id is not None}


def changes_of(entry: HoursEntry) -> list[Any]:
    """Who did what to this entry and when, oldest first."""
    return list(
        db().execute(
            select(history.c.at, history.c.action, history.c.actor_role, accounts.c.first_name, history.c.facts)
            .outerjoin(accounts, accounts.c.id == history.c.actor_id)
            .where(history.c.subject_id == entry.id, history.c.municipality_id == g.person.municipality_id)
            .order_by(history.c.number)
        )
    )


@pages.post("/hours/<uuid:entry_id>/response")
def respond(entry_id: uuid.UUID) -> Response:
    """The participant's answer to a correction: agree, or not, with a few words."""
    entry = entry_or_404(entry_id)
    response, reason = request.form.get("response", ""), request.form.get("reason", "").strip()[:1000]
    if response not in ("agree", "dispute"):
        return entry_page(entry, {"response": _("Choose: agree or not agree.")}, status=422)
    if response == "dispute" and not reason and entry.status != Status.DISPUTED:
        return entry_page(entry, {"reason": _("Write in a few words why.")}, status=422, disagreeing=True)
    try:
        if response == "agree":
            actions.agree(db(), entry, by=g.person, terms=terms(), now=now())
        else:
            actions.dispute(db(), entry, reason, by=g.person, now=now())
    except rules.NotNow:
        return conflict(entry, None)
    return go(f"/hours/{entry.id}")
