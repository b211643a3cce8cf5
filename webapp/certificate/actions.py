"""Asking for a few words, giving out a certificate, sharing it, and taking it back."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session

from webapp.certificate import signing
from webapp.certificate.models import Certificate, CertificateShare, Cv, Reference
from webapp.certificate.reads import certificates, references, shares, works_of
from webapp.certificate.rules import content_of, digest, new_code
from webapp.foundation.database import lock_municipality
from webapp.history.actions import told
from webapp.notifications.actions import notify
from webapp.people.person import Person
from webapp.placements.models import Placement


class NothingToShow(Exception):
    """No hour is confirmed yet, so there is nothing a certificate could say."""


class AlreadyAnswered(Exception):
    """This reference was given or refused before, and not with these words."""


def ask_reference(db: Session, placement: Placement, *, by: Person, now: datetime) -> Reference:
    """The participant asks the supervisor for a few words. Asking again changes nothing, so nobody is nagged."""
    known = reference_of(db, placement.id)
    if known is not None:
        return known
    made = Reference(municipality_id=by.municipality_id, placement_id=placement.id, participant_id=by.id, asked_at=now)
    db.add(made)
    db.flush()
    told(db, "reference.asked", made.id, {"placement": placement.id}, by=by, now=now)
    notify(
        db, to=placement.supervisor_id, municipality_id=by.municipality_id, key="reference.ask", slots={"name": f"{by.first_name} {by.last_name[:1]}."},
        path=f"/placements/{placement.id}/reference", cause_id=str(made.id), now=now,
    )  # fmt: skip
    return made


def reference_of(db: Session, placement_id: uuid.UUID) -> Reference | None:
    found: Reference | None = db.execute(select(Reference).where(references.c.placement_id == placement_id)).scalar_one_or_none()
    return found


def answer_reference(db: Session, reference: Reference, words: str, *, by: Person, now: datetime) -> None:
    """The supervisor writes a few words, or (empty) does not. The same again changes nothing. Raises AlreadyAnswered."""
    status = "given" if words else "refused"
    if reference.status != "asked":
        if (reference.status, reference.words) == (status, words):
            return
        raise AlreadyAnswered
    reference.status, reference.words, reference.by_id, reference.answered_at = status, words, by.id, now
    db.add(reference)
    db.flush()
    told(db, f"reference.{status}", reference.id, {}, by=by, now=now)
    notify(
        db, to=reference.participant_id, municipality_id=by.municipality_id, key=f"reference.{status}", slots={"name": by.first_name},
        path="/me/certificate", cause_id=str(reference.id), now=now,
    )  # fmt: skip


def show_reference(db: Session, reference: Reference, shown: bool, *, by: Person, now: datetime) -> None:
    """The participant chooses whether these words stand on the certificate."""
    if reference.shown == shown:
        return
    reference.shown = shown
    db.add(reference)
    told(db, "reference.shown", reference.id, {"shown": shown}, by=by, now=now)


def issue(db: Session, *, by: Person, now: datetime) -> Certificate:
    """Give out the certificate as it stands now. When the last one says the same, that one. Raises NothingToShow."""
    works = works_of(db, by.id)
    if not works:
        raise NothingToShow
    content = content_of(by.name, works)
    last = current(db, by)
    if last is not None and last.content == content:
        return last
    code = new_code()
    made = Certificate(
        municipality_id=by.municipality_id, participant_id=by.id, code=code, issued_at=now, content=content,
        signature=signing.sign(db, code, content, now=now),
    )  # fmt: skip
    db.add(made)
    db.flush()
    told(db, "certificate.issued", made.id, {}, by=by, now=now)
    return made


def own(db: Session, person: Person) -> list[Certificate]:
    """This person's certificates that still count, newest first."""
    rows = db.execute(
        select(Certificate)
        .where(certificates.c.participant_id == person.id, certificates.c.municipality_id == person.municipality_id, certificates.c.withdrawn_at.is_(None))
        .order_by(certificates.c.issued_at.desc())
    )  # fmt: skip
    return list(rows.scalars())


def current(db: Session, person: Person) -> Certificate | None:
    return next(iter(own(db, person)), None)


def withdraw(db: Session, certificate: Certificate, *, by: Person, now: datetime) -> None:
    """It no longer counts: the code says so, and its links end. Again changes nothing."""
    if certificate.withdrawn_at is not None:
        return
    certificate.withdrawn_at = now
    db.add(certificate)
    db.execute(update(CertificateShare).where(shares.c.certificate_id == certificate.id, shares.c.ended_at.is_(None)).values(ended_at=now))
    told(db, "certificate.withdrawn", certificate.id, {}, by=by, now=now)


def share(db: Session, certificate: Certificate, *, days: int, by: Person, now: datetime) -> str:
    """The secret of a link that opens this certificate for so many days. It is given once and not kept."""
    token = secrets.token_urlsafe(16)
    made = CertificateShare(
        municipality_id=by.municipality_id, participant_id=by.id, certificate_id=certificate.id, token_digest=digest(token), created_at=now,
        ends_at=now + timedelta(days=days),
    )  # fmt: skip
    db.add(made)
    db.flush()
    told(db, "certificate.shared", certificate.id, {"share": made.id}, by=by, now=now)
    return token


def open_shares(db: Session, person: Person, now: datetime) -> list[CertificateShare]:
    """The links of this person that still open something."""
    rows = db.execute(
        select(CertificateShare)
        .where(shares.c.participant_id == person.id, shares.c.ended_at.is_(None), shares.c.ends_at > now)
        .order_by(shares.c.created_at)
    )
    return list(rows.scalars())


def end_shares(db: Session, *, by: Person, now: datetime) -> None:
    """None of the links opens anything any more."""
    ended = open_shares(db, by, now)
    for one in ended:
        one.ended_at = now
        db.add(one)
    if ended:
        told(db, "certificate.unshared", by.id, {"shares": len(ended)}, by=by, now=now)


def save_cv(db: Session, words: dict[str, str], *, by: Person, now: datetime) -> None:
    """The own words of a CV. History says that it changed, not what it says."""
    lock_municipality(db, by.municipality_id)
    known = db.get(Cv, by.id)
    if known is not None and all(getattr(known, name) == value for name, value in words.items()):
        return
    made = known or Cv(account_id=by.id, municipality_id=by.municipality_id)
    made.sqlmodel_update(words)
    db.add(made)
    db.flush()
    told(db, "cv.changed", by.id, {}, by=by, now=now)
