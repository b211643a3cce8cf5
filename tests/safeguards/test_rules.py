"""The thirteen tests as sentences: what is in order, what asks for a judgement, and what nobody can allow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from webapp.safeguards.rules import HARD, ITEMS, Facts, Judged, Limits, Said, Stay, Stretch, assess, covered, fingerprint, worst
from webapp.safeguards.rules.findings import Finding, from_plain
from webapp.terms.shapes import Chaining, Duration, LookBack, parse

DAY = date(2026, 4, 6)  # a Monday
BANDS: Duration = parse(
    "duration", {"bands": [{"weekly": {"above": 1680}, "months": 3, "per": "function"}, {"weekly": {"below": 1680}, "months": 6, "per": "function"}]}
)
LIMITS = Limits(
    duration=Said(BANDS, "Kamerstuk", date(2017, 1, 1)), floor=Said(1765), share=Said(1000, "Beleidsregel"), chaining=Said(Chaining(weeks=26, of_weeks=52)),
    look_back=Said(LookBack(dismissal_days=365, vacancy_days=183, staff_count_days=365)), margin=Said(1000),
)  # fmt: skip


def plan(**more: Any) -> Facts:
    """24 hours a week for twelve weeks at a place with 45 people, everything in order."""
    values: dict[str, Any] = {
        "day": DAY, "first_day": DAY, "last_day": DAY + timedelta(days=83), "week_minutes": 24 * 60, "tariff_cents": 1950,
        "staff_count": 45, "staff_counted_on": DAY - timedelta(days=30), "somebody": True, **more,
    }  # fmt: skip
    return Facts(**values)


def find(item: str, facts: Facts, limits: Limits = LIMITS) -> Finding:
    return next(finding for finding in assess(facts, limits) if finding.item == item)


def said(item: str, facts: Facts, limits: Limits = LIMITS) -> tuple[str, str]:
    finding = find(item, facts, limits)
    return finding.outcome, finding.why


def test_all_thirteen_are_looked_at_in_the_order_of_the_checklist_and_a_good_plan_is_in_order():
    findings = assess(plan(), LIMITS)

    assert [finding.item for finding in findings] == list(ITEMS)
    assert len(findings) == 13
    assert worst(findings) == "ok"


@pytest.mark.parametrize(
    ("hours", "months", "last_day"),
    [(36, 3, date(2026, 7, 5)), (29, 3, date(2026, 7, 5)), (28, 3, date(2026, 7, 5)), (27, 6, date(2026, 10, 5)), (8, 6, date(2026, 10, 5))],
)
def test_above_28_hours_work_lasts_three_months_below_six_and_exactly_28_is_the_stricter(hours: int, months: int, last_day: date):
    until_the_limit = plan(week_minutes=hours * 60, last_day=last_day)
    a_day_longer = plan(week_minutes=hours * 60, last_day=last_day + timedelta(days=1))

    assert find("duration", until_the_limit).inputs["months"] == months
    assert said("duration", until_the_limit) == ("ok", "within")
    assert said("duration", a_day_longer) == ("not_allowed", "too_long")


def test_the_same_person_in_the_same_work_for_the_same_employer_begins_where_they_stopped():
    before = [Stretch(date(2025, 10, 1), date(2025, 12, 31), 20 * 60)]  # 92 days

    finding = find("duration", plan(earlier=before))

    assert finding.inputs["until"] == date(2026, 7, 3)  # six months, counted from 92 days before 6 April
    assert said("duration", plan(earlier=before, last_day=date(2026, 7, 3))) == ("ok", "within")
    assert said("duration", plan(earlier=before, last_day=date(2026, 7, 4))) == ("not_allowed", "too_long")
    assert said("duration", plan(earlier=[Stretch(date(2025, 1, 1), date(2025, 9, 30))])) == ("not_allowed", "used_up")


def test_a_long_week_before_makes_the_short_limit_count_for_all_of_it():
    assert find("duration", plan(earlier=[Stretch(date(2026, 1, 5), date(2026, 2, 1), 36 * 60)])).inputs["months"] == 3


def test_after_the_break_that_the_terms_name_somebody_may_begin_anew():
    long_ago = [Stretch(date(2024, 1, 1), date(2024, 6, 30))]

    assert said("duration", plan(earlier=long_ago))[0] == "not_allowed"
    assert said("duration", plan(earlier=long_ago), Limits(duration=LIMITS.duration, again_after_months=Said(12)))[0] == "ok"
    assert said("duration", plan(earlier=long_ago), Limits(duration=LIMITS.duration, again_after_months=Said(24)))[0] == "not_allowed"


def test_the_same_work_filled_by_one_person_after_the_other_asks_for_a_judgement():
    sixteen, fifteen = Stretch(date(2025, 6, 2), date(2025, 9, 21)), Stretch(date(2025, 10, 13), date(2026, 1, 25))

    finding = find("chaining", plan(others=[sixteen, fifteen]))

    assert (finding.outcome, finding.inputs["before"], finding.inputs["weeks_before"]) == ("needs_reason", 2, 31)
    assert finding.value == 12 + 15 + 12  # of the first only what lies in the 52 weeks that end with the plan
    assert finding.limit == 26


def test_one_long_first_placement_is_no_chain_and_people_side_by_side_fill_a_week_once():
    together = [Stretch(DAY, DAY + timedelta(days=83))] * 3

    assert said("chaining", plan(last_day=date(2026, 10, 31))) == ("ok", "first")
    assert find("chaining", plan(others=together)).value == 12


def test_work_may_have_to_wait_after_the_last_one_where_the_terms_say_so():
    others = [Stretch(date(2026, 1, 5), date(2026, 3, 1))]

    assert said("chaining", plan(others=others)) == ("ok", "within")
    assert said("chaining", plan(others=others), Limits(chaining=LIMITS.chaining, waiting_months=Said(3))) == ("needs_reason", "waiting")
    assert said("chaining", plan(others=others), Limits(chaining=LIMITS.chaining, waiting_months=Said(1))) == ("ok", "within")


def test_the_share_counts_people_and_not_placements():
    def there(*who: str) -> list[Stay]:
        return [Stay(one, DAY, DAY + timedelta(days=30)) for one in who]

    assert said("share", plan(stays=there("a", "b", "c"))) == ("ok", "within")  # with the new one 4 of 45
    assert said("share", plan(stays=there("a", "a", "b", "b", "c"))) == ("ok", "within")
    finding = find("share", plan(stays=there("a", "b", "c", "d")))
    assert (finding.outcome, finding.value, finding.limit, finding.inputs["part"]) == ("needs_reason", 5, 4, 1111)


def test_who_has_left_before_the_others_come_does_not_count_with_them():
    first_half = [Stay(name, DAY, DAY + timedelta(days=20)) for name in "abc"]
    second_half = [Stay(name, DAY + timedelta(days=21), DAY + timedelta(days=60)) for name in "def"]

    assert find("share", plan(stays=first_half + second_half)).value == 4


@pytest.mark.parametrize(
    ("staff", "counted_on", "outcome"),
    [
        (None, None, ("needs_reason", "unknown")),
        (0, DAY, ("needs_reason", "nobody")),
        (45, DAY - timedelta(days=366), ("needs_reason", "stale")),
        (45, DAY - timedelta(days=365), ("ok", "within")),
        (9, DAY, ("needs_reason", "over")),
        (10, DAY, ("ok", "within")),
    ],
)
def test_a_number_of_staff_that_is_unknown_nought_or_old_each_has_its_own_rule(staff: int | None, counted_on: date | None, outcome: tuple[str, str]):
    assert said("share", plan(staff_count=staff, staff_counted_on=counted_on)) == outcome


def test_a_cent_under_the_floor_is_not_allowed():
    assert said("tariff", plan(tariff_cents=1765)) == ("ok", "enough")
    assert said("tariff", plan(tariff_cents=1764)) == ("not_allowed", "below")


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"dismissed_on": DAY - timedelta(days=365)}, ("not_allowed", "recent")),
        ({"dismissed_on": DAY - timedelta(days=366)}, ("ok", "long_ago")),
        ({"dismissed_on": DAY + timedelta(days=20)}, ("not_allowed", "recent")),  # while somebody works there
        ({"dismissal_known": False}, ("not_allowed", "unknown")),
    ],
)
def test_who_let_somebody_go_for_the_same_work_gets_nobody(more: dict[str, Any], outcome: tuple[str, str]):
    assert said("dismissed", plan(**more)) == outcome


@pytest.mark.parametrize(
    ("item", "more", "outcome"),
    [
        ("vacancy", {"vacancy_on": DAY}, ("needs_reason", "open")),
        ("vacancy", {"vacancy_on": DAY - timedelta(days=183)}, ("needs_reason", "recent")),
        ("vacancy", {"vacancy_on": DAY - timedelta(days=184)}, ("ok", "long_ago")),
        ("vacancy", {"vacancy_known": False}, ("needs_reason", "unknown")),
        ("replaces", {"replaces_paid_hours": True}, ("not_allowed", "fewer")),
        ("replaces", {"replaces_paid_hours": None}, ("not_allowed", "unknown")),
        ("guidance", {"has_guide": False}, ("needs_reason", "nobody")),
        ("guidance", {"has_tasks": False}, ("needs_reason", "no_tasks")),
        ("outlook", {"outlook": False}, ("needs_reason", "none")),
        ("consulted", {"consulted": False}, ("needs_reason", "no")),
        ("consulted", {"consulted": None}, ("needs_reason", "unknown")),
        ("restricted", {"restricted_until": DAY}, ("not_allowed", "until")),
        ("skills", {"ready_signal": True}, ("not_allowed", "signal")),
        ("skills", {"judged_ready": True}, ("not_allowed", "ready")),
        ("skills", {"somebody": False}, ("ok", "each_person")),
        ("agency", {"is_agency": True}, ("not_allowed", "unknown")),
        ("agency", {"is_agency": True, "end_client": "Bloemen BV"}, ("not_allowed", "unknown")),
        ("agency", {"is_agency": True, "end_client": "Bloemen BV", "agency_tariff_cents": 2145}, ("ok", "within")),
        ("agency", {"is_agency": True, "end_client": "Bloemen BV", "agency_tariff_cents": 2146}, ("not_allowed", "over")),
        ("agency", {"is_agency": True, "end_client": "Bloemen BV", "agency_tariff_cents": 1900}, ("ok", "within")),
    ],
)
def test_each_answer_has_its_outcome(item: str, more: dict[str, Any], outcome: tuple[str, str]):
    assert said(item, plan(**more)) == outcome


def test_where_the_terms_say_nothing_nothing_is_made_up():
    findings = assess(plan(), Limits())

    assert worst(findings) == "ok"
    assert {finding.item: finding.why for finding in findings}["duration"] == "no_limit"


@pytest.mark.parametrize("item", sorted(HARD))
def test_no_judgement_covers_what_is_not_allowed(item: str):
    finding = Finding(item, "not_allowed", "x", DAY, 1, 1)

    assert not finding.can_be_overridden
    assert not covered(finding, [Judged(item, "x", 1, 1)])


def test_a_judgement_covers_what_is_not_worse_and_nothing_else():
    finding = Finding("chaining", "needs_reason", "over", DAY, 31, 26)

    assert covered(finding, [Judged("chaining", "over", 31, 26)])
    assert not covered(finding, [Judged("chaining", "over", 30, 26)])  # more weeks than were judged
    assert not covered(finding, [Judged("chaining", "over", 31, 30)])  # the terms became stricter since
    assert not covered(finding, [Judged("chaining", "waiting", 31, 26)])
    assert not covered(finding, [Judged("share", "over", 31, 26)])
    assert not covered(finding, [])


def test_the_law_is_cited_as_it_was_numbered_on_the_day():
    assert "art. 7 lid 9" in find("tariff", plan(day=date(2025, 12, 31))).legal_basis
    assert "art. 7 lid 8" in find("tariff", plan(day=date(2026, 1, 1))).legal_basis
    assert find("consulted", plan()).legal_basis == ""


def test_a_finding_is_kept_whole_and_names_nobody():
    finding = find("duration", plan(earlier=[Stretch(date(2026, 1, 5), date(2026, 2, 1))]))

    kept = finding.plain()

    assert from_plain(kept).plain() == kept
    assert kept["source"] == "Kamerstuk"
    assert kept["rule_version"] == "1"


def test_the_same_findings_on_another_day_are_the_same():
    assert fingerprint(assess(plan(), LIMITS)) == fingerprint(assess(plan(day=DAY + timedelta(days=1)), LIMITS))
    assert fingerprint(assess(plan(), LIMITS)) != fingerprint(assess(plan(tariff_cents=1764), LIMITS))
