"""The supervisor's list: what waits for an answer at a workplace, read with one statement and shaped for the page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal_column, null, select, union_all
from sqlmodel import Session

from webapp.foundation.clock import local
from webapp.foundation.database import Read
from webapp.hours.reads import IS_WAITING, accounts, entries, files, placements
from webapp.people.person import Person
from webapp.placements.actions import shifts
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce

IS_SENT = entries.c.status == literal_column("'sent'")  # as in the index: see IS_WAITING
HERE = entries.c.establishment_id == bindparam("establishment")
THEIRS = select(placements.c.participant_id).where(placements.c.establishment_id == bindparam("establishment"))
case_managers: Any = accounts.alias("case_manager")

COLUMNS = (
    entries.c.id, entries.c.status, entries.c.version, entries.c.worked_on, entries.c.starts_at, entries.c.stops_at, entries.c.break_minutes, entries.c.minutes,
    entries.c.as_planned, entries.c.deviation_minutes, entries.c.confirmed_at, entries.c.corrected_minutes, entries.c.responded_at,
    accounts.c.first_name, accounts.c.last_name,
)  # fmt: skip
ROWS = select(*COLUMNS, null().label("case_manager")).join_from(entries, accounts, entries.c.participant_id == accounts.c.id).where(HERE)
NOT_AGREED = (
    select(*COLUMNS, case_managers.c.first_name.label("case_manager"))
    .join_from(entries, accounts, entries.c.participant_id == accounts.c.id)
    .join(files, files.c.account_id == entries.c.participant_id)
    .join(case_managers, case_managers.c.id == files.c.case_manager_id)
    # through the people who work here, for whom there is an index of what waits; by workplace it would read all of the past
    .where(
        func.coalesce(entries.c.establishment_id, null()) == bindparam("establishment"),
        entries.c.participant_id.in_(THEIRS),
        IS_WAITING,
        entries.c.status != literal_column("'sent'"),
    )
)


class Row(NamedTuple):
    """One entry as the list shows it. `case_manager`: the first name, for what is not agreed."""

    id: uuid.UUID
    status: str
    version: int
    worked_on: date
    starts_at: datetime
    stops_at: datetime
    break_minutes: int
    minutes: int
    as_planned: bool
    deviation_minutes: int | None
    confirmed_at: datetime | None
    corrected_minutes: int | None
    responded_at: datetime | None
    first_name: str
    last_name: str
    case_manager: str | None = None

    @property
    def name(self) -> str:
        """First name and initial: all that a list at an employer shows."""
        return f"{self.first_name} {self.last_name[:1]}."

    @property
    def is_open(self) -> bool:
        return self.status == "sent"

    @property
    def look(self) -> Look:
        """All of the row but whose it is."""
        at = self.confirmed_at
        return Look(
            self.status, time_range(self.starts_at, self.stops_at), self.break_minutes, self.minutes, self.as_planned, self.deviation_minutes,
            f"{local(at):%H:%M}" if at is not None else None,
        )  # fmt: skip


class Look(NamedTuple):
    """What two rows of different people and days have in common on the page. `confirmed_at`: on the wall clock."""

    status: str
    times: str
    break_minutes: int
    minutes: int
    as_planned: bool
    deviation_minutes: int | None
    confirmed_at: str | None


class Day(NamedTuple):
    """The rows of one day, in the order of the clock, and how many still wait for an answer."""

    day: date
    rows: list[Row]
    open: int


class Board(NamedTuple):
    """Everything on the list. `planned`: the open rows that match the plan, which are confirmed together."""

    days: list[Day]
    planned: list[Row]
    not_agreed: list[Row]
    open: int


class Counts(NamedTuple):
    """What still waits at this workplace: in all, as planned, and on one day."""

    open: int
    planned: int
    on_day: int


BOARD = Read(
    union_all(
        ROWS.where(IS_SENT),
        ROWS.where(entries.c.confirmed_at >= bindparam("since"), entries.c.status == literal_column("'confirmed'")),
        NOT_AGREED,
    ),
    Row,
)
ONE = Read(ROWS.where(entries.c.id == bindparam("entry")), Row)
COUNTS = Read(
    select(
        func.count(),
        func.count().filter(entries.c.as_planned),
        func.count().filter(entries.c.worked_on == bindparam("day")),
    ).where(HERE, IS_SENT),
    Counts,
)
NEXT_EXPECTED = Read(
    select(shifts.c.starts_at, shifts.c.day, accounts.c.first_name, accounts.c.last_name)
    .join_from(placements, shifts, shifts.c.placement_id == placements.c.id)
    .join(accounts, accounts.c.id == shifts.c.participant_id)
    .where(
        placements.c.establishment_id == bindparam("establishment"), placements.c.status == literal_column("'running'"),
        shifts.c.starts_at > bindparam("now"), shifts.c.cancelled_at.is_(None),
    )
    .order_by(shifts.c.starts_at)
    .limit(1)
)  # fmt: skip


@lru_cache(4096)
def time_range(start: datetime, stop: datetime) -> str:
    """Two instants on the wall clock in Amsterdam: '08:30 – 13:00'. Shifts at one workplace are mostly the same ones."""
    return f"{local(start):%H:%M} – {local(stop):%H:%M}"


def read_board(db: Session, person: Person, *, since: datetime) -> Board:
    """Open hours by day, the newest day first; what was confirmed since `since` keeps its place; below it what is not agreed."""
    return arranged(BOARD.all(db, establishment=person.establishment_id, since=since))


def arranged(rows: Sequence[Row]) -> Board:
    """Rows in the order of the page. A correction upwards waits for nobody, so it is not shown as not agreed."""
    asked = sorted((row for row in rows if row.status in ("sent", "confirmed")), key=_newest_day_first)
    days = [_day(day, list(group)) for day, group in groupby(asked, key=lambda row: row.worked_on)]
    not_agreed = [row for row in rows if row.status == "disputed" or (row.status == "corrected" and (row.corrected_minutes or 0) < row.minutes)]
    planned = [row for row in asked if row.as_planned and row.is_open]
    return Board(days, planned, sorted(not_agreed, key=_newest_day_first), sum(day.open for day in days))


def _newest_day_first(row: Row) -> tuple[int, datetime, str]:
    return -row.worked_on.toordinal(), row.starts_at, row.first_name


def _day(day: date, rows: list[Row]) -> Day:
    return Day(day, rows, sum(row.is_open for row in rows))


def one_row(db: Session, person: Person, entry_id: uuid.UUID) -> Row | None:
    """One entry of this workplace as it is now, whatever its state."""
    found: Row | None = ONE.first(db, establishment=person.establishment_id, entry=entry_id)
    return found


def counts(db: Session, person: Person, day: date) -> Counts:
    found: Counts = COUNTS.first(db, establishment=person.establishment_id, day=day)
    return found


def next_expected(db: Session, person: Person, *, now: datetime) -> Any:
    """The next planned shift at this workplace, with whose it is, or None."""
    return NEXT_EXPECTED.first(db, establishment=person.establishment_id, now=now)


def undo_seconds(terms: Terms, today: date) -> int:
    """How long a confirmation can be taken back without a reason; not at all where nothing is agreed."""
    try:
        return terms.confirmation(today).undo_seconds
    except NoTermsInForce:
        return 0


def kept_since(terms: Terms, today: date, now: datetime) -> datetime:
    """What was confirmed from here on keeps its place on the list."""
    return now - timedelta(seconds=undo_seconds(terms, today))
