"""Gathering what a case manager has to decide, and recording what other schemes paid."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session

from webapp.caseload import reads, rules
from webapp.caseload.rules import Card, Kind, Limit
from webapp.foundation.clock import add_working_days, day_of, monday_of
from webapp.growth.reads import todo
from webapp.history.actions import Change, record_by
from webapp.hours.rulings import Unsettled, unsettled
from webapp.people.person import Person
from webapp.premium import actions as premium
from webapp.premium.models import OtherPremium
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce, limit_months

WORKING_DAYS_TO_START = 2  # ux.md F2


class Worklist(NamedTuple):
    """What to decide, in order, and what is good to know."""

    cards: list[Card]
    milestones: list[Any]
    late: list[rules.Late]


def worklist(db: Session, person: Person, terms: Terms, today: date) -> Worklist:
    """Everything of one caseload that asks for something, in four statements however many people it holds."""
    waiting = unsettled(db, person, terms.silence(today), today)
    work = reads.work_to_watch(db, person, monday_of(today), today)
    cards = [_hours_card(entry) for entry in waiting if entry.needs_ruling(today)]
    last_by_week: dict[tuple[date, int], date | None] = {}
    for row in work:
        if row.status == "accepted":
            due = add_working_days(day_of(row.accepted_at), WORKING_DAYS_TO_START)
            cards.append(Card(Kind.START, due, short_name(row), row))
            continue
        week = (row.starts_on, rules.stricter_week(row.weekly_minutes, int(row.lately)))
        if week not in last_by_week:  # people who began on one day mostly have one limit
            found = limit_of(row, terms, int(row.lately), today)
            last_by_week[week] = found.last_day if found.months is not None else None
        if min(row.ends_on, last_by_week[week] or row.ends_on) > today + timedelta(days=rules.ENDING_DAYS):
            continue
        limit = limit_of(row, terms, int(row.lately), today)
        last_day = rules.stops_on(row.ends_on, limit)
        if rules.is_ending(last_day, today):
            cards.append(Card(Kind.ENDING, last_day, short_name(row), row, limit))
    ending = {card.subject.id for card in cards if card.kind == Kind.ENDING}
    for row in todo(db, person, today):
        if not (row.what.startswith("limit") and row.placement_id in ending):  # its end is on the list already
            cards.append(Card(Kind(row.kind), row.due_on, short_name(row), row))
    milestones = reads.milestones_lately(db, person, date.fromordinal(today.toordinal() - rules.LATELY_DAYS), today)
    return Worklist(rules.in_order(cards), milestones, rules.late_hours(waiting, today))


def _hours_card(entry: Unsettled) -> Card:
    return Card(Kind(entry.status), entry.due, entry.name, entry)


def limit_of(row: Any, terms: Terms, minutes_of_four_weeks: int, today: date) -> Limit:
    """The limit of a placement by the terms of its first day; where they say nothing, its own last day."""
    week = rules.stricter_week(row.weekly_minutes, minutes_of_four_weeks)
    try:
        months = limit_months(terms.duration(row.starts_on), week)
    except NoTermsInForce:
        months = None
    return rules.limit(starts_on=row.starts_on, ends_on=row.ends_on, months=months, week_minutes=week, today=today)


def short_name(row: Any) -> str:
    return f"{row.first_name} {row.last_name[:1]}."


def record_other_premium(
    db: Session, id: uuid.UUID, participant_id: uuid.UUID, *, paid_on: date, amount_cents: int, scheme: str, by: Person, now: datetime
) -> None:
    """A premium of another scheme, which shares the yearly maximum. The same id again adds nothing."""
    if db.get(OtherPremium, id) is not None:
        return
    premium.record_other_premium(
        db,
        participant_id,
        municipality_id=by.municipality_id,
        paid_on=paid_on,
        amount_cents=amount_cents,
        scheme=scheme,
        recorded_by=by.id,
        now=now,
        id=id,
    )
    facts = {"participant": participant_id, "paid_on": paid_on, "cents": amount_cents, "scheme": scheme}
    record_by(db, [Change("premium.other_recorded", id, facts)], by=by, now=now)
