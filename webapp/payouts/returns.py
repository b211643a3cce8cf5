"""What the bank says it could not pay: pain.002, camt.053 and camt.054, read as a stream.

No kept library reads these for what came back, and none ships their schemas; so they are read with lxml by the names ISO 20022
gives the parts, whatever the version, and only payments of ours are believed: the reference is one we made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import IO, NamedTuple

OURS = re.compile(r"[0-9A-F]{32}")
REJECTED = {"RJCT"}


class NotReadable(ValueError):
    """This is not a pain.002, camt.053 or camt.054 message."""


class Returned(NamedTuple):
    """A payment that came back: our reference, the bank's code (AC04: account closed, MD07: died), and the day when it says so."""

    end_to_end_id: str
    code: str
    on: date | None


def read(file: IO[bytes]) -> Iterator[Returned]:
    """Every payment of ours that came back. Raises NotReadable. Entities are never resolved and nothing is fetched."""
    from lxml import etree

    kind, booked = "", None
    try:
        for event, element in etree.iterparse(
            file, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        ):
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if event == "start":
                if element.getparent() is None:
                    kind = kind_of(etree.QName(element).namespace or "")
                continue
            if name == "TxInfAndSts" and kind == "pain.002":
                found = _rejected(element)
            elif name == "Ntry" and kind == "camt":
                booked = _day(element)
                yield from _entry(element, booked)
                found = None
            else:
                continue
            if found is not None:
                yield found
            element.clear()
    except etree.XMLSyntaxError as fault:
        raise NotReadable(str(fault)) from fault


def kind_of(space: str) -> str:
    """Raises NotReadable for any other message.

    >>> kind_of("urn:iso:std:iso:20022:tech:xsd:camt.054.001.08")
    'camt'
    """
    if ":pain.002." in space:
        return "pain.002"
    if ":camt.053." in space or ":camt.054." in space:
        return "camt"
    raise NotReadable(space)


def _text(element: object, path: str) -> str:
    found = element.find(path)  # type: ignore[attr-defined]
    return (found.text or "").strip() if found is not None else ""


def _rejected(element: object) -> Returned | None:
    reference = _text(element, "{*}OrgnlEndToEndId")
    if _text(element, "{*}TxSts") not in REJECTED or not OURS.fullmatch(reference):
        return None
    return Returned(reference, _text(element, "{*}StsRsnInf/{*}Rsn/{*}Cd"), None)


def _entry(entry: object, booked: date | None) -> Iterator[Returned]:
    """The transactions of a booking that brings money back: credited, with a reason, and our own reference."""
    if _text(entry, "{*}CdtDbtInd") != "CRDT":
        return
    for part in entry.findall("{*}NtryDtls/{*}TxDtls"):  # type: ignore[attr-defined]
        reference = _text(part, "{*}Refs/{*}EndToEndId")
        if OURS.fullmatch(reference) and part.find("{*}RtrInf") is not None:
            yield Returned(reference, _text(part, "{*}RtrInf/{*}Rsn/{*}Cd"), booked)


def _day(entry: object) -> date | None:
    for path in ("{*}BookgDt/{*}Dt", "{*}BookgDt/{*}DtTm"):
        try:
            return date.fromisoformat(_text(entry, path)[:10])
        except ValueError:
            continue
    return None
