"""How well the readiness signal finds who is ready, and what looking at everybody costs: python -m tests.benchmarks.careers

Made-up careers of which the truth is known: somebody learns, and from some week on could do a regular job, or never.
What a supervisor tells is that truth seen through noise, and often nothing is told. Printed: of the signals, how many
came to somebody who was ready (precision); of those who became ready in time, how many got one (recall); and how long
it took. With --cost FILE: the nightly run over ten thousand careers beside its own SQL alone.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import time
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import insert

from webapp.growth import rubric, rules
from webapp.growth.rules import Attendance, Career, Own, Rating
from webapp.terms.shapes import Readiness

BASE: dict[str, Any] = {
    "milestones_needed": 4, "held_weeks": 3, "attendance_basis_points": 9000, "attendance_weeks": 4, "observers": 2, "apart_weeks": 4, "help_weeks": 3,
    "lowest_level": 3, "on_own": 4, "tasks_basis_points": 8000, "fresh_weeks": 8, "silent_weeks": 3, "no_growth_weeks": 6, "limit_percents": [50, 75, 100],
    "hire_every_weeks": 4, "red_answers": 2, "due_days": 7, "cover_days": 5, "lead_days": 7, "talk_days": 14, "again_weeks": 4, "not_yet_in_a_row": 3,
    "objection_days": 14, "outflow_months": [3, 6], "digest_hour": 8,
}  # fmt: skip
MONDAY = date(2026, 1, 5)
SHIFTS, WEEKS = 4, 26
READY = 0.8  # a regular job goes from here on


class Truth(NamedTuple):
    """Somebody: in which week they could do a regular job (None: never in this placement), and how reliably they come."""

    ready_week: int | None
    top: float  # how far somebody gets in this placement; 0.8 and more is ready
    speed: float  # share of the way that is learned each week
    lenient: float  # how much better, or worse, this supervisor sees them than they are
    presence: float
    answers: float  # how often their supervisor tells something
    asks_own: float  # how often they say something themselves


def people(count: int, chance: random.Random, answers: float) -> Iterator[Truth]:
    """About two of five become ready. Who does not get as far comes a little less often; some stay just below."""
    for _ in range(count):
        top, speed = min(1.0, max(0.3, chance.gauss(0.76, 0.15))), chance.uniform(0.08, 0.3)
        ready = next((week for week in range(WEEKS) if reached(top, speed, week) >= READY), None)
        presence = min(0.995, max(0.5, chance.gauss(0.96 if ready is not None else 0.92, 0.04)))
        yield Truth(ready, top, speed, chance.gauss(0, 0.06), presence, min(1, max(0.1, chance.gauss(answers, 0.15))), 0.15)


def reached(top: float, speed: float, week: int) -> float:
    """What somebody can in a week: fast at first, then slower, never past their top."""
    return top * (1 - 0.6 * (1 - speed) ** week)


def skill(truth: Truth, week: int) -> float:
    return reached(truth.top, truth.speed, week)


def live(truth: Truth, numbers: Readiness, chance: random.Random) -> int | None:
    """The week in which the signal comes, looking once a week; None when it never does."""
    ratings: list[Rating] = []
    own: list[Own] = []
    shown: list[date] = []
    asked: dict[str, date] = {}
    weeks: list[Attendance] = []
    for week in range(WEEKS):
        monday = MONDAY + timedelta(weeks=week)
        friday = monday + timedelta(days=4)
        seen = skill(truth, week) + truth.lenient + chance.gauss(0, 0.07)
        if chance.random() < truth.answers:
            question = rubric.question(asked, monday, first_week=MONDAY, hire_every_weeks=numbers.hire_every_weeks)
            asked[question] = monday
            help = "little" if seen > 0.7 else "some" if seen > 0.4 else "much"
            level = 4 if seen + chance.gauss(0, 0.06) > 0.72 else 3 if seen > 0.45 else 2 if seen > 0.2 else 1
            hire = ("yes" if seen > 0.75 else "maybe" if seen > 0.5 else "no") if question == "hire" else ""
            ratings.append(Rating(friday, "one", help, "" if hire else question, None if hire else level, hire))
            if len(shown) < 5 and chance.random() < seen * 0.45:
                shown.append(friday)
        if chance.random() < truth.asks_own:
            own.append(Own(friday, "yes" if seen > 0.7 else "later"))
        windows = [weeks[max(0, week - back - numbers.attendance_weeks) : max(0, week - back)] for back in range(numbers.held_weeks)]
        attendance = [Attendance(sum(one.planned for one in some), sum(one.kept for one in some)) for some in windows]
        if rules.verdict(Career(MONDAY, ratings, own, 5, shown, attendance), friday, numbers).ready:
            return week
        weeks.append(Attendance(SHIFTS, sum(chance.random() < truth.presence for _ in range(SHIFTS))))
    return None


class Outcome(NamedTuple):
    signals: int
    precision: float
    recall: float
    median_days: float
    ninety_days: float
    early: float


def simulate(count: int, answers: float = 0.75, seed: int = 1, **changed: Any) -> Outcome:
    """How the rule does over so many made-up careers. Ready in the last four weeks is too late to be found, and not counted."""
    numbers, chance = Readiness(**{**BASE, **changed}), random.Random(seed)
    signals = right = findable = found = 0
    delays, early = [], 0
    for truth in people(count, chance, answers):
        came = live(truth, numbers, chance)
        findable += truth.ready_week is not None and truth.ready_week <= WEEKS - 4
        if came is None:
            continue
        signals += 1
        if truth.ready_week is not None and came >= truth.ready_week:
            right += 1
            found += truth.ready_week <= WEEKS - 4
            delays.append(7 * (came - truth.ready_week))
        else:
            early += truth.ready_week is not None and came >= truth.ready_week - 3
    tenths = statistics.quantiles(delays, n=10) if len(delays) > 1 else [0] * 9
    return Outcome(signals, right / max(1, signals), found / max(1, findable), statistics.median(delays or [0]), tenths[8], early / max(1, signals))


VARIANTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("default: 4 of 5, 3 weeks, 90 %", {}),
    ("held 1 week", {"held_weeks": 1}),
    ("held 5 weeks", {"held_weeks": 5}),
    ("3 of 5 milestones", {"milestones_needed": 3}),
    ("5 of 5 milestones", {"milestones_needed": 5}),
    ("attendance 80 %", {"attendance_basis_points": 8000}),
    ("3 behaviours alone", {"on_own": 3}),
    ("3 behaviours alone, held 1 week", {"on_own": 3, "held_weeks": 1}),
    ("supervisor tells every week", {"answers": 0.95}),
    ("supervisor tells every other week", {"answers": 0.5}),
)


def show(count: int) -> None:
    print("| terms | signals | precision | precision, 3 weeks early counted | recall | days late, median | 90 of 100 within |")  # noqa: T201
    print("|---|---|---|---|---|---|---|")  # noqa: T201
    for name, changed in VARIANTS:
        said = simulate(count, **changed)
        row = f"| {name} | {said.signals} | {said.precision:.0%} | {said.precision + said.early:.0%} | {said.recall:.0%} | {said.median_days:.0f} | {said.ninety_days:.0f} |"
        print(row)  # noqa: T201


# what looking at everybody costs --------------------------------------------------------------


def cost(file: Path, count: int = 10_000) -> None:
    """The nightly run over so many running placements, and the same statements on the driver alone."""
    from sqlalchemy import event
    from sqlmodel import select

    from webapp.foundation.clock import day_of, monday_of, now
    from webapp.foundation.database import Database, make_engine
    from webapp.foundation.migrating import upgrade
    from webapp.growth.signals import notice
    from webapp.people.models import Municipality
    from webapp.terms.actions import seed_statutory, terms_of

    engine = make_engine(f"sqlite:///{file}")
    upgrade(engine)
    database, at = Database(engine), now().replace(microsecond=0)
    with database.transaction() as db:
        if db.exec(select(Municipality)).first() is None:
            seed_statutory(db, now=at)
            fill(db, count, monday_of(day_of(at)), at)
    seen: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, given, *_: seen.append((sql, given)))
    for turn in range(3):
        seen.clear()
        began = time.perf_counter()
        with database.transaction() as db:
            municipality = db.exec(select(Municipality)).one()
            assert municipality.id is not None
            raised = notice(db, municipality.id, terms_of(db, municipality.id, municipality.terms_token), now=at + timedelta(minutes=turn))
        ours = time.perf_counter() - began
        reads = [(sql, given) for sql, given in seen if sql.startswith("SELECT") and "history" not in sql]
        driver = sqlite3.connect(file)
        began = time.perf_counter()
        for sql, given in reads:
            driver.execute(sql, given).fetchall()
        floor = time.perf_counter() - began
        driver.close()
        print(f"{count} careers: {ours:.2f} s, its SQL alone {floor:.2f} s, ratio {ours / floor:.2f}, raised {raised}, statements {len(seen)}")  # noqa: T201


def fill(db: Any, count: int, this_week: date, at: Any) -> None:
    """So many people at work for ten weeks, three shifts a week, with feedback, tasks and own views."""
    from webapp.demo import agree_terms
    from webapp.foundation.clock import instant
    from webapp.foundation.settings import DEMO_SECRET
    from webapp.growth.models import Feedback, OwnView, TaskShown
    from webapp.hours.models import HoursEntry
    from webapp.offers.models import Offer
    from webapp.offers.seal import NOTHING_SAID, Sealer
    from webapp.people.employers import Employer, Establishment
    from webapp.people.models import Account, Municipality, ParticipantFile
    from webapp.placements.models import Placement, PlannedShift
    from webapp.requests.models import WorkRequest

    chance = random.Random(2)
    town = Municipality(slug="bench", name="Bench", phone="0100 000 000")
    db.add(town)
    db.flush()
    agree_terms(db, town)
    own = {"municipality_id": town.id}
    manager, guide = (Account(**own, first_name=name, last_name="Bench", created_at=at) for name in ("Marieke", "Jan"))
    db.add_all([manager, guide])
    db.flush()
    firm = Employer(**own, name="Bench", kvk="12345678")
    db.add(firm)
    db.flush()
    place = Establishment(**own, employer_id=firm.id, name="Bench", street="Kasweg 1", town="Bench")
    db.add(place)
    db.flush()
    start = this_week - timedelta(weeks=10)
    pattern = [{"weekday": day, "start": "09:00", "stop": "13:00", "break": 0} for day in (0, 2, 4)]
    work = WorkRequest(
        **own, establishment_id=place.id, guide_id=guide.id, function="Werk", tasks=["a", "b", "c"], pattern=pattern, weekly_minutes=720, starts_on=start, weeks=24,
        places=count, tariff_cents=1950, created_at=at,
    )  # fmt: skip
    db.add(work)
    db.flush()
    sealed = Sealer(DEMO_SECRET).seal(NOTHING_SAID, uuid.uuid4())  # nobody opens these
    piles: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (Account, ParticipantFile, Offer, Placement, PlannedShift, HoursEntry, Feedback, TaskShown, OwnView)
    }
    for number in range(count):
        who, offer, job = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
        truth = next(people(1, chance, 0.8))
        piles[Account].append(
            {
                **own,
                "id": who,
                "first_name": f"Naam{number}",
                "last_name": "Test",
                "created_at": at,
                "email": "",
                "phone": "",
                "language": "nl",
                "theme": "",
                "push_wanted": True,
                "mail_wanted": True,
            }
        )
        piles[ParticipantFile].append({**own, "account_id": who, "case_manager_id": manager.id, "wishes": [], "travels_by": "", "needs": ""})
        piles[Offer].append(
            {
                **own,
                "id": offer,
                "request_id": work.id,
                "participant_id": who,
                "case_manager_id": manager.id,
                "status": "yes",
                "offered_at": at,
                "closes_at": at,
                "sealed": sealed,
            }
        )
        piles[Placement].append(
            {**own, "id": job, "offer_id": offer, "request_id": work.id, "place_number": number + 1, "participant_id": who, "establishment_id": place.id, "supervisor_id": guide.id,
             "function": "Werk", "pattern": pattern, "weekly_minutes": 720, "tariff_cents": 1950, "starts_on": start, "ends_on": start + timedelta(weeks=24), "status": "running",
             "accepted_at": at, "decided_by": manager.id, "decided_on": start, "decision_reason": "Past.", "agreement_signed_on": start, "insured_from": start, "insurance_evidence": "1"}
        )  # fmt: skip
        for week in range(10):
            monday = start + timedelta(weeks=week)
            for weekday in (0, 2, 4):
                day, plan = monday + timedelta(days=weekday), uuid.uuid4()
                starts, stops = instant(day, at.time().replace(hour=9, minute=0)), instant(day, at.time().replace(hour=13, minute=0))
                piles[PlannedShift].append(
                    {
                        **own,
                        "id": plan,
                        "placement_id": job,
                        "participant_id": who,
                        "day": day,
                        "starts_at": starts,
                        "stops_at": stops,
                        "break_minutes": 0,
                    }
                )
                if chance.random() < truth.presence:
                    piles[HoursEntry].append(
                        {**own, "id": uuid.uuid4(), "placement_id": job, "participant_id": who, "establishment_id": place.id, "planned_shift_id": plan, "worked_on": day,
                         "week_of": monday, "starts_at": starts, "stops_at": stops, "break_minutes": 0, "minutes": 240, "status": "confirmed", "version": 2, "certain_minutes": 240, "sent_at": stops,
                         "confirmed_by": guide.id, "confirmed_at": stops, "as_planned": True, "correction_reason": "", "correction_note": "", "dispute_reason": "", "ruling_reason": ""}
                    )  # fmt: skip
            if chance.random() < 0.8:
                seen = skill(truth, week) + chance.gauss(0, 0.09)
                hires = week in (3, 7)
                piles[Feedback].append(
                    {**own, "id": uuid.uuid4(), "placement_id": job, "participant_id": who, "establishment_id": place.id, "observer_id": guide.id, "week_of": monday, "given_at": at,
                     "given_on": monday + timedelta(days=4), "help": "little" if seen > 0.68 else "some", "item": "" if hires else rubric.BEHAVIOURS[week % 7], "level": None if hires else 4 if seen > 0.7 else 3,
                     "hire": ("yes" if seen > 0.74 else "no") if hires else "", "words": "", "skipped": False, "answer": ""}
                )  # fmt: skip
        for task in ("a", "b", "c"):
            if chance.random() < 0.6:
                piles[TaskShown].append(
                    {
                        **own,
                        "id": uuid.uuid4(),
                        "placement_id": job,
                        "participant_id": who,
                        "task": task,
                        "shown_on": start + timedelta(weeks=5),
                        "shown_by": guide.id,
                    }
                )
        piles[OwnView].append(
            {
                **own,
                "id": uuid.uuid4(),
                "participant_id": who,
                "week_of": this_week - timedelta(weeks=2),
                "given_on": this_week - timedelta(weeks=2),
                "feels": "well",
                "ready": "yes",
                "words": "",
            }
        )
        if number % 500 == 499 or number == count - 1:
            for table, rows in piles.items():
                db.execute(insert(table), rows)
                rows.clear()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=4000)
    asked.add_argument("--cost", type=Path)
    chosen = asked.parse_args()
    if chosen.cost:
        cost(chosen.cost)
    else:
        show(chosen.people)


if __name__ == "__main__":
    main()
