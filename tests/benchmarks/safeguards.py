"""What testing every running place at night costs, beside the same statements on the driver alone; and the memory it takes.

    .venv/bin/python -m tests.benchmarks.safeguards sqlite:////tmp/night.sqlite --places 10000 --low 20

The database is made once, with places spread over employers of every size and the hours worked there; a second call
uses it again. `--low`: of so many in a hundred the tariff lies below the floor, and the first turn finds them.
"""

from __future__ import annotations

import argparse
import pickle
import random
import resource
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from datetime import time as clock
from typing import Any

from sqlalchemy import event, insert
from sqlmodel import Session, select

from webapp import create_app
from webapp.demo import agree_terms
from webapp.foundation.clock import day_of, instant, monday_of, now
from webapp.foundation.database import Database, lock_municipality, make_engine
from webapp.foundation.migrating import upgrade
from webapp.foundation.settings import DEMO_SECRET
from webapp.hours.models import HoursEntry
from webapp.offers.models import Offer
from webapp.offers.seal import NOTHING_SAID, Sealer
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account, Membership, Municipality, ParticipantFile
from webapp.placements.models import Placement
from webapp.placements.night import recheck
from webapp.requests.models import RequestStatement, WorkRequest
from webapp.tables import ALL
from webapp.terms.actions import seed_statutory, terms_of

assert ALL and create_app
PATTERN = [{"weekday": day, "start": "09:00", "stop": "13:00", "break": 0} for day in (0, 2, 4)]


class Seen:
    """The statements that were sent, kept in a file: in memory they would be counted as the night's own."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 (as long as the run)
        self.number = 0

    def clear(self) -> None:
        self.file.seek(0)
        self.file.truncate()
        self.number = 0

    def add(self, sql: str, given: Any) -> None:
        self.number += 1
        if sql.startswith("SELECT") and "history" not in sql:
            pickle.dump((sql, given), self.file)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        self.file.seek(0)
        with suppress(EOFError):
            while True:
                yield pickle.load(self.file)  # noqa: S301 (what this run wrote)


def worked(first: date, until: date) -> Iterator[date]:
    """Mondays, Wednesdays and Fridays before a day."""
    return (day for number in range((until - first).days) if (day := first + timedelta(days=number)).weekday() in (0, 2, 4))


def hours(own: dict[str, Any], placement: uuid.UUID, who: uuid.UUID, establishment: uuid.UUID, day: date, at: Any) -> dict[str, Any]:
    """Four hours of a day, confirmed."""
    start = instant(day, clock(9, 0))
    return {
        **own, "id": uuid.uuid4(), "placement_id": placement, "participant_id": who, "establishment_id": establishment, "worked_on": day,
        "week_of": monday_of(day), "starts_at": start, "stops_at": start + timedelta(hours=4), "break_minutes": 0, "minutes": 240, "status": "confirmed",
        "version": 2, "certain_minutes": 240, "sent_at": start, "confirmed_at": at, "as_planned": True, "correction_reason": "", "correction_note": "",
        "dispute_reason": "", "ruling_reason": "",
    }  # fmt: skip


def fill(db: Session, places: int, low: int, at: Any) -> None:
    """So many running places, as many that ended within the year, at employers with one to a hundred people from the scheme."""
    chance, today = random.Random(5), day_of(at)
    town = Municipality(slug="night", name="Night", phone="0100 000 000")
    db.add(town)
    db.flush()
    agree_terms(db, town)
    own = {"municipality_id": town.id}
    manager = Account(**own, first_name="Marieke", last_name="Bench", created_at=at)
    db.add(manager)
    db.flush()
    sealed = Sealer(DEMO_SECRET).seal(NOTHING_SAID, uuid.uuid4())
    made = number = 0
    while made < places:
        number += 1
        size = min(chance.choice((1, 1, 2, 3, 4, 6, 10, 25, 100)), places - made)
        firm = Employer(**own, name=f"Werkgever {number}", kvk=f"{number:08d}")
        guide = Account(**own, first_name="Jan", last_name=f"Leiding {number}", created_at=at)
        db.add_all([firm, guide])
        db.flush()
        place = Establishment(
            **own,
            employer_id=firm.id,
            name=firm.name,
            street="Kasweg 1",
            town="Night",
            staff_count=size * 11,
            staff_counted_on=today - timedelta(days=40),
        )
        db.add(place)
        db.flush()
        db.add(Membership(**own, account_id=guide.id, role="supervisor", establishment_id=place.id, valid_from=date(2020, 1, 1)))
        tables = (Account, ParticipantFile, WorkRequest, RequestStatement, Offer, Placement, HoursEntry)
        rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in tables}
        for one in range(size):
            who, function = uuid.uuid4(), f"Werk {one % 7 + 10 * (one // 7)}"
            rows[Account].append(
                {**own, "id": who, "first_name": f"Naam{one}", "last_name": "Test", "created_at": at, "email": "", "phone": "", "language": "nl", "theme": "",
                 "push_wanted": True, "mail_wanted": True}
            )  # fmt: skip
            rows[ParticipantFile].append({**own, "account_id": who, "case_manager_id": manager.id, "wishes": [], "travels_by": "", "needs": ""})
            for ended in (True, False):
                work, offer = uuid.uuid4(), uuid.uuid4()
                starts = today - timedelta(days=chance.randint(200, 300) if ended else chance.randint(1, 60))
                ends = starts + timedelta(weeks=8 if ended else 12)
                common = {
                    **own,
                    "establishment_id": place.id,
                    "function": function + (" eerder" if ended and one % 9 else ""),
                    "pattern": PATTERN,
                    "weekly_minutes": 720,
                    "tariff_cents": 1500 if chance.randrange(100) < low else 1950,
                }
                rows[WorkRequest].append(
                    {**common, "id": work, "guide_id": guide.id, "guide_note": "", "tasks": ["a"], "learn": "", "starts_on": starts, "weeks": 12, "places": 1, "status": "open", "created_at": at}
                )  # fmt: skip
                rows[RequestStatement].append(
                    {**own, "id": uuid.uuid4(), "request_id": work, "sector": "", "let_go": False, "vacancy": False, "replaces_paid_hours": False, "staff_consulted": True,
                     "paid_work": True, "end_client": "", "insurance": "", "stated_by": guide.id, "stated_at": at}
                )  # fmt: skip
                rows[Offer].append(
                    {**own, "id": offer, "request_id": work, "participant_id": who, "case_manager_id": manager.id, "status": "yes", "offered_at": at, "closes_at": at, "sealed": sealed}
                )  # fmt: skip
                placement = uuid.uuid4()
                rows[HoursEntry] += [hours(own, placement, who, place.id, day, at) for day in worked(starts, min(ends, today))]
                rows[Placement].append(
                    {**common, "id": placement, "offer_id": offer, "request_id": work, "place_number": 1, "participant_id": who, "supervisor_id": guide.id, "starts_on": starts,
                     "ends_on": ends, "status": "ended" if ended else "running", "accepted_at": at, "decided_by": manager.id, "decided_on": starts, "decision_reason": "Past.",
                     "agreement_signed_on": starts, "insured_from": starts, "insurance_evidence": "1"}
                )  # fmt: skip
        for table, some in rows.items():
            db.execute(insert(table), some)
        made += size


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("database", help="where it is, as OPSTAP_DATABASE_URL has it")
    asked.add_argument("--places", type=int, default=10_000)
    asked.add_argument("--low", type=int, default=0)
    chosen = asked.parse_args()
    engine = make_engine(chosen.database)
    upgrade(engine)
    database, at = Database(engine), now().replace(microsecond=0)
    with database.transaction() as db:
        if db.exec(select(Municipality)).first() is None:
            seed_statutory(db, now=at)
            fill(db, chosen.places, chosen.low, at)
    seen = Seen()
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, given, *_: seen.add(sql, given))
    for turn in range(3):
        seen.clear()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        with database.transaction() as db:
            town = db.exec(select(Municipality)).one()
            assert town.id is not None
            lock_municipality(db, town.id)
            found = recheck(db, town.id, terms_of(db, town.id, town.terms_token), day=day_of(at), now=at + timedelta(minutes=turn))
        ours = time.perf_counter() - began
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        driver, floor = engine.raw_connection(), 0.0
        cursor = driver.cursor()
        for sql, given in seen:
            began = time.perf_counter()
            cursor.execute(sql, given)
            cursor.fetchall()
            floor += time.perf_counter() - began
        driver.close()
        said = f"{ours:.2f} s, its SQL alone {floor:.2f} s, ratio {ours / floor:.2f}, found {found}, statements {seen.number}, memory +{grown // 1024} MB"
        print(f"{chosen.places} places: {said}")  # noqa: T201


if __name__ == "__main__":
    main()
