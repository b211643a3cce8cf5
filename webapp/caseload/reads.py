"""Reads of a caseload: built once, on table columns; each begins at the municipality and the own caseload."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select
from sqlmodel import Session

from webapp.foundation.database import Read
from webapp.hours.reads import accounts, entries, files
from webapp.milestones.models import MilestoneReached
from webapp.offers.actions import offers
from webapp.people.employers import Establishment
from webapp.people.person import Person
from webapp.placements.actions import CASELOAD, own_caseload, placements
from webapp.premium.models import LedgerLine, OtherPremium
from webapp.requests.models import WorkRequest

establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
reached: Any = MilestoneReached.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]
ledger: Any = LedgerLine.__table__  # type: ignore[attr-defined]
other: Any = OtherPremium.__table__  # type: ignore[attr-defined]
guides = accounts.alias("guide")

WORK = (
    select(
        placements.c.id, placements.c.participant_id, placements.c.status, placements.c.function, placements.c.weekly_minutes, placements.c.starts_on,
        placements.c.ends_on, placements.c.accepted_at, establishments.c.name.label("establishment"), accounts.c.first_name, accounts.c.last_name,
        guides.c.first_name.label("supervisor"), guides.c.phone.label("supervisor_phone"),
    )
    .join_from(placements, establishments, establishments.c.id == placements.c.establishment_id)
    .join(accounts, accounts.c.id == placements.c.participant_id)
    .join(guides, guides.c.id == placements.c.supervisor_id)
    .order_by(placements.c.starts_on.desc(), placements.c.id)
)  # fmt: skip
WORKED = select(entries.c.placement_id, func.sum(entries.c.certain_minutes)).where(entries.c.certain_minutes > 0).group_by(entries.c.placement_id)
MILESTONES = (
    select(reached.c.participant_id, reached.c.milestone, reached.c.reached_on, accounts.c.first_name, accounts.c.last_name)
    .join_from(reached, accounts, accounts.c.id == reached.c.participant_id)
    .order_by(reached.c.reached_on.desc(), accounts.c.first_name, accounts.c.last_name, reached.c.milestone)
)  # fmt: skip
PEOPLE = select(
    accounts.c.id, accounts.c.first_name, accounts.c.last_name, accounts.c.phone, accounts.c.email, accounts.c.language, files.c.birth_date, files.c.obliged,
    files.c.wage_subsidy_group, files.c.wishes, files.c.travels_by, files.c.needs, files.c.wished_minutes_from, files.c.wished_minutes_to, files.c.cannot_work,
).join_from(files, accounts, accounts.c.id == files.c.account_id)  # fmt: skip


def people(db: Session, person: Person, today: date) -> list[Any]:
    """Everybody in somebody's caseload, by name."""
    rows = db.execute(PEOPLE.where(files.c.account_id.in_(own_caseload(person, today))))
    return sorted(rows, key=lambda row: (row.first_name.casefold(), row.last_name.casefold(), row.id))


def participant(db: Session, person: Person, participant_id: Any, today: date) -> Any:
    """One participant of the own caseload, or None."""
    return db.execute(PEOPLE.where(files.c.account_id.in_(own_caseload(person, today)), files.c.account_id == participant_id)).first()


def work(db: Session, person: Person, today: date, *statuses: str) -> list[Any]:
    """Placements in these states of everybody in the caseload."""
    own = placements.c.participant_id.in_(own_caseload(person, today))
    return list(db.execute(WORK.where(placements.c.municipality_id == person.municipality_id, own, placements.c.status.in_(statuses))))


_lately = (
    select(func.coalesce(func.sum(entries.c.certain_minutes), 0))
    .where(entries.c.placement_id == placements.c.id, entries.c.week_of.between(bindparam("first_week"), bindparam("last_week")))
    .correlate(placements)
)
TO_WATCH = Read(
    WORK.add_columns(_lately.scalar_subquery().label("lately"))
    .where(placements.c.municipality_id == bindparam("municipality"), placements.c.participant_id.in_(CASELOAD), placements.c.status.in_((literal_column("'accepted'"), literal_column("'running'"))))
    .order_by(None)
)  # fmt: skip
LATELY = Read(
    MILESTONES.where(
        reached.c.municipality_id == bindparam("municipality"), reached.c.participant_id.in_(CASELOAD), reached.c.reached_on >= bindparam("since")
    )
)


def work_to_watch(db: Session, person: Person, this_week: date, today: date) -> list[Any]:
    """Accepted and running placements of the caseload, with the certain minutes of the four full weeks before this one as `lately`."""
    weeks = {"first_week": this_week - timedelta(weeks=4), "last_week": this_week - timedelta(weeks=1)}
    return TO_WATCH.all(db, person=person.id, municipality=person.municipality_id, today=today, **weeks)


def work_of(db: Session, person: Person, participant_id: Any) -> list[Any]:
    """The placements of one participant, the newest first. One that never started is nobody's business any more."""
    own = placements.c.municipality_id == person.municipality_id
    return list(db.execute(WORK.where(own, placements.c.participant_id == participant_id, placements.c.status != "cancelled")))


def worked_lately(db: Session, person: Person, this_week: date, today: date) -> dict[Any, int]:
    """Certain minutes per placement in the four full weeks before this one."""
    lately = entries.c.week_of.between(this_week - timedelta(weeks=4), this_week - timedelta(weeks=1))
    return {row[0]: int(row[1]) for row in db.execute(WORKED.where(entries.c.participant_id.in_(own_caseload(person, today)), lately))}


def milestones_lately(db: Session, person: Person, since: date, today: date) -> list[Any]:
    return LATELY.all(db, person=person.id, municipality=person.municipality_id, today=today, since=since)


def entries_since(db: Session, participant_id: Any, monday: date) -> list[Any]:
    """What a chart of weeks needs of each entry."""
    return list(
        db.execute(
            select(entries.c.week_of, entries.c.status, entries.c.minutes, entries.c.corrected_minutes, entries.c.certain_minutes).where(
                entries.c.participant_id == participant_id, entries.c.week_of >= monday, entries.c.status != "withdrawn"
            )
        )
    )


def offers_told(db: Session, participant_id: Any) -> tuple[list[Any], bool]:
    """Offers that are open or answered with yes, and whether any other did not fit: never which, how many or when (decision 9)."""
    rows = db.execute(
        select(offers.c.status, requests.c.id, requests.c.function, establishments.c.name.label("establishment"))
        .join_from(offers, requests, requests.c.id == offers.c.request_id)
        .join(establishments, establishments.c.id == requests.c.establishment_id)
        .where(offers.c.participant_id == participant_id)
        .order_by(requests.c.function, requests.c.id)
    ).all()
    return [row for row in rows if row.status != "closed"], any(row.status == "closed" for row in rows)


def premium_cents_in_year(db: Session, participant_id: Any, year: int) -> int:
    """Certain premium of work done in this year: the sum of its lines."""
    own = (ledger.c.participant_id == participant_id, ledger.c.worked_on.between(date(year, 1, 1), date(year, 12, 31)))
    return int(db.execute(select(func.coalesce(func.sum(ledger.c.amount_cents), 0)).where(*own)).scalar_one())


def other_premiums(db: Session, participant_id: Any, year: int) -> list[Any]:
    """Premiums of other schemes paid in this year, with who recorded them."""
    own = (other.c.participant_id == participant_id, other.c.paid_on.between(date(year, 1, 1), date(year, 12, 31)))
    return list(
        db.execute(
            select(other.c.id, other.c.paid_on, other.c.amount_cents, other.c.scheme, accounts.c.first_name.label("recorded_by"))
            .join_from(other, accounts, accounts.c.id == other.c.recorded_by)
            .where(*own)
            .order_by(other.c.paid_on, other.c.recorded_at)
        )
    )
