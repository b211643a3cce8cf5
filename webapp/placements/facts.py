"""What is known of a request, or of one person in it, for the displacement tests. Few statements, however many people and places there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, String, Uuid, and_, cast, column, exists, func, or_, select, table
from sqlmodel import Session

from webapp.foundation.tenancy import everything
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Membership
from webapp.permissions import Role
from webapp.placements.models import Placement
from webapp.placements.records import PlacementChange
from webapp.placements.tariffs import tariffs
from webapp.requests.models import RequestStatement, WorkRequest
from webapp.safeguards.actions import restrictions
from webapp.safeguards.rules import Facts, Limits, Stay, Stretch
from webapp.safeguards.rules.average import longest_average

placements: Any = Placement.__table__  # type: ignore[attr-defined]
changes: Any = PlacementChange.__table__  # type: ignore[attr-defined]
employers: Any = Employer.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]
statements: Any = RequestStatement.__table__  # type: ignore[attr-defined]
members: Any = Membership.__table__  # type: ignore[attr-defined]

# written by slices above this one, so known here by their names alone
entries = table("hours_entry", column("placement_id", Uuid), column("week_of", Date), column("certain_minutes", Integer))
signals = table("signal", column("participant_id", Uuid), column("establishment_id", Uuid), column("kind"), column("status"))
routes = table("route", column("participant_id", Uuid), column("kind"), column("status"))

TAKEN = ("accepted", "running")
REAL = ("accepted", "running", "ended")
PAID_WORK = ("contract_here", "contract_elsewhere", "wage_subsidy")  # routes that lead to it


@lru_cache(4096)
def same_work(function: str) -> str:
    """One function, however it was typed: "Planten  verzorgen" and "planten verzorgen" are the same work.

    >>> same_work(" Planten  verzorgen ") == same_work("planten verzorgen")
    True
    """
    return " ".join(function.casefold().split())


class Site(NamedTuple):
    """Where work is: one organisation at one address, whichever municipality wrote it down."""

    kvk: str
    street: str
    town: str


def site_of(kvk: str, street: str, town: str) -> Site:
    return Site(kvk, same_work(street), same_work(town))


class Here(NamedTuple):
    """Somebody's place at a site: what is needed to count weeks and people, no name."""

    id: uuid.UUID
    who: uuid.UUID
    request_id: uuid.UUID
    function: str
    first_day: date
    last_day: date
    taken: bool


# the longest week ever agreed: of the placement itself or of any change of it
LONGEST_WEEK = func.coalesce(
    select(func.max(changes.c.weekly_minutes)).where(changes.c.placement_id == placements.c.id).scalar_subquery(), 0
)  # fmt: skip
LONGEST_BEFORE = func.coalesce(
    select(func.max(changes.c.minutes_before)).where(changes.c.placement_id == placements.c.id).scalar_subquery(), 0
)  # fmt: skip
AT_EMPLOYER = (
    select(
        placements.c.id, placements.c.participant_id, placements.c.request_id, placements.c.function, placements.c.starts_on, placements.c.ends_on,
        placements.c.status, establishments.c.street, establishments.c.town,
    )
    .join_from(placements, establishments, establishments.c.id == placements.c.establishment_id)
    .join(employers, employers.c.id == establishments.c.employer_id)
    .where(placements.c.status.in_(REAL))
)  # fmt: skip


def at_site(db: Session, site: Site, since: date) -> list[Here]:
    """Everybody at a site since a day, over all municipalities of the installation: no names, only who is the same person."""
    with everything(db):
        rows = db.execute(AT_EMPLOYER.where(employers.c.kvk == site.kvk, placements.c.ends_on >= since)).all()
    return [
        Here(row.id, row.participant_id, row.request_id, same_work(row.function), row.starts_on, row.ends_on, row.status in TAKEN)
        for row in rows
        if site_of(site.kvk, row.street, row.town) == site
    ]


def earlier(db: Session, participant_id: uuid.UUID, establishment_id: uuid.UUID, function: str, without: uuid.UUID | None) -> list[Stretch]:
    """What somebody did before in this function for this employer, with the longest week of each: agreed, or worked on average."""
    return earlier_of(db, [participant_id], establishment_id, function, without).get(participant_id, [])


def earlier_of(
    db: Session, people: Any, establishment_id: uuid.UUID, function: str, without: uuid.UUID | None = None
) -> dict[uuid.UUID, list[Stretch]]:
    """The same for several people: their ids, or a subquery of them. Two statements."""
    employer = select(establishments.c.employer_id).where(establishments.c.id == establishment_id).scalar_subquery()
    query = (
        select(
            placements.c.id, placements.c.participant_id, placements.c.function, placements.c.starts_on, placements.c.ends_on, placements.c.weekly_minutes,
            LONGEST_WEEK.label("later"), LONGEST_BEFORE.label("before"),
        )
        .join_from(placements, establishments, establishments.c.id == placements.c.establishment_id)
        .where(placements.c.participant_id.in_(people), establishments.c.employer_id == employer, placements.c.status.in_(REAL))
    )  # fmt: skip
    rows = [row for row in db.execute(query) if row.id != without and same_work(row.function) == same_work(function)]
    worked = weeks_worked(db, [row.id for row in rows])
    found: dict[uuid.UUID, list[Stretch]] = {}
    for row in rows:
        week = max(row.weekly_minutes, row.later, row.before, longest_average(worked.get(row.id, {})))
        found.setdefault(row.participant_id, []).append(Stretch(row.starts_on, row.ends_on, week))
    return found


def weeks_worked(db: Session, placement_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[date, int]]:
    """Certain minutes per week of these placements."""
    if not placement_ids:
        return {}
    query = (
        select(entries.c.placement_id, entries.c.week_of, func.sum(entries.c.certain_minutes))
        .where(entries.c.placement_id.in_(placement_ids), entries.c.certain_minutes > 0)
        .group_by(entries.c.placement_id, entries.c.week_of)
    )
    found: dict[uuid.UUID, dict[date, int]] = {}
    for placement_id, week_of, minutes in db.execute(query):
        found.setdefault(placement_id, {})[week_of] = int(minutes)
    return found


def facts_of(
    db: Session, work: WorkRequest, limits: Limits, *, day: date, participant_id: uuid.UUID | None = None, placement: Placement | None = None,
    week_minutes: int | None = None, last_day: date | None = None,
) -> Facts:  # fmt: skip
    """What the tests need. `participant_id`: for this person; `placement`: as it is agreed now; neither: about the request itself.

    `week_minutes` and `last_day`: as they would become, where a change is asked. Seven statements at most, nine on PostgreSQL.
    """
    who = placement.participant_id if placement else participant_id
    place = _place(db, work, day, who)
    first = placement.starts_on if placement else work.starts_on
    last = last_day or (placement.ends_on if placement else work.starts_on + timedelta(weeks=work.weeks) - timedelta(days=1))
    function = placement.function if placement else work.function
    of_weeks = limits.chaining.value.of_weeks if limits.chaining.value else 0
    site = site_of(place.kvk, place.street, place.town)
    here = at_site(db, site, min(first, day) - timedelta(weeks=of_weeks))
    own = placement.id if placement else None
    mine = [one for one in here if one.request_id == work.id and one.taken]
    more = 1 if who else max(work.places - len(mine), 0)
    judges_readiness = who is not None and not (placement is not None and placement.status == "running")
    return Facts(
        day=day, first_day=first, last_day=last, week_minutes=week_minutes or (placement.weekly_minutes if placement else work.weekly_minutes),
        tariff_cents=_tariff(db, placement, max(day, first)) if placement else work.tariff_cents, runs=placement is not None and placement.status == "running",
        somebody=who is not None, ready_signal=judges_readiness and bool(place.ready), judged_ready=judges_readiness and bool(place.chosen),
        earlier=earlier(db, who, work.establishment_id, function, own) if who else (),
        others=[Stretch(one.first_day, one.last_day) for one in here if one.id != own and one.function == same_work(function)],
        stays=[Stay(one.who, one.first_day, one.last_day) for one in here if one.taken and one.who != who], more=more,
        staff_count=place.staff_count, staff_counted_on=place.staff_counted_on, has_guide=bool(place.has_guide), has_tasks=bool(place.has_tasks),
        restricted_until=place.restricted_until, is_agency=place.is_agency, **said(place),
    )  # fmt: skip


def place_columns(day: date) -> list[Any]:
    """What the tests need to know of a request's place on a day, and what its employer stated (`stated`: whether anything was)."""
    guide = exists().where(
        members.c.account_id == requests.c.guide_id, members.c.role == Role.SUPERVISOR, members.c.establishment_id == establishments.c.id,
        members.c.valid_from <= day, or_(members.c.valid_until.is_(None), members.c.valid_until >= day),
    )  # fmt: skip
    until = select(func.max(restrictions.c.ends_on)).where(
        restrictions.c.employer_id == employers.c.id, restrictions.c.starts_on <= day, restrictions.c.ends_on >= day,
        or_(restrictions.c.lifted_on.is_(None), restrictions.c.lifted_on > day),
    )  # fmt: skip
    return [
        (cast(requests.c.tasks, String) != "[]").label("has_tasks"), guide.label("has_guide"), until.scalar_subquery().label("restricted_until"),
        employers.c.is_agency, establishments.c.staff_count, establishments.c.staff_counted_on, statements.c.id.is_not(None).label("stated"),
        *(statements.c[name] for name in STATED),
    ]  # fmt: skip


def places(*columns: Any) -> Any:
    """A query of requests with their place, their employer and what was stated about them."""
    return (
        select(*columns)
        .join_from(requests, establishments, establishments.c.id == requests.c.establishment_id)
        .join(employers, employers.c.id == establishments.c.employer_id)
        .outerjoin(statements, statements.c.request_id == requests.c.id)
    )


def waits_at(establishment_id: Any) -> Any:
    """The condition that a signal keeps somebody from this work: they seem ready for a regular job, or this workplace wants to hire them."""
    return and_(
        signals.c.status != "closed", or_(signals.c.kind == "ready", and_(signals.c.kind == "hire", signals.c.establishment_id == establishment_id))
    )


def _place(db: Session, work: WorkRequest, day: date, who: uuid.UUID | None) -> Any:
    """The place of a request; and of somebody, whether a signal that they seem ready waits, or a way to paid work was chosen. One statement."""
    ready = exists().where(signals.c.participant_id == who, waits_at(establishments.c.id))
    chosen = exists().where(routes.c.participant_id == who, routes.c.status == "open", routes.c.kind.in_(PAID_WORK))
    where = (employers.c.kvk, establishments.c.street, establishments.c.town)
    query = places(*where, *place_columns(day), ready.label("ready"), chosen.label("chosen"))
    return db.execute(query.where(requests.c.id == work.id)).one()


def _tariff(db: Session, placement: Placement, day: date) -> int:
    """Cents per hour on a day: the last that was agreed until then, or the first."""
    later = db.execute(
        select(tariffs.c.tariff_cents).where(tariffs.c.placement_id == placement.id, tariffs.c.valid_from <= day).order_by(tariffs.c.valid_from.desc()).limit(1)
    ).scalar()  # fmt: skip
    return int(later if later is not None else placement.tariff_cents)


def said(place: Any) -> dict[str, Any]:
    """What was stated about a request, as the tests take it. Nothing stated is not known."""
    return _stated(place) if place.stated else NOTHING_STATED


def _stated(row: Any) -> dict[str, Any]:
    return {
        "dismissal_known": row.let_go is not None, "dismissed_on": row.let_go_on, "vacancy_known": row.vacancy is not None,
        "vacancy_on": (row.vacancy_until or date.max) if row.vacancy else None, "replaces_paid_hours": row.replaces_paid_hours,
        "consulted": row.staff_consulted, "outlook": row.paid_work, "end_client": row.end_client, "agency_tariff_cents": row.agency_tariff_cents,
    }  # fmt: skip


STATED = (
    "let_go",
    "let_go_on",
    "vacancy",
    "vacancy_until",
    "replaces_paid_hours",
    "staff_consulted",
    "paid_work",
    "end_client",
    "agency_tariff_cents",
)
NOTHING_STATED: dict[str, Any] = {
    "dismissal_known": False, "vacancy_known": False, "replaces_paid_hours": None, "consulted": None, "outlook": None,
}  # fmt: skip
