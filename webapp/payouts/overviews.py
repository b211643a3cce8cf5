"""What the pages about runs show: lines to look at, who is not in it, everybody in it page by page."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session

from webapp.hours.reads import accounts, files, placements
from webapp.payouts.actions import Trial
from webapp.payouts.models import PayoutRun
from webapp.payouts.reads import banks, ledger, members, remarks, runs
from webapp.payouts.rules import LOOK, OUT
from webapp.premium.models import Payout
from webapp.premium.reads import payouts

A_PAGE = 50
MOST_SHOWN = 200  # lines to look at on one page


class Line(NamedTuple):
    """One person with what there is to say. `payout_id` None: not in the run (yet)."""

    participant_id: uuid.UUID
    name: str
    minutes: int
    cents: int
    remarks: list[Any]
    payout_id: uuid.UUID | None = None


class Looked(NamedTuple):
    """`inside`: lines to look at; `outside`: who is not in it, with the reason; `held`: left out by name. `cents`: what stays behind."""

    inside: list[Line]
    outside: list[Line]
    held: list[Any]
    people: int
    minutes: int
    cents: int
    cut_cents: int


def weight(line: Line) -> tuple[int, str]:
    return min((LOOK + OUT).index(remark.kind) for remark in line.remarks), line.name


def of_trial(trial: Trial) -> Looked:
    """The lines of a run that is not there yet."""
    inside, outside = [], []
    for one in trial.decisions:
        row = trial.found.rows[one.participant_id]
        shown = [remark for remark in one.remarks if not (trial.is_first and remark.kind == "first_payout")]
        cents = one.amount_cents if one.is_in else sum(remark.cents for remark in one.remarks)
        line = Line(one.participant_id, f"{row.first_name} {row.last_name}", one.minutes, cents, shown)
        if not one.is_in:
            outside.append(line)
        elif shown:
            inside.append(line)
    going = trial.payees
    sums = (sum(one.minutes for one in going), sum(one.amount_cents for one in going), sum(one.cut_cents for one in going))
    return Looked(sorted(inside, key=weight)[:MOST_SHOWN], sorted(outside, key=weight)[:MOST_SHOWN], [], len(going), *sums)


def of_run(db: Session, run: PayoutRun) -> Looked:
    """The lines of a run as they were when it was prepared; who was left out since then apart."""
    rows = db.execute(
        select(
            remarks.c.participant_id, remarks.c.kind, remarks.c.cents, remarks.c.minutes, remarks.c.seen_on, accounts.c.first_name, accounts.c.last_name,
            payouts.c.id.label("payout_id"), payouts.c.amount_cents, payouts.c.minutes.label("worked"), payouts.c.status,
        )
        .join_from(remarks, accounts, accounts.c.id == remarks.c.participant_id)
        .outerjoin(payouts, and_(payouts.c.run_id == remarks.c.run_id, payouts.c.participant_id == remarks.c.participant_id))
        .where(remarks.c.run_id == run.id)
    ).all()  # fmt: skip
    found: dict[uuid.UUID, Line] = {}
    for row in rows:
        if row.status == "held":
            continue
        known = found.setdefault(
            row.participant_id,
            Line(
                row.participant_id, f"{row.first_name} {row.last_name}", row.worked if row.payout_id else row.minutes,
                row.amount_cents if row.payout_id else row.cents, [], row.payout_id,
            ),
        )  # fmt: skip
        known.remarks.append(row)
    lines = sorted(found.values(), key=weight)
    held = db.execute(
        select(payouts.c.id, payouts.c.amount_cents, payouts.c.minutes, payouts.c.reason, accounts.c.first_name, accounts.c.last_name)
        .join_from(payouts, accounts, accounts.c.id == payouts.c.participant_id)
        .where(payouts.c.run_id == run.id, payouts.c.status == "held")
    ).all()
    inside, outside = [line for line in lines if line.payout_id], [line for line in lines if not line.payout_id]
    return Looked(inside[:MOST_SHOWN], outside[:MOST_SHOWN], list(held), len(inside), 0, 0, 0)


def payouts_of(db: Session, run: PayoutRun, shown: int) -> list[Any]:
    """Everybody in a run, so many a page, by name."""
    return list(
        db.execute(
            select(
                payouts.c.id, payouts.c.amount_cents, payouts.c.minutes, payouts.c.status, payouts.c.slot, banks.c.last_four, banks.c.holder,
                accounts.c.first_name, accounts.c.last_name,
            )
            .join_from(payouts, accounts, accounts.c.id == payouts.c.participant_id)
            .join(banks, banks.c.id == payouts.c.bank_account_id)
            .where(payouts.c.run_id == run.id)
            .order_by(accounts.c.last_name, accounts.c.first_name, payouts.c.id)
            .limit(A_PAGE + 1)
            .offset((shown - 1) * A_PAGE)
        )
    )  # fmt: skip


def people_of(db: Session, run: PayoutRun) -> dict[uuid.UUID, str]:
    """Who did what to this run, by name."""
    ids = [id for id in (run.prepared_by, run.approved_by, run.sent_back_by, run.settles_id) if id is not None]
    rows = db.execute(select(accounts.c.id, accounts.c.first_name, accounts.c.last_name).where(accounts.c.id.in_(ids)))
    return {row.id: f"{row.first_name} {row.last_name}" for row in rows}


def languages_of(db: Session, run: PayoutRun) -> int:
    """In how many languages the messages of a run go out."""
    asked = select(func.count(accounts.c.language.distinct())).join_from(payouts, accounts, accounts.c.id == payouts.c.participant_id)
    return int(db.execute(asked.where(payouts.c.run_id == run.id)).scalar_one())


def person_of(db: Session, payout: Payout) -> Any:
    """Name and account of one payout; of the account only what may be shown."""
    return db.execute(
        select(accounts.c.first_name, accounts.c.last_name, banks.c.last_four, banks.c.holder, banks.c.is_budget_manager)
        .join_from(payouts, accounts, accounts.c.id == payouts.c.participant_id)
        .join(banks, banks.c.id == payouts.c.bank_account_id)
        .where(payouts.c.id == payout.id)
    ).one()


def remarks_of(db: Session, payout: Payout) -> list[Any]:
    return list(db.execute(select(remarks).where(remarks.c.run_id == payout.run_id, remarks.c.participant_id == payout.participant_id)))


def runs_of(db: Session, municipality_id: int) -> list[Any]:
    """The runs there were, the latest day first, each with its sums."""
    in_it = and_(payouts.c.run_id == runs.c.id, payouts.c.status != "held")
    return list(
        db.execute(
            select(
                runs.c.id, runs.c.pay_on, runs.c.status, runs.c.settles_id, func.count(payouts.c.id).label("people"),
                func.coalesce(func.sum(payouts.c.amount_cents), 0).label("cents"),
            )
            .select_from(runs)
            .outerjoin(payouts, in_it)
            .where(runs.c.municipality_id == municipality_id)
            .group_by(runs.c.id, runs.c.pay_on, runs.c.status, runs.c.settles_id)
            .order_by(runs.c.pay_on.desc(), runs.c.id.desc())
            .limit(40)
        )
    )  # fmt: skip


def who_left(db: Session, municipality_id: int, today: date) -> list[Any]:
    """People whose last placement ended or who left, with premium not yet paid: they need not wait for the next run."""
    works = select(placements.c.id).where(placements.c.participant_id == files.c.account_id, placements.c.status.in_(("accepted", "running")))
    balance = select(func.coalesce(func.sum(ledger.c.amount_cents), 0)).where(ledger.c.participant_id == files.c.account_id).scalar_subquery()
    worked = select(placements.c.id).where(placements.c.participant_id == files.c.account_id, placements.c.status == "ended")
    slots = select(func.count()).where(
        payouts.c.participant_id == files.c.account_id, payouts.c.year == today.year, payouts.c.status.in_(("prepared", "paid"))
    )
    gone = select(members.c.id).where(
        members.c.account_id == files.c.account_id,
        members.c.role == "participant",
        or_(members.c.valid_until.is_(None), members.c.valid_until >= today),
    )
    return list(
        db.execute(
            select(files.c.account_id, accounts.c.first_name, accounts.c.last_name, balance.label("cents"), slots.scalar_subquery().label("payments"))
            .join_from(files, accounts, accounts.c.id == files.c.account_id)
            .where(files.c.municipality_id == municipality_id, ~works.exists(), or_(worked.exists(), ~gone.exists()), balance > 0)
            .order_by(accounts.c.last_name)
            .limit(A_PAGE)
        )
    )
