"""Reads of the invoice pages. All start at the person: the municipality, and for a supervisor the own establishment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session

from webapp.hours.reads import IS_WAITING, entries
from webapp.invoices import rules
from webapp.invoices.actions import addresses, employers, establishments, invoices, lines, runs
from webapp.invoices.models import InvoiceMail, Receipt
from webapp.invoices.rules import Standing, printed_number, standing
from webapp.people.person import Person
from webapp.permissions import Role

mails: Any = InvoiceMail.__table__  # type: ignore[attr-defined]
receipts: Any = Receipt.__table__  # type: ignore[attr-defined]
notes: Any = invoices.alias("note")

CREDITED = select(func.coalesce(func.sum(notes.c.total_cents), 0)).where(notes.c.corrects_id == invoices.c.id).correlate(invoices).scalar_subquery()
PAID = select(func.coalesce(func.sum(receipts.c.amount_cents), 0)).where(receipts.c.invoice_id == invoices.c.id).correlate(invoices).scalar_subquery()
LAST_STEP = select(func.max(mails.c.step)).where(mails.c.invoice_id == invoices.c.id, mails.c.state != "failed").correlate(invoices).scalar_subquery()
FAILED = select(func.count()).where(mails.c.invoice_id == invoices.c.id, mails.c.state == "failed").correlate(invoices).scalar_subquery()
SENT = select(func.max(mails.c.settled_at)).where(mails.c.invoice_id == invoices.c.id, mails.c.state == "sent").correlate(invoices).scalar_subquery()
LOWEST = select(func.min(lines.c.tariff_cents)).where(lines.c.invoice_id == invoices.c.id).correlate(invoices).scalar_subquery()
HIGHEST = select(func.max(lines.c.tariff_cents)).where(lines.c.invoice_id == invoices.c.id).correlate(invoices).scalar_subquery()


class Row(NamedTuple):
    """A document in a list. `standing` is None for a credit note. `step`: the last mail that went or waits; None for none."""

    document: Any
    standing: Standing | None
    step: int | None

    @property
    def number(self) -> str:
        return printed_number(self.document.year, self.document.number)

    @property
    def may_be_sent(self) -> bool:
        return self.step is None and bool(self.document.buyer["email"])


def of_person(person: Person) -> ColumnElement[bool]:
    """Which documents somebody may see."""
    own: ColumnElement[bool] = invoices.c.municipality_id == person.municipality_id
    if person.role == Role.SUPERVISOR:
        return and_(own, invoices.c.establishment_id == person.establishment_id)
    if person.role in (Role.FINANCE, Role.ADMIN):
        return own
    return invoices.c.id.is_(None)


def rows_of(
    db: Session, person: Person, today: date, *, month: date | None = None, only: Sequence[uuid.UUID] | None = None, limit: int | None = None
) -> list[Row]:
    """Documents with how they stand, newest number first; those of a month, or only these."""
    query = (
        select(
            invoices, establishments.c.name.label("establishment"), employers.c.name.label("employer"), CREDITED.label("credited"), PAID.label("paid"),
            LAST_STEP.label("step"), FAILED.label("failed"), SENT.label("sent_at"), LOWEST.label("lowest"), HIGHEST.label("highest"),
        )
        .join(establishments, establishments.c.id == invoices.c.establishment_id)
        .join(employers, employers.c.id == invoices.c.employer_id)
        .where(of_person(person))
        .order_by(invoices.c.year.desc(), invoices.c.number.desc())
    )  # fmt: skip
    if month is not None:
        query = query.where(invoices.c.period == month)
    if only is not None:
        query = query.where(invoices.c.id.in_(list(only)))
    return [_row(found, today) for found in db.execute(query.limit(limit))]


def _row(found: Any, today: date) -> Row:
    if found.kind == "credit_note":
        return Row(found, None, found.step)
    stands = standing(total_cents=found.total_cents, credited_cents=found.credited, paid_cents=found.paid, due_on=found.due_on, today=today)
    return Row(found, stands, found.step)


def one(db: Session, person: Person, invoice_id: uuid.UUID, today: date) -> Row | None:
    return next(iter(rows_of(db, person, today, only=[invoice_id])), None)


def late(db: Session, person: Person, today: date) -> list[Row]:
    """Invoices of any month that should have been paid by now, the latest first to have been due."""
    query = select(invoices.c.id).where(
        of_person(person), invoices.c.kind == "invoice", invoices.c.due_on < today, invoices.c.total_cents > CREDITED + PAID
    )
    found = rows_of(db, person, today, only=list(db.execute(query).scalars()))
    return sorted(found, key=lambda row: row.document.due_on)


def credit_notes_on(db: Session, person: Person, invoice_id: uuid.UUID) -> list[Any]:
    query = select(invoices).where(of_person(person), invoices.c.corrects_id == invoice_id).order_by(invoices.c.number)
    return list(db.execute(query))


def mails_of(db: Session, invoice_id: uuid.UUID) -> list[Any]:
    return list(db.execute(select(mails).where(mails.c.invoice_id == invoice_id).order_by(mails.c.step)))


def receipts_of(db: Session, invoice_id: uuid.UUID) -> list[Any]:
    return list(db.execute(select(receipts).where(receipts.c.invoice_id == invoice_id).order_by(receipts.c.received_on, receipts.c.id)))


def unmatched(db: Session, municipality_id: int) -> list[Any]:
    """Money that came in and that nobody placed yet."""
    query = select(receipts).where(receipts.c.municipality_id == municipality_id, receipts.c.invoice_id.is_(None))
    return list(db.execute(query.order_by(receipts.c.received_on, receipts.c.id)))


def open_by_number(db: Session, municipality_id: int) -> dict[tuple[int, int], tuple[uuid.UUID, int]]:
    """For each invoice that is not paid: its number, and its id with what is open."""
    left = invoices.c.total_cents - CREDITED - PAID
    query = select(invoices.c.id, invoices.c.year, invoices.c.number, left.label("left")).where(
        invoices.c.municipality_id == municipality_id, invoices.c.kind == "invoice", left > 0
    )
    return {(row.year, row.number): (row.id, row.left) for row in db.execute(query)}


def by_number(db: Session, municipality_id: int, year: int, number: int) -> Any:
    """The invoice (not a credit note) of this number, or None."""
    query = select(invoices).where(
        invoices.c.municipality_id == municipality_id, invoices.c.year == year, invoices.c.number == number, invoices.c.kind == "invoice"
    )
    return db.execute(query).first()


def last_run(db: Session, municipality_id: int, month: date) -> Any:
    query = select(runs).where(runs.c.municipality_id == municipality_id, runs.c.period == month).order_by(runs.c.started_at.desc())
    return db.execute(query.limit(1)).first()


def waiting_minutes(db: Session, municipality_id: int, month: date) -> int:
    """Written minutes of a month that nobody confirmed yet, so that they will come on a later invoice."""
    query = select(func.coalesce(func.sum(entries.c.minutes - entries.c.certain_minutes), 0)).where(
        entries.c.municipality_id == municipality_id, IS_WAITING, entries.c.worked_on.between(month, rules.last_day_of(month))
    )
    return max(0, int(db.execute(query).scalar_one()))


def establishment_of(db: Session, person: Person, establishment_id: uuid.UUID) -> Any:
    """An establishment of this municipality with its address for invoices, or None."""
    query = (
        select(
            establishments, employers.c.name.label("employer"), employers.c.kvk, addresses.c.email, addresses.c.street.label("bill_street"),
            addresses.c.postcode, addresses.c.town.label("bill_town"), addresses.c.vat_number, addresses.c.reference,
        )
        .join(employers, employers.c.id == establishments.c.employer_id)
        .outerjoin(addresses, addresses.c.establishment_id == establishments.c.id)
        .where(establishments.c.id == establishment_id, establishments.c.municipality_id == person.municipality_id)
    )  # fmt: skip
    return db.execute(query).first()
