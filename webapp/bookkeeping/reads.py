"""Figures of one municipality, without names: who works, hours, premium, and what comes in and goes out."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, and_, cast, func, select
from sqlmodel import Session

from webapp.foundation.database import year_month
from webapp.hours.reads import IS_WAITING, STANDS, accounts, entries, placements
from webapp.invoices.actions import establishments
from webapp.invoices.costs import of_period, share_cents
from webapp.invoices.rules import line_cents, rounded
from webapp.placements.tariffs import changes_of, tariff_on, tariffs
from webapp.premium.reads import ledger

EARNED = ("hours", "hours_back")  # what work earned; payouts are other lines


class Month(NamedTuple):
    """A bar of the chart: minutes confirmed, and minutes that wait."""

    first_day: date
    certain_minutes: int
    waiting_minutes: int


class Work(NamedTuple):
    """One placement in a period: hours, what the employer owes for them, what they earned the participant. No name."""

    placement_id: uuid.UUID
    function: str
    establishment: str
    minutes: int
    revenue_cents: int
    premium_cents: int


class Result(NamedTuple):
    """A period as in the letter: revenue, minus premium and costs. Guidance is told apart, as the letter leaves it out."""

    minutes: int
    revenue_cents: int
    premium_cents: int
    software_cents: int
    implementation_cents: int
    handling_cents: int
    guidance_cents: int

    @property
    def running_cents(self) -> int:
        return self.software_cents + self.implementation_cents + self.handling_cents

    @property
    def before_guidance_cents(self) -> int:
        """The result the letter speaks of (Kamerstuk 34 352 nr. 73): guidance and benefit are not counted in it."""
        return self.revenue_cents - self.premium_cents - self.running_cents

    @property
    def rest_cents(self) -> int:
        return self.before_guidance_cents - self.guidance_cents


def per_hour(cents: int, minutes: int) -> int:
    """Cents per hour worked; 0 when nobody worked.

    >>> per_hour(13_303_88, 40_935)
    1950
    """
    return rounded(cents * 60, minutes) if minutes else 0


def at_work(db: Session, municipality_id: int, day: date) -> int:
    """People who have a place on this day."""
    query = select(func.count(func.distinct(placements.c.participant_id))).where(
        placements.c.municipality_id == municipality_id, placements.c.status.in_(("running", "ended")), placements.c.starts_on <= day, placements.c.ends_on >= day
    )  # fmt: skip
    return int(db.execute(query).scalar_one())


def ending_soon(db: Session, municipality_id: int, today: date, days: int = 14) -> int:
    query = select(func.count()).where(
        placements.c.municipality_id == municipality_id,
        placements.c.status == "running",
        placements.c.ends_on.between(today, today + timedelta(days=days)),
    )
    return int(db.execute(query).scalar_one())


def open_disputes(db: Session, municipality_id: int) -> int:
    query = select(func.count()).where(entries.c.municipality_id == municipality_id, IS_WAITING, entries.c.status == "disputed")
    return int(db.execute(query).scalar_one())


def saved(db: Session, municipality_id: int) -> Any:
    """Premium that is certain and not paid out: `cents`, and how many people it is of."""
    per_person = (
        select(ledger.c.participant_id, func.sum(ledger.c.amount_cents).label("cents"))
        .join(accounts, accounts.c.id == ledger.c.participant_id)
        .where(accounts.c.municipality_id == municipality_id)
        .group_by(ledger.c.participant_id)
        .subquery()
    )
    total = cast(func.coalesce(func.sum(per_person.c.cents), 0), BigInteger)  # PostgreSQL adds sums as decimals
    return db.execute(select(total.label("cents"), func.count().label("people")).where(per_person.c.cents > 0)).one()


def waiting_minutes(db: Session, municipality_id: int) -> int:
    query = select(func.coalesce(func.sum(entries.c.minutes - entries.c.certain_minutes), 0)).where(
        entries.c.municipality_id == municipality_id, IS_WAITING, entries.c.minutes > entries.c.certain_minutes
    )
    return int(db.execute(query).scalar_one())


def months(db: Session, municipality_id: int, today: date, count: int = 12) -> list[Month]:
    """The last months with their hours, this one included, oldest first."""
    firsts = [today.replace(day=1)]
    while len(firsts) < count:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    month = year_month(entries.c.worked_on)
    rows = db.execute(
        select(month.label("month"), func.sum(entries.c.certain_minutes).label("certain"), func.sum(entries.c.minutes).label("written"))
        .where(entries.c.municipality_id == municipality_id, STANDS, entries.c.worked_on >= firsts[-1])
        .group_by(month)
    )
    found = {row.month: row for row in rows}
    waits = {
        row[0]: row[1]
        for row in db.execute(
            select(month, func.sum(entries.c.minutes - entries.c.certain_minutes))
            .where(
                entries.c.municipality_id == municipality_id,
                IS_WAITING,
                entries.c.worked_on >= firsts[-1],
                entries.c.minutes > entries.c.certain_minutes,
            )
            .group_by(month)
        )
    }
    made = []
    for first in reversed(firsts):
        key = f"{first:%Y-%m}"
        made.append(Month(first, int(found[key].certain) if key in found else 0, int(waits.get(key) or 0)))
    return made


def work_of(db: Session, municipality_id: int, since: date, until: date) -> list[Work]:
    """Every placement with certain hours in a period, both days included, most hours first."""
    of_period = and_(entries.c.municipality_id == municipality_id, entries.c.worked_on.between(since, until), entries.c.certain_minutes > 0)
    repriced = select(tariffs.c.placement_id).where(tariffs.c.municipality_id == municipality_id)
    totals = db.execute(
        select(entries.c.placement_id, func.sum(entries.c.certain_minutes).label("minutes")).where(of_period).group_by(entries.c.placement_id)
    ).all()
    by_day = db.execute(
        select(entries.c.placement_id, entries.c.worked_on, func.sum(entries.c.certain_minutes).label("minutes"))
        .where(of_period, entries.c.placement_id.in_(repriced))
        .group_by(entries.c.placement_id, entries.c.worked_on)
    ).all()
    premium = {
        row[0]: row[1]
        for row in db.execute(
            select(entries.c.placement_id, func.sum(ledger.c.amount_cents))
            .join(ledger, ledger.c.cause_id == entries.c.id)
            .where(of_period, ledger.c.cause.in_(EARNED))
            .group_by(entries.c.placement_id)
        )
    }
    known = {
        row.id: row
        for row in db.execute(
            select(placements.c.id, placements.c.function, placements.c.tariff_cents, establishments.c.name)
            .join(establishments, establishments.c.id == placements.c.establishment_id)
            .where(placements.c.municipality_id == municipality_id, placements.c.starts_on <= until)
        )
    }
    changes = changes_of(db, {row.placement_id for row in by_day})
    dated: dict[uuid.UUID, int] = {}
    for row in by_day:
        cents = row.minutes * tariff_on(known[row.placement_id].tariff_cents, changes[row.placement_id], row.worked_on)
        dated[row.placement_id] = dated.get(row.placement_id, 0) + cents
    made = []
    for row in totals:
        place = known[row.placement_id]
        revenue = line_cents(1, dated.get(row.placement_id, row.minutes * place.tariff_cents))
        made.append(Work(row.placement_id, place.function, place.name, row.minutes, revenue, int(premium.get(row.placement_id) or 0)))
    return sorted(made, key=lambda work: (-work.minutes, work.establishment, work.function))


def result_of(db: Session, municipality_id: int, works: list[Work], since: date, until: date) -> Result:
    """The period in money. Costs count by the days of theirs that fall in it."""
    spent = dict.fromkeys(("software", "implementation", "handling", "guidance"), 0)
    for cost in of_period(db, municipality_id, since, until):
        spent[cost.kind] += share_cents(cost.amount_cents, cost.first_day, cost.last_day, since, until)
    return Result(
        sum(work.minutes for work in works), sum(work.revenue_cents for work in works), sum(work.premium_cents for work in works),
        spent["software"], spent["implementation"], spent["handling"], spent["guidance"],
    )  # fmt: skip
