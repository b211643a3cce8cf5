"""An invoice on paper: the same document as the UBL, with the UBL inside. Always Dutch: it goes into Dutch books."""

from __future__ import annotations

from typing import Any

from webapp.foundation import documents
from webapp.foundation.texts import duration_words, euro_words, long_date, short_day, speaking
from webapp.foundation.texts import gettext as _
from webapp.invoices.paper import Paper, PaperLine
from webapp.invoices.ubl import ubl


def pdf(paper: Paper) -> bytes:
    """The PDF of an issued document; the same bytes every time it is made."""
    with speaking("nl"):
        name = _("Credit note %(number)s", number=paper.number) if paper.is_credit else _("Invoice %(number)s", number=paper.number)
        return documents.pdf("invoices/documents/invoice.typ", title=name, content=_content(paper), at=paper.issued_at)


def _content(paper: Paper) -> dict[str, Any]:
    totals, seller, buyer = paper.totals, paper.seller, paper.buyer
    facts = [(_("Number"), paper.number), (_("Date"), long_date(paper.issued_on))]
    if paper.is_credit:
        facts += [(_("On invoice"), f"{number} ({long_date(day)})") for number, day in paper.earlier]
    else:
        facts.append((_("Pay by"), long_date(paper.due_on)))
    facts.append((_("Period"), f"{long_date(paper.first_day)} – {long_date(paper.last_day)}"))
    if buyer["reference"]:
        facts.append((_("Your reference"), buyer["reference"]))
    sums = [(_("Together without VAT"), euro_words(totals.net_cents))]
    for group in totals.groups:
        label = _("VAT %(percent)s%% over %(amount)s", percent=percent(group.basis_points), amount=euro_words(group.net_cents))
        sums.append(
            (
                label if group.category == "S" else _("Exempt from VAT, over %(amount)s", amount=euro_words(group.net_cents)),
                euro_words(group.vat_cents),
            )
        )
    return {
        "words": {"to": _("To"), "from": _("From")},
        "buyer": [buyer["name"], *([buyer["establishment"]] if buyer["establishment"] != buyer["name"] else []), buyer["street"], f"{buyer['postcode']} {buyer['town']}".strip(), f"KVK {buyer['kvk']}"],
        "seller": [seller["name"], seller["street"], f"{seller['postcode']} {seller['town']}", f"KVK {seller['kvk']}", _("VAT number %(number)s", number=seller["vat_number"]), f"IBAN {seller['iban']}"],
        "facts": facts,
        "intro": "",
        "head": [_("Work"), _("Days"), _("Time"), _("Per hour"), _("VAT"), _("Amount")],
        "lines": [_line(line) for line in paper.lines],
        "sums": sums,
        "total": (_("We pay back or settle") if paper.is_credit else _("To be paid"), euro_words(totals.total_cents)),
        "reasons": [_("Exempt from VAT: %(reason)s", reason=reason) for reason in paper.exemptions],
        "pay": _pay(paper),
        "header": seller["name"],
        "footer": f"{paper.number} · {seller['name']}",
        "attachment": {"name": f"{paper.filename}.xml", "xml": ubl(paper).decode(), "what": _("The same document as e-invoice (UBL)")},
    }  # fmt: skip


def _line(line: PaperLine) -> list[str]:
    corrects = "\n" + _("correction on invoice %(number)s", number=line.corrects) if line.corrects else ""
    days = short_day(line.first_day) if line.first_day == line.last_day else f"{short_day(line.first_day)} – {short_day(line.last_day)}"
    vat = f"{percent(line.vat_basis_points)}%" if line.vat_category == "S" else _("exempt")
    return [line.description + corrects, days, duration_words(line.minutes), euro_words(line.tariff_cents), vat, euro_words(line.net_cents)]


def _pay(paper: Paper) -> str:
    if paper.is_credit:
        return _("We take this amount off what you still have to pay. Was it paid already? Then we pay it back.")
    slots = {"amount": euro_words(paper.totals.total_cents), "day": long_date(paper.due_on), "iban": paper.seller["iban"], "name": paper.seller["name"], "number": paper.number}  # fmt: skip
    return _("Please pay %(amount)s by %(day)s to %(iban)s of %(name)s, and mention %(number)s.", **slots)


def percent(basis_points: int) -> str:
    """A rate as people write it.

    >>> percent(2100), percent(950)
    ('21', '9,5')
    """
    whole, rest = divmod(basis_points, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",") if rest else str(whole)
