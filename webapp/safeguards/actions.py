"""Writing down what the tests found, what people judged about it, and which employers get nobody for a while."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlmodel import Session

from webapp.foundation.ids import new_id
from webapp.history.actions import Change, record
from webapp.notifications.actions import notify_many
from webapp.people.models import Membership
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.safeguards.models import Assessment, EmployerRestriction, Override
from webapp.safeguards.rules import NEEDS_REASON, OK, Finding, NotKeptApart, fingerprint, worst

overrides: Any = Override.__table__  # type: ignore[attr-defined]
assessments: Any = Assessment.__table__  # type: ignore[attr-defined]
restrictions: Any = EmployerRestriction.__table__  # type: ignore[attr-defined]
members: Any = Membership.__table__  # type: ignore[attr-defined]


class CannotBeJudged(Exception):
    """A reason was given for something that is in order, or that no reason can allow. `item` says which."""

    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.item = item


class AlreadySigned(Exception):
    """Somebody else signed meanwhile; what they said stands."""


class NotWhole(Exception):
    """A restriction lacks something. `fields`: field -> why."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def keep(
    db: Session, findings: Sequence[Finding], *, municipality_id: int, request_id: uuid.UUID, establishment_id: uuid.UUID, occasion: str, day: date,
    participant_id: uuid.UUID | None = None, placement_id: uuid.UUID | None = None, id: uuid.UUID | None = None, by: Person | None, now: datetime,
) -> Assessment:  # fmt: skip
    """Keep one run of all tests. The caller holds the municipality's lock. The same `id` again keeps nothing new."""
    known = db.get(Assessment, id) if id is not None else None
    if known is not None:
        return known
    made = Assessment(
        id=id or new_id(), municipality_id=municipality_id, request_id=request_id, establishment_id=establishment_id,
        participant_id=participant_id, placement_id=placement_id, occasion=occasion, day=day, made_by=by.id if by else None, made_at=now,
        **_found(findings),
    )  # fmt: skip
    db.add(made)
    db.flush()
    _record(db, "safeguards.assessed", placement_id or request_id, _told(occasion, findings), municipality_id=municipality_id, by=by, now=now)
    return made


class Tested(NamedTuple):
    """One running placement and what was found of it."""

    placement_id: uuid.UUID
    participant_id: uuid.UUID
    request_id: uuid.UUID
    establishment_id: uuid.UUID
    findings: Sequence[Finding]


def keep_many(db: Session, tested: Sequence[Tested], *, municipality_id: int, occasion: str, day: date, now: datetime) -> None:
    """Keep what the clock found of many placements, with a fixed number of statements. The caller holds the municipality's lock."""
    if not tested:
        return
    about = {"municipality_id": municipality_id, "occasion": occasion, "day": day, "made_by": None, "made_at": now}
    rows, changes = [], []
    for one in tested:
        row = {
            **about, "id": new_id(), "request_id": one.request_id, "establishment_id": one.establishment_id, "participant_id": one.participant_id,
            "placement_id": one.placement_id, **_found(one.findings),
        }  # fmt: skip
        rows.append(row)
        changes.append(Change("safeguards.assessed", one.placement_id, _told(occasion, one.findings)))
    db.execute(insert(assessments), rows)
    record(db, changes, municipality_id=municipality_id, actor_id=None, actor_role="clock", now=now)


def _found(findings: Sequence[Finding]) -> dict[str, Any]:
    """The columns of an assessment that say what was found."""
    return {
        "rule_version": findings[0].rule_version, "findings": [finding.plain() for finding in findings], "outcome": worst(findings),
        "fingerprint": fingerprint(findings),
    }  # fmt: skip


def _told(occasion: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """What the history says of it."""
    return {"occasion": occasion, "outcome": worst(findings), "items": {one.item: one.outcome for one in findings if one.outcome != OK}}


def judge(db: Session, assessment: Assessment, reasons: Mapping[str, tuple[str, str]], *, by: Person, now: datetime) -> list[Override]:
    """A case manager judges: item -> (reason, what it rests on). It counts once a colleague agrees. Again changes nothing.

    Raises CannotBeJudged for what is in order or not allowed.
    """
    findings = {one["item"]: one for one in assessment.findings}
    known = {one.item: one for one in db.execute(select(Override).where(overrides.c.assessment_id == assessment.id)).scalars()}
    for item in reasons:
        if item not in findings or findings[item]["outcome"] != NEEDS_REASON:
            raise CannotBeJudged(item)
    made = []
    for item, (reason, evidence) in reasons.items():
        if item in known:
            continue
        made.append(
            Override(
                municipality_id=assessment.municipality_id,
                assessment_id=assessment.id,
                request_id=assessment.request_id,
                item=item,
                value=findings[item]["value"],
                reason=reason,
                evidence=evidence,
                decided_by=by.id,
                decided_at=now,
            )
        )
    db.add_all(made)
    db.flush()
    if made:
        facts = {"items": {one.item: one.value for one in made}}
        _record(db, "safeguards.judged", assessment.request_id, facts, municipality_id=assessment.municipality_id, by=by, now=now)
        _ask_colleagues(db, assessment, by=by, day=assessment.day, now=now)
    return made


def _ask_colleagues(db: Session, assessment: Assessment, *, by: Person, day: date, now: datetime) -> None:
    """Every other case manager hears that somebody has to look as second; where there is none, the administrators."""
    rows = db.execute(
        select(members.c.account_id, members.c.role).where(
            members.c.municipality_id == assessment.municipality_id, members.c.role.in_((Role.CASE_MANAGER, Role.ADMIN)), members.c.account_id != by.id,
            members.c.valid_from <= day, (members.c.valid_until.is_(None)) | (members.c.valid_until >= day),
        )
    ).all()  # fmt: skip
    near = [row.account_id for row in rows if row.role == Role.CASE_MANAGER] or [row.account_id for row in rows]
    _tell(db, "safeguards.second", dict.fromkeys(near), {"name": by.first_name}, assessment.request_id, cause=str(assessment.id), by=by, now=now)


def sign(db: Session, assessment_id: uuid.UUID, *, agrees: bool, by: Person, now: datetime) -> bool:
    """A second person agrees with every judgement of an assessment that still waits, or does not. Gives whether something changed.

    The same answer again changes nothing. Raises NotKeptApart for who judged it, and AlreadySigned when a colleague answered otherwise.
    """
    judged = list(
        db.execute(select(Override).where(overrides.c.assessment_id == assessment_id, overrides.c.municipality_id == by.municipality_id)).scalars()
    )
    if any(one.decided_by == by.id for one in judged):
        raise NotKeptApart
    waiting = [one for one in judged if one.second_by is None]
    if not waiting:
        if any(one.second_agrees != agrees for one in judged):
            raise AlreadySigned
        return False
    changed: Any = db.execute(
        update(Override)
        .where(overrides.c.id.in_([one.id for one in waiting]), overrides.c.second_by.is_(None))
        .values(second_by=by.id, second_at=now, second_agrees=agrees)
    )
    if changed.rowcount != len(waiting):
        raise AlreadySigned
    db.flush()
    request_id = waiting[0].request_id
    facts = {"items": {one.item: one.value for one in waiting}}
    _record(db, "safeguards.agreed" if agrees else "safeguards.refused", request_id, facts, municipality_id=by.municipality_id, by=by, now=now)
    key = "safeguards.agreed" if agrees else "safeguards.refused"
    _tell(db, key, {waiting[0].decided_by: None}, {"name": by.first_name}, request_id, cause=f"{assessment_id}:signed", by=by, now=now)
    return True


def restrict(
    db: Session, employer_id: uuid.UUID, *, reason: str, evidence: str, starts_on: date, ends_on: date | None, id: uuid.UUID | None = None,
    by: Person, now: datetime,
) -> EmployerRestriction:  # fmt: skip
    """For a while nobody is placed at this employer. The same `id` again changes nothing. Raises NotWhole, with every field that is wrong."""
    known = db.get(EmployerRestriction, id) if id is not None else None
    if known is not None and known.municipality_id == by.municipality_id:
        return known
    wrong = {name: "empty" for name, words in (("reason", reason), ("evidence", evidence)) if not words.strip()}
    if ends_on is None:
        wrong["ends_on"] = "empty"
    elif ends_on < starts_on:
        wrong["ends_on"] = "before_first"
    if wrong or ends_on is None:
        raise NotWhole(wrong)
    made = EmployerRestriction(
        id=id or new_id(), municipality_id=by.municipality_id, employer_id=employer_id, reason=reason.strip(), evidence=evidence.strip(),
        starts_on=starts_on, ends_on=ends_on, made_by=by.id, made_at=now,
    )  # fmt: skip
    db.add(made)
    db.flush()
    facts = {"starts_on": starts_on, "ends_on": ends_on}
    _record(db, "employer.restricted", employer_id, facts, municipality_id=by.municipality_id, by=by, now=now)
    return made


def lift(db: Session, restriction: EmployerRestriction, *, by: Person, day: date, now: datetime) -> None:
    """It no longer counts from this day on. Again changes nothing."""
    if restriction.lifted_on is not None:
        return
    restriction.lifted_on, restriction.lifted_by = day, by.id
    db.add(restriction)
    db.flush()
    _record(db, "employer.restriction_lifted", restriction.employer_id, {"from": day}, municipality_id=by.municipality_id, by=by, now=now)


def _record(
    db: Session, action: str, subject: uuid.UUID, facts: Mapping[str, Any], *, municipality_id: int, by: Person | None, now: datetime
) -> None:
    record(
        db, [Change(action, subject, facts)], municipality_id=municipality_id, actor_id=by.id if by else None, actor_role=by.role if by else "clock", now=now
    )  # fmt: skip


def _tell(
    db: Session, key: str, people: Mapping[uuid.UUID, None], slots: dict[str, Any], request_id: uuid.UUID, *, cause: str, by: Person, now: datetime
) -> None:
    path = f"/requests/{request_id}/displacement"
    notify_many(
        db,
        [{"to": to, "municipality_id": by.municipality_id, "key": key, "slots": slots, "path": path, "cause_id": cause, "now": now} for to in people],
    )
