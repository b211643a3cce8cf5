"""The audit file (Auditfile Financieel, XAF 3.2) of the invoices of a year: sales and what came in, as journals in balance.

It is a sub-ledger: only what Opstap itself books. Opening balances and the payout of premium are the municipality's own books.
The accounts come from the terms (`invoicing`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import IO, Any

from sqlalchemy import Connection, select

from webapp.foundation.database import Database
from webapp.invoices.actions import employers, invoices, lines
from webapp.invoices.reads import receipts
from webapp.invoices.rules import printed_number, totals_of
from webapp.invoices.ubl import amount
from webapp.terms.shapes import InvoiceSender, Invoicing

NAMESPACE = "http://www.auditfiles.nl/XAF/3.2"


def audit_file(database: Database, municipality_id: int, year: int, *, sender: InvoiceSender, invoicing: Invoicing, made_on: date) -> IO[bytes]:
    """The file, written element by element to a temporary file."""
    from lxml import etree

    made = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with closing(database.reading.connect()) as connection, etree.xmlfile(made, encoding="UTF-8") as out:
        out.write_declaration()
        with out.element(f"{{{NAMESPACE}}}auditfile", nsmap={None: NAMESPACE}):
            _header(out, year, made_on)
            with out.element("company"):
                _company(out, sender)
                _customers(out, connection, municipality_id, year)
                _accounts(out, invoicing)
                _vat_codes(out)
                _periods(out, year)
                _transactions(out, connection, municipality_id, year, invoicing)
    made.seek(0)
    return made


def _say(out: Any, **values: str) -> None:
    for name, value in values.items():
        with out.element(name):
            out.write(value)


def _header(out: Any, year: int, made_on: date) -> None:
    with out.element("header"):
        _say(
            out, fiscalYear=str(year), startDate=f"{year}-01-01", endDate=f"{year}-12-31", curCode="EUR", dateCreated=made_on.isoformat(),
            softwareDesc="Opstap", softwareVersion="1",
        )  # fmt: skip


def _company(out: Any, sender: InvoiceSender) -> None:
    _say(out, companyIdent=sender.kvk, companyName=sender.name, taxRegistrationCountry="NL", taxRegIdent=sender.vat_number)
    with out.element("streetAddress"):
        _say(out, streetname=sender.street, city=sender.town, postalCode=sender.postcode, country="NL")


def _customers(out: Any, connection: Connection, municipality_id: int, year: int) -> None:
    query = select(employers.c.id, employers.c.name, employers.c.kvk).where(
        employers.c.id.in_(select(invoices.c.employer_id).where(invoices.c.municipality_id == municipality_id, invoices.c.year <= year))
    )
    with out.element("customersSuppliers"):
        for row in connection.execute(query.order_by(employers.c.name)):
            with out.element("customerSupplier"):
                _say(out, custSupID=row.id.hex, custSupName=row.name[:50], commerceNr=row.kvk, custSupTp="C")


def _accounts(out: Any, invoicing: Invoicing) -> None:
    with out.element("generalLedger"):
        for number, name, kind in (
            (invoicing.debtors_account, "Debiteuren", "B"), (invoicing.bank_account, "Bank", "B"), (invoicing.vat_account, "Af te dragen btw", "B"),
            (invoicing.revenue_account, "Opbrengst uurtarief", "P"),
        ):  # fmt: skip
            with out.element("ledgerAccount"):
                _say(out, accID=number, accDesc=name, accTp=kind)


def _vat_codes(out: Any) -> None:
    with out.element("vatCodes"):
        for code, words in (("S", "Btw naar tarief"), ("E", "Vrijgesteld")):
            with out.element("vatCode"):
                _say(out, vatID=code, vatDesc=words)


def _periods(out: Any, year: int) -> None:
    with out.element("periods"):
        for month in range(1, 13):
            last = date(year + month // 12, month % 12 + 1, 1)
            with out.element("period"):
                _say(
                    out,
                    periodNumber=str(month),
                    startDatePeriod=f"{year}-{month:02d}-01",
                    endDatePeriod=date.fromordinal(last.toordinal() - 1).isoformat(),
                )


class _Booking:
    """One transaction: its lines are (account, document, customer, words, cents); debit is positive."""

    def __init__(self, journal: str, number: str, day: date, words: str, customer: str, booked: list[tuple[str, str, int, str]]) -> None:
        self.journal, self.number, self.day, self.words, self.customer = journal, number, day, words, customer
        self.lines = [line for line in booked if line[2]]


def bookings(connection: Connection, municipality_id: int, year: int, invoicing: Invoicing) -> Iterator[_Booking]:
    """Sales first (debtors against revenue and VAT), then what came in (bank against debtors)."""
    query = select(invoices).where(invoices.c.municipality_id == municipality_id, invoices.c.year == year).order_by(invoices.c.number)
    for row in connection.execute(query).all():
        sign, number = (-1 if row.kind == "credit_note" else 1), printed_number(row.year, row.number)
        own = connection.execute(select(lines.c.net_cents, lines.c.vat_category, lines.c.vat_basis_points).where(lines.c.invoice_id == row.id)).all()
        booked = [(invoicing.debtors_account, number, sign * row.total_cents, "")]
        for group in totals_of((line.net_cents, line.vat_category, line.vat_basis_points) for line in own).groups:
            booked.append((invoicing.revenue_account, number, -sign * group.net_cents, group.category))
            booked.append((invoicing.vat_account, number, -sign * group.vat_cents, ""))
        words = "Creditnota" if sign < 0 else "Factuur"
        yield _Booking("VRK", number, row.issued_on, f"{words} {number}", row.employer_id.hex, booked)
    came = (
        select(receipts, invoices.c.year, invoices.c.number, invoices.c.employer_id)
        .outerjoin(invoices, invoices.c.id == receipts.c.invoice_id)
        .where(receipts.c.municipality_id == municipality_id, receipts.c.received_on.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(receipts.c.received_on, receipts.c.id)
    )
    for place, row in enumerate(connection.execute(came).all(), 1):
        number = printed_number(row.year, row.number) if row.number else ""
        booked = [(invoicing.bank_account, number, row.amount_cents, ""), (invoicing.debtors_account, number, -row.amount_cents, "")]
        customer = row.employer_id.hex if row.employer_id else ""
        yield _Booking("BNK", str(place), row.received_on, f"Ontvangen {number}".strip(), customer, booked)


def _transactions(out: Any, connection: Connection, municipality_id: int, year: int, invoicing: Invoicing) -> None:
    everything = list(bookings(connection, municipality_id, year, invoicing))
    cents = [line[2] for booking in everything for line in booking.lines]
    with out.element("transactions"):
        _say(
            out, linesCount=str(len(cents)), totalDebit=amount(sum(one for one in cents if one > 0)), totalCredit=amount(-sum(one for one in cents if one < 0)),
        )  # fmt: skip
        for journal, words, kind in (("VRK", "Verkoop", "S"), ("BNK", "Bank", "B")):
            with out.element("journal"):
                _say(out, jrnID=journal, desc=words, jrnTp=kind)
                for booking in everything:
                    if booking.journal == journal:
                        _transaction(out, booking)


def _transaction(out: Any, booking: _Booking) -> None:
    with out.element("transaction"):
        _say(
            out, nr=booking.number, desc=booking.words, periodNumber=str(booking.day.month), trDt=booking.day.isoformat(),
            amnt=amount(sum(line[2] for line in booking.lines if line[2] > 0)),
        )  # fmt: skip
        for place, (account, document, cents, vat) in enumerate(booking.lines, 1):
            with out.element("trLine"):
                _say(out, nr=str(place), accID=account, docRef=document or booking.number, effDate=booking.day.isoformat(), desc=booking.words)
                _say(out, amnt=amount(abs(cents)), amntTp="D" if cents > 0 else "C")
                if booking.customer:
                    _say(out, custSupID=booking.customer)
                if vat:
                    with out.element("vat"):
                        _say(out, vatID=vat)


def years_with_invoices(connection: Any, municipality_id: int) -> list[int]:
    """The years for which there is something to export, the last first."""
    query = select(invoices.c.year).where(invoices.c.municipality_id == municipality_id).group_by(invoices.c.year).order_by(invoices.c.year.desc())
    return [int(year) for year in connection.execute(query).scalars()]
