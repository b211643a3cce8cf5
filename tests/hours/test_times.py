"""What people type about a shift, and the nights on which the clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from webapp.hours import times
from webapp.hours.times import (
    Shift,
    as_planned,
    deviation_minutes,
    hints,
    overlap,
    parse_break,
    parse_clock,
    questions,
    shift,
)

THURSDAY = date(2026, 7, 2)
CLOCK_FORWARD = date(2026, 3, 29)  # 02:00 becomes 03:00
CLOCK_BACK = date(2026, 10, 25)  # 03:00 becomes 02:00


def at(text: str) -> time:
    return time.fromisoformat(text)


def worked(day: date, start: str, stop: str, pause: int = 0, **folds: int) -> Shift:
    return shift(day, at(start), at(stop), pause, **folds)


@pytest.mark.parametrize(
    "typed",
    ["830", "8.30", "8:30", "08:30", "0830", "8u30", "8h30", "8,30", "8U30", "08.30", " 8:30 ", "8 : 30", "\u00a08:30", "٨:٣٠", "٠٨٣٠", "۸:۳۰", "۸۳۰", "٨٫٣٠", "\u200f٨:٣٠\u200e"],
)  # fmt: skip
def test_half_past_eight_may_be_typed_in_every_usual_way(typed):
    assert parse_clock(typed) == time(8, 30)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("8", "08:00"), ("8u", "08:00"), ("08", "08:00"), ("0", "00:00"), ("0:00", "00:00"), ("000", "00:00"), ("0005", "00:05"), ("23:59", "23:59"), ("1730", "17:30"), ("22", "22:00")],
)  # fmt: skip
def test_whole_hours_and_the_borders_of_a_day_are_times(typed, meant):
    assert parse_clock(typed) == at(meant)


@pytest.mark.parametrize("typed", ["24:00", "24", "2400", "24u00"])
def test_twenty_four_hours_is_midnight_when_somebody_stops(typed):
    assert parse_clock(typed) == time(0, 0)
    with pytest.raises(times.NotAClockTime):
        parse_clock(typed, field="start")


@pytest.mark.parametrize(
    "typed",
    ["", " ", "25:00", "24:01", "8:61", "860", "12345", "8:30 am", "8pm", "8.5", "8:3", "8:300", "-8:30", "+8", "8:30:00", "8::30", ":30", "u30", "half negen", "8½", "²²", "\uff18\uff13\uff10", "1e1", "8\n30"],
)  # fmt: skip
def test_what_is_not_a_time_of_day_is_refused(typed):
    with pytest.raises(times.NotAClockTime):
        parse_clock(typed)


def test_an_error_names_its_field():
    with pytest.raises(times.TypedWrong) as clock:
        parse_clock("nine", field="start")
    with pytest.raises(times.TypedWrong) as pause:
        parse_break("long")
    assert (clock.value.field, pause.value.field) == ("start", "break_minutes")


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("30", 30), ("0", 0), ("", 0), ("  ", 0), ("0:30", 30), ("1:15", 75), ("005", 5), (" 45 ", 45), ("٣٠", 30), ("۳۰", 30), ("480", 480), ("8:00", 480)],
)  # fmt: skip
def test_a_break_is_typed_in_minutes_or_as_hours_and_minutes(typed, minutes):
    assert parse_break(typed) == minutes


@pytest.mark.parametrize(
    "typed",
    ["-30", "-0", "481", "8:01", "9:00", "0:60", "0.30", "0,5", "7,5", "half", "30 or 40", "99999", "3e1"],
)
def test_a_break_that_is_negative_absurd_or_unclear_is_refused(typed):
    with pytest.raises(times.NotABreak):
        parse_break(typed)


def test_a_day_shift_is_paid_without_its_break():
    day = worked(THURSDAY, "08:30", "13:00", 30)

    assert (day.elapsed_minutes, day.minutes) == (270, 240)
    assert (day.starts_at, day.stops_at) == (
        datetime(2026, 7, 2, 6, 30, tzinfo=UTC),
        datetime(2026, 7, 2, 11, 0, tzinfo=UTC),
    )
    assert (day.start_clock, day.stop_clock, day.ends_next_day) == ("08:30", "13:00", False)


def test_a_night_shift_is_one_shift_on_the_day_it_starts():
    night = worked(THURSDAY, "22:00", "06:00", 30)

    assert (night.worked_on, night.minutes, night.ends_next_day) == (THURSDAY, 450, True)
    assert (night.start_clock, night.stop_clock) == ("22:00", "06:00")


def test_a_night_shift_leaves_room_for_a_shift_the_next_day():
    night = worked(THURSDAY, "22:00", "06:00")
    next_day = worked(THURSDAY + timedelta(days=1), "06:00", "12:00")

    assert not overlap(night.starts_at, night.stops_at, next_day.starts_at, next_day.stops_at)


def test_a_night_over_new_year_belongs_to_the_old_year():
    assert worked(date(2026, 12, 31), "20:00", "04:00").worked_on == date(2026, 12, 31)


def test_a_shift_until_midnight_stops_when_the_next_day_begins():
    evening = shift(THURSDAY, at("18:00"), parse_clock("24:00"), 0)

    assert (evening.minutes, evening.ends_next_day) == (360, True)


def test_the_night_the_clock_goes_forward_one_to_four_is_two_hours():
    night = worked(CLOCK_FORWARD, "01:00", "04:00")

    assert (night.minutes, night.clock_change_minutes, hints(night)) == (120, -60, {"clock_forward"})


def test_the_night_the_clock_goes_back_one_to_four_is_four_hours():
    night = worked(CLOCK_BACK, "01:00", "04:00")

    assert (night.minutes, night.clock_change_minutes, hints(night)) == (240, 60, {"clock_back"})


@pytest.mark.parametrize(("day", "minutes"), [(CLOCK_FORWARD, 420), (CLOCK_BACK, 540), (THURSDAY, 480)])
def test_a_night_that_starts_the_evening_before_counts_the_minutes_that_really_passed(day, minutes):
    assert worked(day - timedelta(days=1), "22:00", "06:00").minutes == minutes


def test_a_shift_after_the_clock_changed_says_nothing_about_it():
    assert hints(worked(CLOCK_BACK, "03:00", "07:00")) == set()
    assert hints(worked(CLOCK_FORWARD, "03:00", "07:00")) == set()


@pytest.mark.parametrize(
    ("day", "start", "stop", "field"),
    [(CLOCK_FORWARD, "02:30", "08:00", "start"), (CLOCK_FORWARD, "01:00", "02:30", "stop"), (CLOCK_FORWARD, "02:00", "08:00", "start"), (CLOCK_FORWARD - timedelta(days=1), "22:00", "02:59", "stop")],
)  # fmt: skip
def test_a_time_the_clock_skipped_in_march_is_refused(day, start, stop, field):
    with pytest.raises(times.TimeDoesNotExist) as wrong:
        worked(day, start, stop, start_fold=0, stop_fold=0)
    assert wrong.value.field == field


def test_the_edges_of_the_skipped_hour_exist():
    assert worked(CLOCK_FORWARD, "01:59", "03:00").minutes == 1


def test_the_night_after_the_clock_went_forward_has_its_half_past_two():
    assert worked(CLOCK_FORWARD, "22:00", "02:30").minutes == 270


@pytest.mark.parametrize(
    ("day", "start", "stop", "field"),
    [(CLOCK_BACK, "02:30", "08:00", "start"), (CLOCK_BACK, "01:30", "02:30", "stop"), (CLOCK_BACK, "02:00", "08:00", "start"), (CLOCK_BACK - timedelta(days=1), "22:00", "02:59", "stop"), (CLOCK_BACK, "02:45", "02:15", "start")],
)  # fmt: skip
def test_a_time_that_came_twice_in_october_is_asked_about(day, start, stop, field):
    with pytest.raises(times.TimeIsTwice) as wrong:
        worked(day, start, stop)
    assert wrong.value.field == field


@pytest.mark.parametrize(
    ("start", "stop", "folds", "minutes"),
    [
        ("01:30", "02:30", {"stop_fold": 0}, 60),
        ("01:30", "02:30", {"stop_fold": 1}, 120),
        ("02:30", "04:00", {"start_fold": 0}, 150),
        ("02:30", "04:00", {"start_fold": 1}, 90),
        ("02:15", "02:45", {"start_fold": 0, "stop_fold": 0}, 30),
        ("02:15", "02:45", {"start_fold": 0, "stop_fold": 1}, 90),
        ("02:15", "02:45", {"start_fold": 1, "stop_fold": 1}, 30),
        ("02:45", "02:15", {"start_fold": 0, "stop_fold": 1}, 30),
        ("02:15", "02:15", {"start_fold": 0, "stop_fold": 1}, 60),
        ("02:59", "03:00", {"start_fold": 0}, 61),
    ],
)
def test_once_said_which_one_the_october_night_counts_real_minutes_on_one_day(start, stop, folds, minutes):
    night = worked(CLOCK_BACK, start, stop, **folds)

    assert (night.minutes, night.ends_next_day, night.start_clock, night.stop_clock) == (
        minutes,
        False,
        start,
        stop,
    )


def test_an_october_night_that_would_stop_before_it_starts_is_refused():
    with pytest.raises(times.TooLong):
        worked(CLOCK_BACK, "02:15", "02:45", start_fold=1, stop_fold=0)
    with pytest.raises(times.TooLong):
        worked(CLOCK_BACK, "02:45", "02:15", start_fold=0, stop_fold=0)
    with pytest.raises(times.NoTime):
        worked(CLOCK_BACK, "02:15", "02:15", start_fold=1, stop_fold=0)
    with pytest.raises(times.NoTime):
        worked(CLOCK_BACK, "02:15", "02:15", start_fold=1, stop_fold=1)


def test_which_of_two_is_ignored_for_a_time_that_comes_once():
    assert worked(THURSDAY, "02:30", "08:00", start_fold=1, stop_fold=1) == worked(THURSDAY, "02:30", "08:00")


@pytest.mark.parametrize(
    ("start", "stop", "pause", "error", "field"),
    [
        ("08:00", "08:00", 0, times.NoTime, "stop"),
        ("06:00", "22:01", 0, times.TooLong, "stop"),
        ("08:00", "07:59", 0, times.TooLong, "stop"),
        ("08:00", "08:30", 30, times.BreakTooLong, "break_minutes"),
        ("08:00", "08:30", 31, times.BreakTooLong, "break_minutes"),
        ("08:00", "08:30", -1, times.NotABreak, "break_minutes"),
    ],
)
def test_a_shift_that_nobody_works_is_refused_at_its_field(start, stop, pause, error, field):
    with pytest.raises(error) as wrong:
        worked(THURSDAY, start, stop, pause)
    assert wrong.value.field == field


def test_sixteen_hours_and_a_break_of_all_but_a_minute_are_the_last_that_pass():
    assert worked(THURSDAY, "06:00", "22:00", 959).minutes == 1


@pytest.mark.parametrize(
    ("start", "stop", "asked"),
    [("08:00", "18:00", set()), ("08:00", "18:01", {"long"}), ("22:00", "06:00", {"night"}), ("20:00", "06:30", {"night", "long"}), ("18:00", "00:00", {"night"})],
)  # fmt: skip
def test_a_night_and_more_than_ten_hours_are_asked_about(start, stop, asked):
    assert questions(worked(THURSDAY, start, stop)) == asked


def test_ten_hours_on_the_clock_are_eleven_real_ones_in_october():
    assert questions(worked(CLOCK_BACK, "00:00", "10:00")) == {"long"}


@pytest.mark.parametrize(
    ("stop", "pause", "said"),
    [("13:30", 0, set()), ("13:31", 0, {"no_break"}), ("13:31", 1, set()), ("17:00", 30, set())],
)
def test_more_than_five_and_a_half_hours_without_a_break_gets_a_hint(stop, pause, said):
    assert hints(worked(THURSDAY, "08:00", stop, pause)) == said


@pytest.mark.parametrize(
    ("start", "stop", "shares"),
    [
        ("06:00", "08:00", False),
        ("06:00", "08:01", True),
        ("12:00", "14:00", False),
        ("11:59", "14:00", True),
        ("09:00", "10:00", True),
        ("07:00", "13:00", True),
        ("08:00", "12:00", True),
        ("14:00", "16:00", False),
    ],
)
def test_shifts_may_touch_but_share_no_minute(start, stop, shares):
    morning, other = worked(THURSDAY, "08:00", "12:00"), worked(THURSDAY, start, stop)

    assert overlap(morning.starts_at, morning.stops_at, other.starts_at, other.stops_at) is shares
    assert overlap(other.starts_at, other.stops_at, morning.starts_at, morning.stops_at) is shares


def test_a_shift_as_planned_has_the_start_stop_and_break_of_the_plan_to_the_minute():
    plan = worked(THURSDAY, "08:30", "13:00", 30)
    tapped = Shift(THURSDAY, plan.starts_at + timedelta(seconds=59), plan.stops_at + timedelta(seconds=1), 30)

    assert as_planned(plan, plan)
    assert as_planned(tapped, plan)


@pytest.mark.parametrize(
    ("start", "stop", "pause"),
    [("08:31", "13:00", 30), ("08:30", "13:01", 30), ("08:30", "13:00", 0), ("08:00", "12:30", 30)],
)
def test_any_minute_off_is_not_as_planned(start, stop, pause):
    assert not as_planned(worked(THURSDAY, start, stop, pause), worked(THURSDAY, "08:30", "13:00", 30))


def test_the_same_clock_on_another_day_or_without_a_plan_is_not_as_planned():
    done = worked(THURSDAY, "08:30", "13:00")

    assert not as_planned(done, None)
    assert not as_planned(done, worked(THURSDAY + timedelta(days=1), "08:30", "13:00"))


def test_the_deviation_is_what_was_worked_minus_what_was_planned():
    assert (deviation_minutes(240, 270), deviation_minutes(270, 240), deviation_minutes(240, 240)) == (
        -30,
        30,
        0,
    )
