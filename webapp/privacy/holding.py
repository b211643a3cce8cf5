"""Holds: what may not go although its term is over, by whom, why, and until when."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session

from webapp.foundation.database import lock_municipality
from webapp.history.actions import Change, record, record_by
from webapp.offers.actions import offers
from webapp.people.person import Person
from webapp.privacy.models import LegalHold
from webapp.privacy.reads import accounts, files
from webapp.privacy.retention import holds_table
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce

makers: Any = accounts.alias("maker")


def hold(db: Session, person: Person, *, id: uuid.UUID, participant_id: uuid.UUID | None, kind: str, reason: str, until: date, now: datetime) -> None:
    """From now on this may not go. The same form again changes nothing."""
    lock_municipality(db, person.municipality_id)
    if db.get(LegalHold, id) is not None:
        return
    made = LegalHold(
        id=id,
        municipality_id=person.municipality_id,
        participant_id=participant_id,
        kind=kind,
        reason=reason,
        until=until,
        made_by=person.id,
        made_at=now,
    )
    db.add(made)
    db.flush()
    facts = {"participant": participant_id, "kind": kind, "reason": reason, "until": until}
    record_by(db, [Change("hold.made", made.id, facts)], by=person, now=now)


def end(db: Session, found: LegalHold, *, by: Person, now: datetime) -> None:
    """What was held may go again when its term is over. Again changes nothing."""
    lock_municipality(db, found.municipality_id)
    if found.ended_at is not None:
        return
    found.ended_at, found.ended_by = now, by.id
    db.add(found)
    db.flush()
    record(db, [Change("hold.ended", found.id, {})], municipality_id=found.municipality_id, actor_id=by.id, actor_role=by.role, now=now)


def hold_of(db: Session, person: Person, hold_id: uuid.UUID) -> LegalHold | None:
    own = (holds_table.c.municipality_id == person.municipality_id, holds_table.c.id == hold_id)
    found: LegalHold | None = db.execute(select(LegalHold).where(*own)).scalar_one_or_none()
    return found


def told(db: Session, municipality_id: int, today: date) -> list[Any]:
    """Holds that count today, with who decided them and about whom."""
    counts = (holds_table.c.municipality_id == municipality_id, holds_table.c.ended_at.is_(None), holds_table.c.until >= today)
    return list(
        db.execute(
            select(
                holds_table, makers.c.first_name.label("by_first"), makers.c.last_name.label("by_last"), accounts.c.first_name, accounts.c.last_name
            )
            .select_from(holds_table)
            .join(makers, makers.c.id == holds_table.c.made_by)
            .outerjoin(accounts, accounts.c.id == holds_table.c.participant_id)
            .where(*counts)
            .order_by(holds_table.c.until)
        )
    )


def people_named(db: Session, municipality_id: int, name: str) -> list[uuid.UUID]:
    """Participants of this municipality with exactly this full name or reference."""
    full = func.lower(accounts.c.first_name + " " + accounts.c.last_name) == name.lower()
    own = (accounts.c.municipality_id == municipality_id, or_(full, accounts.c.handle == name))
    return list(db.execute(select(accounts.c.id).join_from(accounts, files, files.c.account_id == accounts.c.id).where(*own)).scalars())


def offer_days(terms: Terms, today: date) -> int | None:
    """After how many days a closed offer becomes a total: a term of its own (`offers/actions.py` does it)."""
    try:
        return int(terms.offer(today).keep_closed_days)
    except NoTermsInForce:
        return None


def closed_offers_due(db: Session, municipality_id: int, terms: Terms, now: datetime) -> int:
    """How many closed offers become a total tonight."""
    days = offer_days(terms, now.date())
    if days is None:
        return 0
    due = (offers.c.municipality_id == municipality_id, offers.c.status == "closed", offers.c.closes_at < now - timedelta(days=days))
    return int(db.execute(select(func.count()).select_from(offers).where(*due)).scalar_one())
