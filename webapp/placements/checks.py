"""What is planned for a placement, held against the rules. Every start, change and night passes `check_plan`: the rules of safeguards join here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from webapp.placements import rules
from webapp.placements.models import Placement
from webapp.placements.records import PlacementChange
from webapp.safeguards.rules import limit_day
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce, limit_months

changes: Any = PlacementChange.__table__  # type: ignore[attr-defined]


class Plan(NamedTuple):
    """What is to be checked: a placement from a first to a last day, with every week agreed so far or asked for now.

    `minutes_of_four_weeks`: certain minutes in the last four full weeks, where the caller knows them.
    """

    placement: Placement
    ends_on: date
    weeks: Sequence[int]
    minutes_of_four_weeks: int = 0


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
    """Until when this may last. Today that is the duration limit of the terms of the first day (V6).

    The one call point for other rules about a plan: they raise an error of their own here, and nothing is saved.
    """
    placement, week = plan.placement, rules.counted_week(plan.weeks, plan.minutes_of_four_weeks)
    try:
        row = terms.row("duration", placement.starts_on)
    except NoTermsInForce:
        return Checked(plan.ends_on, None, None, week, "", None)
    months = limit_months(row.value, week)
    limit = limit_day(placement.starts_on, months)
    last = plan.ends_on if limit is None else min(plan.ends_on, limit)
    return Checked(last, limit, months, week, row.source, row.valid_from)


def plan_of(db: Session, placement: Placement, *, ends_on: date | None = None, more: Sequence[int] = (), minutes_of_four_weeks: int = 0) -> Plan:
    """The plan as it stands, with weeks that are asked for on top: every week that was ever agreed counts."""
    rows = db.execute(
        select(changes.c.valid_from, changes.c.weekly_minutes, changes.c.minutes_before).where(changes.c.placement_id == placement.id)
    ).all()
    agreed = [week for row in rows for week in ((row.weekly_minutes,) if row.valid_from <= placement.starts_on else row[1:])]
    now = [] if any(row.valid_from <= placement.starts_on for row in rows) else [placement.weekly_minutes]
    return Plan(placement, ends_on or placement.ends_on, [*now, *agreed, *more], minutes_of_four_weeks)
