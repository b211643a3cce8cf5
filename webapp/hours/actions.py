"""What can happen to hours, one function each, told in order.

Every function runs inside the transaction of its request, after the municipality's writers were put in
line; so what it reads is still true when it writes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select, update
from sqlmodel import Session

from webapp.foundation.clock import day_of, instant, monday_of
from webapp.foundation.database import Do, Read, among, dialect_of
from webapp.history.actions import BEGINNING, Change, Link, record_by
from webapp.hours import rules
from webapp.hours.models import CheckIn, HoursEntry
from webapp.hours.reads import OVERLAP, STANDS, TO_CONFIRM, WEEKS, check_ins, entries, paid_day
from webapp.hours.rules import Action, Status, next_status
from webapp.hours.times import Shift, as_planned, deviation_minutes
from webapp.milestones.actions import Whose, note
from webapp.milestones.rules import newly_reached
from webapp.notifications.actions import notify_many
from webapp.notifications.actions import withdraw as withdraw_notice
from webapp.people.actions import on_duty
from webapp.people.models import Account, ParticipantFile
from webapp.people.person import Person
from webapp.placements.course import is_paused
from webapp.placements.models import Placement, PlannedShift
from webapp.premium.actions import Credit, credit, credit_again
from webapp.terms.actions import Terms

planned: Any = PlannedShift.__table__  # type: ignore[attr-defined]
files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]

CONFIRM = Do(
    update(entries)
    .where(among(entries.c.id, "ids"))
    .values(
        status=Status.CONFIRMED.value, certain_minutes=entries.c.minutes, version=entries.c.version + 1,
        confirmed_by=bindparam("by"), confirmed_at=bindparam("at"),
        # a correction that the supervisor gave up must not come back later; the history keeps it
        corrected_starts_at=None, corrected_stops_at=None, corrected_break_minutes=None, corrected_minutes=None,
        correction_reason="", correction_note="",
    )
)  # fmt: skip
PLAN_OF_THE_DAY = select(planned).where(
    planned.c.placement_id == bindparam("placement"), planned.c.day == bindparam("day"), planned.c.cancelled_at.is_(None),
    ~select(entries.c.id).where(entries.c.planned_shift_id == planned.c.id, STANDS, entries.c.id != bindparam("entry")).exists(),
)  # fmt: skip


class Stale(Exception):
    """Somebody else changed this entry after this form was opened."""


class NotInPlacement(Exception):
    """The day lies before the start or after the end of the placement, or it is not running. `last`: the last day that counts."""

    def __init__(self, why: str, day: date | None = None) -> None:
        super().__init__(why)
        self.why, self.day = why, day


class Overlaps(Exception):
    """Hours of the same person already cover part of this time."""

    def __init__(self, entry_id: uuid.UUID, worked_on: date) -> None:
        super().__init__(str(entry_id))
        self.entry_id, self.worked_on = entry_id, worked_on


class AlreadyClosed(Exception):
    """The entry is past the point where this may still be done."""


def log(
    db: Session, entry_id: uuid.UUID, entry: HoursEntry | None, placement: Placement, shift: Shift, *, version: int, by: Person, now: datetime
) -> HoursEntry:
    """A participant writes down a shift, or writes it differently while nobody confirmed it.

    `entry`: what this id already holds, or None. Sending the same again changes nothing. Raises Stale,
    NotInPlacement, Overlaps, or the errors of the state machine.
    """
    if entry is not None:
        if _same_shift(entry, shift) and entry.status != Status.WITHDRAWN:
            return entry
        if version != entry.version:
            raise Stale
        next_status(Status(entry.status), Action.REWRITE, by.role)
    ensure_in_placement(placement, shift, today=day_of(now))
    ensure_not_in_a_pause(db, placement, shift)
    ensure_last_shift_ends(db, placement, shift)
    ensure_no_overlap(db, by.id, entry_id, shift)
    plan = matching_plan(db, placement, entry_id, shift)
    before = written(entry) if entry is not None else None
    if entry is None:
        entry = HoursEntry(
            id=entry_id, municipality_id=by.municipality_id, placement_id=placement.id, participant_id=by.id,
            establishment_id=placement.establishment_id, status=Status.SENT, version=0, sent_at=now, worked_on=shift.worked_on,
            week_of=monday_of(shift.worked_on), starts_at=shift.starts_at, stops_at=shift.stops_at, break_minutes=0, minutes=1,
        )  # fmt: skip
    entry.worked_on, entry.week_of = shift.worked_on, monday_of(shift.worked_on)
    entry.starts_at, entry.stops_at = shift.starts_at, shift.stops_at
    entry.break_minutes, entry.minutes = shift.break_minutes, shift.minutes
    plan_shift = Shift(plan.day, plan.starts_at, plan.stops_at, plan.break_minutes) if plan else None
    entry.planned_shift_id = plan.id if plan else None
    entry.as_planned = as_planned(shift, plan_shift)
    entry.deviation_minutes = deviation_minutes(shift.minutes, plan_shift.minutes) if plan_shift else None
    entry.version, entry.sent_at = entry.version + 1, now
    db.add(entry)
    db.execute(update(CheckIn).where(check_ins.c.entry_id == entry_id, check_ins.c.stopped_at.is_(None)).values(stopped_at=now))
    db.flush()
    record_by(db, [Change("hours.sent", entry.id, {"was": before, "is": written(entry)})], by=by, now=now)
    asked = on_duty(db, placement.supervisor_id, day_of(now))
    notify_many(db, [_message(asked, by.municipality_id, "confirm.ask", {}, "/employer/hours", str(day_of(now)), now, hold=30 * 60)])
    return entry


def withdraw(db: Session, entry: HoursEntry, *, by: Person, now: datetime) -> None:
    """A participant takes hours back that nobody confirmed yet. Again changes nothing."""
    if entry.status == Status.WITHDRAWN:
        return
    entry.status = next_status(Status(entry.status), Action.WITHDRAW, by.role)
    entry.version += 1
    db.add(entry)
    db.flush()
    record_by(db, [Change("hours.withdrawn", entry.id, {})], by=by, now=now)


def check_in(db: Session, placement: Placement, entry_id: uuid.UUID, *, by: Person, now: datetime, tapped: datetime | None = None) -> CheckIn:
    """ "I start now." No place is stored. A second tap, or the same one come late from a phone, finds the first.

    `tapped`: when somebody without internet said so; otherwise it is now.
    """
    own = select(CheckIn).where(check_ins.c.participant_id == by.id)
    known = (
        db.execute(own.where(or_(check_ins.c.stopped_at.is_(None), check_ins.c.entry_id == entry_id)).order_by(check_ins.c.stopped_at.is_not(None)))
        .scalars()
        .first()
    )
    if known is not None:
        return known
    began = tapped or now
    today = day_of(began)
    if placement.status != "running" or not placement.starts_on <= today <= placement.ends_on:
        raise NotInPlacement("not_running", placement.ends_on)
    if is_paused(db, placement.id, today):
        raise NotInPlacement("paused", today)
    plan = db.execute(PLAN_OF_THE_DAY, {"placement": placement.id, "day": today, "entry": entry_id}).first()
    made = CheckIn(
        municipality_id=by.municipality_id, placement_id=placement.id, participant_id=by.id, planned_shift_id=plan.id if plan else None,
        entry_id=entry_id, started_at=began.replace(second=0, microsecond=0),
    )  # fmt: skip
    db.add(made)
    db.flush()
    record_by(db, [Change("hours.begun", entry_id, {"placement": placement.id})], by=by, now=now)
    return made


def check_out(db: Session, *, by: Person, now: datetime, tapped: datetime | None = None) -> CheckIn | None:
    """ "I stop now." The hours are not sent yet: the form is filled with both times. Again changes nothing.

    `tapped` as in `check_in`; what was tapped before the work began belongs to other work, and changes nothing.
    """
    open_one = db.execute(select(CheckIn).where(check_ins.c.participant_id == by.id, check_ins.c.stopped_at.is_(None))).scalar_one_or_none()
    stopped = (tapped or now).replace(second=0, microsecond=0)
    if open_one is None or stopped < open_one.started_at:
        return None
    open_one.stopped_at = stopped
    db.add(open_one)
    db.flush()
    record_by(db, [Change("hours.stopped", open_one.entry_id, {})], by=by, now=now)
    return open_one


class ToConfirm(NamedTuple):
    """An entry as confirming needs it: what is credited, and whom the consequences concern."""

    id: uuid.UUID
    participant_id: uuid.UUID
    worked_on: date
    minutes: int
    version: int
    status: str
    certain_minutes: int
    as_planned: bool
    first_name: str
    last_name: str
    case_manager_id: uuid.UUID
    starts_at: datetime
    stops_at: datetime
    break_minutes: int
    deviation_minutes: int | None
    confirmed_at: datetime | None
    corrected_minutes: int | None
    chain_number: int | None
    chain_hash: str | None

    @property
    def chain_end(self) -> Link:
        """The end of the municipality's history when this was read."""
        return Link(self.chain_number, self.chain_hash) if self.chain_number is not None and self.chain_hash else BEGINNING

    @property
    def week_of(self) -> date:
        return monday_of(self.worked_on)


READ_TO_CONFIRM = Read(TO_CONFIRM, ToConfirm)


def to_confirm(db: Session, ids: Sequence[uuid.UUID], *, by: Person) -> list[ToConfirm]:
    """Of these entries, the ones at this supervisor's own workplace."""
    return READ_TO_CONFIRM.all(db, municipality=by.municipality_id, establishment=by.establishment_id, ids=ids)


def confirm(db: Session, chosen: Sequence[ToConfirm], *, by: Person, terms: Terms, undo_seconds: int, now: datetime) -> int:
    """The supervisor agrees: the hours stand, the premium grows, a milestone may be reached.

    The same for one entry and for a hundred, in the same number of statements. Entries that stand already
    are passed over. Gives how many were confirmed. Raises OwnHours or the errors of the state machine.
    """
    fresh = [entry for entry in chosen if entry.status != Status.CONFIRMED]
    for entry in fresh:
        rules.ensure_confirmable(written_by=entry.participant_id, confirming=by.id)
        next_status(Status(entry.status), Action.CONFIRM, by.role)
        rules.ensure_certain_stays(minutes=entry.minutes, certain=entry.certain_minutes, status=Status(entry.status))
    if not fresh:
        return 0
    before = weeks_of(db, {entry.participant_id for entry in fresh})
    CONFIRM.run(db, ids=[entry.id for entry in fresh], by=by.id, at=now)
    first_time = [entry for entry in fresh if entry.certain_minutes == 0]
    cents = dict(
        zip(
            (e.id for e in first_time),
            credit(db, [_credit(e, e.minutes, e.version + 1) for e in first_time], municipality_id=by.municipality_id, terms=terms, now=now),
            strict=True,
        )
    )
    for entry in fresh:
        if entry.id not in cents:  # it was corrected before, and the supervisor now accepts what was written
            cents[entry.id] = credit_again(
                db, _credit(entry, entry.minutes, entry.version + 1), municipality_id=by.municipality_id, terms=terms, now=now
            )
    after = _with_growth(before, [(e.participant_id, e.week_of, e.minutes - e.certain_minutes) for e in fresh])
    messages = _celebrate(db, [(_whose(by, e), e.participant_id) for e in fresh], before, after, now=now)
    record_by(
        db, [Change("hours.confirmed", e.id, {"minutes": e.minutes, "cents": cents[e.id]}) for e in fresh], by=by, now=now, after=fresh[0].chain_end
    )
    notify_many(db, messages + _confirmed_messages(fresh, cents, by, undo_seconds, now))
    return len(fresh)


def _confirmed_messages(
    fresh: Sequence[ToConfirm], cents: Mapping[uuid.UUID, int], by: Person, undo_seconds: int, now: datetime
) -> list[dict[str, Any]]:
    """One message per participant, however many of their shifts were confirmed at once."""
    per_person: dict[uuid.UUID, list[ToConfirm]] = {}
    for entry in fresh:
        per_person.setdefault(entry.participant_id, []).append(entry)
    return [
        _message(
            participant_id, by.municipality_id, "hours.ok",
            {"name": by.first_name, "worked_minutes": sum(e.minutes for e in own), "premium_cents": sum(cents[e.id] for e in own)},
            f"/hours/{own[0].id}" if len(own) == 1 else "/premium", f"{own[0].id}:{own[0].version + 1}", now, hold=undo_seconds,
        )
        for participant_id, own in per_person.items()
    ]  # fmt: skip


def unconfirm(db: Session, entry: HoursEntry, *, by: Person, terms: Terms, undo_seconds: int, now: datetime) -> None:
    """The supervisor takes back a slip of the thumb, shortly after. What was booked gets a counter-line.

    Raises AlreadyClosed when it is too late, or when a correction came before it: then it is a correction again, with a reason.
    """
    if entry.status == Status.SENT:
        return
    status = next_status(Status(entry.status), Action.UNCONFIRM, by.role)
    if entry.corrected_at is not None or entry.confirmed_at is None or not rules.may_unconfirm(entry.confirmed_at, now, undo_seconds):
        raise AlreadyClosed
    if paid_day(db, entry) is not None:
        raise AlreadyClosed
    withdraw_notice(db, "hours.ok", f"{entry.id}:{entry.version}", now=now)
    entry.status, entry.version = status, entry.version + 1
    entry.certain_minutes, entry.confirmed_by, entry.confirmed_at = 0, None, None
    db.add(entry)
    db.flush()
    credit_again(db, _credit(entry, 0, entry.version), municipality_id=by.municipality_id, terms=terms, now=now)
    record_by(db, [Change("hours.sent", entry.id, {"taken_back": True})], by=by, now=now)


def correct(
    db: Session, entry: HoursEntry, shift: Shift | None, *, version: int | None, reason: str, note: str, by: Person, terms: Terms, now: datetime
) -> None:
    """The supervisor says it was different, with a reason. `shift` None: not worked at all.

    The lower of the two versions is certain at once; only the difference waits for the participant, and a
    correction upwards is certain at once. What was certain never goes down by a correction alone.
    Repeating it changes nothing. Raises Stale, Overlaps, OwnHours or the errors of the state machine.
    """
    minutes = shift.minutes if shift else 0
    if entry.status == Status.CORRECTED and _same_correction(entry, shift, reason, note):
        return
    if version is not None and version != entry.version:
        raise Stale
    rules.ensure_confirmable(written_by=entry.participant_id, confirming=by.id)
    if paid_day(db, entry) is not None:  # locked: the participant may still say it is not right, and a case manager decides
        raise rules.NotNow(Status.PAID, Action.CORRECT)
    status = next_status(Status(entry.status), Action.CORRECT, by.role)
    if shift is not None:
        ensure_no_overlap(db, entry.participant_id, entry.id, shift)
        if shift.ends_next_day and (placement := db.get(Placement, entry.placement_id)) is not None:
            ensure_last_shift_ends(db, placement, shift)
    was = written(entry)
    certain = rules.certain_minutes_after_correction(written=entry.minutes, corrected=minutes, already_certain=entry.certain_minutes)
    entry.status, entry.version = status, entry.version + 1
    entry.corrected_starts_at = shift.starts_at if shift else None
    entry.corrected_stops_at = shift.stops_at if shift else None
    entry.corrected_break_minutes = shift.break_minutes if shift else None
    entry.corrected_minutes, entry.correction_reason, entry.correction_note = minutes, reason, note
    entry.corrected_by, entry.corrected_at = by.id, now
    settle(db, entry, certain, by=by, terms=terms, now=now)
    record_by(db, [Change("hours.corrected", entry.id, {"was": was, "is": corrected(entry), "reason": reason, "note": note})], by=by, now=now)
    notify_many(
        db,
        [
            _message(
                entry.participant_id,
                by.municipality_id,
                "hours.changed",
                {"name": by.first_name, "worked_on": entry.worked_on.isoformat()},
                f"/hours/{entry.id}",
                f"{entry.id}:{entry.version}",
                now,
            )
        ],
    )


def agree(db: Session, entry: HoursEntry, *, by: Person, terms: Terms, now: datetime) -> None:
    """The participant agrees with the correction: it is certain now. Again changes nothing."""
    if entry.status == Status.CONFIRMED:
        return
    entry.status = next_status(Status(entry.status), Action.AGREE, by.role)
    entry.version, entry.responded_at = entry.version + 1, now
    certain = entry.corrected_minutes if entry.corrected_minutes is not None else entry.minutes
    settle(db, entry, certain, by=by, terms=terms, now=now)
    record_by(db, [Change("hours.agreed", entry.id, {"minutes": certain})], by=by, now=now)


def dispute(db: Session, entry: HoursEntry, reason: str, *, by: Person, now: datetime) -> None:
    """The participant does not agree, in their own words. A case manager looks at it; what is certain stays certain."""
    if entry.status == Status.DISPUTED:
        return
    entry.status = next_status(Status(entry.status), Action.DISPUTE, by.role)
    entry.version, entry.responded_at, entry.dispute_reason = entry.version + 1, now, reason
    db.add(entry)
    db.flush()
    record_by(db, [Change("hours.disputed", entry.id, {"reason": reason})], by=by, now=now)
    case_manager_id = case_manager_of(db, entry.participant_id)
    cause = f"{entry.id}:{entry.version}"
    notify_many(
        db,
        [
            _message(
                case_manager_id, by.municipality_id, "dispute.new", {"name": f"{by.first_name} {by.last_name[:1]}."}, f"/hours/{entry.id}", cause, now
            )
        ],
    )


def rule(db: Session, entry: HoursEntry, minutes: int, reason: str, *, due: date | None, by: Person, terms: Terms, now: datetime) -> None:
    """A case manager decides, by name, with a reason that participant and supervisor both read.

    Raises AlreadyClosed when the others still have time to settle it themselves, RulingOutside, or the errors of the state machine.
    """
    if entry.status == Status.RULED and entry.ruled_minutes == minutes:
        return
    status = next_status(Status(entry.status), Action.RULE, by.role)
    if not rules.may_rule(Status(entry.status), due=due, today=day_of(now)):
        raise AlreadyClosed
    rules.ensure_ruling_allowed(minutes=minutes, written=entry.minutes, corrected=entry.corrected_minutes)
    entry.status, entry.version = status, entry.version + 1
    entry.ruled_minutes, entry.ruling_reason, entry.ruled_by, entry.ruled_at = minutes, reason, by.id, now
    settle(db, entry, minutes, by=by, terms=terms, now=now)
    record_by(db, [Change("hours.ruled", entry.id, {"minutes": minutes, "reason": reason})], by=by, now=now)
    supervisor_id = entry.corrected_by or entry.confirmed_by or supervisor_of(db, entry)
    readers = {entry.participant_id, on_duty(db, supervisor_id, day_of(now))}
    slots = {"ruled_minutes": minutes, "worked_on": entry.worked_on.isoformat()}
    notify_many(
        db, [_message(to, by.municipality_id, "dispute.done", slots, f"/hours/{entry.id}", f"{entry.id}:{entry.version}", now) for to in readers]
    )


def settle(db: Session, entry: HoursEntry, certain: int, *, by: Person, terms: Terms, now: datetime) -> None:
    """Make `certain` minutes stand for this entry, in the entry and in the ledger alike; milestones follow."""
    grown = certain - entry.certain_minutes
    before = weeks_of(db, {entry.participant_id}) if grown > 0 else {}
    entry.certain_minutes = certain
    db.add(entry)
    db.flush()
    credit_again(db, _credit(entry, certain, entry.version), municipality_id=by.municipality_id, terms=terms, now=now)
    if grown > 0:
        after = _with_growth(before, [(entry.participant_id, entry.week_of, grown)])
        whose = Whose(by.municipality_id, entry.participant_id, short_name_of(db, entry.participant_id), case_manager_of(db, entry.participant_id))
        notify_many(db, _celebrate(db, [(whose, entry.participant_id)], before, after, now=now))


# what the stories above have in common ------------------------------------------------------


def ensure_in_placement(placement: Placement, shift: Shift, *, today: date) -> None:
    """No hours outside an accepted, insured, running placement, and none for a day that has not come (V2)."""
    if placement.status not in ("running", "ended"):
        raise NotInPlacement("not_running")
    if shift.worked_on < placement.starts_on:
        raise NotInPlacement("before_start", placement.starts_on)
    if shift.worked_on > placement.ends_on:
        raise NotInPlacement("after_end", placement.ends_on)
    if shift.worked_on > today:
        raise NotInPlacement("not_yet", today)


def ensure_not_in_a_pause(db: Session, placement: Placement, shift: Shift) -> None:
    """Days of a pause are days without work (V2)."""
    if is_paused(db, placement.id, shift.worked_on):
        raise NotInPlacement("paused", shift.worked_on)


def ensure_last_shift_ends(db: Session, placement: Placement, shift: Shift) -> None:
    """A shift that is under way when the placement ends counts until its planned end, and not longer (DECISIONS.md: a shift under way).

    Only of a shift of the last day that goes on after midnight; without a plan that far, it counts until midnight.
    """
    if shift.worked_on != placement.ends_on or not shift.ends_next_day:
        return
    midnight = instant(shift.worked_on + timedelta(days=1), datetime.min.time())
    planned_stops = db.execute(
        select(planned.c.stops_at).where(planned.c.placement_id == placement.id, planned.c.day == placement.ends_on, planned.c.cancelled_at.is_(None))
    ).scalars()
    if shift.stops_at > max([midnight, *planned_stops]):
        raise NotInPlacement("after_last_shift", placement.ends_on)


def ensure_no_overlap(db: Session, participant_id: uuid.UUID, entry_id: uuid.UUID, shift: Shift) -> None:
    """One person works in one place at a time. Touching is not overlapping: intervals are half open."""
    found = db.execute(
        OVERLAP,
        {
            "participant": participant_id, "entry": entry_id, "starts_at": shift.starts_at, "stops_at": shift.stops_at,
            "first": shift.worked_on - timedelta(days=2), "last": shift.worked_on + timedelta(days=2),
        },
    ).first()  # fmt: skip
    if found is not None:
        raise Overlaps(found.id, found.worked_on)


def matching_plan(db: Session, placement: Placement, entry_id: uuid.UUID, shift: Shift) -> Any:
    """The planned shift of that day that these hours are about: the one that starts nearest, or None."""
    plans = db.execute(PLAN_OF_THE_DAY, {"placement": placement.id, "day": shift.worked_on, "entry": entry_id}).all()
    return min(plans, key=lambda plan: abs(plan.starts_at - shift.starts_at), default=None)


def weeks_of(db: Session, participants: set[uuid.UUID]) -> dict[uuid.UUID, dict[date, int]]:
    """Certain minutes per week (its Monday) of these people."""
    found = WEEKS[dialect_of(db)].all(db, participants=participants)
    known = {participant_id: {date.fromisoformat(week): int(minutes) for week, minutes in weeks.items()} for participant_id, weeks in found}
    return {participant_id: known.get(participant_id, {}) for participant_id in participants}


def _with_growth(before: Mapping[uuid.UUID, Mapping[date, int]], grown: Sequence[tuple[uuid.UUID, date, int]]) -> dict[uuid.UUID, dict[date, int]]:
    after = {person: dict(weeks) for person, weeks in before.items()}
    for person, week, minutes in grown:
        after[person][week] = after[person].get(week, 0) + minutes
    return after


def _celebrate(
    db: Session,
    people: Sequence[tuple[Whose, uuid.UUID]],
    before: Mapping[uuid.UUID, Mapping[date, int]],
    after: Mapping[uuid.UUID, Mapping[date, int]],
    *,
    now: datetime,
) -> list[dict[str, Any]]:
    """Milestones these hours bring: noted once, and the messages about them."""
    per_person = {participant: whose for whose, participant in people}
    points = [(whose, point) for participant, whose in per_person.items() for point in newly_reached(before[participant], after[participant])]
    return [{**message, "now": now} for message in note(db, points, today=day_of(now), now=now)]


def _whose(by: Person, entry: ToConfirm) -> Whose:
    return Whose(by.municipality_id, entry.participant_id, f"{entry.first_name} {entry.last_name[:1]}.", entry.case_manager_id)


def _credit(entry: Any, minutes: int, turn: int) -> Credit:
    return Credit(entry.id, turn, entry.participant_id, entry.worked_on, minutes)


def _message(
    to: uuid.UUID, municipality_id: int, key: str, slots: dict[str, Any], path: str, cause_id: str, now: datetime, *, hold: int = 0
) -> dict[str, Any]:
    return {
        "to": to,
        "municipality_id": municipality_id,
        "key": key,
        "slots": slots,
        "path": path,
        "cause_id": cause_id,
        "now": now,
        "hold_seconds": hold,
    }


def written(entry: HoursEntry) -> dict[str, Any]:
    """What the participant wrote, for the history."""
    return {"from": entry.starts_at.isoformat(), "to": entry.stops_at.isoformat(), "break": entry.break_minutes, "minutes": entry.minutes}


def corrected(entry: HoursEntry) -> dict[str, Any]:
    """What the supervisor made of it, for the history."""
    start, stop = entry.corrected_starts_at, entry.corrected_stops_at
    return {
        "from": start and start.isoformat(),
        "to": stop and stop.isoformat(),
        "break": entry.corrected_break_minutes,
        "minutes": entry.corrected_minutes,
    }


def _same_shift(entry: HoursEntry, shift: Shift) -> bool:
    return (entry.worked_on, entry.starts_at, entry.stops_at, entry.break_minutes) == (
        shift.worked_on,
        shift.starts_at,
        shift.stops_at,
        shift.break_minutes,
    )


def _same_correction(entry: HoursEntry, shift: Shift | None, reason: str, note: str) -> bool:
    times = (shift.starts_at, shift.stops_at, shift.break_minutes) if shift else (None, None, None)
    return (entry.corrected_starts_at, entry.corrected_stops_at, entry.corrected_break_minutes, entry.correction_reason, entry.correction_note) == (
        *times,
        reason,
        note,
    )


def case_manager_of(db: Session, participant_id: uuid.UUID) -> uuid.UUID:
    found: uuid.UUID = db.execute(select(files.c.case_manager_id).where(files.c.account_id == participant_id)).scalar_one()
    return found


def supervisor_of(db: Session, entry: HoursEntry) -> uuid.UUID:
    found: uuid.UUID = db.execute(select(Placement.__table__.c.supervisor_id).where(Placement.__table__.c.id == entry.placement_id)).scalar_one()  # type: ignore[attr-defined]
    return found


def short_name_of(db: Session, participant_id: uuid.UUID) -> str:
    account = db.get(Account, participant_id)
    return account.short_name if account else ""
