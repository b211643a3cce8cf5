"""A spreadsheet shows what somebody typed and never calculates it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.foundation.sheets import STARTS_A_FORMULA, safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+31612345678", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", '=HYPERLINK("https://elsewhere.example")', "＝1"]
)
def test_text_that_would_calculate_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("value", [0, -5, 2.5, date(2026, 3, 29), True, None])
def test_numbers_and_days_stay_what_they_are(value: object) -> None:
    assert safe_cell(value) is value


@given(st.text())
def test_no_text_begins_a_formula_or_holds_a_zero_byte(text: str) -> None:
    safe = safe_cell(text)
    assert not safe.lstrip(" ").startswith(STARTS_A_FORMULA) and "\x00" not in safe
