"""Reads of the hours slice that hot pages make: built once, on table columns (see DECISIONS.md 3)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, and_, bindparam, func, literal_column, or_, select, true
from sqlmodel import Session

from webapp.foundation.database import Read, among
from webapp.history.actions import CHAIN_END
from webapp.hours.models import CheckIn, HoursEntry
from webapp.people.models import Account, ParticipantFile
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.placements.actions import own_caseload
from webapp.placements.models import Placement
from webapp.premium.reads import last_line_of, paid_on

entries: Any = HoursEntry.__table__  # type: ignore[attr-defined]
accounts: Any = Account.__table__  # type: ignore[attr-defined]
files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]
check_ins: Any = CheckIn.__table__  # type: ignore[attr-defined]
placements: Any = Placement.__table__  # type: ignore[attr-defined]

# Words of a partial index stand in a statement as they stand in the index, never as a parameter: only then is it used.
STANDS = entries.c.status != literal_column("'withdrawn'")
IS_WAITING = entries.c.status.in_([literal_column("'sent'"), literal_column("'corrected'"), literal_column("'disputed'")])

# when it was paid, or NULL: never stored with the entry, since a payment can come back (DECISIONS.md)
PAID_ON = paid_on(entries.c.participant_id, entries.c.worked_on, last_line_of(entries.c.id)).label("paid_on")
PAYMENT = select(PAID_ON).where(entries.c.id == bindparam("entry"), entries.c.status.in_([literal_column("'confirmed'"), literal_column("'ruled'")]))


def paid_day(db: Session, entry: HoursEntry) -> date | None:
    """The day on which these hours were, or will be, paid; None while they are not in a payment that was approved."""
    found: date | None = db.execute(PAYMENT, {"entry": entry.id}).scalar_one_or_none()
    return found


# certain minutes of some placements in some weeks, together
WORKED_BETWEEN = (
    select(entries.c.placement_id, func.sum(entries.c.certain_minutes))
    .where(
        entries.c.placement_id.in_(bindparam("placements", expanding=True)),
        entries.c.week_of.between(bindparam("first"), bindparam("last")),
        entries.c.certain_minutes > 0,
    )
    .group_by(entries.c.placement_id)
)

_weeks = (
    select(entries.c.participant_id, entries.c.week_of, func.sum(entries.c.certain_minutes).label("minutes"))
    .where(among(entries.c.participant_id, "participants"), entries.c.certain_minutes > 0)
    .group_by(entries.c.participant_id, entries.c.week_of)
    .subquery()
)


def _per_person(gather: Any) -> Any:
    return Read(select(_weeks.c.participant_id, gather(_weeks.c.week_of, _weeks.c.minutes, type_=JSON)).group_by(_weeks.c.participant_id))


# one row a person, {"2026-03-09": 1260, ...}: hundreds of weeks as rows cost more to receive than to add up
WEEKS = {"sqlite": _per_person(func.json_group_object), "postgresql": _per_person(func.json_object_agg)}

OVERLAP = (
    select(entries.c.id, entries.c.worked_on)
    .where(
        entries.c.participant_id == bindparam("participant"),
        entries.c.id != bindparam("entry"),
        STANDS,
        entries.c.worked_on.between(bindparam("first"), bindparam("last")),
        or_(
            and_(entries.c.starts_at < bindparam("stops_at"), entries.c.stops_at > bindparam("starts_at")),
            and_(
                entries.c.corrected_minutes > 0,
                entries.c.corrected_starts_at < bindparam("stops_at"),
                entries.c.corrected_stops_at > bindparam("starts_at"),
            ),
        ),
    )
    .limit(1)
)

TO_CONFIRM = select(
    entries.c.id, entries.c.participant_id, entries.c.worked_on, entries.c.minutes, entries.c.version, entries.c.status,
    entries.c.certain_minutes, entries.c.as_planned, accounts.c.first_name, accounts.c.last_name, files.c.case_manager_id,
    entries.c.starts_at, entries.c.stops_at, entries.c.break_minutes, entries.c.deviation_minutes, entries.c.confirmed_at, entries.c.corrected_minutes, *CHAIN_END,
).join_from(entries, accounts, entries.c.participant_id == accounts.c.id).join(files, files.c.account_id == entries.c.participant_id).where(
    among(entries.c.id, "ids"),
    # a question about the rows found, so that no index of a whole workplace is walked for it
    and_(entries.c.municipality_id == bindparam("municipality"), entries.c.establishment_id == bindparam("establishment")).is_(true()),
)  # fmt: skip


def visible_to(person: Person, today: Any) -> Any:
    """A query for the hours entries this person may see: starts at the municipality, then their own."""
    query = select(HoursEntry).where(entries.c.municipality_id == person.municipality_id)
    if person.role == Role.PARTICIPANT:
        return query.where(entries.c.participant_id == person.id)
    if person.role == Role.SUPERVISOR:
        return query.where(entries.c.establishment_id == person.establishment_id)
    if person.role == Role.CASE_MANAGER:
        return query.where(entries.c.participant_id.in_(own_caseload(person, today)))
    return query.where(entries.c.id.is_(None))
