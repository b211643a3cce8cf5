"""Synthetic data of a size, to measure with: everything consistent, so that `verify` holds on it.

The letter (Kamerstuk 34 352 nr. 73) gives the middle size: 856 people, 1,096 placements, 144,000 hours, 40 municipalities.
"""

from __future__ import annotations

import random
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlmodel import Session, col

from webapp.demo import agree_terms
from webapp.foundation.clock import day_of, instant, monday_of, now
from webapp.foundation.database import Database
from webapp.foundation.ids import new_id
from webapp.foundation.settings import DEMO_SECRET
from webapp.history.models import HistoryRow
from webapp.history.rules import FIRST, facts_text, row_hash
from webapp.hours.models import HoursEntry
from webapp.notifications.models import Notification
from webapp.offers.models import Offer
from webapp.offers.seal import NOTHING_SAID, Sealer
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account, Membership, Municipality, ParticipantFile
from webapp.permissions import Role
from webapp.placements.models import Placement, PlannedShift
from webapp.premium.models import LedgerLine
from webapp.requests.models import WorkRequest
from webapp.terms.actions import seed_statutory, terms_of

LONG_AGO = date(2020, 1, 1)
SHIFT_HOURS = 4
BATCH = 5_000
PEOPLE_AT_A_PLACE = 10
PATTERN = [{"weekday": day, "start": "08:30", "stop": "13:00", "break": 30} for day in range(5)]
TABLES = (
    Account,
    Membership,
    ParticipantFile,
    Employer,
    Establishment,
    WorkRequest,
    Offer,
    Placement,
    PlannedShift,
    HoursEntry,
    LedgerLine,
    HistoryRow,
    Notification,
)


class Size(NamedTuple):
    """How many municipalities, people known, placements, and hours worked (one shift is four hours).

    `waiting`: shifts of each running placement that wait for the supervisor; a week's work makes fifty on a list.
    """

    municipalities: int
    participants: int
    placements: int
    hours: int
    waiting: int = 5


SIZES = {
    "small": Size(1, 20, 20, 2_000),
    "letter": Size(40, 856, 1_096, 144_000),
    "national": Size(342, 400_000, 76_000, 10_000_000),
}


class Pile:
    """Rows on their way to the database, in batches per table and in the order the tables depend on each other."""

    def __init__(self, db: Session) -> None:
        self.db, self.rows = db, {table: [] for table in TABLES}  # type: ignore[var-annotated]

    def add(self, table: Any, **values: Any) -> None:
        self.rows[table].append(values)
        if len(self.rows[table]) >= BATCH:
            self.flush()

    def flush(self) -> None:
        for table, rows in self.rows.items():
            if rows:
                self.db.execute(insert(table), rows)
                rows.clear()


class Chain:
    """The history of one municipality while it is being made."""

    def __init__(self, pile: Pile, municipality_id: int) -> None:
        self.pile, self.municipality_id, self.number, self.last = pile, municipality_id, 0, FIRST

    def tell(self, action: str, subject_id: uuid.UUID, at: datetime, actor_id: uuid.UUID | None, role: str, **facts: Any) -> None:
        self.number += 1
        values: dict[str, Any] = {
            "municipality_id": self.municipality_id, "number": self.number, "at": at, "actor_id": actor_id, "actor_role": role, "action": action,
            "subject_id": subject_id, "facts": facts_text(facts),
        }  # fmt: skip
        hashed = row_hash(self.last, **values)
        self.pile.add(HistoryRow, **values, previous_hash=self.last, hash=hashed)
        self.last = hashed


def fill(database: Database, name: str, say: Callable[[str], None], *, size: Size | None = None, seed: int = 1) -> None:
    """Add data of this size beside what is there; a municipality is one transaction. The same seed makes the same amounts."""
    size, chance, at = size or SIZES[name], random.Random(seed), now().replace(microsecond=0)  # noqa: S311 - made-up data
    shifts = iter_counts(size, chance)
    done = 0
    with database.transaction() as db:
        seed_statutory(db, now=at)
    for number in range(size.municipalities):
        people = share(size.participants, size.municipalities, number)
        with database.transaction() as db:
            done += fill_municipality(db, name, number, people, share(size.placements, size.municipalities, number), shifts, at, waiting=size.waiting)
        progress(done * SHIFT_HOURS, size.hours)
    sys.stderr.write("\n")
    say(f"load: {size.municipalities} municipalities, {size.participants:,} people, {done * SHIFT_HOURS:,} hours")
    say(f"load: sign in as load-{name}-1-participant-1, load-{name}-1-supervisor-1 or load-{name}-1-case-manager-1")


def share(total: int, parts: int, number: int) -> int:
    """A fair part of a total: the parts add up to it exactly."""
    return total * (number + 1) // parts - total * number // parts


def iter_counts(size: Size, chance: random.Random) -> Iterator[int]:
    """How many shifts each placement has: uneven, and together the hours of this size."""
    left, placements = size.hours // SHIFT_HOURS, size.placements
    for number in range(placements):
        mean = left / (placements - number)
        count = left if number == placements - 1 else min(left, max(1, round(mean * chance.uniform(0.4, 1.6))))
        left -= count
        yield count


def progress(done: int, total: int) -> None:
    part = min(1.0, done / total) if total else 1.0
    sys.stderr.write(f"\r[{'#' * int(40 * part):40s}] {part:6.1%}")
    sys.stderr.flush()


def fill_municipality(db: Session, name: str, number: int, people: int, placements: int, shifts: Iterator[int], at: datetime, *, waiting: int) -> int:
    """One municipality with its people and work. Gives how many shifts it got."""
    slug = f"load-{name}-{number + 1}"
    if db.execute(select(Municipality).where(col(Municipality.slug) == slug)).first() is not None:
        return 0
    municipality = Municipality(slug=slug, name=f"Gemeente {number + 1}", phone="0100 000 000")
    db.add(municipality)
    db.flush()
    assert municipality.id is not None
    agree_terms(db, municipality)
    pile = Pile(db)
    chain = Chain(pile, municipality.id)
    maker = Maker(pile, chain, municipality.id, slug, at, terms_of(db, municipality.id, municipality.terms_token).rate(day_of(at)), waiting)
    managers = [maker.person("case-manager", index + 1) for index in range(max(1, people // 100))]
    places = [maker.place(index) for index in range(max(1, placements // PEOPLE_AT_A_PLACE))]
    participants = [maker.participant(index, managers[index % len(managers)]) for index in range(people)]
    pile.flush()
    worked = 0
    for index in range(placements):
        who, again = index % people, index // people
        worked += maker.placement(
            participants[who], managers[who % len(managers)], *places[(who + again) % len(places)], shifts=next(shifts), back=again
        )
    pile.flush()
    return worked


class Maker:
    """Makes the rows of one municipality, each as the actions of the product would leave it."""

    def __init__(self, pile: Pile, chain: Chain, municipality_id: int, slug: str, at: datetime, rate: Any, waiting: int) -> None:
        self.pile, self.chain, self.municipality_id, self.slug, self.at, self.rate = pile, chain, municipality_id, slug, at, rate
        self.waiting, self.sealer = waiting, Sealer(DEMO_SECRET)

    def person(self, role: str, number: int, establishment_id: uuid.UUID | None = None) -> uuid.UUID:
        id = new_id()
        self.pile.add(
            Account, id=id, municipality_id=self.municipality_id, handle=f"{self.slug}-{role}-{number}", first_name=f"Naam{number}", last_name="Voorbeeld",
            email="", phone="", language="nl", theme="", push_wanted=True, mail_wanted=True, created_at=self.at,
        )  # fmt: skip
        self.pile.add(
            Membership, id=new_id(), municipality_id=self.municipality_id, account_id=id, role=role.replace("-", "_"), establishment_id=establishment_id,
            valid_from=LONG_AGO, valid_until=None,
        )  # fmt: skip
        return id

    def participant(self, index: int, manager: uuid.UUID) -> uuid.UUID:
        id = self.person("participant", index + 1)
        self.pile.add(
            ParticipantFile, account_id=id, municipality_id=self.municipality_id, case_manager_id=manager, birth_date=date(1985, 1, 1), obliged=False,
            wage_subsidy_group=False, wishes=[], travels_by="bike", needs="",
        )  # fmt: skip
        return id

    def place(self, index: int) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
        """An employer with one establishment, its supervisor and an open request. Gives establishment, supervisor, request."""
        employer, place, request = new_id(), new_id(), new_id()
        self.pile.add(
            Employer, id=employer, municipality_id=self.municipality_id, name=f"Bedrijf {index + 1}", kvk=f"{index + 1:08d}", is_agency=False
        )
        self.pile.add(
            Establishment, id=place, municipality_id=self.municipality_id, employer_id=employer, name=f"Bedrijf {index + 1}", street="Weg 1", town="Plaats",
            staff_count=40, staff_counted_on=LONG_AGO,
        )  # fmt: skip
        self.pile.flush()
        supervisor = self.person("supervisor", index + 1, place)
        self.pile.add(
            WorkRequest, id=request, municipality_id=self.municipality_id, establishment_id=place, guide_id=supervisor, guide_note="", function="Inpakken",
            tasks=["Inpakken"], learn="", pattern=PATTERN, weekly_minutes=1200, starts_on=LONG_AGO, weeks=26, places=10_000, tariff_cents=1950, status="open",
            created_at=self.at,
        )  # fmt: skip
        return place, supervisor, request

    def placement(
        self, who: uuid.UUID, manager: uuid.UUID, place: uuid.UUID, supervisor: uuid.UUID, request: uuid.UUID, *, shifts: int, back: int
    ) -> int:
        """A placement with its shifts, the last ones still to be confirmed. `back`: earlier ones of the same person lie before it, and have ended."""
        days = list(islice(working_days(day_of(self.at) - timedelta(days=1) - timedelta(days=800 * back)), shifts))
        starts_on, ends_on = monday_of(days[-1]), days[0] + timedelta(days=60)
        began = instant(starts_on, time(9))
        offer, placement = new_id(began), new_id(began)
        self.pile.add(
            Offer, id=offer, municipality_id=self.municipality_id, request_id=request, participant_id=who, case_manager_id=manager, offered_at=began,
            closes_at=began + timedelta(days=7), travel_minutes=None, status="yes", sealed=self.sealer.seal(NOTHING_SAID, offer),
        )  # fmt: skip
        self.chain.tell("offer.made", offer, began, manager, Role.CASE_MANAGER)
        self.chain.tell("offer.yes", offer, began, who, Role.PARTICIPANT)
        self.pile.add(
            Notification, id=new_id(began), municipality_id=self.municipality_id, account_id=who, key="offer.new", slots={"work": "Inpakken"}, path=f"/offers/{offer}",
            cause_id=str(offer), created_at=began, deliver_from=began, settled_at=began, read_at=began, withdrawn_at=None,
        )  # fmt: skip
        self.pile.add(
            Placement, id=placement, municipality_id=self.municipality_id, offer_id=offer, request_id=request, place_number=placement.int % 10**9, participant_id=who,
            establishment_id=place, supervisor_id=supervisor, function="Inpakken", pattern=PATTERN, weekly_minutes=1200, tariff_cents=1950, starts_on=starts_on,
            ends_on=ends_on, status="ended" if back else "running", accepted_at=began, decided_by=manager, decided_on=starts_on, decision_reason="Voorbeeld",
            agreement_signed_on=starts_on, insured_from=starts_on, insurance_evidence="Polis",
        )  # fmt: skip
        self.chain.tell("placement.started", placement, began, manager, Role.CASE_MANAGER)
        if back:
            self.chain.tell("placement.ended", placement, instant(ends_on, time(18)), None, "clock", last_day=ends_on)
        else:
            self.plan(placement, who)
        for number, day in enumerate(days):
            self.shift(placement, who, place, supervisor, day, confirmed=number >= self.waiting or back > 0)
        return len(days)

    def plan(self, placement: uuid.UUID, who: uuid.UUID) -> None:
        """The shifts of the week to come."""
        today = day_of(self.at)
        for day in (today + timedelta(days=ahead) for ahead in range(1, 8)):
            if day.weekday() < 5:
                self.pile.add(
                    PlannedShift, id=new_id(), municipality_id=self.municipality_id, placement_id=placement, participant_id=who, day=day,
                    starts_at=instant(day, time(8, 30)), stops_at=instant(day, time(13)), break_minutes=30, cancelled_at=None,
                )  # fmt: skip

    def shift(self, placement: uuid.UUID, who: uuid.UUID, place: uuid.UUID, supervisor: uuid.UUID, day: date, *, confirmed: bool) -> None:
        start, stop = instant(day, time(8, 30)), instant(day, time(13))
        sent_at, minutes = stop + timedelta(minutes=20), SHIFT_HOURS * 60
        id = new_id(sent_at)
        self.pile.add(
            HoursEntry, id=id, municipality_id=self.municipality_id, placement_id=placement, participant_id=who, establishment_id=place, planned_shift_id=None,
            deviation_minutes=0, as_planned=True, worked_on=day, week_of=monday_of(day), starts_at=start, stops_at=stop, break_minutes=30, minutes=minutes,
            status="confirmed" if confirmed else "sent", version=2 if confirmed else 1, certain_minutes=minutes if confirmed else 0, sent_at=sent_at,
            confirmed_by=supervisor if confirmed else None, confirmed_at=sent_at if confirmed else None, correction_reason="", correction_note="",
            dispute_reason="", ruling_reason="",
        )  # fmt: skip
        self.chain.tell("hours.sent", id, sent_at, who, Role.PARTICIPANT, minutes=minutes)
        if not confirmed:
            return
        cents = minutes * self.rate.cents_per_hour // 60
        self.pile.add(
            LedgerLine, municipality_id=self.municipality_id, participant_id=who, cause="hours", cause_id=id, turn=2, reverses_id=None, worked_on=day,
            minutes=minutes, rate_cents=self.rate.cents_per_hour, amount_cents=cents, terms_id=self.rate.term_id, booked_at=sent_at,
        )  # fmt: skip
        self.chain.tell("hours.confirmed", id, sent_at, supervisor, Role.SUPERVISOR, minutes=minutes, cents=cents)


def working_days(day: date) -> Iterator[date]:
    """Mondays to Fridays, from this day backwards."""
    while True:
        if day.weekday() < 5:
            yield day
        day -= timedelta(days=1)
