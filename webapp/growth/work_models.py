"""The way to paid work: a route with tasks, what it led to, and whether it lasted."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

ROUTES = ("contract_here", "contract_elsewhere", "wage_subsidy", "training", "other")
SIDES = ("participant", "employer", "case_manager")
ANSWERS = ("", "still", "other_work", "stopped", "rather_not")
OPEN = text("status = 'open'")
UNANSWERED = text("answered_at IS NULL")


class Route(SQLModel, table=True):
    """The way to paid work that was chosen with somebody. reached: it led to work or a training. stopped: it did not."""

    __table_args__ = (
        UniqueConstraint("signal_id", name="a_decision_opens_one_route"),
        one_of("kind", ROUTES, "a_route_kind_is_known"),
        one_of("status", ("open", "reached", "stopped"), "a_route_status_is_known"),
        Index("one_open_route_a_person", "participant_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    signal_id: uuid.UUID = Field(foreign_key="signal.id")
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    kind: str
    status: str = "open"
    opened_by: uuid.UUID = Field(foreign_key="account.id")
    opened_on: date


class RouteTask(SQLModel, table=True):
    """One thing somebody does on the way: who, what, by when. `what` names words (work_words.py)."""

    __tablename__ = "route_task"
    __table_args__ = (
        UniqueConstraint("route_id", "what", name="a_task_stands_once_on_a_route"),
        one_of("side", SIDES, "a_task_has_its_side"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="somebody_did_what_is_done"),
        Index("tasks_of_a_person", "participant_id", "due_on"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    route_id: uuid.UUID = Field(foreign_key="route.id")
    side: str
    what: str
    due_on: date
    done_at: datetime | None = Field(default=None, sa_type=Utc)
    done_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")


class Outflow(SQLModel, table=True):
    """Somebody went on to paid work or a training: what kind, how many hours a week, from when."""

    __table_args__ = (
        UniqueConstraint("route_id", name="a_route_leads_somewhere_once"),
        one_of("kind", ROUTES, "an_outflow_kind_is_known"),
        CheckConstraint("weekly_minutes >= 0", name="a_week_has_no_negative_hours"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    route_id: uuid.UUID = Field(foreign_key="route.id")
    kind: str
    weekly_minutes: int
    starts_on: date
    recorded_by: uuid.UUID = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=Utc)


class OutflowCheck(SQLModel, table=True):
    """The question, some months later, whether somebody still works there. Not answering is fine."""

    __tablename__ = "outflow_check"
    __table_args__ = (
        UniqueConstraint("outflow_id", "months", name="a_month_is_asked_about_once"),
        one_of("answer", ANSWERS, "an_outflow_answer_is_known"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="an_outflow_answer_has_its_moment"),
        Index("outflow_to_ask", "municipality_id", "due_on", sqlite_where=UNANSWERED, postgresql_where=UNANSWERED),
        Index("outflow_checks_of_a_person", "participant_id"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id")
    outflow_id: uuid.UUID = Field(foreign_key="outflow.id")
    months: int
    due_on: date
    asked_at: datetime | None = Field(default=None, sa_type=Utc)
    answer: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=Utc)
    answered_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
