"""Employers and the places where they have work."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from webapp.foundation.ids import new_id


class Employer(SQLModel, table=True):
    """An organisation that has work. `is_agency`: it sends people on to an end client."""

    __table_args__ = (UniqueConstraint("municipality_id", "kvk", name="an_employer_is_known_once"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    name: str
    kvk: str = Field(index=True)  # number in the trade register, eight digits
    is_agency: bool = False


class Establishment(SQLModel, table=True):
    """Where the work is. The number of staff is counted in people, on a day; None is not known."""

    __table_args__ = (
        CheckConstraint("staff_count IS NULL OR staff_count >= 0", name="staff_is_counted_in_people"),
        CheckConstraint("(staff_count IS NULL) = (staff_counted_on IS NULL)", name="a_count_has_its_day"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    employer_id: uuid.UUID = Field(foreign_key="employer.id", index=True)
    name: str
    street: str
    town: str
    staff_count: int | None = None
    staff_counted_on: date | None = None
