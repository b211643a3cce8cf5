"""Reads published regulations as they were written down (regulations.json) into terms and told facts. Pure.

Every field of every entry is taken exactly once: as a term that is computed with, or as a fact that is only told.
A field, basis or value that has no place here raises CannotExpress with the entry and the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from webapp.terms.drafts import (
    Draft,
    Expressed,
    Fields,
    Period,
    draft,
    naming,
    period_told,
    weekly_hours,
)
from webapp.terms.published_law import statutory
from webapp.terms.published_premium import premium
from webapp.terms.shapes import CannotExpress

TOLD = (
    "extra_sources", "source_quality", "effective_from", "effective_to", "employer_conditions", "stop_conditions",
    "decided_by", "interactions", "key_phrases_nl", "not_found", "notes",
)  # fmt: skip


class Library(NamedTuple):
    """All entries of a file. `national` are the terms the law sets for everybody."""

    national: list[Draft]
    regulations: list[Expressed]


def express(entries: Mapping[str, Any]) -> Library:
    """The whole file. Raises CannotExpress; then nothing of it is used."""
    top = Fields(entries)
    about = top.text("about")
    national, law = statutory(top.take("statutory"), about)
    policies = [one.left for one in top.every("policies")]
    top.nothing_left()
    regulations = [express_policy(policy) for policy in policies]
    slugs = [regulation.slug for regulation in regulations]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise CannotExpress("id", "stands twice in this file", slug)
    return Library(national, [law, *regulations])


def express_policy(policy: Mapping[str, Any]) -> Expressed:
    """One entry of `policies`. Raises CannotExpress naming its id and the field."""
    slug = policy.get("id")
    if not isinstance(slug, str) or not slug:
        raise CannotExpress("id", "is missing", str(policy.get("organisation")))
    with naming(slug):
        return _policy(Fields(policy))


def _policy(fields: Fields) -> Expressed:
    slug, organisation, instrument, kind, url = (fields.needed(name) for name in ("id", "organisation", "instrument", "kind", "source_url"))
    facts: dict[str, Any] = {name: fields.take(name) for name in TOLD}
    facts = {name: value for name, value in facts.items() if value is not None}
    period = period_told(facts.get("effective_from"), facts.get("effective_to"))
    source = f"{organisation}: {instrument}, {url}"
    terms = [term for part in PARTS for term in part(fields, period, source)]
    if fields.empty:
        facts["unknown"] = sorted(fields.empty)
    fields.nothing_left()
    return Expressed(slug, organisation, instrument, kind, url, facts, terms)


def _payout(fields: Fields, period: Period, source: str) -> list[Draft]:
    value = {"per_year": fields.take("payout_per_year"), "months": fields.take("payout_months"), "trigger": fields.text("payout_trigger")}
    if value == {"per_year": None, "months": None, "trigger": ""}:
        return []
    asked = {"op aanvraag": True, "ambtshalve": False}
    told = next((answer for words, answer in asked.items() if value["trigger"].startswith(words)), None)
    return [draft("payout", value | {"on_application": told}, period, source)]


def _duration(fields: Fields, period: Period, source: str) -> list[Draft]:
    bands = [_band(band) for band in fields.every("max_duration_rules")]
    return [draft("duration", {"bands": bands}, period, source)] if bands else []


def _band(band: Fields) -> dict[str, Any]:
    per = band.text("per")
    if per not in ("", "functie"):
        raise CannotExpress(band.name("per"), f"{per!r} is not something a duration is counted per")
    value = {
        "weekly": weekly_hours(band),
        "months": band.take("max_months"),
        "years": band.take("max_years"),
        "extension_months": band.take("extend_once_months"),
        "per": "function" if per else None,
        "what": band.take("what"),
        "told": band.text("note"),
    }
    band.nothing_left()
    return value


def _weekly_limits(fields: Fields, period: Period, source: str) -> list[Draft]:
    value = {"max_minutes": fields.minutes("max_weekly_hours"), "min_minutes": fields.minutes("min_weekly_hours")}
    return [] if value == {"max_minutes": None, "min_minutes": None} else [draft("weekly_hours", value, period, source)]


def _age(fields: Fields, period: Period, source: str) -> list[Draft]:
    min_age, told = fields.take("min_age"), fields.text("under_27_rule")
    if min_age is None and not told:
        return []
    rules = {"": "unknown", "uitgesloten": "excluded"}
    rule = rules.get(told) or ("saves_until_27" if told.startswith("spaart alleen") else None)
    if rule is None:
        raise CannotExpress("under_27_rule", f"{told!r} is not a known rule")
    return [draft("age", {"min_age": min_age, "under_27": rule, "told": told}, period, source)]


def _target_group(fields: Fields, period: Period, source: str) -> list[Draft]:
    told, months = fields.text("target_group"), fields.take("min_benefit_months")
    if not told and months is None:
        return []
    short, large = "korte afstand" in told.lower(), "grote afstand" in told.lower()
    distance = None if short == large else "short" if short else "large"
    return [draft("target_group", {"distance": distance, "min_benefit_months": months, "told": told}, period, source)]


def _obligation(fields: Fields, period: Period, source: str) -> list[Draft]:
    voluntary = fields.take("voluntary")
    return [] if voluntary is None else [draft("obligation", {"voluntary": voluntary}, period, source)]


def _tariff(fields: Fields, period: Period, source: str) -> list[Draft]:
    value = fields.take("employer_tariff")
    if value is None:
        return []
    tariff = Fields(value, "employer_tariff")
    formula, cents, when, split = tariff.text("formula"), tariff.cents("amount_eur_per_hour"), tariff.text("when"), tariff.text("split")
    tariff.nothing_left()
    if (split or when) and cents is None:
        raise CannotExpress("employer_tariff", "a split or a date of a tariff that is not named")
    drafts = []
    if formula:
        factor = 10_000 if formula == "gelijk aan het wettelijk minimumloon" else None
        drafts.append(draft("tariff_floor", {"factor_basis_points": factor, "told": formula}, period, source))
    if cents is not None:
        drafts.append(draft("tariff", {"cents": cents, "told": split}, period, source, when))
    return drafts


def _cooldown(fields: Fields, period: Period, source: str) -> list[Draft]:
    told = fields.take("cooldown")
    if told is None:
        return []
    value = {"told": told} if isinstance(told, str) else {"months": told}
    return [draft("cooldown", value, period, source)]


def _outflow_balance(fields: Fields, period: Period, source: str) -> list[Draft]:
    told = fields.text("unpaid_balance_on_outflow")
    return [draft("outflow_balance", {"told": told}, period, source)] if told else []


PARTS = (
    premium, _payout, _duration, _weekly_limits, _age, _target_group, _obligation, _tariff, _cooldown, _outflow_balance,
)  # fmt: skip
