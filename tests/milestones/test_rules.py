"""Which weeks of work show which milestones: facts, never norms."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.milestones.rules import (
    EIGHT_WEEKS,
    FIRST_SHIFT,
    FORTY_HOURS,
    FOUR_WEEK_GROWTH,
    MILESTONES,
    newly_reached,
    reached,
)

FIRST = date(2026, 3, 2)


def weeks(*minutes: int) -> dict[date, int]:
    """Minutes of weeks in a row from the first Monday on; 0 is a week without work."""
    return {FIRST + timedelta(weeks=number): worked for number, worked in enumerate(minutes)}


@pytest.mark.parametrize(
    ("worked", "found"),
    [
        (weeks(), []),
        (weeks(0, 0), []),
        (weeks(1), [FIRST_SHIFT]),
        (weeks(0, 30), [FIRST_SHIFT]),
        (weeks(2399), [FIRST_SHIFT]),
        (weeks(2400), [FIRST_SHIFT, FORTY_HOURS]),
        (weeks(1200, 0, 0, 1200), [FIRST_SHIFT, FORTY_HOURS]),
        (weeks(*[60] * 7), [FIRST_SHIFT]),
        (weeks(*[60] * 8), [FIRST_SHIFT, EIGHT_WEEKS]),
        (weeks(*[60] * 7, 0, *[60] * 7), [FIRST_SHIFT]),
        (weeks(60, 120, 180), [FIRST_SHIFT]),
        (weeks(60, 120, 180, 240), [FIRST_SHIFT, FOUR_WEEK_GROWTH]),
        (weeks(60, 120, 120, 180), [FIRST_SHIFT]),
        (weeks(60, 120, 0, 180, 240), [FIRST_SHIFT]),
        (weeks(240, 180, 60, 120, 180, 240), [FIRST_SHIFT, FOUR_WEEK_GROWTH]),
        (weeks(300, 400, 500, 600, 700, 800, 900, 1000), [FIRST_SHIFT, FORTY_HOURS, EIGHT_WEEKS, FOUR_WEEK_GROWTH]),
    ],
)
def test_the_milestones_these_weeks_show(worked: dict[date, int], found: list[str]) -> None:
    assert [point.milestone for point in reached(worked)] == found


def test_a_milestone_names_the_facts_it_rests_on() -> None:
    facts = {point.milestone: point.facts for point in reached(weeks(300, 400, 500, 600, 700, 800, 900, 1000))}

    assert facts == {
        FIRST_SHIFT: {"week_of": "2026-03-02"},
        FORTY_HOURS: {"minutes": 5200},
        EIGHT_WEEKS: {"from_week": "2026-03-02", "to_week": "2026-04-20"},
        FOUR_WEEK_GROWTH: {"first_week": "2026-03-02", "to_week": "2026-03-23"},
    }


def test_weeks_run_on_over_new_year() -> None:
    over = {date(2025, 12, 15) + timedelta(weeks=number): 60 + number for number in range(4)}

    assert FOUR_WEEK_GROWTH in [point.milestone for point in reached(over)]


plans = st.lists(st.integers(0, 900), max_size=14).map(lambda found: weeks(*found))


@given(plans, st.integers(0, 13), st.integers(1, 600))
def test_more_work_in_the_last_week_never_takes_a_milestone_away_and_none_is_new_twice(before: dict[date, int], back: int, more: int) -> None:
    last = max(before, default=FIRST)
    after = {**before, last: before.get(last, 0) + more}

    known, then = ({point.milestone for point in reached(found)} for found in (before, after))

    assert known <= then <= set(MILESTONES)
    assert {point.milestone for point in newly_reached(before, after)} == then - known
    assert newly_reached(after, after) == []
