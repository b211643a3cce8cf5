"""A bank statement (ISO 20022 camt.053, also .052 and .054) read entry by entry: only what came in, or was taken back. Pure.

Any version: elements are found by their name, whatever the namespace. A file with a document type is refused (entities).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any, NamedTuple


class NotAStatement(ValueError):
    """The file is not a bank statement that can be read. `why`: "xml", "empty" or the name of what is missing."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Credit(NamedTuple):
    """Money on an account. `bank_key` is the same whenever the same entry is read; below zero: the bank took it back."""

    iban: str
    bank_key: str
    received_on: date
    amount_cents: int
    payer: str
    remittance: str


def read_statement(content: bytes) -> list[Credit]:
    """Every credit in a statement, in its order. Raises NotAStatement; then nothing of it was read."""
    from lxml import etree

    if b"<!DOCTYPE" in content[:2000]:
        raise NotAStatement("xml")
    parser: dict[str, Any] = {"resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False}
    found: list[Credit] = []
    statements = 0
    try:
        for _, statement in etree.iterparse(BytesIO(content), events=("end",), tag=("{*}Stmt", "{*}Rpt", "{*}Ntfctn"), **parser):
            statements += 1
            found += _credits(statement)
            statement.clear()
    except etree.XMLSyntaxError as wrong:
        raise NotAStatement("xml") from wrong
    if not statements:
        raise NotAStatement("empty")
    return found


def _credits(statement: Any) -> Iterator[Credit]:
    iban = _text(statement, "{*}Acct/{*}Id/{*}IBAN")
    name = _text(statement, "{*}Id")
    for number, entry in enumerate(statement.findall("{*}Ntry")):
        if _text(entry, "{*}Sts") not in ("BOOK", "") and _text(entry, "{*}Sts/{*}Cd") != "BOOK":
            continue
        incoming, taken_back = _text(entry, "{*}CdtDbtInd") == "CRDT", _text(entry, "{*}RvslInd") == "true"
        if not incoming and not taken_back:
            continue
        day = _day(entry)
        parts = entry.findall("{*}NtryDtls/{*}TxDtls") or [entry]
        for place, part in enumerate(parts):
            whole = part if len(parts) > 1 else entry
            cents = _cents(whole.find("{*}Amt") if whole.find("{*}Amt") is not None else whole.find("{*}AmtDtls/{*}TxAmt/{*}Amt"))
            side = _text(part, "{*}CdtDbtInd") if len(parts) > 1 else ""
            sign = 1 if (side == "CRDT" if side else incoming) else -1
            reference = _text(part, "{*}Refs/{*}AcctSvcrRef") or _text(entry, "{*}AcctSvcrRef")
            remittance = " ".join(found.text.strip() for found in part.findall(".//{*}RmtInf//{*}Ustrd") if found.text)
            remittance = " ".join(filter(None, [remittance, _text(part, ".//{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref"), _end_to_end(part)]))
            payer = _text(part, ".//{*}RltdPties/{*}Dbtr/{*}Nm") or _text(part, ".//{*}RltdPties/{*}Dbtr/{*}Pty/{*}Nm")
            said = f"{iban}|{reference}|{place}" if reference else f"{iban}|{name}|{number}|{place}|{day}|{cents}|{remittance}|{payer}"
            yield Credit(iban, hashlib.sha256(said.encode()).hexdigest(), day, sign * cents, payer[:140], remittance[:500])


def _end_to_end(part: Any) -> str:
    found = _text(part, "{*}Refs/{*}EndToEndId")
    return "" if found == "NOTPROVIDED" else found


def _text(element: Any, path: str) -> str:
    found = element.find(path)
    return (found.text or "").strip() if found is not None else ""


def _day(entry: Any) -> date:
    text = _text(entry, "{*}BookgDt/{*}Dt") or _text(entry, "{*}BookgDt/{*}DtTm") or _text(entry, "{*}ValDt/{*}Dt")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise NotAStatement("BookgDt") from None


def _cents(amount: Any) -> int:
    """Whole cents; only euros, never through a float."""
    if amount is None or amount.get("Ccy", "EUR") != "EUR":
        raise NotAStatement("Amt")
    try:
        cents = Decimal((amount.text or "").strip()) * 100
    except InvalidOperation:
        raise NotAStatement("Amt") from None
    if not cents.is_finite() or cents != cents.to_integral_value() or not 0 < cents < 10**12:
        raise NotAStatement("Amt")
    return int(cents)
