"""All tests on one plan: facts of the plan and limits of the terms in, thirteen findings out, in the order of law/domain.md 4.4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from webapp.foundation.clock import add_months
from webapp.safeguards.rules.findings import ITEMS, NEEDS_REASON, NOT_ALLOWED, OK, Finding
from webapp.safeguards.rules.people import WHOLE, Stay, is_stale, people_allowed, people_at_once
from webapp.safeguards.rules.time import DAY, Stretch, chain_weeks, last_allowed
from webapp.terms.rules import limit_months
from webapp.terms.shapes import Duration


class Said(NamedTuple):
    """What a term says, by whom and since when."""

    value: Any
    source: str = ""
    source_from: date | None = None


UNSAID = Said(None)


@dataclass(frozen=True)
class Limits:
    """The terms of the day. `value` None: the terms do not say, and then the test finds nothing to hold the plan against.

    `duration` (shapes.Duration) is that of the first day; `floor` in cents per hour; `share` and `margin` in basis points;
    `chaining` and `look_back` as their shapes; `waiting_months` and `again_after_months` in months.
    """

    duration: Said = UNSAID
    floor: Said = UNSAID
    share: Said = UNSAID
    chaining: Said = UNSAID
    look_back: Said = UNSAID
    margin: Said = UNSAID
    waiting_months: Said = UNSAID
    again_after_months: Said = UNSAID


@dataclass(frozen=True)
class Facts:
    """What is known of one plan on the day it is tested. None: not known, which is never read as no.

    `week_minutes`: the longest week agreed, or the average of four weeks when that is more. `others`: who else fills or filled
    this function here, over all municipalities; `earlier`: what this person did before in this function for this employer.
    `stays`: everybody on benefit at this place, without whom the plan is for; `more`: how many people the plan brings.
    """

    day: date
    first_day: date
    last_day: date
    week_minutes: int
    tariff_cents: int
    runs: bool = False
    somebody: bool = False  # about one person; otherwise about the request
    ready_signal: bool = False
    judged_ready: bool = False
    earlier: Sequence[Stretch] = ()
    others: Sequence[Stretch] = ()
    stays: Sequence[Stay] = ()
    more: int = 1
    staff_count: int | None = None
    staff_counted_on: date | None = None
    has_guide: bool = True
    has_tasks: bool = True
    dismissed_on: date | None = None
    dismissal_known: bool = True
    vacancy_on: date | None = None  # the last day on which there was one; today or later: there is one now
    vacancy_known: bool = True
    replaces_paid_hours: bool | None = False
    consulted: bool | None = True
    outlook: bool | None = True
    is_agency: bool = False
    end_client: str = ""
    agency_tariff_cents: int | None = None
    restricted_until: date | None = None


def assess(facts: Facts, limits: Limits) -> list[Finding]:
    """All thirteen, in order. Nothing is left out: a test that does not apply says so."""
    return [TESTS[item](facts, limits) for item in ITEMS]


def found(facts: Facts, item: str, outcome: str, why: str, said: Said = UNSAID, **more: Any) -> Finding:
    inputs: Mapping[str, Any] = more.pop("inputs", {})
    return Finding(item, outcome, why, facts.day, inputs=inputs, source=said.source, source_from=said.source_from, **more)


def skills(facts: Facts, limits: Limits) -> Finding:
    """Only for who cannot find regular work yet: with a signal still to be judged, or judged ready, nobody is placed (again)."""
    if not facts.somebody:
        return found(facts, "skills", OK, "each_person")
    if facts.judged_ready:
        return found(facts, "skills", NOT_ALLOWED, "ready")
    if facts.ready_signal:
        return found(facts, "skills", NOT_ALLOWED, "signal")
    return found(facts, "skills", OK, "not_yet")


def guidance(facts: Facts, limits: Limits) -> Finding:
    """Somebody at work helps, by name, and the work is told in tasks that can be fitted to a person."""
    if not facts.has_guide:
        return found(facts, "guidance", NEEDS_REASON, "nobody")
    return found(facts, "guidance", OK if facts.has_tasks else NEEDS_REASON, "named" if facts.has_tasks else "no_tasks")


def dismissed(facts: Facts, limits: Limits) -> Finding:
    """Nobody who did this work was let go in the time looked back, nor not kept on."""
    said, look = limits.look_back, limits.look_back.value
    if not facts.dismissal_known:
        return found(facts, "dismissed", NOT_ALLOWED, "unknown", said)
    if facts.dismissed_on is None:
        return found(facts, "dismissed", OK, "nobody", said)
    inputs = {"on": facts.dismissed_on}
    if look is None:
        return found(facts, "dismissed", NOT_ALLOWED, "no_period", inputs=inputs)
    days = max((facts.first_day - facts.dismissed_on).days, 0)
    recent = days <= look.dismissal_days
    return found(
        facts,
        "dismissed",
        NOT_ALLOWED if recent else OK,
        "recent" if recent else "long_ago",
        said,
        value=days,
        limit=look.dismissal_days,
        inputs=inputs,
    )


def vacancy(facts: Facts, limits: Limits) -> Finding:
    """Where somebody is looked for to be paid, that comes first."""
    said, look = limits.look_back, limits.look_back.value
    if not facts.vacancy_known:
        return found(facts, "vacancy", NEEDS_REASON, "unknown", said)
    if facts.vacancy_on is None:
        return found(facts, "vacancy", OK, "none", said)
    inputs = {"on": facts.vacancy_on}
    if facts.vacancy_on >= facts.day:
        return found(facts, "vacancy", NEEDS_REASON, "open", said, inputs=inputs)
    recent = look is None or (facts.day - facts.vacancy_on).days <= look.vacancy_days
    return found(facts, "vacancy", NEEDS_REASON if recent else OK, "recent" if recent else "long_ago", said, inputs=inputs)


def replaces(facts: Facts, limits: Limits) -> Finding:
    """No paid hours, fixed or by the week, become fewer because of it."""
    outcome, why = {True: (NOT_ALLOWED, "fewer"), False: (OK, "none"), None: (NOT_ALLOWED, "unknown")}[facts.replaces_paid_hours]
    return found(facts, "replaces", outcome, why)


def tariff(facts: Facts, limits: Limits) -> Finding:
    """At or above the floor of the day: minimum wage times the factor of the terms."""
    said = limits.floor
    if said.value is None:
        return found(facts, "tariff", OK, "no_floor", value=facts.tariff_cents)
    enough = facts.tariff_cents >= said.value
    return found(
        facts, "tariff", OK if enough else NOT_ALLOWED, "enough" if enough else "below", said, value=facts.tariff_cents, limit=said.value,
        inputs={"on": max(facts.day, facts.first_day)},
    )  # fmt: skip


def share(facts: Facts, limits: Limits) -> Finding:
    """The part of the people at this place who are on benefit, on the day it is largest."""
    said = limits.share
    first = max(facts.first_day, facts.day) if facts.runs else facts.first_day
    people = people_at_once(facts.stays, min(first, facts.last_day), facts.last_day) + facts.more
    inputs = {"staff": facts.staff_count, "counted_on": facts.staff_counted_on, "basis_points": said.value}
    if facts.staff_count is None or facts.staff_counted_on is None:
        return found(facts, "share", NEEDS_REASON, "unknown", said, value=people, inputs=inputs)
    if facts.staff_count == 0:
        return found(facts, "share", NEEDS_REASON, "nobody", said, value=people, inputs=inputs)
    look = limits.look_back.value
    if said.value is None:
        return found(facts, "share", OK, "no_share", value=people, inputs=inputs)
    allowed = people_allowed(facts.staff_count, said.value)
    inputs["part"] = people * WHOLE // facts.staff_count
    if people > allowed:
        return found(facts, "share", NEEDS_REASON, "over", said, value=people, limit=allowed, inputs=inputs)
    if look is not None and is_stale(facts.staff_counted_on, facts.day, look.staff_count_days):
        return found(facts, "share", NEEDS_REASON, "stale", said, value=people, limit=allowed, inputs=inputs)
    return found(facts, "share", OK, "within", said, value=people, limit=allowed, inputs=inputs)


def counting(earlier: Sequence[Stretch], first_day: date, again_after_months: int | None) -> list[Stretch]:
    """What this person did before that still counts: after the break the terms name, somebody may begin anew."""
    before = [one for one in earlier if one.first_day < first_day]
    if again_after_months is None:
        return before
    return [one for one in before if add_months(one.last_day, again_after_months) >= first_day]


def months_allowed(duration: Duration, weeks: Iterable[int]) -> int | None:
    """The shortest of what the terms allow for these weeks; None where they say nothing of any of them."""
    known = [months for months in (limit_months(duration, week) for week in set(weeks)) if months is not None]
    return min(known, default=None)


def duration_until(
    duration: Duration | None, first_day: date, week_minutes: int, earlier: Sequence[Stretch], again_after_months: int | None
) -> tuple[int | None, date | None, list[Stretch]]:
    """(months, last day allowed, what was done before and counts); None where the terms do not say."""
    if duration is None:
        return None, None, []
    before = counting(earlier, first_day, again_after_months)
    months = months_allowed(duration, [week_minutes, *(one.week_minutes for one in before)])
    return months, last_allowed(first_day, months, before), before


def duration(facts: Facts, limits: Limits) -> Finding:
    """One person, one function, one employer: all days together stay within the months for the longest week."""
    said = limits.duration
    months, until, before = duration_until(said.value, facts.first_day, facts.week_minutes, facts.earlier, limits.again_after_months.value)
    days = (facts.last_day - facts.first_day).days + 1
    if until is None:
        return found(facts, "duration", OK, "no_limit", value=days, inputs={"week_minutes": facts.week_minutes})
    allowed = max((until - facts.first_day).days + 1, 0)
    inputs = {
        "week_minutes": facts.week_minutes, "months": months, "until": until, "last_day": facts.last_day, "before": len(before),
        "days_before": (facts.first_day - min(one.first_day for one in before)).days if before else 0,
    }  # fmt: skip
    within = days <= allowed
    why = "within" if within else "used_up" if allowed == 0 else "too_long"
    return found(facts, "duration", OK if within else NOT_ALLOWED, why, said, value=days, limit=allowed, inputs=inputs)


def chaining(facts: Facts, limits: Limits) -> Finding:
    """One function at one place is not filled by one person on benefit after the other."""
    said = limits.chaining
    if said.value is None:
        return found(facts, "chaining", OK, "no_limit")
    before, until, weeks = chain_weeks(facts.others, facts.first_day, facts.last_day, said.value.of_weeks)
    inputs = {
        "before": before, "weeks_before": until, "of_weeks": said.value.of_weeks,
        "bars": bars(facts, said.value.of_weeks),
    }  # fmt: skip
    if before and weeks > said.value.weeks:
        return found(facts, "chaining", NEEDS_REASON, "over", said, value=weeks, limit=said.value.weeks, inputs=inputs)
    if (gap := waiting_until(facts, limits)) is not None:
        return found(facts, "chaining", NEEDS_REASON, "waiting", limits.waiting_months, inputs={**inputs, "until": gap})
    return found(facts, "chaining", OK, "within" if before else "first", said, value=weeks, limit=said.value.weeks, inputs=inputs)


def waiting_until(facts: Facts, limits: Limits) -> date | None:
    """Until when the same work has to wait after who filled it last, where the terms say so and the plan begins earlier."""
    months = limits.waiting_months.value
    over = [one.last_day for one in facts.others if one.last_day < facts.first_day]
    if not months or not over:
        return None
    free_from = add_months(max(over) + DAY, months)
    return free_from if facts.first_day < free_from else None


def bars(facts: Facts, of_weeks: int) -> list[list[int]]:
    """What the picture shows: where each earlier stretch lies, in days from the first day that is looked at, joined where they touch."""
    begins = facts.first_day - timedelta(days=of_weeks * 7 - 1)
    joined: list[list[int]] = []
    for one in sorted(facts.others):
        if one.first_day >= facts.first_day or one.last_day < begins:
            continue
        first, last = (max(one.first_day, begins) - begins).days, (min(one.last_day, facts.first_day - DAY) - begins).days
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return joined


def agency(facts: Facts, limits: Limits) -> Finding:
    """Who sends people on names the client and what it charges there, and earns nothing on it worth the name."""
    if not facts.is_agency:
        return found(facts, "agency", OK, "none")
    if not facts.end_client.strip() or facts.agency_tariff_cents is None:
        return found(facts, "agency", NOT_ALLOWED, "unknown")
    said = limits.margin
    inputs = {"charges": facts.agency_tariff_cents, "pays": facts.tariff_cents}
    if said.value is None:
        return found(facts, "agency", OK, "no_margin", inputs=inputs)
    over = facts.agency_tariff_cents * WHOLE > facts.tariff_cents * (WHOLE + said.value)
    margin = max(-(-(facts.agency_tariff_cents - facts.tariff_cents) * WHOLE // facts.tariff_cents), 0)
    return found(facts, "agency", NOT_ALLOWED if over else OK, "over" if over else "within", said, value=margin, limit=said.value, inputs=inputs)


def outlook(facts: Facts, limits: Limits) -> Finding:
    """There is a view on paid work, here or elsewhere."""
    outcome, why = {True: (OK, "some"), False: (NEEDS_REASON, "none"), None: (NEEDS_REASON, "unknown")}[facts.outlook]
    return found(facts, "outlook", outcome, why)


def restricted(facts: Facts, limits: Limits) -> Finding:
    """Nobody is placed where the municipality decided so, for as long as that lasts. A place that runs is ended by a decision, not by this."""
    if facts.restricted_until is None:
        return found(facts, "restricted", OK, "no")
    return found(facts, "restricted", NOT_ALLOWED, "until", inputs={"until": facts.restricted_until})


def consulted(facts: Facts, limits: Limits) -> Finding:
    """The works council, or the staff, knows of it. No law asks for it; the product does (law/domain.md 4.4 item 13)."""
    outcome, why = {True: (OK, "yes"), False: (NEEDS_REASON, "no"), None: (NEEDS_REASON, "unknown")}[facts.consulted]
    return found(facts, "consulted", outcome, why)


TESTS = {
    "skills": skills, "guidance": guidance, "dismissed": dismissed, "vacancy": vacancy, "replaces": replaces, "tariff": tariff, "share": share,
    "duration": duration, "chaining": chaining, "agency": agency, "outlook": outlook, "restricted": restricted, "consulted": consulted,
}  # fmt: skip
