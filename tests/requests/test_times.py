"""The times of a week as people type them: any text is either the times it says, or an error at its field."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.requests.forms import LONGEST_SHIFT_MINUTES, LONGEST_WEEK_MINUTES, clock, read_week
from webapp.requests.models import planned_days

HOURS, MINUTES = st.integers(0, 23), st.integers(0, 59)
DAY = 24 * 60


@given(HOURS, MINUTES, st.sampled_from(("{}:{:02}", "{}.{:02}", "{:02}:{:02}", "{}{:02}", " {}:{:02} ", "{}u{:02}", "{},{:02}")))
def test_every_time_of_the_day_is_read_however_it_is_written(hour: int, minute: int, written: str) -> None:
    assert clock(written.format(hour, minute)) == f"{hour:02}:{minute:02}"


@given(HOURS)
def test_a_whole_hour_needs_no_minutes(hour: int) -> None:
    assert clock(str(hour)) == clock(f"{hour}:00") == f"{hour:02}:00"


@pytest.mark.parametrize(
    "text", ["", "25", "24:01", "9:5", "12:3", "1:2:3", "1.2.3.0", "9:60", "-9:00", "half negen", "9 00 0", "8:", ":30", "99999", "830830", "²:00"]
)
def test_what_can_be_read_two_ways_or_not_at_all_is_asked_again(text: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        clock(text)


@given(st.text(max_size=8))
def test_any_text_is_a_time_or_an_error(text: str) -> None:
    try:
        read = clock(text)
    except ValueError:
        return
    assert len(read) == 5 and 0 <= int(read[:2]) <= 23 and 0 <= int(read[3:]) <= 59
    digits = "".join(str(int(one)) for one in text if one.isdecimal())
    hour, minute = int(read[:2]), int(read[3:])
    assert digits and int(digits) in (hour * 100 + minute, hour, 2400 + minute, 24)


@given(st.dictionaries(st.sampled_from([f"{what}_{day}" for what in ("start", "stop", "break") for day in range(7)]), st.text(max_size=6)))
def test_any_week_is_a_plan_or_says_what_is_wrong(typed: dict[str, str]) -> None:
    pattern, errors = read_week(typed)

    assert pattern or errors
    assert all(name in {f"start_{day}" for day in range(7)} for name in errors)
    if not errors:
        assert all(0 < day.minutes <= LONGEST_SHIFT_MINUTES for day in planned_days(pattern))
        assert sum(day.minutes for day in planned_days(pattern)) <= LONGEST_WEEK_MINUTES


def spans(pattern: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Every shift of the week in minutes from Monday 00:00; what passes midnight ends on the next day."""
    found = []
    for day in planned_days(pattern):
        start = day.weekday * DAY + day.start.hour * 60 + day.start.minute
        found.append((start, start + day.minutes + day.pause))
    return found


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 47), st.integers(0, 47)), min_size=1, max_size=7, unique_by=lambda one: one[0]))
def test_a_plan_that_is_accepted_never_has_somebody_at_work_twice_at_once(shifts: list[tuple[int, int, int]]) -> None:
    typed = {}
    for day, start, stop in shifts:
        typed |= {f"start_{day}": f"{start // 2}:{start % 2 * 30:02}", f"stop_{day}": f"{stop // 2}:{stop % 2 * 30:02}"}

    pattern, errors = read_week(typed)

    if errors:
        return
    taken = sorted(spans(pattern))
    round_the_week = [*taken, (taken[0][0] + 7 * DAY, taken[0][1] + 7 * DAY)]  # Sunday night runs into Monday
    assert all(before[1] <= after[0] for before, after in pairwise(round_the_week))


def test_a_night_over_midnight_is_one_shift_of_its_first_day() -> None:
    pattern, errors = read_week({"start_4": "22:00", "stop_4": "6:00", "break_4": "30"})

    assert not errors
    assert pattern == [{"weekday": 4, "start": "22:00", "stop": "06:00", "break": 30}]
    assert planned_days(pattern)[0].minutes == 450


def test_a_night_that_runs_into_the_next_shift_is_named_there() -> None:
    _, errors = read_week({"start_0": "22:00", "stop_0": "7:00", "start_1": "6:00", "stop_1": "12:00"})
    assert set(errors) == {"start_1"}

    _, errors = read_week({"start_6": "22:00", "stop_6": "7:00", "start_0": "6:00", "stop_0": "12:00"})
    assert set(errors) == {"start_0"}


@pytest.mark.parametrize("pause", ["-5", "1000", "een half uur", "1,5"])
def test_a_break_is_whole_minutes(pause: str) -> None:
    assert set(read_week({"start_0": "9", "stop_0": "13", "break_0": pause})[1]) == {"start_0"}


def test_a_break_without_times_is_asked_about() -> None:
    assert set(read_week({"start_0": "9", "stop_0": "13", "break_2": "30"})[1]) == {"start_2"}


def test_everything_that_is_wrong_in_a_week_is_said_at_once() -> None:
    _, errors = read_week({"start_0": "22:00", "stop_0": "7:00", "start_1": "6:00", "stop_1": "12:00", "start_3": "8", "stop_3": "laat"})

    assert set(errors) == {"start_1", "start_3"}
