"""All terms of one municipality as one frozen value. Pure: built from rows, every answer is a look-up by date."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from webapp.terms import rules, shapes
from webapp.terms.rules import Answer, NoTermsInForce, NotKnown, NotPerHour, Row

T = TypeVar("T")


class Rate(NamedTuple):
    """What an hour earns the participant, and which row says so."""

    cents_per_hour: int
    term_id: uuid.UUID
    source: str
    valid_from: date


class YearlyMaximum(NamedTuple):
    """The most a calendar year may hold: the law's amount, or less where the municipality chose less.

    `counted_by` "paid": by the day of the payout; "worked": by the day of the work.
    """

    cents: int
    source: str
    valid_from: date
    counted_by: str
    scope: str


class YearPart(NamedTuple):
    """Part of a year, from the first to the last day, both included. `maximum` None: nothing is known for these days."""

    first_day: date
    last_day: date
    maximum: YearlyMaximum | None


class _Timeline(Generic[T]):
    """One answer per stretch of days; None before the first stretch and wherever nothing is in force."""

    __slots__ = ("answers", "days")

    def __init__(self, rows: Sequence[Row], answer: Callable[[date], T]) -> None:
        self.days = rules.changes(rows)
        self.answers: list[T | None] = [None]
        for day in self.days:
            try:
                self.answers.append(answer(day))
            except NoTermsInForce:
                self.answers.append(None)

    def at(self, day: date) -> T | None:
        return self.answers[bisect_right(self.days, day)]

    def last_day(self, day: date) -> date:
        """The last day that certainly has the same answer as this one."""
        following = bisect_right(self.days, day)
        return self.days[following] - timedelta(days=1) if following < len(self.days) else date.max


class Terms:
    """What is agreed in one municipality, on every day. Never changes: a change of terms makes a new snapshot."""

    __slots__ = ("_ages", "_maximum", "_rates", "_rows")

    def __init__(self, rows: Iterable[Row]) -> None:
        """`rows`: the municipality's own and the national ones, their values already parsed."""
        by_key: dict[str, list[Row]] = {}
        for row in rows:
            by_key.setdefault(row.key, []).append(row)
        self._rows = {key: _in_force(found, key) for key, found in by_key.items()}
        premiums, maxima, ages = (by_key.get(key, []) for key in ("premium", "yearly_maximum", "age"))
        self._rates = _Timeline(premiums, lambda day: _rate(rules.in_force(premiums, "premium", day)))
        own, national = _owners(maxima, "yearly_maximum")
        self._maximum = _Timeline(maxima, lambda day: _maximum(own.at(day), national.at(day), day))
        self._ages = _owners(ages, "age")

    def row(self, key: str, day: date) -> Row:
        """The row in force, with its source. Raises NoTermsInForce."""
        timeline = self._rows.get(key)
        found = None if timeline is None else timeline.at(day)
        if found is None:
            raise NoTermsInForce(key, day)
        return found

    def days_of(self, *keys: str) -> list[date]:
        """Every day on which one of these begins to be different, in order."""
        return sorted({day for key in keys if key in self._rows for day in self._rows[key].days})

    def value(self, key: str, day: date) -> Any:
        """The typed value in force (`shapes.py`). Raises NoTermsInForce."""
        return self.row(key, day).value

    def rate(self, day: date) -> Rate:
        """What an hour worked on this day earns. Raises NoTermsInForce, NotKnown, or NotPerHour on another basis."""
        found = self._rates.at(day)
        return found if found is not None else self._no_rate(day)

    def rate_or_none(self, day: date) -> Rate | None:
        """The same for a page that has more to tell: None where the premium of that day is not known, or not per hour."""
        return self._rates.at(day)

    def _no_rate(self, day: date) -> Rate:
        premium = self.value("premium", day)
        if premium.recipient != "participant":
            raise NotPerHour(f"{premium.basis}, to the {premium.recipient}", day)
        if premium.basis != "per_hour":
            raise NotPerHour(premium.basis, day)
        raise NotKnown("premium", day)

    def yearly_maximum(self, day: date) -> YearlyMaximum:
        """The maximum that counts for a payment on this day. Raises NoTermsInForce."""
        found = self._maximum.at(day)
        if found is None:
            raise NoTermsInForce("yearly_maximum", day)
        return found

    def maximum_in_year(self, year: int) -> tuple[YearPart, ...]:
        """The maxima in the parts of a calendar year, in order: they can change inside a year, as on 1 July 2021."""
        parts: list[YearPart] = []
        day, new_year_eve = date(year, 1, 1), date(year, 12, 31)
        while day <= new_year_eve:
            last = min(self._maximum.last_day(day), new_year_eve)
            parts.append(YearPart(day, last, self._maximum.at(day)))
            day = last + timedelta(days=1)
        return tuple(parts)

    def next_payout_on(self, today: date) -> date | None:
        """The next day the premium is paid, today included, by the terms of that day. None when the months are not known."""
        timeline = self._rows.get("payout")
        day = today
        while timeline is not None:
            row, last = timeline.at(day), timeline.last_day(day)
            found = rules.next_payout_on(day, row.value.months) if row else None
            if found is not None and found <= last:
                return found
            if last == date.max or (row is not None and found is None):
                return None
            day = last + timedelta(days=1)
        return None

    def premium_allowed(self, birth_date: date | None, wage_subsidy_group: bool | None, day: date) -> Answer:
        """Whether the age rules allow a payment on this day: the law's and the municipality's, whichever is stricter."""
        found = [row for row in (owner.at(day) for owner in self._ages) if row is not None]
        if not found:
            return Answer("unknown", "")
        answers = [rules.premium_allowed(birth_date, wage_subsidy_group, day, row.value, row.source) for row in found]
        return rules.strictest(answers)

    def silence(self, day: date) -> shapes.Silence:
        return self._typed(shapes.Silence, "silence", day)

    def offer(self, day: date) -> shapes.Offer:
        return self._typed(shapes.Offer, "offer", day)

    def certificate(self, day: date) -> shapes.Certificate:
        return self._typed(shapes.Certificate, "certificate", day)

    def confirmation(self, day: date) -> shapes.Confirmation:
        return self._typed(shapes.Confirmation, "confirmation", day)

    def invitation(self, day: date) -> shapes.Invitation:
        return self._typed(shapes.Invitation, "invitation", day)

    def readiness(self, day: date) -> shapes.Readiness:
        return self._typed(shapes.Readiness, "readiness", day)

    def limit_notice(self, day: date) -> shapes.LimitNotice:
        return self._typed(shapes.LimitNotice, "limit_notice", day)

    def absence(self, day: date) -> shapes.Absence:
        return self._typed(shapes.Absence, "absence", day)

    def tariff_split(self, day: date) -> shapes.TariffSplit:
        return self._typed(shapes.TariffSplit, "tariff_split", day)

    def duration(self, day: date) -> shapes.Duration:
        return self._typed(shapes.Duration, "duration", day)

    def minimum_wage(self, day: date) -> shapes.MinimumWage:
        return self._typed(shapes.MinimumWage, "minimum_wage", day)

    def max_payments_per_year(self, day: date) -> int:
        return self._typed(shapes.MaxPaymentsPerYear, "max_payments_per_year", day).count

    def tariff_floor_cents(self, day: date) -> int:
        """The lowest tariff per hour on this day: minimum wage times the agreed factor. Raises NoTermsInForce or NotKnown."""
        factor = self._typed(shapes.TariffFloor, "tariff_floor", day).factor_basis_points
        if factor is None:
            raise NotKnown("tariff_floor", day)
        return rules.floor_cents(self.minimum_wage(day).cents, factor)

    def _typed(self, _shape: type[T], key: str, day: date) -> T:
        found: T = self.value(key, day)  # it was parsed with the shape of its key
        return found


def _in_force(rows: Sequence[Row], key: str) -> _Timeline[Row]:
    return _Timeline(rows, lambda day: rules.in_force(rows, key, day))


def _owners(rows: Sequence[Row], key: str) -> tuple[_Timeline[Row], _Timeline[Row]]:
    """The municipality's own rows and the national ones apart, for keys where the stricter of both counts."""
    own, national = [row for row in rows if row.own], [row for row in rows if not row.own]
    return _in_force(own, key), _in_force(national, key)


def _rate(row: Row) -> Rate | None:
    premium = row.value
    if premium.basis != "per_hour" or premium.recipient != "participant" or premium.cents is None:
        return None
    return Rate(premium.cents, row.id, row.source, row.valid_from)


def _maximum(own: Row | None, national: Row | None, day: date) -> YearlyMaximum:
    """The lower amount, with the source of that amount. Without a row of the law there is no telling what is too much."""
    if national is None:
        raise NoTermsInForce("yearly_maximum", day)
    if own is None:
        return YearlyMaximum(national.value.cents, national.source, national.valid_from, national.value.counted_by, national.value.scope)
    cents = rules.lower(own.value.cents, national.value.cents)
    says = own if cents == own.value.cents else national
    return YearlyMaximum(cents, says.source, says.valid_from, own.value.counted_by, says.value.scope)
