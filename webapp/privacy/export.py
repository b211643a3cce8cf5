"""Everything that is kept about one person, from every table that holds people: generated from the models and the register."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, or_, select
from sqlmodel import Session

from webapp.foundation.database import metadata
from webapp.offers.seal import NO, Sealer
from webapp.privacy.register import TABLES, Described

ABOUT_ROWS = ("history", "history_words")  # they also tell of somebody's hours, places and offers, which they name by id


def rows_about(table: Table, described: Described, person_id: UUID, municipality_id: int) -> Any:
    """The condition for the rows of a table that are about this person."""
    mine = [is_of(table, name, person_id) for name in described.person]
    if table.name in ABOUT_ROWS:
        mine += [table.c.subject_id.in_(own_ids) for own_ids in records_of(person_id)]
    return (or_(*mine), *((table.c.municipality_id == municipality_id,) if "municipality_id" in table.c else ()))


def is_of(table: Table, name: str, person_id: UUID) -> Any:
    """The condition that this column says a row is somebody's: by the person, or by a membership or placement of theirs."""
    column = table.c[name]
    for leads_to, whose in (("membership", "account_id"), ("placement", "participant_id")):
        if leads_to in {key.column.table.name for key in column.foreign_keys}:
            owned = metadata.tables[leads_to]
            return column.in_(select(owned.c.id).where(owned.c[whose] == person_id))
    return column == person_id


def records_of(person_id: UUID) -> list[Any]:
    """Queries for the ids of everything that is one participant's: hours, places, offers, questions."""
    found = []
    for name, described in TABLES.items():
        table = metadata.tables[name]
        whose = next((column for column in ("participant_id", "placement_id") if column in described.person), None)
        if whose and "id" in table.c and table.c.id.type.python_type is UUID:
            found.append(select(table.c.id).where(is_of(table, whose, person_id)))
    return found


def own_data(db: Session, person_id: UUID, municipality_id: int, *, sealer: Sealer, now: datetime) -> dict[str, Any]:
    """One's own data as plain values: per table the rows, and what is left out with why. Complete by construction."""
    tables: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    for name, described in TABLES.items():
        if not described.person:
            continue
        table = metadata.tables[name]
        columns = [column for column in table.c if column.name not in described.left_out]
        extra = [table.c.id, table.c.sealed] if name == "offer" else []
        order = list(table.primary_key)
        rows = db.execute(select(*columns, *extra).where(*rows_about(table, described, person_id, municipality_id)).order_by(*order)).all()
        tables[name] = [{column.name: plain(value) for column, value in zip(columns, row, strict=False)} for row in rows]
        if name == "offer":
            for told, row in zip(tables[name], rows, strict=True):
                told["own_answer"] = "no" if sealer.open(row[-1], row[-2]) == NO else None
        left_out |= {f"{name}.{column}": why for column, why in described.left_out.items()}
    return {"made_at": plain(now), "person": str(person_id), "tables": tables, "left_out": left_out}


def plain(value: Any) -> Any:
    """A value as JSON has it: instants and days as ISO 8601, identifiers as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)
