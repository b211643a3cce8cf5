"""Every setting there is can be read, typed and read back through a form made from its shape."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from werkzeug.datastructures import MultiDict

from tests.terms.test_shapes import FITTING
from webapp.policy import fields
from webapp.policy.words import CHOICES, KEYS, LABELS
from webapp.terms.actions import REGULATIONS_FILE
from webapp.terms.regulations import express
from webapp.terms.shapes import SHAPES, parse, plain


def form_of(made: tuple[fields.Field, ...]) -> MultiDict[str, str]:
    """What a browser would send of these fields."""
    sent: MultiDict[str, str] = MultiDict()
    for one in made:
        if one.kind == "group":
            sent.update(form_of(one.parts))
        elif one.kind == "rows":
            for row in one.parts:
                sent.update(form_of(row))
        elif one.kind == "pairs":
            for pair in one.parts:
                sent.update(form_of(pair))
        elif one.kind == "months":
            sent.setlist(one.name, one.text.split(",") if one.text else [])
        else:
            sent[one.name] = one.text
    return sent


def through_the_form(key: str, value: dict[str, Any]) -> Any:
    model = fields.model_of(key, str(value.get("basis", "")))
    return parse(key, fields.read(model, form_of(fields.fields_of(model, value))))


@pytest.mark.parametrize(("key", "value"), FITTING)
def test_what_a_form_shows_and_sends_is_the_value_itself(key: str, value: dict[str, Any]) -> None:
    assert through_the_form(key, plain(parse(key, value))) == parse(key, value)
    assert fields.said(key, plain(parse(key, value)))


def test_every_real_regulation_can_be_typed() -> None:
    terms = [term for entry in express(json.loads(REGULATIONS_FILE.read_text("utf-8"))).regulations for term in entry.terms]
    assert len(terms) > 20
    for term in terms:
        for band in term.value.get("bands", []):
            band.update({"weekly": band.get("weekly") or None})  # a band for any week, said in two ways
        assert through_the_form(term.key, term.value) == parse(term.key, term.value), term


def test_every_setting_field_and_choice_has_words() -> None:
    assert set(KEYS) == set(SHAPES)

    def names(made: tuple[fields.Field, ...]) -> None:
        for one in made:
            assert one.label
            for part in one.parts:
                names((part,) if isinstance(part, fields.Field) else part)

    for key in SHAPES:
        for basis in fields.bases() if key == "premium" else ("",):
            names(fields.fields_of(fields.model_of(key, basis)))
    assert all(LABELS.values()) and all(CHOICES.values())


@given(st.integers(0, 10**7), st.sampled_from(["cents", "minutes", "percent", "whole"]))
def test_a_number_is_typed_as_it_is_shown(value: int, unit: str) -> None:
    assert fields.number(fields.shown(value, unit), unit) == value


@pytest.mark.parametrize("text", ["", "twee", "-1", "1e99", "NaN", "Infinity", "1,005", "²", "1:99", "9" * 40])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(fields.NotANumber):
        fields.number(text, "minutes" if ":" in text else "cents")


@given(
    st.dictionaries(
        st.sampled_from(["bands.0.weekly.above", "bands.0.months", "bands.9.months", "bands.x", "exactly_counts_as", "bands.99999.months"]),
        st.text(max_size=12),
    )
)
def test_any_form_gives_a_value_or_names_its_fields(typed: dict[str, str]) -> None:
    model: type[BaseModel] = fields.model_of("duration")
    with suppress(fields.Wrong):  # anything else is a fault of ours
        assert set(fields.read(model, MultiDict(typed))) <= {"bands", "exactly_counts_as"}
