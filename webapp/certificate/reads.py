"""What somebody worked, as a certificate tells it: only confirmed hours, and only words that may be shown."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlmodel import Session

from webapp.certificate.models import Certificate, CertificateShare, Reference
from webapp.certificate.rules import Work, digest
from webapp.hours.reads import accounts, entries
from webapp.people.employers import Establishment
from webapp.placements.actions import placements
from webapp.requests.models import WorkRequest

references: Any = Reference.__table__  # type: ignore[attr-defined]
certificates: Any = Certificate.__table__  # type: ignore[attr-defined]
shares: Any = CertificateShare.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]

_worked = (
    select(
        entries.c.placement_id, func.sum(entries.c.certain_minutes).label("minutes"), func.min(entries.c.worked_on).label("first_on"),
        func.max(entries.c.worked_on).label("last_on"),
    )
    .where(entries.c.certain_minutes > 0)
    .group_by(entries.c.placement_id)
    .subquery()
)  # fmt: skip
WORKED = (
    select(
        placements.c.id, placements.c.function, placements.c.status, placements.c.supervisor_id, establishments.c.name.label("employer"),
        establishments.c.town, requests.c.tasks, _worked.c.minutes, _worked.c.first_on, _worked.c.last_on, references.c.id.label("reference_id"),
        references.c.status.label("reference"), references.c.words, references.c.shown, accounts.c.first_name, accounts.c.last_name,
    )
    .join_from(placements, _worked, _worked.c.placement_id == placements.c.id)
    .join(establishments, establishments.c.id == placements.c.establishment_id)
    .join(requests, requests.c.id == placements.c.request_id)
    .outerjoin(references, references.c.placement_id == placements.c.id)
    .outerjoin(accounts, accounts.c.id == func.coalesce(references.c.by_id, placements.c.supervisor_id))
    .order_by(_worked.c.first_on)
)  # fmt: skip


def worked(db: Session, participant_id: uuid.UUID) -> list[Any]:
    """The places where hours of this person were confirmed, the first one first, each with its reference if there is one."""
    return list(db.execute(WORKED.where(placements.c.participant_id == participant_id)))


def works_of(db: Session, participant_id: uuid.UUID) -> list[Work]:
    """The same as a certificate says it."""
    return [as_work(row) for row in worked(db, participant_id)]


def as_work(row: Any) -> Work:
    says = row.reference == "given" and row.shown
    return Work(
        row.function, row.employer, row.town, row.first_on, row.last_on, int(row.minutes), tuple(row.tasks), row.words if says else "",
        f"{row.first_name} {row.last_name}" if says else "",
    )  # fmt: skip


def by_code(db: Session, code: str) -> Any:
    """A certificate, or None: for whoever holds the paper."""
    return db.execute(select(certificates).where(certificates.c.code == code)).first()


def by_token(db: Session, token: str, now: datetime) -> Any:
    """The certificate a link opens, while the link and the certificate last; otherwise None."""
    return db.execute(
        select(certificates, shares.c.ends_at)
        .join_from(shares, certificates, and_(certificates.c.id == shares.c.certificate_id, certificates.c.withdrawn_at.is_(None)))
        .where(shares.c.token_digest == digest(token), shares.c.ended_at.is_(None), shares.c.ends_at > now)
    ).first()
