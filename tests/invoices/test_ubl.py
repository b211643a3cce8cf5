"""The e-invoice keeps the official rules of EN 16931, whatever stands on it."""

from __future__ import annotations

import random
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from lxml import etree
from pypdf import PdfReader

from tests.invoices.conftest import SENDER
from tests.invoices.en16931 import broken_rules
from webapp.invoices.paper import Paper, PaperLine
from webapp.invoices.printing import pdf
from webapp.invoices.rules import line_cents
from webapp.invoices.ubl import CAC, CBC, ubl

BUYER = {
    "name": "Kwekerij De Morgen B.V.", "establishment": "Kas 3", "kvk": "87654321", "street": "Kasweg 1", "postcode": "1234 AC", "town": "Waterveen",
    "email": "", "vat_number": "", "reference": "",
}  # fmt: skip
ISSUED = date(2026, 4, 2)
AT = datetime(2026, 4, 2, 9, tzinfo=UTC)


def line(position: int = 1, *, minutes: int = 450, tariff: int = 1950, vat: str = "E", points: int = 0, corrects: str = "") -> PaperLine:
    return PaperLine(
        position, "Planten verzorgen – Selam T.", date(2026, 3, 2), date(2026, 3, 27), minutes, tariff, line_cents(minutes, tariff), vat, points,
        "Participatiewet art. 7 (test)" if vat == "E" else "", corrects,
    )  # fmt: skip


def paper(*lines: PaperLine, kind: str = "invoice", seller: dict[str, str] | None = None, buyer: dict[str, str] | None = None) -> Paper:
    earlier = (("2026-00007", date(2026, 3, 3)),) if kind == "credit_note" or any(one.corrects for one in lines) else ()
    return Paper(
        uuid.UUID(int=9), kind, "2026-00042", ISSUED, AT, ISSUED + timedelta(days=30), date(2026, 3, 1), date(2026, 3, 31), seller or SENDER,
        {**BUYER, **(buyer or {})}, lines, earlier,
    )  # fmt: skip


def any_paper(chance: random.Random) -> Paper:
    """A document as it could come up: any tariffs, odd minutes, both VAT categories, corrections."""
    rate = chance.choice([2100, 900, 950])
    lines = []
    for position in range(1, chance.randint(2, 7)):
        corrects = chance.choice(["", "", "2026-00007"])
        minutes = chance.randint(1, 12_000) * (-1 if corrects and chance.random() < 0.5 else 1)
        vat = chance.choice("SE")
        lines.append(line(position, minutes=minutes, tariff=chance.randint(1, 9_999), vat=vat, points=rate if vat == "S" else 0, corrects=corrects))
    return paper(*lines, kind=chance.choice(["invoice", "invoice", "credit_note"]))


@pytest.mark.parametrize(
    "made",
    [
        paper(line()),
        paper(line(), line(2, vat="S", points=2100)),
        paper(line(minutes=425)),
        paper(line(corrects="2026-00007", minutes=-31), line(2)),
        paper(line(), kind="credit_note"),
        paper(
            line(),
            buyer={"vat_number": "NL123456789B01", "reference": "Order 77", "postcode": ""},
            seller={**SENDER, "oin": "", "email": "a@b.example"},
        ),
    ],
    ids=["exempt", "two rates", "odd minutes", "a correction", "credit note", "all fields"],
)
def test_an_e_invoice_keeps_every_rule(made: Paper) -> None:
    assert broken_rules(ubl(made)) == []


def test_the_rules_do_look(subtests: pytest.Subtests) -> None:
    good = ubl(paper(line()))
    for name, broken, rule in (
        ("another amount to pay", good.replace(b'PayableAmount currencyID="EUR">146.25', b'PayableAmount currencyID="EUR">146.26'), "BR-CO-16"),
        ("no reason for no VAT", re.sub(b"<cbc:TaxExemptionReason>.*?</cbc:TaxExemptionReason>", b"", good), "BR-E-10"),
        ("no number", good.replace(b"<cbc:ID>2026-00042</cbc:ID>", b"", 1), "BR-02"),
    ):
        with subtests.test(name):
            assert broken != good
            assert rule in broken_rules(broken)


def test_a_sample_of_random_documents_keeps_every_rule() -> None:
    chance = random.Random(16931)
    for number in range(60):
        made = any_paper(chance)
        assert broken_rules(ubl(made)) == [], number


def test_ten_thousand_random_documents_add_up_to_the_cent() -> None:
    chance, space = random.Random(10_000), {"cac": CAC, "cbc": CBC}

    def cents(found: str) -> int:
        return round(float(found) * 100)

    for number in range(10_000):
        made = any_paper(chance)
        tree = etree.fromstring(ubl(made))

        def told(path: str, tree: etree._Element = tree) -> list[int]:
            return [cents(found) for found in tree.xpath(path + "/text()", namespaces=space)]

        lines = told("/*/cac:InvoiceLine/cbc:LineExtensionAmount") + told("/*/cac:CreditNoteLine/cbc:LineExtensionAmount")
        [net], [without], [gross], [payable] = (
            told(f"/*/cac:LegalMonetaryTotal/cbc:{name}")
            for name in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount")
        )
        [vat], parts = told("/*/cac:TaxTotal/cbc:TaxAmount"), told("/*/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount")
        bases = told("/*/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount")
        assert (sum(lines), sum(bases), sum(parts), net + vat) == (net, net, vat, gross), number  # BR-CO-10, -13, -14, -15
        assert without == net and payable == gross, number  # BR-CO-16
        assert (made.totals.net_cents, made.totals.vat_cents, made.totals.total_cents) == (net, vat, gross), number
        for one, said in zip(made.lines, lines, strict=True):  # quantity × price, to the cent, from what the document itself says
            element = tree.xpath(f"/*/*[self::cac:InvoiceLine or self::cac:CreditNoteLine][cbc:ID='{one.position}']", namespaces=space)[0]
            count = element.xpath("cbc:InvoicedQuantity/text() | cbc:CreditedQuantity/text()", namespaces=space)[0]
            per = element.xpath("cac:Price/cbc:BaseQuantity/text()", namespaces=space) or ["1"]
            exact = round(float(count) * 100) * one.tariff_cents, 100 * int(per[0])
            assert abs(exact[0] / exact[1] - said) <= 0.5, number


def test_the_same_document_made_again_has_the_same_bytes() -> None:
    made = paper(line())

    assert ubl(made) == ubl(made)
    assert pdf(made) == pdf(made)


@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_the_paper_is_tagged_dutch_and_carries_the_e_invoice_inside(kind: str) -> None:
    made = paper(line(corrects="" if kind == "credit_note" else "2026-00007"), line(2, vat="S", points=2100), kind=kind)

    reader = PdfReader(BytesIO(pdf(made)))

    words = "\n".join(page.extract_text() for page in reader.pages)
    assert "2026-00042" in words and "146,25" in words and "NL91ABNA0417164300" in words and "Participatiewet art. 7" in words
    catalogue = reader.trailer["/Root"]
    assert str(catalogue["/Lang"]).startswith("nl") and catalogue["/MarkInfo"]["/Marked"]  # type: ignore[index]
    [(name, [inside])] = reader.attachments.items()
    assert name.endswith(".xml") and inside == ubl(made)
