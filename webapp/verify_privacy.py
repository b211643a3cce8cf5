"""What must always hold of the history's edges and of what was erased (V7), from the raw rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from webapp.verify_rows import Fault


def nothing_was_cut_off(db: Connection) -> Iterator[Fault]:
    """V7: the chain still holds every row that an anchor saw at its end."""
    for row in db.execute(
        text(
            "SELECT a.id, a.number, a.hash, h.hash AS now FROM history_anchor a LEFT JOIN history h ON h.municipality_id = a.municipality_id AND h.number = a.number"
        )
    ):
        if row.now is None:
            yield Fault("V7", "history_anchor", str(row.id), f"row {row.number} was the end of the chain and is gone")
        elif row.now != row.hash:
            yield Fault("V7", "history_anchor", str(row.id), f"row {row.number} had another hash when it was anchored")


def words_are_those_of_the_chain(db: Connection) -> Iterator[Fault]:
    """V7: what is still kept of people's words is what the chain holds the digest of."""
    statement = text(
        "SELECT w.id, w.name, w.salt, w.text, h.facts FROM history_words w LEFT JOIN history h ON h.municipality_id = w.municipality_id AND h.number = w.number"
    )
    for row in db.execution_options(yield_per=10_000).execute(statement):
        digest = "sha256:" + hashlib.sha256(f"{row.salt}\x1f{row.text}".encode()).hexdigest()
        if row.facts is None or at_path(json.loads(row.facts), row.name) != digest:
            yield Fault("V7", "history_words", str(row.id), f"the words of {row.name} are not those that were written")


def at_path(facts: Any, path: str) -> Any:
    """The fact at a path as `history/rules.py` writes it: names and places in lists, with dots."""
    for part in path.split("."):
        facts = facts[int(part)] if isinstance(facts, list) else facts.get(part) if isinstance(facts, dict) else None
    return facts


def who_was_erased_is_gone(db: Connection) -> Iterator[Fault]:
    """V8: nobody finds what no law keeps of somebody whose wish to be erased was carried out."""
    erased = "SELECT participant_id FROM data_request WHERE kind = 'erasure' AND erased_at IS NOT NULL"
    for table, column in (("notification", "account_id"), ("push_subscription", "account_id"), ("check_in", "participant_id")):
        for row in db.execute(text(f"SELECT id FROM {table} WHERE {column} IN ({erased})")):  # noqa: S608 - names from the line above
            yield Fault("V8", table, str(row.id), "is of somebody who was erased")
    for row in db.execute(text(f"SELECT id FROM account WHERE id IN ({erased}) AND (phone <> '' OR email <> '')")):  # noqa: S608
        yield Fault("V8", "account", str(row.id), "somebody who was erased can still be reached")


CHECKS = (nothing_was_cut_off, words_are_those_of_the_chain, who_was_erased_is_gone)
