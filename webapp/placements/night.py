"""Every running placement held against all tests at once: each night, and when terms change. What is found anew is kept and told.

Some employers at a time, so that many placements fit in a small memory; what all people at one site share is counted once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, func, select, type_coerce
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.tenancy import everything
from webapp.notifications.actions import notify_many
from webapp.people.actions import on_duty
from webapp.people.models import ParticipantFile
from webapp.placements.facts import (
    AT_EMPLOYER,
    Site,
    changes,
    employers,
    establishments,
    placements,
    places_on,
    said_of_many,
    same_work,
    site_of,
    weeks_worked,
)
from webapp.placements.models import Placement
from webapp.placements.tariffs import changes_of, tariff_on
from webapp.requests.models import WorkRequest
from webapp.safeguards.actions import assessments, keep
from webapp.safeguards.limits import limits_of
from webapp.safeguards.reads import agreed
from webapp.safeguards.rules import OK, Facts, Finding, Limits, Stay, Stretch, assess, covered, duration_until, fingerprint, worst
from webapp.safeguards.rules.average import longest_average
from webapp.safeguards.rules.many import Crowd, Filled
from webapp.safeguards.rules.people import people_allowed
from webapp.safeguards.rules.whole import TESTS
from webapp.terms.snapshot import Terms

requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]
files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]
AT_ONCE = 150  # employers
SHARED = ("guidance", "dismissed", "vacancy", "replaces", "agency", "outlook", "restricted", "consulted")  # the same for all of one request

Worked = Callable[[list[uuid.UUID]], Mapping[uuid.UUID, int]]


def as_text(column: Any) -> Any:
    """An identifier as the driver has it: most are only compared, and making each a UUID costs more than reading it."""
    return type_coerce(column, String)


def own(id: Any) -> uuid.UUID:
    return id if isinstance(id, uuid.UUID) else uuid.UUID(id)


AT_EMPLOYERS = AT_EMPLOYER.with_only_columns(
    as_text(placements.c.id).label("id"), as_text(placements.c.participant_id).label("who"), as_text(placements.c.request_id).label("request_id"),
    placements.c.function, placements.c.starts_on, placements.c.ends_on, placements.c.status, placements.c.municipality_id, placements.c.weekly_minutes,
    placements.c.tariff_cents, establishments.c.street, establishments.c.town, employers.c.kvk, maintain_column_froms=True,
)  # fmt: skip


class Running(NamedTuple):
    """One running placement; `row` holds the rest of it."""

    id: uuid.UUID
    request_id: uuid.UUID
    row: Any


class Found(NamedTuple):
    """A running placement of which something is not in order, or no longer is as it was."""

    placement: Running
    findings: list[Finding]
    in_the_way: bool


def recheck(
    db: Session, municipality_id: int, terms: Terms, *, day: date, occasion: str = "nightly", worked: Worked | None = None, now: datetime
) -> int:
    """All running placements of a municipality as they are on a day. Gives of how many something is found anew.

    `worked`: certain minutes of the last four full weeks, from who knows the hours. The caller holds the municipality's lock.
    """
    total = 0
    for kvks in employers_with_work(db, municipality_id, day):
        for found in check_employers(db, kvks, municipality_id, terms, day=day, worked=worked):
            _keep(db, found, occasion=occasion, day=day, now=now)
            total += 1
    return total


def recheck_at(db: Session, establishment_id: uuid.UUID, municipality_id: int, terms: Terms, *, now: datetime) -> int:
    """The running placements of one employer at once, when the number of staff somewhere changed. The caller holds the municipality's lock."""
    query = select(employers.c.kvk).join_from(establishments, employers, employers.c.id == establishments.c.employer_id)
    kvk, total = db.execute(query.where(establishments.c.id == establishment_id)).scalar_one(), 0
    for found in check_employers(db, [kvk], municipality_id, terms, day=day_of(now), worked=None):
        _keep(db, found, occasion="changed", day=day_of(now), now=now)
        total += 1
    return total


def employers_with_work(db: Session, municipality_id: int, day: date) -> Iterator[list[str]]:
    """The numbers of employers where somebody of this municipality works, some at a time."""
    query = (
        select(employers.c.kvk)
        .distinct()
        .join_from(placements, establishments, establishments.c.id == placements.c.establishment_id)
        .join(employers, employers.c.id == establishments.c.employer_id)
        .where(placements.c.municipality_id == municipality_id, placements.c.status == "running", placements.c.ends_on >= day)
        .order_by(employers.c.kvk)
        .limit(AT_ONCE)
    )
    found = list(db.execute(query).scalars())
    while found:
        yield found
        found = list(db.execute(query.where(employers.c.kvk > found[-1])).scalars())


class _Chunk:
    """What is known of some employers, read with a fixed number of statements."""

    def __init__(self, db: Session, kvks: Sequence[str], municipality_id: int, *, day: date, since: date, worked: Worked | None) -> None:
        with everything(db):
            rows = db.execute(
                AT_EMPLOYERS.where(employers.c.kvk.in_(kvks), placements.c.ends_on >= since)
            ).all()  # fmt: skip
        self.sites: dict[Site, list[Any]] = {}
        self.work: dict[tuple[Site, str], list[Stretch]] = {}
        self.running: list[tuple[Site, str, Any]] = []
        for row in rows:
            site, function = site_of(row.kvk, row.street, row.town), same_work(row.function)
            self.sites.setdefault(site, []).append(row)
            self.work.setdefault((site, function), []).append(Stretch(row.starts_on, row.ends_on))
            if row.municipality_id == municipality_id and row.status == "running" and row.ends_on >= day:
                self.running.append((site, function, Running(own(row.id), own(row.request_id), row)))
        ids = [one.id for _, _, one in self.running]
        request_ids = list({one.request_id for _, _, one in self.running})
        self.places = {row.request_id: row for row in db.execute(places_on(day).where(requests.c.id.in_(request_ids)))}
        self.said = said_of_many(db, request_ids)
        self.tariffs = changes_of(db, ids)
        self.weeks = self._longest_weeks(db, ids)
        self.average = worked(ids) if worked else {}
        self.earlier = self._earlier(db, ids)
        self.last = self._last(db, ids)
        self.agreed = agreed(db, request_ids)
        self.crowds: dict[Site, Crowd] = {}
        self.filled = {key: Filled(stretches) for key, stretches in self.work.items()}

    @staticmethod
    def _longest_weeks(db: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
        query = select(changes.c.placement_id, func.max(changes.c.weekly_minutes), func.max(changes.c.minutes_before)).where(
            changes.c.placement_id.in_(ids)
        )
        return {row[0]: max(row[1], row[2]) for row in db.execute(query.group_by(changes.c.placement_id))}

    def _earlier(self, db: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Stretch]]:
        """What the same people did before in the same function for the same employer, however long ago."""
        mine = placements.alias("mine")
        there = establishments.alias("there")
        query = (
            select(as_text(mine.c.id).label("of"), as_text(placements.c.id).label("id"), placements.c.function, mine.c.function.label("own"), placements.c.starts_on, placements.c.ends_on, placements.c.weekly_minutes)
            .join_from(mine, there, there.c.id == mine.c.establishment_id)
            .join(placements, (placements.c.participant_id == mine.c.participant_id) & (placements.c.id != mine.c.id) & (placements.c.starts_on < mine.c.starts_on))
            .join(establishments, (establishments.c.id == placements.c.establishment_id) & (establishments.c.employer_id == there.c.employer_id))
            .where(mine.c.id.in_(ids), placements.c.status.in_(("accepted", "running", "ended")))
        )  # fmt: skip
        rows = [row for row in db.execute(query) if same_work(row.function) == same_work(row.own)]
        past = [own(row.id) for row in rows]
        longest, worked = self._longest_weeks(db, past) if rows else {}, weeks_worked(db, past)
        found: dict[uuid.UUID, list[Stretch]] = {}
        for id, row in zip(past, rows, strict=True):
            week = max(row.weekly_minutes, longest.get(id, 0), longest_average(worked.get(id, {})))
            found.setdefault(own(row.of), []).append(Stretch(row.starts_on, row.ends_on, week))
        return found

    @staticmethod
    def _last(db: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
        """How each was found the last time: outcome and fingerprint."""
        newer = assessments.alias("newer")
        latest = select(func.max(newer.c.made_at)).where(newer.c.placement_id == assessments.c.placement_id).scalar_subquery()
        query = select(assessments.c.placement_id, assessments.c.outcome, assessments.c.fingerprint)
        return {row[0]: (row[1], row[2]) for row in db.execute(query.where(assessments.c.placement_id.in_(ids), assessments.c.made_at == latest))}

    def crowd(self, site: Site, day: date) -> Crowd:
        if site not in self.crowds:
            here = [Stay(row.who, row.starts_on, row.ends_on) for row in self.sites[site] if row.status != "ended"]
            self.crowds[site] = Crowd(here, day)
        return self.crowds[site]


def check_employers(db: Session, kvks: Sequence[str], municipality_id: int, terms: Terms, *, day: date, worked: Worked | None) -> Iterator[Found]:
    """The running placements at these employers of which something is found anew."""
    coming: dict[date, Limits] = {}
    now_limits = limits_of(terms, first_day=day, day=day)
    of_weeks = now_limits.chaining.value.of_weeks if now_limits.chaining.value else 0
    chunk = _Chunk(db, kvks, municipality_id, day=day, since=day - timedelta(weeks=of_weeks + 60), worked=worked)
    shared: dict[tuple[Any, ...], bool] = {}
    for site, function, one in chunk.running:
        row = one.row
        limits = coming.get(row.starts_on)
        if limits is None:
            limits = coming[row.starts_on] = limits_of(terms, first_day=row.starts_on, day=day)
        facts = _facts(chunk, site, one, day)
        before = chunk.last.get(one.id, (OK, ""))
        if before[0] == OK and _in_order(chunk, site, function, facts, limits, shared, one.request_id):
            continue
        others = list(chunk.work[site, function])
        others.remove(Stretch(row.starts_on, row.ends_on))
        findings = assess(replace(facts, others=others), limits)
        if fingerprint(findings) == before[1] or (worst(findings) == OK and not before[1]):
            continue
        judged = chunk.agreed.get(one.request_id, [])
        yield Found(one, findings, any(not covered(finding, judged) for finding in findings))


def _facts(chunk: _Chunk, site: Site, one: Running, day: date) -> Facts:
    """One running placement as the tests take it, without who else did the work: that is looked up."""
    row, place = one.row, chunk.places[one.request_id]
    week = max(row.weekly_minutes, chunk.weeks.get(one.id, 0), chunk.average.get(one.id, 0) // 4)
    return Facts(
        day=day, first_day=row.starts_on, last_day=row.ends_on, week_minutes=week,
        tariff_cents=tariff_on(row.tariff_cents, chunk.tariffs.get(one.id, ()), max(day, row.starts_on)), runs=True, somebody=True,
        earlier=chunk.earlier.get(one.id, ()), more=chunk.crowd(site, day).until(row.ends_on), staff_count=place.staff_count,
        staff_counted_on=place.staff_counted_on, has_guide=bool(place.has_guide), has_tasks=bool(place.tasks), restricted_until=place.restricted_until,
        is_agency=place.is_agency, **chunk.said[one.request_id],
    )  # fmt: skip


def _in_order(
    chunk: _Chunk, site: Site, function: str, facts: Facts, limits: Limits, shared: dict[tuple[Any, ...], bool], request_id: uuid.UUID
) -> bool:
    """Whether every test is in order, by looking up what is counted for all. What is not goes through the tests themselves."""
    if limits.floor.value is not None and facts.tariff_cents < limits.floor.value:
        return False
    _, until, _ = duration_until(limits.duration.value, facts.first_day, facts.week_minutes, facts.earlier, limits.again_after_months.value)
    if until is not None and facts.last_day > until:
        return False
    if not _share_in_order(facts, limits) or not _chain_in_order(chunk.filled[site, function], facts, limits):
        return False
    key = (request_id, facts.first_day, facts.tariff_cents)
    if key not in shared:
        shared[key] = all(TESTS[item](facts, limits).outcome == OK for item in SHARED)
    return shared[key]


def _share_in_order(facts: Facts, limits: Limits) -> bool:
    if not facts.staff_count or facts.staff_counted_on is None:
        return False
    if limits.share.value is None:
        return True
    look = limits.look_back.value
    fresh = look is None or (facts.day - facts.staff_counted_on).days <= look.staff_count_days
    return fresh and facts.more <= people_allowed(facts.staff_count, limits.share.value)


def _chain_in_order(filled: Filled, facts: Facts, limits: Limits) -> bool:
    if limits.chaining.value is None:
        return True
    if limits.waiting_months.value:
        return False  # rare, so through the test itself
    weeks, of_weeks = limits.chaining.value.weeks, limits.chaining.value.of_weeks
    return filled.weeks(facts.last_day, of_weeks) <= weeks or not filled.follows(facts.first_day, of_weeks)


def _keep(db: Session, found: Found, *, occasion: str, day: date, now: datetime) -> None:
    """Write down what is found anew, and tell the case manager when something stands in the way."""
    placement = db.get(Placement, found.placement.id)
    assert placement is not None
    made = keep(
        db, found.findings, municipality_id=placement.municipality_id, request_id=placement.request_id, establishment_id=placement.establishment_id,
        occasion=occasion, day=day, participant_id=placement.participant_id, placement_id=placement.id, by=None, now=now,
    )  # fmt: skip
    db.expunge(made)  # many nights of many places do not fit in a session
    if not found.in_the_way:
        return
    manager = db.execute(select(files.c.case_manager_id).where(files.c.account_id == placement.participant_id)).scalar()
    if manager is None:
        return
    notify_many(
        db,
        [
            {
                "to": on_duty(db, manager, day), "municipality_id": placement.municipality_id, "key": "safeguards.changed",
                "slots": {"work": placement.function}, "path": f"/requests/{placement.request_id}/displacement/{placement.participant_id}",
                "cause_id": f"{placement.id}:{fingerprint(found.findings)}", "now": now,
            }
        ],
    )  # fmt: skip
