"""Counting for everybody at once gives what counting for each gives."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.safeguards.test_properties import DAYS, LENGTHS, STRETCHES
from webapp.safeguards.rules import Stay, Stretch, chain_weeks, people_at_once
from webapp.safeguards.rules.many import Crowd, Filled


@given(STRETCHES, DAYS, LENGTHS)
def test_weeks_filled_and_who_came_before(others: list[Stretch], first, length: int):
    last = first + timedelta(days=length)
    filled = Filled([*others, Stretch(first, last)])
    before, _, weeks = chain_weeks(others, first, last, 52)

    assert filled.weeks(last, 52) == weeks
    assert filled.follows(first, 52) == (before > 0)


@given(STRETCHES, DAYS, LENGTHS, st.integers(0, 3))
def test_people_at_once(others: list[Stretch], first, length: int, who: int):
    last = first + timedelta(days=length)
    stays = [Stay(number % 4, one.first_day, one.last_day) for number, one in enumerate(others)]
    without = [stay for stay in stays if stay.who != who]

    assert Crowd([*stays, Stay(who, first, last)], first).until(last) == people_at_once(without, first, last) + 1
