"""What is in force on a day, and what follows from it. Plain values in, an answer out; what is not known stays not known."""

from __future__ import annotations

import uuid
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from webapp.terms.shapes import Age, Band, Duration, TariffSplit

ADULT_AGE = 27  # Participatiewet art. 31 lid 5 names this age in its text; the rule about it is a dated row
WHOLE = 10_000  # basis points
ONE_DAY = timedelta(days=1)
Verdict = Literal["yes", "no", "unknown"]


class NoTermsInForce(LookupError):
    """Nobody has decided this for that day. The product asks; it does not guess."""

    def __init__(self, key: str, day: date) -> None:
        super().__init__(f"no terms of {key!r} in force on {day.isoformat()}")
        self.key, self.day = key, day


class NotKnown(NoTermsInForce):
    """There are terms, but they do not say the amount."""


class NotPerHour(LookupError):
    """The premium of that day is not an amount per hour for the participant; `basis` says what it is."""

    def __init__(self, basis: str, day: date) -> None:
        super().__init__(f"the premium on {day.isoformat()} is {basis}, not per hour")
        self.basis, self.day = basis, day


class Row(NamedTuple):
    """One agreement. `own`: decided by the municipality itself. `valid_until` is the last day, included."""

    id: uuid.UUID
    key: str
    value: Any
    valid_from: date
    valid_until: date | None
    source: str
    own: bool


def in_force(rows: Iterable[Row], key: str, day: date) -> Row:
    """The row that counts on this day: the municipality's own before the national one, the latest begun before older ones.

    A row is replaced by the next of the same owner, for good: when that next one ends, the older does not return.
    Raises NoTermsInForce.
    """
    latest: dict[bool, Row] = {}
    for row in rows:
        if row.key == key and row.valid_from <= day and (row.own not in latest or row.valid_from > latest[row.own].valid_from):
            latest[row.own] = row
    for own in (True, False):
        found = latest.get(own)
        if found is not None and (found.valid_until is None or day <= found.valid_until):
            return found
    raise NoTermsInForce(key, day)


def changes(rows: Iterable[Row]) -> list[date]:
    """The days on which something begins, or has just ended."""
    rows = list(rows)
    begins = {row.valid_from for row in rows}
    ends = {row.valid_until + ONE_DAY for row in rows if row.valid_until is not None and row.valid_until < date.max}
    return sorted(begins | ends)


def lower(own_cents: int | None, statutory_cents: int) -> int:
    """A municipality may allow less than the law, never more. Source: Participatiewet art. 31 lid 2 onder j ("ten hoogste").

    >>> lower(None, 339800), lower(250000, 339800), lower(400000, 339800)
    (339800, 250000, 339800)
    """
    return statutory_cents if own_cents is None else min(own_cents, statutory_cents)


def last_day_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def next_payout_on(today: date, months: Sequence[int] | None) -> date | None:
    """The last day of the first payout month that is not over yet; today itself counts. None when the months are not known."""
    if not months:
        return None
    days = [last_day_of_month(year, month) for year in (today.year, today.year + 1) for month in sorted(months)]
    return next(day for day in days if day >= today)


def limit_months(duration: Duration, weekly_minutes: int, what: str | None = None) -> int | None:
    """How many months such a week may last at most, extensions left out. None when the terms do not say.

    A week exactly on a boundary that no band includes falls where the terms say: by default in the stricter band.
    Source of 28 hours: Kamerstuk 34 352 nr. 73; it does not say where exactly 28 belongs (law/domain.md 4.5).
    `what`: the instrument, for terms that hold several.
    """
    bands = [band for band in duration.bands if band.what == what]
    covered = [(band, True if band.weekly is None else band.weekly.covers(weekly_minutes)) for band in bands]
    if any(covers is None for _, covers in covered):
        return None
    fitting = [band for band, covers in covered if covers] or _touching(bands, weekly_minutes, duration.exactly_counts_as)
    months = [band.total_months for band in fitting]
    known = [number for number in months if number is not None]
    return min(known) if known and len(known) == len(months) else None


def _touching(bands: Sequence[Band], minutes: int, counts_as: str) -> list[Band]:
    """The bands that begin or end exactly at this week, as far as the terms let them count."""
    above = [band for band in bands if band.weekly is not None and band.weekly.above == minutes]
    below = [band for band in bands if band.weekly is not None and band.weekly.below == minutes]
    return {"above": above, "below": below}.get(counts_as, above + below)


def age_on(birth_date: date, day: date) -> int:
    """Age in whole years. Somebody born on 29 February is a year older on 1 March in a year without that day.

    >>> age_on(date(2000, 2, 29), date(2027, 2, 28)), age_on(date(2000, 2, 29), date(2027, 3, 1))
    (26, 27)
    """
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def birthday(birth_date: date, age: int) -> date:
    """The first day somebody is this old.

    >>> birthday(date(2000, 2, 29), 27)
    datetime.date(2027, 3, 1)
    """
    year = birth_date.year + age
    if (birth_date.month, birth_date.day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return birth_date.replace(year=year)


class Answer(NamedTuple):
    """Whether it is allowed, who says so, and from which birthday on that may be different."""

    verdict: Verdict
    source: str
    changes_on: date | None = None


def premium_allowed(birth_date: date | None, wage_subsidy_group: bool | None, day: date, age: Age, source: str = "") -> Answer:
    """Whether the age rule lets this person have the premium paid on this day.

    `wage_subsidy_group`: doelgroep loonkostensubsidie; None is not known. Source: Participatiewet art. 31 lid 5.
    """
    if birth_date is None:
        return Answer("unknown", source)
    years = age_on(birth_date, day)
    wanted = max(age.min_age or 0, ADULT_AGE if years < ADULT_AGE else 0)
    changes_on = birthday(birth_date, wanted) if years < wanted else None
    if age.min_age is not None and years < age.min_age:
        return Answer("no", source, changes_on)
    if years >= ADULT_AGE:
        return Answer("yes", source)
    return Answer(_under_27(age.under_27, wage_subsidy_group), source, changes_on)


def _under_27(rule: str, wage_subsidy_group: bool | None) -> Verdict:
    if rule in ("excluded", "saves_until_27"):
        return "no"
    if rule == "unknown" or wage_subsidy_group is None:
        return "unknown"
    return "yes" if wage_subsidy_group else "no"


def strictest(answers: Sequence[Answer]) -> Answer:
    """Of what the law and the municipality say, the one that allows least: no before unknown before yes."""
    return min(answers, key=lambda answer: ("no", "unknown", "yes").index(answer.verdict))


def floor_cents(minimum_wage_cents: int, factor_basis_points: int) -> int:
    """The lowest tariff per hour, rounded up: a floor is never below what it stands for.

    >>> floor_cents(1499, 11710)
    1756
    """
    return -(-minimum_wage_cents * factor_basis_points // WHOLE)


class Split(NamedTuple):
    """Where an hour's tariff goes, in cents. The parts add up to the tariff exactly.

    `guidance_cents` None: not counted by the municipality, and then part of the rest. `rest_cents` is what goes back
    to reintegration; below zero it is what the municipality adds.
    """

    premium_cents: int
    software_cents: int
    implementation_cents: int
    handling_cents: int
    guidance_cents: int | None
    rest_cents: int


def split_of_tariff(tariff_cents: int, rate_cents: int, costs: TariffSplit) -> Split:
    """The tariff in its parts: the premium and the costs as they are, and the rest as the rest."""
    parts = (rate_cents, costs.software_cents, costs.implementation_cents, costs.handling_cents)
    return Split(*parts, costs.guidance_cents, tariff_cents - sum(parts) - (costs.guidance_cents or 0))
