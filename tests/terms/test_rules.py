"""What is in force on a day, and what follows from it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from webapp.terms import rules
from webapp.terms.rules import NoTermsInForce, NotKnown, NotPerHour, Row, Split
from webapp.terms.shapes import Age, Duration, TariffSplit, parse
from webapp.terms.snapshot import Terms

LETTER = parse("duration", {"bands": [{"weekly": {"above": 1680}, "months": 3}, {"weekly": {"below": 1680}, "months": 6}]})


def row(key: str, value: dict[str, Any], valid_from: str, valid_until: str = "", *, own: bool = True) -> Row:
    until = date.fromisoformat(valid_until) if valid_until else None
    return Row(uuid4(), key, parse(key, value), date.fromisoformat(valid_from), until, f"source of {valid_from}", own)


def per_hour(cents: int | None, valid_from: str, valid_until: str = "") -> Row:
    return row("premium", {"basis": "per_hour", "cents": cents}, valid_from, valid_until)


def maximum(cents: int | None, valid_from: str, valid_until: str = "", *, own: bool = False, **more: Any) -> Row:
    return row("yearly_maximum", {"cents": cents, **more}, valid_from, valid_until, own=own)


# what is in force ------------------------------------------------------------------------------


def test_a_rate_counts_from_its_first_day_until_the_day_before_the_next() -> None:
    terms = Terms([per_hour(150, "2016-01-01"), per_hour(200, "2017-01-01")])

    assert terms.rate(date(2016, 12, 31)).cents_per_hour == 150
    assert terms.rate(date(2017, 1, 1)).cents_per_hour == 200
    assert terms.rate(date(2017, 1, 1)).source == "source of 2017-01-01"


def test_before_the_first_terms_nothing_is_guessed() -> None:
    terms = Terms([per_hour(150, "2016-01-01")])

    with pytest.raises(NoTermsInForce) as nothing:
        terms.rate(date(2015, 12, 31))

    assert (nothing.value.key, nothing.value.day) == ("premium", date(2015, 12, 31))


def test_after_their_last_day_terms_are_over_and_older_ones_do_not_return() -> None:
    terms = Terms([per_hour(150, "2016-01-01"), per_hour(200, "2017-01-01", "2017-12-31")])

    assert terms.rate(date(2017, 12, 31)).cents_per_hour == 200
    with pytest.raises(NoTermsInForce):
        terms.rate(date(2018, 1, 1))


def test_a_municipality_s_own_terms_go_before_the_national_ones_even_when_those_are_newer() -> None:
    own = row("offer", {"open_days": 5, "keep_closed_days": 30}, "2020-01-01", "2020-12-31")
    national = [row("offer", {"open_days": days, "keep_closed_days": 30}, day, own=False) for days, day in ((7, "2019-01-01"), (9, "2020-06-01"))]
    terms = Terms([own, *national])

    found = [terms.offer(day).open_days for day in (date(2019, 12, 31), date(2020, 1, 1), date(2020, 7, 1), date(2021, 1, 1))]

    assert found == [7, 5, 5, 9]


def test_an_amount_nobody_knows_is_not_a_rate_of_zero() -> None:
    with pytest.raises(NotKnown):
        Terms([per_hour(None, "2018-01-01")]).rate(date(2018, 6, 1))


@pytest.mark.parametrize(
    ("premium", "basis"),
    [
        ({"basis": "per_month", "amounts": [{"cents": 8000}]}, "per_month"),
        ({"basis": "percent_of_income", "basis_points": 3000}, "percent_of_income"),
        ({"basis": "lump_sum", "recipient": "employer", "amounts": [{"cents": 210000}]}, "lump_sum, to the employer"),
        ({"basis": "per_hour", "recipient": "employer", "cents": 100}, "per_hour, to the employer"),
    ],
)
def test_a_premium_on_another_basis_has_no_rate_per_hour(premium: dict[str, Any], basis: str) -> None:
    with pytest.raises(NotPerHour) as other:
        Terms([row("premium", premium, "2021-01-01")]).rate(date(2021, 6, 1))

    assert other.value.basis == basis


# the yearly maximum ----------------------------------------------------------------------------


def test_the_maximum_that_changed_on_1_july_2021_is_known_in_both_halves() -> None:
    terms = Terms([maximum(262900, "2021-01-01"), maximum(263800, "2021-07-01"), maximum(267200, "2022-01-01")])

    parts = terms.maximum_in_year(2021)

    assert [(part.first_day, part.last_day, part.maximum and part.maximum.cents) for part in parts] == [
        (date(2021, 1, 1), date(2021, 6, 30), 262900),
        (date(2021, 7, 1), date(2021, 12, 31), 263800),
    ]
    assert terms.yearly_maximum(date(2021, 6, 30)).cents == 262900
    assert terms.yearly_maximum(date(2021, 7, 1)).cents == 263800


def test_a_year_of_which_the_amount_was_never_read_has_no_maximum() -> None:
    terms = Terms([maximum(239200, "2017-01-01", "2017-12-31"), maximum(250000, "2019-01-01")])

    assert [part.maximum for part in terms.maximum_in_year(2018)] == [None]
    with pytest.raises(NoTermsInForce):
        terms.yearly_maximum(date(2018, 5, 1))


@pytest.mark.parametrize(
    ("own_cents", "counts", "says"), [(250000, 250000, "2020-01-01"), (400000, 339800, "2026-01-01"), (None, 339800, "2026-01-01")]
)
def test_a_municipality_may_allow_less_than_the_law_but_never_more(own_cents: int | None, counts: int, says: str) -> None:
    terms = Terms([maximum(own_cents, "2020-01-01", own=True, counted_by="worked"), maximum(339800, "2026-01-01")])

    found = terms.yearly_maximum(date(2026, 3, 12))

    assert (found.cents, found.valid_from.isoformat(), found.counted_by) == (counts, says, "worked")


def test_without_the_law_s_amount_a_municipality_s_own_amount_is_not_enough() -> None:
    with pytest.raises(NoTermsInForce):
        Terms([maximum(250000, "2018-01-01", own=True)]).yearly_maximum(date(2018, 5, 1))


# paying ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "months", "on"),
    [
        (date(2026, 3, 12), [6, 12], date(2026, 6, 30)),
        (date(2026, 6, 30), [6, 12], date(2026, 6, 30)),
        (date(2026, 7, 1), [6, 12], date(2026, 12, 31)),
        (date(2026, 12, 1), [6, 11], date(2027, 6, 30)),
        (date(2028, 2, 1), [2], date(2028, 2, 29)),
        (date(2026, 3, 12), None, None),
        (date(2026, 3, 12), [], None),
    ],
)
def test_the_premium_is_paid_on_the_last_day_of_the_next_payout_month(today: date, months: list[int] | None, on: date | None) -> None:
    assert rules.next_payout_on(today, months) == on


def test_a_new_payout_month_counts_only_from_its_first_day() -> None:
    terms = Terms([row("payout", {"months": [6, 12]}, "2025-01-01"), row("payout", {"months": [5, 11]}, "2026-07-01")])

    assert terms.next_payout_on(date(2026, 3, 12)) == date(2026, 6, 30)
    assert terms.next_payout_on(date(2026, 7, 1)) == date(2026, 11, 30)


def test_a_payout_day_after_the_terms_have_changed_follows_the_new_terms() -> None:
    terms = Terms([row("payout", {"months": [12]}, "2025-01-01"), row("payout", {"months": [11]}, "2026-07-01")])

    assert terms.next_payout_on(date(2026, 3, 12)) == date(2026, 11, 30)


def test_nobody_promises_a_payout_day_that_was_not_agreed() -> None:
    assert Terms([]).next_payout_on(date(2026, 3, 12)) is None
    assert Terms([row("payout", {"per_year": 2}, "2025-01-01")]).next_payout_on(date(2026, 3, 12)) is None
    assert Terms([row("payout", {"months": [6]}, "2025-01-01", "2026-05-31")]).next_payout_on(date(2026, 3, 12)) is None


# how long --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("weekly_minutes", "months"), [(1681, 3), (1680, 3), (1679, 6), (60, 6)])
def test_exactly_28_hours_falls_in_the_stricter_band(weekly_minutes: int, months: int) -> None:
    assert rules.limit_months(LETTER, weekly_minutes) == months


@pytest.mark.parametrize(("counts_as", "months"), [("stricter", 3), ("above", 3), ("below", 6)])
def test_terms_may_say_where_exactly_28_hours_belongs(counts_as: str, months: int) -> None:
    duration = Duration.model_validate({**LETTER.model_dump(), "exactly_counts_as": counts_as})

    assert rules.limit_months(duration, 1680) == months


def test_a_limit_for_a_full_week_of_unknown_length_is_not_known() -> None:
    duration = parse("duration", {"bands": [{"weekly": {"week": "full"}, "months": 3}, {"weekly": {"week": "part"}, "months": 6}]})

    assert rules.limit_months(duration, 2160) is None


def test_each_instrument_has_its_own_limit_and_years_are_twelve_months() -> None:
    duration = parse("duration", {"bands": [{"what": "stage", "months": 9}, {"what": "premie", "years": 4}, {"what": "proef"}]})

    assert [rules.limit_months(duration, 1200, what) for what in ("stage", "premie", "proef", None)] == [9, 48, None, None]


# age -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth_date", "day", "age"),
    [
        (date(1999, 3, 12), date(2026, 3, 11), 26),
        (date(1999, 3, 12), date(2026, 3, 12), 27),
        (date(2000, 2, 29), date(2027, 2, 28), 26),
        (date(2000, 2, 29), date(2027, 3, 1), 27),
        (date(2000, 2, 29), date(2028, 2, 29), 28),
    ],
)
def test_somebody_is_a_year_older_on_the_birthday(birth_date: date, day: date, age: int) -> None:
    assert rules.age_on(birth_date, day) == age


@pytest.mark.parametrize(
    ("rule", "group", "verdict"),
    [
        ("excluded", True, "no"),
        ("saves_until_27", True, "no"),
        ("allowed_if_wage_subsidy", True, "yes"),
        ("allowed_if_wage_subsidy", False, "no"),
        ("allowed_if_wage_subsidy", None, "unknown"),
        ("unknown", True, "unknown"),
    ],
)
def test_under_27_the_premium_depends_on_the_rule_and_the_wage_subsidy_group(rule: Any, group: bool | None, verdict: str) -> None:
    answer = rules.premium_allowed(date(2001, 5, 4), group, date(2026, 3, 12), Age(under_27=rule), "art. 31 lid 5")

    assert answer == (verdict, "art. 31 lid 5", date(2028, 5, 4))


def test_from_27_on_the_premium_is_allowed_and_without_a_birth_date_nothing_is_said() -> None:
    assert rules.premium_allowed(date(1999, 3, 12), None, date(2026, 3, 12), Age(under_27="excluded")).verdict == "yes"
    assert rules.premium_allowed(None, True, date(2026, 3, 12), Age(under_27="excluded")).verdict == "unknown"


def test_of_the_law_and_the_municipality_the_stricter_counts() -> None:
    law = row("age", {"under_27": "allowed_if_wage_subsidy"}, "2023-01-01", own=False)
    own = row("age", {"min_age": 27, "under_27": "excluded"}, "2024-01-01")
    young = date(2001, 5, 4)

    assert Terms([law, own]).premium_allowed(young, True, date(2023, 6, 1)).verdict == "yes"
    assert Terms([law, own]).premium_allowed(young, True, date(2024, 6, 1)) == ("no", "source of 2024-01-01", date(2028, 5, 4))
    assert Terms([]).premium_allowed(young, True, date(2024, 6, 1)).verdict == "unknown"


# the tariff ------------------------------------------------------------------------------------


def test_a_tariff_of_1890_is_told_to_the_last_cent() -> None:
    costs = TariffSplit(software_cents=60, implementation_cents=40, handling_cents=120, guidance_cents=610)

    assert rules.split_of_tariff(1890, 200, costs) == Split(200, 60, 40, 120, 610, 860)


def test_guidance_that_was_not_counted_is_not_shown_as_free() -> None:
    costs = TariffSplit(software_cents=60, implementation_cents=40, handling_cents=120)

    assert rules.split_of_tariff(1890, 200, costs) == Split(200, 60, 40, 120, None, 1470)


def test_the_tariff_floor_follows_the_minimum_wage_of_the_day() -> None:
    wages = [row("minimum_wage", {"cents": cents}, day, own=False) for cents, day in ((1471, "2026-01-01"), (1499, "2026-07-01"))]
    terms = Terms([*wages, row("tariff_floor", {"factor_basis_points": 11710}, "2026-01-01")])

    assert [terms.tariff_floor_cents(day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [1723, 1756]


def test_a_floor_without_a_factor_is_not_known() -> None:
    with pytest.raises(NotKnown):
        Terms([row("tariff_floor", {"factor_basis_points": None}, "2026-01-01")]).tariff_floor_cents(date(2026, 3, 12))
