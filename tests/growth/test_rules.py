"""When somebody seems ready, told as weeks of work: what holds, what is missing, and when too little is known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.growth import rubric, rules
from webapp.growth.rules import Attendance, Career, Own, Rating
from webapp.terms.shapes import Readiness

NUMBERS = Readiness(
    milestones_needed=4, held_weeks=3, attendance_basis_points=9000, attendance_weeks=4, observers=2, apart_weeks=4, help_weeks=3, lowest_level=3, on_own=4,
    tasks_basis_points=8000, fresh_weeks=8, silent_weeks=3, no_growth_weeks=6, limit_percents=[50, 75, 100], hire_every_weeks=4, red_answers=2, due_days=7,
    cover_days=5, lead_days=7, talk_days=14, again_weeks=4, not_yet_in_a_row=3, objection_days=14, outflow_months=[3, 6], digest_hour=8,
)  # fmt: skip
TODAY = date(2026, 3, 13)  # a Friday
ITEMS = ("instructions", "tempo", "quality", "on_time", "endurance", "together", "safe", "instructions", "tempo")


def ago(weeks: float) -> date:
    return TODAY - timedelta(days=round(7 * weeks))


def career(**more: Any) -> Career:
    """Nine weeks of work without a hitch: present, little help, every behaviour alone, would be hired. No own view."""
    ratings = [Rating(ago(9 - number), "jan", "little", item, 4, "yes" if number in (3, 7) else "") for number, item in enumerate(ITEMS)]
    values: dict[str, Any] = {
        "starts_on": ago(10), "ratings": ratings, "own": [], "tasks": 5, "shown": [ago(6)] * 4, "attendance": [Attendance(20, 19)] * 3, **more,
    }  # fmt: skip
    return Career(**values)


def states(of: Career) -> dict[str, str]:
    return {point.name: point.state for point in rules.milestones(of, TODAY, NUMBERS)}


def test_four_of_five_for_three_weeks_asks_a_case_manager_to_look() -> None:
    said = rules.verdict(career(), TODAY, NUMBERS)

    assert said.ready
    assert states(career()) == {"rhythm": "met", "independence": "met", "tasks": "met", "employer": "met", "own_view": "unknown"}


@pytest.mark.parametrize(
    ("more", "missing"),
    [
        ({"attendance": [Attendance(20, 17)] * 3}, ["attendance", "milestones"]),
        ({"attendance": [Attendance(20, 18)] * 3}, []),  # exactly ninety percent
        ({"attendance": [Attendance(20, 19), Attendance(20, 17), Attendance(20, 19)]}, ["held"]),
        ({"shown": [ago(6)] * 3}, ["milestones"]),
        ({"shown": [ago(6)] * 3 + [ago(1)]}, ["held"]),
        ({"shown": [ago(6)] * 3, "own": [Own(ago(4), "yes")]}, []),  # the own view takes the place of the tasks
        ({"shown": [ago(6)] * 3, "own": [Own(ago(4), "later")]}, ["milestones"]),
        ({"starts_on": ago(3)}, ["attendance", "milestones"]),
    ],
)
def test_what_is_missing_is_named(more: dict[str, Any], missing: list[str]) -> None:
    said = rules.verdict(career(**more), TODAY, NUMBERS)

    assert (said.ready, said.missing) == (not missing, missing)


def test_without_attendance_no_number_of_other_milestones_is_enough() -> None:
    absent = career(attendance=[Attendance(20, 10)] * 3, own=[Own(ago(4), "yes")])

    assert sum(point.state == "met" for point in rules.milestones(absent, TODAY, NUMBERS)) == 4
    assert not rules.verdict(absent, TODAY, NUMBERS).ready


def test_one_look_of_one_person_is_too_little_and_two_people_are_enough() -> None:
    recent = [Rating(ago(3 - number / 2), "jan", "little", item, 4, "yes") for number, item in enumerate(ITEMS[:6])]
    assert states(career(ratings=recent))["independence"] == "unknown"

    two = [*recent[:-1], recent[-1]._replace(observer="fatma")]
    assert states(career(ratings=two))["independence"] == "met"


def test_a_behaviour_that_does_not_go_yet_keeps_independence_away_until_it_is_seen_again() -> None:
    low = career(ratings=[*career().ratings, Rating(ago(0), "jan", "little", "safe", 2)])
    assert states(low)["independence"] == "not_met"

    again = low._replace(ratings=[*low.ratings, Rating(ago(0), "jan", "little", "safe", 3)])
    assert states(again)["independence"] == "met"


def test_after_three_weeks_of_silence_there_is_too_little_data() -> None:
    silent = career(ratings=[rating for rating in career().ratings if rating.given_on <= ago(4)])

    said = rules.verdict(silent, TODAY, NUMBERS)

    assert not said.ready
    assert "data" in said.missing
    assert states(silent)["independence"] == "unknown"


def test_an_old_yes_to_hiring_is_not_an_answer_any_more() -> None:
    old = career(ratings=[rating._replace(hire="") if rating.given_on > ago(8.5) else rating._replace(hire="yes") for rating in career().ratings])

    assert states(old)["employer"] == "unknown"


def test_an_empty_career_is_not_known_and_never_ready() -> None:
    nothing = Career(ago(1), [], [], 0, [], [])

    said = rules.verdict(nothing, TODAY, NUMBERS)

    assert {point.state for point in said.points} == {"unknown"}
    assert not said.ready


ANY_RATING = st.builds(
    Rating, st.dates(ago(12), TODAY), st.sampled_from("ab"), st.sampled_from(["", *rubric.HELP]), st.sampled_from(["", *rubric.BEHAVIOURS]),
    st.integers(1, 4), st.sampled_from(["", *rubric.HIRE]),
)  # fmt: skip


@given(st.lists(ANY_RATING, max_size=12), st.integers(0, 6), st.integers(0, 20), st.lists(st.dates(ago(12), TODAY), max_size=6))
def test_whatever_was_told_a_verdict_never_breaks_and_ready_means_nothing_is_missing(
    told: list[Rating], tasks: int, kept: int, shown: list[date]
) -> None:
    some = Career(ago(11), sorted(told, key=lambda rating: rating.given_on), [], tasks, shown, [Attendance(20, kept)] * 3)

    said = rules.verdict(some, TODAY, NUMBERS)

    assert said.ready == (not said.missing)
    assert said.ready <= (kept >= 18)
    assert len(said.points) == 5


@pytest.mark.parametrize(("day", "percent"), [(date(2026, 1, 4), None), (date(2026, 1, 5), 50), (date(2026, 1, 8), 75), (date(2026, 1, 10), 100)])
def test_half_three_quarters_and_all_of_the_longest_time(day: date, percent: int | None) -> None:
    assert rules.limit_reached(date(2026, 1, 1), date(2026, 1, 10), day, [50, 75, 100]) == percent


def standing_still(**more: Any) -> Career:
    ratings = [Rating(ago(10 - number), "jan", "some", item, 3) for number, item in enumerate(ITEMS)]
    return career(starts_on=ago(11), ratings=ratings, shown=[], **more)


def test_six_weeks_without_anything_new_is_no_growth() -> None:
    assert rules.no_growth(standing_still(), TODAY, NUMBERS)


@pytest.mark.parametrize(
    "more",
    [
        {"shown": [ago(2)]},
        {"ratings": [*standing_still().ratings, Rating(ago(0), "jan", "little")]},
        {"ratings": [*standing_still().ratings, Rating(ago(0), "jan", "", "instructions", 4)]},
        {"ratings": standing_still().ratings[-3:]},  # too little before to compare with
        {"starts_on": ago(5)},
    ],
)
def test_one_step_is_growth_and_too_little_is_not_known(more: dict[str, Any]) -> None:
    assert not rules.no_growth(standing_still()._replace(**more), TODAY, NUMBERS)


def test_two_questions_a_week_reach_every_behaviour_and_hiring_each_fourth_week() -> None:
    first, asked, order = date(2026, 1, 5), {}, []
    for week in range(12):
        monday = first + timedelta(weeks=week)
        question = rubric.question(asked, monday, first_week=first, hire_every_weeks=4)
        asked[question] = monday
        order.append(question)

    assert [week for week, question in enumerate(order, 1) if question == "hire"] == [4, 8, 12]
    assert set(order[:9]) >= set(rubric.BEHAVIOURS)


def test_a_skipped_week_shifts_a_question_and_loses_none() -> None:
    assert rubric.question({"instructions": date(2026, 1, 5)}, date(2026, 1, 19), first_week=date(2026, 1, 5), hire_every_weeks=4) == "tempo"


@pytest.mark.parametrize(
    ("text", "week"),
    [("2026-03-09", "2026-03-09"), ("2026-03-10", "2026-03-09"), ("2025-01-06", "2026-03-09"), ("x", "2026-03-09"), ("2026-02-16", "2026-02-16")],
)
def test_feedback_that_waited_on_a_phone_keeps_its_week_for_a_while(text: str, week: str) -> None:
    assert rubric.fitting_week(text, TODAY) == date.fromisoformat(week)


def test_not_yet_counts_in_a_row_only() -> None:
    assert rules.in_a_row(["not_yet", "talk_first", "not_yet", "colleague_agrees", "not_yet"], "not_yet") == 2
    assert rules.in_a_row([], "not_yet") == 0
