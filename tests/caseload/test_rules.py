"""Limits, due dates and typed durations, on plain values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from webapp.caseload import rules
from webapp.caseload.rules import Card, Kind
from webapp.hours.rulings import NotADuration, minutes_typed
from webapp.placements.matching import clash, shorter_limit
from webapp.requests.models import PlannedDay
from webapp.terms.shapes import Band, Duration, WeeklyHours

DAY = date(2026, 3, 2)
LETTER = Duration(
    bands=[Band(weekly=WeeklyHours(above=1680), months=3, per="function"), Band(weekly=WeeklyHours(below=1680), months=6, per="function")]
)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("4:15", 255),
        ("4,25", 255),
        ("4 uur 15", 255),
        ("4 uur", 240),
        ("4u15", 255),
        ("4,5", 270),
        ("4.5", 270),
        ("4,5 uur", 270),
        ("0:00", 0),
        ("255", 255),
        (" 4:05 ", 245),
    ],
)
def test_a_duration_is_read_the_way_people_write_it(typed: str, minutes: int) -> None:
    assert minutes_typed(typed) == minutes


@pytest.mark.parametrize("typed", ["", "half", "4:60", "4.15", "4,33", "-1", "99:00", "9999", "4:15:00", "4 uur 75"])
def test_a_duration_that_says_nothing_or_two_things_is_asked_again(typed: str) -> None:
    with pytest.raises(NotADuration):
        minutes_typed(typed)


def test_a_plain_number_is_hours_in_the_form_and_minutes_without_it() -> None:
    assert (minutes_typed("4", hours_up_to=24), minutes_typed("240", hours_up_to=24), minutes_typed("4")) == (240, 240, 4)


def test_six_months_from_the_first_day_end_the_day_before_the_same_date() -> None:
    limit = rules.limit(starts_on=DAY, ends_on=date(2026, 12, 31), months=6, week_minutes=1200, today=DAY)

    assert (limit.last_day, limit.days_used) == (date(2026, 9, 1), 1)
    assert rules.stops_on(date(2026, 12, 31), limit) == date(2026, 9, 1)


def test_without_terms_the_last_day_agreed_is_the_only_limit() -> None:
    limit = rules.limit(starts_on=DAY, ends_on=DAY + timedelta(days=27), months=None, week_minutes=1200, today=DAY + timedelta(days=60))

    assert (limit.last_day, limit.percent) == (DAY + timedelta(days=27), 100)


@pytest.mark.parametrize(("days", "ending"), [(-1, False), (0, True), (28, True), (29, False)])
def test_the_end_is_told_28_days_before_it(days: int, ending: bool) -> None:
    assert rules.is_ending(DAY + timedelta(days=days), DAY) is ending


def test_the_longer_week_counts_for_the_limit() -> None:
    assert rules.stricter_week(1200, 4 * 1700) == 1700
    assert rules.stricter_week(1200, 4 * 600) == 1200


def test_more_work_together_can_bring_a_shorter_limit() -> None:
    assert shorter_limit(LETTER, alone=720, together=1740) == 3
    assert shorter_limit(LETTER, alone=720, together=1200) is None
    assert shorter_limit(None, alone=720, together=1740) is None


def test_cards_stand_by_due_date_and_then_by_name() -> None:
    late, early = DAY + timedelta(days=3), DAY
    cards = [Card(Kind.START, late, "Amina H.", None), Card(Kind.ENDING, early, "Yusuf A.", None), Card(Kind.DISPUTED, early, "Selam T.", None)]

    assert [card.name for card in rules.in_order(cards)] == ["Selam T.", "Yusuf A.", "Amina H."]


@pytest.mark.parametrize(
    ("one", "other", "clashes"),
    [
        (("09:00", "13:00"), ("13:00", "17:00"), False),
        (("09:00", "13:00"), ("12:59", "17:00"), True),
        (("22:00", "06:00"), ("05:00", "09:00"), False),
    ],
)
def test_two_plans_clash_only_when_they_overlap(one: tuple[str, str], other: tuple[str, str], clashes: bool) -> None:
    assert clash([PlannedDay(0, *one)], [PlannedDay(0, *other)]) is clashes
