"""V6 from the raw rows: no place past its limit, in a chain past the limit, or below the lowest tariff of a day, without a decision the rules allow."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import Session

from webapp.foundation.clock import day_of, now
from webapp.people.models import Municipality
from webapp.placements.facts import changes, employers, establishments, placements, same_work, site_of
from webapp.placements.tariffs import tariffs
from webapp.safeguards.actions import overrides
from webapp.safeguards.limits import floor_of, limits_of
from webapp.terms.actions import terms_of
from webapp.terms.rules import limit_months
from webapp.terms.snapshot import Terms
from webapp.verify_rows import LINES, Fault

_change = select(func.max(changes.c.weekly_minutes)).where(changes.c.placement_id == placements.c.id)
PLACES = (
    select(
        placements, establishments.c.street, establishments.c.town, employers.c.kvk, employers.c.id.label("employer_id"),
        _change.scalar_subquery().label("later"), _change.with_only_columns(func.max(changes.c.minutes_before)).scalar_subquery().label("before"),
        _change.with_only_columns(func.min(changes.c.valid_from)).scalar_subquery().label("changed_from"),
    )
    .join_from(placements, establishments, establishments.c.id == placements.c.establishment_id)
    .join(employers, employers.c.id == establishments.c.employer_id)
    .where(placements.c.status.in_(("running", "ended")))
    .order_by(employers.c.kvk, placements.c.starts_on, placements.c.id)
)  # fmt: skip
TWO_PEOPLE = select(overrides.c.id, overrides.c.item, overrides.c.decided_by, overrides.c.second_by)


def limits_hold(db: Connection) -> Iterator[Fault]:
    """V6: see above. A place keeps the terms of its first day; its tariff those of every day until yesterday."""
    yesterday = day_of(now()) - timedelta(days=1)
    agreed = _agreed(db)
    terms = _terms(db)
    tariffs = _tariffs(db)
    at: dict[Any, list[Any]] = {}
    kvk: str | None = None
    for row in db.execution_options(yield_per=LINES).execute(PLACES):
        if row.kvk != kvk:
            for group in at.values():
                yield from _group(group, terms, agreed)
            at, kvk = {}, row.kvk
        at.setdefault((site_of(row.kvk, row.street, row.town), same_work(row.function)), []).append(row)
        yield from _below(row, terms[row.municipality_id], tariffs.get(row.id, []), yesterday)
    for group in at.values():
        yield from _group(group, terms, agreed)


def _group(rows: list[Any], terms: dict[int, Terms], agreed: set[Any]) -> Iterator[Fault]:
    """One function at one site: chains over everybody, and the time each person had. Days are counted one by one, not as the tests do."""
    for row in rows:
        limits = limits_of(terms[row.municipality_id], first_day=row.starts_on, day=row.decided_on or row.starts_on)
        chain = limits.chaining.value
        if chain is not None and (row.request_id, "chaining") not in agreed:
            so_far = [one for one in rows if one.starts_on <= row.starts_on]
            window = timedelta(days=chain.of_weeks * 7 - 1)
            follows = any(one.starts_on < row.starts_on and one.ends_on >= row.starts_on - window for one in so_far)
            if follows and len(_days(so_far, row.ends_on - window, row.ends_on)) // 7 > chain.weeks:
                yield Fault("V6", "placement", str(row.id), "the same work was filled longer than the limit, and nobody decided about it")
        if limits.duration.value is not None:
            until = _until(row, rows, limits.duration.value, limits.again_after_months.value)
            if until is not None and row.ends_on > until:
                yield Fault("V6", "placement", str(row.id), f"lasts past {until}, the last day of its limit")


def _days(rows: list[Any], first: date, last: date) -> set[int]:
    """Every day from the first to the last on which one of these was there."""
    return {day for row in rows for day in range(max(row.starts_on, first).toordinal(), min(row.ends_on, last).toordinal() + 1)}


def _until(row: Any, rows: list[Any], duration: Any, again_after: int | None) -> date | None:
    """The last day of the months this person may do this work for this employer: as if all days before came right before the first."""
    before = [
        one
        for one in rows
        if (one.participant_id, one.employer_id) == (row.participant_id, row.employer_id) and one.ends_on < row.starts_on
        and (again_after is None or _after(one.ends_on, again_after) >= row.starts_on)
    ]  # fmt: skip
    allowed = [months for one in [row, *before] if (months := limit_months(duration, _week(one))) is not None]
    if not allowed:
        return None
    began = row.starts_on - timedelta(days=len(_days(before, date.min, row.starts_on - timedelta(days=1))))
    return _after(began, min(allowed)) - timedelta(days=1)


def _after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _week(row: Any) -> int:
    """The longest week that was agreed for a day of it; a change from the first day on takes the place of the first plan."""
    return int(max(row.weekly_minutes, row.later or 0, (row.before or 0) if row.changed_from is None or row.changed_from > row.starts_on else 0))


def _below(row: Any, terms: Terms, later: list[tuple[date, int]], yesterday: date) -> Iterator[Fault]:
    """The tariff on every day that has passed: looked at where it or the floor changes."""
    last = min(row.ends_on, yesterday)
    days = {row.starts_on, *(day for day, _ in later), *terms.days_of("minimum_wage", "tariff_floor")}
    for day in sorted(day for day in days if row.starts_on <= day <= last):
        cents = next((cents for first, cents in reversed(later) if first <= day), row.tariff_cents)
        floor = floor_of(terms, day).value
        if floor is not None and cents < floor:
            yield Fault("V6", "placement", str(row.id), f"{cents} cents an hour on {day}, below the lowest tariff of {floor}")
            return


def decided_by_two(db: Connection) -> Iterator[Fault]:
    """V6: every judgement that counts has two people, and is about something that may be judged."""
    for row in db.execute(TWO_PEOPLE):
        if row.second_by == row.decided_by:
            yield Fault("V6", "safeguard_override", str(row.id), "signed by who judged it")
        if row.item in ("skills", "dismissed", "replaces", "tariff", "duration", "agency", "restricted"):
            yield Fault("V6", "safeguard_override", str(row.id), "judges what nobody may allow")


def _agreed(db: Connection) -> set[Any]:
    return {
        (row.request_id, row.item) for row in db.execute(select(overrides.c.request_id, overrides.c.item).where(overrides.c.second_agrees.is_(True)))
    }


def _terms(db: Connection) -> dict[int, Terms]:
    with Session(bind=db) as session:
        return {row.id: terms_of(session, row.id, row.terms_token) for row in session.execute(select(Municipality.id, Municipality.terms_token))}  # type: ignore[call-overload]


def _tariffs(db: Connection) -> dict[Any, list[tuple[date, int]]]:
    found: dict[Any, list[tuple[date, int]]] = {}
    for row in db.execute(select(tariffs.c.placement_id, tariffs.c.valid_from, tariffs.c.tariff_cents).order_by(tariffs.c.valid_from)):
        found.setdefault(row.placement_id, []).append((row.valid_from, row.tariff_cents))
    return found


CHECKS = (limits_hold, decided_by_two)
