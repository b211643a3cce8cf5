"""Inviting somebody, checking a code, and taking away everything somebody signs in with."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlmodel import Session

from webapp.access import rules
from webapp.access.models import Invitation, Passkey, RecoveryCode, Secret
from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.foundation.sealing import KeyRing
from webapp.history.actions import Change, record, record_by
from webapp.notifications import outgoing
from webapp.notifications.models import PushSubscription
from webapp.people import sessions
from webapp.people.models import Account, Membership, ParticipantFile
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.terms.shapes import Invitation as Agreed

invitations: Any = Invitation.__table__  # type: ignore[attr-defined]
passkeys: Any = Passkey.__table__  # type: ignore[attr-defined]
known_secrets: Any = Secret.__table__  # type: ignore[attr-defined]
recovery: Any = RecoveryCode.__table__  # type: ignore[attr-defined]
subscriptions: Any = PushSubscription.__table__  # type: ignore[attr-defined]
LIVE = (invitations.c.used_at.is_(None), invitations.c.ended_at.is_(None))


class Actor(Protocol):
    """Who does it: somebody signed in, or the operator at the shell in somebody's name."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def role(self) -> str: ...


class BirthDateUnknown(Exception):
    """Without a year of birth there is no second check, so no letter is made."""


class CallUs(Exception):
    """The code is right, but there were too many tries: somebody has to call."""


class NotTheYear(Exception):
    """Not the year of birth. `left`: how many tries are left."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left


def mark_of(keys: KeyRing, code: str) -> str:
    return keys.mark("invitation", code)


def invite(
    db: Session, keys: KeyRing, invitation_id: uuid.UUID, membership: Membership, *, kind: str, agreed: Agreed, by: Actor, now: datetime
) -> tuple[Invitation, str | None]:
    """A new code for somebody; an older one is void. Gives the code once: asked again with the same id there is none.

    A participant proves who they are with their year of birth too. Raises BirthDateUnknown.
    """
    lock_municipality(db, membership.municipality_id)
    known = db.get(Invitation, invitation_id)
    if known is not None:
        return known, None
    if asks_year := membership.role == Role.PARTICIPANT:
        own = db.get(ParticipantFile, membership.account_id)
        if own is None or own.birth_date is None:
            raise BirthDateUnknown
    for older in db.execute(select(Invitation).where(invitations.c.account_id == membership.account_id, *LIVE)).scalars():
        end(db, older, "replaced", actor_id=by.id, role=by.role, now=now)
    code = rules.code_from([secrets.randbelow(len(rules.ALPHABET)) for _ in range(rules.CODE_LENGTH)])
    made = Invitation(
        id=invitation_id, municipality_id=membership.municipality_id, account_id=membership.account_id, membership_id=membership.id, kind=kind,
        code_mark=mark_of(keys, code), asks_year=asks_year, made_by=by.id, made_at=now, ends_at=now + timedelta(days=agreed.days),
    )  # fmt: skip
    db.add(made)
    db.flush()
    tell(db, "invitation.made", made, {"kind": kind, "role": membership.role, "ends_on": day_of(made.ends_at)}, actor_id=by.id, role=by.role, now=now)
    return made, code


def end(db: Session, invitation: Invitation, why: str, *, actor_id: uuid.UUID | None, role: str, now: datetime) -> None:
    """The code opens nothing any more. Again changes nothing."""
    mine = (invitations.c.id == invitation.id, *LIVE)
    if db.execute(update(Invitation).where(*mine).values(ended_at=now)).rowcount:  # type: ignore[attr-defined]
        outgoing.forget(db, invitation.id, now=now)
        tell(db, "invitation.ended", invitation, {"why": why}, actor_id=actor_id, role=role, now=now)


def with_code(db: Session, keys: KeyRing, typed: str, *, now: datetime) -> Invitation | None:
    """The invitation that this code opens, as long as it counts."""
    code = rules.read_code(typed)
    if code is None:
        return None
    return db.execute(
        select(Invitation).where(invitations.c.code_mark == mark_of(keys, code), *LIVE, invitations.c.ends_at > now)
    ).scalar_one_or_none()


def live(db: Session, invitation_id: uuid.UUID, *, now: datetime) -> Invitation | None:
    """An invitation somebody is in the middle of, as long as it counts."""
    return db.execute(select(Invitation).where(invitations.c.id == invitation_id, *LIVE, invitations.c.ends_at > now)).scalar_one_or_none()


def check_year(db: Session, invitation: Invitation, year: int, *, agreed: Agreed, now: datetime) -> None:
    """The second check. A try is counted before it is judged, and that is kept: the transaction so far is committed.

    Raises NotTheYear, or CallUs from the last try on; the code is void then.
    """
    counted = db.execute(
        update(Invitation)
        .where(invitations.c.id == invitation.id, *LIVE, invitations.c.wrong_tries < agreed.tries)
        .values(wrong_tries=invitations.c.wrong_tries + 1)
        .returning(invitations.c.wrong_tries)
    ).scalar_one_or_none()
    db.commit()
    if counted is None:
        raise CallUs
    own = db.get(ParticipantFile, invitation.account_id)
    if own is not None and own.birth_date is not None and own.birth_date.year == year:
        db.execute(update(Invitation).where(invitations.c.id == invitation.id).values(wrong_tries=invitations.c.wrong_tries - 1))
        return
    if counted < agreed.tries:
        raise NotTheYear(agreed.tries - counted)
    lock_municipality(db, invitation.municipality_id)
    end(db, invitation, "too many tries", actor_id=None, role="", now=now)
    db.commit()
    raise CallUs


def use(db: Session, invitation: Invitation, *, role: str, now: datetime) -> bool:
    """The code is used, once: of two at the same moment one is first. Everything somebody signed in with before is gone."""
    lock_municipality(db, invitation.municipality_id)
    mine = (invitations.c.id == invitation.id, *LIVE, invitations.c.ends_at > now)
    if db.execute(update(Invitation).where(*mine).values(used_at=now)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    outgoing.forget(db, invitation.id, now=now)
    take_away(db, invitation.account_id, now=now)
    tell(db, "invitation.used", invitation, {}, actor_id=invitation.account_id, role=role, now=now)
    return True


def take_away(db: Session, account_id: uuid.UUID, *, now: datetime) -> None:
    """Passkeys, pin, password, signed-in devices and messages to phones: none of it opens or reaches anything any more."""
    for table, of in ((Passkey, passkeys), (Secret, known_secrets)):
        db.execute(update(table).where(of.c.account_id == account_id, of.c.ended_at.is_(None)).values(ended_at=now))
    sessions.end_devices(db, account_id, now=now)
    for gone in db.execute(select(PushSubscription).where(subscriptions.c.account_id == account_id)).scalars():
        db.delete(gone)


def shut_out(db: Session, membership: Membership, *, by: Person, now: datetime) -> None:
    """The phone is lost: nothing of this person opens any more, at once. An open invitation still counts."""
    lock_municipality(db, membership.municipality_id)
    take_away(db, membership.account_id, now=now)
    record(
        db,
        [Change("access.taken_away", membership.account_id, {})],
        municipality_id=membership.municipality_id,
        actor_id=by.id,
        actor_role=by.role,
        now=now,
    )


def record_birth_date(db: Session, participant_id: uuid.UUID, birth_date: date, *, by: Person, now: datetime) -> None:
    """Needed for the second check; recorded by who saw it, never guessed."""
    lock_municipality(db, by.municipality_id)
    own = db.get(ParticipantFile, participant_id)
    assert own is not None
    if own.birth_date != birth_date:
        facts = {"was_known": own.birth_date is not None}  # not the date itself: history is for ever
        own.birth_date = birth_date
        db.add(own)
        record_by(db, [Change("participant.birth_date", participant_id, facts)], by=by, now=now)


def latest(db: Session, account_id: uuid.UUID) -> Invitation | None:
    return db.execute(
        select(Invitation).where(invitations.c.account_id == account_id).order_by(invitations.c.made_at.desc()).limit(1)
    ).scalar_one_or_none()


def ways_in(db: Session, account_id: uuid.UUID) -> list[str]:
    """What somebody can sign in with now: passkey, pin, password."""
    has_passkey = db.execute(select(passkeys.c.id).where(passkeys.c.account_id == account_id, passkeys.c.ended_at.is_(None)).limit(1)).first()
    kinds = db.execute(select(known_secrets.c.kind).where(known_secrets.c.account_id == account_id, known_secrets.c.ended_at.is_(None))).scalars()
    return [*(["passkey"] if has_passkey else []), *kinds]


def account_of(db: Session, invitation: Invitation) -> tuple[Account, Membership]:
    account, membership = db.get(Account, invitation.account_id), db.get(Membership, invitation.membership_id)
    assert account is not None and membership is not None
    return account, membership


def tell(db: Session, action: str, invitation: Invitation, facts: dict[str, Any], *, actor_id: uuid.UUID | None, role: str, now: datetime) -> None:
    told = {"account": invitation.account_id, **facts}
    record(db, [Change(action, invitation.id, told)], municipality_id=invitation.municipality_id, actor_id=actor_id, actor_role=role, now=now)
