"""The files of an issued document. Made from rows that never change, so the same bytes each time; kept once they went out."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from webapp.invoices.models import InvoiceFile
from webapp.invoices.paper import Paper, papers
from webapp.invoices.printing import pdf
from webapp.invoices.ubl import ubl

files: Any = InvoiceFile.__table__  # type: ignore[attr-defined]
MAKERS: dict[str, Callable[[Paper], bytes]] = {"pdf": pdf, "xml": ubl}


def file_of(db: Session, invoice_id: uuid.UUID, format: str) -> tuple[bytes, str]:
    """The bytes of a document and the name it is saved under: as it was kept, otherwise made now."""
    [paper] = papers(db, [invoice_id])
    kept = db.execute(select(files.c.content).where(files.c.invoice_id == invoice_id, files.c.format == format)).scalar()
    return kept if kept is not None else MAKERS[format](paper), f"{paper.filename}.{format}"


def keep(db: Session, paper: Paper, municipality_id: int, made: dict[str, bytes], now: datetime) -> None:
    """Keep the files of a document. What is kept already stays as it is, whoever made it."""
    rows = [
        {
            "invoice_id": paper.id, "format": format, "municipality_id": municipality_id, "content": content,
            "sha256": hashlib.sha256(content).hexdigest(), "made_at": now,
        }
        for format, content in made.items()
    ]  # fmt: skip
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    db.execute(insert(files).on_conflict_do_nothing(), rows)


def not_kept(db: Session, limit: int) -> list[tuple[uuid.UUID, int]]:
    """Documents whose PDF is not kept yet, oldest first, with their municipality."""
    from webapp.invoices.actions import invoices

    has_pdf = select(files.c.invoice_id).where(files.c.invoice_id == invoices.c.id, files.c.format == "pdf").exists()
    query = select(invoices.c.id, invoices.c.municipality_id).where(~has_pdf).order_by(invoices.c.issued_at, invoices.c.id).limit(limit)
    return [(row.id, row.municipality_id) for row in db.execute(query)]
