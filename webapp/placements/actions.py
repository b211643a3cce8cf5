"""From an answer to a placement, and from a recorded start to the last day."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, or_, select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.notifications.actions import notify
from webapp.offers.actions import close_the_others, newer_offers, said_no, set_status
from webapp.offers.models import Offer
from webapp.offers.rules import Answer, OfferGone, Outcome, outcome
from webapp.offers.seal import NO, NOTHING_SAID, Sealer
from webapp.people.actions import on_duty
from webapp.people.models import Absence, ParticipantFile
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.placements import rules
from webapp.placements.assessing import ensure, look_again
from webapp.placements.checks import check_plan, plan_of
from webapp.placements.course import agreed_last_day, placements, plan_shifts, record_change, renew_shifts, shifts, terms_now
from webapp.placements.models import Placement, PlannedShift
from webapp.requests.models import WorkRequest

__all__ = [
    "accept", "agreed_last_day", "answer", "cancel", "conclude", "end_passed", "free_place", "own_caseload", "placement_of", "placements", "plan_shifts", "prepare",
    "refuse", "shifts", "start", "stop", "take_back_before_the_start", "visible_to",
]  # fmt: skip

files, absences = ParticipantFile.__table__, Absence.__table__  # type: ignore[attr-defined]


def own_caseload(person: Person, today: date) -> Any:
    """A subquery: the participants of this case manager, and of those they stand in for today."""
    covered = select(absences.c.account_id).where(
        absences.c.stand_in_id == person.id, absences.c.first_day <= today, absences.c.last_day >= today, absences.c.ended_at.is_(None)
    )
    return select(files.c.account_id).where(
        files.c.municipality_id == person.municipality_id, or_(files.c.case_manager_id == person.id, files.c.case_manager_id.in_(covered))
    )


_covered = select(absences.c.account_id).where(
    absences.c.stand_in_id == bindparam("person"), absences.c.first_day <= bindparam("today"), absences.c.last_day >= bindparam("today"), absences.c.ended_at.is_(None)
)  # fmt: skip
# the same as `own_caseload`, for statements that are built once: person, municipality, today
CASELOAD = select(files.c.account_id).where(
    files.c.municipality_id == bindparam("municipality"), or_(files.c.case_manager_id == bindparam("person"), files.c.case_manager_id.in_(_covered))
)


def visible_to(person: Person, today: date) -> Any:
    """A query for the placements this person may see: starts at the municipality, then their own."""
    query = select(Placement).where(placements.c.municipality_id == person.municipality_id)
    if person.role == Role.PARTICIPANT:
        return query.where(placements.c.participant_id == person.id)
    if person.role == Role.SUPERVISOR:
        return query.where(placements.c.establishment_id == person.establishment_id)
    if person.role == Role.CASE_MANAGER:
        return query.where(placements.c.participant_id.in_(own_caseload(person, today)))
    return query.where(placements.c.id.is_(None))


def free_place(db: Session, request: WorkRequest) -> int | None:
    """The lowest number of a place nobody has, or None."""
    taken = set(
        db.execute(
            select(placements.c.place_number).where(placements.c.request_id == request.id, placements.c.status.in_(("accepted", "running")))
        ).scalars()
    )
    return next((number for number in range(1, request.places + 1) if number not in taken), None)


def answer(db: Session, offer: Offer, said: Answer, *, by: Person, case_manager_id: uuid.UUID, sealer: Sealer, now: datetime) -> None:
    """A participant's free answer. Repeating it changes nothing; yes and no can both be taken back.

    Raises OfferGone when it is too late or the place went to somebody else.
    """
    placement = placement_of(db, offer)
    if placement is not None and placement.status in ("running", "ended"):
        if said == Answer.YES:
            return
        take_back_before_the_start(db, placement, offer, by=by, sealer=sealer, now=now)
        return
    todo = outcome(said, status=offer.status, said_no=said_no(offer, sealer), closes_at=offer.closes_at, now=now, **newer_offers(db, offer))
    if todo == Outcome.ACCEPT:
        accept(db, offer, placement, by=by, case_manager_id=case_manager_id, sealer=sealer, now=now)
    elif todo == Outcome.DECLINE:
        cancel(db, placement, by=by, now=now)
        set_status(db, offer, "closed", said=NO, sealer=sealer, actor=by, now=now)
    elif todo == Outcome.REOPEN:
        cancel(db, placement, by=by, now=now)
        set_status(db, offer, "open", said=NOTHING_SAID, sealer=sealer, actor=None, now=now)


def accept(
    db: Session, offer: Offer, placement: Placement | None, *, by: Person, case_manager_id: uuid.UUID, sealer: Sealer, now: datetime
) -> Placement:
    """A yes: the place is taken, the case manager is told. Nothing starts before the start is recorded."""
    request = db.execute(select(WorkRequest).where(WorkRequest.__table__.c.id == offer.request_id)).scalar_one()  # type: ignore[attr-defined]
    number = free_place(db, request)
    if number is None:
        raise OfferGone
    if placement is None:
        placement = Placement(
            municipality_id=offer.municipality_id, offer_id=offer.id, request_id=request.id, place_number=number, participant_id=offer.participant_id,
            establishment_id=request.establishment_id, supervisor_id=request.guide_id, function=request.function, pattern=request.pattern,
            weekly_minutes=request.weekly_minutes, tariff_cents=request.tariff_cents, starts_on=request.starts_on,
            ends_on=rules.last_day(request.starts_on, request.weeks), accepted_at=now,
        )  # fmt: skip
    placement.status, placement.place_number, placement.accepted_at = "accepted", number, now
    db.add(placement)
    db.flush()
    record_change(db, placement, "placement.accepted", {"starts_on": placement.starts_on}, by=by, now=now)
    set_status(db, offer, "yes", said=NOTHING_SAID, sealer=sealer, actor=by, now=now)
    notify(
        db, to=case_manager_id, municipality_id=offer.municipality_id, key="offer.yes", slots={"name": f"{by.first_name} {by.last_name[:1]}.", "work": request.function},
        path=f"/placements/{placement.id}/preparation", cause_id=f"{offer.id}:{now.isoformat()}", now=now, hold_seconds=60,
    )  # fmt: skip
    if free_place(db, request) is None:
        close_the_others(db, request.id, sealer=sealer, now=now)
    return placement


def cancel(db: Session, placement: Placement | None, *, by: Person | None, now: datetime) -> None:
    """A placement that never started goes no further; its place is free again."""
    if placement is None or placement.status == "cancelled":
        return
    placement.status = "cancelled"
    db.add(placement)
    db.execute(delete(PlannedShift).where(shifts.c.placement_id == placement.id))
    db.flush()
    # a yes that was taken back is nobody's fault and names nobody
    record_change(db, placement, "placement.cancelled", {}, by=by if by is not None and by.role == Role.CASE_MANAGER else None, now=now)


def placement_of(db: Session, offer: Offer) -> Placement | None:
    found: Placement | None = db.execute(select(Placement).where(placements.c.offer_id == offer.id)).scalar_one_or_none()
    return found


def take_back_before_the_start(db: Session, placement: Placement, offer: Offer, *, by: Person, sealer: Sealer, now: datetime) -> None:
    """The start is recorded but the first day has not come: a yes can still be taken back, without a reason.

    From the first day on it is called stopping. Raises TooLateToStop.
    """
    if placement.status != "running" or placement.starts_on <= day_of(now):
        raise rules.TooLateToStop
    cancel(db, placement, by=by, now=now)
    set_status(db, offer, "closed", said=NO, sealer=sealer, actor=by, now=now)


def prepare(db: Session, placement: Placement, prepared: rules.Preparation, *, by: Person, now: datetime) -> None:
    """Keep what is already known of the decision, the agreement and the insurance; nothing starts yet."""
    placement.decision_reason = prepared.decision_reason.strip()
    placement.agreement_signed_on, placement.insured_from = prepared.agreement_signed_on, prepared.insured_from
    placement.insurance_evidence = prepared.insurance_evidence.strip()
    db.add(placement)
    db.flush()
    record_change(
        db, placement, "placement.prepared", {"agreement": prepared.agreement_signed_on, "insured_from": prepared.insured_from}, by=by, now=now
    )


def start(db: Session, placement: Placement, prepared: rules.Preparation, *, by: Person, now: datetime) -> None:
    """Record the start: a named official decides, with date and reason; shifts are planned; both sides hear of it.

    Repeating it changes nothing. Raises MayNotStart with what is missing, OfferGone when the yes was taken back, or
    PastLimit when the limit of the terms has passed already; where it only comes earlier, it becomes the last day. Raises Blocked
    when another displacement test stands in the way.
    """
    if placement.status == "running":
        return
    if placement.status != "accepted":
        raise OfferGone
    wrong = rules.missing(prepared, starts_on=placement.starts_on, today=day_of(now))
    if wrong:
        raise rules.MayNotStart(wrong)
    terms = terms_now(db, placement.municipality_id)
    checked = check_plan(db, plan_of(db, placement), terms)
    if checked.is_shortened and checked.last_day < max(placement.starts_on, min(day_of(now), placement.ends_on)):
        raise rules.PastLimit(checked.last_day)
    ensure(look_again(db, placement, terms, checked, occasion="started", by=by, now=now))
    prepare(db, placement, prepared, by=by, now=now)
    placement.status, placement.decided_by, placement.decided_on = "running", by.id, day_of(now)
    placement.ends_on = placement.agreed_until = checked.last_day
    db.add(placement)
    db.flush()
    plan_shifts(db, placement)
    record_change(
        db,
        placement,
        "placement.started",
        {"decided_on": day_of(now), "starts_on": placement.starts_on, "ends_on": placement.ends_on},
        by=by,
        now=now,
    )
    for to, path in ((placement.participant_id, "/today"), (on_duty(db, placement.supervisor_id, day_of(now)), "/employer/team")):
        notify(
            db, to=to, municipality_id=placement.municipality_id, key="placement.start",
            slots={"work": placement.function, "starts_on": placement.starts_on.isoformat()}, path=path, cause_id=str(placement.id), now=now,
        )  # fmt: skip


def refuse(db: Session, placement: Placement, offer: Offer, *, by: Person, sealer: Sealer, now: datetime) -> None:
    """The check fails, or it cannot go on before the first day: the place is off, and the participant reads that it is not because of them."""
    if placement.status != "accepted" and not (placement.status == "running" and placement.starts_on > day_of(now)):
        return
    cancel(db, placement, by=by, now=now)
    set_status(db, offer, "closed", said=NOTHING_SAID, sealer=sealer, actor=None, now=now)
    notify(
        db, to=placement.participant_id, municipality_id=placement.municipality_id, key="offer.off", slots={"work": placement.function},
        path=f"/offers/{offer.id}", cause_id=str(offer.id), now=now,
    )  # fmt: skip


def stop(db: Session, placement: Placement, last: date, *, reason: str, by: Person, case_manager_id: uuid.UUID, now: datetime) -> None:
    """A participant stops, which is always allowed and costs nothing. A later day, up to the one agreed at first, undoes it.

    Naming the same day again changes nothing. Raises TooLateToStop.
    """
    today = day_of(now)
    if placement.status != "running":
        raise rules.TooLateToStop
    rules.ensure_last_day(last, starts_on=placement.starts_on, ends_on=agreed_last_day(db, placement), today=today)
    if last < placement.starts_on:
        raise rules.TooLateToStop  # before the first day a yes is taken back instead
    before, placement.ends_on = placement.ends_on, last
    if before == last:
        return
    db.add(placement)
    db.flush()
    renew_shifts(db, placement, now=now)
    record_change(db, placement, "placement.stopping", {"last_day": last, "was": before, "reason": reason}, by=by, now=now)
    for to, path in (
        (case_manager_id, f"/participants/{placement.participant_id}"),
        (on_duty(db, placement.supervisor_id, day_of(now)), "/employer/team"),
    ):
        notify(
            db, to=to, municipality_id=placement.municipality_id, key="placement.stop", slots={"name": f"{by.first_name} {by.last_name[:1]}.", "last_on": last.isoformat()},
            path=path, cause_id=f"{placement.id}:{last}", now=now,
        )  # fmt: skip


def conclude(db: Session, placement: Placement, last: date, *, reason: str, by: Person, now: datetime) -> None:
    """A case manager ends a place because the scheme is not meant to go on: somebody can do regular work (law/domain.md 4).

    Naming the same day again changes nothing. Raises TooLateToStop.
    """
    if placement.status != "running":
        raise rules.TooLateToStop
    rules.ensure_last_day(last, starts_on=placement.starts_on, ends_on=placement.ends_on, today=day_of(now))
    before, placement.ends_on = placement.ends_on, max(last, placement.starts_on)
    if before == placement.ends_on:
        return
    db.add(placement)
    db.flush()
    renew_shifts(db, placement, now=now)
    record_change(db, placement, "placement.concluded", {"last_day": last, "was": before, "reason": reason}, by=by, now=now)
    for to, path in ((placement.participant_id, "/today"), (on_duty(db, placement.supervisor_id, day_of(now)), "/employer/team")):
        notify(
            db, to=to, municipality_id=placement.municipality_id, key="placement.ends", slots={"work": placement.function, "last_on": last.isoformat()},
            path=path, cause_id=f"{placement.id}:{last}", now=now,
        )  # fmt: skip


def end_passed(db: Session, municipality_id: int, *, now: datetime) -> int:
    """The morning after the last day a placement ends by itself. Gives how many ended."""
    lock_municipality(db, municipality_id)
    over: Sequence[Placement] = (
        db.execute(
            select(Placement).where(
                placements.c.municipality_id == municipality_id, placements.c.status == "running", placements.c.ends_on < day_of(now)
            )
        )
        .scalars()
        .all()
    )
    for placement in over:
        placement.status = "ended"
        db.add(placement)
        db.flush()
        record_change(db, placement, "placement.ended", {"last_day": placement.ends_on}, by=None, now=now)
    return len(over)
