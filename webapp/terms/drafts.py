"""What a published regulation becomes before it is rows, and how its fields are read: each exactly once. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn

from webapp.terms.shapes import CannotExpress, parse, plain

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
BOUND = re.compile(r"(>=|<=|>|<)\s*(\d+)")
BOUNDS = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most"}
WEEKS: dict[str, dict[str, Any]] = {
    "any": {},
    "volledige werkweek": {"week": "full"},
    "gedeeltelijke werkweek": {"week": "part"},
}


class Draft(NamedTuple):
    """A term before it is a row. `valid_from` None: the source names no day; `when_told` is what it does say."""

    key: str
    value: dict[str, Any]
    valid_from: date | None
    valid_until: date | None
    when_told: str
    source: str


class Expressed(NamedTuple):
    """One regulation, completely: who and what, the terms in their order, and what is told."""

    slug: str
    organisation: str
    instrument: str
    kind: str
    source_url: str
    facts: dict[str, Any]
    terms: list[Draft]


@contextmanager
def naming(slug: str) -> Iterator[None]:
    try:
        yield
    except CannotExpress as problem:
        raise CannotExpress(problem.field, problem.why, problem.policy or slug) from problem


class Fields:
    """The fields of one object, each to be taken once; `empty` collects the names of those that were null."""

    def __init__(self, fields: Any, inside: str = "") -> None:
        if not isinstance(fields, Mapping):
            raise CannotExpress(inside or "entry", "is not an object")
        self.left = dict(fields)
        self.inside = inside
        self.empty: list[str] = []

    def name(self, field: str) -> str:
        return f"{self.inside}.{field}" if self.inside else field

    def take(self, field: str) -> Any:
        value = self.left.pop(field, None)
        if value is None:
            self.empty.append(field)
        return value

    def text(self, field: str) -> str:
        value = self.take(field)
        if value is not None and (not isinstance(value, str) or not value):
            raise CannotExpress(self.name(field), f"{value!r} is not a text")
        return value or ""

    def needed(self, field: str) -> str:
        return self.text(field) or refuse(self.name(field), "is missing")

    def cents(self, field: str) -> int | None:
        return hundredths(self.name(field), self.take(field))

    def basis_points(self, field: str) -> int | None:
        return hundredths(self.name(field), self.take(field))

    def minutes(self, field: str) -> int | None:
        return _whole(self.name(field), self.take(field), 60)

    def every(self, field: str) -> list[Fields]:
        """A list of objects; null is an empty one."""
        value = self.take(field)
        if value is not None and not isinstance(value, list):
            raise CannotExpress(self.name(field), "is not a list")
        return [Fields(one, f"{self.name(field)}.{number}") for number, one in enumerate(value or [])]

    def nothing_left(self) -> None:
        for field, value in self.left.items():
            raise CannotExpress(self.name(field), f"has no place in the terms: {value!r}")


def refuse(field: str, why: str) -> NoReturn:
    raise CannotExpress(field, why)


def _whole(field: str, value: Any, times: int) -> int | None:
    """A number times so many, exactly whole. A float is read as it was written: 13.27 is 1327 hundredths."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CannotExpress(field, f"{value!r} is not a number")
    exact = Decimal(str(value)) * times
    if not exact.is_finite() or exact != int(exact) or exact < 0:
        raise CannotExpress(field, f"{value!r} is not a whole number of the smallest unit")
    return int(exact)


def hundredths(field: str, value: Any) -> int | None:
    return _whole(field, value, 100)


def a_day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise CannotExpress(field, f"{text!r} is not a day") from problem


class Period(NamedTuple):
    first: date | None
    last: date | None
    told: str

    def and_told(self, more: str) -> str:
        return "; ".join(part for part in (self.told, more) if part)


def period_told(begins: Any, ends: Any) -> Period:
    """Days where the source names days (the end included), otherwise its words.

    "2016 (begin)" is no day, and an end that was "later verlengd" is no end.
    """
    told = [text for text in (begins, ends) if isinstance(text, str) and not ISO_DAY.fullmatch(text)]
    first, last = _told_day("effective_from", begins), _told_day("effective_to", ends)
    if first is not None and last is not None and last < first:
        raise CannotExpress("effective_to", f"{last} is before {first}")
    return Period(first, last, "; ".join(told))


def _told_day(field: str, text: Any) -> date | None:
    return a_day(field, text) if isinstance(text, str) and ISO_DAY.fullmatch(text) else None


def draft(key: str, value: dict[str, Any], period: Period, source: str, when: str = "") -> Draft:
    """A term whose value is proven to fit its shape. With its own `when`, the day of the whole regulation is not its day."""
    fitting = plain(parse(key, value))
    if when:
        return Draft(key, fitting, None, None, period.and_told(when), source)
    return Draft(key, fitting, period.first, period.last, period.told, source)


def weekly_hours(fields: Fields) -> dict[str, Any] | None:
    text = fields.text("weekly_hours")
    if not text:
        return None
    if text in WEEKS:
        return WEEKS[text]
    bound = BOUND.fullmatch(text)
    if bound is None:
        raise CannotExpress(fields.name("weekly_hours"), f"{text!r} is not a number of hours")
    return {BOUNDS[bound[1]]: int(bound[2]) * 60}
