"""Whoever does what to an entry, in whatever order: no fault, every certain minute in the ledger once, nothing certain lost by itself."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests import factories as make
from tests.premium.independent import cents_of
from webapp.hours.models import HoursEntry
from webapp.premium.models import LedgerLine
from webapp.verify import faults

RATE = 233
ANYBODY = ("participant", "other_participant", "stranger", "supervisor", "other_supervisor", "case_manager", "colleague")
STOPS = ("12:30", "13:00", "13:20", "15:00")

steps = st.one_of(
    st.tuples(st.just("rewrite"), st.sampled_from(STOPS)), st.tuples(st.just("withdraw"), st.none()), st.tuples(st.just("confirm"), st.none()),
    st.tuples(st.just("undo"), st.none()), st.tuples(st.just("correct"), st.sampled_from((*STOPS, "not_worked"))), st.tuples(st.just("agree"), st.none()),
    st.tuples(st.just("dispute"), st.none()), st.tuples(st.just("rule"), st.sampled_from((0, 200, 240, 260, 360, 999))),
)  # fmt: skip
own = {"rewrite": "participant", "withdraw": "participant", "agree": "participant", "dispute": "participant", "rule": "case_manager"}
# mostly the right person, so that walks get far; sometimes anybody
walks = st.lists(st.tuples(steps, st.one_of(st.none(), st.none(), st.none(), st.sampled_from(ANYBODY))), max_size=9)

days = itertools.count()


def take(visitor: Any, entry: HoursEntry, version: int, step: tuple[str, Any]) -> Any:
    what, value = step
    address = f"/hours/{entry.id}"
    if what == "rewrite":
        form = {
            "placement_id": str(entry.placement_id),
            "worked_on": entry.worked_on.isoformat(),
            "start": "08:30",
            "stop": value,
            "break_minutes": "30",
            "version": str(version),
        }
        return visitor.post(address, form)
    if what == "correct":
        reason, stop = ("not_worked", "13:00") if value == "not_worked" else ("other", value)
        return visitor.post(f"{address}/correction", {"start": "08:30", "stop": stop, "break_minutes": "30", "reason": reason, "note": "Klok."})
    if what in ("agree", "dispute"):
        return visitor.post(f"{address}/response", {"response": what, "reason": "Ik was er."})
    if what == "rule":
        return visitor.post(f"{address}/ruling", {"ruling": "other", "minutes": f"{value // 60}:{value % 60:02d}", "reason": "Zo was het."})
    return visitor.post(address + {"withdraw": "/withdrawal", "confirm": "/confirmation", "undo": "/confirmation/undo"}[what])


def test_any_walk_keeps_what_is_certain(world: make.World, as_person: Any, session: Session) -> None:
    make.change_rate(world.database, world.municipality_id, RATE, valid_from=date(2021, 1, 1))
    request = make.work_request(world.database, world.establishment, world.supervisor, starts_on=make.TODAY - timedelta(days=700), weeks=110)
    placement = make.placement(world.database, request, world.participant, world.case_manager)
    visitors = {name: as_person(getattr(world, name)) for name in ANYBODY}
    seen = set()

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(walks)
    @example([(("correct", "15:00"), None), (("confirm", None), None), (("undo", None), None)])
    @example([(("confirm", None), None), (("correct", "12:30"), None), (("confirm", None), None), (("undo", None), None)])
    @example(
        [(("correct", "12:30"), None), (("dispute", None), None), (("agree", None), None), (("correct", "not_worked"), None), (("agree", None), None)]
    )
    @example([(("confirm", None), None), (("dispute", None), None), (("agree", None), None)])
    @example([(("correct", "12:30"), None), (("dispute", None), None), (("rule", 240), None), (("rule", 200), None)])
    @example([(("rewrite", "13:20"), None), (("withdraw", None), None), (("rewrite", "13:00"), None), (("confirm", None), None)])
    @example([(("correct", "13:00"), None), (("undo", None), None), (("rewrite", "15:00"), None), (("correct", "12:30"), None)])
    def walk(walked: list[tuple[tuple[str, Any], str | None]]) -> None:
        entry = make.hours(world.database, placement, day=make.TODAY - timedelta(days=60 + next(days) % 600))
        before = entry
        for step, anybody in walked:
            who = anybody or own.get(step[0], "supervisor")
            answer = take(visitors[who], entry, before.version, step)
            session.rollback()
            after = session.get(HoursEntry, entry.id)
            assert after is not None
            minutes, cents = session.execute(
                select(func.coalesce(func.sum(LedgerLine.minutes), 0), func.coalesce(func.sum(LedgerLine.amount_cents), 0)).where(
                    col(LedgerLine.cause_id) == entry.id
                )
            ).one()
            assert answer.status_code in (303, 403, 404, 409, 422), (step, who)
            assert (int(minutes), int(cents)) == (after.certain_minutes, cents_of(after.certain_minutes, RATE)), (step, who)
            if after.certain_minutes < before.certain_minutes:
                assert step[0] in ("agree", "rule", "undo"), (step, who)
            if who != own.get(step[0], "supervisor") or answer.status_code >= 400:
                assert after.version == before.version, (step, who)
            seen.add(after.status)
            before = after.model_copy()

    walk()

    assert seen == {"sent", "withdrawn", "confirmed", "corrected", "disputed", "ruled"}
    # what factories put there has no history of its own, and lasts longer than any terms allow; everything else must hold
    assert [fault for fault in faults(world.database) if fault.rule not in ("V6", "V7")] == []
