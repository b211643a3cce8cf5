"""Invoices and credit notes, their lines, the hours behind each line, and what happened to them since.

What was issued (invoice, lines, billed hours, the files as sent) is append-only: the database refuses a change. What
comes later (mail, payments) stands beside it.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.foundation.database import Utc, one_of
from webapp.foundation.ids import new_id

KINDS = ("invoice", "credit_note")
AN_INVOICE = text("kind = 'invoice'")
NOT_FINISHED = text("finished_at IS NULL")


class BillingAddress(SQLModel, table=True):
    """Where the invoices of an establishment go, where that differs from the establishment itself."""

    __tablename__ = "billing_address"

    establishment_id: uuid.UUID = Field(foreign_key="establishment.id", primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    email: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    vat_number: str = ""
    reference: str = ""  # what the employer wants to read on it, an order number for example
    updated_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    updated_at: datetime = Field(sa_type=Utc)


class InvoiceCounter(SQLModel, table=True):
    """The last number given in a year. Raised in the transaction of the invoice itself, so no number is lost."""

    __tablename__ = "invoice_counter"
    __table_args__ = (CheckConstraint("last_number >= 0", name="numbers_are_counted_up"),)

    municipality_id: int = Field(foreign_key="municipality.id", primary_key=True)
    year: int = Field(primary_key=True)
    last_number: int = 0


class InvoiceRun(SQLModel, table=True):
    """Issuing the invoices of a month, establishment by establishment. `done` of `todo` moves with the invoices themselves,
    so a run that was interrupted goes on where it was."""

    __tablename__ = "invoice_run"
    __table_args__ = (
        CheckConstraint("done >= 0", name="a_run_moves_forward"),
        Index("one_run_at_a_time", "municipality_id", "period", unique=True, sqlite_where=NOT_FINISHED, postgresql_where=NOT_FINISHED),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    period: date  # the first day of the month
    todo: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # ids of establishments
    done: int = 0
    started_by: uuid.UUID = Field(foreign_key="account.id")
    started_role: str
    started_at: datetime = Field(sa_type=Utc)
    finished_at: datetime | None = Field(default=None, sa_type=Utc)


class Invoice(SQLModel, table=True):
    """An issued document. Amounts are cents; those of a credit note are positive and are taken off.

    `seller` and `buyer` are what stood on it on that day. `corrects_id`: the invoice a credit note takes back from.
    """

    __table_args__ = (
        one_of("kind", KINDS, "a_document_is_an_invoice_or_a_credit_note"),
        UniqueConstraint("municipality_id", "year", "number", name="an_invoice_has_its_own_number"),
        Index(
            "an_establishment_is_billed_once_a_month", "establishment_id", "period", unique=True, sqlite_where=AN_INVOICE, postgresql_where=AN_INVOICE
        ),
        CheckConstraint("(kind = 'credit_note') = (corrects_id IS NOT NULL)", name="a_credit_note_names_its_invoice"),
        CheckConstraint("total_cents = net_cents + vat_cents", name="a_total_is_net_and_vat"),
        CheckConstraint("due_on >= issued_on", name="nobody_pays_before_it_is_issued"),
        CheckConstraint("number > 0", name="numbers_begin_at_one"),
        Index("invoices_of_a_municipality", "municipality_id", "period"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    run_id: uuid.UUID = Field(foreign_key="invoice_run.id", index=True)
    kind: str
    year: int
    number: int
    employer_id: uuid.UUID = Field(foreign_key="employer.id")
    establishment_id: uuid.UUID = Field(foreign_key="establishment.id", index=True)
    period: date
    issued_on: date
    due_on: date
    corrects_id: uuid.UUID | None = Field(default=None, foreign_key="invoice.id", index=True)
    minutes: int
    net_cents: int
    vat_cents: int
    total_cents: int
    seller: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    buyer: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    issued_by: uuid.UUID = Field(foreign_key="account.id")
    issued_at: datetime = Field(sa_type=Utc)


class InvoiceLine(SQLModel, table=True):
    """One printed line: a placement in a month at one tariff. `refers_to`: the earlier invoice it corrects."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position", name="lines_have_an_order"),
        CheckConstraint("minutes <> 0", name="a_line_is_about_time"),
        one_of("vat_category", ("S", "E"), "a_line_has_its_vat"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    invoice_id: uuid.UUID = Field(foreign_key="invoice.id")
    position: int
    placement_id: uuid.UUID = Field(foreign_key="placement.id")
    description: str
    first_day: date
    last_day: date
    minutes: int
    tariff_cents: int  # per hour, without VAT
    net_cents: int
    vat_category: str
    vat_basis_points: int
    vat_reason: str = ""
    refers_to: uuid.UUID | None = Field(default=None, foreign_key="invoice.id")


class BilledHours(SQLModel, table=True):
    """Minutes of one hours entry that stand on a line. Negative: taken back. All of an entry together are what is billed of it."""

    __tablename__ = "billed_hours"
    __table_args__ = (
        UniqueConstraint("entry_id", "turn", name="a_turn_of_an_entry_is_billed_once"),
        CheckConstraint("minutes <> 0", name="billing_is_about_time"),
        Index("hours_of_a_line", "line_id"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    invoice_id: uuid.UUID = Field(foreign_key="invoice.id")
    line_id: uuid.UUID = Field(foreign_key="invoice_line.id")
    entry_id: uuid.UUID = Field(foreign_key="hours_entry.id")
    turn: int  # 1, 2, …: how often something of this entry was billed
    minutes: int
    tariff_cents: int
    vat_category: str
    vat_basis_points: int


class InvoiceFile(SQLModel, table=True):
    """The files of an issued document, kept as they were first made: later the same bytes."""

    __tablename__ = "invoice_file"
    __table_args__ = (one_of("format", ("pdf", "xml"), "a_file_is_pdf_or_xml"),)

    invoice_id: uuid.UUID = Field(foreign_key="invoice.id", primary_key=True)
    format: str = Field(primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sha256: str
    made_at: datetime = Field(sa_type=Utc)


class InvoiceMail(SQLModel, table=True):
    """A mail with an invoice, or a reminder of it (`step` 1, 2, …). Written when somebody decides, carried by the worker."""

    __tablename__ = "invoice_mail"
    __table_args__ = (
        UniqueConstraint("invoice_id", "step", name="a_mail_is_sent_once"),
        one_of("state", ("waiting", "sent", "failed"), "a_mail_state_is_known"),
        Index("invoice_mail_under_way", "next_try_at", sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    invoice_id: uuid.UUID = Field(foreign_key="invoice.id")
    step: int = 0  # 0: the invoice itself
    to_address: str
    state: str = "waiting"
    tries: int = 0
    asked_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")
    asked_at: datetime = Field(sa_type=Utc)
    next_try_at: datetime = Field(sa_type=Utc)
    settled_at: datetime | None = Field(default=None, sa_type=Utc)


class Receipt(SQLModel, table=True):
    """Money that came in, from a bank statement or typed. `invoice_id` None: nobody knows yet what it was for."""

    __tablename__ = "invoice_receipt"
    __table_args__ = (
        UniqueConstraint("municipality_id", "bank_key", name="money_comes_in_once"),
        CheckConstraint("amount_cents <> 0", name="a_receipt_is_money"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    bank_key: str  # what the bank calls this entry; for what was typed: the id of the form
    received_on: date
    amount_cents: int  # negative: the bank took it back
    payer: str = ""
    remittance: str = ""
    invoice_id: uuid.UUID | None = Field(default=None, foreign_key="invoice.id", index=True)
    matched_by: uuid.UUID | None = Field(default=None, foreign_key="account.id")  # None: matched by its number and amount
    recorded_by: uuid.UUID = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=Utc)


ISSUED = ("invoice", "invoice_line", "billed_hours", "invoice_file")
