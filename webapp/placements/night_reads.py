"""What the tests of the night need to know of everybody at some employers: a fixed number of statements, whoever works there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, func, select, type_coerce
from sqlmodel import Session

from webapp.foundation.clock import monday_of
from webapp.foundation.tenancy import everything
from webapp.placements.facts import (
    AT_EMPLOYER,
    REAL,
    Site,
    changes,
    employers,
    entries,
    establishments,
    place_columns,
    placements,
    places,
    requests,
    same_work,
    site_of,
    weeks_worked,
)
from webapp.placements.tariffs import changes_of
from webapp.safeguards.actions import assessments
from webapp.safeguards.reads import agreed
from webapp.safeguards.rules import OK, Stay, Stretch
from webapp.safeguards.rules.average import longest_average
from webapp.safeguards.rules.many import Crowd, Filled

AT_ONCE = 400  # places, or all of one employer
FULL_WEEKS = 4  # that an average is taken over


def as_text(column: Any) -> Any:
    """An identifier as the driver has it: most are only compared, and making each a UUID costs more than reading it."""
    return type_coerce(column, String)


def own(id: Any) -> uuid.UUID:
    return id if isinstance(id, uuid.UUID) else uuid.UUID(id)


AT_EMPLOYERS = AT_EMPLOYER.with_only_columns(
    as_text(placements.c.id).label("id"), as_text(placements.c.participant_id).label("who"), as_text(placements.c.request_id).label("request_id"),
    placements.c.function, placements.c.starts_on, placements.c.ends_on, placements.c.status, placements.c.municipality_id, placements.c.weekly_minutes,
    placements.c.tariff_cents, as_text(placements.c.establishment_id).label("establishment_id"), establishments.c.street, establishments.c.town,
    employers.c.kvk, maintain_column_froms=True,
)  # fmt: skip


class Running(NamedTuple):
    """One running placement; `row` holds the rest of it."""

    id: uuid.UUID
    row: Any
    site: Site
    function: str

    @property
    def request_id(self) -> uuid.UUID:
        return own(self.row.request_id)


def employers_with_work(db: Session, municipality_id: int, day: date) -> Iterator[list[str]]:
    """The numbers of employers where somebody of this municipality works, so many at a time that their places fit in a small memory."""
    query = (
        select(employers.c.kvk, func.count().label("places"))
        .join_from(placements, establishments, establishments.c.id == placements.c.establishment_id)
        .join(employers, employers.c.id == establishments.c.employer_id)
        .where(placements.c.municipality_id == municipality_id, placements.c.status == "running", placements.c.ends_on >= day)
        .group_by(employers.c.kvk)
        .order_by(employers.c.kvk)
    )
    some: list[str] = []
    held = 0
    for kvk, number in db.execute(query).all():
        if some and held + number > AT_ONCE:
            yield some
            some, held = [], 0
        some.append(kvk)
        held += number
    if some:
        yield some


class Known:
    """All that is known of some employers."""

    def __init__(self, db: Session, kvks: Sequence[str], municipality_id: int, *, day: date, today: date, since: date) -> None:
        with everything(db):
            rows = db.execute(AT_EMPLOYERS.where(employers.c.kvk.in_(kvks), placements.c.ends_on >= since)).all()
        self.day = day
        self.sites: dict[Site, list[Any]] = {}
        self.work: dict[tuple[Site, str], list[Stretch]] = {}
        self.running: list[Running] = []
        for row in rows:
            site, function = site_of(row.kvk, row.street, row.town), same_work(row.function)
            self.sites.setdefault(site, []).append(row)
            self.work.setdefault((site, function), []).append(Stretch(row.starts_on, row.ends_on))
            if row.municipality_id == municipality_id and row.status == "running" and row.ends_on >= day:
                self.running.append(Running(own(row.id), row, site, function))
        ids = [one.id for one in self.running]
        request_ids = list({one.row.request_id: one.request_id for one in self.running}.values())
        found = places(as_text(requests.c.id), *place_columns(day))
        self.places = {row[0]: row for row in db.execute(found.where(requests.c.id.in_(request_ids)))}
        self.tariffs = changes_of(db, ids)
        self.weeks = longest_weeks(db, ids)
        self.average = averages(db, ids, today)
        self.earlier = earlier(db, ids)
        self.last = last_found(db, ids)
        self.agreed = agreed(db, request_ids)
        self._crowds: dict[Site, Crowd] = {}
        self._filled: dict[tuple[Site, str], Filled] = {}

    def week(self, one: Running) -> int:
        """Minutes of the longest week: agreed now or ever, or worked on average."""
        return max(one.row.weekly_minutes, self.weeks.get(one.id, 0), self.average.get(one.id, 0))

    def before(self, one: Running) -> tuple[str, str]:
        """How it was found the last time: outcome and fingerprint. What was never found is in order."""
        return self.last.get(one.id, (OK, ""))

    def people(self, one: Running) -> int:
        """The most different people on one day at its site, from now to its last day."""
        if one.site not in self._crowds:
            here = [Stay(row.who, row.starts_on, row.ends_on) for row in self.sites[one.site] if row.status != "ended"]
            self._crowds[one.site] = Crowd(here, self.day)
        return self._crowds[one.site].until(one.row.ends_on)

    def others(self, one: Running) -> list[Stretch]:
        """When its function at its site was filled by another place than this one."""
        found = list(self.work[one.site, one.function])
        found.remove(Stretch(one.row.starts_on, one.row.ends_on))
        return found

    def filled(self, one: Running) -> Filled | None:
        """When its function at its site was filled, counted once for all; None where it is the only one."""
        key = (one.site, one.function)
        if len(self.work[key]) == 1:
            return None
        if key not in self._filled:
            self._filled[key] = Filled(self.work[key])
        return self._filled[key]


def longest_weeks(db: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Minutes of the longest week that was ever agreed in a change of hours."""
    query = select(changes.c.placement_id, func.max(changes.c.weekly_minutes), func.max(changes.c.minutes_before)).where(
        changes.c.placement_id.in_(ids)
    )
    return {row[0]: max(row[1], row[2]) for row in db.execute(query.group_by(changes.c.placement_id))}


def averages(db: Session, ids: Sequence[uuid.UUID], today: date) -> dict[uuid.UUID, int]:
    """Certain minutes a week, over the last four full weeks."""
    monday = monday_of(today)
    query = (
        select(entries.c.placement_id, func.sum(entries.c.certain_minutes))
        .where(
            entries.c.placement_id.in_(ids),
            entries.c.week_of.between(monday - timedelta(weeks=FULL_WEEKS), monday - timedelta(weeks=1)),
            entries.c.certain_minutes > 0,
        )
        .group_by(entries.c.placement_id)
    )
    return {placement_id: int(minutes) // FULL_WEEKS for placement_id, minutes in db.execute(query)}


def earlier(db: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Stretch]]:
    """What the same people did before in the same function for the same employer, however long ago."""
    mine, there = placements.alias("mine"), establishments.alias("there")
    query = (
        select(
            as_text(mine.c.id).label("of"), as_text(placements.c.id).label("id"), placements.c.function, mine.c.function.label("own"),
            placements.c.starts_on, placements.c.ends_on, placements.c.weekly_minutes,
        )
        .join_from(mine, there, there.c.id == mine.c.establishment_id)
        .join(placements, (placements.c.participant_id == mine.c.participant_id) & (placements.c.id != mine.c.id) & (placements.c.starts_on < mine.c.starts_on))
        .join(establishments, (establishments.c.id == placements.c.establishment_id) & (establishments.c.employer_id == there.c.employer_id))
        .where(mine.c.id.in_(ids), placements.c.status.in_(REAL))
    )  # fmt: skip
    rows = [row for row in db.execute(query) if same_work(row.function) == same_work(row.own)]
    past = [own(row.id) for row in rows]
    longest, worked = longest_weeks(db, past) if rows else {}, weeks_worked(db, past)
    found: dict[uuid.UUID, list[Stretch]] = {}
    for id, row in zip(past, rows, strict=True):
        week = max(row.weekly_minutes, longest.get(id, 0), longest_average(worked.get(id, {})))
        found.setdefault(own(row.of), []).append(Stretch(row.starts_on, row.ends_on, week))
    return found


def last_found(db: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """How each was found the last time: outcome and fingerprint."""
    newer = assessments.alias("newer")
    latest = select(func.max(newer.c.made_at)).where(newer.c.placement_id == assessments.c.placement_id).scalar_subquery()
    query = select(assessments.c.placement_id, assessments.c.outcome, assessments.c.fingerprint)
    return {row[0]: (row[1], row[2]) for row in db.execute(query.where(assessments.c.placement_id.in_(ids), assessments.c.made_at == latest))}
