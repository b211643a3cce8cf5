"""The demo's story about data: somebody who looked, questions asked and answered, a hold, and what went last night."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.ids import new_id
from webapp.history.actions import anchor
from webapp.people.models import SignIn
from webapp.people.person import Person
from webapp.privacy import holding, questions, retention
from webapp.privacy.looking import Look, write
from webapp.privacy.models import DataRequest
from webapp.terms.actions import Terms


def tell(db: Session, people: dict[str, Person], terms: Terms, at: datetime) -> None:
    """Everything in the past days, through the same actions as in real life. `people` by the last part of their account."""
    first = people["participant-1"]
    for who, purpose, hours in (("case-manager-1", "caseload", 52), ("case-manager-1", "hours", 50), ("supervisor-1", "correcting", 30)):
        look(db, people[who], first.id, purpose, at - timedelta(hours=hours))
    ask_and_answer(db, people, terms, at)
    holding.hold(
        db, people["admin-1"], id=new_id(), participant_id=people["participant-5"].id, kind="", reason="Bezwaar tegen een besluit over uren loopt nog.",
        until=day_of(at) + timedelta(days=180), now=at - timedelta(days=3),
    )  # fmt: skip
    leave_old_devices(db, first, at)
    retention.run(db, first.municipality_id, terms, now=at - timedelta(days=1))
    anchor(db, first.municipality_id, now=at)


def look(db: Session, by: Person, participant_id: UUID, purpose: str, at: datetime) -> None:
    write(db, Look(by.municipality_id, by.id, by.role, by.establishment_id, "participant_id", str(participant_id), purpose, at))


def ask_and_answer(db: Session, people: dict[str, Person], terms: Terms, at: datetime) -> None:
    """One question with its answer, and one that waits."""
    answered: Any = new_id()
    first, manager = people["participant-1"], people["case-manager-1"]
    questions.ask(db, first, "correction", id=answered, words="Mijn telefoonnummer is veranderd.", now=at - timedelta(days=12))
    known = db.get(DataRequest, answered)
    assert known is not None
    questions.answer(db, known, "yes", reason="Klopt. Ik heb het nummer aangepast.", by=manager, terms=terms, now=at - timedelta(days=10))
    questions.ask(db, people["participant-6"], "correction", id=new_id(), words="Ik ben geboren in 1983, niet in 1982.", now=at - timedelta(days=3))


def leave_old_devices(db: Session, person: Person, at: datetime) -> None:
    """Devices that were signed out long ago: three go in the run of last night, one is due tonight."""
    for days in (130, 120, 100, 90):
        begun = at - timedelta(days=days, hours=12)
        db.add(
            SignIn(
                municipality_id=person.municipality_id,
                membership_id=person.membership_id,
                started_at=begun,
                seen_at=begun,
                idle_ends_at=begun,
                ends_at=begun + timedelta(days=1),
                ended_at=begun,
            )
        )
    db.flush()
