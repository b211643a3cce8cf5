"""What is planned for a placement, held against the rules. Every start, change and night passes `check_plan`: the rules of safeguards join here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from webapp.placements import rules
from webapp.placements.facts import earlier
from webapp.placements.models import Placement
from webapp.placements.records import PlacementChange
from webapp.safeguards.rules import Stretch, duration_until
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce

changes: Any = PlacementChange.__table__  # type: ignore[attr-defined]


class Plan(NamedTuple):
    """What is to be checked: a placement from a first to a last day, with every week agreed so far or asked for now.

    `minutes_of_four_weeks`: certain minutes in the last four full weeks, where the caller knows them; `earlier`: what this person
    did before in the same work for this employer, where the caller knows it.
    """

    placement: Placement
    ends_on: date
    weeks: Sequence[int]
    minutes_of_four_weeks: int = 0
    earlier: Sequence[Stretch] | None = None


class Checked(NamedTuple):
    """How long it may last, and by which terms. `months` and `limit` None: the terms do not say, and what was agreed stands."""

    last_day: date
    limit: date | None
    months: int | None
    week_minutes: int
    source: str
    valid_from: date | None

    @property
    def is_shortened(self) -> bool:
        return self.limit == self.last_day


def check_plan(db: Session, plan: Plan, terms: Terms) -> Checked:
    """Until when this may last (V6): the limit of the terms of the first day, less what this person did before in the same function
    for the same employer. The other tests of safeguards are run beside it (`assessing.py`); they ask or refuse, they do not shorten.
    """
    placement, week = plan.placement, rules.counted_week(plan.weeks, plan.minutes_of_four_weeks)
    try:
        row = terms.row("duration", placement.starts_on)
    except NoTermsInForce:
        return Checked(plan.ends_on, None, None, week, "", None)
    before = plan.earlier
    if before is None:
        before = earlier(db, placement.participant_id, placement.establishment_id, placement.function, placement.id)
    months, limit, _ = duration_until(row.value, placement.starts_on, week, before, again_after(terms, placement.starts_on))
    last = plan.ends_on if limit is None else min(plan.ends_on, limit)
    return Checked(last, limit, months, week, row.source, row.valid_from)


def again_after(terms: Terms, day: date) -> int | None:
    """After how many months without this work somebody may begin it anew, where the terms say so."""
    try:
        months: int | None = terms.value("cooldown", day).months
    except NoTermsInForce:
        return None
    return months


def plan_of(db: Session, placement: Placement, *, ends_on: date | None = None, more: Sequence[int] = (), minutes_of_four_weeks: int = 0) -> Plan:
    """The plan as it stands, with weeks that are asked for on top: every week that was ever agreed counts."""
    rows = db.execute(
        select(changes.c.valid_from, changes.c.weekly_minutes, changes.c.minutes_before).where(changes.c.placement_id == placement.id)
    ).all()
    agreed = [week for row in rows for week in ((row.weekly_minutes,) if row.valid_from <= placement.starts_on else row[1:])]
    now = [] if any(row.valid_from <= placement.starts_on for row in rows) else [placement.weekly_minutes]
    return Plan(placement, ends_on or placement.ends_on, [*now, *agreed, *more], minutes_of_four_weeks)
