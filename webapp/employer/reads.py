"""Reads of the employer's pages: who works here, what is planned, who may confirm. All start at the establishment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlmodel import Session

from webapp.certificate.reads import references
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Absence, Account, Membership, ParticipantFile
from webapp.people.person import Person
from webapp.people.tablets import SharedTablet, pins, tablets
from webapp.permissions import Role
from webapp.placements.actions import placements, shifts
from webapp.placements.agreements import signatures
from webapp.placements.course import absences as shift_absences
from webapp.placements.tariffs import changes_of, tariff_on
from webapp.requests.models import WorkRequest
from webapp.terms.actions import terms_of
from webapp.terms.rules import NoTermsInForce, Split, split_of_tariff

accounts: Any = Account.__table__  # type: ignore[attr-defined]
files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]
memberships: Any = Membership.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
employers: Any = Employer.__table__  # type: ignore[attr-defined]
absences: Any = Absence.__table__  # type: ignore[attr-defined]
case_managers: Any = accounts.alias("case_manager")

CALLED_OFF = select(shift_absences.c.planned_shift_id).where(shift_absences.c.taken_back_at.is_(None))


class Member(NamedTuple):
    """Somebody who works here, or begins soon. `shifts`: what is planned from today on, in order."""

    placement: Any
    shifts: list[Any]

    @property
    def name(self) -> str:
        return f"{self.placement.first_name} {self.placement.last_name[:1]}."

    @property
    def planned(self) -> list[Any]:
        """Without what is off."""
        return [shift for shift in self.shifts if shift.cancelled_at is None]


def team(db: Session, person: Person, *, first: date, last: date) -> list[Member]:
    """Everybody with a place here that has not ended, and their shifts between two days, both included."""
    found = db.execute(
        select(
            placements.c.id, placements.c.function, placements.c.starts_on, placements.c.ends_on, placements.c.status, accounts.c.first_name, accounts.c.last_name,
            case_managers.c.first_name.label("case_manager"), case_managers.c.phone, requests.c.tasks, requests.c.learn,
            references.c.status.label("reference"),
        )
        .join_from(placements, accounts, accounts.c.id == placements.c.participant_id)
        .join(files, files.c.account_id == placements.c.participant_id)
        .join(case_managers, case_managers.c.id == files.c.case_manager_id)
        .join(requests, requests.c.id == placements.c.request_id)
        .outerjoin(references, references.c.placement_id == placements.c.id)
        .where(
            placements.c.municipality_id == person.municipality_id, placements.c.establishment_id == person.establishment_id,
            placements.c.status == "running", placements.c.ends_on >= first,
        )
        .order_by(accounts.c.first_name, accounts.c.last_name)
    ).all()  # fmt: skip
    planned = planned_shifts(db, [row.id for row in found], first, last)
    return [Member(row, [shift for shift in planned if shift.placement_id == row.id]) for row in found]


def planned_shifts(db: Session, placement_ids: Sequence[uuid.UUID], first: date, last: date) -> list[Any]:
    """What is planned, and what somebody called off; why is not read here: it may be about health (AVG art. 9)."""
    if not placement_ids:
        return []
    return list(
        db.execute(
            select(shifts.c.placement_id, shifts.c.day, shifts.c.starts_at, shifts.c.stops_at, shifts.c.cancelled_at)
            .where(
                shifts.c.placement_id.in_(placement_ids),
                shifts.c.day.between(first, last),
                or_(shifts.c.cancelled_at.is_(None), shifts.c.id.in_(CALLED_OFF)),
            )
            .order_by(shifts.c.starts_at)
        )
    )


def to_sign(db: Session, person: Person) -> list[Any]:
    """Agreements at this establishment that wait for the employer's side, the earliest start first."""
    signed = select(signatures.c.id).where(
        signatures.c.placement_id == placements.c.id, signatures.c.party == Role.SUPERVISOR, signatures.c.taken_back_at.is_(None)
    )
    return list(
        db.execute(
            select(placements.c.id, accounts.c.first_name, accounts.c.last_name)
            .join_from(placements, accounts, accounts.c.id == placements.c.participant_id)
            .where(
                placements.c.municipality_id == person.municipality_id, placements.c.establishment_id == person.establishment_id,
                placements.c.status == "accepted", ~signed.exists(),
            )
            .order_by(placements.c.starts_on, placements.c.id)
        )
    )  # fmt: skip


def own_establishment(db: Session, person: Person) -> Any:
    """The establishment with the name of its employer."""
    return db.execute(
        select(establishments, employers.c.name.label("employer"))
        .join(employers, employers.c.id == establishments.c.employer_id)
        .where(
            establishments.c.id == person.establishment_id,
            establishments.c.municipality_id == person.municipality_id,
        )
    ).one()


class Share(NamedTuple):
    """Who works at this place via Opstap, in people; `limit_basis_points` None: the municipality agreed none. `is_old`: the count is over a year old."""

    people: int
    limit_basis_points: int | None
    is_old: bool


def share_here(db: Session, person: Person, place: Any, today: date) -> Share:
    """The share of the staff that works here through Opstap, as far as this municipality knows, and the largest it agreed to."""
    here = (
        placements.c.establishment_id == place.id,
        placements.c.municipality_id == person.municipality_id,
        placements.c.status.in_(("accepted", "running")),
    )
    people = db.execute(select(func.count(placements.c.participant_id.distinct())).where(*here)).scalar_one()
    try:
        limit = terms_of(db, person.municipality_id, person.terms_token).value("staff_share", today).basis_points
    except NoTermsInForce:
        limit = None
    return Share(people, limit, place.staff_counted_on is None or (today - place.staff_counted_on).days > 365)


class Hour(NamedTuple):
    """What an hour of work here costs the employer, and where it goes; `split` None: the municipality does not say."""

    tariff_cents: int
    split: Split | None


def hour_of_work(db: Session, person: Person, today: date) -> Hour | None:
    """An hour at the tariff of the placement that began last here; None when nobody worked here yet."""
    query = select(placements.c.id, placements.c.tariff_cents).where(
        placements.c.establishment_id == person.establishment_id, placements.c.municipality_id == person.municipality_id, placements.c.status.in_(("running", "ended"))
    )  # fmt: skip
    last = db.execute(query.order_by(placements.c.starts_on.desc()).limit(1)).first()
    if last is None:
        return None
    tariff = tariff_on(last.tariff_cents, changes_of(db, [last.id]).get(last.id, ()), today)
    terms = terms_of(db, person.municipality_id, person.terms_token)
    rate = terms.rate_or_none(today)
    try:
        return Hour(tariff, split_of_tariff(tariff, rate.cents_per_hour, terms.tariff_split(today)) if rate else None)
    except NoTermsInForce:
        return Hour(tariff, None)


def counts_on(today: date) -> Any:
    """Memberships that count today."""
    return (
        memberships.c.valid_from <= today,
        or_(memberships.c.valid_until.is_(None), memberships.c.valid_until >= today),
    )


def supervisors_here(db: Session, person: Person, today: date) -> list[Any]:
    """Who may confirm at this workplace today, stand-ins included."""
    return list(
        db.execute(
            select(memberships.c.id, memberships.c.account_id, memberships.c.valid_until, accounts.c.first_name, accounts.c.last_name)
            .join(accounts, accounts.c.id == memberships.c.account_id)
            .where(
                memberships.c.municipality_id == person.municipality_id, memberships.c.establishment_id == person.establishment_id,
                memberships.c.role == Role.SUPERVISOR, *counts_on(today),
            )
            .order_by(accounts.c.first_name, accounts.c.last_name)
        )
    )  # fmt: skip


def colleagues(db: Session, person: Person, today: date) -> list[Any]:
    """Supervisors of the same employer who could stand in, each once; those of this establishment first."""
    employer = select(establishments.c.employer_id).where(establishments.c.id == person.establishment_id).scalar_subquery()
    found = db.execute(
        select(memberships, accounts.c.first_name, accounts.c.last_name, establishments.c.name.label("establishment"))
        .join(accounts, accounts.c.id == memberships.c.account_id)
        .join(establishments, establishments.c.id == memberships.c.establishment_id)
        .where(
            memberships.c.municipality_id == person.municipality_id, establishments.c.employer_id == employer, memberships.c.role == Role.SUPERVISOR,
            memberships.c.account_id != person.id, *counts_on(today),
        )
        .order_by(accounts.c.first_name, accounts.c.last_name)
    ).all()  # fmt: skip
    once: dict[uuid.UUID, Any] = {}
    for row in sorted(found, key=lambda row: bool(row.establishment_id != person.establishment_id)):
        once.setdefault(row.account_id, row)
    return list(once.values())


def own_absences(db: Session, person: Person, today: date) -> list[Any]:
    """Arranged absences of this person that are not over, with who stands in."""
    return list(
        db.execute(
            select(absences.c.id, absences.c.first_day, absences.c.last_day, accounts.c.first_name, accounts.c.last_name)
            .join(accounts, accounts.c.id == absences.c.stand_in_id)
            .where(
                absences.c.municipality_id == person.municipality_id, absences.c.account_id == person.id,
                absences.c.last_day >= today, absences.c.ended_at.is_(None),
            )
            .order_by(absences.c.first_day)
        )
    )  # fmt: skip


def with_pin(db: Session, device: SharedTablet, today: date) -> list[Any]:
    """Who can sign in on this tablet: supervisors of its establishment who set a pin. First names only."""
    return list(
        db.execute(
            select(memberships.c.id, accounts.c.first_name)
            .join(accounts, accounts.c.id == memberships.c.account_id)
            .join(pins, pins.c.account_id == memberships.c.account_id)
            .where(
                memberships.c.establishment_id == device.establishment_id,
                memberships.c.role == Role.SUPERVISOR,
                *counts_on(today),
            )
            .order_by(accounts.c.first_name)
        )
    )


def own_tablets(db: Session, person: Person) -> list[Any]:
    """The shared tablets of this establishment."""
    return list(
        db.execute(
            select(tablets).where(tablets.c.establishment_id == person.establishment_id, tablets.c.ended_at.is_(None)).order_by(tablets.c.made_at)
        )
    )


def has_pin(db: Session, person: Person) -> bool:
    return db.execute(select(pins.c.account_id).where(pins.c.account_id == person.id)).first() is not None
