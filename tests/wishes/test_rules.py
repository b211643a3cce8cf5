"""What somebody wishes, held beside a plan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from webapp.wishes import forms
from webapp.wishes.rules import DAY_MINUTES, LONGEST_WEEK, SLOTS, WEEK_MINUTES, Wishes, fit, hours_fit, touched

MONDAY_MORNING = (9 * 60, 13 * 60)


@pytest.mark.parametrize(
    ("low", "high", "week", "answer"),
    [
        (None, None, 1200, ""),
        (1200, 1200, 1200, "fits"),
        (1201, None, 1200, "less"),
        (None, 1199, 1200, "more"),
        (None, 1200, 1200, "fits"),
        (600, None, 1200, "fits"),
    ],
)
def test_hours_are_held_against_both_ends_and_unknown_stays_unknown(low, high, week, answer):
    assert hours_fit(Wishes(minutes_from=low, minutes_to=high), week) == answer


def test_who_cannot_in_a_part_of_the_day_is_named_with_the_weekday_only_where_there_is_work():
    wishes = Wishes(cannot=["0m", "2m", "4e"])

    assert fit(wishes, [MONDAY_MORNING], 240).cannot == (0,)
    assert fit(wishes, [(DAY_MINUTES + 9 * 60, DAY_MINUTES + 13 * 60)], 240).cannot == ()


def test_a_part_that_ends_where_the_work_begins_is_free():
    assert touched([(12 * 60, 18 * 60)]) == {"0a"}
    assert touched([(6 * 60, 12 * 60)]) == {"0m"}


def test_a_night_belongs_to_the_evening_before_also_from_sunday_to_monday():
    assert touched([(22 * 60, 30 * 60)]) == {"0e"}
    assert touched([(6 * DAY_MINUTES + 22 * 60, 6 * DAY_MINUTES + 31 * 60)]) == {"6e", "0m"}
    assert touched([(5 * 60, 7 * 60)]) == {"6e", "0m"}  # before six on Monday is still Sunday's night


@given(st.integers(0, WEEK_MINUTES - 1), st.integers(1, 16 * 60))
def test_every_minute_of_work_lies_in_a_part_of_the_week_and_no_other_part_is_touched(start, minutes):
    found = touched([(start, start + minutes)])
    each = set().union(
        *(touched([(minute, minute + 1)]) for minute in range(start, start + minutes, 30)), touched([(start + minutes - 1, start + minutes)])
    )
    assert each <= found <= set(SLOTS)
    assert found == each or minutes > 30


@given(st.integers(1, LONGEST_WEEK // 6), st.integers(1, LONGEST_WEEK // 6))
def test_what_is_kept_comes_back_in_the_form_as_the_same_hours(low, high):
    wishes = Wishes(["met planten"], min(low, high) * 6, max(low, high) * 6, ["0m", "6e"], "bike", "rustig")
    values = forms.shown(wishes)
    again = forms.read(
        MultiDict([(name, value) for name, value in values.items() if name != "cannot"] + [("cannot", slot) for slot in values["cannot"]])
    )

    assert again.errors == {}
    assert again.found == wishes


@given(st.text(max_size=12), st.text(max_size=12), st.lists(st.text(max_size=3), max_size=3))
def test_whatever_is_typed_gives_wishes_or_an_error_at_its_field(low, high, slots):
    typed = forms.read(MultiDict([("hours_from", low), ("hours_to", high), *(("cannot", slot) for slot in slots)]))

    assert set(typed.errors) <= {"hours_from", "hours_to", "cannot"}
    if not typed.errors:
        known = [minutes for minutes in (typed.found.minutes_from, typed.found.minutes_to) if minutes is not None]
        assert known == sorted(known) and all(0 < minutes <= LONGEST_WEEK for minutes in known)
