"""Weekly feedback, the participant's own answers, and signals with what was decided about them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id
from webapp.growth.rubric import BEHAVIOURS, HELP, HIRE

NOT_CLOSED = text("status <> 'closed'")
LIMITS = text("kind IN ('limit_50', 'limit_75', 'limit_100')")
COLOURS = ("", "good", "so_so", "bad")
KINDS = ("ready", "hire", "limit_50", "limit_75", "limit_100", "no_growth", "workplace")
DECISIONS = ("regular_job", "talk_first", "not_yet", "talked", "colleague_agrees", "colleague_differs")


class Feedback(SQLModel, table=True):
    """What one supervisor saw of one person in one week. Never a number that is added up.

    `item` and `level`: the behaviour asked this week and how it goes (rubric.py). `skipped`: nothing was said, and nobody
    is asked again that week. `answer`: what the participant says to it.
    """

    __table_args__ = (
        UniqueConstraint("placement_id", "observer_id", "week_of", name="a_week_is_told_once_by_each"),
        one_of("help", ("", *HELP), "help_is_much_some_or_little"),
        one_of("hire", ("", *HIRE), "hiring_is_yes_maybe_or_no"),
        one_of("item", ("", *BEHAVIOURS), "a_behaviour_is_known"),
        CheckConstraint("(item = '') = (level IS NULL)", name="a_behaviour_has_its_level"),
        CheckConstraint("level IS NULL OR level BETWEEN 1 AND 4", name="there_are_four_levels"),
        CheckConstraint("observer_id <> participant_id", name="nobody_observes_themselves"),
        Index("feedback_of_a_person", "participant_id", "week_of"),
    )

    id: uuid.UUID = Field(primary_key=True)  # made on the phone, at the tap
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    establishment_id: uuid.UUID = Field(foreign_key="establishment.id")
    observer_id: uuid.UUID = Field(foreign_key="account.id")
    week_of: date  # the Monday of the week it is about
    given_at: datetime = Field(sa_type=Utc)
    given_on: date
    help: str = ""
    item: str = ""
    level: int | None = None
    hire: str = ""
    words: str = ""
    skipped: bool = False
    answer: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=Utc)


class TaskShown(SQLModel, table=True):
    """A task of the work that somebody showed they can do."""

    __tablename__ = "task_shown"
    __table_args__ = (UniqueConstraint("placement_id", "task", name="a_task_is_learned_once"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    task: str
    shown_on: date
    shown_by: uuid.UUID = Field(foreign_key="account.id")


class OwnView(SQLModel, table=True):
    """How a participant sees it, in their own pictures and words."""

    __tablename__ = "own_view"
    __table_args__ = (
        UniqueConstraint("participant_id", "week_of", name="an_own_view_is_one_a_week"),
        one_of("feels", ("hard", "learning", "well"), "a_feeling_is_known"),
        one_of("ready", ("yes", "later", "no"), "an_own_wish_is_known"),
    )

    id: uuid.UUID = Field(primary_key=True)  # made on the phone
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    week_of: date
    given_on: date
    feels: str
    ready: str
    words: str = ""


class WorkplaceRating(SQLModel, table=True):
    """What a participant says of the workplace. The employer does not read it; the case manager does."""

    __tablename__ = "workplace_rating"
    __table_args__ = (
        UniqueConstraint("placement_id", "week_of", name="a_workplace_is_rated_once_a_week"),
        *(one_of(name, COLOURS, f"{name}_has_a_known_answer") for name in ("safe", "explained", "fair")),
        Index("ratings_of_a_person", "participant_id", "week_of"),
    )

    id: uuid.UUID = Field(primary_key=True)  # made on the phone
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    week_of: date
    given_on: date
    safe: str = ""
    explained: str = ""
    fair: str = ""
    words: str = ""


class Signal(SQLModel, table=True):
    """The system noticed something about somebody's work and asks a case manager to look. It decides nothing.

    open: nobody decided yet. talking: a talk comes first. asked: a colleague looks too (`asked_id`). closed: decided.
    `facts`: every milestone with its dates, what is missing, and which terms were in force, as it was on `raised_on`.
    """

    __table_args__ = (
        one_of("kind", KINDS, "a_signal_kind_is_known"),
        one_of("status", ("open", "talking", "asked", "closed"), "a_signal_status_is_known"),
        CheckConstraint("status <> 'asked' OR asked_id IS NOT NULL", name="a_colleague_is_asked_by_name"),
        Index("one_open_signal_of_a_kind", "participant_id", "kind", unique=True, sqlite_where=NOT_CLOSED, postgresql_where=NOT_CLOSED),
        Index("a_limit_is_told_once", "placement_id", "kind", unique=True, sqlite_where=LIMITS, postgresql_where=LIMITS),
        Index("open_signals", "municipality_id", "due_on", sqlite_where=NOT_CLOSED, postgresql_where=NOT_CLOSED),
        Index("signals_of_a_person", "participant_id", "raised_on"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    establishment_id: uuid.UUID = Field(foreign_key="establishment.id")
    kind: str
    raised_on: date
    raised_at: datetime = Field(sa_type=Utc)
    due_on: date
    status: str = "open"
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    asked_id: uuid.UUID | None = Field(default=None, foreign_key="account.id", index=True)


class SignalDecision(SQLModel, table=True):
    """What a named official decided about a signal, and why. Never changed: a later decision is a later row."""

    __tablename__ = "signal_decision"
    __table_args__ = (
        one_of("decision", DECISIONS, "a_decision_is_known"),
        CheckConstraint("reason <> ''", name="a_decision_has_its_reason"),
        Index("decisions_about_a_person", "participant_id", "decided_at"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    signal_id: uuid.UUID = Field(foreign_key="signal.id", index=True)
    decision: str
    reason: str
    decided_by: uuid.UUID = Field(foreign_key="account.id")
    decided_at: datetime = Field(sa_type=Utc)


class Objection(SQLModel, table=True):
    """A participant does not agree with a decision, or asks that somebody else looks. Somebody else than who decided answers."""

    __table_args__ = (
        UniqueConstraint("signal_id", name="a_decision_is_looked_at_again_once"),
        one_of("kind", ("object", "look"), "an_objection_kind_is_known"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="an_answer_is_in_words"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    signal_id: uuid.UUID = Field(foreign_key="signal.id")
    kind: str
    words: str
    made_at: datetime = Field(sa_type=Utc)
    due_on: date
    asked_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    answer: str = ""
    answered_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = Field(default=None, sa_type=Utc)
