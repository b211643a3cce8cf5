"""Nothing is lost when a case manager is away or leaves: who stands in, and handing people over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, abort, g, request
from sqlalchemy import func, or_, select, update
from sqlmodel import Session

from webapp.caseload.blueprint import pages
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import date_words, ngettext
from webapp.foundation.texts import gettext as _
from webapp.growth.careers import signals
from webapp.growth.deciding import objections
from webapp.growth.models import Objection, Signal
from webapp.history.actions import Change, record, record_by
from webapp.hours.forms import read_uuid
from webapp.hours.reads import accounts, files
from webapp.notifications.actions import notify, notify_many
from webapp.people import actions as people
from webapp.people.models import Absence, Membership, ParticipantFile
from webapp.people.person import Person
from webapp.permissions import Role

absences: Any = Absence.__table__  # type: ignore[attr-defined]
memberships: Any = Membership.__table__  # type: ignore[attr-defined]
LONGEST_ABSENCE = timedelta(days=366)


def case_managers(session: Session, municipality_id: int, today: date) -> list[Any]:
    """Who works as case manager today, by name, with how many people they have."""
    count = select(func.count()).where(files.c.case_manager_id == accounts.c.id).correlate(accounts).scalar_subquery()
    return list(
        session.execute(
            select(accounts.c.id, accounts.c.first_name, accounts.c.last_name, memberships.c.id.label("membership_id"), count.label("people"))
            .join(memberships, memberships.c.account_id == accounts.c.id)
            .where(
                memberships.c.municipality_id == municipality_id, memberships.c.role == Role.CASE_MANAGER, memberships.c.valid_from <= today,
                or_(memberships.c.valid_until.is_(None), memberships.c.valid_until >= today),
            )
            .order_by(accounts.c.first_name, accounts.c.last_name, accounts.c.id)
        )
    )  # fmt: skip


# away for some days -------------------------------------------------------------------------


@pages.get("/cover")
def cover() -> Response:
    return cover_page({})


def cover_page(typed: Mapping[str, str], *, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    today = day_of(now())
    arranged = db().execute(
        select(absences, accounts.c.first_name, accounts.c.last_name)
        .join(accounts, accounts.c.id == absences.c.stand_in_id)
        .where(absences.c.account_id == g.person.id, absences.c.last_day >= today, absences.c.ended_at.is_(None))
        .order_by(absences.c.first_day)
    )
    others = [
        (str(one.id), f"{one.first_name} {one.last_name}", "")
        for one in case_managers(db(), g.person.municipality_id, today)
        if one.id != g.person.id
    ]
    return page("caseload/cover.html", status=status, absences=list(arranged), colleagues=others, typed=typed, errors=errors or {}, today=today)


@pages.post("/cover")
def arrange_cover() -> Response:
    """Somebody does my work for some days. The same again changes nothing."""
    today, errors = day_of(now()), {}
    chosen = read_uuid(request.form.get("colleague"))
    colleague = next((one for one in case_managers(db(), g.person.municipality_id, today) if one.id == chosen and one.id != g.person.id), None)
    if colleague is None:
        errors["colleague"] = _("Choose who stands in for you.")
    first, last = day_typed(request.form.get("first_day")), day_typed(request.form.get("last_day"))
    if first is None or first < today:
        errors["first_day"] = _("Fill in a day, today or later.")
    if last is None or (first is not None and not first <= last <= first + LONGEST_ABSENCE):
        errors["last_day"] = _("Fill in a day after the first one, a year later at most.")
    if not errors and first is not None and last is not None and colleague is not None:
        known = (
            db()
            .execute(
                select(absences).where(
                    absences.c.account_id == g.person.id, absences.c.ended_at.is_(None), absences.c.first_day <= last, absences.c.last_day >= first
                )
            )
            .first()
        )
        if known is None:
            lent = db().get(Membership, colleague.membership_id)
            assert lent is not None
            made = people.arrange_stand_in(db(), g.person, lent, first_day=first, last_day=last)
            told("absence.arranged", made.id, {"stand_in": colleague.id, "first_day": first, "last_day": last}, now())
        elif (known.stand_in_id, known.first_day, known.last_day) != (colleague.id, first, last):
            errors["last_day"] = _("Somebody already stands in for you until %(day)s. End that first.", day=date_words(known.last_day))
    return cover_page(request.form, status=422, errors=errors) if errors else go("/cover")


@pages.post("/cover/<uuid:absence_id>/end")
def end_cover(absence_id: uuid.UUID) -> Response:
    """I am back. Again changes nothing."""
    own = select(Absence).where(
        absences.c.municipality_id == g.person.municipality_id, absences.c.account_id == g.person.id, absences.c.id == absence_id
    )
    found: Absence | None = db().execute(own).scalar_one_or_none()
    if found is None:
        abort(404)
    if found.ended_at is None:
        found.ended_at = now()
        db().add(found)
        db().flush()
        told("absence.ended", found.id, {}, now())
    return go("/cover")


def day_typed(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def told(action: str, subject_id: uuid.UUID, facts: dict[str, Any], at: datetime) -> None:
    record_by(db(), [Change(action, subject_id, facts)], by=g.person, now=at)


# leaving, or making room ---------------------------------------------------------------------


@pages.get("/hand-over")
def hand_over() -> Response:
    return hand_over_page({}, giver=read_uuid(request.args.get("from")), given=request.args.get("given", ""))


def hand_over_page(
    typed: Mapping[str, str], *, giver: uuid.UUID | None, given: str = "", status: int = 200, errors: dict[str, str] | None = None
) -> Response:
    """A case manager gives away their own people; an administrator those of anybody."""
    today = day_of(now())
    managers = case_managers(db(), g.person.municipality_id, today)
    giver = g.person.id if g.person.role == Role.CASE_MANAGER else giver
    count = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else None
    return page(
        "caseload/hand_over.html", status=status, managers=managers if g.person.role == Role.ADMIN else [], giver=giver,
        people=people_of(db(), g.person.municipality_id, giver) if giver else [], typed=typed, errors=errors or {},
        receivers=[(str(one.id), f"{one.first_name} {one.last_name}", ngettext("%(num)s person now", "%(num)s people now", one.people)) for one in managers if one.id != giver],
        notice=ngettext("%(num)s person is handed over.", "%(num)s people are handed over.", count) if count else None,
    )  # fmt: skip


def people_of(session: Session, municipality_id: int, case_manager_id: uuid.UUID) -> list[Any]:
    """Everybody of one case manager, by name."""
    return list(
        session.execute(
            select(accounts.c.id, accounts.c.first_name, accounts.c.last_name)
            .join(files, files.c.account_id == accounts.c.id)
            .where(files.c.municipality_id == municipality_id, files.c.case_manager_id == case_manager_id)
            .order_by(accounts.c.first_name, accounts.c.last_name, accounts.c.id)
        )
    )


@pages.post("/hand-over")
def give_over() -> Response:
    """People go to another case manager, with everything that is open. Sending it again finds nobody left to give."""
    form, today = request.form, day_of(now())
    giver = g.person.id if g.person.role == Role.CASE_MANAGER else read_uuid(form.get("from"))
    to = next((one for one in case_managers(db(), g.person.municipality_id, today) if str(one.id) == form.get("to") and one.id != giver), None)
    reason = form.get("reason", "").strip()[:500]
    own = people_of(db(), g.person.municipality_id, giver) if giver else []
    asked = {read_uuid(text) for text in form.getlist("participant_id")}
    chosen = own if form.get("everybody") else [row for row in own if row.id in asked]
    errors = {}
    if to is None:
        errors["to"] = _("Choose who gets these people.")
    if not chosen and own:
        errors["participant_id"] = _("Choose who is handed over.")
    if not reason:
        errors["reason"] = _("Write why, in a few words.")
    if errors or giver is None or to is None:
        return hand_over_page(form, giver=giver, status=422, errors=errors)
    move(db(), giver, to, [row.id for row in chosen], reason, by=g.person, now=now())
    back = f"?from={giver}&given={len(chosen)}" if g.person.role == Role.ADMIN else f"?given={len(chosen)}"
    return go("/hand-over" + back)


def move(session: Session, giver: uuid.UUID, to: Any, people_ids: Sequence[uuid.UUID], reason: str, *, by: Person, now: datetime) -> None:
    """Give these people to another case manager: their open signals and questions follow by themselves, and what was asked of the giver too."""
    if not people_ids:
        return
    session.execute(
        update(ParticipantFile).where(files.c.municipality_id == by.municipality_id, files.c.account_id.in_(people_ids)).values(case_manager_id=to.id)
    )
    of_these = signals.c.participant_id.in_(people_ids)
    session.execute(update(Signal).where(of_these, signals.c.asked_id == to.id, signals.c.status != "asked").values(asked_id=None))
    left = not people_of(session, by.municipality_id, giver)
    if left:  # nobody remains with them: what colleagues asked them goes along, unless the receiver decided it
        session.execute(update(Signal).where(signals.c.asked_id == giver, signals.c.status != "closed").values(asked_id=to.id))
        session.execute(update(Objection).where(objections.c.asked_id == giver, objections.c.answered_at.is_(None)).values(asked_id=to.id))
    facts = {"from": giver, "to": to.id, "reason": reason}
    record(
        session,
        [Change("caseload.moved", who, facts) for who in people_ids],
        municipality_id=by.municipality_id,
        actor_id=by.id,
        actor_role=by.role,
        now=now,
    )
    base = {"municipality_id": by.municipality_id, "now": now}
    notify_many(
        session,
        [
            {**base, "to": who, "key": "caseload.moved", "slots": {"name": f"{to.first_name} {to.last_name}"}, "path": "/me", "cause_id": f"{to.id}:{now.isoformat()}"}
            for who in people_ids
        ],
    )  # fmt: skip
    notify(
        session, to=to.id, municipality_id=by.municipality_id, key="caseload.given", slots={"count": len(people_ids)}, path="/participants",
        cause_id=f"{giver}:{now.isoformat()}", now=now,
    )  # fmt: skip
