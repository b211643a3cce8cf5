"""Time and limits for any plan: a longer one is never allowed where a shorter is refused, and pieces never last longer than the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.safeguards.rules import (
    NOT_ALLOWED,
    OK,
    Facts,
    Limits,
    Said,
    Stay,
    Stretch,
    assess,
    chain_weeks,
    days_filled,
    last_allowed,
    people_at_once,
)
from webapp.safeguards.rules.findings import OUTCOMES
from webapp.terms.shapes import Chaining, LookBack, parse

BANDS = parse("duration", {"bands": [{"weekly": {"above": 1680}, "months": 3}, {"weekly": {"below": 1680}, "months": 6}]})
LIMITS = Limits(
    duration=Said(BANDS), floor=Said(1765), share=Said(1000), chaining=Said(Chaining(weeks=26, of_weeks=52)), margin=Said(1000),
    look_back=Said(LookBack(dismissal_days=365, vacancy_days=183, staff_count_days=365)),
)  # fmt: skip
DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))
LENGTHS = st.integers(0, 400)
WEEKS = st.integers(60, 40 * 60) | st.sampled_from([1679, 1680, 1681])
STRETCHES = st.lists(st.builds(lambda day, length, week: Stretch(day, day + timedelta(days=length), week), DAYS, LENGTHS, WEEKS), max_size=6)


@st.composite
def plans(draw: st.DrawFn) -> Facts:
    first = draw(DAYS)
    return Facts(
        day=first, first_day=first, last_day=first + timedelta(days=draw(LENGTHS)), week_minutes=draw(WEEKS), tariff_cents=draw(st.integers(1, 4000)), somebody=True,
        earlier=draw(STRETCHES), others=draw(STRETCHES), stays=[Stay(number % 4, one.first_day, one.last_day) for number, one in enumerate(draw(STRETCHES))],
        staff_count=draw(st.none() | st.integers(0, 100)), staff_counted_on=draw(DAYS),
    )  # fmt: skip


def outcomes(facts: Facts) -> dict[str, int]:
    return {finding.item: OUTCOMES.index(finding.outcome) for finding in assess(facts, LIMITS)}


@given(plans(), st.integers(1, 400))
def test_a_longer_plan_is_never_allowed_where_a_shorter_is_refused(plan: Facts, more: int):
    shorter, longer = outcomes(plan), outcomes(replace(plan, last_day=plan.last_day + timedelta(days=more)))

    assert all(longer[item] >= shorter[item] for item in ("duration", "chaining", "share"))


@given(plans(), st.integers(1, 2000))
def test_a_longer_week_never_lasts_longer(plan: Facts, more: int):
    assert outcomes(replace(plan, week_minutes=plan.week_minutes + more))["duration"] >= outcomes(plan)["duration"]


@given(plans(), STRETCHES)
def test_more_of_the_same_before_never_gives_more_time(plan: Facts, more: list[Stretch]):
    before, after = outcomes(plan), outcomes(replace(plan, earlier=[*plan.earlier, *more]))

    assert after["duration"] >= before["duration"]
    assert outcomes(replace(plan, others=[*plan.others, *more]))["chaining"] >= before["chaining"]


@given(DAYS, st.integers(1, 12), st.integers(1, 120))
def test_a_placement_in_two_pieces_ends_when_one_in_one_piece_would(first: date, months: int, days: int):
    whole = last_allowed(first, months, [])
    second = first + timedelta(days=days)

    assert last_allowed(second, months, [Stretch(first, second - timedelta(days=1))]) == whole


@given(STRETCHES, DAYS, LENGTHS)
def test_days_are_counted_once_however_many_were_there(stretches: list[Stretch], first: date, length: int):
    last = first + timedelta(days=length)
    one_by_one = {day for one in stretches for day in (one.first_day + timedelta(days=n) for n in range((one.last_day - one.first_day).days + 1))}

    assert days_filled(stretches, first, last) == len([day for day in one_by_one if first <= day <= last])


@given(STRETCHES, DAYS, LENGTHS)
def test_no_chain_is_longer_than_the_weeks_looked_at(stretches: list[Stretch], first: date, length: int):
    _, before, filled = chain_weeks(stretches, first, first + timedelta(days=length), 52)

    assert 0 <= before <= 52
    assert min(length + 1, 364) // 7 <= filled <= 52


@given(STRETCHES, DAYS, LENGTHS)
def test_people_at_once_is_what_counting_every_day_gives(stretches: list[Stretch], first: date, length: int):
    stays = [Stay(number % 3, one.first_day, one.last_day) for number, one in enumerate(stretches)]
    last = first + timedelta(days=length)
    every_day = [first + timedelta(days=n) for n in range(length + 1)]

    counted = max(len({stay.who for stay in stays if stay.first_day <= day <= stay.last_day}) for day in every_day)

    assert people_at_once(stays, first, last) == counted


@given(plans(), st.integers(1, 500))
def test_a_lower_tariff_is_never_better(plan: Facts, less: int):
    lower = replace(plan, tariff_cents=max(plan.tariff_cents - less, 1))

    assert outcomes(lower)["tariff"] >= outcomes(plan)["tariff"]
    assert outcomes(lower)["tariff"] == (OUTCOMES.index(OK) if lower.tariff_cents >= 1765 else OUTCOMES.index(NOT_ALLOWED))
