"""What stands where in the terms: rows in force, rows of the past, planned changes, and whom a change touches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlmodel import Session

from webapp.people.models import Account, Membership
from webapp.permissions import Role
from webapp.placements.course import placements
from webapp.policy.models import TermChange
from webapp.policy.rules import Known
from webapp.terms.models import Term
from webapp.terms.rules import NoTermsInForce, floor_cents
from webapp.terms.snapshot import Terms

term: Any = Term.__table__  # type: ignore[attr-defined]
changes: Any = TermChange.__table__  # type: ignore[attr-defined]
accounts: Any = Account.__table__  # type: ignore[attr-defined]
members: Any = Membership.__table__  # type: ignore[attr-defined]

LIVE = ("proposed", "approved")
FROM_THE_START = frozenset({"duration", "weekly_hours", "age", "obligation", "target_group", "cooldown", "waiting_time", "staff_share"})
NOT_PLACES = frozenset({"silence", "offer", "confirmation", "retention", "absence", "payout", "outflow_balance"})


def rows_of(db: Session, municipality_id: int, key: str) -> list[Any]:
    """Every row of one setting, its own and what holds for everybody, the newest first, with who planned and approved it."""
    decided = accounts.alias("decided")
    return list(
        db.execute(
            select(term, accounts.c.first_name.label("proposed_name"), decided.c.first_name.label("decided_name"))
            .outerjoin(changes, changes.c.term_id == term.c.id)
            .outerjoin(accounts, accounts.c.id == changes.c.proposed_by)
            .outerjoin(decided, decided.c.id == changes.c.decided_by)
            .where(
                term.c.key == key, or_(term.c.municipality_id == municipality_id, term.c.municipality_id.is_(None) & term.c.regulation_id.is_(None))
            )
            .order_by(term.c.valid_from.desc(), term.c.recorded_at.desc())
        )
    )


def known_rows(db: Session, municipality_id: int, key: str) -> list[Known]:
    return [Known(row.valid_from, row.valid_until, row.municipality_id is not None) for row in rows_of(db, municipality_id, key)]


def planned_days(db: Session, municipality_id: int, key: str) -> list[date]:
    return list(
        db.execute(
            select(changes.c.valid_from).where(changes.c.municipality_id == municipality_id, changes.c.key == key, changes.c.status.in_(LIVE))
        ).scalars()
    )


def changes_of(db: Session, municipality_id: int, *statuses: str, key: str | None = None) -> list[Any]:
    """Changes in these states with names, the first to begin first."""
    decided = accounts.alias("decided")
    query = (
        select(changes, accounts.c.first_name.label("proposed_name"), decided.c.first_name.label("decided_name"))
        .join_from(changes, accounts, accounts.c.id == changes.c.proposed_by)
        .outerjoin(decided, decided.c.id == changes.c.decided_by)
        .where(changes.c.municipality_id == municipality_id, changes.c.status.in_(statuses))
        .order_by(changes.c.valid_from, changes.c.proposed_at)
    )
    return list(db.execute(query if key is None else query.where(changes.c.key == key)))


def deciders(db: Session, municipality_id: int, today: date) -> list[Any]:
    """Who may decide about terms today: admins, and finance where there is one admin only."""
    counts = (members.c.valid_from <= today, or_(members.c.valid_until.is_(None), members.c.valid_until >= today))
    rows = db.execute(
        select(members.c.account_id, members.c.role).where(
            members.c.municipality_id == municipality_id, members.c.role.in_((Role.ADMIN, Role.FINANCE)), *counts
        )
    ).all()
    single = len({row.account_id for row in rows if row.role == Role.ADMIN}) < 2
    return [row for row in rows if row.role == Role.ADMIN or single]


def admins(db: Session, municipality_id: int, today: date) -> int:
    return len({row.account_id for row in deciders(db, municipality_id, today) if row.role == Role.ADMIN})


class Touched(NamedTuple):
    """How many places a change touches, and of a tariff floor how many would lie below it."""

    places: int
    below: int | None = None


def touched(
    db: Session, municipality_id: int, key: str, valid_from: date, value: Mapping[str, Any] | None = None, terms: Terms | None = None
) -> Touched:
    """Places that are agreed or run on or after the first day; for what counts from the start of a place, those that begin then."""
    if key in NOT_PLACES:
        return Touched(0)
    own = [placements.c.municipality_id == municipality_id, placements.c.status.in_(("accepted", "running")), placements.c.ends_on >= valid_from]
    if key in FROM_THE_START:
        own.append(placements.c.starts_on >= valid_from)
    places = int(db.execute(select(func.count()).where(*own)).scalar_one())
    factor = (value or {}).get("factor_basis_points")
    if key != "tariff_floor" or terms is None or factor is None:
        return Touched(places)
    try:
        floor = floor_cents(terms.minimum_wage(valid_from).cents, int(factor))
    except NoTermsInForce:
        return Touched(places)
    return Touched(places, int(db.execute(select(func.count()).where(*own, placements.c.tariff_cents < floor)).scalar_one()))
