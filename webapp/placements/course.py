"""The course of a placement after its start: other hours, a pause, the last day, and the shifts that follow from them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from webapp.foundation.clock import day_of, instant
from webapp.foundation.database import lock_municipality
from webapp.foundation.ids import new_id
from webapp.history.actions import Change, record
from webapp.notifications.actions import notify_many
from webapp.people.actions import on_duty
from webapp.people.models import Account, Municipality, ParticipantFile
from webapp.people.person import Person
from webapp.placements import rules
from webapp.placements.assessing import look_again
from webapp.placements.checks import Checked, check_plan, plan_of
from webapp.placements.models import Placement, PlannedShift
from webapp.placements.records import PlacementChange, PlacementEnd, PlacementPause, ShiftAbsence
from webapp.requests.models import WorkRequest, planned_days
from webapp.terms.actions import Terms, terms_of

placements, shifts = Placement.__table__, PlannedShift.__table__  # type: ignore[attr-defined]
changes, pauses, ends = PlacementChange.__table__, PlacementPause.__table__, PlacementEnd.__table__  # type: ignore[attr-defined]
absences: Any = ShiftAbsence.__table__  # type: ignore[attr-defined]
files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]


class AlreadyRecorded(Exception):
    """Somebody recorded something else here meanwhile. What they recorded stands."""


class NotRunning(Exception):
    """The placement does not run, so nothing in it can change."""


# the shifts -----------------------------------------------------------------------------------


def plan_shifts(db: Session, placement: Placement, *, first: date | None = None, last: date | None = None) -> None:
    """Every shift as agreed, from the first to the last day or between two others, as instants."""
    plan = rules.days_as_changed(
        planned_days(placement.pattern), coming_changes(db, placement), first or placement.starts_on, last or placement.ends_on
    )
    rows = []
    for day, planned in plan:
        stop_day = day if planned.stop > planned.start else day + timedelta(days=1)  # type: ignore[attr-defined]
        rows.append(
            {
                "id": new_id(), "municipality_id": placement.municipality_id, "placement_id": placement.id, "participant_id": placement.participant_id,
                "day": day, "starts_at": instant(day, planned.start), "stops_at": instant(stop_day, planned.stop), "break_minutes": planned.pause,  # type: ignore[attr-defined]
            }
        )  # fmt: skip
    if rows:
        db.execute(insert(PlannedShift), rows)


def coming_changes(db: Session, placement: Placement) -> list[rules.Change]:
    """Changes the row of the placement does not follow yet."""
    rows = db.execute(
        select(changes.c.valid_from, changes.c.pattern).where(changes.c.placement_id == placement.id, changes.c.applied_at.is_(None))
    ).all()
    return [rules.Change(row.valid_from, planned_days(row.pattern)) for row in rows]


def pauses_of(db: Session, placement_id: uuid.UUID) -> list[Any]:
    """Pauses that count, in order."""
    return list(db.execute(select(pauses).where(pauses.c.placement_id == placement_id, pauses.c.ended_at.is_(None)).order_by(pauses.c.first_day)))


def is_paused(db: Session, placement_id: uuid.UUID, day: date) -> bool:
    return rules.is_paused([rules.Pause(row.first_day, row.last_day) for row in pauses_of(db, placement_id)], day)


def renew_shifts(db: Session, placement: Placement, *, now: datetime) -> None:
    """A shift is off after the last day, in a pause, or when somebody cannot come; otherwise it is on. Again changes nothing."""
    of_placement = shifts.c.placement_id == placement.id
    off = shifts.c.day > placement.ends_on
    for pause in pauses_of(db, placement.id):
        off = off | shifts.c.day.between(pause.first_day, pause.last_day)
    off = off | select(absences.c.id).where(absences.c.planned_shift_id == shifts.c.id, absences.c.taken_back_at.is_(None)).exists()
    db.execute(update(PlannedShift).where(of_placement, off, shifts.c.cancelled_at.is_(None)).values(cancelled_at=now))
    db.execute(update(PlannedShift).where(of_placement, ~off, shifts.c.cancelled_at.is_not(None)).values(cancelled_at=None))


def agreed_last_day(db: Session, placement: Placement) -> date:
    """The last day as it was decided, however early somebody stops."""
    if placement.agreed_until is not None:
        return max(placement.ends_on, placement.agreed_until)
    request = db.get(WorkRequest, placement.request_id)
    return placement.ends_on if request is None else max(placement.ends_on, rules.last_day(placement.starts_on, request.weeks))


# who hears of it ----------------------------------------------------------------------------------


def case_manager_of(db: Session, participant_id: uuid.UUID) -> uuid.UUID:
    found: uuid.UUID = db.execute(select(files.c.case_manager_id).where(files.c.account_id == participant_id)).scalar_one()
    return found


def both_sides(db: Session, placement: Placement, today: date) -> list[tuple[uuid.UUID, str]]:
    """The participant and who helps at work (or stands in today), each with the page that tells them."""
    return [(placement.participant_id, "/today"), (on_duty(db, placement.supervisor_id, today), "/employer/team")]


def tell(
    db: Session, placement: Placement, key: str, slots: dict[str, Any], *, to: Sequence[tuple[uuid.UUID, str]], cause: str, now: datetime
) -> None:
    notify_many(
        db,
        [
            {"to": who, "municipality_id": placement.municipality_id, "key": key, "slots": slots, "path": path, "cause_id": cause, "now": now}
            for who, path in dict(to).items()
        ],
    )


def short_name(db: Session, account_id: uuid.UUID) -> str:
    account = db.get(Account, account_id)
    return account.short_name if account else ""


def record_change(db: Session, placement: Placement, action: str, facts: dict[str, Any], *, by: Person | None, now: datetime) -> None:
    record(
        db, [Change(action, placement.id, facts)], municipality_id=placement.municipality_id,
        actor_id=by.id if by else None, actor_role=by.role if by else "clock", now=now,
    )  # fmt: skip


# other hours ----------------------------------------------------------------------------------


def change_hours(
    db: Session,
    placement: Placement,
    id: uuid.UUID,
    valid_from: date,
    pattern: list[dict[str, Any]],
    *,
    reason: str,
    by: Person,
    terms: Terms,
    now: datetime,
) -> Checked:
    """From a day on other hours, decided by name and with a reason. Checked at once; shifts follow; both sides hear it.

    The same id again changes nothing. Raises NotRunning, rules.Wrong, rules.PastLimit (the longer week leaves no day from
    then on) or AlreadyRecorded (somebody changed the hours of that day).
    """
    days = planned_days(pattern)
    week = sum(day.minutes for day in days)
    known = db.get(PlacementChange, id)
    if known is not None:
        if (known.placement_id, known.valid_from, known.pattern) != (placement.id, valid_from, pattern):
            raise AlreadyRecorded
        return check_plan(db, plan_of(db, placement), terms)
    if placement.status != "running":
        raise NotRunning
    rules.ensure_change(valid_from, starts_on=placement.starts_on, ends_on=placement.ends_on, today=day_of(now))
    if db.execute(select(changes.c.id).where(changes.c.placement_id == placement.id, changes.c.valid_from == valid_from)).first() is not None:
        raise AlreadyRecorded
    checked = check_plan(db, plan_of(db, placement, ends_on=agreed_last_day(db, placement), more=[week]), terms)
    if checked.last_day < valid_from:
        raise rules.PastLimit(checked.last_day)
    made = PlacementChange(
        id=id, municipality_id=placement.municipality_id, placement_id=placement.id, valid_from=valid_from, pattern=pattern, weekly_minutes=week,
        minutes_before=week_before(db, placement, valid_from), reason=reason, decided_by=by.id, decided_at=now,
    )  # fmt: skip
    db.add(made)
    db.flush()
    shorten(placement, checked)
    db.add(placement)
    db.flush()
    look_again(db, placement, terms, checked, occasion="changed", by=by, now=now)
    db.execute(delete(PlannedShift).where(shifts.c.placement_id == placement.id, shifts.c.day >= valid_from))
    plan_shifts(db, placement, first=valid_from, last=agreed_last_day(db, placement))
    renew_shifts(db, placement, now=now)
    facts = {"valid_from": valid_from, "weekly_minutes": week, "was": made.minutes_before, "last_day": placement.ends_on}
    record_change(db, placement, "placement.hours_changed", facts, by=by, now=now)
    slots = {"work": placement.function, "from_on": valid_from.isoformat(), "week_minutes": week, "last_on": placement.ends_on.isoformat()}
    tell(db, placement, "placement.hours", slots, to=both_sides(db, placement, day_of(now)), cause=str(id), now=now)
    return checked


def week_before(db: Session, placement: Placement, valid_from: date) -> int:
    """The agreed minutes a week on the day before."""
    found = db.execute(
        select(changes.c.weekly_minutes)
        .where(changes.c.placement_id == placement.id, changes.c.valid_from < valid_from)
        .order_by(changes.c.valid_from.desc())
        .limit(1)
    ).scalar()
    return int(found if found is not None else placement.weekly_minutes)


def shorten(placement: Placement, checked: Checked) -> None:
    """The limit makes a last day earlier, never later."""
    placement.ends_on = min(placement.ends_on, checked.last_day)
    placement.agreed_until = min(placement.agreed_until or checked.last_day, checked.last_day)


def apply_changes(db: Session, municipality_id: int, *, now: datetime) -> int:
    """On the day itself the placement follows what was changed. Gives how many changes came into force."""
    lock_municipality(db, municipality_id)
    due: Sequence[PlacementChange] = (
        db.execute(
            select(PlacementChange)
            .where(changes.c.municipality_id == municipality_id, changes.c.applied_at.is_(None), changes.c.valid_from <= day_of(now))
            .order_by(changes.c.valid_from)
        )
        .scalars()
        .all()
    )
    for change in due:
        placement = db.get(Placement, change.placement_id)
        assert placement is not None
        change.applied_at = now
        placement.pattern, placement.weekly_minutes = change.pattern, change.weekly_minutes
        db.add_all([change, placement])
        db.flush()
        record_change(db, placement, "placement.hours_in_force", {"weekly_minutes": change.weekly_minutes}, by=None, now=now)
    return len(due)


# a pause ------------------------------------------------------------------------------------------


def pause(db: Session, placement: Placement, id: uuid.UUID, asked: rules.Pause, *, wished_by: str, reason: str, by: Person, now: datetime) -> None:
    """Days without work. The last day stays what it was: the limit counts from the first day.

    The same id again changes nothing. Raises NotRunning, rules.Wrong or AlreadyRecorded.
    """
    known = db.get(PlacementPause, id)
    if known is not None:
        if (known.placement_id, known.first_day, known.last_day) != (placement.id, *asked):
            raise AlreadyRecorded
        return
    if placement.status != "running":
        raise NotRunning
    others = [rules.Pause(row.first_day, row.last_day) for row in pauses_of(db, placement.id)]
    rules.ensure_pause(asked, others, starts_on=placement.starts_on, ends_on=placement.ends_on, today=day_of(now))
    db.add(
        PlacementPause(
            id=id, municipality_id=placement.municipality_id, placement_id=placement.id, first_day=asked.first_day, last_day=asked.last_day,
            wished_by=wished_by, reason=reason, recorded_by=by.id, recorded_at=now,
        )
    )  # fmt: skip
    db.flush()
    renew_shifts(db, placement, now=now)
    record_change(
        db, placement, "placement.paused", {"first_day": asked.first_day, "last_day": asked.last_day, "wished_by": wished_by}, by=by, now=now
    )
    slots = {"work": placement.function, "first_on": asked.first_day.isoformat(), "last_on": asked.last_day.isoformat()}
    tell(db, placement, "placement.pause", slots, to=both_sides(db, placement, day_of(now)), cause=str(id), now=now)


def resume(db: Session, placement: Placement, found: PlacementPause, *, by: Person, now: datetime) -> None:
    """Work goes on from tomorrow, or the pause never begins. Again changes nothing."""
    tomorrow = day_of(now) + timedelta(days=1)
    if found.ended_at is not None or found.last_day < tomorrow:
        return
    if found.first_day >= tomorrow:
        found.ended_at = now
    else:
        found.last_day = tomorrow - timedelta(days=1)
    db.add(found)
    db.flush()
    renew_shifts(db, placement, now=now)
    again = max(found.first_day, tomorrow)
    record_change(db, placement, "placement.resumed", {"from": again}, by=by, now=now)
    slots = {"work": placement.function, "from_on": again.isoformat()}
    tell(db, placement, "placement.resume", slots, to=both_sides(db, placement, day_of(now)), cause=f"{found.id}:{again}", now=now)


# the end ------------------------------------------------------------------------------------------


def end(db: Session, placement: Placement, *, outcome: str, reason: str, last: date, number: int, by: Person, now: datetime) -> PlacementEnd:
    """A case manager ends a placement, or says afterwards how it ended. A better answer later is a next record.

    `number`: how many records there were when the form was opened. The same again changes nothing. A day that has passed
    is never taken away: hours may stand there. Raises NotRunning, rules.Wrong or AlreadyRecorded.
    """
    known = ends_of(db, placement.id)
    if known and (known[-1].outcome, known[-1].reason, known[-1].last_day) == (outcome, reason, last):
        return known[-1]
    if len(known) != number:
        raise AlreadyRecorded
    if placement.status not in ("running", "ended") or placement.starts_on > day_of(now):
        raise NotRunning
    if placement.status == "ended":
        last = placement.ends_on
    elif not day_of(now) <= last <= placement.ends_on:
        raise rules.Wrong({"last_day": "outside"})
    before = placement.ends_on
    made = PlacementEnd(
        municipality_id=placement.municipality_id, placement_id=placement.id, number=number + 1, outcome=outcome, reason=reason, last_day=last,
        decided_by=by.id, decided_at=now,
    )  # fmt: skip
    placement.ends_on = placement.agreed_until = last
    db.add_all([made, placement])
    db.flush()
    renew_shifts(db, placement, now=now)
    record_change(db, placement, "placement.end_recorded", {"outcome": outcome, "last_day": last, "was": before}, by=by, now=now)
    if placement.status == "running" and before != placement.ends_on:
        slots = {"work": placement.function, "last_on": last.isoformat(), "name": by.first_name}
        tell(db, placement, "placement.end", slots, to=both_sides(db, placement, day_of(now)), cause=f"{placement.id}:{last}", now=now)
    return made


def ends_of(db: Session, placement_id: uuid.UUID) -> list[PlacementEnd]:
    return list(db.execute(select(PlacementEnd).where(ends.c.placement_id == placement_id).order_by(ends.c.number)).scalars())


# the limit ------------------------------------------------------------------------------------------


def keep_the_limit(db: Session, placement: Placement, terms: Terms, *, minutes_of_four_weeks: int, now: datetime) -> bool:
    """At night: when weeks became longer than agreed, the shorter limit counts from the first day. Gives whether the last day changed.

    A limit that has passed already ends the placement today: nobody is sent home from hours that were worked.
    """
    today = day_of(now)
    agreed = agreed_last_day(db, placement)
    checked = check_plan(db, plan_of(db, placement, ends_on=agreed, minutes_of_four_weeks=minutes_of_four_weeks), terms)
    last = max(checked.last_day, today)
    if last >= agreed:
        return False
    before, placement.agreed_until = placement.ends_on, last
    placement.ends_on = min(before, last)
    db.add(placement)
    db.flush()
    if placement.ends_on == before:
        return False  # who stops earlier only cannot go on as long as before
    renew_shifts(db, placement, now=now)
    record_change(db, placement, "placement.shortened", {"last_day": last, "was": before, "week_minutes": checked.week_minutes}, by=None, now=now)
    manager = case_manager_of(db, placement.participant_id)
    account, cause = db.get(Account, manager), f"{placement.id}:{last}"
    participant, supervisor = both_sides(db, placement, today)
    slots = {"last_on": last.isoformat(), "name": account.first_name if account else ""}
    tell(db, placement, "limit.sooner", slots, to=[participant], cause=cause, now=now)
    slots = {"last_on": last.isoformat(), "work": placement.function, "name": short_name(db, placement.participant_id)}
    tell(
        db,
        placement,
        "limit.shorter",
        slots,
        to=[supervisor, (on_duty(db, manager, today), f"/placements/{placement.id}/course")],
        cause=cause,
        now=now,
    )
    return True


def warn(db: Session, placement: Placement, terms: Terms, *, now: datetime) -> bool:
    """Once for each warning and last day: the participant, who helps at work, and the case manager hear when it ends."""
    today = day_of(now)
    days_before = terms.limit_notice(today).days_before
    days = rules.warning(placement.ends_on, starts_on=placement.starts_on, today=today, days_before=days_before)
    if days is None or placement.ends_on < agreed_last_day(db, placement):
        return False  # who stops earlier chose it, and knows
    manager = case_manager_of(db, placement.participant_id)
    account = db.get(Account, manager)
    cause, last = f"{placement.id}:{days}:{placement.ends_on}", {"last_on": placement.ends_on.isoformat()}
    whose = {**last, "name": short_name(db, placement.participant_id)}
    participant, supervisor = both_sides(db, placement, today)
    tell(db, placement, "limit.yours", {**last, "name": account.first_name if account else ""}, to=[participant], cause=cause, now=now)
    tell(db, placement, "limit.team", whose, to=[supervisor], cause=cause, now=now)
    tell(db, placement, "limit.caseload", whose, to=[(on_duty(db, manager, today), f"/placements/{placement.id}/course")], cause=cause, now=now)
    return True


def running(db: Session, municipality_id: int, today: date, *, at_once: int = 500) -> Iterator[list[Placement]]:
    """Placements that run and are not over, some at a time, so that many fit in a small memory."""
    query = select(Placement).where(placements.c.municipality_id == municipality_id, placements.c.status == "running", placements.c.ends_on >= today)
    query = query.order_by(placements.c.id).limit(at_once)
    found = list(db.execute(query).scalars())
    while found:
        last = found[-1].id
        yield found
        db.flush()
        db.expunge_all()
        found = list(db.execute(query.where(placements.c.id > last)).scalars())


def terms_now(db: Session, municipality_id: int) -> Terms:
    """The terms of a municipality, for who does not hold them yet."""
    token = db.execute(select(Municipality.terms_token).where(Municipality.id == municipality_id)).scalar_one()  # type: ignore[call-overload]
    return terms_of(db, municipality_id, token)
