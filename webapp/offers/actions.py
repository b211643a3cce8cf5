"""Making and closing offers. What a yes sets in motion stands in `placements`, above."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlmodel import Session, col

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.foundation.ids import new_id
from webapp.history.actions import Change, record
from webapp.notifications.actions import notify
from webapp.offers.models import Offer, OfferTotal
from webapp.offers.seal import NO, NOTHING_SAID, Sealer
from webapp.people.person import Person
from webapp.requests.models import WorkRequest
from webapp.terms.actions import Terms

offers = Offer.__table__  # type: ignore[attr-defined]


def offers_of(person: Person) -> Any:
    """A query for the offers made to this participant, newest first."""
    return (
        select(Offer)
        .where(offers.c.municipality_id == person.municipality_id, offers.c.participant_id == person.id)
        .order_by(offers.c.offered_at.desc())
    )


def make_offer(
    db: Session,
    request: WorkRequest,
    participant_id: uuid.UUID,
    *,
    by: Person,
    travel_minutes: int | None,
    terms: Terms,
    sealer: Sealer,
    now: datetime,
) -> Offer:
    """Propose this work to one person. They have the days set in terms to answer; no answer closes it by itself."""
    id = new_id()
    offer = Offer(
        id=id, municipality_id=request.municipality_id, request_id=request.id, participant_id=participant_id, case_manager_id=by.id,
        offered_at=now, closes_at=now + timedelta(days=terms.offer(day_of(now)).open_days), travel_minutes=travel_minutes,
        sealed=sealer.seal(NOTHING_SAID, id),
    )  # fmt: skip
    db.add(offer)
    db.flush()
    # the history names the offer, never whom it was made to: closed offers are forgotten per person after their term
    record(
        db,
        [Change("offer.made", offer.id, {"request": str(request.id)})],
        municipality_id=offer.municipality_id,
        actor_id=by.id,
        actor_role=by.role,
        now=now,
    )
    notify(
        db, to=participant_id, municipality_id=offer.municipality_id, key="offer.new", slots={"work": request.function},
        path=f"/offers/{offer.id}", cause_id=str(offer.id), now=now,
    )  # fmt: skip
    return offer


def set_status(db: Session, offer: Offer, status: str, *, said: str, sealer: Sealer, actor: Person | None, now: datetime) -> None:
    """Change an offer and write it down. A closing never names who closed it."""
    offer.status, offer.sealed = status, sealer.seal(said, offer.id)
    db.add(offer)
    db.flush()
    actor_id, role = (None, "clock") if actor is None or status == "closed" else (actor.id, actor.role)
    record(db, [Change(f"offer.{status}", offer.id, {})], municipality_id=offer.municipality_id, actor_id=actor_id, actor_role=role, now=now)


def close_the_others(db: Session, request_id: uuid.UUID, *, sealer: Sealer, now: datetime) -> None:
    """No place is left: what is still open for this work closes, and its people read that it is not because of them."""
    for offer in db.execute(select(Offer).where(offers.c.request_id == request_id, offers.c.status == "open")).scalars().all():
        set_status(db, offer, "closed", said=NOTHING_SAID, sealer=sealer, actor=None, now=now)


def said_no(offer: Offer, sealer: Sealer) -> bool:
    """For the participant's own screen only: whether it was their no that closed it."""
    return sealer.open(offer.sealed, offer.id) == NO


EXPIRED = select(Offer).where(
    offers.c.status == "open", offers.c.closes_at <= bindparam("now"), offers.c.municipality_id == bindparam("municipality")
)


def close_expired(db: Session, municipality_id: int, *, sealer: Sealer, now: datetime) -> int:
    """No answer within the term closes an offer by itself. Gives how many closed."""
    lock_municipality(db, municipality_id)
    expired = db.execute(EXPIRED, {"now": now, "municipality": municipality_id}).scalars().all()
    for offer in expired:
        set_status(db, offer, "closed", said=NOTHING_SAID, sealer=sealer, actor=None, now=now)
    return len(expired)


def forget_closed(db: Session, municipality_id: int, *, keep_days: int, now: datetime) -> int:
    """Closed offers older than the term become a total per month; the rows go. Gives how many went."""
    lock_municipality(db, municipality_id)
    old = [offers.c.municipality_id == municipality_id, offers.c.status == "closed", offers.c.closes_at < now - timedelta(days=keep_days)]
    return _to_totals(db, municipality_id, old)


def forget_offers_of(db: Session, participant_id: uuid.UUID, municipality_id: int) -> int:
    """Somebody leaves: all their offers but those that became work end up in the totals too. Gives how many went."""
    theirs = [offers.c.municipality_id == municipality_id, offers.c.participant_id == participant_id, offers.c.status != "yes"]
    return _to_totals(db, municipality_id, theirs)


def _to_totals(db: Session, municipality_id: int, old: list[Any]) -> int:
    rows = db.execute(select(offers.c.offered_at).where(*old)).all()
    months: dict[date, int] = {}
    for (offered_at,) in rows:
        month = day_of(offered_at).replace(day=1)
        months[month] = months.get(month, 0) + 1
    for month, closed in months.items():
        total = db.execute(
            select(OfferTotal).where(col(OfferTotal.municipality_id) == municipality_id, col(OfferTotal.month) == month)
        ).scalar_one_or_none()
        if total is None:
            db.add(OfferTotal(municipality_id=municipality_id, month=month, closed=closed))
        else:
            db.execute(update(OfferTotal).where(col(OfferTotal.id) == total.id).values(closed=OfferTotal.closed + closed))
    db.execute(delete(Offer).where(*old))
    db.flush()
    return len(rows)


def newer_offers(db: Session, offer: Offer) -> dict[str, bool]:
    """What stands in the way of opening an offer again: another one that is open, or the same work offered anew."""
    others = db.execute(
        select(offers.c.request_id, offers.c.status).where(
            offers.c.participant_id == offer.participant_id, offers.c.id != offer.id, offers.c.status != "closed"
        )
    ).all()
    return {
        "has_another_open": any(other.status == "open" for other in others),
        "was_offered_again": any(other.request_id == offer.request_id for other in others),
    }


def open_offers(db: Session, participant_id: uuid.UUID) -> int:
    return int(db.execute(select(func.count()).where(offers.c.participant_id == participant_id, offers.c.status == "open")).scalar_one())
