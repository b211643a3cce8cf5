"""The morning of a case manager: one message with how much there is to do, at the hour of the terms. Nothing to do is no message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from webapp.caseload import actions, cover
from webapp.foundation.clock import day_of, local
from webapp.foundation.database import lock_municipality
from webapp.notifications.actions import notify_many
from webapp.people.models import Municipality
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.terms.actions import Terms

SATURDAY = 5


def send_digests(db: Session, municipality_id: int, terms: Terms, *, now: datetime) -> int:
    """One message for each case manager with something to do, once a working day. Gives how many."""
    today = day_of(now)
    if today.weekday() >= SATURDAY or local(now).hour != terms.readiness(today).digest_hour:
        return 0
    lock_municipality(db, municipality_id)
    own = db.execute(select(Municipality).where(Municipality.__table__.c.id == municipality_id)).scalar_one()  # type: ignore[attr-defined]
    messages = []
    for one in cover.case_managers(db, municipality_id, today):
        somebody = Person(
            one.id, one.id, one.membership_id, Role.CASE_MANAGER, municipality_id, own.name, own.phone, own.terms_token, one.first_name, one.last_name,
            "nl", "", None, None,
        )  # fmt: skip
        cards = actions.worklist(db, somebody, terms, today).cards
        if cards:
            slots = {"count": len(cards), "late": sum(card.due < today for card in cards)}
            messages.append(
                {
                    "to": one.id,
                    "municipality_id": municipality_id,
                    "key": "digest.morning",
                    "slots": slots,
                    "path": "/signals",
                    "cause_id": str(today),
                    "now": now,
                }
            )
    notify_many(db, messages)
    return len(messages)
