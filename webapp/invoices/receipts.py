"""Money that comes in: read from a bank statement or typed, and placed on the invoice it was for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlmodel import Session

from webapp.foundation.database import lock_municipality
from webapp.foundation.ids import new_id
from webapp.history.actions import Change, record_by
from webapp.invoices import reads
from webapp.invoices.camt import Credit
from webapp.invoices.models import Receipt
from webapp.invoices.reads import receipts
from webapp.invoices.rules import first_match, numbers_in
from webapp.people.person import Person


class OtherAccount(Exception):
    """The statement is of another account than the one on the invoices."""


class Brought(NamedTuple):
    """What a statement brought: new entries, those placed by themselves, and those that were known already."""

    new: int
    placed: int
    known: int


def bring_in(db: Session, credits: Sequence[Credit], *, ibans: frozenset[str], by: Person, now: datetime) -> Brought:
    """Add the entries of a statement that are not there yet, and place what certainly belongs to one invoice.

    Certainly: its remittance names one open invoice, and the amount is exactly what is open. All else waits for somebody.
    Raises OtherAccount before anything is added. Again adds nothing.
    """
    if any(credit.iban and credit.iban not in ibans for credit in credits):
        raise OtherAccount
    lock_municipality(db, by.municipality_id)
    once = {credit.bank_key: credit for credit in credits}
    mine = receipts.c.municipality_id == by.municipality_id
    known = set(db.execute(select(receipts.c.bank_key).where(mine)).scalars()) & set(once)
    still_open = reads.open_by_number(db, by.municipality_id)
    placed, changes = 0, []
    for key, credit in once.items():
        if key in known:
            continue
        numbers = numbers_in(credit.remittance)
        invoice_id = first_match(numbers, credit.amount_cents, still_open)
        if invoice_id is not None:
            placed += 1
            still_open = {number: found for number, found in still_open.items() if found[0] != invoice_id}
        made = Receipt(
            id=new_id(), municipality_id=by.municipality_id, bank_key=key, received_on=credit.received_on, amount_cents=credit.amount_cents,
            payer=credit.payer, remittance=credit.remittance, invoice_id=invoice_id, recorded_by=by.id, recorded_at=now,
        )  # fmt: skip
        db.add(made)
        changes.append(Change("receipt.recorded", made.id, {"amount_cents": credit.amount_cents, "on": credit.received_on, "invoice": invoice_id}))
    db.flush()
    record_by(db, changes, by=by, now=now)
    return Brought(len(once) - len(known), placed, len(known))


def type_in(db: Session, receipt_id: uuid.UUID, invoice_id: uuid.UUID, *, received_on: date, amount_cents: int, by: Person, now: datetime) -> None:
    """Somebody saw the money and types it. The same form sent twice adds it once."""
    lock_municipality(db, by.municipality_id)
    key = f"typed:{receipt_id}"
    if db.execute(select(receipts.c.id).where(receipts.c.municipality_id == by.municipality_id, receipts.c.bank_key == key)).first():
        return
    made = Receipt(
        id=new_id(), municipality_id=by.municipality_id, bank_key=key, received_on=received_on, amount_cents=amount_cents, invoice_id=invoice_id,
        matched_by=by.id, recorded_by=by.id, recorded_at=now,
    )  # fmt: skip
    db.add(made)
    db.flush()
    record_by(db, [Change("receipt.recorded", made.id, {"amount_cents": amount_cents, "on": received_on, "invoice": invoice_id})], by=by, now=now)


def place(db: Session, receipt_id: uuid.UUID, invoice_id: uuid.UUID | None, *, by: Person, now: datetime) -> bool:
    """Say which invoice money was for; None: for none after all. Gives False when this municipality has no such receipt."""
    mine = (receipts.c.id == receipt_id, receipts.c.municipality_id == by.municipality_id)
    lock_municipality(db, by.municipality_id)
    known = db.execute(select(receipts.c.invoice_id).where(*mine)).first()
    if known is None:
        return False
    if known.invoice_id != invoice_id:
        db.execute(update(receipts).where(*mine).values(invoice_id=invoice_id, matched_by=by.id))
        record_by(db, [Change("receipt.placed", receipt_id, {"was": known.invoice_id, "is": invoice_id})], by=by, now=now)
    return True
