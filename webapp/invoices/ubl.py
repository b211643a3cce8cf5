"""An invoice or credit note as UBL 2.1, after EN 16931 with the Peppol BIS Billing 3.0 customisation and the Dutch rules (NLCIUS).

Schemes of identifiers (ISO 6523): 0106 is the Dutch trade register, 0190 the number of a Dutch government body (OIN).
Elements stand in the order of the UBL schemas. Pure: a `Paper` in, bytes out; the same paper gives the same bytes.
"""

from __future__ import annotations

from typing import Any

from webapp.invoices.paper import Paper, PaperLine
from webapp.invoices.rules import VatGroup, quantity

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
ROOTS = {
    "invoice": ("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"),
    "credit_note": ("CreditNote", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"),
}
COMMERCIAL_INVOICE, CREDIT_NOTE, SEPA_TRANSFER = "380", "381", "58"  # UNTDID 1001 and 4461
KVK, OIN = "0106", "0190"
EUR = "EUR"


def ubl(paper: Paper) -> bytes:
    """The document as XML, UTF-8."""
    from lxml import etree

    name, namespace = ROOTS[paper.kind]
    root = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace, "cac": CAC, "cbc": CBC})
    _head(root, paper)
    _supplier(_group(root, "AccountingSupplierParty"), paper.seller)
    _customer(_group(root, "AccountingCustomerParty"), paper.buyer)
    _payment(root, paper)
    _vat(root, paper)
    _foot(root, paper)
    for line in paper.lines:
        _line(root, line, credit=paper.is_credit)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def amount(cents: int) -> str:
    """
    >>> amount(-105)
    '-1.05'
    """
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _group(parent: Any, name: str) -> Any:
    from lxml import etree

    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def _say(parent: Any, name: str, text: str, **attributes: str) -> None:
    from lxml import etree

    etree.SubElement(parent, f"{{{CBC}}}{name}", **attributes).text = text


def _money(parent: Any, name: str, cents: int) -> None:
    _say(parent, name, amount(cents), currencyID=EUR)


def _head(root: Any, paper: Paper) -> None:
    _say(root, "CustomizationID", CUSTOMIZATION)
    _say(root, "ProfileID", PROFILE)
    _say(root, "ID", paper.number)
    _say(root, "IssueDate", paper.issued_on.isoformat())
    if paper.is_credit:
        _say(root, "CreditNoteTypeCode", CREDIT_NOTE)
    else:
        _say(root, "DueDate", paper.due_on.isoformat())
        _say(root, "InvoiceTypeCode", COMMERCIAL_INVOICE)
    _say(root, "DocumentCurrencyCode", EUR)
    _say(root, "BuyerReference", paper.buyer["reference"] or paper.buyer["establishment"])
    period = _group(root, "InvoicePeriod")
    _say(period, "StartDate", min([paper.first_day, *(line.first_day for line in paper.lines)]).isoformat())
    _say(period, "EndDate", paper.last_day.isoformat())
    for number, issued_on in paper.earlier:
        reference = _group(_group(root, "BillingReference"), "InvoiceDocumentReference")
        _say(reference, "ID", number)
        _say(reference, "IssueDate", issued_on.isoformat())


def _supplier(parent: Any, seller: dict[str, str]) -> None:
    party = _group(parent, "Party")
    number, scheme = (seller["oin"], OIN) if seller.get("oin") else (seller["kvk"], KVK)
    _say(party, "EndpointID", number, schemeID=scheme)
    _say(_group(party, "PartyName"), "Name", seller["name"])
    _address(party, seller)
    _tax_scheme(party, seller["vat_number"])
    legal = _group(party, "PartyLegalEntity")
    _say(legal, "RegistrationName", seller["name"])
    _say(legal, "CompanyID", number, schemeID=scheme)
    if seller.get("email"):
        _say(_group(party, "Contact"), "ElectronicMail", seller["email"])


def _customer(parent: Any, buyer: dict[str, str]) -> None:
    party = _group(parent, "Party")
    _say(party, "EndpointID", buyer["kvk"], schemeID=KVK)
    _say(_group(party, "PartyName"), "Name", buyer["establishment"])
    _address(party, buyer)
    if buyer["vat_number"]:
        _tax_scheme(party, buyer["vat_number"])
    legal = _group(party, "PartyLegalEntity")
    _say(legal, "RegistrationName", buyer["name"])
    _say(legal, "CompanyID", buyer["kvk"], schemeID=KVK)


def _address(party: Any, of: dict[str, str]) -> None:
    address = _group(party, "PostalAddress")
    for name, value in (("StreetName", of["street"]), ("CityName", of["town"]), ("PostalZone", of["postcode"])):
        if value:
            _say(address, name, value)
    _say(_group(address, "Country"), "IdentificationCode", "NL")


def _tax_scheme(party: Any, vat_number: str) -> None:
    scheme = _group(party, "PartyTaxScheme")
    _say(scheme, "CompanyID", vat_number)
    _say(_group(scheme, "TaxScheme"), "ID", "VAT")


def _payment(root: Any, paper: Paper) -> None:
    means = _group(root, "PaymentMeans")
    _say(means, "PaymentMeansCode", SEPA_TRANSFER)
    if paper.is_credit:
        _say(means, "PaymentDueDate", paper.due_on.isoformat())
    _say(means, "PaymentID", paper.number)
    account = _group(means, "PayeeFinancialAccount")
    _say(account, "ID", paper.seller["iban"])
    _say(account, "Name", paper.seller["name"])


def _vat(root: Any, paper: Paper) -> None:
    total = _group(root, "TaxTotal")
    _money(total, "TaxAmount", paper.totals.vat_cents)
    for group in paper.totals.groups:
        part = _group(total, "TaxSubtotal")
        _money(part, "TaxableAmount", group.net_cents)
        _money(part, "TaxAmount", group.vat_cents)
        reason = "; ".join(paper.exemptions) if group.category == "E" else ""
        _category(part, "TaxCategory", group, reason)


def _category(parent: Any, name: str, vat: VatGroup | PaperLine, reason: str = "") -> None:
    category = _group(parent, name)
    is_group = isinstance(vat, VatGroup)
    _say(category, "ID", vat.category if is_group else vat.vat_category)  # type: ignore[union-attr]
    _say(category, "Percent", amount(vat.basis_points if is_group else vat.vat_basis_points))  # type: ignore[union-attr]
    if reason:
        _say(category, "TaxExemptionReason", reason)
    _say(_group(category, "TaxScheme"), "ID", "VAT")


def _foot(root: Any, paper: Paper) -> None:
    totals, foot = paper.totals, _group(root, "LegalMonetaryTotal")
    _money(foot, "LineExtensionAmount", totals.net_cents)
    _money(foot, "TaxExclusiveAmount", totals.net_cents)
    _money(foot, "TaxInclusiveAmount", totals.total_cents)
    _money(foot, "PayableAmount", totals.total_cents)


def _line(root: Any, line: PaperLine, *, credit: bool) -> None:
    count, unit, per = quantity(line.minutes)
    made = _group(root, "CreditNoteLine" if credit else "InvoiceLine")
    _say(made, "ID", str(line.position))
    if line.corrects:
        _say(made, "Note", f"Correctie op factuur {line.corrects}")
    _say(made, "CreditedQuantity" if credit else "InvoicedQuantity", count, unitCode=unit)
    _money(made, "LineExtensionAmount", line.net_cents)
    period = _group(made, "InvoicePeriod")
    _say(period, "StartDate", line.first_day.isoformat())
    _say(period, "EndDate", line.last_day.isoformat())
    item = _group(made, "Item")
    _say(item, "Name", line.description)
    _category(item, "ClassifiedTaxCategory", line)
    price = _group(made, "Price")
    _money(price, "PriceAmount", line.tariff_cents)
    if per != 1:
        _say(price, "BaseQuantity", str(per), unitCode=unit)
