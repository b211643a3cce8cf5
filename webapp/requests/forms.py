"""What a supervisor typed about work they ask people for, step by step, turned into typed values or an error at its field."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from webapp.foundation.money import cents_of
from webapp.foundation.texts import duration_words, euro_words, ngettext
from webapp.foundation.texts import gettext as _
from webapp.foundation.typed_times import break_minutes, clock_time
from webapp.requests.models import PlannedDay, planned_days
from webapp.requests.sectors import SECTORS

LONGEST_WEEK_MINUTES = 60 * 60  # Arbeidstijdenwet art. 5:7: no more in any week
LONGEST_SHIFT_MINUTES = 16 * 60
LONGEST_TEXT, LONGEST_LINE = 1000, 120
MOST_KEPT = 4 * LONGEST_TEXT  # of one field of a draft; what is too long is said, not cut
MOST_TASKS, MOST_PLACES, MOST_WEEKS, MOST_STAFF = 12, 50, 52, 1_000_000
FURTHEST = timedelta(days=366)
WEEK_FIELDS = tuple(f"{what}_{day}" for day in range(7) for what in ("start", "stop", "break"))
FIELDS: dict[str, tuple[str, ...]] = {
    "work": ("function", "tasks", "sector"),
    "times": ("starts_on", "weeks", "places", *WEEK_FIELDS),
    "help": ("guide_id", "guide_note"),
    "learn": ("learn", "paid_work"),
    "terms": (
        "tariff", "staff_count", "staff_counted_on", "let_go", "let_go_on", "vacancy", "vacancy_until", "replaces_paid_hours", "staff_consulted",
        "insurance", "end_client", "agency_tariff",
    ),
}  # fmt: skip
STEPS = tuple(FIELDS)


@dataclass(frozen=True)
class Asker:
    """Who asks: what the answers are held against. `guides`: accounts that may help here; `floor_cents`: the lowest tariff of the first day, where known;
    `last_day`: for a first day and minutes a week, the last day the terms allow, where they say so.
    """

    today: date
    guides: Mapping[str, str]
    is_agency: bool
    floor_cents: Callable[[date], int | None]
    last_day: Callable[[date, int], date | None] = lambda first, week_minutes: None


@dataclass
class Typed:
    """One step or all: `said` is what was typed, `found` what it means, `errors` by field."""

    said: dict[str, str]
    found: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def said(values: Mapping[str, Any], steps: Sequence[str] = STEPS) -> dict[str, str]:
    """Every known field that was sent, as text of a bearable length."""
    names = [name for step in steps for name in FIELDS[step]]
    return {name: str(values[name]).strip()[:MOST_KEPT] for name in names if name in values}


def read(step: str, values: Mapping[str, str], asker: Asker) -> Typed:
    typed = Typed({name: values.get(name, "") for name in FIELDS[step]})
    READERS[step](typed, asker, values)
    return typed


def read_all(values: Mapping[str, str], asker: Asker) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Everything that is right, and per step what is not."""
    found: dict[str, Any] = {}
    wrong: dict[str, dict[str, str]] = {}
    for step in STEPS:
        typed = read(step, values, asker)
        found |= typed.found
        if typed.errors:
            wrong[step] = typed.errors
    return found, wrong


def _work(typed: Typed, asker: Asker, values: Mapping[str, str]) -> None:
    _line(typed, "function", _("Write what the work is, for example: help in the kitchen."))
    tasks = [line.strip() for line in typed.said["tasks"].splitlines() if line.strip()]
    if not tasks:
        typed.errors["tasks"] = _("Write at least one task. Each task on its own line.")
    elif len(tasks) > MOST_TASKS:
        typed.errors["tasks"] = _("Write at most %(count)s tasks.", count=MOST_TASKS)
    elif any(len(task) > LONGEST_LINE for task in tasks):
        typed.errors["tasks"] = _("Write each task in at most %(count)s letters.", count=LONGEST_LINE)
    typed.found["tasks"] = tasks
    _choice(typed, "sector", SECTORS, _("Choose the sector."))


def _times(typed: Typed, asker: Asker, values: Mapping[str, str]) -> None:
    first = _day(typed, "starts_on")
    if first is not None and not asker.today <= first <= asker.today + FURTHEST:
        typed.errors["starts_on"] = _("Choose a day from today on, at most a year ahead.")
    _whole(typed, "weeks", 1, MOST_WEEKS, _("Fill in for how many weeks, from 1 to %(most)s.", most=MOST_WEEKS))
    _whole(typed, "places", 1, MOST_PLACES, _("Fill in for how many people, from 1 to %(most)s.", most=MOST_PLACES))
    pattern, errors = read_week(typed.said)
    typed.errors |= errors
    typed.found |= {"pattern": pattern, "weekly_minutes": sum(day.minutes for day in planned_days(pattern)) if not errors else 0}
    if not typed.errors:
        _not_too_long(typed, asker)


def _not_too_long(typed: Typed, asker: Asker) -> None:
    """How long is a hard limit: told here, while it can still be changed, and not only by the official who has to refuse it."""
    first, weeks, minutes = (typed.found[name] for name in ("starts_on", "weeks", "weekly_minutes"))
    until = asker.last_day(first, minutes)
    if until is None or first + timedelta(weeks=weeks, days=-1) <= until:
        return
    most = ((until - first).days + 1) // 7
    typed.errors["weeks"] = ngettext(
        "With %(hours)s a week it lasts at most %(num)s week.", "With %(hours)s a week it lasts at most %(num)s weeks.", most, hours=duration_words(minutes)
    )  # fmt: skip


def _help(typed: Typed, asker: Asker, values: Mapping[str, str]) -> None:
    _choice(typed, "guide_id", asker.guides, _("Choose who helps. It is somebody by name, at work at those times."))
    if "guide_id" in typed.found:
        typed.found["guide_id"] = uuid.UUID(typed.found["guide_id"])
    _line(typed, "guide_note", "")


def _learn(typed: Typed, asker: Asker, values: Mapping[str, str]) -> None:
    _line(typed, "learn", _("Write what somebody can learn here."), longest=LONGEST_TEXT)
    _yes_no(typed, "paid_work")


def _terms(typed: Typed, asker: Asker, values: Mapping[str, str]) -> None:
    _tariff(typed, asker, values)
    _staff(typed, asker)
    typed.found["let_go_on"] = None
    if _yes_no(typed, "let_go"):
        _past_day(typed, "let_go_on", asker.today)
    _choice(typed, "vacancy", ("no", "open", "was"), _("Choose an answer."))
    typed.found |= {"vacancy": typed.said["vacancy"] in ("open", "was"), "vacancy_until": None}
    if typed.said["vacancy"] == "was":
        _past_day(typed, "vacancy_until", asker.today)
    for name in ("replaces_paid_hours", "staff_consulted"):
        _yes_no(typed, name)
    _line(typed, "insurance", _("Fill in the number of the policy, or where the proof is kept."))
    typed.found |= {"end_client": "", "agency_tariff_cents": None}
    if asker.is_agency:
        _line(typed, "end_client", _("Fill in where somebody really works."))
        _euros(typed, "agency_tariff", "agency_tariff_cents")


def _tariff(typed: Typed, asker: Asker, values: Mapping[str, str]) -> None:
    _euros(typed, "tariff", "tariff_cents")
    try:
        first = date.fromisoformat(values.get("starts_on", ""))
    except ValueError:
        first = asker.today
    floor = asker.floor_cents(first)
    if "tariff" not in typed.errors and floor is not None and typed.found["tariff_cents"] < floor:
        typed.errors["tariff"] = _("The tariff is at least %(amount)s an hour on that day.", amount=euro_words(floor))


def _staff(typed: Typed, asker: Asker) -> None:
    """Not known is allowed: the municipality asks on. A number has the day it was counted."""
    typed.found |= {"staff_count": None, "staff_counted_on": None}
    if not typed.said["staff_count"]:
        return
    _whole(typed, "staff_count", 0, MOST_STAFF, _("Fill in how many people work here, for example 38."))
    typed.said["staff_counted_on"] = typed.said["staff_counted_on"] or asker.today.isoformat()
    _past_day(typed, "staff_counted_on", asker.today)


def read_staff(values: Mapping[str, str], today: date) -> tuple[dict[str, str], tuple[int, date], dict[str, str]]:
    """A number of staff with its day, alone: as typed, as values, and what is wrong by field."""
    typed = Typed({name: values.get(name, "").strip()[:LONGEST_LINE] for name in ("staff_count", "staff_counted_on")})
    _whole(typed, "staff_count", 0, MOST_STAFF, _("Fill in how many people work here, for example 38."))
    _past_day(typed, "staff_counted_on", today)
    return typed.said, (typed.found.get("staff_count", 0), typed.found.get("staff_counted_on", today)), typed.errors


READERS: dict[str, Callable[[Typed, Asker, Mapping[str, str]], None]] = {
    "work": _work,
    "times": _times,
    "help": _help,
    "learn": _learn,
    "terms": _terms,
}


# fields -----------------------------------------------------------------------------------------


def _line(typed: Typed, name: str, wrong: str, longest: int = LONGEST_LINE) -> None:
    """`wrong`: what to say when it is left empty; empty itself where that is allowed."""
    typed.found[name] = typed.said[name]
    if len(typed.said[name]) > longest:
        typed.errors[name] = _("Write at most %(count)s letters.", count=longest)
    elif wrong and not typed.said[name]:
        typed.errors[name] = wrong


def _choice(typed: Typed, name: str, among: Any, wrong: str) -> None:
    if typed.said[name] in among:
        typed.found[name] = typed.said[name]
    else:
        typed.errors[name] = wrong


def _yes_no(typed: Typed, name: str) -> bool:
    _choice(typed, name, ("yes", "no"), _("Choose yes or no."))
    typed.found[name] = typed.said[name] == "yes"
    return bool(typed.found[name])


def _whole(typed: Typed, name: str, least: int, most: int, wrong: str) -> None:
    text = typed.said[name]
    if text.isascii() and text.isdigit() and len(text) < 9 and least <= int(text) <= most:
        typed.found[name] = int(text)
    else:
        typed.errors[name] = wrong


def _euros(typed: Typed, name: str, found: str) -> None:
    try:
        typed.found[found] = cents_of(typed.said[name])
        if 0 < typed.found[found] <= 1_000_000:
            return
    except ValueError:
        pass
    typed.errors[name] = _("Fill in an amount an hour, for example 19,50.")


def _day(typed: Typed, name: str) -> date | None:
    try:
        day = date.fromisoformat(typed.said[name])
        if 2000 <= day.year <= 2100:
            typed.found[name] = day
            return day
    except ValueError:
        pass
    typed.errors[name] = _("Fill in a day, for example 2026-04-06.")
    return None


def _past_day(typed: Typed, name: str, today: date) -> None:
    day = _day(typed, name)
    if day is not None and day > today:
        typed.errors[name] = _("This day has not come yet.")


# a week -----------------------------------------------------------------------------------------


def read_week(typed: Mapping[str, str]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """For each weekday start, stop and break; a weekday left empty is free. The plan, and what is wrong by field `start_0` to `start_6`."""
    errors: dict[str, str] = {}
    pattern: list[dict[str, Any]] = []
    for day in range(7):
        start, stop, pause = (typed.get(f"{what}_{day}", "") for what in ("start", "stop", "break"))
        if not start and not stop and pause in ("", "0"):
            continue
        try:
            pattern.append({"weekday": day, "start": clock(start, is_stop=False), "stop": clock(stop), "break": break_minutes(pause)})
        except ValueError:
            errors[f"start_{day}"] = _("Fill in two times, for example 08:30 and 13:00, and the break in minutes.")
    if not pattern and not errors:
        errors["start_0"] = _("Fill in at least one day.")
    for planned in pattern:
        if not 0 < planned_days([planned])[0].minutes <= LONGEST_SHIFT_MINUTES:
            errors[f"start_{planned['weekday']}"] = _("A shift is at most 16 hours, and longer than its break.")
    if not errors and sum(one.minutes for one in planned_days(pattern)) > LONGEST_WEEK_MINUTES:
        errors["start_0"] = _("Nobody works more than 60 hours a week.")
    for weekday in overlapping(planned_days(pattern)):
        errors.setdefault(f"start_{weekday}", _("The night before is not over yet at that time."))
    return pattern, errors


def overlapping(days: Sequence[PlannedDay]) -> list[int]:
    """The weekdays whose shift begins before the one of the day before has stopped; after Sunday night comes Monday."""
    by_weekday = {day.weekday: day for day in days}
    found = []
    for weekday, day in by_weekday.items():
        before = by_weekday.get((weekday - 1) % 7)
        if before is not None and before.stop <= before.start and day.start < before.stop:
            found.append(weekday)
    return found


def clock(text: str, *, is_stop: bool = True) -> str:
    """08:30 from 830, 8.30, 8u30 or 8:30. Raises ValueError."""
    return f"{clock_time(text, is_stop=is_stop):%H:%M}"
