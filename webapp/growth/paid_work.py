"""To paid work: the route after a decision, its tasks, the end of the place, what it led to, and whether it lasted."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import literal_column, select
from sqlmodel import Session

from webapp.foundation.clock import add_months, day_of
from webapp.foundation.database import lock_municipality
from webapp.growth import rules
from webapp.growth.careers import decisions, signals
from webapp.growth.models import Signal
from webapp.growth.work_models import Outflow, OutflowCheck, Route, RouteTask
from webapp.history.actions import Change, record, told
from webapp.notifications.actions import notify, notify_many
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.placements.actions import own_caseload
from webapp.terms.shapes import Readiness

routes: Any = Route.__table__  # type: ignore[attr-defined]
tasks: Any = RouteTask.__table__  # type: ignore[attr-defined]
outflows: Any = Outflow.__table__  # type: ignore[attr-defined]
checks: Any = OutflowCheck.__table__  # type: ignore[attr-defined]


class Planned(NamedTuple):
    """A task of a route: whose it is, what, and after how many days. The days are a proposal to plan by, no limit."""

    side: str
    what: str
    days: int


END = Planned("case_manager", "end_place", 14)
BENEFIT = Planned("case_manager", "benefit_check", 21)
READ = Planned("participant", "contract_read", 21)
PLAN: dict[str, tuple[Planned, ...]] = {
    "contract_here": (Planned("employer", "contract_offer", 14), READ, BENEFIT, END),
    "contract_elsewhere": (Planned("participant", "cv", 14), Planned("employer", "reference", 14), Planned("case_manager", "search", 28), BENEFIT, END),
    "wage_subsidy": (Planned("case_manager", "measure", 21), Planned("case_manager", "subsidy", 28), Planned("employer", "contract_offer", 28), READ, BENEFIT, END),
    "training": (Planned("participant", "choose_training", 14), Planned("case_manager", "training_money", 21), Planned("employer", "reference", 14), END),
    "other": (Planned("participant", "wish", 14), Planned("case_manager", "plan", 14), END),
}  # fmt: skip


def routes_visible_to(person: Person, today: date) -> Any:
    query = select(Route).where(routes.c.municipality_id == person.municipality_id)
    if person.role == Role.PARTICIPANT:
        return query.where(routes.c.participant_id == person.id)
    return query.where(routes.c.participant_id.in_(own_caseload(person, today)))


def tasks_visible_to(person: Person, today: date) -> Any:
    query = select(RouteTask).where(tasks.c.municipality_id == person.municipality_id)
    if person.role == Role.PARTICIPANT:
        return query.where(tasks.c.participant_id == person.id)
    return query.where(tasks.c.participant_id.in_(own_caseload(person, today)))


def checks_visible_to(person: Person, today: date) -> Any:
    query = select(OutflowCheck).where(checks.c.municipality_id == person.municipality_id)
    if person.role == Role.PARTICIPANT:
        return query.where(checks.c.participant_id == person.id)
    return query.where(checks.c.participant_id.in_(own_caseload(person, today)))


def route_of(db: Session, participant_id: uuid.UUID) -> Route | None:
    """The route somebody is on now."""
    found: Route | None = db.execute(
        select(Route).where(routes.c.participant_id == participant_id, routes.c.status == literal_column("'open'"))
    ).scalar_one_or_none()
    return found


def tasks_of(db: Session, route_id: uuid.UUID) -> list[Any]:
    return list(db.execute(select(tasks).where(tasks.c.route_id == route_id).order_by(tasks.c.due_on, tasks.c.side, tasks.c.id)))


def open_route(db: Session, signal: Signal, kind: str, *, by: Person, now: datetime) -> Route:
    """Choose the way to paid work, after the decision that it is time. Tasks and dates for each side; the participant reads them.

    Again finds the route of the first time. Raises NotNow before that decision, or while another route is open.
    """
    known: Route | None = db.execute(select(Route).where(routes.c.signal_id == signal.id)).scalar_one_or_none()
    if known is not None:
        return known
    if signal.status != "closed" or route_of(db, signal.participant_id) is not None:
        raise rules.NotNow
    today = day_of(now)
    route = Route(
        municipality_id=signal.municipality_id, participant_id=signal.participant_id, signal_id=signal.id, placement_id=signal.placement_id, kind=kind,
        opened_by=by.id, opened_on=today,
    )  # fmt: skip
    db.add(route)
    db.flush()
    db.add_all(
        [
            RouteTask(
                municipality_id=route.municipality_id, participant_id=route.participant_id, route_id=route.id, side=planned.side, what=planned.what,
                due_on=today + timedelta(days=planned.days),
            )
            for planned in PLAN[kind]
        ]
    )  # fmt: skip
    db.flush()
    told(db, "route.opened", route.id, {"kind": kind, "signal": signal.id, "participant": route.participant_id}, by=by, now=now)
    notify(
        db, to=route.participant_id, municipality_id=route.municipality_id, key="route.opened", slots={"name": by.first_name}, path="/growth#steps",
        cause_id=str(route.id), now=now,
    )  # fmt: skip
    return route


def do_task(db: Session, task: RouteTask, *, by: Person, now: datetime) -> None:
    """Somebody did it. Again changes nothing. A participant ticks their own tasks, a case manager any. Raises NotNow."""
    if by.role == Role.PARTICIPANT and task.side != "participant":
        raise rules.NotNow
    if task.done_at is not None:
        return
    task.done_at, task.done_by = now, by.id
    db.add(task)
    db.flush()
    told(db, "route.task_done", task.route_id, {"what": task.what, "task": task.id}, by=by, now=now)


def task_is_done(db: Session, route_id: uuid.UUID, what: str, *, by: Person, now: datetime) -> None:
    """What was done elsewhere is ticked here too."""
    found: RouteTask | None = db.execute(select(RouteTask).where(tasks.c.route_id == route_id, tasks.c.what == what)).scalar_one_or_none()
    if found is not None:
        do_task(db, found, by=by, now=now)


def stop_route(db: Session, route: Route, reason: str, *, by: Person, now: datetime) -> None:
    """It did not lead to work. The reason is written down; again changes nothing. Raises NoReason, NotNow."""
    if not reason.strip():
        raise rules.NoReason
    if route.status == "stopped":
        return
    if route.status != "open":
        raise rules.NotNow
    route.status = "stopped"
    db.add(route)
    db.flush()
    told(db, "route.stopped", route.id, {"reason": reason.strip()}, by=by, now=now)


def record_outflow(
    db: Session, route: Route, kind: str, weekly_minutes: int, starts_on: date, numbers: Readiness, *, by: Person, now: datetime
) -> Outflow:
    """Somebody goes on to work or a training; they are asked again after some months. A second time finds the first. Raises NotNow."""
    known: Outflow | None = db.execute(select(Outflow).where(outflows.c.route_id == route.id)).scalar_one_or_none()
    if known is not None:
        return known
    if route.status != "open":
        raise rules.NotNow
    route.status = "reached"
    made = Outflow(
        municipality_id=route.municipality_id, participant_id=route.participant_id, route_id=route.id, kind=kind, weekly_minutes=weekly_minutes,
        starts_on=starts_on, recorded_by=by.id, recorded_at=now,
    )  # fmt: skip
    db.add_all([route, made])
    db.flush()
    db.add_all(
        [
            OutflowCheck(
                municipality_id=made.municipality_id,
                participant_id=made.participant_id,
                outflow_id=made.id,
                months=months,
                due_on=add_months(starts_on, months),
            )
            for months in numbers.outflow_months
        ]
    )
    db.flush()
    facts = {"kind": kind, "weekly_minutes": weekly_minutes, "starts_on": starts_on, "route": route.id, "participant": made.participant_id}
    told(db, "outflow.recorded", made.id, facts, by=by, now=now)
    told(db, "route.reached", route.id, {"outflow": made.id}, by=by, now=now)
    return made


def ask_who_left(db: Session, municipality_id: int, *, now: datetime) -> int:
    """Some months later: do you still work there? One message, no reminder. Gives how many were asked."""
    lock_municipality(db, municipality_id)
    due: list[OutflowCheck] = list(
        db.execute(
            select(OutflowCheck).where(
                checks.c.municipality_id == municipality_id,
                checks.c.answered_at.is_(None),
                checks.c.asked_at.is_(None),
                checks.c.due_on <= day_of(now),
            )
        ).scalars()
    )
    for check in due:
        check.asked_at = now
    db.add_all(due)
    db.flush()
    record(
        db, [Change("outflow.asked", check.id, {"months": check.months}) for check in due], municipality_id=municipality_id, actor_id=None,
        actor_role="clock", now=now,
    )  # fmt: skip
    notify_many(
        db,
        [
            {"to": check.participant_id, "municipality_id": municipality_id, "key": "work.still", "slots": {}, "path": f"/growth/work/{check.id}", "cause_id": str(check.id), "now": now}
            for check in due
        ],
    )  # fmt: skip
    return len(due)


def say_still(db: Session, check: OutflowCheck, answer: str, *, by: Person, now: datetime) -> None:
    """One tap, by the person or by the case manager who spoke with them. The same again changes nothing; another answer counts from now on."""
    if check.answer == answer:
        return
    check.answer, check.answered_at, check.answered_by = answer, now, by.id
    db.add(check)
    db.flush()
    told(db, "outflow.answered", check.id, {"answer": answer, "months": check.months}, by=by, now=now)


def outflow_of(db: Session, participant_id: uuid.UUID) -> list[Any]:
    """What somebody went on to, newest first, with its questions."""
    return list(
        db.execute(
            select(outflows.c.kind, outflows.c.weekly_minutes, outflows.c.starts_on, checks.c.id.label("check_id"), checks.c.months, checks.c.due_on, checks.c.asked_at, checks.c.answer)
            .join_from(outflows, checks, checks.c.outflow_id == outflows.c.id)
            .where(outflows.c.participant_id == participant_id)
            .order_by(outflows.c.starts_on.desc(), checks.c.months)
        )
    )  # fmt: skip


def decided_for_work(db: Session, participant_id: uuid.UUID) -> Signal | None:
    """The signal after which it was decided to go to a regular job, while no route was chosen for it yet."""
    found: Signal | None = db.execute(
        select(Signal)
        .join(decisions, decisions.c.signal_id == signals.c.id)
        .outerjoin(routes, routes.c.signal_id == signals.c.id)
        .where(signals.c.participant_id == participant_id, signals.c.status == "closed", decisions.c.decision == "regular_job", routes.c.id.is_(None))
        .order_by(decisions.c.decided_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return found
