"""A sign-on: begun on a device, answered once, and turned into somebody who is known already. Nobody is made here, and no right."""

from __future__ import annotations

import hmac
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from webapp.foundation.database import lock_municipality
from webapp.foundation.ids import new_id
from webapp.history.actions import Change, record
from webapp.people.actions import memberships_of
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account, Membership
from webapp.sso import rules
from webapp.sso.models import SignOnAttempt, SignOnLink
from webapp.sso.providers import Provider
from webapp.sso.rules import NotBelieved, NotKnown

attempts: Any = SignOnAttempt.__table__  # type: ignore[attr-defined]
links: Any = SignOnLink.__table__  # type: ignore[attr-defined]
accounts: Any = Account.__table__  # type: ignore[attr-defined]


def begin(db: Session, provider: Provider, secret: str, *, onward: str, now: datetime) -> None:
    """Remember that a device went to a provider. What nobody came back from is forgotten."""
    db.execute(delete(SignOnAttempt).where(attempts.c.ends_at < now - rules.LASTS))
    mark = rules.mark_of(secret)
    db.add(SignOnAttempt(municipality_id=provider.municipality_id, provider_id=provider.id, mark=mark, onward=onward, ends_at=now + rules.LASTS))
    db.flush()


def claim(db: Session, provider: Provider, secret: str, state: str, *, now: datetime) -> str:
    """Use up the sign-on this device began, whatever comes of it. Gives where somebody was going. Raises NotBelieved.

    Of two answers at once one wins the UPDATE; the other is a replay.
    """
    rules.ensure_own_state(secret, state)
    own = (attempts.c.mark == rules.mark_of(secret), attempts.c.provider_id == provider.id)
    won = db.execute(update(SignOnAttempt).where(*own, attempts.c.used_at.is_(None), attempts.c.ends_at > now).values(used_at=now))
    if won.rowcount != 1:  # type: ignore[attr-defined]  # an update has it
        raise NotBelieved("late")
    return str(db.execute(select(attempts.c.onward).where(*own)).scalar_one())


def whose(db: Session, provider: Provider, claims: dict[str, Any], keys: tuple[str, ...], *, now: datetime, today: date) -> Membership:
    """As what these claims sign in here. Raises NotKnown: claims never make a person or a right.

    The first time the municipality's claim finds the person and the subject is bound to them; from then on only the subject
    counts, so a mail address that is given to somebody else later opens nothing.
    """
    lock_municipality(db, provider.municipality_id)
    subject = rules.subject_of(claims)
    found = linked(db, provider, subject, keys)
    if found is None:
        found = found_by_claim(db, provider, claims, today)
        link(db, provider, found, subject, keys, now=now)
    return membership_in(db, provider, found, today)


def subject_mark(key: str, issuer: str, subject: str) -> str:
    return hmac.new(key.encode(), f"sign-on {issuer} {subject}".encode("utf-8", "replace"), "sha256").hexdigest()


def key_mark(key: str) -> str:
    return hmac.new(key.encode(), b"which key of sign-on", "sha256").hexdigest()[:12]


def linked(db: Session, provider: Provider, subject: str, keys: tuple[str, ...]) -> uuid.UUID | None:
    """The account of a subject; a mark made under a former secret is made anew. Raises NotKnown for one of another municipality."""
    marks = [subject_mark(key, provider.issuer, subject) for key in keys]
    row = db.execute(select(links).where(links.c.issuer == provider.issuer, links.c.subject_mark.in_(marks))).first()
    if row is None:
        return None
    if row.municipality_id != provider.municipality_id:
        raise NotKnown
    if row.key_mark != key_mark(keys[0]):
        db.execute(update(SignOnLink).where(links.c.id == row.id).values(subject_mark=marks[0], key_mark=key_mark(keys[0])))
    return uuid.UUID(str(row.account_id))


def found_by_claim(db: Session, provider: Provider, claims: dict[str, Any], today: date) -> uuid.UUID:
    """The one person of this municipality and audience whose field is as the claim says. Raises NotKnown for none, and for two."""
    query = select(accounts.c.id).where(accounts.c.municipality_id == provider.municipality_id)
    if provider.finds_by == "reference":
        query = query.where(accounts.c.handle == f"{provider.municipality_slug}-{rules.text_claim(claims, provider.claim)}")
    else:
        query = query.where(func.lower(accounts.c.email) == rules.mail_claim(claims, provider.claim))
    if provider.finds_by == "kvk_email":
        at_employer = (
            select(col(Membership.account_id))
            .join(Establishment, col(Establishment.id) == col(Membership.establishment_id))
            .join(Employer, col(Employer.id) == col(Establishment.employer_id))
            .where(col(Employer.municipality_id) == provider.municipality_id, col(Employer.kvk) == rules.text_claim(claims, provider.kvk_claim))
        )
        query = query.where(accounts.c.id.in_(at_employer))
    found = [id for id in db.execute(query.limit(5)).scalars() if _memberships(db, provider, id, today)]
    if len(found) != 1:
        raise NotKnown
    return uuid.UUID(str(found[0]))


def link(db: Session, provider: Provider, account_id: uuid.UUID, subject: str, keys: tuple[str, ...], *, now: datetime) -> None:
    """Bind a subject to an account, once. Raises NotKnown when that account is already another subject of this issuer."""
    readable = [key_mark(key) for key in keys]
    db.execute(  # a link under a secret that is no longer known can never be recognised again
        delete(SignOnLink).where(links.c.issuer == provider.issuer, links.c.account_id == account_id, links.c.key_mark.not_in(readable))
    )
    values = {"issuer": provider.issuer, "subject_mark": subject_mark(keys[0], provider.issuer, subject), "key_mark": readable[0]}
    try:
        with db.begin_nested():
            db.execute(links.insert().values(id=new_id(), municipality_id=provider.municipality_id, account_id=account_id, linked_at=now, **values))
    except IntegrityError as taken:
        raise NotKnown from taken
    change = Change("sign_on.linked", account_id, {"audience": provider.audience, "issuer": provider.issuer})
    record(db, [change], municipality_id=provider.municipality_id, actor_id=account_id, actor_role="", now=now)


def unlink(db: Session, account: Account, *, now: datetime) -> int:
    """Forget every subject of somebody, so that the next sign-on finds them by claim again. Gives how many there were."""
    lock_municipality(db, account.municipality_id)
    gone = int(db.execute(delete(SignOnLink).where(links.c.account_id == account.id)).rowcount)  # type: ignore[attr-defined]
    if gone:
        change = Change("sign_on.unlinked", account.id, {"links": gone})
        record(db, [change], municipality_id=account.municipality_id, actor_id=None, actor_role="operator", now=now)
    return gone


def membership_in(db: Session, provider: Provider, account_id: uuid.UUID, today: date) -> Membership:
    found = _memberships(db, provider, account_id, today)
    if not found:
        raise NotKnown  # they left, or came in by the door of another audience
    return found[0]


def _memberships(db: Session, provider: Provider, account_id: uuid.UUID, today: date) -> list[Membership]:
    return [one for one in memberships_of(db, account_id, today) if one.role in rules.ROLES[provider.audience]]
