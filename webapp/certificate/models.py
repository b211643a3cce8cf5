"""References, certificates as they were given out, links to share them, and the words of a CV."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id


class Reference(SQLModel, table=True):
    """A few words of a supervisor about the work, asked for by the participant. A refusal holds no words and no reason."""

    __tablename__ = "reference"
    __table_args__ = (
        one_of("status", ("asked", "given", "refused"), "a_reference_status_is_known"),
        UniqueConstraint("placement_id", name="a_reference_is_asked_once_for_a_place"),
        CheckConstraint("(status = 'given') = (words <> '')", name="only_a_given_reference_has_words"),
        CheckConstraint("(status = 'asked') = (answered_at IS NULL)", name="an_answer_has_its_moment"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    status: str = "asked"
    asked_at: datetime = Field(sa_type=Utc)
    answered_at: datetime | None = Field(default=None, sa_type=Utc)
    by_id: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    words: str = ""
    shown: bool = True  # whether the participant wants it on the certificate


class Certificate(SQLModel, table=True):
    """A certificate as it was given out: never changed, only withdrawn. `content` is JSON, exactly as signed."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("code", name="a_certificate_has_its_own_code"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    code: str
    issued_at: datetime = Field(sa_type=Utc)
    content: str
    signature: str  # Ed25519 over the code and the content, in hexadecimal
    withdrawn_at: datetime | None = Field(default=None, sa_type=Utc)


class CertificateShare(SQLModel, table=True):
    """A link to a certificate that ends by itself. Only a digest of its secret is kept, so the link is shown once."""

    __tablename__ = "certificate_share"
    __table_args__ = (
        UniqueConstraint("token_digest", name="a_link_opens_one_certificate"),
        CheckConstraint("ends_at > created_at", name="a_link_ends_after_it_begins"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    certificate_id: uuid.UUID = Field(foreign_key="certificate.id", index=True)
    token_digest: str
    created_at: datetime = Field(sa_type=Utc)
    ends_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class Cv(SQLModel, table=True):
    """What somebody writes about themselves, in their own words and for nobody else until they hand it out."""

    __tablename__ = "cv"

    account_id: uuid.UUID = Field(foreign_key="account.id", primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    about: str = ""
    experience: str = ""
    education: str = ""
    skills: str = ""
    languages: str = ""
    contact: str = ""
