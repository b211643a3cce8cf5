"""The history as an administrator may read it: a page at a time by its number, or as a stream.

What would tell of a no is not in it: openings and closings of offers and cancelled places, whose instants alone could
say that somebody declined (DECISIONS.md 9 and 15).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, and_, func, or_, select
from sqlmodel import Session

from webapp.foundation.clock import instant
from webapp.history.actions import history
from webapp.history.words import words_of
from webapp.hours.models import HoursEntry
from webapp.people.models import Account
from webapp.people.person import Person
from webapp.placements.actions import placements

accounts: Any = Account.__table__  # type: ignore[attr-defined]
entries: Any = HoursEntry.__table__  # type: ignore[attr-defined]
PAGE = 50
BATCH = 1000
TELLS_OF_A_NO = ("offer.open", "offer.closed", "offer.made", "placement.cancelled")


class Asked(NamedTuple):
    """What to show: `person` as who did it or whose it is; `kind` the first part of an action; days included."""

    person: UUID | None = None
    kind: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None  # number of a row


class Told(NamedTuple):
    """One row: `facts` as pairs of name and text, words of people filled in as far as they are still kept."""

    number: int
    at: datetime
    actor: str
    role: str
    action: str
    about: str
    facts: list[tuple[str, str]]


def _asked(municipality_id: int, asked: Asked) -> Any:
    wanted = [history.c.municipality_id == municipality_id, history.c.action.not_in(TELLS_OF_A_NO)]
    if asked.person is not None:
        theirs = [select(table.c.id).where(table.c.participant_id == asked.person) for table in (entries, placements)]
        wanted.append(
            or_(history.c.actor_id == asked.person, history.c.subject_id == asked.person, *(history.c.subject_id.in_(ids) for ids in theirs))
        )
    if asked.kind:
        wanted.append(or_(history.c.action == asked.kind, history.c.action.startswith(asked.kind + ".", autoescape=True)))
    if asked.first is not None:
        wanted.append(history.c.at >= instant(asked.first, time()))
    if asked.last is not None:
        wanted.append(history.c.at < instant(asked.last + timedelta(days=1), time()))
    if asked.before is not None:
        wanted.append(history.c.number < asked.before)
    return and_(*wanted)


COLUMNS = (history.c.number, history.c.at, history.c.actor_id, history.c.actor_role, history.c.action, history.c.subject_id, history.c.facts)


def a_page(db: Session, person: Person, asked: Asked) -> tuple[list[Told], int | None]:
    """Rows, the latest first, and the number to go on from when there are more. Five statements, however long the history is."""
    rows = db.execute(select(*COLUMNS).where(_asked(person.municipality_id, asked)).order_by(history.c.number.desc()).limit(PAGE + 1)).all()
    more = rows[PAGE - 1].number if len(rows) > PAGE else None
    return _told(db, person.municipality_id, rows[:PAGE]), more


def everything(connection: Connection, municipality_id: int, asked: Asked) -> Iterator[Told]:
    """Rows from the first on, read in batches, so that a long history needs no more memory than a short one."""
    after = 0
    with Session(connection) as db:
        while True:
            chosen = and_(_asked(municipality_id, asked), history.c.number > after)
            rows = db.execute(select(*COLUMNS).where(chosen).order_by(history.c.number).limit(BATCH)).all()
            yield from _told(db, municipality_id, rows)
            if len(rows) < BATCH:
                return
            after = rows[-1].number


def _told(db: Session, municipality_id: int, rows: Any) -> list[Told]:
    subjects = {row.subject_id for row in rows}
    names = _names(db, {row.actor_id for row in rows if row.actor_id} | subjects)
    owners: dict[UUID, str] = {}
    for table in (entries, placements):
        found = select(table.c.id, accounts.c.first_name, accounts.c.last_name).join_from(table, accounts, accounts.c.id == table.c.participant_id)
        owners |= {row.id: f"{row.first_name} {row.last_name}" for row in db.execute(found.where(table.c.id.in_(subjects)))}
    words = words_of(db, municipality_id, [row.number for row in rows])
    return [
        Told(
            row.number, row.at, names.get(row.actor_id, ""), row.actor_role, row.action, names.get(row.subject_id) or owners.get(row.subject_id, ""),
            facts_of(json.loads(row.facts), words.get(row.number, {})),
        )
        for row in rows
    ]  # fmt: skip


def _names(db: Session, ids: set[UUID]) -> dict[UUID, str]:
    return {
        row.id: f"{row.first_name} {row.last_name}"
        for row in db.execute(select(accounts.c.id, accounts.c.first_name, accounts.c.last_name).where(accounts.c.id.in_(ids)))
    }


def facts_of(facts: Any, words: dict[str, str], path: str = "") -> list[tuple[str, str]]:
    """Facts as flat pairs. Words that were erased since are a dash; identifiers are left out."""
    found: list[tuple[str, str]] = []
    for name, value in facts.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            found += facts_of(value, words, here)
        elif isinstance(value, str) and value.startswith("sha256:"):
            found.append((here, words.get(here, "–")))
        elif value is not None and value != "" and not _is_id(value):
            found.append((here, str(value)))
    return found


def _is_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 36 and bool(UUID(value))
    except ValueError:
        return False


def people(db: Session, person: Person, name: str) -> list[Any]:
    """People of this municipality whose name holds these words, at most twenty."""
    full = func.lower(accounts.c.first_name + " " + accounts.c.last_name)
    own = (accounts.c.municipality_id == person.municipality_id, full.contains(name.lower(), autoescape=True))
    return list(db.execute(select(accounts.c.id, accounts.c.first_name, accounts.c.last_name).where(*own).order_by(full, accounts.c.id).limit(20)))


def person_named(db: Session, person: Person, id: UUID) -> Any:
    """Somebody of this municipality, or None."""
    own = (accounts.c.municipality_id == person.municipality_id, accounts.c.id == id)
    return db.execute(select(accounts.c.id, accounts.c.first_name, accounts.c.last_name).where(*own)).first()
