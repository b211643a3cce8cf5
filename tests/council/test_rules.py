"""What a council may be told: no small number by itself, by taking one from another, or by a name in a reason."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.council.rules import Half, band, half_of, name_words, percent, periods, told, told_parts, without_names

counts = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 60), min_size=1)
halves = st.dictionaries(st.builds(Half, st.integers(2020, 2026), st.integers(1, 2)), st.integers(0, 40), max_size=12)
TODAY = date(2026, 12, 1)


@given(counts, st.integers(2, 20), st.integers(1, 10))
def test_no_small_part_is_the_whole_less_the_others(numbers: dict[str, int], smallest: int, step: int) -> None:
    shown = told_parts(numbers, smallest, step)

    for key, count in numbers.items():
        assert shown[key] is None or count == 0 or count >= smallest
        assert shown[key] is None or abs(shown[key] - count) <= step / 2  # type: ignore[operator]
    hidden = [key for key in numbers if shown[key] is None]
    assert len(hidden) != 1 or not any(numbers[key] for key in numbers if key not in hidden)


@given(halves, st.integers(2, 20))
def test_no_two_periods_differ_by_a_few_people(people: dict[Half, int], smallest: int) -> None:
    found = periods(people, TODAY, smallest)
    since = found[0]

    def inside(one: object) -> set[Half]:
        return {half for half, count in people.items() if count and one.first_day <= half.first_day <= one.last_day}  # type: ignore[attr-defined]

    told_of = [inside(one) for one in found]
    for more in told_of:
        for fewer in told_of:
            rest = more - fewer if fewer < more else set()
            assert not rest or max(people[half] for half in rest) >= smallest
    for one in found[1:]:
        assert max(people[half] for half in inside(one)) >= smallest
        assert since.first_day <= one.first_day and one.last_day <= since.last_day


def test_a_year_with_few_people_is_told_with_the_next_and_a_last_one_not_yet() -> None:
    people = {Half(2024, 2): 4, Half(2025, 1): 20, Half(2025, 2): 30, Half(2026, 1): 3}

    assert [(one.name, one.last_day) for one in periods(people, TODAY, 10)] == [("since", date(2025, 12, 31)), ("2024-2025", date(2025, 12, 31))]
    assert [one.name for one in periods(people | {Half(2024, 2): 10}, TODAY, 10)] == ["since", "2025", "2025-1", "2025-2", "2024"]


def test_a_place_of_half_a_year_is_in_the_band_until_six_months() -> None:
    assert [band(date(2026, 1, 5), date(2026, 1, 5) + timedelta(days=days - 1)) for days in (1, 31, 32, 90, 91, 181, 182)] == [1, 1, 2, 3, 4, 6, 7]
    assert half_of(date(2026, 7, 1)) == Half(2026, 2) and Half(2026, 1).last_day == date(2026, 6, 30)
    assert told(3, 5, 5) is None and percent(told(33, 5, 1), told(100, 5, 1)) == 33


def test_names_and_numbers_of_people_are_taken_out_of_a_reason() -> None:
    words = name_words(["Fatma van der Berg", "Anne-Marie O'Neill"])

    written = "Fatma's begeleider en van der BERG bellen op 06 12 34 56 78 of jan@example.nl; anne-marie ook. BSN 123456782, 12 weken, 3 van de 40."
    assert without_names(written, words, "[…]") == "[…] begeleider en van der […] bellen op […] of […] […] ook. BSN […], 12 weken, 3 van de 40."
