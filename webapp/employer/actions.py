"""Arranging who stands in for a supervisor, and ending what was arranged."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlmodel import Session

from webapp.employer.reads import absences, memberships
from webapp.foundation.clock import day_of
from webapp.history.actions import told
from webapp.people import actions as people
from webapp.people.models import Absence, Membership
from webapp.people.person import Person
from webapp.people.tablets import SharedTablet, tablets
from webapp.permissions import Role


class AlreadyArranged(Exception):
    """Somebody else already stands in on some of these days, until `last_day`."""

    def __init__(self, last_day: date) -> None:
        super().__init__(last_day.isoformat())
        self.last_day = last_day


def arrange_stand_in(db: Session, person: Person, stand_in: Membership, *, last_day: date, now: datetime) -> None:
    """From today to the last day a colleague confirms for this person and gets the messages. Again changes nothing.

    Raises AlreadyArranged when another arrangement covers some of these days.
    """
    today = day_of(now)
    known = db.execute(
        select(absences).where(
            absences.c.account_id == person.id,
            absences.c.ended_at.is_(None),
            absences.c.first_day <= last_day,
            absences.c.last_day >= today,
        )
    ).first()
    if known is not None:
        if (known.stand_in_id, known.last_day) == (stand_in.account_id, last_day):
            return
        raise AlreadyArranged(known.last_day)
    made = people.arrange_stand_in(db, person, stand_in, first_day=today, last_day=last_day)
    told(
        db,
        "absence.arranged",
        made.id,
        {"stand_in": stand_in.account_id, "first_day": today, "last_day": last_day},
        by=person,
        now=now,
    )


def end_stand_in(db: Session, person: Person, absence_id: uuid.UUID, *, now: datetime) -> bool:
    """The colleague no longer stands in. Gives False when this person has no such arrangement; ending it again changes nothing."""
    absence: Absence | None = db.execute(select(Absence).where(absences.c.id == absence_id, absences.c.account_id == person.id)).scalar_one_or_none()
    if absence is None:
        return False
    if absence.ended_at is not None:
        return True
    absence.ended_at = now
    db.add(absence)
    db.flush()
    end_lent_membership(db, person, absence, today=day_of(now))
    told(db, "absence.ended", absence.id, {}, by=person, now=now)
    return True


def end_lent_membership(db: Session, person: Person, absence: Absence, *, today: date) -> None:
    """A colleague of another establishment worked here only for these days. On the first day itself it counts until the evening."""
    lent = (
        memberships.c.account_id == absence.stand_in_id, memberships.c.establishment_id == person.establishment_id, memberships.c.role == Role.SUPERVISOR,
        memberships.c.valid_from == absence.first_day, memberships.c.valid_until == absence.last_day,
    )  # fmt: skip
    if absence.first_day > today:
        db.execute(delete(Membership).where(*lent))
    else:
        db.execute(update(Membership).where(*lent).values(valid_until=max(absence.first_day, today - timedelta(days=1))))


def end_tablet(db: Session, person: Person, tablet_id: uuid.UUID, *, now: datetime) -> bool:
    """A device is no shared tablet any more. Gives False when it is not one of this establishment; again changes nothing."""
    found: SharedTablet | None = db.execute(
        select(SharedTablet).where(tablets.c.id == tablet_id, tablets.c.establishment_id == person.establishment_id)
    ).scalar_one_or_none()
    if found is None:
        return False
    if found.ended_at is None:
        found.ended_at = now
        db.add(found)
        db.flush()
        told(db, "tablet.ended", found.id, {}, by=person, now=now)
    return True
