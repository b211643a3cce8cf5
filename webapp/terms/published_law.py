"""Reads what the law sets for everybody from the dated amounts of a file of regulations. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from webapp.terms.drafts import (
    Draft,
    Expressed,
    Fields,
    Period,
    a_day,
    draft,
    naming,
    refuse,
)
from webapp.terms.shapes import CannotExpress

LAW = "Participatiewet (BWBR0015703)"
MINIMUM_WAGE_LAW = "Wet minimumloon en minimumvakantiebijslag (BWBR0002638)"
STATUTORY = "statutory"
UNDER_27 = re.compile(r"not exempt \(art\. 31 lid 5\), except since (\d{4}) for 'doelgroep loonkostensubsidie'")


def statutory(amounts: Any, about: str) -> tuple[list[Draft], Expressed]:
    """National terms from the dated amounts, and the law as a regulation that keeps what is told about them."""
    with naming(STATUTORY):
        fields = Fields(amounts)
        maxima = _dated(fields, "premium_cap_per_calendar_year_eur")
        wages = _dated(fields, "minimum_wage_per_hour_21plus_eur")
        drafts = [
            *_amount_rows("yearly_maximum", maxima, f"{LAW} art. 31 lid 2 onder j", "text of"),
            *_amount_rows("minimum_wage", wages, f"{MINIMUM_WAGE_LAW} art. 8", "amount from"),
        ]
        first = min(maxima, default=None)
        count, under_27 = fields.take("max_payments_per_calendar_year"), fields.text("under_27")
        if first is None and (count is not None or under_27):
            raise CannotExpress("premium_cap_per_calendar_year_eur", "no first day is known for the rules of the law")
        if count is not None:
            source = f'{LAW} art. 31 lid 2 onder j ("een een- of tweemalige premie"), first text read: {first}'
            drafts.append(draft("max_payments_per_year", {"count": count}, Period(first, None, ""), source))
        drafts += _law_on_age(under_27, first)
        facts = {"about": about, "cap_note": fields.take("cap_note"), "under_27": under_27}
        facts = {name: value for name, value in facts.items() if value} | ({"unknown": sorted(fields.empty)} if fields.empty else {})
        fields.nothing_left()
    law = Expressed(STATUTORY, "Rijksoverheid", "Participatiewet", "law", "https://wetten.overheid.nl/BWBR0015703", facts, [])
    return drafts, law


def _dated(fields: Fields, field: str) -> dict[date, int]:
    amounts = Fields(fields.take(field) or {}, field)
    read = {a_day(amounts.name(day), day): amounts.cents(day) for day in list(amounts.left)}
    return {day: refuse(amounts.name(str(day)), "is empty") if cents is None else cents for day, cents in read.items()}


def _amount_rows(key: str, amounts: Mapping[date, int], law: str, words: str) -> list[Draft]:
    """A row per known day. Where a whole year was not read, the amount before it ends with its own year: unknown stays unknown."""
    days = sorted(amounts)
    rows = []
    for first, following in zip(days, [*days[1:], None], strict=True):
        is_gap = following is not None and following > date(first.year + 1, 1, 1)
        last = date(first.year, 12, 31) if is_gap else None
        rows.append(draft(key, {"cents": amounts[first]}, Period(first, last, ""), f"{law}, {words} {first}"))
    return rows


def _law_on_age(told: str, first: date | None) -> list[Draft]:
    if not told:
        return []
    since = UNDER_27.fullmatch(told)
    if since is None:
        raise CannotExpress("under_27", f"{told!r} is not a known rule")
    changed = date(int(since[1]), 1, 1)
    source = f"{LAW} art. 31 lid 5"
    before = Period(first, changed - timedelta(days=1), "")
    after = Period(changed, None, "")
    return [
        draft("age", {"under_27": "excluded"}, before, f"{source}, text before {changed.year}"),
        draft("age", {"under_27": "allowed_if_wage_subsidy"}, after, f"{source}, text since {changed.year}"),
    ]
