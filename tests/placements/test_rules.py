"""When a placement may start, which days it plans, and when somebody may stop."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from webapp.placements.rules import (
    Preparation,
    TooLateToStop,
    days_of_work,
    ensure_last_day,
    last_day,
    missing,
    week_number,
)
from webapp.requests.models import planned_days

FIRST = date(2026, 4, 6)  # a Monday
TODAY = date(2026, 4, 1)
COMPLETE = {"decision_reason": "Past.", "agreement_signed_on": TODAY, "insured_from": FIRST, "insurance_evidence": "Polis 1"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, {}),
        ({"decision_reason": " \n"}, {"decision_reason": "empty"}),
        ({"agreement_signed_on": None}, {"agreement_signed_on": "empty"}),
        ({"agreement_signed_on": TODAY + timedelta(days=1)}, {"agreement_signed_on": "future"}),
        ({"insured_from": None}, {"insured_from": "empty"}),
        ({"insured_from": FIRST + timedelta(days=1)}, {"insured_from": "after_start"}),
        ({"insured_from": FIRST - timedelta(days=99)}, {}),
        ({"insurance_evidence": ""}, {"insurance_evidence": "empty"}),
        (
            {"decision_reason": "", "agreement_signed_on": None, "insured_from": None, "insurance_evidence": ""},
            {"decision_reason": "empty", "agreement_signed_on": "empty", "insured_from": "empty", "insurance_evidence": "empty"},
        ),
    ],
)
def test_a_start_needs_a_decision_an_agreement_and_an_insurance_in_force(change: dict[str, Any], wrong: dict[str, str]) -> None:
    assert missing(Preparation(**{**COMPLETE, **change}), starts_on=FIRST, today=TODAY) == wrong


def test_only_the_days_of_the_plan_are_worked_first_and_last_day_included() -> None:
    plan = planned_days([{"weekday": 0, "start": "09:00", "stop": "12:00"}, {"weekday": 6, "start": "09:00", "stop": "12:00"}])

    assert [day for day, _ in days_of_work(plan, FIRST, FIRST + timedelta(days=7))] == [FIRST, FIRST + timedelta(days=6), FIRST + timedelta(days=7)]


def test_two_shifts_on_a_day_stand_in_the_order_of_the_clock() -> None:
    plan = planned_days([{"weekday": 0, "start": "14:00", "stop": "16:00"}, {"weekday": 0, "start": "09:00", "stop": "12:00"}])

    assert [planned.hours for _, planned in days_of_work(plan, FIRST, FIRST)] == [("09:00", "12:00"), ("14:00", "16:00")]


def test_a_planned_night_has_the_minutes_until_the_next_morning() -> None:
    (night,) = planned_days([{"weekday": 0, "start": "22:00", "stop": "06:00", "break": 30}])

    assert night.minutes == 450


@pytest.mark.parametrize(
    ("today", "week"),
    [(FIRST - timedelta(days=3), (1, 12)), (FIRST, (1, 12)), (FIRST + timedelta(days=7), (2, 12)), (FIRST + timedelta(days=400), (12, 12))],
)
def test_the_week_of_a_placement_is_counted_from_its_first_day(today: date, week: tuple[int, int]) -> None:
    assert week_number(FIRST, last_day(FIRST, 12), today) == week


@pytest.mark.parametrize(("asked", "today", "allowed"), [
    (TODAY, TODAY, True),  # before the first day: never began
    (FIRST, FIRST, True),
    (FIRST + timedelta(days=3), FIRST, True),
    (last_day(FIRST, 12), FIRST, True),
    (last_day(FIRST, 12) + timedelta(days=1), FIRST, False),
    (FIRST, FIRST + timedelta(days=1), False),  # not in the past
    (FIRST + timedelta(days=90), FIRST + timedelta(days=90), False),  # it is over
])  # fmt: skip
def test_stopping_is_allowed_on_any_day_from_today_to_the_last(asked: date, today: date, allowed: bool) -> None:
    days = {"starts_on": FIRST, "ends_on": last_day(FIRST, 12), "today": today}

    if allowed:
        ensure_last_day(asked, **days)
    else:
        with pytest.raises(TooLateToStop):
            ensure_last_day(asked, **days)
