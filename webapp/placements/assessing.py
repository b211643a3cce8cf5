"""Running the displacement tests where something happens: asked, offered, started, changed. The rules are in `safeguards`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.people.person import Person
from webapp.placements.checks import Checked
from webapp.placements.facts import facts_of
from webapp.placements.models import Placement
from webapp.requests.models import WorkRequest
from webapp.safeguards.actions import keep
from webapp.safeguards.limits import limits_of
from webapp.safeguards.models import Assessment
from webapp.safeguards.reads import agreed
from webapp.safeguards.rules import NOT_ALLOWED, Facts, Finding, Judged, assess, covered, worst
from webapp.terms.snapshot import Terms


class Blocked(Exception):
    """A test stands in the way. `hard`: no reason can allow it; otherwise two people have to judge. `items` names which."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(finding.item for finding in findings))
        self.items = [finding.item for finding in findings]
        self.hard = worst(findings) == NOT_ALLOWED


class Tested(NamedTuple):
    """One run of the tests: what was known, what was found, and what two people agreed to before."""

    facts: Facts
    findings: list[Finding]
    judged: list[Judged]

    @property
    def in_the_way(self) -> list[Finding]:
        return [finding for finding in self.findings if not covered(finding, self.judged)]


def run(
    db: Session, work: WorkRequest, terms: Terms, *, day: date, participant_id: uuid.UUID | None = None, placement: Placement | None = None,
    judged: list[Judged] | None = None, **more: Any,
) -> Tested:  # fmt: skip
    """Run all tests, and keep nothing. `judged`: what two people agreed to, when the caller knows; `more`: see `facts_of`."""
    limits = limits_of(terms, first_day=placement.starts_on if placement else work.starts_on, day=day)
    facts = facts_of(db, work, limits, day=day, participant_id=participant_id, placement=placement, **more)
    return Tested(facts, assess(facts, limits), agreed(db, [work.id]).get(work.id, []) if judged is None else judged)


def keep_tested(
    db: Session, work: WorkRequest, tested: Tested, *, occasion: str, participant_id: uuid.UUID | None = None, placement: Placement | None = None,
    id: uuid.UUID | None = None, by: Person | None, now: datetime,
) -> Assessment:  # fmt: skip
    return keep(
        db, tested.findings, municipality_id=work.municipality_id, request_id=work.id, establishment_id=work.establishment_id, occasion=occasion,
        day=tested.facts.day, participant_id=placement.participant_id if placement else participant_id, placement_id=placement.id if placement else None,
        id=id, by=by, now=now,
    )  # fmt: skip


def look(
    db: Session, work: WorkRequest, terms: Terms, *, occasion: str, participant_id: uuid.UUID | None = None, placement: Placement | None = None,
    by: Person | None, now: datetime, **more: Any,
) -> Tested:  # fmt: skip
    """Run all tests on an occasion and keep what was found. Raises nothing: `ensure` does."""
    tested = run(db, work, terms, day=day_of(now), participant_id=participant_id, placement=placement, **more)
    keep_tested(db, work, tested, occasion=occasion, participant_id=participant_id, placement=placement, by=by, now=now)
    return tested


def look_again(db: Session, placement: Placement, terms: Terms, checked: Checked, *, occasion: str, by: Person | None, now: datetime) -> Tested:
    """Run all tests on a placement as it would become: until the last day that was checked, with the week that counts."""
    work = db.get(WorkRequest, placement.request_id)
    assert work is not None
    return look(
        db, work, terms, occasion=occasion, placement=placement, last_day=max(checked.last_day, placement.starts_on), week_minutes=checked.week_minutes,
        by=by, now=now,
    )  # fmt: skip


def ensure(tested: Tested) -> None:
    """Nothing stands in the way, or two people judged what does. Raises Blocked."""
    if found := tested.in_the_way:
        raise Blocked(found)
