"""What people say: a supervisor about a week, a participant about themselves and about the workplace."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, literal_column, or_, select
from sqlmodel import Session

from webapp.foundation.clock import day_of, monday_of
from webapp.foundation.database import Read
from webapp.growth import rubric, rules, signals
from webapp.growth.careers import feedback as table
from webapp.growth.careers import requests, tasks_shown
from webapp.growth.models import Feedback, OwnView, TaskShown, WorkplaceRating
from webapp.history.actions import Change, record_by
from webapp.hours.reads import accounts, placements
from webapp.notifications.actions import notify
from webapp.people.person import Person
from webapp.placements.models import Placement
from webapp.terms.actions import Terms
from webapp.terms.shapes import Readiness

ratings: Any = WorkplaceRating.__table__  # type: ignore[attr-defined]
views: Any = OwnView.__table__  # type: ignore[attr-defined]

# whom a workplace may say something about: works, and was there in that week. One person beside the hours, until anything was
# said of them; on the page of their own also those of whom only half was told.
_told = and_(table.c.placement_id == placements.c.id, table.c.week_of == bindparam("week"))
_complete = or_(table.c.skipped, table.c.item != "", table.c.hire != "")
_columns = (placements.c.id, placements.c.starts_on, accounts.c.first_name, accounts.c.last_name)
_works = (
    placements.c.establishment_id == bindparam("establishment"), placements.c.status == literal_column("'running'"),
    placements.c.starts_on <= bindparam("last"), placements.c.ends_on >= bindparam("week"),
)  # fmt: skip
_order = (placements.c.starts_on, placements.c.id)
_from = select(*_columns).join_from(placements, accounts, accounts.c.id == placements.c.participant_id).where(*_works).order_by(*_order)
NEXT = Read(_from.where(~select(table.c.id).where(_told).exists()).limit(1))
ALL_WAITING = Read(_from.where(~select(table.c.id).where(_told, _complete).exists()))
ASKED = select(
    table.c.placement_id,
    func.max(table.c.week_of).filter(table.c.hire != "").label("hire"),
    *(func.max(table.c.week_of).filter(table.c.item == item).label(item) for item in rubric.BEHAVIOURS),
).group_by(table.c.placement_id)
TASKS = select(placements.c.id, requests.c.tasks).join_from(placements, requests, requests.c.id == placements.c.request_id)


class Ask(NamedTuple):
    """What is asked about one person this week. `question`: a behaviour, or "hire". `tasks`: what was not shown yet. `help`: was told already."""

    placement_id: uuid.UUID
    name: str
    first_name: str
    week: date
    question: str
    tasks: Sequence[str]
    help: str = ""


def waiting(db: Session, establishment_id: uuid.UUID | None, today: date, *, first: bool = False) -> list[Any]:
    """Whom this workplace may say something about, the longest there first. One statement."""
    week = rubric.week_asked(today)
    read = NEXT if first else ALL_WAITING
    return read.all(db, establishment=establishment_id, week=week, last=week + timedelta(days=6))


def asks(db: Session, people: Sequence[Any], numbers: Readiness, week: date) -> list[Ask]:
    """What is asked about each of these people in a week: two questions at most, so that with saving it is three taps."""
    ids = [row.id for row in people]
    asked = {row.placement_id: row for row in db.execute(ASKED.where(table.c.placement_id.in_(ids)))} if ids else {}
    tasks = {row.id: row.tasks for row in db.execute(TASKS.where(placements.c.id.in_(ids)))} if ids else {}
    shown = {(row.placement_id, row.task) for row in db.execute(select(tasks_shown).where(tasks_shown.c.placement_id.in_(ids)))} if ids else set()
    told = (
        {
            row.placement_id: row.help
            for row in db.execute(select(table.c.placement_id, table.c.help).where(table.c.placement_id.in_(ids), table.c.week_of == week))
        }
        if ids
        else {}
    )
    found = []
    for row in people:
        known = asked.get(row.id)
        when = {name: getattr(known, name) for name in ("hire", *rubric.BEHAVIOURS) if known is not None and getattr(known, name)}
        question = rubric.question(when, week, first_week=monday_of(row.starts_on), hire_every_weeks=numbers.hire_every_weeks)
        open_tasks = [task for task in tasks.get(row.id, ()) if (row.id, task) not in shown]
        found.append(Ask(row.id, f"{row.first_name} {row.last_name[:1]}.", row.first_name, week, question, open_tasks, told.get(row.id, "")))
    return found


class Said(NamedTuple):
    """What a supervisor said about one week, as typed values."""

    week: date
    help: str = ""
    item: str = ""
    level: int | None = None
    hire: str = ""
    words: str = ""
    tasks: Sequence[str] = ()
    skipped: bool = False


def give(db: Session, id: uuid.UUID, placement: Placement, said: Said, terms: Terms, *, by: Person, now: datetime) -> Feedback | None:
    """A supervisor tells about a week. The same id again changes nothing; another one for the same week adds to it: what it
    leaves open stays as it was, what it says takes the place of before.

    The participant can read it at once; with an answer of theirs to it, it stands as it is and None is given.
    """
    if by.id == placement.participant_id:
        raise rules.NotNow
    if db.get(Feedback, id) is not None:
        return None
    known: Feedback | None = db.execute(
        select(Feedback).where(table.c.placement_id == placement.id, table.c.observer_id == by.id, table.c.week_of == said.week)
    ).scalar_one_or_none()
    if known is not None and known.answered_at is not None:
        return None
    values = {"help": said.help, "item": said.item, "level": said.level, "hire": said.hire, "words": said.words, "skipped": said.skipped}
    was = {name: getattr(known, name) for name in values} if known is not None else {}
    if known is not None and not said.skipped:
        values = {name: value or was[name] for name, value in values.items()} | {"skipped": False}
    given = known or Feedback(
        id=id, municipality_id=placement.municipality_id, placement_id=placement.id, participant_id=placement.participant_id,
        establishment_id=placement.establishment_id, observer_id=by.id, week_of=said.week, given_at=now, given_on=day_of(now),
    )  # fmt: skip
    given.sqlmodel_update({**values, "given_at": now, "given_on": day_of(now)})
    db.add(given)
    db.flush()
    show_tasks(db, placement, said.tasks, by=by, now=now)
    facts = {"placement": placement.id, "week": said.week, **values, **({"was": was} if was else {})}
    record_by(db, [Change("feedback.skipped" if said.skipped else "feedback.given", given.id, facts)], by=by, now=now)
    if not said.skipped:
        notify(
            db, to=placement.participant_id, municipality_id=placement.municipality_id, key="feedback.new", slots={"name": by.first_name},
            path="/growth#words", cause_id=str(given.id), now=now, hold_seconds=60,
        )  # fmt: skip
        signals.notice(db, placement.municipality_id, terms, now=now, only=placement.participant_id)
    return given


def show_tasks(db: Session, placement: Placement, tasks: Sequence[str], *, by: Person, now: datetime) -> None:
    """Somebody showed they can do these. What was ticked before stays as it was."""
    of_work = db.execute(TASKS.where(placements.c.id == placement.id)).one().tasks
    known = set(db.execute(select(tasks_shown.c.task).where(tasks_shown.c.placement_id == placement.id)).scalars())
    fresh = [task for task in dict.fromkeys(tasks) if task in of_work and task not in known]
    made = [
        TaskShown(
            municipality_id=placement.municipality_id, placement_id=placement.id, participant_id=placement.participant_id, task=task,
            shown_on=day_of(now), shown_by=by.id,
        )
        for task in fresh
    ]  # fmt: skip
    db.add_all(made)
    db.flush()
    changes = [Change("task.shown", row.id, {"task": row.task, "placement": placement.id}) for row in made]
    record_by(db, changes, by=by, now=now)


def answer(db: Session, given: Feedback, words: str, *, by: Person, now: datetime) -> None:
    """What the participant says to it; their supervisor and case manager read it. An empty answer takes it back."""
    if given.answer == words.strip():
        return
    given.answer = words.strip()
    given.answered_at = now if given.answer else None
    db.add(given)
    db.flush()
    record_by(db, [Change("feedback.answered", given.id, {"answer": given.answer})], by=by, now=now)


def say_own_view(db: Session, id: uuid.UUID, feels: str, ready: str, words: str, terms: Terms, *, by: Person, now: datetime) -> None:
    """How I see it myself, this week. The last word of a week counts; the same again changes nothing."""
    today = day_of(now)
    week = monday_of(today)
    known: OwnView | None = db.execute(select(OwnView).where(views.c.participant_id == by.id, views.c.week_of == week)).scalar_one_or_none()
    values = {"feels": feels, "ready": ready, "words": words.strip()}
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return
    if known is None:
        if db.get(OwnView, id) is not None:
            return
        known = OwnView(id=id, municipality_id=by.municipality_id, participant_id=by.id, week_of=week, given_on=today, **values)
    known.sqlmodel_update({**values, "given_on": today})
    db.add(known)
    db.flush()
    record_by(db, [Change("own_view.said", known.id, {"week": week, **values})], by=by, now=now)
    signals.notice(db, by.municipality_id, terms, now=now, only=by.id)


def rate_workplace(
    db: Session, id: uuid.UUID, placement: Placement, colours: dict[str, str], words: str, terms: Terms, *, by: Person, now: datetime
) -> None:
    """What the workplace is like. Enough red answers in a while ask the case manager to talk; the employer reads none of it."""
    today = day_of(now)
    week = monday_of(today)
    known: WorkplaceRating | None = db.execute(
        select(WorkplaceRating).where(ratings.c.placement_id == placement.id, ratings.c.week_of == week)
    ).scalar_one_or_none()
    values = {**colours, "words": words.strip()}
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return
    if known is None:
        if db.get(WorkplaceRating, id) is not None:
            return
        known = WorkplaceRating(
            id=id, municipality_id=by.municipality_id, participant_id=by.id, placement_id=placement.id, week_of=week, given_on=today, **values
        )
    known.sqlmodel_update({**values, "given_on": today})
    db.add(known)
    db.flush()
    record_by(db, [Change("workplace.rated", known.id, {"week": week, **values})], by=by, now=now)
    numbers = terms.readiness(today)
    since = today - timedelta(weeks=numbers.fresh_weeks)
    rows = db.execute(
        select(ratings.c.safe, ratings.c.explained, ratings.c.fair).where(ratings.c.placement_id == placement.id, ratings.c.given_on > since)
    ).all()
    if any(colour == "bad" for colour in colours.values()) and rules.red_answers([tuple(row) for row in rows]) >= numbers.red_answers:
        signals.raise_for(db, placement, "workplace", {"answers": dict(colours), "words": values["words"]}, terms, now=now)


def wants_to_hire(db: Session, placement: Placement, terms: Terms, *, by: Person, now: datetime) -> bool:
    """The employer wants to hire: the case manager and the participant hear of it. A second time changes nothing and gives False."""
    made = signals.raise_for(db, placement, "hire", {"by": by.first_name, "place": by.organisation_name or ""}, terms, now=now)
    if made:
        notify(
            db, to=placement.participant_id, municipality_id=placement.municipality_id, key="hire.wish", slots={"name": by.first_name},
            path="/growth", cause_id=f"{placement.id}:{day_of(now)}", now=now,
        )  # fmt: skip
    return made
