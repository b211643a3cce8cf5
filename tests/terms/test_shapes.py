"""Every real way of paying a premium has a shape; what does not fit is named, not dropped."""

from __future__ import annotations

from typing import Any

import pytest

from webapp.terms.shapes import SHAPES, CannotExpress, parse, plain

FITTING: list[tuple[str, dict[str, Any]]] = [
    ("premium", {"basis": "per_hour", "cents": 200}),
    ("premium", {"basis": "per_hour", "cents": None}),
    (
        "premium",
        {"basis": "hours_tiers", "tiers": None, "lowest_cents": 65950, "highest_cents": 263800, "amount_per": "year", "in_year": 1},
    ),
    (
        "premium",
        {
            "basis": "hours_tiers",
            "tiers": [{"from_minutes": 480, "to_minutes": 960, "counted_per": "week", "amount_cents": None}],
            "amount_per": "half_year",
        },
    ),
    ("premium", {"basis": "per_month", "amounts": [{"cents": 8000}]}),
    (
        "premium",
        {
            "basis": "lump_sum",
            "recipient": "employer",
            "amounts": [{"cents": 210000, "weekly": {"at_least": 960}}, {"cents": 105000, "weekly": {"below": 960}}],
        },
    ),
    ("premium", {"basis": "lump_sum_pro_rata", "cents": 25000, "full_week_minutes": 2160}),
    ("premium", {"basis": "percent_of_income", "basis_points": 3000, "monthly_maximum_cents": [21500, 21900]}),
    ("premium", {"basis": "percent_of_income", "basis_points": 2500, "scope": "household", "monthly_maximum_cents": [21500]}),
    ("premium", {"basis": "percent_of_deducted", "basis_points": 800}),
    ("yearly_maximum", {"cents": 339800}),
    ("yearly_maximum", {"cents": None, "counted_by": "worked"}),
    ("max_payments_per_year", {"count": 2}),
    ("payout", {"per_year": 2, "months": [6, 11]}),
    (
        "payout_run",
        {
            "close_days": 10,
            "remind_days": 3,
            "account_days": 30,
            "above_usual_basis_points": 20000,
            "near_maximum_basis_points": 8000,
            "carry_over": True,
        },
    ),
    ("payout_account", {"holder": "Gemeente Waterveen", "iban": "NL91ABNA0417164300"}),
    ("duration", {"bands": [{"weekly": {"above": 1680}, "months": 3, "per": "function"}, {"weekly": {"below": 1680}, "months": 6}]}),
    ("duration", {"bands": [{"years": 4, "what": "premie"}], "exactly_counts_as": "below"}),
    ("chaining", {"weeks": 26, "of_weeks": 52}),
    ("look_back", {"dismissal_days": 365, "vacancy_days": 183, "staff_count_days": 365}),
    ("agency_margin", {"basis_points": 1000}),
    ("weekly_hours", {"max_minutes": 2160}),
    ("age", {"min_age": 27, "under_27": "saves_until_27"}),
    ("obligation", {"voluntary": False}),
    ("obligation", {"voluntary": None}),
    ("target_group", {"distance": "short", "min_benefit_months": 36}),
    ("cooldown", {"months": 6}),
    ("waiting_time", {"months": None}),
    ("staff_share", {"basis_points": 1000}),
    ("outflow_balance", {"told": "vervalt"}),
    ("minimum_wage", {"cents": 1499}),
    ("tariff_floor", {"factor_basis_points": 11710}),
    ("tariff", {"cents": 1200}),
    ("tariff_split", {"software_cents": 60, "implementation_cents": 40, "handling_cents": 120}),
    ("vat", {"category": "E", "basis_points": 0, "reason": "bijlage B post b 25"}),
    (
        "invoice_sender",
        {
            "name": "Gemeente Waterveen",
            "street": "Raadhuisplein 1",
            "postcode": "1234 AB",
            "town": "Waterveen",
            "kvk": "12345678",
            "vat_number": "NL001234567B01",
            "iban": "NL91ABNA0417164300",
        },
    ),
    ("invoicing", {"payment_days": 30, "reminder_after_days": [7, 21]}),
    ("silence", {"confirm_remind_working_days": 3, "confirm_escalate_working_days": 7, "answer_days": 7, "ruling_working_days": 5}),
    ("offer", {"open_days": 7, "keep_closed_days": 30}),
    ("certificate", {"share_days": 30}),
    ("confirmation", {"undo_seconds": 60}),
    ("invitation", {"days": 30, "tries": 3}),
    ("retention", {"days": {"client_file": 3653}, "sources": {"client_file": "Selectielijst"}}),
    ("citizen_number", {"needed": False}),
    ("retention", {"days": {"client_file": 3653}}),
    (
        "readiness",
        {
            "milestones_needed": 4,
            "held_weeks": 3,
            "attendance_basis_points": 9000,
            "attendance_weeks": 4,
            "observers": 2,
            "apart_weeks": 4,
            "help_weeks": 3,
            "lowest_level": 3,
            "on_own": 4,
            "tasks_basis_points": 8000,
            "fresh_weeks": 8,
            "silent_weeks": 3,
            "no_growth_weeks": 6,
            "limit_percents": [50, 75, 100],
            "hire_every_weeks": 4,
            "red_answers": 2,
            "due_days": 7,
            "cover_days": 5,
            "lead_days": 7,
            "talk_days": 14,
            "again_weeks": 4,
            "not_yet_in_a_row": 3,
            "objection_days": 14,
            "outflow_months": [3, 6],
            "digest_hour": 8,
        },
    ),
    ("limit_notice", {"days_before": [28, 14]}),
    ("absence", {"keep_reason_days": 14}),
    ("report_line", {"look_days": 7, "reply_days": 42}),
    ("open_data", {"smallest": 10, "round_to": 5, "wait_days": 14}),
]


@pytest.mark.parametrize(("key", "value"), FITTING)
def test_what_policies_really_say_fits_and_is_stored_as_it_was_given(key: str, value: dict[str, Any]) -> None:
    assert parse(key, plain(parse(key, value))) == parse(key, value)
    assert plain(parse(key, value)).items() <= value.items()


def test_every_kind_of_terms_has_an_example_above() -> None:
    assert {key for key, _ in FITTING} == set(SHAPES)


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("premium", {"basis": "per_hour", "cents": 2.0}, "premium.per_hour.cents"),
        ("premium", {"basis": "per_hour", "cents": "200"}, "premium.per_hour.cents"),
        ("premium", {"basis": "per_hour", "cents": True}, "premium.per_hour.cents"),
        ("premium", {"basis": "per_hour", "cents": -1}, "premium.per_hour.cents"),
        ("premium", {"basis": "per_hour"}, "premium.per_hour.cents"),
        ("premium", {"basis": "per_hour", "cents": 200, "bonus": 5}, "premium.per_hour.bonus"),
        ("premium", {"basis": "per_smile", "cents": 200}, "premium"),
        ("premium", {"cents": 200}, "premium"),
        ("premium", {"basis": "per_hour", "cents": 200, "recipient": "agency"}, "premium.per_hour.recipient"),
        ("payout", {"months": [13]}, "payout.months.0"),
        ("payout", {"months": [6, 9, 12]}, "payout"),
        ("payout", {"months": [11, 6]}, "payout"),
        ("payout", {"per_year": 3}, "payout.per_year"),
        ("payout", {"per_year": 1, "months": [6, 12]}, "payout"),
        ("duration", {"bands": [{"weekly": {"above": 28.5}}]}, "duration.bands.0.weekly.above"),
        ("tariff_floor", {"factor_basis_points": 9999}, "tariff_floor.factor_basis_points"),
        ("staff_share", {"basis_points": 10001}, "staff_share.basis_points"),
        ("vat", {"category": "E", "basis_points": 0}, "vat"),
        ("bonus", {"cents": 1}, "bonus"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_named(key: str, value: dict[str, Any], field: str) -> None:
    with pytest.raises(CannotExpress) as refused:
        parse(key, value)

    assert refused.value.field == field
    assert refused.value.why


def test_a_value_never_changes_after_it_was_read() -> None:
    premium = parse("premium", {"basis": "per_hour", "cents": 200})

    with pytest.raises(ValueError, match="frozen"):
        premium.cents = 300
