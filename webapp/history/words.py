"""What people wrote themselves, apart from the chain: the chain holds a salted digest, this table the text, and the text can go.

So a reason or a note can be erased when its term is over and the chain stays whole; while it is kept, the digest proves that
nobody changed it. Without salt and text the digest tells nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Column, UniqueConstraint, select
from sqlmodel import Field, Session, SQLModel

from webapp.foundation.database import RowNumber, Write
from webapp.history.rules import apart, digest_of, filled


class HistoryWords(SQLModel, table=True):
    """One text of one history row. `name` is the path of the fact it fills ("note", "is.reason")."""

    __tablename__ = "history_words"
    __table_args__ = (UniqueConstraint("municipality_id", "number", "name", name="a_fact_has_its_words_once"),)

    id: int | None = Field(default=None, sa_column=Column(RowNumber, primary_key=True, autoincrement=True))
    municipality_id: int = Field(foreign_key="municipality.id")
    number: int  # of the history row
    subject_id: UUID = Field(index=True)  # of the same row, to find what is about somebody
    actor_id: UUID | None = None
    name: str
    salt: str
    text: str


words: Any = HistoryWords.__table__  # type: ignore[attr-defined]
ADD = Write(words, "municipality_id", "number", "subject_id", "actor_id", "name", "salt", "text")


class Parted(NamedTuple):
    """Facts without anybody's words, and the words beside them."""

    facts: Mapping[str, Any]
    rows: list[dict[str, Any]]


def part(facts: Mapping[str, Any], row: Mapping[str, Any]) -> Parted:
    """Take the words out of the facts of one history row; `row` says which row that is."""
    texts = apart(facts) if any(not isinstance(value, int) for value in facts.values()) else {}
    if not texts:
        return Parted(facts, [])
    salts = {name: secrets.token_hex(16) for name in texts}
    digests = {name: digest_of(salts[name], text) for name, text in texts.items()}
    return Parted(filled(facts, digests), [{**row, "name": name, "salt": salts[name], "text": text} for name, text in texts.items()])


def words_of(db: Session, municipality_id: int, numbers: Iterable[int]) -> dict[int, dict[str, str]]:
    """What is still kept of the words of these rows: number, then the path of the fact."""
    found: dict[int, dict[str, str]] = {}
    rows = select(words.c.number, words.c.name, words.c.text).where(words.c.municipality_id == municipality_id, words.c.number.in_(list(numbers)))
    for number, name, text in db.execute(rows):
        found.setdefault(number, {})[name] = text
    return found
