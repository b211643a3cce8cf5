"""Reads of growth: one person's page, and everything of a caseload that somebody has to do. Each begins at a person."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import JSON, Date, String, Uuid, and_, bindparam, cast, literal, literal_column, null, or_, select, union_all
from sqlmodel import Session

from webapp.foundation.clock import monday_of
from webapp.foundation.database import Read
from webapp.growth.careers import NOT_SKIPPED, establishments, feedback, requests, signals, tasks_shown, views
from webapp.growth.deciding import objections
from webapp.growth.feedback import ratings
from webapp.growth.paid_work import checks, outflows, routes, tasks
from webapp.growth.rubric import BEHAVIOURS
from webapp.hours.reads import STANDS, accounts, entries, placements
from webapp.hours.rules import Status, waiting_minutes
from webapp.people.person import Person
from webapp.placements.actions import CASELOAD

WEEKS_SHOWN = 12
CHECK_AFTER_DAYS = 14  # an unanswered question after leaving: then a case manager may ask by phone
TASKS_AHEAD_DAYS = 7
SAID = (
    select(feedback, accounts.c.first_name, accounts.c.last_name, establishments.c.name.label("establishment"))
    .join_from(feedback, accounts, accounts.c.id == feedback.c.observer_id)
    .join(establishments, establishments.c.id == feedback.c.establishment_id)
    .where(NOT_SKIPPED)
    .order_by(feedback.c.week_of.desc(), feedback.c.given_at.desc())
)
LEARNED = (
    select(placements.c.id, placements.c.status, placements.c.function, placements.c.starts_on, placements.c.ends_on, requests.c.tasks, establishments.c.name.label("establishment"))
    .join_from(placements, requests, requests.c.id == placements.c.request_id)
    .join(establishments, establishments.c.id == placements.c.establishment_id)
    .where(placements.c.status.in_(("running", "ended")))
    .order_by(placements.c.starts_on.desc())
)  # fmt: skip


class Week(NamedTuple):
    """Minutes of one week, and what help was told for it."""

    monday: date
    certain: int
    waiting: int
    help: str


class Growth(NamedTuple):
    """Everything that is told about one person's growth. `levels`: behaviour -> (level, day), as last seen."""

    places: list[Any]
    shown: list[Any]
    said: list[Any]
    views: list[Any]
    ratings: list[Any]
    weeks: list[Week]
    levels: dict[str, tuple[int, date]]

    @property
    def running(self) -> Any:
        return next((place for place in self.places if place.status == "running"), None)

    @property
    def to_practise(self) -> list[tuple[Any, str]]:
        """Tasks of the work somebody does now, that were not shown yet."""
        known = {(row.placement_id, row.task) for row in self.shown}
        return [(place, task) for place in self.places if place.status == "running" for task in place.tasks if (place.id, task) not in known]

    @property
    def in_rhythm(self) -> int:
        """Weeks in a row with certain hours, up to this week or the last."""
        worked = [week.certain > 0 for week in self.weeks]
        worked = worked[:-1] if worked and not worked[-1] else worked
        return len(worked) - (max((place for place, did in enumerate(worked) if not did), default=-1) + 1)


def growth_of(db: Session, participant_id: uuid.UUID, today: date) -> Growth:
    """One person's growth, in six statements."""
    said = list(db.execute(SAID.where(feedback.c.participant_id == participant_id)))
    shown = db.execute(
        select(tasks_shown, accounts.c.first_name)
        .join(accounts, accounts.c.id == tasks_shown.c.shown_by)
        .where(tasks_shown.c.participant_id == participant_id)
        .order_by(tasks_shown.c.shown_on, tasks_shown.c.task)
    )
    own = db.execute(select(views).where(views.c.participant_id == participant_id).order_by(views.c.week_of.desc()))
    rated = db.execute(select(ratings).where(ratings.c.participant_id == participant_id).order_by(ratings.c.week_of.desc()))
    places = db.execute(LEARNED.where(placements.c.participant_id == participant_id))
    levels: dict[str, tuple[int, date]] = {}
    for row in reversed(said):
        if row.item and row.level:
            levels[row.item] = (row.level, row.week_of)
    in_order = {item: levels[item] for item in BEHAVIOURS if item in levels}
    return Growth(list(places), list(shown), said, list(own), list(rated), weeks_of(db, participant_id, said, today), in_order)


def weeks_of(db: Session, participant_id: uuid.UUID, said: list[Any], today: date) -> list[Week]:
    """The last weeks up to this one, empty ones too. Of several observers in a week, the one who saw most help needed counts."""
    this_week = monday_of(today)
    mondays = [this_week - timedelta(weeks=back) for back in range(WEEKS_SHOWN - 1, -1, -1)]
    rows = db.execute(
        select(entries.c.week_of, entries.c.status, entries.c.minutes, entries.c.corrected_minutes, entries.c.certain_minutes).where(
            entries.c.participant_id == participant_id, entries.c.week_of >= mondays[0], STANDS
        )
    )
    sums = {monday: [0, 0] for monday in mondays}
    for row in rows:
        if row.week_of in sums:
            sums[row.week_of][0] += row.certain_minutes
            sums[row.week_of][1] += waiting_minutes(
                Status(row.status), written=row.minutes, corrected=row.corrected_minutes, certain=row.certain_minutes
            )
    helps: dict[date, str] = {}
    for row in said:
        if row.help:
            helps[row.week_of] = min(row.help, helps.get(row.week_of, row.help), key=("much", "some", "little").index)
    return [Week(monday, sums[monday][0], sums[monday][1], helps.get(monday, "")) for monday in mondays]


# everything to do of a caseload, in one statement ---------------------------------------------------


MINE = select(CASELOAD.cte("mine").c.account_id)  # worked out once for all four parts
_no_text, _no_day, _no_id = literal(""), cast(null(), Date), cast(null(), Uuid)
_waiting = (
    select(
        literal("signal"), signals.c.id, signals.c.participant_id, signals.c.due_on, accounts.c.first_name, accounts.c.last_name, signals.c.kind,
        signals.c.status, establishments.c.name, signals.c.placement_id, signals.c.raised_on, signals.c.facts, signals.c.asked_id,
    )
    .join_from(signals, accounts, accounts.c.id == signals.c.participant_id)
    .join(establishments, establishments.c.id == signals.c.establishment_id)
    .where(
        signals.c.municipality_id == bindparam("municipality"), signals.c.status != literal_column("'closed'"),
        or_(and_(signals.c.participant_id.in_(MINE), signals.c.status != "asked"), signals.c.asked_id == bindparam("person")),
    )
)  # fmt: skip
_asked = (
    select(
        literal("objection"), objections.c.id, objections.c.participant_id, objections.c.due_on, accounts.c.first_name, accounts.c.last_name, objections.c.kind,
        _no_text, _no_text, _no_id, _no_day, cast(null(), JSON), objections.c.asked_id,
    )
    .join_from(objections, accounts, accounts.c.id == objections.c.participant_id)
    .where(objections.c.municipality_id == bindparam("municipality"), objections.c.asked_id == bindparam("person"), objections.c.answered_at.is_(None))
)  # fmt: skip
_steps = (
    select(
        literal("task"), tasks.c.route_id, tasks.c.participant_id, tasks.c.due_on, accounts.c.first_name, accounts.c.last_name, tasks.c.what,
        tasks.c.side, _no_text, _no_id, _no_day, cast(null(), JSON), _no_id,
    )
    .join_from(tasks, accounts, accounts.c.id == tasks.c.participant_id)
    .join(routes, routes.c.id == tasks.c.route_id)
    .where(
        tasks.c.municipality_id == bindparam("municipality"), tasks.c.participant_id.in_(MINE), tasks.c.done_at.is_(None), tasks.c.side == "case_manager",
        routes.c.status == "open", tasks.c.due_on <= bindparam("ahead", type_=Date),
    )
)  # fmt: skip
_unanswered = (
    select(
        literal("outflow"), checks.c.id, checks.c.participant_id, checks.c.due_on, accounts.c.first_name, accounts.c.last_name, cast(checks.c.months, String),
        outflows.c.kind, _no_text, _no_id, outflows.c.starts_on, cast(null(), JSON), _no_id,
    )
    .join_from(checks, accounts, accounts.c.id == checks.c.participant_id)
    .join(outflows, outflows.c.id == checks.c.outflow_id)
    .where(
        checks.c.municipality_id == bindparam("municipality"), checks.c.participant_id.in_(MINE), checks.c.answered_at.is_(None),
        checks.c.due_on <= bindparam("unanswered", type_=Date),
    )
)  # fmt: skip
_names = (
    "kind",
    "id",
    "participant_id",
    "due_on",
    "first_name",
    "last_name",
    "what",
    "status",
    "place",
    "placement_id",
    "since",
    "facts",
    "asked",
)
_parts = [
    part.with_only_columns(*(column.label(name) for column, name in zip(part.selected_columns, _names, strict=True)))
    for part in (_waiting, _asked, _steps, _unanswered)
]
TODO = Read(union_all(*_parts))


def todo(db: Session, person: Person, today: date) -> list[Any]:
    """Signals, objections, tasks on the way to work and unanswered questions: of the own caseload, or asked of this person.

    Columns: kind, id, participant_id, due_on, first_name, last_name, what, status, place, placement_id, since, facts, asked.
    """
    soon, long_ago = today + timedelta(days=TASKS_AHEAD_DAYS), today - timedelta(days=CHECK_AFTER_DAYS)
    return TODO.all(db, person=person.id, municipality=person.municipality_id, today=today, ahead=soon, unanswered=long_ago)


def open_signals_of(db: Session, participant_id: uuid.UUID) -> list[Any]:
    """What is not decided yet about one person, the oldest first."""
    return list(
        db.execute(
            select(signals, establishments.c.name.label("establishment"))
            .join(establishments, establishments.c.id == signals.c.establishment_id)
            .where(signals.c.participant_id == participant_id, signals.c.status != literal_column("'closed'"))
            .order_by(signals.c.raised_on, signals.c.id)
        )
    )
