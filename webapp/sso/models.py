"""Which providers a municipality trusts, sign-ons under way, and which subject of a provider is whom."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

EACH_ITS_OWN_CLAIM = (
    "(audience = 'staff' AND finds_by IN ('email', 'reference')) OR (audience = 'participant' AND finds_by = 'reference') "
    "OR (audience = 'supervisor' AND finds_by = 'kvk_email')"
)


class SignOnProvider(SQLModel, table=True):
    """An OpenID provider of a municipality for one audience. Its secret stands in the environment or a file, under `secret_name`.

    `finds_by`: which field of people already known the claim `claim` is compared with, at the first sign-on only.
    `acr`: the level of assurance the provider must state (words separated by blanks); empty: any.
    """

    __tablename__ = "sign_on_provider"
    __table_args__ = (
        UniqueConstraint("municipality_id", "audience", "issuer", "client_id", name="a_client_serves_an_audience_once"),
        one_of("audience", ("staff", "participant", "supervisor"), "an_audience_is_known"),
        CheckConstraint(EACH_ITS_OWN_CLAIM, name="each_audience_is_found_by_its_own_claim"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    audience: str
    issuer: str
    client_id: str
    secret_name: str
    scopes: str = "openid"
    finds_by: str
    claim: str
    kvk_claim: str = ""
    acr: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class SignOnAttempt(SQLModel, table=True):
    """A sign-on that was begun on a device. The device holds a secret from which state, nonce and verifier follow; here is only its mark."""

    __tablename__ = "sign_on_attempt"
    __table_args__ = (UniqueConstraint("mark", name="a_sign_on_is_begun_once"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    provider_id: uuid.UUID  # a row, or a provider of the environment
    mark: str
    onward: str  # the page somebody was going to
    ends_at: datetime = Field(sa_type=Utc, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Utc)


class SignOnLink(SQLModel, table=True):
    """A subject of an issuer is this account, from its first sign-on on. The subject itself is not kept, only a keyed mark of it:
    some providers give a BSN. `key_mark` tells under which secret of the installation it was made."""

    __tablename__ = "sign_on_link"
    __table_args__ = (
        UniqueConstraint("issuer", "subject_mark", name="a_subject_is_one_account"),
        UniqueConstraint("issuer", "account_id", name="an_account_is_one_subject"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    issuer: str
    subject_mark: str
    key_mark: str
    linked_at: datetime = Field(sa_type=Utc)
