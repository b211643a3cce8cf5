"""Totals of a quarter for everybody: counted once, some days after it ended, and then never changed, so that nothing is found by comparing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import distinct, func, select
from sqlmodel import Session

from webapp.foundation.clock import day_of, instant
from webapp.foundation.database import lock_municipality
from webapp.growth.work_models import Outflow
from webapp.history.actions import Change, record
from webapp.hours.models import HoursEntry
from webapp.people.models import Municipality
from webapp.placements.models import Placement
from webapp.placements.tariffs import changes_of, tariff_on
from webapp.premium.models import LedgerLine
from webapp.reports.actions import cases
from webapp.reports.models import OpenTotal
from webapp.reports.rules import totals as rules
from webapp.reports.watching import assessments, overrides
from webapp.safeguards.limits import floor_of
from webapp.terms.actions import Terms

told: Any = OpenTotal.__table__  # type: ignore[attr-defined]
placements: Any = Placement.__table__  # type: ignore[attr-defined]
entries: Any = HoursEntry.__table__  # type: ignore[attr-defined]
lines: Any = LedgerLine.__table__  # type: ignore[attr-defined]
outflows: Any = Outflow.__table__  # type: ignore[attr-defined]
municipalities: Any = Municipality.__table__  # type: ignore[attr-defined]
BEGAN = ("running", "ended")
PAID_WORK = ("contract_here", "contract_elsewhere", "wage_subsidy")


def publish(db: Session, municipality_id: int, terms: Terms, *, now: datetime) -> int:
    """Tell every quarter that ended and was not told yet. Again tells nothing new. Gives how many quarters."""
    today = day_of(now)
    agreed = terms.value("open_data", today)
    first = db.execute(
        select(func.min(placements.c.starts_on)).where(placements.c.municipality_id == municipality_id, placements.c.status.in_(BEGAN))
    ).scalar_one()
    due = list(rules.ended(first, today, agreed.wait_days)) if first else []
    known = set(db.execute(select(told.c.quarter).where(told.c.municipality_id == municipality_id)).scalars()) if due else set()
    due = [one for one in due if one.name not in known]
    if not due:
        return 0
    lock_municipality(db, municipality_id)
    known = set(db.execute(select(told.c.quarter).where(told.c.municipality_id == municipality_id)).scalars())
    due = [one for one in due if one.name not in known]
    for quarter in due:
        figures = rules.tell(counted(db, municipality_id, quarter, terms), agreed.smallest, agreed.round_to)
        made = OpenTotal(
            municipality_id=municipality_id,
            quarter=quarter.name,
            figures=figures._asdict(),
            smallest=agreed.smallest,
            round_to=agreed.round_to,
            made_at=now,
        )
        db.add(made)
        db.flush()
        change = Change("totals.told", made.id, {"quarter": quarter.name})
        record(db, [change], municipality_id=municipality_id, actor_id=None, actor_role="clock", now=now)
    return len(due)


def counted(db: Session, municipality_id: int, quarter: rules.Quarter, terms: Terms) -> rules.Counted:
    """One quarter as it is now. A fixed number of statements; hours count by the day they were worked."""
    first, last = quarter.first_day, quarter.last_day
    worked = (entries.c.municipality_id == municipality_id, entries.c.worked_on.between(first, last), entries.c.certain_minutes > 0)
    by_place = db.execute(
        select(
            entries.c.placement_id, func.sum(entries.c.certain_minutes).label("minutes"), func.max(entries.c.worked_on).label("last_on"),
            placements.c.tariff_cents, placements.c.participant_id, placements.c.establishment_id,
        )
        .join(placements, placements.c.id == entries.c.placement_id).where(*worked)
        .group_by(entries.c.placement_id, placements.c.tariff_cents, placements.c.participant_id, placements.c.establishment_id)
    ).all()  # fmt: skip
    later = changes_of(db, [row.placement_id for row in by_place])
    minutes = sum(int(row.minutes) for row in by_place)
    paid = sum(int(row.minutes) * tariff_on(row.tariff_cents, later.get(row.placement_id, ()), row.last_on) for row in by_place)
    return rules.Counted(
        people=len({row.participant_id for row in by_place}),
        started=_count(db, placements.c.id, municipality_id, placements.c.status.in_(BEGAN), placements.c.starts_on.between(first, last)),
        minutes=minutes,
        premium_cents=_premium(db, municipality_id, first, last),
        employers=len({row.establishment_id for row in by_place}),
        tariff_cents=(paid + minutes // 2) // minutes if minutes else None,
        floor_cents=floor_of(terms, last).value,
        paid_work=_count(db, outflows.c.id, municipality_id, outflows.c.kind.in_(PAID_WORK), outflows.c.starts_on.between(first, last)),
        refusals=_count(
            db, assessments.c.request_id, municipality_id, assessments.c.outcome == "not_allowed", assessments.c.day.between(first, last)
        ),
        judged=_count(db, overrides.c.id, municipality_id, overrides.c.second_agrees.is_(True), *_between(overrides.c.second_at, first, last)),
        reports=_count(db, cases.c.id, municipality_id, *_between(cases.c.received_at, first, last)),
        founded=_count(db, cases.c.id, municipality_id, cases.c.outcome == "founded", *_between(cases.c.closed_at, first, last)),
    )


def _between(column: Any, first: date, last: date) -> tuple[Any, Any]:
    return column >= instant(first, time()), column < instant(last + timedelta(days=1), time())


def _count(db: Session, column: Any, municipality_id: int, *which: Any) -> int:
    """How many different ones there are."""
    query = select(func.count(distinct(column))).where(column.table.c.municipality_id == municipality_id, *which)
    return int(db.execute(query).scalar_one())


def _premium(db: Session, municipality_id: int, first: date, last: date) -> int:
    """Cents earned by hours worked in these days, what was taken back again left out."""
    earned = (lines.c.municipality_id == municipality_id, lines.c.cause.in_(("hours", "hours_back")), lines.c.worked_on.between(first, last))
    return int(db.execute(select(func.coalesce(func.sum(lines.c.amount_cents), 0)).where(*earned)).scalar_one())


def all_told(db: Session) -> list[Any]:
    """Everything that was told, of every municipality, in order. One statement."""
    wanted = select(municipalities.c.name, municipalities.c.slug, told.c.quarter, told.c.figures, told.c.smallest, told.c.round_to, told.c.made_at)
    joined = wanted.join(municipalities, municipalities.c.id == told.c.municipality_id)
    return list(db.execute(joined.order_by(municipalities.c.name, municipalities.c.slug, told.c.quarter)))
