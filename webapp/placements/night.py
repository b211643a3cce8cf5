"""Every running placement held against all tests at once: each night, and when terms change. What is found anew is kept and told.

Some employers at a time, so that many placements fit in a small memory; what all people at one site share is counted once.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.notifications.actions import notify_many
from webapp.people.actions import stand_ins
from webapp.people.models import ParticipantFile
from webapp.placements.facts import employers, establishments, said
from webapp.placements.night_reads import Known, Running, employers_with_work, own
from webapp.placements.tariffs import tariff_on
from webapp.safeguards.actions import Tested, keep_many
from webapp.safeguards.limits import limits_of
from webapp.safeguards.rules import OK, Facts, Finding, Limits, Stretch, assess, covered, duration_until, fingerprint, worst
from webapp.safeguards.rules.many import Filled
from webapp.safeguards.rules.people import is_stale, people_allowed
from webapp.safeguards.rules.whole import TESTS
from webapp.terms.snapshot import Terms

files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]
SHARED = ("guidance", "dismissed", "vacancy", "replaces", "agency", "outlook", "restricted", "consulted")  # the same for all of one request
LATEST_CHANGE = timedelta(weeks=60)  # looked back further than the weeks of a chain: a place that began then may still run


class Found(NamedTuple):
    """A running placement of which something is not in order, or no longer is as it was."""

    placement: Running
    findings: list[Finding]
    in_the_way: bool


def recheck(db: Session, municipality_id: int, terms: Terms, *, day: date, occasion: str = "nightly", now: datetime) -> int:
    """All running placements of a municipality as they are on a day. Gives of how many something is found anew.

    The caller holds the municipality's lock.
    """
    total = 0
    for kvks in employers_with_work(db, municipality_id, day):
        total += _look(db, kvks, municipality_id, terms, day=day, occasion=occasion, now=now)
    return total


def recheck_at(db: Session, establishment_id: uuid.UUID, municipality_id: int, terms: Terms, *, now: datetime) -> int:
    """The running placements of one employer at once, when the number of staff somewhere changed. The caller holds the municipality's lock."""
    query = select(employers.c.kvk).join_from(establishments, employers, employers.c.id == establishments.c.employer_id)
    kvk = db.execute(query.where(establishments.c.id == establishment_id)).scalar_one()
    return _look(db, [kvk], municipality_id, terms, day=day_of(now), occasion="changed", now=now)


def _look(db: Session, kvks: Sequence[str], municipality_id: int, terms: Terms, *, day: date, occasion: str, now: datetime) -> int:
    found = list(check_employers(db, kvks, municipality_id, terms, day=day, today=day_of(now)))
    keep_many(
        db,
        [
            Tested(one.placement.id, own(one.placement.row.who), one.placement.request_id, own(one.placement.row.establishment_id), one.findings)
            for one in found
        ],
        municipality_id=municipality_id, occasion=occasion, day=day, now=now,
    )  # fmt: skip
    _tell(db, [one for one in found if one.in_the_way], municipality_id, day=day, now=now)
    return len(found)


def check_employers(db: Session, kvks: Sequence[str], municipality_id: int, terms: Terms, *, day: date, today: date) -> Iterator[Found]:
    """The running placements at these employers of which something is found anew on a day; worked hours are those known today."""
    coming: dict[date, Limits] = {}
    chaining = limits_of(terms, first_day=day, day=day).chaining.value
    looked_back = LATEST_CHANGE + timedelta(weeks=chaining.of_weeks if chaining else 0)
    known = Known(db, kvks, municipality_id, day=day, today=today, since=day - looked_back)
    in_order = InOrder(known)
    for one in known.running:
        first = one.row.starts_on
        limits = coming.get(first)
        if limits is None:
            limits = coming[first] = limits_of(terms, first_day=first, day=day)
        outcome, print_before = known.before(one)
        if outcome == OK and in_order(one, limits):
            continue
        findings = assess(facts_of_running(known, one, others=known.others(one)), limits)
        if fingerprint(findings) == print_before or (worst(findings) == OK and not print_before):
            continue
        judged = known.agreed.get(one.request_id, [])
        yield Found(one, findings, any(not covered(finding, judged) for finding in findings))


def facts_of_running(known: Known, one: Running, others: Sequence[Stretch] = ()) -> Facts:
    """One running placement as the tests take it. `others`: who else did the work."""
    row, place = one.row, known.places[one.row.request_id]
    return Facts(
        day=known.day, first_day=row.starts_on, last_day=row.ends_on, week_minutes=known.week(one), tariff_cents=tariff_of(known, one), runs=True,
        somebody=True, earlier=known.earlier.get(one.id, ()), others=others, more=known.people(one), staff_count=place.staff_count,
        staff_counted_on=place.staff_counted_on, has_guide=bool(place.has_guide), has_tasks=bool(place.has_tasks),
        restricted_until=place.restricted_until, is_agency=place.is_agency, **said(place),
    )  # fmt: skip


def tariff_of(known: Known, one: Running) -> int:
    """Cents per hour on the day that is looked at."""
    return tariff_on(one.row.tariff_cents, known.tariffs.get(one.id, ()), max(known.day, one.row.starts_on))


class InOrder:
    """Whether every test is in order, by looking up what is counted for all. What is not goes through the tests themselves.

    `tests/safeguards/test_night.py` holds it against the tests of each placement by itself.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        self.until: dict[tuple[date, int], date | None] = {}
        self.shared: dict[Any, bool] = {}

    def __call__(self, one: Running, limits: Limits) -> bool:
        tariff = tariff_of(self.known, one)
        if limits.floor.value is not None and tariff < limits.floor.value:
            return False
        return self._duration(one, limits) and self._share(one, limits) and self._chain(one, limits) and self._shared(one, tariff, limits)

    def _duration(self, one: Running, limits: Limits) -> bool:
        first, week, before = one.row.starts_on, self.known.week(one), self.known.earlier.get(one.id, ())
        if before:
            _, until, _ = duration_until(limits.duration.value, first, week, before, limits.again_after_months.value)
        elif (first, week) in self.until:
            until = self.until[first, week]
        else:
            _, until, _ = duration_until(limits.duration.value, first, week, (), limits.again_after_months.value)
            self.until[first, week] = until
        return until is None or one.row.ends_on <= until

    def _share(self, one: Running, limits: Limits) -> bool:
        place = self.known.places[one.row.request_id]
        if not place.staff_count or place.staff_counted_on is None:
            return False
        if limits.share.value is None:
            return True
        look = limits.look_back.value
        if look is not None and is_stale(place.staff_counted_on, self.known.day, look.staff_count_days):
            return False
        return self.known.people(one) <= people_allowed(place.staff_count, limits.share.value)

    def _chain(self, one: Running, limits: Limits) -> bool:
        if limits.chaining.value is None:
            return True
        if limits.waiting_months.value:
            return False  # rare, so through the test itself
        filled = self.known.filled(one)
        return filled is None or _not_chained(filled, one, limits.chaining.value.weeks, limits.chaining.value.of_weeks)

    def _shared(self, one: Running, tariff: int, limits: Limits) -> bool:
        """Tests that look at the place, what was stated, the first day and the tariff alone: one answer for all that have the same."""
        key = (one.row.starts_on, tariff, *self.known.places[one.row.request_id][1:])
        if key not in self.shared:
            facts = facts_of_running(self.known, one)
            self.shared[key] = all(TESTS[item](facts, limits).outcome == OK for item in SHARED)
        return self.shared[key]


def _not_chained(filled: Filled, one: Running, weeks: int, of_weeks: int) -> bool:
    return filled.weeks(one.row.ends_on, of_weeks) <= weeks or not filled.follows(one.row.starts_on, of_weeks)


def _tell(db: Session, found: Sequence[Found], municipality_id: int, *, day: date, now: datetime) -> None:
    """Whoever is on duty for the person's case manager hears that something stands in the way."""
    who = [own(one.placement.row.who) for one in found]
    rows: Any = db.execute(select(files.c.account_id, files.c.case_manager_id).where(files.c.account_id.in_(who))).all() if who else ()
    managers = dict(rows)
    stand_in = stand_ins(db, set(managers.values()) - {None}, day)
    notify_many(
        db,
        [
            {
                "to": stand_in.get(manager, manager), "municipality_id": municipality_id, "key": "safeguards.changed",
                "slots": {"work": one.placement.row.function}, "path": f"/requests/{one.placement.request_id}/displacement/{person}",
                "cause_id": f"{one.placement.id}:{fingerprint(one.findings)}", "now": now,
            }
            for one, person in zip(found, who, strict=True)
            if (manager := managers.get(person)) is not None
        ],
    )  # fmt: skip
