"""An issued document as it stands on paper: read once, then printed as PDF or written as UBL. Plain values only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from webapp.invoices.actions import invoices, lines
from webapp.invoices.rules import Totals, last_day_of, printed_number, totals_of


class PaperLine(NamedTuple):
    """A line as printed. `corrects`: the number of the earlier invoice it changes, or ''."""

    position: int
    description: str
    first_day: date
    last_day: date
    minutes: int
    tariff_cents: int
    net_cents: int
    vat_category: str
    vat_basis_points: int
    vat_reason: str
    corrects: str


class Paper(NamedTuple):
    """An invoice or credit note. `seller` and `buyer` as they were on the day of issue; `earlier`: (number, day) of invoices it names."""

    id: uuid.UUID
    kind: str
    number: str
    issued_on: date
    issued_at: datetime
    due_on: date
    first_day: date
    last_day: date
    seller: dict[str, str]
    buyer: dict[str, str]
    lines: tuple[PaperLine, ...]
    earlier: tuple[tuple[str, date], ...]

    @property
    def totals(self) -> Totals:
        return totals_of((line.net_cents, line.vat_category, line.vat_basis_points) for line in self.lines)

    @property
    def is_credit(self) -> bool:
        return self.kind == "credit_note"

    @property
    def filename(self) -> str:
        return f"{'creditnota' if self.is_credit else 'factuur'}-{self.number}"

    @property
    def exemptions(self) -> list[str]:
        """Why no VAT is asked, each reason once."""
        return list(dict.fromkeys(line.vat_reason for line in self.lines if line.vat_reason))


def papers(db: Session, invoice_ids: Iterable[uuid.UUID]) -> list[Paper]:
    """These documents, in the order of their numbers."""
    wanted = list(invoice_ids)
    found = db.execute(select(invoices).where(invoices.c.id.in_(wanted)).order_by(invoices.c.year, invoices.c.number)).all()
    by_invoice: dict[uuid.UUID, list[Any]] = {}
    for line in db.execute(select(lines).where(lines.c.invoice_id.in_(wanted)).order_by(lines.c.invoice_id, lines.c.position)):
        by_invoice.setdefault(line.invoice_id, []).append(line)
    named = {row.corrects_id for row in found} | {line.refers_to for group in by_invoice.values() for line in group}
    earlier: dict[Any, tuple[str, date]] = {
        row.id: (printed_number(row.year, row.number), row.issued_on)
        for row in db.execute(
            select(invoices.c.id, invoices.c.year, invoices.c.number, invoices.c.issued_on).where(invoices.c.id.in_(named - {None}))
        )
    }
    return [_paper(row, by_invoice.get(row.id, []), earlier) for row in found]


def _paper(row: Any, own: list[Any], earlier: dict[Any, tuple[str, date]]) -> Paper:
    named = dict.fromkeys(key for key in [row.corrects_id, *(line.refers_to for line in own)] if key is not None)
    printed = tuple(
        PaperLine(
            line.position, line.description, line.first_day, line.last_day, line.minutes, line.tariff_cents, line.net_cents, line.vat_category,
            line.vat_basis_points, line.vat_reason, earlier[line.refers_to][0] if line.refers_to else "",
        )
        for line in own
    )  # fmt: skip
    return Paper(
        row.id, row.kind, printed_number(row.year, row.number), row.issued_on, row.issued_at, row.due_on, row.period, last_day_of(row.period), row.seller,
        row.buyer, printed, tuple(earlier[key] for key in named),
    )  # fmt: skip
