"""Five milestones, and what follows from them: pure, dated, explainable. A signal asks somebody to look; it decides nothing.

The numbers are terms (`readiness`): choices of design, no norms. No official threshold for "ready for work" exists
(law/domain part 5). What is not known is said to be not known: "too little data" is an outcome, not a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from webapp.growth.rubric import BEHAVIOURS, ON_OWN, WEEK
from webapp.terms.shapes import Readiness

VERSION = 1  # of these rules; stands in every signal
RHYTHM, INDEPENDENCE, TASKS, EMPLOYER, OWN_VIEW = MILESTONES = ("rhythm", "independence", "tasks", "employer", "own_view")
MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
LEAST_SHIFTS = 4  # planned in the weeks that are looked at: fewer say nothing about a rhythm
DECISIVE = ("regular_job", "talk_first", "not_yet")


Numbers = Readiness  # of the terms of the day


class Rating(NamedTuple):
    """What one observer said on one day. Empty or None: not asked, or left open."""

    given_on: date
    observer: Any
    help: str = ""
    item: str = ""
    level: int | None = None
    hire: str = ""


class Own(NamedTuple):
    """What the participant said themselves."""

    given_on: date
    ready: str


class Attendance(NamedTuple):
    """Planned shifts of some full weeks, and how many of them were worked."""

    planned: int
    kept: int


class Career(NamedTuple):
    """What is known of one placement. `ratings`, `own`: oldest first. `attendance`: of the full weeks before this one, then of those a week earlier, and so on."""

    starts_on: date
    ratings: Sequence[Rating]
    own: Sequence[Own]
    tasks: int
    shown: Sequence[date]
    attendance: Sequence[Attendance]


class Point(NamedTuple):
    """One milestone on one day: met, not met or not known, and the facts that say so, as plain values."""

    name: str
    state: str
    facts: dict[str, Any]


class Verdict(NamedTuple):
    """How the milestones stand. `ready`: so many held for so long, and nothing is missing. `missing`: what is, by name."""

    points: list[Point]
    ready: bool
    missing: list[str]


def rhythm(career: Career, day: date, weeks_back: int, numbers: Numbers) -> Point:
    """Worked as planned for some full weeks. Attendance is minutes nowhere: a shift was worked or it was not."""
    seen = career.attendance[weeks_back] if weeks_back < len(career.attendance) else Attendance(0, 0)
    monday = day - timedelta(days=day.weekday())
    facts: dict[str, Any] = {"planned": seen.planned, "kept": seen.kept, "weeks": numbers.attendance_weeks}
    if seen.planned < LEAST_SHIFTS or career.starts_on > monday - numbers.attendance_weeks * WEEK:
        return Point(RHYTHM, UNKNOWN, facts)
    return Point(RHYTHM, MET if seen.kept * 10_000 >= seen.planned * numbers.attendance_basis_points else NOT_MET, facts)


def independence(ratings: Sequence[Rating], day: date, numbers: Numbers) -> Point:
    """Little help for some weeks in a row, no behaviour below the lowest level, and enough of them without help.

    It rests on two observers, or on observations at least so many weeks apart: one look of one person is too little.
    """
    helps = [rating for rating in ratings if rating.help][-numbers.help_weeks :]
    latest = latest_levels(ratings)
    own = sum(rating.level == ON_OWN for rating in latest.values())
    facts: dict[str, Any] = {
        "weeks": little_weeks(ratings),
        "rated": len(latest),
        "on_own": own,
        "observers": len({rating.observer for rating in ratings}),
    }
    if len(helps) < numbers.help_weeks or len(latest) < numbers.on_own or not wide_enough(ratings, numbers) or silent(ratings, day, numbers):
        return Point(INDEPENDENCE, UNKNOWN, facts)
    low = [item for item, rating in latest.items() if (rating.level or 0) < numbers.lowest_level]
    good = all(rating.help == "little" for rating in helps) and not low and own >= numbers.on_own
    return Point(INDEPENDENCE, MET if good else NOT_MET, {**facts, "low": sorted(low, key=BEHAVIOURS.index)})


def latest_levels(ratings: Sequence[Rating]) -> dict[str, Rating]:
    """The last rating of each behaviour that has one."""
    return {rating.item: rating for rating in ratings if rating.item}


def little_weeks(ratings: Sequence[Rating]) -> int:
    """For how many answers in a row, up to the last, almost no help was needed."""
    count = 0
    for rating in reversed(ratings):
        if rating.help and rating.help != "little":
            break
        count += rating.help == "little"
    return count


def wide_enough(ratings: Sequence[Rating], numbers: Numbers) -> bool:
    if not ratings:
        return False
    return (
        len({rating.observer for rating in ratings}) >= numbers.observers or ratings[-1].given_on - ratings[0].given_on >= numbers.apart_weeks * WEEK
    )


def silent(ratings: Sequence[Rating], day: date, numbers: Numbers) -> bool:
    """Nobody said anything lately: then there is too little to go by."""
    return not ratings or day - ratings[-1].given_on > numbers.silent_weeks * WEEK


def tasks(career: Career, day: date, numbers: Numbers) -> Point:
    shown = sum(on <= day for on in career.shown)
    facts = {"shown": shown, "tasks": career.tasks}
    if not career.tasks:
        return Point(TASKS, UNKNOWN, facts)
    return Point(TASKS, MET if shown * 10_000 >= career.tasks * numbers.tasks_basis_points else NOT_MET, facts)


def employer(ratings: Sequence[Rating], day: date, numbers: Numbers) -> Point:
    """The last answer to "would you hire this person?", while it is fresh."""
    last = next((rating for rating in reversed(ratings) if rating.hire), None)
    if last is None or day - last.given_on > numbers.fresh_weeks * WEEK:
        return Point(EMPLOYER, UNKNOWN, {})
    return Point(EMPLOYER, MET if last.hire == "yes" else NOT_MET, {"said": last.hire, "on": last.given_on.isoformat()})


def own_view(own: Sequence[Own], day: date, numbers: Numbers) -> Point:
    last = own[-1] if own else None
    if last is None or day - last.given_on > numbers.fresh_weeks * WEEK:
        return Point(OWN_VIEW, UNKNOWN, {})
    return Point(OWN_VIEW, MET if last.ready == "yes" else NOT_MET, {"said": last.ready, "on": last.given_on.isoformat()})


def milestones(career: Career, day: date, numbers: Numbers, weeks_back: int = 0) -> list[Point]:
    """The five milestones as they were on a day, by what was known then. `weeks_back`: how long ago that day is."""
    ratings = career.ratings if not weeks_back else [rating for rating in career.ratings if rating.given_on <= day]
    own = career.own if not weeks_back else [said for said in career.own if said.given_on <= day]
    return [
        rhythm(career, day, weeks_back, numbers), independence(ratings, day, numbers), tasks(career, day, numbers),
        employer(ratings, day, numbers), own_view(own, day, numbers),
    ]  # fmt: skip


def verdict(career: Career, today: date, numbers: Numbers) -> Verdict:
    """How somebody stands today, and whether it is time that a case manager looks.

    `missing`: "attendance", "milestones", "held", "data". Rhythm guards whatever the number of milestones needed is.
    """
    points = milestones(career, today, numbers)
    missing = []
    if silent(career.ratings, today, numbers) or points[1].state == UNKNOWN:
        missing.append("data")
    if points[0].state != MET:
        missing.append("attendance")
    if met(points) < numbers.milestones_needed:
        missing.append("milestones")
    elif not all(met(milestones(career, today - back * WEEK, numbers, back)) >= numbers.milestones_needed for back in range(1, numbers.held_weeks)):
        missing.append("held")
    return Verdict(points, not missing, missing)


def met(points: Sequence[Point]) -> int:
    return sum(point.state == MET for point in points)


def limit_reached(starts_on: date, last_day: date, today: date, percents: Sequence[int]) -> int | None:
    """The highest of these shares of the longest time that has passed, in percent; None before the first.

    >>> limit_reached(date(2026, 1, 1), date(2026, 1, 10), date(2026, 1, 8), [50, 75, 100])
    75
    """
    days, used = (last_day - starts_on).days + 1, (today - starts_on).days + 1
    return max((percent for percent in percents if used * 100 >= percent * days), default=None)


def no_growth(career: Career, today: date, numbers: Numbers) -> bool:
    """Whether, with enough feedback, nothing grew for some weeks: no level rose, no less help, no new task. Not for who needs no help already."""
    since = today - numbers.no_growth_weeks * WEEK
    before = [rating for rating in career.ratings if rating.given_on <= since]
    after = [rating for rating in career.ratings if rating.given_on > since]
    if career.starts_on > since or not before or len(after) < numbers.help_weeks or any(on > since for on in career.shown):
        return False
    known = latest_levels(before)
    rose = any(rating.item in known and (rating.level or 0) > (known[rating.item].level or 0) for rating in after if rating.item)
    helps = [HELP_ORDER[rating.help] for rating in after if rating.help]
    was = next((HELP_ORDER[rating.help] for rating in reversed(before) if rating.help), None)
    if not helps or was is None or was == HELP_ORDER["little"]:
        return False
    return not rose and max(helps) <= was


HELP_ORDER = {"much": 0, "some": 1, "little": 2}


def red_answers(ratings: Sequence[Sequence[str]]) -> int:
    """How many of these answers about a workplace are red."""
    return sum(answer == "bad" for rating in ratings for answer in rating)


def in_a_row(decisions: Sequence[str], wanted: str) -> int:
    """How often, up to the last, this was decided without anything else between. A colleague's look is part of its decision.

    >>> in_a_row(["regular_job", "not_yet", "colleague_agrees", "not_yet"], "not_yet")
    2
    """
    count = 0
    for decision in reversed([decision for decision in decisions if decision in DECISIVE]):
        if decision != wanted:
            break
        count += 1
    return count


class NotNow(Exception):
    """Somebody decided already, and otherwise; or this is not theirs to decide."""


class NoReason(Exception):
    """A decision was made without words."""
