"""The register of processing as rows for the page: made from the models, described by `register.py`."""

from __future__ import annotations

from typing import NamedTuple

from webapp.foundation.database import metadata
from webapp.foundation.texts import gettext
from webapp.privacy.register import TABLES


class Processing(NamedTuple):
    """One table: its columns with a mark for who they are about, and what is said of it."""

    table: str
    whose: str
    purpose: str
    basis: str
    keeps: str
    sees: str
    columns: list[tuple[str, str]]  # name, and "person", "other", "sealed" or ""


def register_rows() -> list[Processing]:
    """Every table of the models, in the order in which the register describes them."""
    rows = []
    for name, described in TABLES.items():
        columns = [(column.name, _mark(column.name, name)) for column in metadata.tables[name].c]
        rows.append(
            Processing(
                name,
                gettext(described.whose),
                gettext(described.purpose),
                gettext(described.basis),
                described.keeps,
                gettext(described.sees),
                columns,
            )
        )
    return rows


def _mark(column: str, table: str) -> str:
    described = TABLES[table]
    if column in described.left_out:
        return "sealed"
    return "person" if column in described.person else "other" if column in described.others else ""
