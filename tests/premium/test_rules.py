"""Premium in whole cents: rounded once per line, half a cent up, and never less for more work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.premium.independent import cents_of
from webapp.premium.rules import hours_with_premium_left, premium_cents, room_left_cents

minutes = st.integers(min_value=0, max_value=24 * 60)
rates = st.integers(min_value=0, max_value=5_000)


@given(minutes, rates)
def test_it_is_what_exact_fractions_give_half_a_cent_up(minutes: int, rate: int) -> None:
    assert premium_cents(minutes, rate) == cents_of(minutes, rate)


@given(minutes, minutes, rates)
def test_more_work_never_earns_less(some: int, more: int, rate: int) -> None:
    assert premium_cents(some, rate) <= premium_cents(some + more, rate)


@given(st.lists(minutes, max_size=30), rates)
def test_a_total_of_lines_is_at_most_half_a_cent_a_line_from_the_whole(lines: list[int], rate: int) -> None:
    total = sum(premium_cents(line, rate) for line in lines)

    assert abs(total * 60 - sum(lines) * rate) <= 30 * len(lines)


@pytest.mark.parametrize(
    ("minutes", "rate", "cents"), [(0, 250, 0), (60, 250, 250), (450, 250, 1875), (1, 30, 1), (1, 29, 0), (210, 233, 816), (3, 10, 1)]
)
def test_known_amounts(minutes: int, rate: int, cents: int) -> None:
    assert premium_cents(minutes, rate) == cents


def test_time_never_runs_backwards() -> None:
    with pytest.raises(ValueError, match="negative"):
        premium_cents(-1, 250)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_room_and_what_is_counted_never_pass_the_maximum(counted: int, maximum: int) -> None:
    room = room_left_cents(counted, maximum)

    assert room >= 0
    assert counted + room == max(counted, maximum)


def test_hours_left_are_whole_hours_that_fit() -> None:
    assert [hours_with_premium_left(room, rate) for room, rate in ((1000, 250), (999, 250), (0, 250), (500, 0))] == [4, 3, 0, 0]
