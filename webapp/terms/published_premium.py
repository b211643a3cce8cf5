"""Reads the premium of a published regulation, on each basis that is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from webapp.terms.drafts import (
    Draft,
    Fields,
    Period,
    a_day,
    draft,
    hundredths,
    refuse,
    weekly_hours,
)
from webapp.terms.shapes import CannotExpress

PER = {"per_hour": "hour", "per_month": "month"}


def premium(fields: Fields, period: Period, source: str) -> list[Draft]:
    basis = fields.text("premium_basis")
    amounts = fields.every("premium_amounts")
    common = {"scope": fields.take("cap_scope"), "monthly_maximum_cents": _monthly_maximum(fields)}
    yearly = _yearly_maximum(fields, period, source, common["scope"])
    if not basis:
        _nothing_without_a_basis(amounts, common, yearly)
        return yearly
    if basis == "lump_sum_to_employer":
        basis, common["recipient"] = "lump_sum", "employer"
    if basis not in READERS:
        raise CannotExpress("premium_basis", f"{basis!r} is not a known basis")
    given = {name: value for name, value in common.items() if value is not None}
    premiums = [({"basis": basis, **given, **value}, when) for value, when in READERS[basis](amounts, basis)]
    if len(premiums) > 1 and not all(when for _, when in premiums):
        raise CannotExpress("premium_amounts", "several amounts, and not for each of them when")
    for amount in amounts:
        amount.nothing_left()
    return [draft("premium", value, period, source, when) for value, when in premiums] + yearly


def _nothing_without_a_basis(amounts: Sequence[Fields], common: Mapping[str, Any], yearly: Sequence[Draft]) -> None:
    if amounts or common["monthly_maximum_cents"] or (common["scope"] is not None and not yearly):
        raise CannotExpress("premium_basis", "amounts or maxima of a premium of which the basis is not known")


def _monthly_maximum(fields: Fields) -> list[int | None]:
    """One amount, or all that were seen, in order, when the source does not say from which day."""
    value = fields.take("premium_max_month")
    values = value if isinstance(value, list) else [value] if value is not None else []
    return [hundredths(f"premium_max_month.{number}", one) for number, one in enumerate(values)]


def _yearly_maximum(fields: Fields, period: Period, source: str, scope: Any) -> list[Draft]:
    value = fields.take("premium_max_year")
    if value is None:
        return []
    named = {} if scope is None else {"scope": scope}
    if not isinstance(value, Mapping):
        return [draft("yearly_maximum", {"cents": hundredths("premium_max_year", value), **named}, period, source)]
    drafts = []
    for year, amount in value.items():
        field = f"premium_max_year.{year}"
        calendar_year = Period(a_day(field, f"{year}-01-01"), a_day(field, f"{year}-12-31"), "")
        drafts.append(draft("yearly_maximum", {"cents": hundredths(field, amount), **named}, calendar_year, source))
    return drafts


Premiums = list[tuple[dict[str, Any], str]]  # each with what is told of when it began


def _per_hour(amounts: Sequence[Fields], basis: str) -> Premiums:
    if not amounts:
        return [({"cents": None}, "")]
    premiums = []
    for amount in amounts:
        _is_per(amount, basis)
        net = amount.take("net")
        value = {"cents": amount.cents("amount_eur")} | ({} if net is None else {"net": net})
        premiums.append((value, amount.text("when")))
    return premiums


def _amounts(amounts: Sequence[Fields], basis: str) -> Premiums:
    """One premium of several amounts, each for its own weeks. Two amounts for the same weeks would leave open which is meant."""
    read = []
    for amount in amounts:
        _is_per(amount, basis)
        read.append({"cents": amount.cents("amount_eur"), "weekly": weekly_hours(amount)})
    for line in read:
        if sum(other["weekly"] == line["weekly"] for other in read) > 1:
            raise CannotExpress("premium_amounts", "two amounts for the same weekly hours")
    return [({"amounts": read}, "")]


def _pro_rata(amounts: Sequence[Fields], basis: str) -> Premiums:
    return [({"cents": amount.cents("amount_eur")}, amount.text("when")) for amount in amounts] or [({"cents": None}, "")]


def _percent(amounts: Sequence[Fields], basis: str) -> Premiums:
    shares = [({"basis_points": amount.basis_points("percent")}, amount.text("when")) for amount in amounts]
    return shares or [({"basis_points": None}, "")]


def _tiers(amounts: Sequence[Fields], basis: str) -> Premiums:
    """Steps of which only the lowest and the highest amount are known; "jaar 1" is the first year of receiving it."""
    if not amounts:
        return [({"tiers": None, "amount_per": None}, "")]
    return [(_bounds(amount), "") for amount in amounts] if len(amounts) == 1 else refuse("premium_amounts", "several ranges")


def _bounds(amount: Fields) -> dict[str, Any]:
    value: dict[str, Any] = {
        "tiers": None,
        "lowest_cents": amount.cents("min_eur"),
        "highest_cents": amount.cents("max_eur"),
        "amount_per": amount.take("per"),
        "told": amount.text("note"),
    }
    when = amount.text("when")
    if when:
        year = re.fullmatch(r"jaar (\d+)", when)
        value["in_year"] = int(year[1]) if year else refuse(amount.name("when"), f"{when!r} is not a year of receiving it")
    return value


def _is_per(amount: Fields, basis: str) -> None:
    per = amount.text("per")
    if per != PER.get(basis, ""):
        raise CannotExpress(amount.name("per"), f"{per or None!r} does not fit {basis}")


READERS: dict[str, Callable[[Sequence[Fields], str], Premiums]] = {
    "per_hour": _per_hour,
    "per_month": _amounts,
    "lump_sum": _amounts,
    "lump_sum_pro_rata": _pro_rata,
    "percent_of_income": _percent,
    "percent_of_deducted": _percent,
    "hours_tiers": _tiers,
}
