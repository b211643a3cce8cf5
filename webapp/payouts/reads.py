"""What a run is made of, read set by set: a handful of statements, however many people and hours there are."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, and_, bindparam, case, cast, func, literal_column, or_, select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import year_month
from webapp.hours.reads import IS_WAITING, accounts, entries, files
from webapp.payouts.models import OutsideChecker, PayoutRun, RunRemark
from webapp.payouts.rules import Due, Past, Payee
from webapp.people.bank import BankAccount
from webapp.people.models import Membership
from webapp.people.person import Person
from webapp.premium.models import OtherPremium, Payout
from webapp.premium.reads import HOURS, PAYABLE, TAKES_ALONG, ledger, payouts
from webapp.terms.actions import Terms
from webapp.terms.rules import birthday

others: Any = OtherPremium.__table__  # type: ignore[attr-defined]
runs: Any = PayoutRun.__table__  # type: ignore[attr-defined]
remarks: Any = RunRemark.__table__  # type: ignore[attr-defined]
banks: Any = BankAccount.__table__  # type: ignore[attr-defined]
members: Any = Membership.__table__  # type: ignore[attr-defined]
checkers: Any = OutsideChecker.__table__  # type: ignore[attr-defined]

STANDS = payouts.c.status.in_([literal_column("'prepared'"), literal_column("'paid'")])


def open_lines(columns: Any) -> Any:
    """Ledger lines of the people of a municipality that no payout took along, up to the last day of work of a run."""
    return (
        select(*columns)
        .select_from(files)
        .join(ledger, ledger.c.participant_id == files.c.account_id)
        .where(
            files.c.municipality_id == bindparam("municipality"),
            PAYABLE,
            or_(ledger.c.worked_on <= bindparam("until"), ~HOURS),
            ~select(payouts.c.id).where(TAKES_ALONG).exists(),
        )
    )


YEAR = cast(func.substr(year_month(ledger.c.worked_on), 1, 4), Integer)
_sums = (func.sum(ledger.c.amount_cents).label("cents"), func.sum(ledger.c.minutes).label("minutes"))
DUE = open_lines((ledger.c.participant_id, *_sums)).group_by(ledger.c.participant_id)
DUE_BY_YEAR = open_lines((ledger.c.participant_id, YEAR.label("year"), *_sums)).group_by(ledger.c.participant_id, YEAR)
PAID = select(payouts.c.participant_id, payouts.c.year, payouts.c.slot, payouts.c.amount_cents, payouts.c.pay_on).where(
    payouts.c.municipality_id == bindparam("municipality"), STANDS
)
OTHERS = (
    select(others.c.participant_id, func.sum(others.c.amount_cents).label("cents"))
    .where(others.c.municipality_id == bindparam("municipality"), others.c.paid_on.between(bindparam("first"), bindparam("last")))
    .group_by(others.c.participant_id)
)
# hours that payouts that stand took along, by the year they were worked in, and what they could not hold
PAID_BY_YEAR = (
    select(ledger.c.participant_id, YEAR.label("year"), func.sum(ledger.c.amount_cents).label("cents"))
    .select_from(files)
    .join(ledger, ledger.c.participant_id == files.c.account_id)
    .where(files.c.municipality_id == bindparam("municipality"), HOURS, select(payouts.c.id).where(TAKES_ALONG, STANDS).exists())
    .group_by(ledger.c.participant_id, YEAR)
)
CUT_BY_YEAR = (
    select(ledger.c.participant_id, ledger.c.turn.label("year"), func.sum(ledger.c.amount_cents).label("cents"))
    .select_from(files)
    .join(ledger, ledger.c.participant_id == files.c.account_id)
    .where(files.c.municipality_id == bindparam("municipality"), ledger.c.cause == literal_column("'above_maximum'"))
    .group_by(ledger.c.participant_id, ledger.c.turn)
)
PAYEES = (
    select(
        files.c.account_id, files.c.birth_date, files.c.wage_subsidy_group, accounts.c.first_name, accounts.c.last_name,
        banks.c.id.label("bank_account_id"), banks.c.digest, banks.c.changed_at, banks.c.is_budget_manager, banks.c.last_four,
    )
    .join_from(files, accounts, accounts.c.id == files.c.account_id)
    .outerjoin(banks, and_(banks.c.participant_id == files.c.account_id, banks.c.replaced_at.is_(None)))
    .where(files.c.municipality_id == bindparam("municipality"))
)  # fmt: skip
LEFT = (
    select(members.c.account_id, func.max(members.c.valid_until).label("left_on"))
    .where(members.c.municipality_id == bindparam("municipality"), members.c.role == literal_column("'participant'"))
    .group_by(members.c.account_id)
    .having(func.sum(case((or_(members.c.valid_until.is_(None), members.c.valid_until >= bindparam("today")), 1), else_=0)) == 0)
)
_claimed = func.coalesce(entries.c.corrected_minutes, literal_column("0"))
# one row an entry: few of them wait, and only a condition on nothing else lets the database use the index of what waits
DIFFERENCES = select(
    entries.c.participant_id,
    entries.c.worked_on,
    (case((_claimed > entries.c.minutes, _claimed), else_=entries.c.minutes) - entries.c.certain_minutes).label("minutes"),
).where(
    entries.c.participant_id.in_(select(files.c.account_id).where(files.c.municipality_id == bindparam("municipality"))),
    IS_WAITING,
    entries.c.status != literal_column("'sent'"),
)


class Found(NamedTuple):
    """Everything a run needs to know of one municipality."""

    due: list[Due]
    past: dict[uuid.UUID, Past]
    payees: dict[uuid.UUID, Payee]
    rows: dict[uuid.UUID, Any]  # name and bank account of each


def read(db: Session, municipality_id: int, terms: Terms, *, pay_on: date, until: date, counted_by: str, today: date) -> Found:
    due = due_of(db, municipality_id, pay_on=pay_on, until=until, counted_by=counted_by)
    rows = {row.account_id: row for row in db.execute(PAYEES, {"municipality": municipality_id})}
    past = past_of(db, municipality_id, pay_on=pay_on, counted_by=counted_by)
    left = dict(db.execute(LEFT, {"municipality": municipality_id, "today": today}).all())
    differences: Counter[uuid.UUID] = Counter()
    for row in db.execute(DIFFERENCES, {"municipality": municipality_id}):
        differences[row.participant_id] += row.minutes if row.worked_on <= until else 0
    shares = Counter(row.digest for row in rows.values() if row.digest)
    payees = {}
    for one in due:
        row = rows[one.participant_id]
        payees[one.participant_id] = Payee(
            one.participant_id,
            terms.premium_allowed(row.birth_date, row.wage_subsidy_group, pay_on).verdict,
            birthday(row.birth_date, 27) if row.birth_date else None,
            row.bank_account_id is not None,
            day_of(row.changed_at) if row.changed_at else None,
            bool(row.is_budget_manager),
            shares[row.digest] - 1 if row.digest else 0,
            left.get(one.participant_id),
            differences[one.participant_id],
        )
    return Found(due, past, payees, rows)


def due_of(db: Session, municipality_id: int, *, pay_on: date, until: date, counted_by: str) -> list[Due]:
    """What is certain and not paid, per person, by the year in which it counts."""
    asked = {"municipality": municipality_id, "until": until}
    if counted_by == "paid":
        return [Due(row.participant_id, int(row.minutes), {pay_on.year: int(row.cents)}) for row in db.execute(DUE, asked)]
    found: dict[uuid.UUID, tuple[int, dict[int, int]]] = {}
    for row in db.execute(DUE_BY_YEAR, asked):
        minutes, years = found.get(row.participant_id, (0, {}))
        found[row.participant_id] = (minutes + int(row.minutes), {**years, int(row.year): int(row.cents)})
    return [Due(participant_id, minutes, years) for participant_id, (minutes, years) in found.items()]


def past_of(db: Session, municipality_id: int, *, pay_on: date, counted_by: str) -> dict[uuid.UUID, Past]:
    """What was paid before, or is about to be, and what other schemes paid this year."""
    year = pay_on.year
    payments: dict[uuid.UUID, list[Any]] = {}
    for row in db.execute(PAID, {"municipality": municipality_id}):
        payments.setdefault(row.participant_id, []).append(row)
    counted: dict[uuid.UUID, Counter[int]] = {}
    this_year = {"municipality": municipality_id, "first": date(year, 1, 1), "last": date(year, 12, 31)}
    for row in db.execute(OTHERS, this_year):
        counted.setdefault(row.participant_id, Counter())[year] += int(row.cents)
    if counted_by == "paid":
        for participant_id, rows in payments.items():
            for row in rows:
                counted.setdefault(participant_id, Counter())[row.year] += row.amount_cents
    else:
        for statement in (PAID_BY_YEAR, CUT_BY_YEAR):
            for row in db.execute(statement, {"municipality": municipality_id}):
                counted.setdefault(row.participant_id, Counter())[int(row.year)] += int(row.cents)
        counted = {who: Counter({year: max(0, cents) for year, cents in years.items()}) for who, years in counted.items()}
    found = {}
    for participant_id in payments.keys() | counted.keys():
        rows = payments.get(participant_id, [])
        found[participant_id] = Past(
            frozenset(row.slot for row in rows if row.year == year),
            counted.get(participant_id, Counter()),
            len(rows),
            sum(row.amount_cents for row in rows) // len(rows) if rows else 0,
            max((row.pay_on for row in rows), default=None),
        )
    return found


def is_from_outside(db: Session, membership_id: uuid.UUID) -> bool:
    return db.execute(select(checkers.c.id).where(checkers.c.membership_id == membership_id)).first() is not None


def is_participant(db: Session, municipality_id: int, account_id: uuid.UUID) -> bool:
    return (
        db.execute(select(files.c.account_id).where(files.c.municipality_id == municipality_id, files.c.account_id == account_id)).first() is not None
    )


def run_of(db: Session, person: Person, run_id: uuid.UUID) -> PayoutRun | None:
    """A run of this person's own municipality."""
    found: PayoutRun | None = db.execute(
        select(PayoutRun).where(runs.c.municipality_id == person.municipality_id, runs.c.id == run_id)
    ).scalar_one_or_none()
    return found


def payout_of(db: Session, person: Person, payout_id: uuid.UUID) -> Payout | None:
    """A payout this person may see: a participant their own, finance those of the municipality."""
    mine = [payouts.c.municipality_id == person.municipality_id, payouts.c.id == payout_id]
    if person.role == "participant":
        mine += [payouts.c.participant_id == person.id, payouts.c.status.in_(("paid", "returned"))]
    found: Payout | None = db.execute(select(Payout).where(*mine)).scalar_one_or_none()
    return found


class Totals(NamedTuple):
    """A run in four figures; `people` and `cents` of who is in it."""

    people: int
    minutes: int
    cents: int
    cut_cents: int


def totals_of(db: Session, run_id: uuid.UUID) -> Totals:
    """Sums of the payouts in a run, never a stored number. Of a run that was sent back: what was asked."""
    row = db.execute(
        select(
            func.count(), func.coalesce(func.sum(payouts.c.minutes), 0), func.coalesce(func.sum(payouts.c.amount_cents), 0), func.coalesce(func.sum(payouts.c.cut_cents), 0)
        ).where(payouts.c.run_id == run_id, payouts.c.status != "held")
    ).one()  # fmt: skip
    return Totals(*(int(number) for number in row))


def policy_years(due: list[Due], pay_on: date) -> set[int]:
    return {pay_on.year, *(year for one in due for year in one.cents_by_year)}


def maxima(terms: Terms, years: set[int], pay_on: date) -> Mapping[int, int]:
    """The maximum of each year: as it is on the day of payment, and as it was at the end of years before."""
    return {year: terms.yearly_maximum(pay_on if year >= pay_on.year else date(year, 12, 31)).cents for year in years}
