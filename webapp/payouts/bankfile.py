"""The bank file of an approved run: read from the database as a stream, written to a file on disk, and checked before anybody gets it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

from sqlalchemy import select
from sqlmodel import Session

from webapp.foundation.database import Database
from webapp.foundation.sealing import Vault
from webapp.payouts import pain001, rules
from webapp.payouts.models import PayoutRun
from webapp.payouts.reads import banks, totals_of
from webapp.premium.reads import payouts

PAID_LATER_TOO = ("paid", "returned")  # a payment that came back stays in the file it was in


def make(db: Session, database: Database, run: PayoutRun, *, municipality: str, vault: Vault) -> IO[bytes]:
    """The file, open at its beginning; it is gone when it is closed. The same run gives the same bytes.

    Raises NotWaiting before the second check, InvalidFile or NotLatin when the banks would not take it.
    """
    if run.status != "approved" or run.approved_at is None:
        raise rules.NotWaiting
    totals = totals_of(db, run.id)
    head = pain001.Head(
        run.id.hex, run.approved_at, run.pay_on, run.debtor_holder, run.debtor_iban, f"Gemeente {municipality} {run.pay_on:%d-%m-%Y}", run.file_version,
        totals.people, totals.cents,
    )  # fmt: skip
    out = tempfile.TemporaryFile()  # noqa: SIM115 - who asked for it closes it
    try:
        pain001.write(out, head, payments(database, run, vault))
        pain001.ensure_valid(out, head.version)
    except BaseException:
        out.close()
        raise
    return out


def payments(database: Database, run: PayoutRun, vault: Vault) -> Iterator[pain001.Payment]:
    """Every payment of the run, in the order they were made, a thousand rows in memory at a time."""
    asked = (
        select(payouts.c.id, payouts.c.amount_cents, banks.c.id.label("account"), banks.c.holder, banks.c.sealed_iban)
        .join_from(payouts, banks, banks.c.id == payouts.c.bank_account_id)
        .where(payouts.c.run_id == run.id, payouts.c.status.in_(PAID_LATER_TOO))
        .order_by(payouts.c.id)
    )
    with database.reading.connect() as connection:
        for row in connection.execution_options(yield_per=1000).execute(asked):
            yield pain001.Payment(pain001.end_to_end_id(row.id), row.amount_cents, row.holder, vault.open(row.sealed_iban, row.account))
