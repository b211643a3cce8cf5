"""Money that comes in: a bank statement, what could not be placed, and a payment somebody types."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import ngettext
from webapp.hours.forms import read_uuid
from webapp.invoices import camt, forms, reads, receipts, rules
from webapp.invoices.blueprint import pages
from webapp.terms.here import terms
from webapp.terms.rules import NoTermsInForce

LARGEST_STATEMENT = 20_000_000  # bytes


@pages.get("/invoices/receipts", endpoint="receipts")
def came_in() -> Response:
    return receipts_page(notice=notice_of(request.args))


def receipts_page(
    *, status: int = 200, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None, notice: str | None = None
) -> Response:
    found = reads.unmatched(db(), g.person.municipality_id)
    return page("invoices/receipts.html", status=status, errors=errors or {}, typed=typed or {}, found=found, notice=notice)


def notice_of(said: Mapping[str, str]) -> str | None:
    new, placed, known = (int(said[name]) if said.get(name, "").isdigit() and len(said[name]) < 7 else None for name in ("new", "placed", "known"))
    if new is None or placed is None or known is None:
        return _("It is saved.") if "saved" in said else None
    words = ngettext("%(num)s new amount came in.", "%(num)s new amounts came in.", new)
    words += " " + ngettext("%(num)s is placed on its invoice.", "%(num)s are placed on their invoices.", placed)
    if known:
        words += " " + ngettext("%(num)s was known already.", "%(num)s were known already.", known)
    return words


@pages.post("/invoices/receipts")
def bring_in() -> Response:
    """Read a bank statement. The same statement again changes nothing."""
    at, file = now(), request.files.get("statement")
    content = file.read(LARGEST_STATEMENT + 1) if file else b""
    if not content:
        return receipts_page(status=422, errors={"statement": _("Choose the statement of the bank: a CAMT.053 file.")})
    try:
        if len(content) > LARGEST_STATEMENT:
            raise camt.NotAStatement("large")
        found = camt.read_statement(content)
        iban = terms().value("invoice_sender", day_of(at)).iban
        brought = receipts.bring_in(db(), found, ibans=frozenset({iban}), by=g.person, now=at)
    except camt.NotAStatement:
        return receipts_page(status=422, errors={"statement": _("This is not a CAMT.053 statement in euros. Nothing was read.")})
    except receipts.OtherAccount:
        return receipts_page(
            status=422, errors={"statement": _("This statement is of another account than the one on the invoices. Nothing was read.")}
        )
    except NoTermsInForce:
        return receipts_page(status=422, errors={"statement": _("It is not recorded yet who sends the invoices, so the account is not known.")})
    return go(f"/invoices/receipts?new={brought.new}&placed={brought.placed}&known={brought.known}")


@pages.post("/invoices/receipts/<uuid:receipt_id>/place")
def place(receipt_id: uuid.UUID) -> Response:
    """Which invoice this money was for."""
    known = (
        db()
        .execute(reads.receipts.select().where(reads.receipts.c.id == receipt_id, reads.receipts.c.municipality_id == g.person.municipality_id))
        .first()
    )
    if known is None:
        abort(404)
    typed: Any = request.form
    numbers = rules.numbers_in(typed.get("number", ""))
    invoice = reads.by_number(db(), g.person.municipality_id, *numbers[0]) if len(numbers) == 1 else None
    if invoice is None:
        return receipts_page(
            status=422,
            errors={f"number-{receipt_id}": _("There is no invoice of this number. For example 2026-00042.")},
            typed={f"number-{receipt_id}": typed.get("number", "")},
        )
    receipts.place(db(), receipt_id, invoice.id, by=g.person, now=now())
    return go("/invoices/receipts?saved=1")


@pages.post("/invoices/<uuid:invoice_id>/payments")
def paid(invoice_id: uuid.UUID) -> Response:
    """Somebody saw the money come in and types it."""
    from webapp.invoices.views import invoice_page, row_or_404

    at, row = now(), row_or_404(invoice_id)
    if row.standing is None:
        abort(404)  # nobody pays a credit note
    receipt_id, money = read_uuid(request.form.get("receipt_id")), forms.read_receipt(request.form, day_of(at))
    if money.errors or receipt_id is None or money.received_on is None:
        return invoice_page(row, status=422, errors=money.errors, typed=request.form)
    receipts.type_in(db(), receipt_id, invoice_id, received_on=money.received_on, amount_cents=money.amount_cents, by=g.person, now=at)
    return go(f"/invoices/{invoice_id}?saved=1")
