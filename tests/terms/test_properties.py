"""What must hold for any terms, not only for those somebody thought of."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.terms import rules
from webapp.terms.rules import NoTermsInForce, Row
from webapp.terms.shapes import PerHour, TariffSplit, YearlyMaximum, parse
from webapp.terms.snapshot import Terms

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
CENTS = st.integers(0, 500_000)
BEGINNINGS = st.dictionaries(st.tuples(st.booleans(), DAYS), st.tuples(CENTS, st.none() | st.integers(0, 800)), max_size=12)


@st.composite
def rates(draw: st.DrawFn) -> list[Row]:
    """Own and national rates, each with a day of its own, some with a last day."""
    return [
        Row(
            uuid4(),
            "premium",
            PerHour(basis="per_hour", cents=cents),
            first,
            None if length is None else first + timedelta(length),
            "source",
            own,
        )
        for (own, first), (cents, length) in draw(BEGINNINGS).items()
    ]


@given(rates(), DAYS)
def test_the_row_in_force_is_the_latest_begun_of_its_owner_and_still_runs(rows: list[Row], day: date) -> None:
    begun = [row for row in rows if row.valid_from <= day]
    newest = {own: max((row.valid_from for row in begun if row.own == own), default=None) for own in (True, False)}
    running = [row for row in begun if row.valid_from == newest[row.own] and (row.valid_until is None or day <= row.valid_until)]

    if not running:
        with pytest.raises(NoTermsInForce):
            rules.in_force(rows, "premium", day)
        return
    found = rules.in_force(rows, "premium", day)

    assert found in running
    assert found.own == any(row.own for row in running)


@given(rates(), DAYS)
def test_the_snapshot_answers_as_the_rule_does_on_every_day(rows: list[Row], day: date) -> None:
    terms = Terms(rows)
    for moment in {day, *(other for row in rows for other in (row.valid_from, row.valid_from - timedelta(1)))}:
        try:
            expected = rules.in_force(rows, "premium", moment)
        except NoTermsInForce:
            with pytest.raises(NoTermsInForce):
                terms.rate(moment)
        else:
            assert terms.rate(moment) == (expected.value.cents, expected.id, expected.source, expected.valid_from)


@given(rates())
def test_the_order_in_which_rows_come_does_not_matter(rows: list[Row]) -> None:
    day = date(2022, 6, 1)
    answers: list[Row | None] = []
    for order in (rows, rows[::-1]):
        try:
            answers.append(rules.in_force(order, "premium", day))
        except NoTermsInForce:
            answers.append(None)

    assert answers[0] == answers[1]


@given(st.dictionaries(DAYS, CENTS, min_size=1), st.dictionaries(DAYS, st.none() | CENTS), st.integers(2015, 2030))
def test_no_day_of_a_year_has_more_than_the_law_allows_on_that_day(law: dict[date, int], own: dict[date, int | None], year: int) -> None:
    rows = [Row(uuid4(), "yearly_maximum", YearlyMaximum(cents=cents), day, None, "law", False) for day, cents in law.items()]
    rows += [Row(uuid4(), "yearly_maximum", YearlyMaximum(cents=cents), day, None, "own", True) for day, cents in own.items()]

    parts = Terms(rows).maximum_in_year(year)

    assert parts[0].first_day == date(year, 1, 1)
    assert parts[-1].last_day == date(year, 12, 31)
    assert all(before.last_day + timedelta(1) == after.first_day for before, after in pairwise(parts))
    for part in parts:
        for day in (part.first_day, part.last_day):
            begun = [first for first in law if first <= day]
            assert (part.maximum is None) == (not begun)
            assert part.maximum is None or part.maximum.cents <= law[max(begun)]


@given(CENTS, CENTS, CENTS, CENTS, CENTS, st.none() | CENTS)
def test_the_parts_of_a_tariff_add_up_to_the_tariff(tariff: int, rate: int, software: int, setup: int, handling: int, guidance: int | None) -> None:
    costs = TariffSplit(software_cents=software, implementation_cents=setup, handling_cents=handling, guidance_cents=guidance)

    assert sum(part or 0 for part in rules.split_of_tariff(tariff, rate, costs)) == tariff


@given(DAYS, st.lists(st.integers(1, 12), min_size=1, max_size=2, unique=True))
def test_the_next_payout_is_the_end_of_a_payout_month_within_a_year(today: date, months: list[int]) -> None:
    found = rules.next_payout_on(today, months)

    assert found is not None
    assert today <= found <= today + timedelta(366)
    assert found.month in months
    assert (found + timedelta(1)).day == 1


@given(st.integers(0, 5040), st.integers(1, 24), st.integers(1, 24), st.integers(1, 5040))
def test_every_week_has_a_limit_when_only_the_boundary_is_open(weekly: int, above: int, below: int, boundary: int) -> None:
    duration = parse("duration", {"bands": [{"weekly": {"above": boundary}, "months": above}, {"weekly": {"below": boundary}, "months": below}]})

    expected = above if weekly > boundary else below if weekly < boundary else min(above, below)

    assert rules.limit_months(duration, weekly) == expected


@given(st.dates(date(1940, 1, 1), date(2010, 12, 31)), st.integers(0, 90))
def test_an_age_begins_on_its_birthday_and_not_a_day_earlier(birth_date: date, age: int) -> None:
    day = rules.birthday(birth_date, age)

    assert rules.age_on(birth_date, day) == age
    assert rules.age_on(birth_date, day - timedelta(1)) == age - 1
