"""What a run pays and what it asks somebody to look at, on plain values."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.payouts import rules
from webapp.payouts.rules import Due, Past, Payee, Policy, bank_words, decide, fitted

PAY_ON = date(2026, 12, 15)
WHO = uuid.UUID(int=1)
POLICY = Policy({2026: 339800}, "paid", 2, 30, 20000, 8000)
PAYEE = Payee(WHO, "yes", date(2010, 1, 1), True, date(2026, 1, 5), False, 0, None, 0)
ONCE = Past(frozenset({1}), {2026: 20000}, 1, 20000, date(2026, 6, 30))


def kinds(due_cents: int = 24300, past: Past = ONCE, payee: Payee = PAYEE, policy: Policy = POLICY) -> list[str]:
    return [remark.kind for remark in decide(Due(WHO, 7290, {2026: due_cents}), past, payee, policy, pay_on=PAY_ON).remarks]


def test_a_line_without_anything_special_is_not_shown() -> None:
    assert kinds() == []


@pytest.mark.parametrize(
    ("what", "seen"),
    [
        ({"past": Past()}, ["first_payout"]),
        ({"payee": PAYEE._replace(has_account=False)}, ["no_account"]),
        ({"payee": PAYEE._replace(account_changed_on=PAY_ON - timedelta(days=30))}, ["account_changed"]),
        ({"payee": PAYEE._replace(account_changed_on=PAY_ON - timedelta(days=31))}, []),
        ({"payee": PAYEE._replace(shares=1)}, ["shared_account"]),
        ({"payee": PAYEE._replace(is_budget_manager=True)}, ["budget_manager"]),
        ({"payee": PAYEE._replace(allowed="no")}, ["under_27"]),
        ({"payee": PAYEE._replace(allowed="unknown")}, ["age_unknown"]),
        ({"payee": PAYEE._replace(turns_27_on=PAY_ON)}, ["turned_27"]),
        ({"payee": PAYEE._replace(turns_27_on=date(2026, 6, 30))}, []),
        ({"payee": PAYEE._replace(left_on=date(2026, 11, 1))}, ["left"]),
        ({"payee": PAYEE._replace(difference_minutes=30)}, ["difference"]),
        ({"past": ONCE._replace(slots=frozenset({1, 2}))}, ["third_payment"]),
        ({"due_cents": 0}, ["taken_back"]),
        ({"due_cents": -200}, ["taken_back"]),
        ({"due_cents": 251839}, []),
        ({"due_cents": 251840}, ["near_maximum"]),
        ({"due_cents": 319800}, ["near_maximum"]),
        ({"due_cents": 319801}, ["cut"]),
        ({"past": ONCE._replace(counted_by_year={2026: 339800})}, ["no_room"]),
        ({"policy": POLICY._replace(payments=1)}, ["third_payment"]),
    ],
)
def test_each_reason_to_look_is_seen_and_no_other(what: dict[str, Any], seen: list[str]) -> None:
    assert kinds(**what) == seen


def test_much_more_than_usual_is_more_than_twice_ones_own_or_the_middle_of_the_run() -> None:
    people = [uuid.UUID(int=number) for number in range(6)]
    decisions = [rules.Decision(who, 0, cents, {}, 1, ()) for who, cents in zip(people, (100, 100, 110, 120, 231, 500), strict=True)]
    past = {people[5]: Past(payments=1, average_cents=250), people[0]: Past(payments=1, average_cents=49)}

    found = rules.unusual(decisions, past, 20000)

    assert set(found) == {people[0], people[4]}


@given(
    due=st.dictionaries(st.integers(2020, 2030), st.integers(-500_000, 500_000), min_size=1, max_size=4),
    counted=st.dictionaries(st.integers(2020, 2030), st.integers(0, 500_000), max_size=4),
    maximum=st.integers(0, 400_000),
)
def test_what_is_paid_and_what_is_above_the_maximum_are_together_what_was_due(due: dict[int, int], counted: dict[int, int], maximum: int) -> None:
    paid, cut = fitted(due, counted, dict.fromkeys(due, maximum))

    assert paid + sum(cut.values()) == sum(due.values())
    assert all(cents > 0 for cents in cut.values())
    for year, cents in due.items():
        inside = cents - cut.get(year, 0)
        assert inside <= 0 or counted.get(year, 0) + inside <= maximum


@given(st.text(st.characters(codec="latin-1"), max_size=90))
def test_a_name_for_the_bank_has_only_signs_every_bank_reads_or_is_refused(name: str) -> None:
    try:
        words = bank_words(name)
    except rules.NotLatin:
        return
    assert set(words) <= rules.BANK_SIGNS and len(words) <= 70


@pytest.mark.parametrize("name", ["محمد", "Σωκράτης", "Юлія", "ሰላም", "😀"])
def test_another_script_is_refused_and_not_turned_into_something_else(name: str) -> None:
    with pytest.raises(rules.NotLatin):
        bank_words(name)


@pytest.mark.parametrize(
    ("name", "words"), [("Łukasz Wójcik", "Lukasz Wojcik"), ("Fatma Aydın", "Fatma Aydin"), ("Zoë  van 't Hof", "Zoe van 't Hof")]
)
def test_marks_on_letters_go_and_the_name_stays(name: str, words: str) -> None:
    assert bank_words(name) == words


def test_four_eyes_are_two_people() -> None:
    other = uuid.UUID(int=2)
    rules.ensure_may_approve(status="prepared", prepared_by=WHO, by=other)

    with pytest.raises(rules.OwnRun):
        rules.ensure_may_approve(status="prepared", prepared_by=WHO, by=WHO)
    with pytest.raises(rules.NotWaiting):
        rules.ensure_may_approve(status="sent_back", prepared_by=WHO, by=other)
