"""What must always hold, recomputed from the raw rows with our own eyes: not through the code that wrote them.

Each check reads tables in streams, so that a large database fits in a small memory. The modules beside this one
hold the checks of their slices.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table

from webapp import (
    verify_access,
    verify_growth,
    verify_invoices,
    verify_limits,
    verify_money,
    verify_placements,
    verify_privacy,
    verify_reports,
    verify_requests,
)
from webapp.foundation.database import Database, metadata
from webapp.tables import ALL
from webapp.verify_rows import Fault, rows


def faults(database: Database) -> list[Fault]:
    """Everything that is broken; empty when all holds."""
    assert ALL
    with database.reading.connect() as connection:
        return [fault for check in CHECKS for fault in check(connection)]


def every_minute_once(db: Connection) -> Iterator[Fault]:
    """V1: the lines of an entry add up to its certain minutes, and each line is its minutes at its rate, rounded once."""
    for row in rows(
        db,
        "SELECT e.id, e.status, e.certain_minutes, COALESCE(SUM(l.minutes), 0) AS minutes, "
        "SUM(CASE WHEN l.participant_id <> e.participant_id OR l.worked_on <> e.worked_on THEN 1 ELSE 0 END) AS strange "
        "FROM hours_entry e LEFT JOIN ledger_line l ON l.cause_id = e.id "
        "GROUP BY e.id, e.status, e.certain_minutes",
    ):
        if row.minutes != row.certain_minutes:
            yield Fault("V1", "hours_entry", str(row.id), f"{row.certain_minutes} certain minutes, {row.minutes} in the ledger")
        elif row.strange:
            yield Fault("V1", "hours_entry", str(row.id), "a ledger line names another person or day")
    wrong = "SELECT id, amount_cents, minutes, rate_cents FROM ledger_line WHERE cause = 'hours' AND amount_cents <> (minutes * rate_cents + 30) / 60"
    for row in rows(db, wrong):
        yield Fault("V1", "ledger_line", str(row.id), f"{row.amount_cents} cents booked for {row.minutes} minutes at {row.rate_cents} an hour")
    for row in rows(
        db, "SELECT l.id FROM ledger_line l LEFT JOIN hours_entry e ON e.id = l.cause_id WHERE e.id IS NULL AND l.cause IN ('hours', 'hours_back')"
    ):
        yield Fault("V1", "ledger_line", str(row.id), "no hours belong to it")
    for row in rows(
        db,
        "SELECT b.id FROM ledger_line b JOIN ledger_line l ON l.id = b.reverses_id "
        "WHERE b.amount_cents <> -l.amount_cents OR b.minutes <> -l.minutes OR b.cause_id <> l.cause_id",
    ):
        yield Fault("V1", "ledger_line", str(row.id), "a counter-line that differs from its line")
    for row in rows(
        db,
        "SELECT id, status, minutes, corrected_minutes, ruled_minutes, certain_minutes FROM hours_entry WHERE "
        "(status IN ('sent', 'withdrawn') AND certain_minutes <> 0) OR (status = 'ruled' AND certain_minutes <> ruled_minutes) "
        "OR (status = 'confirmed' AND certain_minutes NOT IN (minutes, COALESCE(corrected_minutes, minutes))) "
        "OR (status IN ('corrected', 'disputed') AND corrected_minutes IS NOT NULL AND certain_minutes < CASE WHEN corrected_minutes < minutes THEN corrected_minutes ELSE minutes END)",
    ):
        yield Fault("V1", "hours_entry", str(row.id), f"{row.certain_minutes} certain minutes do not fit the status {row.status}")


def only_in_placements(db: Connection) -> Iterator[Fault]:
    """V2: hours lie inside an accepted, insured placement that ran, never overlap, and nobody settles their own."""
    for row in rows(
        db,
        "SELECT e.id FROM hours_entry e LEFT JOIN placement p ON p.id = e.placement_id WHERE e.status <> 'withdrawn' AND "
        "(p.id IS NULL OR p.participant_id <> e.participant_id OR p.establishment_id <> e.establishment_id OR p.status NOT IN ('running', 'ended') "
        "OR p.insured_from IS NULL OR p.insured_from > e.worked_on OR e.worked_on < p.starts_on OR e.worked_on > p.ends_on)",
    ):
        yield Fault("V2", "hours_entry", str(row.id), "outside an accepted, insured, running placement")
    before: Any = None
    for row in rows(
        db, "SELECT id, participant_id, starts_at, stops_at FROM hours_entry WHERE status <> 'withdrawn' ORDER BY participant_id, starts_at, stops_at"
    ):
        if before is not None and before[0] == row.participant_id and row.starts_at < before[1]:
            yield Fault("V2", "hours_entry", str(row.id), "overlaps with other hours of the same person")
        stops_at = max(before[1], row.stops_at) if before is not None and before[0] == row.participant_id else row.stops_at
        before = (row.participant_id, stops_at)
    for row in rows(db, "SELECT id FROM hours_entry WHERE participant_id IN (confirmed_by, corrected_by, ruled_by)"):
        yield Fault("V2", "hours_entry", str(row.id), "somebody settled their own hours")
    for row in rows(
        db,
        "SELECT p.id FROM placement p JOIN offer o ON o.id = p.offer_id WHERE o.participant_id <> p.participant_id OR (p.status IN ('accepted', 'running', 'ended') AND o.status <> 'yes')",
    ):
        yield Fault("V2", "placement", str(row.id), "runs without this person's own yes")


def chains_are_whole(db: Connection) -> Iterator[Fault]:
    """V7: rows are numbered without gaps and each hash follows from the row before and the row itself."""
    last: dict[int, tuple[int, str]] = {}
    for row in rows(
        db,
        "SELECT id, municipality_id, number, at, actor_id, actor_role, action, subject_id, facts, previous_hash, hash FROM history ORDER BY municipality_id, number",
    ):
        number, previous = last.get(row.municipality_id, (0, "0" * 64))
        if row.number != number + 1:
            yield Fault("V7", "history", str(row.id), f"number {row.number} follows {number}")
        elif row.previous_hash != previous or row.hash != hash_of(row, previous):
            yield Fault("V7", "history", str(row.id), "the chain of hashes is broken here")
        last[row.municipality_id] = (row.number, row.hash)


def hash_of(row: Row[Any], previous: str) -> str:
    """The hash a row must have, written out again from `history/rules.py`."""
    actor = hex_of(row.actor_id) if row.actor_id else ""
    parts = (
        previous,
        str(row.municipality_id),
        str(row.number),
        instant_of(row.at),
        actor,
        row.actor_role,
        row.action,
        hex_of(row.subject_id),
        row.facts,
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def hex_of(key: Any) -> str:
    return str(key).replace("-", "")


def instant_of(at: Any) -> str:
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return (found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)).isoformat()


TOLD = {
    # state in a table -> the action its history row must have
    "hours_entry": {
        "sent": "hours.sent", "withdrawn": "hours.withdrawn", "corrected": "hours.corrected", "disputed": "hours.disputed", "ruled": "hours.ruled",
        "confirmed": "hours.confirmed|hours.agreed",
    },
    "placement": {"accepted": "placement.accepted", "running": "placement.started", "ended": "placement.ended", "cancelled": "placement.cancelled"},
    "offer": {"open": "offer.made|offer.open", "yes": "offer.yes", "closed": "offer.closed"},
}  # fmt: skip


def changes_are_told(db: Connection) -> Iterator[Fault]:
    """V7: the state of every entry, placement and offer has the history row that tells it, and every message its cause."""
    for table, states in TOLD.items():
        for status, actions in states.items():
            names = actions.split("|")
            marks = ", ".join(f":a{number}" for number in range(len(names)))
            statement = (
                f"SELECT t.id FROM {table} t WHERE t.status = :status AND NOT EXISTS "  # noqa: S608 - names from the table above
                f"(SELECT 1 FROM history h WHERE h.subject_id = t.id AND h.municipality_id = t.municipality_id AND h.action IN ({marks}))"
            )
            for row in rows(db, statement, status=status, **{f"a{number}": name for number, name in enumerate(names)}):
                yield Fault("V7", table, str(row.id), f"status {status} without a history row")
    yield from messages_exist(db)


def messages_exist(db: Connection) -> Iterator[Fault]:
    """V7: a correction, a dispute and a ruling that committed have their message, as long as messages are kept."""
    told: set[tuple[str, str]] = set()
    for row in rows(db, "SELECT key, cause_id FROM notification WHERE key IN ('hours.changed', 'dispute.new', 'dispute.done', 'offer.new')"):
        told.add((row.key, row.cause_id.split(":")[0].replace("-", "")))
    for key, statement in (
        ("hours.changed", "SELECT id, corrected_at AS at, municipality_id, participant_id FROM hours_entry WHERE corrected_at IS NOT NULL"),
        ("dispute.new", "SELECT id, responded_at AS at, municipality_id, participant_id FROM hours_entry WHERE status = 'disputed'"),
        ("dispute.done", "SELECT id, ruled_at AS at, municipality_id, participant_id FROM hours_entry WHERE status = 'ruled'"),
        ("offer.new", "SELECT id, offered_at AS at, municipality_id, participant_id FROM offer"),
    ):
        for row in rows(db, NOT_FORGOTTEN.format(causes=statement)):
            if (key, hex_of(row.id)) not in told:
                yield Fault("V7", "notification", str(row.id), f"the message {key} is missing")


# messages go when their term is over, or when their person left: none is missed of before that
NOT_FORGOTTEN = (
    "SELECT t.id FROM ({causes}) t JOIN account p ON p.id = t.participant_id WHERE p.first_name <> '–' "
    "AND NOT EXISTS (SELECT 1 FROM data_request d WHERE d.participant_id = t.participant_id AND d.erased_at IS NOT NULL) "
    "AND t.at >= COALESCE((SELECT MAX(r.kept_from) FROM retention_run r WHERE r.kind = 'message' AND r.municipality_id = t.municipality_id), t.at)"
)


def nothing_crosses(db: Connection) -> Iterator[Fault]:
    """V8: no row points at a row of another municipality."""
    for table in metadata.sorted_tables:
        if "municipality_id" not in table.c:
            continue
        for key in table.foreign_keys:
            other: Table = key.column.table
            if "municipality_id" not in other.c:
                continue
            mine, theirs, pk = key.parent.name, key.column.name, next(iter(table.primary_key)).name
            statement = (
                f"SELECT a.{pk} AS id FROM {table.name} a JOIN {other.name} b ON b.{theirs} = a.{mine} "  # noqa: S608 - names of our own tables
                "WHERE a.municipality_id <> b.municipality_id AND b.municipality_id IS NOT NULL AND a.municipality_id IS NOT NULL"
            )
            for row in rows(db, statement):
                yield Fault("V8", table.name, str(row.id), f"{mine} points into another municipality")


CHECKS = (
    every_minute_once, only_in_placements, chains_are_whole, changes_are_told, nothing_crosses,
    *verify_money.CHECKS, *verify_privacy.CHECKS, *verify_growth.CHECKS, *verify_invoices.CHECKS, *verify_access.CHECKS, *verify_placements.CHECKS, *verify_limits.CHECKS, *verify_reports.CHECKS, *verify_requests.CHECKS,
)  # fmt: skip
