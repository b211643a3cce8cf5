"""What the rules need to know of everybody who works, gathered with six statements however many people there are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, literal_column, select
from sqlmodel import Session

from webapp.foundation.clock import add_months, monday_of
from webapp.growth.models import Feedback, OwnView, Signal, SignalDecision, TaskShown
from webapp.growth.rules import Attendance, Career, Own, Rating
from webapp.hours.reads import STANDS, accounts, entries, files, placements
from webapp.people.employers import Establishment
from webapp.placements.actions import shifts
from webapp.requests.models import WorkRequest
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce, limit_months
from webapp.terms.shapes import Readiness

feedback: Any = Feedback.__table__  # type: ignore[attr-defined]
views: Any = OwnView.__table__  # type: ignore[attr-defined]
tasks_shown: Any = TaskShown.__table__  # type: ignore[attr-defined]
signals: Any = Signal.__table__  # type: ignore[attr-defined]
decisions: Any = SignalDecision.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]

RUNNING = placements.c.status == literal_column("'running'")
WORK = (
    select(
        placements.c.id, placements.c.participant_id, placements.c.establishment_id, placements.c.starts_on, placements.c.ends_on, placements.c.weekly_minutes,
        placements.c.function, requests.c.tasks, establishments.c.name.label("establishment"), files.c.case_manager_id, accounts.c.first_name, accounts.c.last_name,
    )
    .join_from(placements, requests, requests.c.id == placements.c.request_id)
    .join(establishments, establishments.c.id == placements.c.establishment_id)
    .join(files, files.c.account_id == placements.c.participant_id)
    .join(accounts, accounts.c.id == placements.c.participant_id)
    .where(RUNNING)
)  # fmt: skip
NOT_SKIPPED = feedback.c.skipped.is_(False)
FEEDBACK = select(
    feedback.c.placement_id, feedback.c.given_on, feedback.c.observer_id, feedback.c.help, feedback.c.item, feedback.c.level, feedback.c.hire
).where(NOT_SKIPPED)
SAID = select(views.c.participant_id, views.c.given_on, views.c.ready)
SHOWN = select(tasks_shown.c.placement_id, tasks_shown.c.shown_on)
KNOWN = select(signals.c.participant_id, signals.c.placement_id, signals.c.kind, signals.c.status, signals.c.raised_on, signals.c.id)


by_day = itemgetter(0)


class Work(NamedTuple):
    """One running placement with everything the rules look at. `last_day`: the longest it may last, by the terms."""

    row: Any
    career: Career
    last_day: date
    week_minutes: int
    signals: Sequence[Any]


def attendance_of(this_week: date, numbers: Readiness) -> Any:
    """Planned and worked shifts per placement, in windows of full weeks that end a week earlier each; and minutes of the last four."""
    columns = []
    worked = entries.c.id.is_not(None)
    for back in range(numbers.held_weeks):
        last = this_week - timedelta(weeks=back, days=1)
        inside = shifts.c.day.between(last - timedelta(weeks=numbers.attendance_weeks, days=-1), last)
        columns += [func.sum(case((inside, 1), else_=0)), func.sum(case((and_(inside, worked), 1), else_=0))]
    first = this_week - timedelta(weeks=numbers.attendance_weeks + numbers.held_weeks - 1)
    return (
        select(shifts.c.placement_id, *columns)
        .join_from(placements, shifts, shifts.c.placement_id == placements.c.id)
        .outerjoin(entries, and_(entries.c.planned_shift_id == shifts.c.id, STANDS))
        .where(RUNNING, shifts.c.day >= first, shifts.c.day < this_week, shifts.c.cancelled_at.is_(None))
        .group_by(shifts.c.placement_id)
    )


def minutes_of(this_week: date) -> Any:
    """Certain minutes per placement in the four full weeks before this one: the limit goes by the longer of these and what was agreed."""
    lately = entries.c.week_of.between(this_week - timedelta(weeks=4), this_week - timedelta(weeks=1))
    worked = select(entries.c.placement_id, func.sum(entries.c.certain_minutes)).join_from(
        placements, entries, entries.c.placement_id == placements.c.id
    )
    return worked.where(RUNNING, lately, entries.c.certain_minutes > 0).group_by(entries.c.placement_id)


def work(db: Session, municipality_id: int, terms: Terms, today: date, *, only: uuid.UUID | None = None) -> list[Work]:
    """Everybody who works in a municipality, or one of them, as the rules need it. Seven statements."""
    numbers, this_week = terms.readiness(today), monday_of(today)

    def all_of(statement: Any, table: Any) -> Iterable[Any]:
        own = statement.where(table.c.municipality_id == municipality_id)
        return db.execute(own.where(table.c.participant_id == only) if only is not None else own)

    ratings: dict[Any, list[Rating]] = {}
    for place, *said in all_of(FEEDBACK, feedback):
        ratings.setdefault(place, []).append(Rating(*said))
    own: dict[Any, list[Own]] = {}
    for who, *view in all_of(SAID, views):
        own.setdefault(who, []).append(Own(*view))
    shown: dict[Any, list[date]] = {}
    for place, day in all_of(SHOWN, tasks_shown):
        shown.setdefault(place, []).append(day)
    told: dict[Any, list[Any]] = {}
    for row in all_of(KNOWN, signals):
        told.setdefault(row.participant_id, []).append(row)
    kept = {row[0]: row[1:] for row in all_of(attendance_of(this_week, numbers), placements)}
    minutes = {row[0]: int(row[1]) for row in all_of(minutes_of(this_week), placements)}
    found = []
    for row in all_of(WORK, placements):
        counts = kept.get(row.id, ())
        career = Career(
            row.starts_on, sorted(ratings.get(row.id, ()), key=by_day), sorted(own.get(row.participant_id, ()), key=by_day), len(row.tasks), shown.get(row.id, ()),
            [Attendance(counts[place], counts[place + 1]) for place in range(0, len(counts), 2)],
        )  # fmt: skip
        week = max(row.weekly_minutes, minutes.get(row.id, 0) // 4)
        found.append(Work(row, career, longest_day(row, terms, week), week, told.get(row.participant_id, ())))
    return found


def longest_day(row: Any, terms: Terms, week_minutes: int) -> date:
    """The last day this work may go on by the terms of its first day; where they say nothing, its own last day."""
    try:
        months = limit_months(terms.duration(row.starts_on), week_minutes)
    except NoTermsInForce:
        months = None
    return row.ends_on if months is None else add_months(row.starts_on, months) - timedelta(days=1)
