"""What the report counts, read with a fixed number of statements, however many hours there are. Rows of people stay in here."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from webapp.bookkeeping.reads import EARNED
from webapp.council.rules import Half, Period, half_of
from webapp.foundation.clock import instant
from webapp.foundation.database import year_month
from webapp.growth.models import Objection, Signal, SignalDecision
from webapp.growth.work_models import Outflow, OutflowCheck
from webapp.history.models import HistoryRow
from webapp.hours.reads import accounts, entries, placements
from webapp.invoices.actions import employers, establishments
from webapp.offers.models import Offer, OfferTotal
from webapp.people.models import Membership
from webapp.placements.tariffs import tariff_on, tariffs
from webapp.premium.models import Payout
from webapp.premium.reads import ledger
from webapp.reports.actions import cases
from webapp.requests.models import RequestDecision, RequestStatement, WorkRequest
from webapp.safeguards.models import Assessment, EmployerRestriction, Override

signals: Any = Signal.__table__  # type: ignore[attr-defined]
decisions: Any = SignalDecision.__table__  # type: ignore[attr-defined]
objections: Any = Objection.__table__  # type: ignore[attr-defined]
outflows: Any = Outflow.__table__  # type: ignore[attr-defined]
checks: Any = OutflowCheck.__table__  # type: ignore[attr-defined]
offers: Any = Offer.__table__  # type: ignore[attr-defined]
offer_totals: Any = OfferTotal.__table__  # type: ignore[attr-defined]
payouts: Any = Payout.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]
statements: Any = RequestStatement.__table__  # type: ignore[attr-defined]
request_decisions: Any = RequestDecision.__table__  # type: ignore[attr-defined]
assessments: Any = Assessment.__table__  # type: ignore[attr-defined]
overrides: Any = Override.__table__  # type: ignore[attr-defined]
restrictions: Any = EmployerRestriction.__table__  # type: ignore[attr-defined]
history: Any = HistoryRow.__table__  # type: ignore[attr-defined]
members: Any = Membership.__table__  # type: ignore[attr-defined]
LINES = 500  # assessments read at a time: each holds all its findings


class Place(NamedTuple):
    """One placement in one month, or without a month where nobody wrote hours there."""

    id: uuid.UUID
    participant_id: uuid.UUID
    starts_on: date
    ends_on: date
    status: str
    tariff_cents: int
    is_agency: bool
    sector: str  # SBI section, "" where the employer named none
    month: str | None
    minutes: int

    @property
    def first_of_month(self) -> date | None:
        return date(int(self.month[:4]), int(self.month[5:7]), 1) if self.month else None


def places(db: Session, municipality_id: int) -> list[Place]:
    """Every placement that began, with its certain minutes per month, since the start."""
    month = year_month(entries.c.worked_on)
    worked = (
        select(entries.c.placement_id, month.label("month"), func.sum(entries.c.certain_minutes).label("minutes"))
        .where(entries.c.municipality_id == municipality_id, entries.c.certain_minutes > 0)
        .group_by(entries.c.placement_id, month)
        .subquery()
    )
    rows = db.execute(
        select(
            placements.c.id, placements.c.participant_id, placements.c.starts_on, placements.c.ends_on, placements.c.status, placements.c.tariff_cents,
            employers.c.is_agency, func.coalesce(statements.c.sector, "").label("sector"), worked.c.month, func.coalesce(worked.c.minutes, 0).label("minutes"),
        )
        .join_from(placements, establishments, establishments.c.id == placements.c.establishment_id)
        .join(employers, employers.c.id == establishments.c.employer_id)
        .outerjoin(statements, statements.c.request_id == placements.c.request_id)
        .outerjoin(worked, worked.c.placement_id == placements.c.id)
        .where(placements.c.municipality_id == municipality_id, placements.c.status.in_(("running", "ended")))
    )  # fmt: skip
    return [Place._make((*row[:-1], int(row.minutes))) for row in rows]


def people_by_half(found: list[Place]) -> dict[Half, int]:
    """How many people worked in each half year."""
    who: dict[Half, set[uuid.UUID]] = {}
    for place in found:
        if place.first_of_month:
            who.setdefault(half_of(place.first_of_month), set()).add(place.participant_id)
    return {half: len(people) for half, people in who.items()}


def revenue_of(db: Session, municipality_id: int, found: list[Place], period: Period) -> int:
    """Cents employers owe for the hours of a period, rounded per placement as bookkeeping.reads.work_of does. Two statements."""
    later: dict[uuid.UUID, list[tuple[date, int]]] = {}
    for row in db.execute(select(tariffs).where(tariffs.c.municipality_id == municipality_id).order_by(tariffs.c.valid_from)):
        later.setdefault(row.placement_id, []).append((row.valid_from, row.tariff_cents))
    by_day = db.execute(
        select(entries.c.placement_id, entries.c.worked_on, func.sum(entries.c.certain_minutes).label("minutes"))
        .where(
            entries.c.municipality_id == municipality_id, entries.c.certain_minutes > 0, entries.c.worked_on.between(period.first_day, period.last_day),
            entries.c.placement_id.in_(select(tariffs.c.placement_id).where(tariffs.c.municipality_id == municipality_id)),
        )
        .group_by(entries.c.placement_id, entries.c.worked_on)
    )  # fmt: skip
    first_tariff = {place.id: place.tariff_cents for place in found}
    owed: dict[uuid.UUID, int] = {}
    for row in by_day:
        cents = int(row.minutes) * tariff_on(first_tariff[row.placement_id], later[row.placement_id], row.worked_on)
        owed[row.placement_id] = owed.get(row.placement_id, 0) + cents
    for place in found:
        if place.id not in later:
            owed[place.id] = owed.get(place.id, 0) + place.minutes * place.tariff_cents
    return sum((cents + 30) // 60 for cents in owed.values())


class Counts(NamedTuple):
    """Single numbers of a period. Cents, people, or how often."""

    premium_cents: int
    paid_cents: int
    paid_people: int
    offers_yes: int
    offers_closed: int
    offers_forgotten: int
    asked: int
    taken_on: int
    refused: int
    ended_by_employer: int
    stopped: int
    stopped_now: int
    reports: int
    reports_open: int
    founded: int
    unfounded: int
    not_enough: int
    objections: int
    objections_answered: int
    disputes_ruled: int


def counts(db: Session, municipality_id: int, period: Period) -> Counts:
    """All of them with one statement."""
    first, last = period.first_day, period.last_day
    start, stop = instant(first, time()), instant(last + timedelta(days=1), time())

    def of(table: Any, *which: Any, what: Any = None) -> Any:
        return (
            select(func.count() if what is None else what)
            .select_from(table)
            .where(table.c.municipality_id == municipality_id, *which)
            .scalar_subquery()
        )

    def during(column: Any) -> tuple[Any, Any]:
        return column >= start, column < stop

    paid = (payouts.c.status == "paid", payouts.c.pay_on.between(first, last))
    closed_cases = during(cases.c.closed_at)
    row = db.execute(
        select(
            of(ledger, ledger.c.cause.in_(EARNED), ledger.c.worked_on.between(first, last), what=func.coalesce(func.sum(ledger.c.amount_cents), 0)),
            of(payouts, *paid, what=func.coalesce(func.sum(payouts.c.amount_cents), 0)), of(payouts, *paid, what=func.count(distinct(payouts.c.participant_id))),
            of(offers, offers.c.status == "yes", *during(offers.c.offered_at)), of(offers, offers.c.status == "closed", *during(offers.c.offered_at)),
            of(offer_totals, offer_totals.c.month.between(first, last), what=func.coalesce(func.sum(offer_totals.c.closed), 0)),
            of(requests, *during(requests.c.created_at)),
            *(of(request_decisions, request_decisions.c.outcome == outcome, *during(request_decisions.c.decided_at)) for outcome in ("taken_on", "refused", "ended")),
            of(restrictions, restrictions.c.starts_on.between(first, last)),
            of(restrictions, restrictions.c.starts_on <= last, restrictions.c.ends_on >= last, or_(restrictions.c.lifted_on.is_(None), restrictions.c.lifted_on > last)),
            of(cases, *during(cases.c.received_at)), of(cases, cases.c.received_at < stop, or_(cases.c.closed_at.is_(None), cases.c.closed_at >= stop)),
            *(of(cases, cases.c.outcome == outcome, *closed_cases) for outcome in ("founded", "unfounded", "not_enough")),
            of(objections, *during(objections.c.made_at)), of(objections, *during(objections.c.answered_at)), of(entries, *during(entries.c.ruled_at)),
        )
    ).one()  # fmt: skip
    return Counts(*(int(value or 0) for value in row))


def went_on(db: Session, municipality_id: int, period: Period) -> list[Any]:
    """Everybody who went on in a period, once for each question whether they are still there: kind, months, due day, answer."""
    return list(
        db.execute(
            select(outflows.c.id, outflows.c.participant_id, outflows.c.kind, checks.c.months, checks.c.due_on, checks.c.answer)
            .join_from(outflows, checks, checks.c.outflow_id == outflows.c.id, isouter=True)
            .where(outflows.c.municipality_id == municipality_id, outflows.c.starts_on.between(period.first_day, period.last_day))
        )
    )


def raised(db: Session, municipality_id: int, period: Period) -> list[Any]:
    """Signals of a period with what was decided about them, in order: id, kind, when, until when, decision, when."""
    return list(
        db.execute(
            select(
                signals.c.id, signals.c.kind, signals.c.status, signals.c.raised_at, signals.c.due_on, decisions.c.decision, decisions.c.decided_at
            )
            .join_from(signals, decisions, decisions.c.signal_id == signals.c.id, isouter=True)
            .where(signals.c.municipality_id == municipality_id, signals.c.raised_on.between(period.first_day, period.last_day))
            .order_by(decisions.c.decided_at)
        )
    )


def tested(db: Session, municipality_id: int, period: Period) -> Iterator[Any]:
    """Every run of the tests in a period: the request, and its findings. Read a few at a time."""
    query = select(assessments.c.request_id, assessments.c.findings).where(
        assessments.c.municipality_id == municipality_id, assessments.c.day.between(period.first_day, period.last_day)
    )
    return iter(db.execute(query.execution_options(yield_per=LINES)))


def judged(db: Session, municipality_id: int, period: Period) -> list[Any]:
    """Judgements of a period that two people signed, or of which the second said no: test, reason, when, and as what each signed."""
    first, second = aliased(history, name="first_row"), aliased(history, name="second_row")
    start, stop = instant(period.first_day, time()), instant(period.last_day + timedelta(days=1), time())

    def role(row: Any, by: Any, actions: tuple[str, ...]) -> Any:
        same = (row.c.municipality_id == municipality_id, row.c.subject_id == overrides.c.request_id, row.c.actor_id == by, row.c.action.in_(actions))
        return select(func.max(row.c.actor_role)).where(*same).scalar_subquery()

    return list(
        db.execute(
            select(
                overrides.c.item, overrides.c.reason, overrides.c.second_at, overrides.c.second_agrees,
                role(first, overrides.c.decided_by, ("safeguards.judged",)).label("first_role"),
                role(second, overrides.c.second_by, ("safeguards.agreed", "safeguards.refused")).label("second_role"),
            )
            .where(overrides.c.municipality_id == municipality_id, overrides.c.second_at >= start, overrides.c.second_at < stop)
            .order_by(overrides.c.second_at, overrides.c.id)
        )
    )  # fmt: skip


def names(db: Session, municipality_id: int) -> Iterator[str]:
    """Names of everybody this municipality knows, only to take them out of what was written."""
    rows = db.execute(
        select(accounts.c.first_name, accounts.c.last_name).where(
            or_(
                accounts.c.municipality_id == municipality_id,
                accounts.c.id.in_(select(members.c.account_id).where(members.c.municipality_id == municipality_id)),
            )
        )
    )
    return (f"{row.first_name} {row.last_name}" for row in rows)


def days_between(first: datetime, last: datetime) -> int:
    """Whole days from one moment to another."""
    return max(0, (last - first).days)
