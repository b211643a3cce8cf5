"""What payouts ask of the clock: telling that hours close, and who comes near the maximum of the year. Each is told once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import literal_column, select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.hours.reads import IS_WAITING, STANDS, accounts, entries, files, placements
from webapp.notifications.actions import notify_many
from webapp.payouts.reads import banks, due_of, past_of
from webapp.payouts.rules import WHOLE, Past, hours_until
from webapp.placements.actions import shifts
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce


def tell_closing(db: Session, municipality_id: int, terms: Terms, now: datetime) -> int:
    """A few days before hours close: whoever has hours to send, answer or confirm, and who has no account. Gives how many messages."""
    today = day_of(now)
    pay_on = terms.next_payout_on(today)
    if pay_on is None:
        return 0
    try:
        run = terms.value("payout_run", pay_on)
    except NoTermsInForce:
        return 0
    closes_on = hours_until(pay_on, run.close_days)
    if not closes_on - timedelta(days=run.remind_days) <= today <= closes_on:
        return 0
    slots = {"closes_on": closes_on.isoformat(), "pay_on": pay_on.isoformat()}
    told = [(who, "pay.closing", "/hours") for who in _to_send(db, municipality_id, closes_on)]
    told += [(who, "pay.confirming", "/employer/hours") for who in _to_confirm(db, municipality_id, closes_on)]
    told += [(who, "pay.account", "/me/account") for who in _without_account(db, municipality_id)]
    notify_many(
        db,
        [{"to": who, "municipality_id": municipality_id, "key": key, "slots": slots, "path": path, "cause_id": f"{pay_on}", "now": now} for who, key, path in told],
    )  # fmt: skip
    return len(told)


def _to_send(db: Session, municipality_id: int, closes_on: date) -> set[Any]:
    """Participants with planned shifts they did not write, or corrections they did not answer."""
    unsent = (
        select(shifts.c.participant_id)
        .join(files, files.c.account_id == shifts.c.participant_id)
        .outerjoin(entries, (entries.c.planned_shift_id == shifts.c.id) & STANDS)
        .where(
            files.c.municipality_id == municipality_id, shifts.c.day.between(closes_on - timedelta(days=60), closes_on), shifts.c.cancelled_at.is_(None),
            entries.c.id.is_(None),
        )
    )  # fmt: skip
    own = entries.c.participant_id.in_(select(files.c.account_id).where(files.c.municipality_id == municipality_id))
    open_answers = select(entries.c.participant_id).where(own, IS_WAITING, entries.c.status == literal_column("'corrected'"))
    return set(db.execute(unsent).scalars()) | set(db.execute(open_answers).scalars())


def _to_confirm(db: Session, municipality_id: int, closes_on: date) -> set[Any]:
    """Supervisors of hours that wait for them."""
    asked = select(placements.c.supervisor_id).join_from(entries, placements, placements.c.id == entries.c.placement_id)
    return set(
        db.execute(
            asked.where(entries.c.municipality_id == municipality_id, entries.c.status == literal_column("'sent'"), entries.c.worked_on <= closes_on)
        ).scalars()
    )


def _without_account(db: Session, municipality_id: int) -> set[Any]:
    known = select(banks.c.id).where(banks.c.participant_id == files.c.account_id, banks.c.replaced_at.is_(None))
    works = select(placements.c.id).where(placements.c.participant_id == files.c.account_id, placements.c.status.in_(("running", "ended")))
    asked = select(files.c.account_id).where(files.c.municipality_id == municipality_id, works.exists(), ~known.exists())
    return set(db.execute(asked).scalars())


def tell_near_maximum(db: Session, municipality_id: int, terms: Terms, now: datetime) -> int:
    """At so much of the maximum of the year, and when it is full: the person hears it, and the case manager too. Once a year each."""
    today = day_of(now)
    try:
        run, maximum = terms.value("payout_run", today), terms.yearly_maximum(today)
    except NoTermsInForce:
        return 0
    due = {one.participant_id: one for one in due_of(db, municipality_id, pay_on=today, until=today, counted_by=maximum.counted_by)}
    past = past_of(db, municipality_id, pay_on=today, counted_by=maximum.counted_by)
    near: dict[Any, int] = {}
    for who in due.keys() | past.keys():
        counted = past.get(who, Past()).counted_by_year.get(today.year, 0) + (due[who].cents_by_year.get(today.year, 0) if who in due else 0)
        if counted * WHOLE >= maximum.cents * run.near_maximum_basis_points:
            near[who] = max(0, maximum.cents - counted)
    if not near:
        return 0
    rows = db.execute(
        select(files.c.account_id, files.c.case_manager_id, accounts.c.first_name, accounts.c.last_name)
        .join_from(files, accounts, accounts.c.id == files.c.account_id)
        .where(files.c.municipality_id == municipality_id)
    )
    told: list[dict[str, Any]] = []
    for row in rows:
        if row.account_id not in near:
            continue
        left = near[row.account_id]
        common = {"municipality_id": municipality_id, "now": now}
        key = "pay.cap80" if left else "pay.cap100"
        told.append({**common, "to": row.account_id, "key": key, "slots": {"left_cents": left}, "path": "/premium", "cause_id": str(today.year)})
        name = f"{row.first_name} {row.last_name[:1]}."
        cause = f"{today.year}:{row.account_id}:{key}"
        told.append(
            {
                **common,
                "to": row.case_manager_id,
                "key": "pay.near",
                "slots": {"name": name, "left_cents": left},
                "path": f"/participants/{row.account_id}",
                "cause_id": cause,
            }
        )
    notify_many(db, told)
    return len(told)
