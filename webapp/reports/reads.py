"""Reading reports: as the reporter with a code, and as the office of the municipality."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import case as sql_case
from sqlalchemy import func, select
from sqlmodel import Session

from webapp.foundation.sealing import CannotOpen, KeyRing
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account, Municipality
from webapp.people.person import Person
from webapp.reports.actions import NOTHING, About, cases, code_mark, contact_purpose, messages
from webapp.reports.models import ReportCase
from webapp.reports.rules import line
from webapp.requests.models import WorkRequest

accounts: Any = Account.__table__  # type: ignore[attr-defined]
employers: Any = Employer.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
municipalities: Any = Municipality.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]
SHOWN = 300


class Place(NamedTuple):
    """A workplace somebody came to the report line from."""

    establishment_id: uuid.UUID
    employer_id: uuid.UUID
    municipality_id: int
    name: str
    town: str

    @property
    def about(self) -> About:
        return About(self.employer_id, self.establishment_id)


def towns(db: Session) -> list[Any]:
    """Every municipality with a report line, by name."""
    return list(db.execute(select(municipalities).order_by(municipalities.c.name)))


def place_of(db: Session, asked: str) -> Place | None:
    """The workplace of a link or square (`?at=`); None when there is no such place."""
    try:
        key = uuid.UUID(asked)
    except ValueError:
        return None
    table = establishments.c
    found = db.execute(select(table.id, table.employer_id, table.municipality_id, table.name, table.town).where(table.id == key)).first()
    return Place(*found) if found else None


def by_code(db: Session, keys: KeyRing, typed: str) -> ReportCase | None:
    """The report a code opens, or None."""
    code = line.read_code(typed)
    found: ReportCase | None = db.execute(select(ReportCase).where(cases.c.code_mark == code_mark(keys, code))).scalar_one_or_none() if code else None
    return found


def told_to_reporter(db: Session, case: ReportCase) -> list[Any]:
    """What the reporter wrote since and what the municipality answered, in order; never a note, and no name of who wrote."""
    wanted = select(messages.c.kind, messages.c.words, messages.c.written_at).where(messages.c.report_case_id == case.id, messages.c.kind != "note")
    return list(db.execute(wanted.order_by(messages.c.written_at, messages.c.id)))


# of the office ---------------------------------------------------------------------------------------------


def visible_to(person: Person) -> Any:
    """Reports of the own municipality."""
    return select(ReportCase).where(cases.c.municipality_id == person.municipality_id)


def listed(db: Session, person: Person, *, closed: bool) -> list[Any]:
    """Open reports, the one that is due first at the top; or the closed ones, the latest first. One statement."""
    since = select(func.count()).where(messages.c.report_case_id == cases.c.id, messages.c.kind == "reporter")
    wanted = (
        select(
            cases.c.id, cases.c.received_at, cases.c.due_on, cases.c.who, cases.c.place, cases.c.words, cases.c.status, cases.c.outcome, cases.c.closed_at,
            cases.c.assigned_to, accounts.c.first_name, accounts.c.last_name, employers.c.name.label("employer"),
            since.scalar_subquery().label("added"),
        )
        .select_from(cases)
        .outerjoin(accounts, accounts.c.id == cases.c.assigned_to)
        .outerjoin(employers, employers.c.id == cases.c.employer_id)
        .where(cases.c.municipality_id == person.municipality_id, (cases.c.status == "closed") == closed)
    )  # fmt: skip
    order = (cases.c.closed_at.desc(),) if closed else (cases.c.due_on, cases.c.received_at)
    return list(db.execute(wanted.order_by(*order, cases.c.id).limit(SHOWN)))


class Counts(NamedTuple):
    """How many reports are open, and how many of them wait too long."""

    open: int
    late: int


def counts(db: Session, person: Person, today: date) -> Counts:
    late = (cases.c.status.in_(("new", "looking"))) & (cases.c.due_on < today)
    wanted = select(func.count(), func.coalesce(func.sum(sql_case((late, 1), else_=0)), 0)).where(
        cases.c.municipality_id == person.municipality_id, cases.c.status != "closed"
    )
    return Counts(*map(int, db.execute(wanted).one()))


def said(db: Session, case: ReportCase) -> list[Any]:
    """Everything written about a report, in order, with the name of who wrote it."""
    wanted = select(messages.c.kind, messages.c.words, messages.c.written_at, accounts.c.first_name, accounts.c.last_name)
    joined = wanted.select_from(messages).outerjoin(accounts, accounts.c.id == messages.c.written_by)
    return list(db.execute(joined.where(messages.c.report_case_id == case.id).order_by(messages.c.written_at, messages.c.id)))


def name_of(db: Session, account_id: uuid.UUID | None) -> str:
    found = db.execute(select(accounts.c.first_name, accounts.c.last_name).where(accounts.c.id == account_id)).first()
    return f"{found.first_name} {found.last_name}" if found else ""


def contact_of(keys: KeyRing, case: ReportCase, person: Person) -> str | None:
    """How to reach the reporter, for whoever handles the report and nobody else; None where it is not for this person."""
    if not case.sealed_contact:
        return ""
    if case.assigned_to != person.id:
        return None
    try:
        return keys.open(contact_purpose(case.id), case.sealed_contact)
    except CannotOpen:  # of a secret that is gone
        return ""


class Choice(NamedTuple):
    """Something a report may be about: `value` as the form sends it, grouped by employer."""

    value: str
    label: str
    group: str


def choices(db: Session, person: Person) -> list[Choice]:
    """Employers of the municipality, their establishments and requests. Two statements."""
    places = (
        select(
            employers.c.id,
            employers.c.name,
            establishments.c.id.label("establishment_id"),
            establishments.c.name.label("place"),
            establishments.c.town,
        )
        .select_from(employers)
        .outerjoin(establishments, establishments.c.employer_id == employers.c.id)
        .where(employers.c.municipality_id == person.municipality_id)
        .order_by(employers.c.name, employers.c.id, establishments.c.name)
    )
    work: dict[uuid.UUID, list[Any]] = {}
    own = select(requests.c.id, requests.c.establishment_id, requests.c.function, requests.c.created_at)
    for row in db.execute(own.where(requests.c.municipality_id == person.municipality_id).order_by(requests.c.created_at.desc()).limit(1000)):
        work.setdefault(row.establishment_id, []).append(row)
    found: list[Choice] = []
    for row in db.execute(places):
        if not found or found[-1].group != row.name or not any(one.value == f"employer:{row.id}" for one in found[-50:]):
            found.append(Choice(f"employer:{row.id}", row.name, row.name))
        if row.establishment_id:
            found.append(Choice(f"establishment:{row.establishment_id}", f"{row.place}, {row.town}", row.name))
            found += [Choice(f"request:{one.id}", f"{one.function} ({one.created_at:%Y})", row.name) for one in work.get(row.establishment_id, [])]
    return found


def about(db: Session, person: Person, value: str) -> About | None:
    """What a choice of the form stands for, of this municipality; None when there is no such thing."""
    if not value:
        return NOTHING
    kind, _, key = value.partition(":")
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    place = (establishments.c.employer_id, establishments.c.id)
    queries = {
        "employer": select(employers.c.id).where(employers.c.id == wanted, employers.c.municipality_id == person.municipality_id),
        "establishment": select(*place).where(establishments.c.id == wanted, establishments.c.municipality_id == person.municipality_id),
        "request": select(*place, requests.c.id)
        .join(requests, requests.c.establishment_id == establishments.c.id)
        .where(requests.c.id == wanted, requests.c.municipality_id == person.municipality_id),
    }
    found = db.execute(queries[kind]).first() if kind in queries else None
    return About(*found) if found else None


def chosen(case: ReportCase) -> str:
    """The choice of the form that a report stands on."""
    for kind, key in (("request", case.request_id), ("establishment", case.establishment_id), ("employer", case.employer_id)):
        if key:
            return f"{kind}:{key}"
    return ""
