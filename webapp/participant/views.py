"""Today, Premium and Me."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import Response, g, request
from sqlalchemy import select

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import page
from webapp.hours.reads import accounts, entries, placements
from webapp.hours.words import status_chip
from webapp.milestones.actions import reached_by
from webapp.participant import wishing  # noqa: F401 - adds its addresses
from webapp.participant.account import AccountView, account_of
from webapp.participant.blueprint import pages
from webapp.participant.reads import PLACEMENT, SHIFTS, TODO
from webapp.people import actions as people_actions
from webapp.placements.rules import week_number
from webapp.premium.actions import OTHERS_THIS_YEAR
from webapp.premium.models import LedgerLine
from webapp.premium.reads import ABOVE, PAYOUTS_OF, paid_on
from webapp.premium.rules import room_left_cents
from webapp.terms.actions import Terms, terms_of
from webapp.terms.rules import NoTermsInForce, split_of_tariff

ledger: Any = LedgerLine.__table__  # type: ignore[attr-defined]

LINES_SHOWN = 8


class Hero(NamedTuple):
    """The one thing the Today page is about. `kind`: busy, correction, to_send, today, next, accepted, between, none."""

    kind: str
    shift: Any = None
    entry: Any = None


def hero_of(placement: Any, shift: Any, todo: Any, to_answer: Sequence[Any], at: datetime, today: date) -> Hero:
    """Never two heroes: busy, then a correction to answer, hours to send, today, the next day (ux.md part 4)."""
    if todo.started_at is not None:
        return Hero("busy")
    if to_answer:
        return Hero("correction", entry=to_answer[0])
    if shift is not None and shift.stops_at <= at:
        return Hero("to_send", shift)
    if shift is not None:
        return Hero("today" if shift.day == today else "next", shift)
    if placement.id is not None:
        return Hero("accepted" if placement.status == "accepted" else "between")
    return Hero("none")


@pages.get("/today")
def today() -> Response:
    person, session, at = g.person, db(), now()
    day = day_of(at)
    placement = PLACEMENT.first(session, person=person.id, today=day)
    shift = SHIFTS.first(session, person=person.id, from_day=day - timedelta(days=7), to_day=day + timedelta(days=14))
    todo = TODO.first(session, person=person.id, now=at, today=day)
    account = account_of(session, person.id, terms_of(session, person.municipality_id, person.terms_token), day)
    to_answer = account.corrections_to_answer
    g.todo = {"offers": 1 if todo.offer_id else 0, "hours": len(to_answer)}
    week = week_number(placement.starts_on, placement.ends_on, day) if placement.id and placement.status == "running" else None
    return page(
        "participant/today.html",
        hero=hero_of(placement, shift, todo, to_answer, at, day),
        placement=placement,
        todo=todo,
        account=account,
        today=day,
        week=week,
    )


@pages.get("/premium")
def premium() -> Response:
    person, session, at = g.person, db(), now()
    day = day_of(at)
    terms = terms_of(session, person.municipality_id, person.terms_token)
    account = account_of(session, person.id, terms, day)
    others = session.execute(OTHERS_THIS_YEAR, {"participant": person.id, "first": date(day.year, 1, 1), "last": date(day.year, 12, 31)}).scalar_one()
    maximum = terms.yearly_maximum(day)
    everything = request.args.get("all") == "1"
    lines = standing_lines(None if everything else LINES_SHOWN)
    latest = next((line for line in lines), None)
    pays_on = terms.next_payout_on(day)
    counted = account.counted_cents(maximum.counted_by, paid_this_year=pays_on is None or pays_on.year == day.year) + int(others)
    return page(
        "participant/premium.html", account=account, others_cents=int(others), counted_cents=counted, maximum=maximum, year=day.year,
        percent=min(100, counted * 100 // maximum.cents) if maximum.cents else 0, room_cents=room_left_cents(counted, maximum.cents),
        pays_on=pays_on, today=day, payouts=PAYOUTS_OF.all(session, participant=person.id), above=ABOVE.all(session, participant=person.id), lines=lines, latest=latest, rate=rate_of(latest, terms), split=split_for(latest, terms), status_chip=status_chip, everything=everything,
        more=not everything and len(lines) == LINES_SHOWN,
    )  # fmt: skip


def standing_lines(limit: int | None) -> list[Any]:
    """Ledger lines that stand (no counter-line took them back), with the entry they came from, newest first."""
    back = ledger.alias("back")
    return list(
        db().execute(
            select(
                ledger.c.cause_id, ledger.c.worked_on, ledger.c.minutes, ledger.c.rate_cents, ledger.c.amount_cents, ledger.c.terms_id,
                entries.c.starts_at, entries.c.stops_at, entries.c.break_minutes, entries.c.status, entries.c.confirmed_at, entries.c.minutes.label("written"),
                entries.c.corrected_minutes, entries.c.corrected_starts_at, entries.c.corrected_stops_at, entries.c.corrected_break_minutes,
                accounts.c.first_name.label("confirmed_by"), placements.c.tariff_cents,
                paid_on(ledger.c.participant_id, ledger.c.worked_on, ledger.c.id).label("paid_on"),
            )
            .join_from(ledger, entries, entries.c.id == ledger.c.cause_id)
            .join(placements, placements.c.id == entries.c.placement_id)
            .outerjoin(accounts, accounts.c.id == entries.c.confirmed_by)
            .outerjoin(back, back.c.reverses_id == ledger.c.id)
            .where(ledger.c.participant_id == g.person.id, ledger.c.cause == "hours", back.c.id.is_(None))
            .order_by(ledger.c.worked_on.desc(), ledger.c.id.desc())
            .limit(limit)
        )
    )  # fmt: skip


def rate_of(line: Any, terms: Terms) -> Any:
    """Where the rate of this line came from; None when other terms count for that day by now, for the line keeps its own."""
    rate = terms.rate_or_none(line.worked_on) if line is not None else None
    return rate if rate is not None and rate.term_id == line.terms_id else None


def split_for(line: Any, terms: Terms) -> Any:
    """Where each euro of the employer's tariff goes, for the work of this line; None without a line, or where it is not known."""
    if line is None:
        return None
    try:
        return split_of_tariff(line.tariff_cents, line.rate_cents, terms.tariff_split(line.worked_on))
    except NoTermsInForce:
        return None


@pages.get("/me")
def me() -> Response:
    today = day_of(now())
    return page(
        "participant/me.html",
        milestones=reached_by(db(), g.person.id),
        memberships=people_actions.memberships_of(db(), g.person.id, today),
        placement=PLACEMENT.first(db(), person=g.person.id, today=today),
    )


__all__ = ["AccountView", "Hero", "hero_of", "pages"]
