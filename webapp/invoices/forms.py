"""What somebody typed about money that came in or an address, turned into typed values, or into an error at its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from webapp.foundation.money import cents_of
from webapp.foundation.texts import gettext as _
from webapp.hours.forms import read_day

MOST_CENTS = 10**11
ADDRESS = {"email": 254, "street": 100, "postcode": 10, "town": 80, "vat_number": 20, "reference": 80}
MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
POSTCODE = re.compile(r"[1-9]\d{3} ?[A-Za-z]{2}")


class Money(NamedTuple):
    """An amount that came in on a day; `errors` by field when something is wrong."""

    received_on: date | None
    amount_cents: int
    errors: dict[str, str]


def read_receipt(typed: Mapping[str, str], today: date) -> Money:
    errors, day, cents = {}, None, 0
    try:
        day = read_day(typed.get("received_on", ""))
        if day > today:
            errors["received_on"] = _("This day is still to come.")
    except ValueError:
        errors["received_on"] = _("Choose the day the money came in.")
    try:
        cents = cents_of(typed.get("amount", ""))
    except ValueError:
        errors["amount"] = _("Fill in an amount. For example 1.234,50.")
    if not errors and not 0 < cents < MOST_CENTS:
        errors["amount"] = _("Fill in an amount. For example 1.234,50.")
    return Money(day, cents, errors)


def read_address(typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The fields of an address for invoices, trimmed, and what is wrong with them. Everything may be left empty."""
    values = {name: " ".join(typed.get(name, "").split())[: length + 1] for name, length in ADDRESS.items()}
    errors = {name: _("This is too long: at most %(count)s signs.", count=length) for name, length in ADDRESS.items() if len(values[name]) > length}
    if values["email"] and not MAIL.fullmatch(values["email"]):
        errors["email"] = _("This is not a mail address. For example administratie@bedrijf.nl.")
    if values["postcode"] and not POSTCODE.fullmatch(values["postcode"]):
        errors["postcode"] = _("A postcode has four digits and two letters. For example 1234 AB.")
    vat_number = values["vat_number"].replace(" ", "").replace(".", "").upper()
    if vat_number and not re.fullmatch(r"NL\d{9}B\d{2}", vat_number):
        errors["vat_number"] = _("A VAT number looks like NL123456789B01.")
    values["vat_number"] = values["vat_number"] if "vat_number" in errors else vat_number
    return values, errors
