"""Bringing in people and employers from a CSV file: all of it or nothing, each fault with its line and column.

Both files start with a header. A row that is already known (same municipality and reference, or same trade register
number) is brought up to date, so that the same file may be imported again.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import select
from sqlmodel import Session, col

from webapp.foundation.texts import LANGUAGES
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account, Membership, Municipality, ParticipantFile
from webapp.permissions import Role

Words = Annotated[str, Field(min_length=1, max_length=200)]
Maybe = Annotated[str, Field(max_length=200)]


class Faulty(NamedTuple):
    """A line of the file that cannot be taken: which one, which column, and why."""

    line: int
    column: str
    why: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.why}"


class NotImported(Exception):
    """Nothing was imported; `faults` says why, line by line."""

    def __init__(self, faults: list[Faulty]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    municipality: Words


T = TypeVar("T", bound=Row)


class EmployerRow(Row):
    """One establishment of an employer; a municipality that is not there yet is made (with its telephone number)."""

    municipality_name: Maybe = ""
    municipality_phone: Maybe = ""
    employer: Words
    kvk: Annotated[str, Field(pattern=r"^\d{8}$")]
    is_agency: Literal["", "yes", "no"] = ""
    establishment: Words
    street: Words
    town: Words
    staff_count: Annotated[int, Field(ge=0)] | None = None
    staff_counted_on: date | None = None

    @field_validator("staff_count", "staff_counted_on", mode="before")
    @classmethod
    def empty_is_unknown(cls, value: str) -> str | None:
        return value or None


class PersonRow(Row):
    """One person in one role. `reference` is the municipality's own number; `establishment` and `kvk` for supervisors,
    `case_manager` (a reference) and `birth_date` for participants; an empty birth date stays unknown."""

    reference: Words
    role: Role
    first_name: Words
    last_name: Words
    email: Maybe = ""
    phone: Maybe = ""
    language: Maybe = "nl"
    kvk: Maybe = ""
    establishment: Maybe = ""
    case_manager: Maybe = ""
    birth_date: date | None = None

    @field_validator("birth_date", mode="before")
    @classmethod
    def empty_is_unknown(cls, value: str) -> str | None:
        return value or None

    @field_validator("language")
    @classmethod
    def is_spoken(cls, value: str) -> str:
        if (value or "nl") not in LANGUAGES:
            raise ValueError(f"one of {', '.join(LANGUAGES)}")
        return value or "nl"


def read(lines: Iterable[str], shape: type[T]) -> list[tuple[int, T]]:
    """The rows of a CSV file (commas or semicolons). Raises NotImported with every fault in it."""
    text = list(lines)
    reader = csv.DictReader(text, delimiter=";" if text and text[0].count(";") > text[0].count(",") else ",", restkey="too many columns", restval="")
    rows, faults = [], []
    try:
        for number, row in enumerate(reader, start=2):
            try:
                rows.append((number, shape.model_validate({key.lstrip("\ufeff"): value for key, value in row.items() if key})))
            except ValidationError as wrong:
                faults += [Faulty(number, str((error["loc"] or ("row",))[0]), error["msg"]) for error in wrong.errors()]
    except csv.Error as wrong:
        faults.append(Faulty(max(1, reader.line_num), "row", str(wrong)))
    if faults:
        raise NotImported(faults)
    return rows


def import_employers(db: Session, lines: Iterable[str], *, now: datetime) -> int:
    """Employers and establishments of a file. Gives how many rows it held. Raises NotImported."""
    rows = read(lines, EmployerRow)
    for _, row in rows:
        municipality = municipality_of(db, row.municipality) or Municipality(
            slug=row.municipality, name=row.municipality_name or row.municipality.title(), phone=row.municipality_phone
        )
        db.add(municipality)
        db.flush()
        assert municipality.id is not None
        employer = employer_of(db, municipality.id, row.kvk) or Employer(municipality_id=municipality.id, name=row.employer, kvk=row.kvk)
        employer.name, employer.is_agency = row.employer, row.is_agency == "yes"
        db.add(employer)
        db.flush()
        place = establishment_of(db, employer, row.establishment) or Establishment(
            municipality_id=municipality.id, employer_id=employer.id, name=row.establishment, street=row.street, town=row.town
        )
        place.street, place.town = row.street, row.town
        counted = row.staff_count is not None and row.staff_counted_on is not None
        place.staff_count, place.staff_counted_on = (row.staff_count, row.staff_counted_on) if counted else (None, None)
        db.add(place)
        db.flush()
    return len(rows)


def import_people(db: Session, lines: Iterable[str], *, now: datetime, today: date) -> int:
    """People of a file, with their role. Gives how many rows it held. Raises NotImported."""
    rows = read(lines, PersonRow)
    faults: list[Faulty] = []
    known: dict[tuple[str, str], Account] = {}
    for number, row in sorted(rows, key=lambda numbered: numbered[1].role == Role.PARTICIPANT):  # case managers come first
        municipality = municipality_of(db, row.municipality)
        if municipality is None or municipality.id is None:
            faults.append(Faulty(number, "municipality", "not known: import the employers first"))
            continue
        place = place_of(db, municipality.id, row) if row.role == Role.SUPERVISOR else None
        if row.role == Role.SUPERVISOR and place is None:
            faults.append(Faulty(number, "establishment", "no establishment of this name and trade register number"))
            continue
        manager = known.get((row.municipality, row.case_manager)) or account_of(db, row.municipality, row.case_manager)
        if row.role == Role.PARTICIPANT and (manager is None or not works_as(db, manager, Role.CASE_MANAGER)):
            faults.append(Faulty(number, "case_manager", "nobody with this reference works as case manager"))
            continue
        known[row.municipality, row.reference] = save_person(db, municipality.id, row, place, manager, now=now, today=today)
    if faults:
        raise NotImported(faults)
    return len(rows)


def save_person(
    db: Session, municipality_id: int, row: PersonRow, place: Establishment | None, manager: Account | None, *, now: datetime, today: date
) -> Account:
    person = account_of(db, row.municipality, row.reference) or Account(
        municipality_id=municipality_id,
        handle=handle_of(row.municipality, row.reference),
        first_name=row.first_name,
        last_name=row.last_name,
        created_at=now,
    )
    person.first_name, person.last_name, person.email, person.phone, person.language = (
        row.first_name,
        row.last_name,
        row.email,
        row.phone,
        row.language,
    )
    db.add(person)
    db.flush()
    if not works_as(db, person, row.role, place):
        db.add(
            Membership(
                municipality_id=municipality_id, account_id=person.id, role=row.role, establishment_id=place.id if place else None, valid_from=today
            )
        )
    if row.role == Role.PARTICIPANT and manager is not None:
        own = db.get(ParticipantFile, person.id) or ParticipantFile(account_id=person.id, municipality_id=municipality_id, case_manager_id=manager.id)
        own.case_manager_id, own.birth_date = manager.id, row.birth_date
        db.add(own)
    db.flush()
    return person


def handle_of(municipality: str, reference: str) -> str:
    return f"{municipality}-{reference}"


def municipality_of(db: Session, slug: str) -> Municipality | None:
    return db.execute(select(Municipality).where(col(Municipality.slug) == slug)).scalar_one_or_none()


def account_of(db: Session, municipality: str, reference: str) -> Account | None:
    return db.execute(select(Account).where(col(Account.handle) == handle_of(municipality, reference))).scalar_one_or_none()


def employer_of(db: Session, municipality_id: int, kvk: str) -> Employer | None:
    return db.execute(select(Employer).where(col(Employer.municipality_id) == municipality_id, col(Employer.kvk) == kvk)).scalar_one_or_none()


def establishment_of(db: Session, employer: Employer, name: str) -> Establishment | None:
    return db.execute(
        select(Establishment).where(col(Establishment.employer_id) == employer.id, col(Establishment.name) == name)
    ).scalar_one_or_none()


def place_of(db: Session, municipality_id: int, row: PersonRow) -> Establishment | None:
    employer = employer_of(db, municipality_id, row.kvk)
    return establishment_of(db, employer, row.establishment) if employer else None


def works_as(db: Session, person: Account, role: Role, place: Establishment | None = None) -> bool:
    query = select(Membership).where(col(Membership.account_id) == person.id, col(Membership.role) == role, col(Membership.valid_until).is_(None))
    if place is not None:
        query = query.where(col(Membership.establishment_id) == place.id)
    return db.execute(query).first() is not None
