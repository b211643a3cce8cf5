"""Two writers of a bank file for `payouts.py`, alone in a module so that their process holds little else."""

from __future__ import annotations

from datetime import UTC, date, datetime


def floor_file(count: int, path: str) -> None:
    """A reduced message with lxml alone, as bench/floor_docs.py writes it: no check of names, nothing validated."""
    from lxml import etree

    space = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
    total = sum(10000 + i % 80000 for i in range(count))
    with etree.xmlfile(path, encoding="utf-8") as xf:
        xf.write_declaration()
        with xf.element(f"{{{space}}}Document", nsmap={None: space}), xf.element("CstmrCdtTrfInitn"):
            with xf.element("GrpHdr"):
                for name, value in (("MsgId", "M1"), ("CreDtTm", "2026-07-01T00:00:00"), ("NbOfTxs", str(count)), ("CtrlSum", f"{total / 100:.2f}")):
                    with xf.element(name):
                        xf.write(value)
            with xf.element("PmtInf"):
                for i in range(count):
                    with xf.element("CdtTrfTxInf"):
                        with xf.element("PmtId"), xf.element("EndToEndId"):
                            xf.write(f"P2026H1{i:08d}")
                        with xf.element("Amt"), xf.element("InstdAmt", Ccy="EUR"):
                            xf.write(f"{(10000 + i % 80000) / 100:.2f}")
                        with xf.element("Cdtr"), xf.element("Nm"):
                            xf.write(f"Deelnemer {i}")
                        with xf.element("CdtrAcct"), xf.element("Id"), xf.element("IBAN"):
                            xf.write(iban_of(i))
                        with xf.element("RmtInf"), xf.element("Ustrd"):
                            xf.write(f"Premie {i}")


def our_file(count: int, path: str) -> None:
    """What the product offers: written, and read back against the schema of the banks."""
    from webapp.payouts.pain001 import Head, Payment, ensure_valid, write

    total = sum(10000 + i % 80000 for i in range(count))
    head = Head(
        "M" * 32, datetime(2026, 7, 1, tzinfo=UTC), date(2026, 7, 1), "Gemeente Waterveen", iban_of(1), "Gemeente Waterveen 01-07-2026",
        "pain.001.001.09", count, total,
    )  # fmt: skip
    with open(path, "w+b") as file:
        write(file, head, (Payment(f"{i:032d}", 10000 + i % 80000, f"Deelnemer {i}", iban_of(i)) for i in range(count)))
        ensure_valid(file, head.version)


def iban_of(number: int) -> str:
    base = f"INGB{number:010d}"
    digits = int("".join(str(int(sign, 36)) for sign in base + "NL00"))
    return f"NL{98 - digits % 97:02d}{base}"
