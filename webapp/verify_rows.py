"""What every check of `verify` is made of: a fault, and rows read in streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

LINES = 10_000


class Fault(NamedTuple):
    """A broken rule (V1…V8), the row it was found in, and what is wrong with it."""

    rule: str
    table: str
    row: str
    what: str


def rows(connection: Connection, statement: str, **values: Any) -> Iterator[Row[Any]]:
    return iter(connection.execution_options(yield_per=LINES).execute(text(statement), values))
