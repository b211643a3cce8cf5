"""Municipalities, people and what they work as."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id
from webapp.permissions import Role


class Municipality(SQLModel, table=True):
    """The tenant. Every other record belongs to exactly one."""

    __table_args__ = (UniqueConstraint("slug", name="a_municipality_has_its_own_slug"),)

    id: int | None = Field(default=None, primary_key=True)
    slug: str
    name: str
    phone: str  # shown on every screen where somebody may want to ask
    terms_token: str = Field(
        default_factory=lambda: uuid.uuid4().hex
    )  # changes with every change of terms, so that terms in memory are known to be stale


class Account(SQLModel, table=True):
    """A person. What they may do hangs on their memberships."""

    __table_args__ = (
        UniqueConstraint("handle", name="a_handle_is_one_person"),
        one_of("theme", ("", "light", "dark"), "a_theme_is_known"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    handle: str | None = None
    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    language: str = "nl"
    theme: str = ""
    push_wanted: bool = True
    mail_wanted: bool = True
    created_at: datetime = Field(sa_type=Utc)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def short_name(self) -> str:
        """First name and initial: all that a list at an employer shows."""
        return f"{self.first_name} {self.last_name[:1]}."


class Membership(SQLModel, table=True):
    """What somebody works as, from a day on: a role, and for a supervisor the establishment."""

    __table_args__ = (
        one_of("role", list(Role), "a_role_is_known"),
        CheckConstraint("(role = 'supervisor') = (establishment_id IS NOT NULL)", name="supervisors_alone_have_an_establishment"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="a_membership_ends_after_it_begins"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    role: str
    establishment_id: uuid.UUID | None = Field(default=None, foreign_key="establishment.id", index=True)
    valid_from: date
    valid_until: date | None = None  # the last day, included


class SignIn(SQLModel, table=True):
    """One signed-in device. The cookie holds its id; ending it here signs that device out."""

    __tablename__ = "sign_in"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    membership_id: uuid.UUID = Field(foreign_key="membership.id", index=True)
    started_at: datetime = Field(sa_type=Utc)
    ends_at: datetime = Field(sa_type=Utc)
    idle_ends_at: datetime = Field(sa_type=Utc)  # moves with use (sessions.py)
    seen_at: datetime = Field(sa_type=Utc)  # coarse: use is written down now and then
    way: str = ""  # what was signed in with (sessions.WAYS)
    device: str = ""  # "Chrome, Android": a family, never a fingerprint
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class ParticipantFile(SQLModel, table=True):
    """What the scheme needs to know of a participant. None means: not known, and is never guessed.

    `obliged`: whether the municipality obliges this person to use the instrument (Participatiewet art. 9
    lid 1 b); in this scheme nobody is, but other instruments share the premium.
    `wage_subsidy_group`: doelgroep loonkostensubsidie, for whom the age rule differs (art. 31 lid 5).
    """

    __tablename__ = "participant_file"
    __table_args__ = (
        one_of("travels_by", ("", "bike", "walk", "bus", "car"), "a_way_to_travel_is_known"),
        CheckConstraint("wished_minutes_from > 0 AND wished_minutes_to > 0", name="wished_hours_are_more_than_none"),
        CheckConstraint("wished_minutes_from <= wished_minutes_to", name="wished_hours_run_from_less_to_more"),
        CheckConstraint("(wishes_told_by IS NULL) = (wishes_told_at IS NULL)", name="wishes_are_told_by_somebody"),
    )

    account_id: uuid.UUID = Field(foreign_key="account.id", primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    case_manager_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    birth_date: date | None = None
    obliged: bool | None = None
    wage_subsidy_group: bool | None = None
    wishes: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    wished_minutes_from: int | None = None  # a week
    wished_minutes_to: int | None = None
    cannot_work: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, server_default=text("'[]'")))  # "0m": Monday morning
    travels_by: str = ""
    needs: str = ""
    wishes_told_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    wishes_told_at: datetime | None = Field(default=None, sa_type=Utc)


class Absence(SQLModel, table=True):
    """Somebody is away; messages and work go to the stand-in from the first to the last day, both included."""

    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="an_absence_ends_after_it_begins"),
        CheckConstraint("account_id <> stand_in_id", name="nobody_stands_in_for_themselves"),
        Index(
            "one_absence_from_a_day",
            "account_id",
            "first_day",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    account_id: uuid.UUID = Field(foreign_key="account.id")
    stand_in_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    first_day: date
    last_day: date
    ended_at: datetime | None = Field(default=None, sa_type=Utc)
