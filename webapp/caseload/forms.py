"""What a case manager typed about a premium of another scheme, turned into typed values or errors at their fields."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from webapp.foundation.money import cents_of
from webapp.foundation.texts import gettext as _

LONGEST_SCHEME = 100
HIGHEST_CENTS = 1_000_000  # more is a mistake in typing: the yearly maximum is a third of this
OLDEST_YEAR = 2015


@dataclass
class OtherPremiumTyped:
    """`id` is made with the form, so that sending it twice records it once."""

    values: Mapping[str, str]
    id: uuid.UUID | None = None
    paid_on: date | None = None
    amount_cents: int = 0
    scheme: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def read_other_premium(values: Mapping[str, str], today: date) -> OtherPremiumTyped:
    typed = OtherPremiumTyped({name: values.get(name, "").strip() for name in ("id", "paid_on", "amount", "scheme")})
    try:
        typed.id = uuid.UUID(typed.values["id"])
    except ValueError:
        typed.errors["scheme"] = _("Something went wrong with this form. Fill it in once more.")
    try:
        typed.paid_on = date.fromisoformat(typed.values["paid_on"])
        if not date(OLDEST_YEAR, 1, 1) <= typed.paid_on <= today:
            typed.errors["paid_on"] = _("Fill in a day that has been, today at the latest.")
    except ValueError:
        typed.errors["paid_on"] = _("Fill in the day on which it was paid.")
    try:
        typed.amount_cents = cents_of(typed.values["amount"])
        if not 0 < typed.amount_cents <= HIGHEST_CENTS:
            typed.errors["amount"] = _("Fill in an amount from 0,01 to 10.000 euro.")
    except ValueError:
        typed.errors["amount"] = _("Fill in an amount, for example 250 or 250,00.")
    typed.scheme = typed.values["scheme"][:LONGEST_SCHEME]
    if not typed.scheme:
        typed.errors["scheme"] = _("Fill in which scheme paid it.")
    return typed
