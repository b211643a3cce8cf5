"""What a certificate says, and how its code is read."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from webapp.certificate.rules import CODE_LENGTH, LETTERS, Work, content_of, digest, new_code, read_code, shown_code, works_in

works = st.builds(
    Work, function=st.text(max_size=30), employer=st.text(max_size=30), town=st.text(max_size=10), first_on=st.dates(date(2020, 1, 1)),
    last_on=st.dates(date(2020, 1, 1)), minutes=st.integers(1, 10_000), tasks=st.lists(st.text(max_size=20), max_size=3).map(tuple), reference=st.text(max_size=40),
    reference_by=st.text(max_size=20),
)  # fmt: skip


@given(st.text(max_size=30), st.lists(works, max_size=3))
def test_what_was_signed_is_read_back_as_it_was(name: str, done: list[Work]) -> None:
    assert works_in(content_of(name, done)) == done
    assert content_of(name, done) == content_of(name, list(done))


def test_a_certificate_has_no_word_about_benefit_or_municipality() -> None:
    assert set(Work._fields) == {"function", "employer", "town", "first_on", "last_on", "minutes", "tasks", "reference", "reference_by"}
    assert content_of("Selam", []) == '{"name":"Selam","works":[]}'


@given(st.integers(0, CODE_LENGTH), st.sampled_from("- ."), st.booleans())
def test_a_code_may_be_typed_with_spaces_hyphens_and_small_letters(at: int, mark: str, small: bool) -> None:
    code = new_code()
    typed = f" {code[:at]}{mark}{code[at:]}"

    assert read_code(typed.lower() if small else typed) == code
    assert read_code(shown_code(code)) == code


@given(st.text(max_size=60))
def test_whatever_is_typed_as_a_code_is_read_without_breaking(typed: str) -> None:
    assert len(read_code(typed)) <= CODE_LENGTH + 1


def test_codes_hold_nothing_that_looks_like_something_else() -> None:
    assert not set("01OILU") & set(LETTERS)
    assert len({new_code() for _ in range(200)}) == 200


def test_only_a_digest_of_a_links_secret_is_kept() -> None:
    assert digest("secret") != "secret" and len(digest("secret")) == 64
