"""Whoever does what to placements, in whatever order, while days pass: V2 and the limit hold, and nothing runs undecided."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from tests import factories as make
from webapp.foundation.clock import day_of
from webapp.foundation.database import Database, make_engine
from webapp.foundation.settings import DEMO_SECRET
from webapp.hours import actions as hours
from webapp.hours.times import TypedWrong, shift
from webapp.offers.models import Offer
from webapp.offers.rules import Answer, OfferGone
from webapp.offers.seal import Sealer
from webapp.people.employers import Establishment
from webapp.people.person import Person, signed_in_person
from webapp.placements import absences, actions, agreements, assessing, course, rules
from webapp.placements.assessing import Blocked
from webapp.placements.models import Placement, PlannedShift
from webapp.placements.records import AgreementSignature, PlacementChange, PlacementPause
from webapp.requests.models import WorkRequest, planned_days
from webapp.safeguards.actions import AlreadySigned, CannotBeJudged, judge, restrict, sign
from webapp.safeguards.rules import NotKeptApart
from webapp.verify import Fault, faults
from webapp.watch import apply_changed_hours, end_placements, follow_floors, keep_limits, look_for_displacement

REFUSED = (
    rules.MayNotStart, rules.TooLateToStop, rules.PastLimit, rules.Wrong, rules.NotToday, course.AlreadyRecorded, course.NotRunning, agreements.Changed,
    agreements.Closed, OfferGone, Blocked, NotKeptApart, AlreadySigned, CannotBeJudged, hours.NotInPlacement, hours.Overlaps, hours.Stale, TypedWrong,
)  # fmt: skip
WEEKS = {
    "short": [{"weekday": day, "start": "09:00", "stop": "13:00", "break": 0} for day in range(3)],
    "exactly": [{"weekday": day, "start": "09:00", "stop": "16:00", "break": 0} for day in range(4)],
    "long": [{"weekday": day, "start": "09:00", "stop": "16:00", "break": 0} for day in range(5)],
    "night": [{"weekday": day, "start": "22:00", "stop": "06:00", "break": 30} for day in (5, 6)],
}
PEOPLE = ("participant", "other_participant", "supervisor", "case_manager", "colleague")
offsets = st.integers(-3, 40)


def broken(database: Database) -> list[Fault]:
    """What `verify` finds, without V7: what the tests themselves made has no history."""
    return [fault for fault in faults(database) if fault.rule != "V7"]


def months_later(day: date, months: int) -> date:
    """Written out once more: the last day of so many months."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in range(day.day, 0, -1):
        with suppress(ValueError):
            return date(year, month + 1, last) - timedelta(days=1)
    raise AssertionError


class Course(RuleBasedStateMachine):
    """Two participants, one supervisor, one case manager, and a clock that only goes forward."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.mkdtemp()
        file = Path(self.folder) / "any.sqlite"
        shutil.copy(self.template, file)
        self.database = Database(make_engine(f"sqlite:///{file}"))
        world = self.world = make.world(self.database)
        self.now, self.sealer = make.NOW, Sealer(DEMO_SECRET)
        self.terms = make.terms(self.database, world.municipality_id)
        self.people: dict[str, Person] = {}
        for name in PEOPLE:
            with self.database.transaction() as db:
                key = make.start_sign_in(db, getattr(world, name), now=self.now).id
                person = signed_in_person(db, key, self.now, make.TODAY)
            assert person is not None
            self.people[name] = person
        for pattern in WEEKS.values():
            work = make.work_request(
                self.database, world.establishment, world.supervisor, pattern=pattern, starts_on=make.TODAY + timedelta(days=2), weeks=20
            )
            make.offer(self.database, work, world.other_participant, world.case_manager, closes_at=make.NOW + timedelta(days=400), status="closed",
                       sealed=self.sealer.seal("no", uuid.UUID(int=0)))  # fmt: skip
        with self.database.transaction() as db:
            for offer in db.execute(select(Offer).where(Offer.__table__.c.status == "closed")).scalars():  # type: ignore[attr-defined]
                offer.sealed = self.sealer.seal("no", offer.id)  # one's own no can be taken back at any time

        for number, started in enumerate((True, False, True, True)):  # so that walks begin where most can happen; they may all be undone
            self.answer(number, Answer.YES)
            if started:
                self.start(number + 1, paper=True, insured=0, reason="Past.")

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.engine.dispose()
            shutil.rmtree(self.folder, ignore_errors=True)

    def act(self, what: Callable[[Session, Placement], Any], number: int) -> None:
        """One action on one of the placements, in a transaction of its own; a refusal leaves nothing behind."""
        with suppress(*REFUSED), self.database.transaction() as db:
            found = db.execute(select(Placement).order_by(Placement.__table__.c.id)).scalars().all()  # type: ignore[attr-defined]
            what(db, found[number % len(found)])

    @property
    def today(self) -> date:
        return day_of(self.now)

    def whose(self, placement: Placement) -> Person:
        return next(person for person in self.people.values() if person.id == placement.participant_id)

    @rule(number=st.integers(0, 3), said=st.sampled_from((Answer.YES, Answer.YES, Answer.NO, Answer.UNDO)))
    def answer(self, number: int, said: Answer) -> None:
        with suppress(*REFUSED), self.database.transaction() as db:
            offers = (
                db.execute(
                    select(Offer).where(Offer.__table__.c.participant_id == self.people["other_participant"].id).order_by(Offer.__table__.c.id)
                )
                .scalars()
                .all()
            )  # type: ignore[attr-defined]
            actions.answer(
                db,
                offers[number],
                said,
                by=self.people["other_participant"],
                case_manager_id=self.people["case_manager"].id,
                sealer=self.sealer,
                now=self.now,
            )

    @rule(number=st.integers(0, 4), who=st.sampled_from(("whose", "supervisor", "case_manager")), back=st.booleans(), stale=st.booleans())
    def sign(self, number: int, who: str, back: bool, stale: bool) -> None:
        def what(db: Session, placement: Placement) -> None:
            by = self.whose(placement) if who == "whose" else self.people[who]
            if back:
                agreements.take_back(db, placement, by=by, now=self.now)
            else:
                found = agreements.document(db, placement, self.terms)
                agreements.sign(db, placement, "0" * 64 if stale else found.digest, terms=self.terms, by=by, now=self.now)

        self.act(what, number)

    @rule(number=st.integers(0, 4), paper=st.booleans(), insured=st.integers(-1, 1), reason=st.sampled_from(("Past.", "")))
    def start(self, number: int, paper: bool, insured: int, reason: str) -> None:
        def what(db: Session, placement: Placement) -> None:
            signed = self.today if paper else agreements.document(db, placement, self.terms).complete_on
            prepared = rules.Preparation(reason, signed, placement.starts_on + timedelta(days=insured), "Polis 1")
            actions.start(db, placement, prepared, by=self.people["case_manager"], now=self.now)

        self.act(what, number)

    @rule(number=st.integers(0, 4))
    def refuse(self, number: int) -> None:
        def what(db: Session, placement: Placement) -> None:
            offer = db.get(Offer, placement.offer_id)
            assert offer is not None
            actions.refuse(db, placement, offer, by=self.people["case_manager"], sealer=self.sealer, now=self.now)

        self.act(what, number)

    @rule(number=st.integers(0, 4), days=st.integers(-3, 200))
    def stop(self, number: int, days: int) -> None:
        self.act(
            lambda db, placement: actions.stop(
                db,
                placement,
                self.today + timedelta(days=days),
                reason="",
                by=self.whose(placement),
                case_manager_id=self.people["case_manager"].id,
                now=self.now,
            ),
            number,
        )

    @rule(number=st.integers(0, 4), days=offsets, week=st.sampled_from(list(WEEKS)))
    def change(self, number: int, days: int, week: str) -> None:
        self.act(
            lambda db, placement: course.change_hours(
                db,
                placement,
                uuid.uuid4(),
                self.today + timedelta(days=days),
                WEEKS[week],
                reason="Wens",
                by=self.people["case_manager"],
                terms=self.terms,
                now=self.now,
            ),
            number,
        )

    @rule(number=st.integers(0, 4), days=st.integers(0, 10), length=st.integers(-1, 20))
    def pause(self, number: int, days: int, length: int) -> None:
        first = self.today + timedelta(days=days)
        asked = rules.Pause(first, first + timedelta(days=length))
        self.act(
            lambda db, placement: course.pause(
                db, placement, uuid.uuid4(), asked, wished_by="participant", reason="", by=self.people["case_manager"], now=self.now
            ),
            number,
        )

    @rule(number=st.integers(0, 4))
    def resume(self, number: int) -> None:
        def what(db: Session, placement: Placement) -> None:
            for found in db.execute(select(PlacementPause).where(PlacementPause.__table__.c.placement_id == placement.id)).scalars().all():  # type: ignore[attr-defined]
                course.resume(db, placement, found, by=self.people["case_manager"], now=self.now)

        self.act(what, number)

    @rule(number=st.integers(0, 4), days=offsets, outcome=st.sampled_from(("contract", "back")), records=st.integers(0, 1))
    def end(self, number: int, days: int, outcome: str, records: int) -> None:
        last = self.today + timedelta(days=days)
        self.act(
            lambda db, placement: course.end(
                db, placement, outcome=outcome, reason="Zo.", last=last, number=records, by=self.people["case_manager"], now=self.now
            ),
            number,
        )

    @rule(number=st.integers(0, 4), back=st.integers(-1, 14), night=st.booleans())
    def write_hours(self, number: int, back: int, night: bool) -> None:
        start, stop = (make.time(22), make.time(7)) if night else (make.time(9), make.time(13))

        def what(db: Session, placement: Placement) -> None:
            worked = shift(self.today - timedelta(days=back), start, stop, 0)
            hours.log(db, uuid.uuid4(), None, placement, worked, version=0, by=self.whose(placement), now=self.now)

        self.act(what, number)

    @rule(number=st.integers(0, 4), after_all=st.booleans())
    def cannot_come(self, number: int, after_all: bool) -> None:
        def what(db: Session, placement: Placement) -> None:
            table = PlannedShift.__table__  # type: ignore[attr-defined]
            for planned in db.execute(select(PlannedShift).where(table.c.placement_id == placement.id, table.c.day == self.today)).scalars().all():
                if after_all:
                    absences.can_come(db, placement, planned, by=self.whose(placement), now=self.now)
                else:
                    absences.cannot_come(db, placement, planned, reason="sick", words="", by=self.whose(placement), now=self.now)

        self.act(what, number)

    @rule(people=st.sampled_from((None, 0, 1, 9, 60)))
    def count_staff(self, people: int | None) -> None:
        with self.database.transaction() as db:
            place = db.get(Establishment, self.world.establishment.id)
            assert place is not None
            place.staff_count, place.staff_counted_on = people, self.today if people is not None else None
            db.add(place)

    @rule(days=st.integers(0, 30))
    def restrict(self, days: int) -> None:
        with suppress(IntegrityError), self.database.transaction() as db:
            restrict(
                db, self.world.establishment.employer_id, reason="Geen begeleiding.", evidence="Gesprek", starts_on=self.today,
                ends_on=self.today + timedelta(days=days), by=self.people["case_manager"], now=self.now,
            )  # fmt: skip

    @rule(number=st.integers(0, 4), agrees=st.booleans(), himself=st.booleans())
    def judge(self, number: int, agrees: bool, himself: bool) -> None:
        def what(db: Session, placement: Placement) -> None:
            work = db.get(WorkRequest, placement.request_id)
            assert work is not None
            tested = assessing.run(db, work, self.terms, day=self.today, placement=placement)
            kept = assessing.keep_tested(db, work, tested, occasion="started", placement=placement, by=self.people["case_manager"], now=self.now)
            reasons = {finding.item: ("Zo.", "") for finding in tested.in_the_way}
            judge(db, kept, reasons, by=self.people["case_manager"], now=self.now)
            sign(db, kept.id, agrees=agrees, by=self.people["case_manager" if himself else "colleague"], now=self.now)

        self.act(what, number)

    @rule(days=st.sampled_from((1, 2, 5, 9, 45)), night=st.booleans())
    def days_pass(self, days: int, night: bool) -> None:
        self.now += timedelta(days=days)
        if not night:
            return  # the clockwork may be late
        for work in (apply_changed_hours, follow_floors, end_placements, keep_limits, look_for_displacement):
            with self.database.transaction() as db:
                work(db, self.world.municipality_id, self.terms, self.sealer, self.now)

    @invariant()
    def nothing_is_broken(self) -> None:
        if not hasattr(self, "world"):
            return
        assert broken(self.database) == []
        with self.database.transaction() as db:
            for placement in db.execute(select(Placement)).scalars().all():
                if placement.status not in ("running", "ended") or placement.id == self.world.placement.id:
                    continue
                assert placement.decided_by == self.people["case_manager"].id
                assert placement.ends_on <= months_later(placement.starts_on, self.months(db, placement)), placement
                assert placement.insured_from is not None and placement.insured_from <= placement.starts_on
                table = AgreementSignature.__table__  # type: ignore[attr-defined]
                signed = (
                    db.execute(select(table.c.party).where(table.c.placement_id == placement.id, table.c.taken_back_at.is_(None))).scalars().all()
                )
                assert placement.agreement_signed_on is not None or len(set(signed)) == 3

    def months(self, db: Session, placement: Placement) -> int:
        """By every week that was ever agreed for a day of it: 28 hours or more is three months."""
        table = PlacementChange.__table__  # type: ignore[attr-defined]
        changed = db.execute(
            select(table.c.valid_from, table.c.weekly_minutes, table.c.minutes_before).where(table.c.placement_id == placement.id)
        ).all()
        weeks = (
            [sum(day.minutes for day in planned_days(placement.pattern))] if not any(row.valid_from <= placement.starts_on for row in changed) else []
        )
        weeks += itertools.chain.from_iterable((row[1],) if row.valid_from <= placement.starts_on else row[1:] for row in changed)
        return 3 if max(weeks) >= 28 * 60 else 6


def test_no_sequence_of_actions_breaks_a_placement(empty_file: Path) -> None:
    Course.template = empty_file
    run_state_machine_as_test(
        Course,
        settings=settings(
            max_examples=15, stateful_step_count=40, deadline=None, phases=(Phase.generate,), database=None, suppress_health_check=list(HealthCheck)
        ),
    )


# races: really at the same moment ---------------------------------------------------------------


def at_once(*acts: Callable[[], Any]) -> list[int]:
    start, codes = threading.Barrier(len(acts)), [0] * len(acts)

    def run(number: int) -> None:
        start.wait()
        codes[number] = acts[number]().status_code

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes


def test_stop_and_end_at_once_leave_one_last_day(world: make.World, as_person: Any, session: Session) -> None:
    selam, marieke = as_person(world.participant), as_person(world.case_manager)
    address, in_a_week = f"/placements/{world.placement.id}", (make.TODAY + timedelta(days=7)).isoformat()

    codes = at_once(
        lambda: selam.post(f"{address}/stop", {"last_day": make.TODAY.isoformat()}),
        lambda: marieke.post(f"{address}/end", {"end_day": in_a_week, "outcome": "back", "end_reason": "Samen besloten.", "number": "0"}),
    )

    assert codes in ([303, 303], [303, 422])  # whoever ends first makes a later day impossible, never a longer placement
    assert broken(world.database) == []


def test_two_changes_of_one_day_at_once_leave_one(world: make.World, as_person: Any, session: Session) -> None:
    visitors = [as_person(world.case_manager) for _ in range(2)]
    day = (make.TODAY + timedelta(days=8)).isoformat()

    def change(number: int) -> Any:
        form = {"id": str(uuid.uuid4()), "valid_from": day, "reason": "Wens", "start_0": "09:00", "stop_0": f"1{number}:00", "break_0": "0"}
        return visitors[number].post(f"/placements/{world.placement.id}/changes", form)

    assert sorted(at_once(lambda: change(0), lambda: change(1))) == [303, 409]
    assert len(session.execute(select(PlacementChange)).scalars().all()) == 1
    assert broken(world.database) == []


def test_signing_while_the_case_manager_calls_it_off_leaves_no_half_agreement(world: make.World, as_person: Any, session: Session) -> None:
    from tests.placements.test_agreement import digest
    from tests.placements.test_placements import accepted, now_of

    placement = accepted(world)
    yusuf, marieke = as_person(world.other_participant), as_person(world.case_manager)
    form = {"digest": digest(yusuf.get(f"/placements/{placement.id}/agreement"))}

    codes = at_once(
        lambda: yusuf.post(f"/placements/{placement.id}/agreement/signature", form),
        lambda: marieke.post(f"/placements/{placement.id}/preparation", {"refuse": "1"}),
    )

    assert codes[0] in (303, 404, 409) and codes[1] == 303
    assert now_of(session, placement).status == "cancelled"


def test_start_and_taking_back_at_once_never_start_what_was_taken_back(world: make.World, as_person: Any, session: Session) -> None:
    from tests.placements.test_agreement import agree, start
    from tests.placements.test_placements import accepted, now_of

    placement = accepted(world)
    visitors = [as_person(getattr(world, side)) for side in ("other_participant", "supervisor", "case_manager")]
    for visitor in visitors:
        agree(visitor, placement)

    codes = at_once(lambda: start(visitors[2], placement), lambda: visitors[0].post(f"/placements/{placement.id}/agreement/signature/withdrawal"))

    session.rollback()
    standing = [one.taken_back_at is None for one in session.execute(select(AgreementSignature)).scalars().all()]
    running = now_of(session, placement).status == "running"
    assert (running, all(standing), codes) in ((True, True, [303, 409]), (False, False, [422, 303]))
