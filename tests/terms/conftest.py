"""Terms need no people and no pages: a session that writes, and municipalities."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session

from webapp.foundation.database import Database
from webapp.people.models import Municipality
from webapp.terms.actions import REGULATIONS_FILE

NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """One session in one transaction, undone after the test."""
    with Session(database.engine, expire_on_commit=False) as session:
        yield session
        session.rollback()


@pytest.fixture
def waterveen(db: Session) -> Municipality:
    return municipality(db, "waterveen")


@pytest.fixture
def hoogland(db: Session) -> Municipality:
    return municipality(db, "hoogland")


def municipality(db: Session, slug: str) -> Municipality:
    made = Municipality(slug=slug, name=slug.capitalize(), phone="0900 0000")
    db.add(made)
    db.flush()
    return made


@pytest.fixture
def entries() -> dict[str, Any]:
    """The regulations as shipped; a fresh copy that a test may spoil."""
    read: dict[str, Any] = json.loads(REGULATIONS_FILE.read_text("utf-8"))
    return read
