"""What a code, a year, a contact, a pin and a password may look like, and how long a guess waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from argon2 import PasswordHasher, Type
from hypothesis import given
from hypothesis import strategies as st

from webapp.access import rules
from webapp.access.hashing import HASHER
from webapp.access.rules import ACCOUNT, ADDRESS, ALPHABET, CODE_LENGTH
from webapp.people.tablets import HASHER as TABLET_HASHER

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
codes = st.text(alphabet=ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


@pytest.mark.parametrize("hasher", [HASHER, TABLET_HASHER])  # as the product has them: the tests use cheaper ones, see conftest
def test_a_stolen_pin_takes_time_and_memory_to_guess(hasher: PasswordHasher) -> None:
    assert (hasher.type, hasher.memory_cost, hasher.time_cost) == (Type.ID, 19_456, 2)


def test_the_alphabet_has_no_signs_that_look_alike() -> None:
    assert len(set(ALPHABET)) == 32 and not set("ILOU") & set(ALPHABET)


@given(codes, st.data())
def test_every_code_is_read_back_however_it_is_typed(code: str, data: st.DataObject) -> None:
    typed = ""
    for sign in rules.shown_code(code):
        alike = {"0": "0Oo", "1": "1IiLl"}.get(sign, sign + sign.lower())
        typed += data.draw(st.sampled_from(alike)) + data.draw(st.sampled_from(["", "", " ", "-", "\u00a0", "\t"]))

    assert rules.read_code(typed) == code


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    found = rules.read_code(typed)
    assert found is None or (len(found) == CODE_LENGTH and set(found) <= set(ALPHABET))
    assert rules.read_contact(typed) is None or rules.read_contact(typed) == rules.read_contact(rules.read_contact(typed).to)  # type: ignore[union-attr]
    assert rules.read_year(typed, AT.date()) is None or 1900 <= (rules.read_year(typed, AT.date()) or 0) <= 2026


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        ("1987", 1987),
        (" 1987 ", 1987),
        ("١٩٨٧", 1987),
        ("۱۹۸۷", 1987),
        ("87", None),
        ("1899", None),
        ("2027", None),
        ("198a", None),
        ("²²²²", None),
        ("", None),
    ],
)
def test_a_year_of_birth_is_four_digits_of_any_script(typed: str, year: int | None) -> None:
    assert rules.read_year(typed, date(2026, 3, 2)) == year


@pytest.mark.parametrize("typed", ["0612345678", "06 12 34 56 78", "06-12345678", "+31 6 12345678", "0031612345678", "+31(0)612345678"])
def test_one_number_has_many_spellings(typed: str) -> None:
    assert rules.read_contact(typed) == ("sms", "0612345678")


def test_a_foreign_number_and_a_mail_address_are_read_too() -> None:
    assert rules.read_contact("+49 151 23456789") == ("sms", "+4915123456789")
    assert rules.read_contact(" Selam@Voorbeeld.NL ") == ("mail", "selam@voorbeeld.nl")


def test_what_is_shown_of_a_contact_is_enough_for_its_owner_and_no_more() -> None:
    assert rules.hidden(rules.Contact("sms", "0612345678")) == "•••• 78"
    assert rules.hidden(rules.Contact("mail", "selam@voorbeeld.nl")) == "s•••@voorbeeld.nl"


@given(st.integers(0, 999_999))
def test_a_pin_is_refused_only_when_it_is_a_row_or_a_repeat(number: int) -> None:
    pin = f"{number:06d}"
    try:
        rules.ensure_hard_pin(pin)
    except rules.TooEasy:
        row = all((int(b) - int(a)) % 10 in (0, 1, 9) for a, b in pairwise(pin))
        assert row or pin[:3] == pin[3:] or pin[:2] * 3 == pin or len(set(pin)) < 3
    else:
        assert len(set(pin)) >= 3


@pytest.mark.parametrize("pin", ["030478", "780403", "041978"])
def test_a_birthday_is_no_pin(pin: str) -> None:
    with pytest.raises(rules.TooEasy):
        rules.ensure_hard_pin(pin, date(1978, 4, 3))
    rules.ensure_hard_pin(pin)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elf tekens!", "short"), ("a" * 129, "long"), ("wachtwoord123", "common"), ("W@chtw00rd!!", "common"), ("Welkom2026!!", "common"),
        ("Gemeente-2026", "common"), ("welkomwelkom1", "common"), ("aaaabbbbaaaa", "common"), ("123456789012", "common"), ("abcdefghijkl", "common"), ("zomer-winter-1", "common"),
        ("Nadia-Kuiper-1", "own"), ("nadia1234567890", "own"), ("waterveen-2026!", "own"),
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_refused(password: str, why: str) -> None:
    with pytest.raises(rules.TooEasy) as refused:
        rules.ensure_hard_password(password, ("Nadia", "Kuiper", "nadia@waterveen.example", "Waterveen"))
    assert refused.value.why == why


@pytest.mark.parametrize(
    "password", ["vier paarse fietsen zingen", "кіт спить на дивані", "q7#Lm2!vXz90", "a nadia in a long row of other words", "tikken tegen het raam"]
)
def test_long_passwords_of_any_kind_are_taken(password: str) -> None:
    rules.ensure_hard_password(password, ("Nadia", "Kuiper"))


@given(st.text(max_size=140))
def test_any_password_is_taken_or_refused_with_a_reason(password: str) -> None:
    reasons = []
    try:
        rules.ensure_hard_password(password)
    except rules.TooEasy as easy:
        reasons.append(easy.why)
    assert set(reasons) <= {"short", "long", "common", "own"}
    assert reasons or 12 <= len(rules.plain_password(password)) <= 128


@given(st.integers(0, 10_000), st.sampled_from([ACCOUNT, ADDRESS]))
def test_waiting_only_grows_and_never_past_its_longest(wrong: int, patience: rules.Patience) -> None:
    assert timedelta() <= rules.wait_after(wrong, patience) <= rules.wait_after(wrong + 1, patience) <= patience.longest
    assert (rules.wait_after(wrong, patience) == timedelta()) == (wrong <= patience.free)


@given(st.integers(0, 500), st.integers(0, 10**7))
def test_guesses_are_forgotten_one_by_one_and_none_is_forgotten_twice(wrong: int, seconds: int) -> None:
    later = AT + timedelta(seconds=seconds)
    half = AT + timedelta(seconds=seconds // 2)

    at_once = rules.remembered(wrong, AT, later, ADDRESS)
    in_two_steps = rules.remembered(*rules.remembered(wrong, AT, half, ADDRESS), later, ADDRESS)

    assert at_once[0] == in_two_steps[0] == max(0, wrong - seconds // 6)


def test_a_clock_may_be_half_a_minute_off_and_no_code_counts_twice() -> None:
    current = int(AT.timestamp()) // 30

    assert rules.accepted_steps(AT, 0) == [current, current - 1, current + 1]
    assert rules.accepted_steps(AT, current) == [current + 1]
    assert rules.accepted_steps(AT, current + 1) == []
