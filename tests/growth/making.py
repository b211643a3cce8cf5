"""Growth for tests: feedback, signals and routes as rows, where a test is about what comes after them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from tests import factories as make
from webapp.growth.models import Feedback, Objection, OwnView, Signal, SignalDecision, TaskShown
from webapp.growth.work_models import Outflow, OutflowCheck, Route, RouteTask
from webapp.placements.models import Placement

POINTS = [
    {"name": "rhythm", "state": "met", "facts": {"planned": 20, "kept": 19, "weeks": 4}},
    {"name": "independence", "state": "met", "facts": {"weeks": 3, "rated": 5, "on_own": 4, "observers": 1}},
    {"name": "tasks", "state": "met", "facts": {"shown": 3, "tasks": 3}},
    {"name": "employer", "state": "met", "facts": {"said": "yes", "on": make.TODAY.isoformat()}},
    {"name": "own_view", "state": "unknown", "facts": {}},
]


def base(of: Placement) -> dict[str, Any]:
    return {"municipality_id": of.municipality_id, "participant_id": of.participant_id, "placement_id": of.id}


def feedback(world: make.World, of: Placement | None = None, *, weeks_ago: int = 1, **more: Any) -> Feedback:
    of = of or world.placement
    week = more.pop("week_of", make.MONDAY + timedelta(weeks=1 - weeks_ago))
    values: dict[str, Any] = {"help": "some", "item": "tempo", "level": 3, "words": "Gaat goed.", "observer_id": of.supervisor_id, **more}
    made = Feedback(
        id=uuid.uuid4(), **base(of), establishment_id=of.establishment_id, week_of=week, given_at=make.NOW - timedelta(weeks=weeks_ago),
        given_on=make.TODAY - timedelta(weeks=weeks_ago), **values,
    )  # fmt: skip
    make.save(world.database, made)
    return made


def signal(world: make.World, of: Placement | None = None, **more: Any) -> Signal:
    of = of or world.placement
    values: dict[str, Any] = {
        "kind": "ready", "raised_on": make.TODAY, "due_on": make.TODAY + timedelta(days=7),
        "facts": {"points": POINTS, "missing": [], "week": 6, "weeks": 26, "source": "test"}, **more,
    }  # fmt: skip
    made = Signal(**base(of), establishment_id=of.establishment_id, raised_at=make.NOW, **values)
    make.save(world.database, made)
    return made


def decided(world: make.World, about: Signal, decision: str, *, days_ago: int = 0, by: Any = None) -> SignalDecision:
    made = SignalDecision(
        municipality_id=about.municipality_id, participant_id=about.participant_id, signal_id=about.id, decision=decision, reason="Zo is het besproken.",
        decided_by=by or world.case_manager.account_id, decided_at=make.NOW - timedelta(days=days_ago),
    )  # fmt: skip
    make.save(world.database, made)
    return made


def route(world: make.World, of: Placement | None = None) -> Route:
    """An open route after a decision, with a step of each side, an objection against the decision, and an earlier outflow that is asked about."""
    of = of or world.placement
    about = signal(world, of, kind="hire", status="closed", raised_on=make.TODAY - timedelta(days=30))
    decided(world, about, "regular_job", days_ago=20)
    own = {"municipality_id": of.municipality_id, "participant_id": of.participant_id}
    make.save(world.database, Objection(
        **own, signal_id=about.id, kind="look", words="Kijk nog eens.", made_at=make.NOW, due_on=make.TODAY + timedelta(days=14), asked_id=world.colleague.account_id,
    ))  # fmt: skip
    made = Route(**own, signal_id=about.id, placement_id=of.id, kind="contract_here", opened_by=world.case_manager.account_id, opened_on=make.TODAY)
    before = signal(world, of, kind="hire", status="closed", raised_on=make.TODAY - timedelta(days=200))
    old = Route(
        **own, signal_id=before.id, placement_id=of.id, kind="other", status="reached", opened_by=world.case_manager.account_id, opened_on=make.TODAY
    )
    make.save(world.database, made, old)
    for side in ("participant", "employer", "case_manager"):
        make.save(
            world.database,
            RouteTask(
                **own,
                route_id=made.id,
                side=side,
                what={"participant": "contract_read", "employer": "contract_offer"}.get(side, "end_place"),
                due_on=make.TODAY,
            ),
        )
    went = Outflow(
        **own,
        route_id=old.id,
        kind="other",
        weekly_minutes=1200,
        starts_on=make.TODAY - timedelta(days=120),
        recorded_by=world.case_manager.account_id,
        recorded_at=make.NOW,
    )
    make.save(world.database, went)
    make.save(world.database, OutflowCheck(**own, outflow_id=went.id, months=3, due_on=make.TODAY - timedelta(days=20), asked_at=make.NOW))
    return made


def own_view(world: make.World, ready: str = "yes", *, weeks_ago: int = 1) -> None:
    make.save(world.database, OwnView(
        id=uuid.uuid4(), municipality_id=world.municipality_id, participant_id=world.placement.participant_id, week_of=make.MONDAY + timedelta(weeks=1 - weeks_ago),
        given_on=make.TODAY - timedelta(weeks=weeks_ago), feels="well", ready=ready,
    ))  # fmt: skip


def shown(world: make.World, task: str = "Planten in potten zetten", *, weeks_ago: int = 4) -> None:
    make.save(
        world.database,
        TaskShown(**base(world.placement), task=task, shown_on=make.TODAY - timedelta(weeks=weeks_ago), shown_by=world.supervisor.account_id),
    )


def ready_career(world: make.World) -> None:
    """Six weeks in which the world's participant came every day, needed ever less help, learned the task, and would be hired.

    Four of five milestones hold since three weeks; nobody asked for the own view.
    """
    for day in range(7 * 6 + 7):
        on = make.MONDAY + timedelta(days=6) - timedelta(days=day)
        if on >= world.placement.starts_on and on.weekday() < 5:
            plan_worked(world, on)
    items = ("instructions", "tempo", "quality", "on_time", "endurance", "together")
    for back, (item, level) in zip(range(6, 0, -1), zip(items, (4, 4, 4, 4, 3, 4), strict=True), strict=True):
        feedback(world, weeks_ago=back, item=item, level=level, help="little", hire="yes" if back in (4, 1) else "")
    shown(world, weeks_ago=5)


def plan_worked(world: make.World, on: Any) -> None:
    """Hours that were written for the shift planned on this day."""
    from sqlalchemy import select

    from webapp.placements.actions import shifts

    with world.database.transaction() as db:
        plan = db.execute(select(shifts).where(shifts.c.placement_id == world.placement.id, shifts.c.day == on)).first()
    if plan is not None:
        make.hours(world.database, world.placement, day=on, planned_shift_id=plan.id)
