"""A spreadsheet shows what somebody typed and never calculates it."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.foundation.sheets import BEGIN_A_FORMULA, cell, csv_lines


@pytest.mark.parametrize(
    "text", ["=1+1", "+31612345678", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", '=HYPERLINK("https://elsewhere.example")', "＝1"]
)
def test_text_that_would_calculate_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize("value", [0, -5, 2.5, date(2026, 3, 29), True])
def test_numbers_and_days_stay_what_they_are(value: object) -> None:
    assert cell(value) == value


@given(st.lists(st.lists(st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.integers(), st.none()), min_size=2, max_size=2), max_size=8))
def test_no_cell_of_any_file_begins_a_formula(rows: list[list[object]]) -> None:
    text = "".join(csv_lines(["=a", "b"], rows))

    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert len(read) == len(rows) + 1
    for row, given_row in zip(read[1:], rows, strict=True):
        for seen, value in zip(row, given_row, strict=True):
            assert not seen.startswith(BEGIN_A_FORMULA) or isinstance(value, int)
            assert "\x00" not in seen
