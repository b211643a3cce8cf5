"""What /safeguards shows of every employer: read with a fixed number of statements, however many employers there are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import String, case, cast, distinct, func, literal_column, or_, select
from sqlmodel import Session

from webapp.foundation.tenancy import everything
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account
from webapp.people.person import Person
from webapp.placements.models import Placement
from webapp.placements.tariffs import tariff_on, tariffs
from webapp.reports.actions import cases
from webapp.reports.rules import chain
from webapp.requests.models import RequestStatement, WorkRequest
from webapp.safeguards.limits import floor_of
from webapp.safeguards.models import Assessment, EmployerRestriction, Override
from webapp.safeguards.rules import Said
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce

employers: Any = Employer.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
placements: Any = Placement.__table__  # type: ignore[attr-defined]
assessments: Any = Assessment.__table__  # type: ignore[attr-defined]
overrides: Any = Override.__table__  # type: ignore[attr-defined]
restrictions: Any = EmployerRestriction.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]
statements: Any = RequestStatement.__table__  # type: ignore[attr-defined]
accounts: Any = Account.__table__  # type: ignore[attr-defined]
RUNNING: Any = literal_column("'running'")  # words of a partial index, as they stand in it (DECISIONS.md 3)
SITE = (employers.c.kvk, func.lower(establishments.c.street), func.lower(establishments.c.town))  # one address of one firm, whoever wrote it down


class Limits(NamedTuple):
    """What counts today, each with its source; None where the terms do not say."""

    share_basis_points: int | None
    share_source: str
    chain_weeks: int | None
    chain_of: int
    chain_source: str
    floor: Said


class Chain(NamedTuple):
    """One function at one place: the weeks it was filled in 24 months, and how many of the last ones."""

    function: str
    runs: list[chain.Run]
    weeks: int
    people: int
    is_over: bool


class Place(NamedTuple):
    """One establishment. `people`: on benefit there today, over all municipalities of the installation; `share` in basis points."""

    id: uuid.UUID
    name: str
    street: str
    town: str
    staff: int | None
    counted_on: date | None
    people: int
    share: int | None
    is_over: bool
    chains: list[Chain]
    tariffs: list[int]  # of what runs today, in cents per hour, the lowest first
    is_below: bool


class Watched(NamedTuple):
    """One employer with its establishments, and what was found, decided and reported."""

    id: uuid.UUID
    name: str
    kvk: str
    is_agency: bool
    places: list[Place]
    refusals: int
    overrides: int
    open_reports: int
    founded_reports: int
    restricted_until: date | None
    sector: str = ""  # SBI section of the last request that names one

    @property
    def points(self) -> int:
        """How many things ask for attention; only for the order on the page."""
        found = [
            self.restricted_until is not None,
            self.open_reports > 0,
            *(place.is_over for place in self.places),
            *(place.is_below for place in self.places),
        ]
        return sum(found) + sum(one.is_over for place in self.places for one in place.chains)

    @property
    def share(self) -> int | None:
        return max((place.share for place in self.places if place.share is not None), default=None)

    @property
    def lowest_tariff(self) -> int | None:
        return min((cents for place in self.places for cents in place.tariffs), default=None)

    @property
    def most_weeks(self) -> int:
        return max((one.weeks for place in self.places for one in place.chains), default=0)


class Others(NamedTuple):
    """What is in the middle of the other employers of a sector ("": of all); None where too few are known. `known`: how many others."""

    share: int | None
    tariff: int | None
    weeks: int | None
    known: int
    sector: str


def limits_on(terms: Terms, today: date) -> Limits:
    share, share_source, weeks, of_weeks, chain_source = None, "", None, 52, ""
    try:
        row = terms.row("staff_share", today)
        share, share_source = row.value.basis_points, row.source
    except NoTermsInForce:
        pass
    try:
        row = terms.row("chaining", today)
        weeks, of_weeks, chain_source = row.value.weeks, row.value.of_weeks, row.source
    except NoTermsInForce:
        pass
    return Limits(share, share_source, weeks, min(of_weeks, chain.WEEKS), chain_source, floor_of(terms, today))


def watched(db: Session, person: Person, limits: Limits, today: date) -> list[Watched]:
    """Every employer of the municipality, those that ask for attention first. Nine statements, however many there are."""
    own = person.municipality_id
    places = db.execute(
        select(
            employers.c.id, employers.c.name, employers.c.kvk, employers.c.is_agency, establishments.c.id.label("place_id"),
            establishments.c.name.label("place"), establishments.c.street, establishments.c.town, establishments.c.staff_count, establishments.c.staff_counted_on,
            *(part.label(f"site_{number}") for number, part in enumerate(SITE)),
        ).outerjoin(establishments, establishments.c.employer_id == employers.c.id).where(employers.c.municipality_id == own)
        .order_by(employers.c.name, employers.c.id, establishments.c.name)
    ).all()  # fmt: skip
    worked, now_there = _worked(db, own, today), _people_now(db, own, today)
    later, counts, sectors = _later_tariffs(db, own, today), _counts(db, own, today), _sectors(db, own)
    found: dict[uuid.UUID, Watched] = {}
    for row in places:
        if row.id not in found:
            until, refused, agreed, open_ones, founded = counts.of(row.id)
            found[row.id] = Watched(row.id, row.name, row.kvk, row.is_agency, [], refused, agreed, open_ones, founded, until, sectors.get(row.id, ""))
        if row.place_id:
            found[row.id].places.append(
                _place(row, worked.get(row.place_id, []), now_there.get((row.site_0, row.site_1, row.site_2), 0), later, limits, today)
            )
    return sorted(found.values(), key=lambda one: (-one.points, one.name.casefold()))


def _place(row: Any, work: Sequence[Any], people: int, later: dict[uuid.UUID, list[tuple[date, int]]], limits: Limits, today: date) -> Place:
    share = chain.share_basis_points(people, row.staff_count)
    over = limits.share_basis_points is not None and share is not None and share > limits.share_basis_points
    running = [one for one in work if one.status == "running" and one.starts_on <= today <= one.ends_on]
    paid = sorted(tariff_on(one.tariff_cents, later.get(one.id, ()), today) for one in running)
    below = limits.floor.value is not None and bool(paid) and paid[0] < limits.floor.value
    return Place(
        row.place_id,
        row.place,
        row.street,
        row.town,
        row.staff_count,
        row.staff_counted_on,
        people,
        share,
        over,
        _chains(work, limits, today),
        paid,
        below,
    )


def _chains(work: Sequence[Any], limits: Limits, today: date) -> list[Chain]:
    by_function: dict[str, list[Any]] = {}
    for one in work:
        by_function.setdefault(one.function, []).append(one)
    found = []
    for function, group in by_function.items():
        numbers = {who: number for number, who in enumerate({one.participant_id for one in group})}
        runs = chain.runs([chain.Time(numbers[one.participant_id], one.starts_on, one.ends_on) for one in group], today)
        weeks = chain.weeks_of(runs, limits.chain_of)
        if runs:
            found.append(Chain(function, runs, weeks, len(numbers), limits.chain_weeks is not None and weeks > limits.chain_weeks))
    return sorted(found, key=lambda one: (-one.weeks, one.function))


def _worked(db: Session, municipality_id: int, today: date) -> dict[uuid.UUID, list[Any]]:
    """Placements of the last 24 months that began, per establishment."""
    wanted = (
        placements.c.municipality_id == municipality_id, placements.c.status.in_(("running", "ended")), placements.c.starts_on <= today,
        placements.c.ends_on >= chain.first_week_of(today),
    )  # fmt: skip
    columns = ("id", "establishment_id", "function", "participant_id", "starts_on", "ends_on", "tariff_cents", "status")
    found: dict[uuid.UUID, list[Any]] = {}
    for row in db.execute(select(*(placements.c[name] for name in columns)).where(*wanted).order_by(placements.c.starts_on)):
        found.setdefault(row.establishment_id, []).append(row)
    return found


def _people_now(db: Session, municipality_id: int, today: date) -> dict[tuple[Any, ...], int]:
    """Different people there today, per address of the own firms: in every municipality of the installation together.

    Looks over all municipalities, and gives numbers only. Begins at what runs, so that it grows with that and with nothing squared.
    """
    mine = employers.alias("mine")
    own = select(mine.c.kvk).where(mine.c.municipality_id == municipality_id)
    wanted = (
        select(*SITE, func.count(distinct(placements.c.participant_id)))
        .join(establishments, establishments.c.id == placements.c.establishment_id)
        .join(employers, employers.c.id == establishments.c.employer_id)
        .where(placements.c.status == RUNNING, placements.c.starts_on <= today, placements.c.ends_on >= today, employers.c.kvk.in_(own))
        .group_by(*SITE)
    )
    with everything(db):
        return {tuple(site): people for *site, people in db.execute(wanted)}


def _later_tariffs(db: Session, municipality_id: int, today: date) -> dict[uuid.UUID, list[tuple[date, int]]]:
    """Tariffs agreed after the start, of what runs today."""
    runs = (placements.c.municipality_id == municipality_id, placements.c.status == "running", placements.c.ends_on >= today)
    wanted = select(tariffs.c.placement_id, tariffs.c.valid_from, tariffs.c.tariff_cents).join(placements, placements.c.id == tariffs.c.placement_id)
    found: dict[uuid.UUID, list[tuple[date, int]]] = {}
    for row in db.execute(wanted.where(*runs).order_by(tariffs.c.valid_from)):
        found.setdefault(row.placement_id, []).append((row.valid_from, row.tariff_cents))
    return found


def _sectors(db: Session, municipality_id: int) -> dict[uuid.UUID, str]:
    """The sector each employer named last."""
    wanted = (
        select(establishments.c.employer_id, statements.c.sector)
        .join(requests, requests.c.establishment_id == establishments.c.id)
        .join(statements, statements.c.request_id == requests.c.id)
        .where(requests.c.municipality_id == municipality_id, statements.c.sector != "")
    )
    return {row.employer_id: row.sector for row in db.execute(wanted.order_by(statements.c.stated_at, statements.c.id))}


class _Counts(NamedTuple):
    until: dict[uuid.UUID, date]
    refused: dict[uuid.UUID, int]
    agreed: dict[uuid.UUID, int]
    reports: dict[uuid.UUID, tuple[int, int]]

    def of(self, employer_id: uuid.UUID) -> tuple[date | None, int, int, int, int]:
        open_ones, founded = self.reports.get(employer_id, (0, 0))
        return self.until.get(employer_id), self.refused.get(employer_id, 0), self.agreed.get(employer_id, 0), open_ones, founded


def _counts(db: Session, municipality_id: int, today: date) -> _Counts:
    """Per employer: the last day of a restriction, requests refused and judgements signed in 24 months, reports open and founded."""
    since = chain.first_week_of(today)
    restricted = select(restrictions.c.employer_id, func.max(restrictions.c.ends_on)).where(
        restrictions.c.municipality_id == municipality_id, *counts_on(today)
    )
    at = select(establishments.c.employer_id, func.count(distinct(assessments.c.request_id))).join(
        assessments, assessments.c.establishment_id == establishments.c.id
    )
    refused = at.where(assessments.c.municipality_id == municipality_id, assessments.c.outcome == "not_allowed", assessments.c.day >= since)
    judged = (
        select(establishments.c.employer_id, func.count(overrides.c.id))
        .join(assessments, assessments.c.establishment_id == establishments.c.id)
        .join(overrides, overrides.c.assessment_id == assessments.c.id)
        .where(overrides.c.municipality_id == municipality_id, overrides.c.second_agrees.is_(True), assessments.c.day >= since)
    )
    reported = select(
        cases.c.employer_id, func.sum(case((cases.c.status != "closed", 1), else_=0)), func.sum(case((cases.c.outcome == "founded", 1), else_=0))
    ).where(cases.c.municipality_id == municipality_id, cases.c.employer_id.is_not(None))
    return _Counts(
        {row[0]: row[1] for row in db.execute(restricted.group_by(restrictions.c.employer_id))},
        {row[0]: row[1] for row in db.execute(refused.group_by(establishments.c.employer_id))},
        {row[0]: row[1] for row in db.execute(judged.group_by(establishments.c.employer_id))},
        {row[0]: (int(row[1]), int(row[2])) for row in db.execute(reported.group_by(cases.c.employer_id))},
    )


def counts_on(day: date) -> tuple[Any, ...]:
    """That a restriction counts on a day."""
    return (restrictions.c.starts_on <= day, restrictions.c.ends_on >= day, or_(restrictions.c.lifted_on.is_(None), restrictions.c.lifted_on > day))


def others_than(found: Iterable[Watched], one: Watched | None = None) -> Others:
    """The middle of the other employers of this municipality that had somebody at work: of the same sector where enough of them are known."""
    rest = [other for other in found if (one is None or other.id != one.id) and any(place.chains for place in other.places)]
    same = [other for other in rest if one is not None and one.sector and other.sector == one.sector]
    sector = one.sector if one is not None and len(same) >= chain.FEWEST else ""
    rest = same if sector else rest
    return Others(
        chain.middle(other.share for other in rest),
        chain.middle(other.lowest_tariff for other in rest),
        chain.middle(other.most_weeks for other in rest),
        len(rest),
        sector,
    )


# one employer ----------------------------------------------------------------------------------------------


def restrictions_of(db: Session, employer_id: uuid.UUID, municipality_id: int) -> list[Any]:
    """What counts, counted or will count, with the names of who decided; the latest first."""
    made, lifted = accounts.alias("made"), accounts.alias("lifted")
    wanted = (
        select(restrictions, made.c.first_name, made.c.last_name, lifted.c.first_name.label("lifted_first"), lifted.c.last_name.label("lifted_last"))
        .join(made, made.c.id == restrictions.c.made_by)
        .outerjoin(lifted, lifted.c.id == restrictions.c.lifted_by)
        .where(restrictions.c.employer_id == employer_id, restrictions.c.municipality_id == municipality_id)
    )
    return list(db.execute(wanted.order_by(restrictions.c.ends_on.desc(), restrictions.c.id)))


def judgements_of(db: Session, employer_id: uuid.UUID, municipality_id: int) -> list[Any]:
    """Judgements about this employer's requests with their reasons and both names, the latest first."""
    first, second = accounts.alias("first"), accounts.alias("second")
    wanted = (
        select(
            overrides.c.item, overrides.c.reason, overrides.c.decided_at, overrides.c.second_agrees, overrides.c.request_id,
            (first.c.first_name + " " + first.c.last_name).label("decided_by"),
            func.coalesce(cast(second.c.first_name, String) + " " + second.c.last_name, "").label("second_by"),
        )
        .join(assessments, assessments.c.id == overrides.c.assessment_id)
        .join(establishments, establishments.c.id == assessments.c.establishment_id)
        .join(first, first.c.id == overrides.c.decided_by)
        .outerjoin(second, second.c.id == overrides.c.second_by)
        .where(establishments.c.employer_id == employer_id, overrides.c.municipality_id == municipality_id)
    )  # fmt: skip
    return list(db.execute(wanted.order_by(overrides.c.decided_at.desc()).limit(100)))


def refusals_of(db: Session, employer_id: uuid.UUID, municipality_id: int) -> list[Any]:
    """Runs of the tests that ended in "not allowed": the request, the day, and what was found."""
    wanted = (
        select(assessments.c.request_id, assessments.c.day, assessments.c.occasion, assessments.c.findings)
        .join(establishments, establishments.c.id == assessments.c.establishment_id)
        .where(establishments.c.employer_id == employer_id, assessments.c.municipality_id == municipality_id, assessments.c.outcome == "not_allowed")
    )
    return list(db.execute(wanted.order_by(assessments.c.made_at.desc()).limit(50)))


def reports_of(db: Session, employer_id: uuid.UUID, municipality_id: int) -> list[Any]:
    """Reports about this employer, the latest first."""
    wanted = select(cases.c.id, cases.c.received_at, cases.c.status, cases.c.outcome, cases.c.who).where(
        cases.c.employer_id == employer_id, cases.c.municipality_id == municipality_id
    )
    return list(db.execute(wanted.order_by(cases.c.received_at.desc()).limit(50)))


def is_own(db: Session, employer_id: uuid.UUID, municipality_id: int) -> bool:
    return db.execute(select(employers.c.id).where(employers.c.id == employer_id, employers.c.municipality_id == municipality_id)).first() is not None


def is_free(db: Session, employer_id: uuid.UUID, starts_on: date, key: uuid.UUID) -> bool:
    """Whether no other stop of this employer that stands begins on this day. The caller holds the municipality's lock."""
    same = (restrictions.c.employer_id == employer_id, restrictions.c.starts_on == starts_on, restrictions.c.lifted_on.is_(None))
    return db.execute(select(restrictions.c.id).where(*same, restrictions.c.id != key)).first() is None


def restriction_of(db: Session, key: uuid.UUID, municipality_id: int) -> EmployerRestriction | None:
    found: EmployerRestriction | None = db.execute(
        select(EmployerRestriction).where(restrictions.c.id == key, restrictions.c.municipality_id == municipality_id)
    ).scalar_one_or_none()
    return found


def is_elses(db: Session, key: uuid.UUID, employer_id: uuid.UUID) -> bool:
    """Whether this identifier is that of a stop of another employer."""
    found = db.get(EmployerRestriction, key)
    return found is not None and found.employer_id != employer_id
