"""Reads published regulations as they were written down (regulations.json) into terms and told facts. Pure.

Every field of every entry is taken exactly once: as a term that is computed with, or as a fact that is only told.
A field, basis or value that has no place here raises CannotExpress with the entry and the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from webapp.terms.shapes import CannotExpress, parse, plain

ENTRY = Mapping[str, Any]
LAW = "Participatiewet (BWBR0015703)"
MINIMUM_WAGE_LAW = "Wet minimumloon en minimumvakantiebijslag (BWBR0002638)"
STATUTORY = "statutory"
TOLD = (
    "extra_sources", "source_quality", "effective_from", "effective_to", "employer_conditions", "stop_conditions",
    "decided_by", "interactions", "key_phrases_nl", "not_found", "notes",
)  # fmt: skip
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
BOUND = re.compile(r"(>=|<=|>|<)\s*(\d+)")
BOUNDS = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most"}
WEEKS: dict[str, dict[str, Any] | None] = {
    "any": None,
    "volledige werkweek": {"week": "full"},
    "gedeeltelijke werkweek": {"week": "part"},
}
PER = {"per_hour": "hour", "per_month": "month"}
UNDER_27 = re.compile(r"not exempt \(art\. 31 lid 5\), except since (\d{4}) for 'doelgroep loonkostensubsidie'")


class Draft(NamedTuple):
    """A term before it is a row. `valid_from` None: the source names no day; `when_told` is what it does say."""

    key: str
    value: dict[str, Any]
    valid_from: date | None
    valid_until: date | None
    when_told: str
    source: str


class Expressed(NamedTuple):
    """One regulation, completely: who and what, the terms in their order, and what is told."""

    slug: str
    organisation: str
    instrument: str
    kind: str
    source_url: str
    facts: dict[str, Any]
    terms: list[Draft]


class Library(NamedTuple):
    """All entries of a file. `national` are the terms the law sets for everybody."""

    national: list[Draft]
    regulations: list[Expressed]


def express(entries: ENTRY) -> Library:
    """The whole file. Raises CannotExpress; then nothing of it is used."""
    top = Fields(entries)
    about = top.text("about")
    national, law = _statutory(top.take("statutory"), about)
    policies = [one.left for one in top.every("policies")]
    top.nothing_left()
    regulations = [express_policy(policy) for policy in policies]
    slugs = [regulation.slug for regulation in regulations]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise CannotExpress("id", "stands twice in this file", slug)
    return Library(national, [law, *regulations])


def express_policy(policy: ENTRY) -> Expressed:
    """One entry of `policies`. Raises CannotExpress naming its id and the field."""
    slug = policy.get("id")
    if not isinstance(slug, str) or not slug:
        raise CannotExpress("id", "is missing", str(policy.get("organisation")))
    with _naming(slug):
        return _policy(Fields(policy))


def _policy(fields: Fields) -> Expressed:
    slug, organisation, instrument, kind, url = (
        fields.needed(name) for name in ("id", "organisation", "instrument", "kind", "source_url")
    )
    facts: dict[str, Any] = {name: fields.take(name) for name in TOLD}
    facts = {name: value for name, value in facts.items() if value is not None}
    period = _period(facts.get("effective_from"), facts.get("effective_to"))
    source = f"{organisation}: {instrument}, {url}"
    terms = [draft for part in PARTS for draft in part(fields, period, source)]
    if fields.empty:
        facts["unknown"] = sorted(fields.empty)
    fields.nothing_left()
    return Expressed(slug, organisation, instrument, kind, url, facts, terms)


# reading fields --------------------------------------------------------------------------------


@contextmanager
def _naming(slug: str) -> Iterator[None]:
    try:
        yield
    except CannotExpress as problem:
        raise CannotExpress(problem.field, problem.why, problem.policy or slug) from problem


class Fields:
    """The fields of one object, each to be taken once; `empty` collects the names of those that were null."""

    def __init__(self, fields: Any, inside: str = "") -> None:
        if not isinstance(fields, Mapping):
            raise CannotExpress(inside or "entry", "is not an object")
        self.left = dict(fields)
        self.inside = inside
        self.empty: list[str] = []

    def name(self, field: str) -> str:
        return f"{self.inside}.{field}" if self.inside else field

    def take(self, field: str) -> Any:
        value = self.left.pop(field, None)
        if value is None:
            self.empty.append(field)
        return value

    def text(self, field: str) -> str:
        value = self.take(field)
        if value is not None and (not isinstance(value, str) or not value):
            raise CannotExpress(self.name(field), f"{value!r} is not a text")
        return value or ""

    def needed(self, field: str) -> str:
        return self.text(field) or _refuse(self.name(field), "is missing")

    def cents(self, field: str) -> int | None:
        return _hundredths(self.name(field), self.take(field))

    def basis_points(self, field: str) -> int | None:
        return _hundredths(self.name(field), self.take(field))

    def minutes(self, field: str) -> int | None:
        return _whole(self.name(field), self.take(field), 60)

    def every(self, field: str) -> list[Fields]:
        """A list of objects; null is an empty one."""
        value = self.take(field)
        if value is not None and not isinstance(value, list):
            raise CannotExpress(self.name(field), "is not a list")
        return [Fields(one, f"{self.name(field)}.{number}") for number, one in enumerate(value or [])]

    def nothing_left(self) -> None:
        for field, value in self.left.items():
            raise CannotExpress(self.name(field), f"has no place in the terms: {value!r}")


def _refuse(field: str, why: str) -> Any:
    raise CannotExpress(field, why)


def _whole(field: str, value: Any, times: int) -> int | None:
    """A number times so many, exactly whole. A float is read as it was written: 13.27 is 1327 hundredths."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CannotExpress(field, f"{value!r} is not a number")
    exact = Decimal(str(value)) * times
    if not exact.is_finite() or exact != int(exact) or exact < 0:
        raise CannotExpress(field, f"{value!r} is not a whole number of the smallest unit")
    return int(exact)


def _hundredths(field: str, value: Any) -> int | None:
    return _whole(field, value, 100)


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise CannotExpress(field, f"{text!r} is not a day") from problem


class Period(NamedTuple):
    first: date | None
    last: date | None
    told: str

    def and_told(self, more: str) -> str:
        return "; ".join(part for part in (self.told, more) if part)


def _period(begins: Any, ends: Any) -> Period:
    """Days where the source names days, otherwise its words. "2016 (begin)" is no day, and a later extension makes an end no end."""
    told = [text for text in (begins, ends) if isinstance(text, str) and not ISO_DAY.fullmatch(text)]
    days = [_day(field, text) if isinstance(text, str) and ISO_DAY.fullmatch(text) else None for field, text in (("effective_from", begins), ("effective_to", ends))]
    return Period(days[0], days[1], "; ".join(told))


def _draft(key: str, value: dict[str, Any], period: Period, source: str, when: str = "") -> Draft:
    """A term whose value is proven to fit its shape. With its own `when`, the day of the whole regulation is not its day."""
    fitting = plain(parse(key, value))
    if when:
        return Draft(key, fitting, None, None, period.and_told(when), source)
    return Draft(key, fitting, period.first, period.last, period.told, source)


def _weekly(fields: Fields) -> dict[str, Any] | None:
    text = fields.text("weekly_hours")
    if not text or text in WEEKS:
        return WEEKS.get(text)
    bound = BOUND.fullmatch(text)
    if bound is None:
        raise CannotExpress(fields.name("weekly_hours"), f"{text!r} is not a number of hours")
    return {BOUNDS[bound[1]]: int(bound[2]) * 60}


# the premium -----------------------------------------------------------------------------------


def _premium(fields: Fields, period: Period, source: str) -> list[Draft]:
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
    return [_draft("premium", value, period, source, when) for value, when in premiums] + yearly


def _nothing_without_a_basis(amounts: Sequence[Fields], common: ENTRY, yearly: Sequence[Draft]) -> None:
    if amounts or common["monthly_maximum_cents"] or (common["scope"] is not None and not yearly):
        raise CannotExpress("premium_basis", "amounts or maxima of a premium of which the basis is not known")


def _monthly_maximum(fields: Fields) -> list[int | None]:
    """One amount, or all that were seen, in order, when the source does not say from which day."""
    value = fields.take("premium_max_month")
    values = value if isinstance(value, list) else [value] if value is not None else []
    return [_hundredths(f"premium_max_month.{number}", one) for number, one in enumerate(values)]


def _yearly_maximum(fields: Fields, period: Period, source: str, scope: Any) -> list[Draft]:
    value = fields.take("premium_max_year")
    if value is None:
        return []
    named = {} if scope is None else {"scope": scope}
    if not isinstance(value, Mapping):
        return [_draft("yearly_maximum", {"cents": _hundredths("premium_max_year", value), **named}, period, source)]
    drafts = []
    for year, amount in value.items():
        field = f"premium_max_year.{year}"
        calendar_year = Period(_day(field, f"{year}-01-01"), _day(field, f"{year}-12-31"), "")
        drafts.append(_draft("yearly_maximum", {"cents": _hundredths(field, amount), **named}, calendar_year, source))
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
        read.append({"cents": amount.cents("amount_eur"), "weekly": _weekly(amount)})
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
    return [(_bounds(amount), "") for amount in amounts] if len(amounts) == 1 else _refuse("premium_amounts", "several ranges")


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
        value["in_year"] = int(year[1]) if year else _refuse(amount.name("when"), f"{when!r} is not a year of receiving it")
    return value


def _is_per(amount: Fields, basis: str) -> None:
    per = amount.text("per")
    if per and per != PER.get(basis):
        raise CannotExpress(amount.name("per"), f"{per!r} does not fit {basis}")


READERS: dict[str, Callable[[Sequence[Fields], str], Premiums]] = {
    "per_hour": _per_hour,
    "per_month": _amounts,
    "lump_sum": _amounts,
    "lump_sum_pro_rata": _pro_rata,
    "percent_of_income": _percent,
    "percent_of_deducted": _percent,
    "hours_tiers": _tiers,
}


# the other terms -------------------------------------------------------------------------------


def _payout(fields: Fields, period: Period, source: str) -> list[Draft]:
    value = {"per_year": fields.take("payout_per_year"), "months": fields.take("payout_months"), "trigger": fields.text("payout_trigger")}
    if value == {"per_year": None, "months": None, "trigger": ""}:
        return []
    asked = {"op aanvraag": True, "ambtshalve": False}
    told = next((answer for words, answer in asked.items() if value["trigger"].startswith(words)), None)
    return [_draft("payout", value | {"on_application": told}, period, source)]


def _duration(fields: Fields, period: Period, source: str) -> list[Draft]:
    bands = [_band(band) for band in fields.every("max_duration_rules")]
    return [_draft("duration", {"bands": bands}, period, source)] if bands else []


def _band(band: Fields) -> dict[str, Any]:
    per = band.text("per")
    if per not in ("", "functie"):
        raise CannotExpress(band.name("per"), f"{per!r} is not something a duration is counted per")
    value = {
        "weekly": _weekly(band),
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
    return [] if value == {"max_minutes": None, "min_minutes": None} else [_draft("weekly_hours", value, period, source)]


def _age(fields: Fields, period: Period, source: str) -> list[Draft]:
    min_age, told = fields.take("min_age"), fields.text("under_27_rule")
    if min_age is None and not told:
        return []
    rules = {"": "unknown", "uitgesloten": "excluded"}
    rule = rules.get(told) or ("saves_until_27" if told.startswith("spaart alleen") else None)
    if rule is None:
        raise CannotExpress("under_27_rule", f"{told!r} is not a known rule")
    return [_draft("age", {"min_age": min_age, "under_27": rule, "told": told}, period, source)]


def _target_group(fields: Fields, period: Period, source: str) -> list[Draft]:
    told, months = fields.text("target_group"), fields.take("min_benefit_months")
    if not told and months is None:
        return []
    short, large = "korte afstand" in told.lower(), "grote afstand" in told.lower()
    distance = None if short == large else "short" if short else "large"
    return [_draft("target_group", {"distance": distance, "min_benefit_months": months, "told": told}, period, source)]


def _obligation(fields: Fields, period: Period, source: str) -> list[Draft]:
    voluntary = fields.take("voluntary")
    return [] if voluntary is None else [_draft("obligation", {"voluntary": voluntary}, period, source)]


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
        drafts.append(_draft("tariff_floor", {"factor_basis_points": factor, "told": formula}, period, source))
    if cents is not None:
        drafts.append(_draft("tariff", {"cents": cents, "told": split}, period, source, when))
    return drafts


def _cooldown(fields: Fields, period: Period, source: str) -> list[Draft]:
    told = fields.take("cooldown")
    if told is None:
        return []
    value = {"told": told} if isinstance(told, str) else {"months": told}
    return [_draft("cooldown", value, period, source)]


def _outflow_balance(fields: Fields, period: Period, source: str) -> list[Draft]:
    told = fields.text("unpaid_balance_on_outflow")
    return [_draft("outflow_balance", {"told": told}, period, source)] if told else []


PARTS = (
    _premium, _payout, _duration, _weekly_limits, _age, _target_group, _obligation, _tariff, _cooldown, _outflow_balance,
)  # fmt: skip


# what the law sets -----------------------------------------------------------------------------


def _statutory(statutory: Any, about: str) -> tuple[list[Draft], Expressed]:
    """National terms from the dated amounts, and the law as a regulation that keeps what is told about them."""
    with _naming(STATUTORY):
        fields = Fields(statutory)
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
            drafts.append(_draft("max_payments_per_year", {"count": count}, Period(first, None, ""), source))
        drafts += _law_on_age(under_27, first)
        facts = {"about": about, "cap_note": fields.take("cap_note"), "under_27": under_27}
        facts = {name: value for name, value in facts.items() if value} | ({"unknown": sorted(fields.empty)} if fields.empty else {})
        fields.nothing_left()
    law = Expressed(STATUTORY, "Rijksoverheid", "Participatiewet", "law", "https://wetten.overheid.nl/BWBR0015703", facts, [])
    return drafts, law


def _dated(fields: Fields, field: str) -> dict[date, int]:
    amounts = Fields(fields.take(field) or {}, field)
    read = {_day(amounts.name(day), day): amounts.cents(day) for day in list(amounts.left)}
    return {day: _refuse(amounts.name(str(day)), "is empty") if cents is None else cents for day, cents in read.items()}


def _amount_rows(key: str, amounts: Mapping[date, int], law: str, words: str) -> list[Draft]:
    """A row per known day. Where a whole year was not read, the amount before it ends with its own year: unknown stays unknown."""
    days = sorted(amounts)
    rows = []
    for first, following in zip(days, [*days[1:], None], strict=True):
        is_gap = following is not None and following > date(first.year + 1, 1, 1)
        last = date(first.year, 12, 31) if is_gap else None
        rows.append(_draft(key, {"cents": amounts[first]}, Period(first, last, ""), f"{law}, {words} {first}"))
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
        _draft("age", {"under_27": "excluded"}, before, f"{source}, text before {changed.year}"),
        _draft("age", {"under_27": "allowed_if_wage_subsidy"}, after, f"{source}, text since {changed.year}"),
    ]
