"""Every address × every role × own, colleague's, other employer's and other municipality's record: exactly what the table says.

Whose a record is, is read from its row; who may see it, from the words of the permission table. A new address with a record
in it is crossed by itself, and one whose part is not known here fails.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from tests.conftest import SAME_ORIGIN
from tests.house.addresses import TABLES, busy_world
from webapp.foundation.database import metadata
from webapp.people.models import Membership
from webapp.permissions import PERMISSIONS, PUBLIC, Role

NOT_YET = {"placements.calendar"}  # own, but only there once somebody said yes


JOINED = {"own caseload, or asked", "own municipality, own caseload"}  # what follows another comma only says more in words
SHUTS_OUT = {"access.end_device", "access.phone_lost"}  # they would sign out who comes after; crossed in tests/access
BY_ITSELF = {"account_id", "year", "key", "step"}  # not the name of a record: an account has its own tests, a year and a kind of term are nobody's


@dataclass(frozen=True)
class Record:
    """One row behind an address, and whose it is. `parents`: its other columns, for addresses that name what it belongs to."""

    id: uuid.UUID
    table: str
    municipality_id: int
    person_id: uuid.UUID | None
    establishment_id: uuid.UUID | None
    case_manager_id: uuid.UUID | None
    asked_id: uuid.UUID | None
    parents: Mapping[str, Any]


@dataclass(frozen=True)
class Actor:
    """Somebody signed in, and what counts as theirs."""

    name: str
    role: str
    municipality_id: int
    account_id: uuid.UUID
    establishment_id: uuid.UUID | None

    def covers(self, whose: str, record: Record) -> bool:
        """Whether these words of the table cover this record for this person. Raises KeyError for words nobody explained."""
        if record.municipality_id != self.municipality_id:
            return False
        at_work = record.establishment_id is not None and record.establishment_id == self.establishment_id
        managed = record.case_manager_id == self.account_id
        return {
            "own": record.person_id == self.account_id,
            "own placement": record.person_id == self.account_id,
            "own workplace": at_work,
            "own caseload": managed,
            "own caseload, or asked": managed or record.asked_id == self.account_id,
            "own municipality": True,
            "own municipality, own caseload": managed or record.person_id is None,
        }[whose if whose in JOINED else whose.partition(",")[0]]


def crowd(world: make.World, as_person: Any) -> dict[str, Membership]:
    """The world with something of everything in it four times: own, of a colleague, of another employer, of another municipality."""
    busy_world(world, as_person)
    database = world.database
    for supervisor, participant, manager in (
        (world.other_supervisor, make.participant(database, world.municipality_id, world.colleague, "Aster Gebre"), world.colleague),
        (world.strange_supervisor, world.stranger, world.strange_case_manager),
    ):
        with Session(database.engine) as db:
            place = db.get_one(make.Establishment, supervisor.establishment_id)
            db.expunge(place)
        request = make.work_request(database, place, supervisor)
        running = make.placement(database, request, participant, manager)
        for back in (1, 2):
            make.hours(database, running, day=make.MONDAY + make.timedelta(days=back))
        other = make.work_request(database, place, supervisor, function="Inpakhulp", starts_on=make.TODAY + make.timedelta(days=9))
        make.offer(database, other, participant, manager)
    return {
        "participant": world.participant, "other participant": world.other_participant, "supervisor": world.supervisor,
        "other employer": world.other_supervisor, "case manager": world.case_manager, "colleague": world.colleague, "stranger": world.stranger,
        "strange supervisor": world.strange_supervisor, "strange case manager": world.strange_case_manager,
        **{role: make.account(database, world.municipality_id, role, "Ellen Mulder") for role in (Role.FINANCE, Role.ADMIN, Role.COUNCIL)},
    }  # fmt: skip


def records(session: Session) -> dict[str, list[Record]]:
    """Every row that an address can name, with whose it is, per part of an address."""
    files = {row.account_id: row.case_manager_id for row in session.execute(select(metadata.tables["participant_file"]))}
    found: dict[str, list[Record]] = {}
    for part, name in TABLES.items():
        table = metadata.tables[name]
        key = next(iter(table.primary_key)).name
        for row in session.execute(select(table)).mappings():
            row_of = {**parent(session, row), **{column: value for column, value in row.items() if value is not None}}
            person = row_of.get("participant_id") or row_of.get("account_id")
            found.setdefault(part, []).append(
                Record(
                    row[key], name, row["municipality_id"], person, row_of.get("establishment_id"), files.get(person), row_of.get("asked_id"), row_of
                )
            )
    return found


def parent(session: Session, row: Any) -> dict[str, Any]:
    """What a row takes from the placement or request it belongs to."""
    for column, name in (("placement_id", "placement"), ("request_id", "work_request"), ("membership_id", "membership")):
        if row.get(column):
            table = metadata.tables[name]
            return dict(session.execute(select(table).where(table.c.id == row[column])).mappings().one())
    return {}


def crossed(app: Flask, found: dict[str, list[Record]]) -> Iterator[tuple[str, str, str, Record]]:
    """(endpoint, method, address, record) for every address that names exactly one record; GET first, since they change nothing."""
    adapter = app.url_map.bind("localhost")
    for method in ("GET", "POST", "DELETE"):
        for rule in app.url_map.iter_rules():
            parts = set(rule.arguments)
            if rule.endpoint in PUBLIC | SHUTS_OUT or method not in (rule.methods or ()) or not parts:
                continue
            if parts & BY_ITSELF or not parts <= set(found):
                continue
            # of an address that names two records, the inner one knows the outer
            inner = max(parts, key=rule.rule.index)
            for record in found[inner]:
                values = {part: record.parents.get(part) for part in parts} | {inner: record.id}
                if None not in values.values():
                    yield rule.endpoint, method, adapter.build(rule.endpoint, values, method=method), record


def test_every_part_of_an_address_is_known_to_these_tests(app: Flask) -> None:
    parts = {part for rule in app.url_map.iter_rules() if rule.endpoint not in PUBLIC for part in rule.arguments}

    assert parts <= set(TABLES) | BY_ITSELF


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_everybody_reaches_exactly_the_records_of_the_table(world: make.World, app: Flask, session: Session, as_person: Any) -> None:
    people = crowd(world, as_person)
    actors = [(Actor(name, who.role, who.municipality_id, who.account_id, who.establishment_id), as_person(who)) for name, who in people.items()]
    found = records(session)
    session.rollback()
    wrong, tried = [], Counter[str]()
    for endpoint, method, address, record in crossed(app, found):
        permission = PERMISSIONS[endpoint]
        for actor, visitor in actors:
            code = visitor.client.open(address, method=method, headers=SAME_ORIGIN).status_code
            if actor.role not in permission.roles:
                expected, right = "403", code == 403
            elif not actor.covers(permission.whose_for(actor.role), record):
                expected, right = "404", code == 404
            elif method == "GET":
                expected, right = "a page", code in (200, 303) or (code == 404 and endpoint in NOT_YET)
            else:
                expected, right = "an answer of its own", code not in (403, 500)
            tried[expected] += 1
            if not right:
                wrong.append(f"{actor.name} {method} {address} ({endpoint}, {record.table}): {code} instead of {expected}")

    assert not wrong, f"{len(wrong)} of {tried.total()}:\n" + "\n".join(wrong[:40])
    assert min(tried["403"], tried["404"], tried["a page"], tried["an answer of its own"]) > 20
    print(f"rights crossed: {tried.total()} ({dict(tried)})")  # noqa: T201 - a figure for the security officer
