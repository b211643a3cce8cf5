"""What a council may be told: periods that cannot be taken from each other, small numbers hidden, names taken out of a reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from webapp.foundation.clock import add_months

Key = TypeVar("Key", bound=Hashable)
HOURS_STEP, EUROS_STEP = 10, 100
LONGEST_BAND = 7  # more than six months
SHORT = range(1, 4)  # bands that lasted at most three months, as the letter counts them
SMALL_WORDS = frozenset({"van", "der", "den", "het", "ter", "ten", "el", "al", "de", "la", "du", "bin", "ben"})
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
NUMBER = re.compile(r"\S+@\S+|(?<!\w)\+?\d(?:[\d .-]{5,}\d)(?!\w)")


class Half(NamedTuple):
    """Half a calendar year: 1 is January to June."""

    year: int
    number: int

    @property
    def first_day(self) -> date:
        return date(self.year, 6 * self.number - 5, 1)

    @property
    def last_day(self) -> date:
        return add_months(self.first_day, 6) - timedelta(days=1)

    @property
    def name(self) -> str:
        return f"{self.year}-{self.number}"


class Period(NamedTuple):
    """Days a report is about, both included. `name` as in the address: "since", "2026", "2026-1" or "2025-2026"; `number` is its half, 0 for years."""

    name: str
    first_day: date
    last_day: date
    year: int = 0
    number: int = 0


def half_of(day: date) -> Half:
    """The half year a day is in.

    >>> half_of(date(2026, 6, 30)).name, half_of(date(2026, 7, 1)).name
    ('2026-1', '2026-2')
    """
    return Half(day.year, 1 if day.month <= 6 else 2)


def periods(people: Mapping[Half, int], today: date, smallest: int) -> list[Period]:
    """The periods a report may be asked for: since the start, years and half years, so that none is about a few people, also not by taking one from another.

    `people`: how many worked in each half year. A year with few is told together with the next; a last one that has few yet is not told
    at all, also not in the whole. Half years stand by themselves only where both have enough.
    """
    found: list[Period] = []
    years = sorted({half.year for half, count in people.items() if count})
    first = years[0] if years else today.year
    since = first
    for year in years:
        of = {number: max((people.get(Half(one, number), 0) for one in range(first, year + 1)), default=0) for number in (1, 2)}
        if max(of.values()) < smallest:
            continue
        name = str(year) if first == year else f"{first}-{year}"
        found.append(Period(name, date(first, 1, 1), min(date(year, 12, 31), today), year))
        if first == year and min(of.values()) >= smallest:
            found += [Period(half.name, half.first_day, min(half.last_day, today), year, half.number) for half in (Half(year, 1), Half(year, 2))]
        first = year + 1
    last_day = max((one.last_day for one in found), default=today)
    return [Period("since", date(since, 1, 1), last_day), *sorted(found, key=lambda one: (-one.last_day.year, one.number))]


def told(number: int, smallest: int, step: int) -> int | None:
    """A number of people as it may be told: nobody is nobody, a few is None, more is rounded (half a step up).

    >>> told(0, 10, 5), told(9, 10, 5), told(10, 10, 5), told(13, 10, 5)
    (0, None, 10, 15)
    """
    if number and number < smallest:
        return None
    return (number + step // 2) // step * step


def told_parts(counts: Mapping[Key, int], smallest: int, step: int) -> dict[Key, int | None]:
    """People told apart. Where one part alone is hidden, the smallest other one is hidden too: else it is the whole less the rest.

    >>> told_parts({"a": 40, "b": 3, "c": 20}, 10, 5)
    {'a': 40, 'b': None, 'c': None}
    """
    shown = {key: told(count, smallest, step) for key, count in counts.items()}
    hidden = [key for key, value in shown.items() if value is None]
    others = [key for key in counts if counts[key] and shown[key] is not None]
    if len(hidden) == 1 and others:
        shown[min(others, key=lambda key: counts[key])] = None
    return shown


def percent(part: int | None, whole: int | None) -> int | None:
    """A share in whole percents, of numbers as they are told; None where one of them is not, or nothing is there.

    >>> percent(40, 120), percent(None, 120), percent(0, 0)
    (33, None, None)
    """
    return None if part is None or not whole else (200 * part + whole) // (2 * whole)


def band(starts_on: date, ends_on: date) -> int:
    """How long a place lasted: 1 is up to one month, 6 up to six, 7 longer. Both days included.

    >>> band(date(2026, 1, 1), date(2026, 1, 31)), band(date(2026, 1, 1), date(2026, 6, 30)), band(date(2026, 1, 1), date(2026, 7, 1))
    (1, 6, 7)
    """
    return next((months for months in range(1, LONGEST_BAND) if ends_on < add_months(starts_on, months)), LONGEST_BAND)


def middle(numbers: Iterable[int]) -> int | None:
    """The one in the middle, the lower of two; None of none.

    >>> middle([9, 1, 4]), middle([1, 2]), middle([])
    (4, 1, None)
    """
    ordered = sorted(numbers)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def name_words(names: Iterable[str]) -> frozenset[str]:
    """The words of people's names that point at somebody, in small letters: 'Fatma van der Berg' gives fatma and berg."""
    return frozenset(word for name in names for word in WORD.findall(name.casefold()) if len(word) > 1 and word not in SMALL_WORDS)


def without_names(text: str, words: Collection[str], instead: str) -> str:
    """What somebody wrote, with every word of a known name, phone number, number of a person and mail address taken out.

    >>> without_names("Selam past hier, bel 06-12345678.", {"selam"}, "[…]")
    '[…] past hier, bel […].'
    """

    def hide(found: re.Match[str]) -> str:
        parts = {found[0].casefold(), *re.split(r"[-'’]", found[0].casefold())}
        return instead if any(part in words for part in parts) or found[0].casefold().removesuffix("s") in words else found[0]

    return WORD.sub(hide, NUMBER.sub(instead, text))
