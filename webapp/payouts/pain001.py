"""The bank file: pain.001 written and checked as a stream, so that a hundred thousand payments need no more memory than one.

The same run gives the same bytes, whenever it is asked for: everything in it was fixed when the run was approved. It holds
no word about benefit and no number of a person. The schemas come with the package sepaxml.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, NamedTuple

from webapp.foundation.clock import local
from webapp.payouts.rules import Refused, bank_words

OLD = "pain.001.001.03"


class InvalidFile(Refused):
    """The file does not fit the schema of the banks: it is not offered."""


class Head(NamedTuple):
    """What the file says once. `message_id` is unique per run; `words` is what the receiver reads beside the amount."""

    message_id: str
    made_at: datetime
    pay_on: date
    holder: str
    iban: str
    words: str
    version: str
    number: int
    cents: int


class Payment(NamedTuple):
    end_to_end_id: str
    cents: int
    holder: str
    iban: str


def end_to_end_id(payout_id: Any) -> str:
    """The bank gives this back with a payment it could not make: stable, and unique everywhere (at most 35 signs)."""
    return str(payout_id.hex).upper()


def euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def write(out: IO[bytes], head: Head, payments: Iterable[Payment]) -> None:
    """Write the file. Raises NotLatin for a name no bank can read, ValueError when count or sum differ from the head."""
    from lxml import etree

    space = f"urn:iso:std:iso:20022:tech:xsd:{head.version}"
    count = cents = 0
    with etree.xmlfile(out, encoding="utf-8") as file:
        file.write_declaration()
        # the name space stands once, on the outermost element: what is inside is written without, and so belongs to it
        with file.element("Document", {"xmlns": space}), file.element("CstmrCdtTrfInitn"):
            maker = _Maker(etree, head)
            file.write(maker.group())
            with file.element("PmtInf"):
                for part in maker.payment_head():
                    file.write(part)
                for payment in payments:
                    file.write(maker.payment(payment))
                    count, cents = count + 1, cents + payment.cents
    if (count, cents) != (head.number, head.cents):
        raise ValueError(f"{count} payments of {cents} cents, but the head says {head.number} of {head.cents}")


class _Maker:
    """Makes the parts of one file."""

    def __init__(self, etree: Any, head: Head) -> None:
        self.head, self.sub, self.new = head, etree.SubElement, etree.Element
        self.words = bank_words(head.words, 140)

    def tree(self, name: str, *children: Any, text: str | None = None) -> Any:
        made = self.new(name)
        made.text = text
        for child in children:
            made.append(child)
        return made

    def leaf(self, name: str, text: str) -> Any:
        return self.tree(name, text=text)

    def group(self) -> Any:
        head, leaf = self.head, self.leaf
        made = local(head.made_at).replace(tzinfo=None, microsecond=0).isoformat()
        return self.tree(
            "GrpHdr", leaf("MsgId", head.message_id), leaf("CreDtTm", made), leaf("NbOfTxs", str(head.number)), leaf("CtrlSum", euros(head.cents)),
            self.tree("InitgPty", leaf("Nm", bank_words(head.holder))),
        )  # fmt: skip

    def payment_head(self) -> list[Any]:
        head, leaf = self.head, self.leaf
        day = head.pay_on.isoformat()
        service = self.tree("PmtTpInf", self.tree("SvcLvl", leaf("Cd", "SEPA")))
        return [
            leaf("PmtInfId", head.message_id), leaf("PmtMtd", "TRF"), leaf("BtchBookg", "true"), leaf("NbOfTxs", str(head.number)),
            leaf("CtrlSum", euros(head.cents)), service,
            leaf("ReqdExctnDt", day) if head.version == OLD else self.tree("ReqdExctnDt", leaf("Dt", day)),
            self.tree("Dbtr", leaf("Nm", bank_words(head.holder))),
            self.tree("DbtrAcct", self.tree("Id", leaf("IBAN", head.iban))),
            self.tree("DbtrAgt", self.tree("FinInstnId", self.tree("Othr", leaf("Id", "NOTPROVIDED")))),
            leaf("ChrgBr", "SLEV"),
        ]  # fmt: skip

    def payment(self, payment: Payment) -> Any:
        sub, made = self.sub, self.new("CdtTrfTxInf")
        sub(sub(made, "PmtId"), "EndToEndId").text = payment.end_to_end_id
        sub(sub(made, "Amt"), "InstdAmt", {"Ccy": "EUR"}).text = euros(payment.cents)
        sub(sub(made, "Cdtr"), "Nm").text = bank_words(payment.holder)
        sub(sub(sub(made, "CdtrAcct"), "Id"), "IBAN").text = payment.iban
        sub(sub(made, "RmtInf"), "Ustrd").text = self.words
        return made


@lru_cache
def schema(version: str) -> Any:
    """The schema of the banks (ISO 20022), as it comes with sepaxml."""
    import sepaxml
    from lxml import etree

    return etree.XMLSchema(etree.parse(Path(sepaxml.__file__).parent / "schemas" / f"{version}.xsd"))


def ensure_valid(file: IO[bytes], version: str) -> None:
    """Read the file as a bank would, payment by payment. Raises InvalidFile with the first fault."""
    from lxml import etree

    file.seek(0)
    try:
        for _, element in etree.iterparse(
            file, events=("end",), tag="{*}CdtTrfTxInf", schema=schema(version), resolve_entities=False, no_network=True
        ):
            element.clear()
            parent = element.getparent()
            while parent is not None and parent[0] is not element:
                del parent[0]
    except etree.XMLSyntaxError as fault:
        raise InvalidFile(str(fault)) from fault
    file.seek(0)
