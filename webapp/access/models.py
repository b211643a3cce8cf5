"""Invitations, what somebody signs in with, and what slows down who guesses. Codes and secrets are here only as hashes."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

LIVE = text("used_at IS NULL AND ended_at IS NULL")
STANDS = text("ended_at IS NULL")


class Invitation(SQLModel, table=True):
    """A code for one person, by letter or by mail: one use, so many days, so many tries at the year of birth."""

    __table_args__ = (
        UniqueConstraint("code_mark", name="a_code_is_one_invitation"),
        Index("one_invitation_counts_for_a_person", "account_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        one_of("kind", ("letter", "mail"), "an_invitation_kind_is_known"),
        CheckConstraint("wrong_tries >= 0", name="tries_at_the_year_are_counted"),
        CheckConstraint("ends_at > made_at", name="an_invitation_ends_after_it_begins"),
        CheckConstraint("used_at IS NULL OR ended_at IS NULL", name="an_invitation_is_used_or_ended"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    membership_id: uuid.UUID = Field(foreign_key="membership.id")
    kind: str
    code_mark: str
    asks_year: bool  # of birth, as a second check
    made_by: uuid.UUID = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=Utc)
    ends_at: datetime = Field(sa_type=Utc)
    wrong_tries: int = 0
    used_at: datetime | None = Field(default=None, sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class Passkey(SQLModel, table=True):
    """A public key of a phone or computer (W3C Web Authentication). The private one never leaves the device."""

    __table_args__ = (UniqueConstraint("credential_id", name="a_credential_is_one_passkey"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    credential_id: str  # base64url, as browsers write it
    public_key: str  # COSE, base64url
    sign_count: int
    device: str
    made_at: datetime = Field(sa_type=Utc)
    used_at: datetime | None = Field(default=None, sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class Secret(SQLModel, table=True):
    """What somebody knows: a pin (beside a code to their phone or mail) or a password (beside a code of an app)."""

    __table_args__ = (
        Index("one_secret_of_a_kind_counts", "account_id", "kind", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
        one_of("kind", ("pin", "password"), "a_secret_kind_is_known"),
        CheckConstraint("(kind = 'password') = (totp_sealed <> '')", name="a_password_never_opens_alone"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    kind: str
    contact_mark: str = Field(index=True)  # of the mail address or number that is typed to sign in
    secret_hash: str  # argon2id
    totp_sealed: str = ""
    totp_step: int = 0  # the last half minute whose code was used: none opens twice
    made_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class RecoveryCode(SQLModel, table=True):
    """For who lost the app with the codes: each opens once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("secret_id", "code_mark", name="a_recovery_code_is_there_once"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    secret_id: uuid.UUID = Field(foreign_key="secret.id", index=True)
    code_mark: str
    used_at: datetime | None = Field(default=None, sa_type=Utc)


class OneTimeCode(SQLModel, table=True):
    """Six digits sent by mail or SMS, for one attempt (`challenge_id`); a family that shares a phone gets one code for all."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        UniqueConstraint("challenge_id", "account_id", name="a_code_is_sent_once_to_a_person"),
        CheckConstraint("tries >= 0", name="tries_at_a_code_are_counted"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    challenge_id: uuid.UUID = Field(index=True)
    code_mark: str
    contact_mark: str
    channel: str  # "mail" or "sms"
    made_at: datetime = Field(sa_type=Utc)
    ends_at: datetime = Field(sa_type=Utc)
    tries: int = 0
    used_at: datetime | None = Field(default=None, sa_type=Utc)


class PasskeyQuestion(SQLModel, table=True):
    """A challenge a browser was asked to sign, here as a hash: answered once, within minutes. Nobody's until it is answered."""

    __tablename__ = "passkey_question"

    mark: str = Field(primary_key=True)
    ends_at: datetime = Field(sa_type=Utc, index=True)


class Attempts(SQLModel, table=True):
    """How often somebody guessed wrong lately, at one account or from one address; `mark` is a keyed hash of which."""

    __table_args__ = (CheckConstraint("wrong >= 0", name="wrong_guesses_are_counted"),)

    mark: str = Field(primary_key=True)
    wrong: int
    last_at: datetime = Field(sa_type=Utc, index=True)
    waits_until: datetime | None = Field(default=None, sa_type=Utc)


class KeptForm(SQLModel, table=True):
    """What somebody had typed when their sign-in had ended; sealed, for an hour, and given back to the same person only."""

    __tablename__ = "kept_form"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    membership_id: uuid.UUID = Field(foreign_key="membership.id", index=True)
    sealed: str
    kept_at: datetime = Field(sa_type=Utc)
    ends_at: datetime = Field(sa_type=Utc, index=True)
