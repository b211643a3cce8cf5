"""Each time the lowest tariff rises (1 January and 1 July, or by decision): which running places lie below it, and following it on its day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.notifications.actions import notify
from webapp.people.actions import on_duty
from webapp.people.employers import Establishment
from webapp.placements.models import Placement
from webapp.placements.tariffs import change_tariff, changes_of, tariff_on
from webapp.safeguards.limits import floor_of
from webapp.terms.snapshot import Terms

placements: Any = Placement.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
LATE = timedelta(days=31)  # so much later the clock still follows from the day itself; after that from the day it notices
AT_ONCE = 500
FLOORS = ("minimum_wage", "tariff_floor")


class Below(NamedTuple):
    """A place whose tariff is lower than it may be on a day."""

    placement: Placement
    place: str
    cents: int


class Coming(NamedTuple):
    """From a day on the lowest tariff is another one: the places that lie below it then."""

    day: date
    cents: int
    source: str
    below: list[Below]


def taken(db: Session, municipality_id: int, day: date) -> Iterator[list[tuple[Placement, str]]]:
    """Places that are agreed or run and last until this day or longer, some at a time."""
    query = (
        select(Placement, establishments.c.name)
        .join_from(Placement, Establishment, establishments.c.id == placements.c.establishment_id)
        .where(placements.c.municipality_id == municipality_id, placements.c.status.in_(("accepted", "running")), placements.c.ends_on >= day)
        .order_by(placements.c.id)
        .limit(AT_ONCE)
    )
    found = [(row[0], row[1]) for row in db.execute(query)]
    while found:
        last = found[-1][0].id
        yield found
        found = [(row[0], row[1]) for row in db.execute(query.where(placements.c.id > last))]


def below_on(db: Session, municipality_id: int, day: date, floor_cents: int) -> Iterator[Below]:
    """Every place whose tariff on its first day from then on is below this floor."""
    for some in taken(db, municipality_id, day):
        later = changes_of(db, [placement.id for placement, _ in some])
        for placement, place in some:
            cents = tariff_on(placement.tariff_cents, later.get(placement.id, ()), max(day, placement.starts_on))
            if cents < floor_cents:
                yield Below(placement, place, cents)


def coming(db: Session, municipality_id: int, terms: Terms, today: date) -> list[Coming]:
    """The floors that are known to begin after today, each with the places it touches: before the day, so that nobody is surprised."""
    found = []
    for day in terms.days_of(*FLOORS):
        if day <= today:
            continue
        floor = floor_of(terms, day)
        if floor.value is not None:
            found.append(Coming(day, floor.value, floor.source, list(below_on(db, municipality_id, day, floor.value))))
    return found


def follow(db: Session, municipality_id: int, terms: Terms, *, now: datetime) -> int:
    """What runs below the floor of today is paid at the floor from the day it rose. Gives how many tariffs followed.

    The law sets the wage and a named official set the factor, each with a first day; this only carries that through (V6). Who helps at work,
    for the employer, hears it. Again changes nothing: what follows is no longer below.
    """
    lock_municipality(db, municipality_id)
    today = day_of(now)
    floor = floor_of(terms, today)
    if floor.value is None:
        return 0
    rose = floor.source_from or today
    first = rose if today - rose <= LATE else today
    done = 0
    for below in list(below_on(db, municipality_id, today, floor.value)):
        placement = below.placement
        valid_from = max(first, placement.starts_on)
        if any(day >= valid_from for day, _ in changes_of(db, [placement.id]).get(placement.id, ())):
            valid_from = today + timedelta(days=1)  # somebody agreed a tariff for that day: it is followed from tomorrow, and told tonight
            if any(day >= valid_from for day, _ in changes_of(db, [placement.id]).get(placement.id, ())):
                continue
        change_tariff(db, placement, floor.value, valid_from=valid_from, reason=floor.source, by=None, now=now)
        slots = {"work": placement.function, "from_on": valid_from.isoformat(), "tariff_cents": floor.value}
        notify(
            db, to=on_duty(db, placement.supervisor_id, today), municipality_id=municipality_id, key="tariff.follows", slots=slots, path="/employer/company",
            cause_id=f"{placement.id}:{valid_from}", now=now,
        )  # fmt: skip
        done += 1
    return done
