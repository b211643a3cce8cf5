"""The terms of a day as the tests take them: each limit with its source, None where the terms do not say."""

from __future__ import annotations

from datetime import date
from typing import Any

from webapp.safeguards.rules import Limits, Said
from webapp.terms.rules import NoTermsInForce, floor_cents
from webapp.terms.snapshot import Terms


def limits_of(terms: Terms, *, first_day: date, day: date) -> Limits:
    """What counts for a plan that begins on `first_day`, tested on `day`.

    How long it may last follows the terms of its first day; everything else those of the day itself, or of the first day when that is to come.
    """
    on = max(first_day, day)
    return Limits(
        duration=_said(terms, "duration", first_day), floor=floor_of(terms, on), share=_said(terms, "staff_share", on, "basis_points"),
        chaining=_said(terms, "chaining", on), look_back=_said(terms, "look_back", on), margin=_said(terms, "agency_margin", on, "basis_points"),
        waiting_months=_said(terms, "waiting_time", on, "months"), again_after_months=_said(terms, "cooldown", on, "months"),
    )  # fmt: skip


def floor_of(terms: Terms, day: date) -> Said:
    """The lowest tariff of a day in cents, rounded up: the minimum wage times the factor of the terms, or the bare minimum wage without one."""
    wage = _said(terms, "minimum_wage", day, "cents")
    factor = _said(terms, "tariff_floor", day, "factor_basis_points")
    if wage.value is None or factor.value is None:
        return wage
    return Said(floor_cents(wage.value, factor.value), f"{factor.source}; {wage.source}", max(_first(factor), _first(wage)))


def _first(said: Said) -> date:
    return said.source_from or date.min


def _said(terms: Terms, key: str, day: date, field: str = "") -> Said:
    try:
        row = terms.row(key, day)
    except NoTermsInForce:
        return Said(None)
    value: Any = getattr(row.value, field) if field else row.value
    return Said(None) if value is None else Said(value, row.source, row.valid_from)
