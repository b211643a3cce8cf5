"""What holds for every text, every shift and every correction, not only for the ones we thought of."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.foundation.clock import day_of, instant, local
from webapp.hours import rules, times
from webapp.hours.rules import Status
from webapp.hours.times import Shift, as_planned, overlap, parse_break, parse_clock, shift

calm = settings(deadline=None)  # a busy machine is no bug

FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)


def last_sunday(year: int, month: int) -> date:
    return next(day for day in (date(year, month, 31) - timedelta(days=back) for back in range(7)) if day.weekday() == 6)


clock_changes = [last_sunday(year, month) - timedelta(days=before) for year in range(2024, 2031) for month in (3, 10) for before in (0, 1)]
days = st.dates(FIRST, LAST) | st.sampled_from(clock_changes)
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59)) | st.builds(time, st.integers(1, 3), st.integers(0, 59))
folds = st.none() | st.integers(0, 1)
minutes = st.integers(0, 16 * 60)
clockish = st.text(alphabet="0123456789٠٣٨۰۳۸.:,uhUH ٫\u200f-apm", max_size=8)


def typed_again(worked_on: date, starts_at: datetime, stops_at: datetime, pause: int) -> Shift:
    """The shift that comes of typing the clocks in Amsterdam of these two instants."""
    start, stop = local(starts_at), local(stops_at)
    return shift(
        worked_on,
        parse_clock(f"{start:%H:%M}"),
        parse_clock(f"{stop:%H:%M}"),
        pause,
        start_fold=start.fold,
        stop_fold=stop.fold,
    )


@st.composite
def stretches(draw: st.DrawFn) -> tuple[date, datetime, datetime, int]:
    """Day, start, stop and break of any real stretch of work, made from instants and not from clocks."""
    starts_at = instant(draw(days), draw(clocks), fold=draw(st.integers(0, 1)))
    length = draw(st.integers(1, 16 * 60))
    return (
        day_of(starts_at),
        starts_at,
        starts_at + timedelta(minutes=length),
        draw(st.integers(0, length - 1)),
    )


shifts = stretches().map(lambda stretch: typed_again(*stretch))


@calm
@given(st.text() | clockish)
@example("²")
@example("İ")
def test_any_text_is_a_time_of_day_or_not_a_clock_time(typed):
    try:
        clock = parse_clock(typed)
    except times.NotAClockTime:
        return
    assert (clock.second, clock.microsecond, clock.tzinfo) == (0, 0, None)


@calm
@given(st.text() | clockish)
def test_any_text_is_a_break_of_at_most_eight_hours_or_not_a_break(typed):
    try:
        pause = parse_break(typed)
    except times.NotABreak:
        return
    assert 0 <= pause <= 480


@calm
@given(clocks)
def test_every_time_can_be_typed_with_and_without_a_sign(clock):
    hour, minute = clock.hour, clock.minute
    ways = [f"{hour}{sign}{minute:02}" for sign in (":", ".", ",", "u", "h", "")] + [f"{hour:02}{minute:02}"]
    assert {parse_clock(way) for way in ways} == {clock}


@calm
@given(days, clocks, clocks, st.integers(-10, 1000), folds, folds)
def test_whatever_is_typed_gives_a_shift_with_paid_time_or_is_refused(day, start, stop, pause, start_fold, stop_fold):
    try:
        made = shift(day, start, stop, pause, start_fold=start_fold, stop_fold=stop_fold)
    except times.TypedWrong:
        return
    assert 0 < made.minutes <= made.elapsed_minutes <= 16 * 60


@calm
@given(shifts)
def test_elapsed_minutes_are_the_difference_of_the_instants_in_utc(made):
    assert {made.starts_at.tzinfo, made.stops_at.tzinfo} == {UTC}
    assert timedelta(minutes=made.elapsed_minutes) == made.stops_at - made.starts_at
    assert made.elapsed_minutes - made.minutes == made.break_minutes


@calm
@given(shifts)
def test_a_shift_belongs_to_the_day_in_amsterdam_on_which_it_starts(made):
    last = local(made.stops_at).date()

    assert local(made.starts_at).date() == made.worked_on
    assert (last - made.worked_on).days == (1 if made.ends_next_day else 0)


@calm
@given(stretches())
def test_whoever_types_the_clocks_of_a_stretch_of_work_gets_exactly_that_stretch(stretch):
    made = typed_again(*stretch)

    assert made == Shift(*stretch)
    assert as_planned(made, Shift(*stretch))
    assert (made.start_clock, made.stop_clock) == tuple(f"{local(moment):%H:%M}" for moment in stretch[1:3])


@calm
@given(shifts)
def test_only_the_nights_of_a_clock_change_have_an_hour_more_or_less(made):
    changed = {made.worked_on, local(made.stops_at).date()} & set(clock_changes[::2])

    assert made.clock_change_minutes in (-60, 0, 60)
    assert changed or made.clock_change_minutes == 0


@calm
@given(shifts, st.integers(-1000, 1000), st.integers(1, 960))
def test_two_shifts_overlap_exactly_when_they_share_a_minute(one, later, length):
    start = one.starts_at + timedelta(minutes=later)
    stop = start + timedelta(minutes=length)
    shares = overlap(one.starts_at, one.stops_at, start, stop)

    assert shares == bool(set(range(one.elapsed_minutes)) & set(range(later, later + length)))
    assert shares == overlap(start, stop, one.starts_at, one.stops_at)


@calm
@given(minutes, st.lists(minutes, min_size=1, max_size=5), st.booleans())
def test_through_any_corrections_what_is_certain_never_falls_and_never_passes_the_highest_version(written, corrections, confirmed_first):
    certain = written if confirmed_first else 0
    for corrected in corrections:
        before = certain
        certain = rules.certain_minutes_after_correction(written=written, corrected=corrected, already_certain=before)

        assert certain >= before
        assert min(written, corrected) <= certain <= max(written, *corrections)
        assert corrected <= written or certain >= corrected


@calm
@given(minutes, minutes)
def test_after_one_correction_certain_and_waiting_together_are_the_higher_version(written, corrected):
    certain = rules.certain_minutes_after_correction(written=written, corrected=corrected, already_certain=0)
    waiting = rules.waiting_minutes(Status.CORRECTED, written=written, corrected=corrected, certain=certain)

    assert certain + waiting == max(written, corrected)


@calm
@given(st.sampled_from(Status), minutes, st.none() | minutes, minutes)
def test_waiting_minutes_are_never_negative(status, written, corrected, certain):
    assert rules.waiting_minutes(status, written=written, corrected=corrected, certain=certain) >= 0


@calm
@given(minutes, st.none() | minutes, st.integers(-60, 17 * 60))
def test_a_ruling_gives_nobody_more_than_the_higher_version(written, corrected, ruled):
    try:
        rules.ensure_ruling_allowed(minutes=ruled, written=written, corrected=corrected)
    except rules.RulingOutside:
        return
    assert 0 <= ruled <= max(written, corrected or 0)


@calm
@given(
    days,
    st.integers(0, 40),
    st.integers(0, 40),
    st.sets(st.dates(FIRST, FIRST + timedelta(days=90)), max_size=5),
)
def test_working_days_add_up_and_always_end_on_a_working_day(day, one, more, holidays):
    there = rules.add_working_days(day, one, holidays)

    assert rules.add_working_days(there, more, holidays) == rules.add_working_days(day, one + more, holidays)
    assert one == 0 or (there.weekday() < 5 and there not in holidays)


@calm
@given(st.integers(0, 600), st.integers(0, 600))
def test_taking_back_is_possible_until_the_seconds_are_over(seconds, later):
    confirmed_at = datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC)  # ten seconds before the clock goes back

    assert rules.may_unconfirm(confirmed_at, confirmed_at + timedelta(seconds=later), seconds) == (later <= seconds)
