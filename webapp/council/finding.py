"""Everything one report counts, brought together: which period, what may be told of it, and the raw numbers behind the page."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import Session

from webapp.bookkeeping.reads import Result
from webapp.council import reads, rules
from webapp.council.reads import Counts, Place
from webapp.council.rules import Period
from webapp.invoices.costs import of_period, share_cents
from webapp.safeguards.models import OUTCOMES
from webapp.terms.actions import Terms


class NoSuchPeriod(Exception):
    """This period is not one that can be told."""


class Tested(NamedTuple):
    """One displacement test in a period: requests it was run for, by the worst that was found, and how many were judged by two people."""

    ok: int
    needs_reason: int
    not_allowed: int

    @property
    def requests(self) -> int:
        return self.ok + self.needs_reason + self.not_allowed


class Judgement(NamedTuple):
    """One test that two people judged: no name, not of them and not in the reason. `agrees`: whether the second did."""

    day: date
    item: str
    reason: str
    first_role: str
    second_role: str
    agrees: bool


class Found(NamedTuple):
    """A period in raw numbers; what of it is shown is decided by `people` (rules.told)."""

    period: Period
    periods: list[Period]
    smallest: int
    step: int
    today: date
    source: str
    places: list[Place]  # those with hours in the period, once per month
    ended: list[Place]  # those that ended in the period, once each
    began: int
    counts: Counts
    outflow: list[Any]
    signals: list[Any]
    tests: dict[str, Tested]
    judged: list[Judgement]
    result: Result

    def people(self, number: int) -> int | None:
        return rules.told(number, self.smallest, self.step)

    def parts(self, numbers: dict[str, int]) -> dict[str, int | None]:
        return rules.told_parts(numbers, self.smallest, self.step)

    @property
    def worked(self) -> int:
        return len({place.participant_id for place in self.places})

    @property
    def is_told(self) -> bool:
        """Whether enough people worked for their hours and money to be told."""
        return self.worked >= self.smallest


def find(db: Session, municipality_id: int, terms: Terms, asked: str, *, hidden: str, today: date) -> Found:
    """Count one period; "" is the latest year. `hidden` stands where a name was taken out. Raises NoSuchPeriod, NoTermsInForce."""
    agreed = terms.row("open_data", today)
    everything = reads.places(db, municipality_id)
    periods = rules.periods(reads.people_by_half(everything), today, agreed.value.smallest)
    period = next((one for one in periods if one.name == asked), periods[min(1, len(periods) - 1)] if not asked else None)
    if period is None:
        raise NoSuchPeriod(asked)
    inside = [place for place in everything if place.first_of_month and period.first_day <= place.first_of_month <= period.last_day]
    once = {place.id: place for place in everything}.values()
    counts = reads.counts(db, municipality_id, period)
    judged = reads.judged(db, municipality_id, period)
    words = rules.name_words(reads.names(db, municipality_id)) if judged else frozenset()
    return Found(
        period=period, periods=periods, smallest=agreed.value.smallest, step=agreed.value.round_to, today=today, source=agreed.source, places=inside,
        ended=[place for place in once if place.status == "ended" and period.first_day <= place.ends_on <= period.last_day],
        began=sum(period.first_day <= place.starts_on <= period.last_day for place in once), counts=counts, outflow=reads.went_on(db, municipality_id, period),
        signals=reads.raised(db, municipality_id, period), tests=_tests(db, municipality_id, period),
        judged=[
            Judgement(row.second_at.date(), row.item, rules.without_names(row.reason, words, hidden), row.first_role or "", row.second_role or "", bool(row.second_agrees))
            for row in judged
        ],
        result=_result(db, municipality_id, inside, period, counts.premium_cents),
    )  # fmt: skip


def _tests(db: Session, municipality_id: int, period: Period) -> dict[str, Tested]:
    """Per test, the requests it was run for: each counted once, with the worst that was found."""
    found: dict[tuple[str, uuid.UUID], str] = {}
    for row in reads.tested(db, municipality_id, period):
        for finding in row.findings:
            key = finding["item"], row.request_id
            found[key] = max(found.get(key, "ok"), finding["outcome"], key=OUTCOMES.index)
    outcomes = Counter((item, outcome) for (item, _request), outcome in found.items())
    items = sorted({item for item, _ in outcomes})
    return {item: Tested(*(outcomes[item, outcome] for outcome in ("ok", "needs_reason", "not_allowed"))) for item in items}


def _result(db: Session, municipality_id: int, places: list[Place], period: Period, premium_cents: int) -> Result:
    spent = dict.fromkeys(("software", "implementation", "handling", "guidance"), 0)
    for cost in of_period(db, municipality_id, period.first_day, period.last_day):
        spent[cost.kind] += share_cents(cost.amount_cents, cost.first_day, cost.last_day, period.first_day, period.last_day)
    minutes = sum(place.minutes for place in places)
    return Result(
        minutes, reads.revenue_of(db, municipality_id, places, period), premium_cents, **{f"{kind}_cents": cents for kind, cents in spent.items()}
    )
