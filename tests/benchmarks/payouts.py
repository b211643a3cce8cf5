"""What a payout run and a bank file cost, beside their floors: python -m tests.benchmarks.payouts [HOURS ...] [--file PAYMENTS]

The floor of a run is SQL alone on one narrow table: sum per person, store the payouts, mark every hour, in one transaction
(SQLite, WAL). The product does the same with rules, history and messages, and then once more, which must add no row.
The floor of a file is lxml writing a reduced message that nobody validates. Medians; product and floor in turn, in one run.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from tests import factories as make
from tests.payouts.people import VAULT, iban
from webapp.foundation.clock import instant, monday_of
from webapp.foundation.database import Database, lock_municipality, make_engine
from webapp.foundation.ids import new_id
from webapp.foundation.migrating import upgrade
from webapp.payouts import actions
from webapp.payouts.models import PayoutRun
from webapp.people.bank import BankAccount
from webapp.people.models import Account, Membership, Municipality, ParticipantFile
from webapp.permissions import Role
from webapp.premium.models import LedgerLine, Payout
from webapp.terms.actions import change_term, terms_of

ROUNDS = 5
GOAL = 4.0
FLOOR_TABLE = """CREATE TABLE hours(id INTEGER PRIMARY KEY, person INTEGER NOT NULL, employer INTEGER NOT NULL,
 day TEXT NOT NULL, minutes INTEGER NOT NULL, rate_cents INTEGER NOT NULL, status INTEGER NOT NULL, payout INT)"""
SUMS = "SELECT person, SUM(minutes), SUM(minutes*rate_cents)/60 FROM hours WHERE status=1 GROUP BY person"


def people_for(hours: int) -> int:
    return 856 if hours <= 200_000 else max(856, hours // 170)


# the floor -----------------------------------------------------------------------------------------


def floor_database(path: Path, hours: int) -> sqlite3.Connection:
    chance, people = random.Random(7), people_for(hours)
    made = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-8192"):
        made.execute(f"PRAGMA {pragma}")
    made.execute(FLOOR_TABLE)
    made.execute("BEGIN")
    made.executemany(
        "INSERT INTO hours(person, employer, day, minutes, rate_cents, status) VALUES (?, ?, ?, ?, ?, 1)",
        ((i % people, (i % people) % 600, f"2026-{1 + (i * 7) % 12:02d}-{1 + i % 28:02d}", chance.randrange(60, 480, 15), 150) for i in range(hours)),
    )
    made.execute("CREATE INDEX h_person_day ON hours(person, day)")
    made.execute("CREATE TABLE payout(id INTEGER PRIMARY KEY, person INT, minutes INT, cents INT)")
    made.execute("CREATE UNIQUE INDEX payout_person ON payout(person)")
    made.execute("COMMIT")
    made.execute("ANALYZE")
    return made


def floor_run(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute("DELETE FROM payout")
    db.execute("INSERT INTO payout(person, minutes, cents) " + SUMS)
    db.execute("UPDATE hours SET payout=(SELECT id FROM payout p WHERE p.person=hours.person) WHERE status=1")
    db.execute("COMMIT")


# the product ---------------------------------------------------------------------------------------


class Town:
    """One municipality with so many confirmed hours, each a shift of four hours."""

    def __init__(self, path: Path, hours: int) -> None:
        engine = make_engine(f"sqlite:///{path}")
        upgrade(engine)
        self.database = Database(engine)
        world = make.world(self.database)
        self.id = world.municipality_id
        self.finance = [make.account(self.database, self.id, Role.FINANCE, name) for name in ("Ellen Mulder", "Sander Post")]
        with self.database.transaction() as db:
            own = db.get(Municipality, self.id)
            change_term(
                db,
                own,
                "payout_account",
                {"holder": "Gemeente", "iban": iban(1)},
                valid_from=make.LONG_AGO,
                source="test",
                reason="test",
                now=make.NOW,
            )
            change_term(
                db, own, "premium", {"basis": "per_hour", "cents": 201}, valid_from=date(2020, 1, 2), source="test", reason="test", now=make.NOW
            )
        self.fill(engine, world, hours)
        self.pay_on = make.TODAY + timedelta(days=20)

    def fill(self, engine: Any, world: make.World, hours: int) -> None:
        """Straight into the tables: what is measured is the run, not how hours come to be."""
        people = people_for(hours)
        with self.database.transaction() as db:
            token = db.get(Municipality, self.id).terms_token  # type: ignore[union-attr]
            term = terms_of(db, self.id, token).rate(make.TODAY).term_id
            ids = [new_id() for _ in range(people)]
            place, manager = world.placement, world.case_manager.account_id
            for batch in (
                [
                    Account(id=key, municipality_id=self.id, first_name=f"Naam{n}", last_name="Voorbeeld", created_at=make.NOW)
                    for n, key in enumerate(ids)
                ],
                [ParticipantFile(account_id=key, municipality_id=self.id, case_manager_id=manager, birth_date=date(1985, 1, 1)) for key in ids],
                [Membership(municipality_id=self.id, account_id=key, role=Role.PARTICIPANT, valid_from=make.LONG_AGO) for key in ids],
                [bank_account(self.id, key, number) for number, key in enumerate(ids)],
            ):
                db.add_all(batch)
                db.flush()
        driver = engine.raw_connection()
        raw = driver.driver_connection
        raw.execute("BEGIN IMMEDIATE")
        first = make.TODAY - timedelta(days=20)
        days = [day for day in (first - timedelta(days=back) for back in range(4000)) if day.weekday() < 5]
        moments = [(str(day), str(monday_of(day)), text(instant(day, CLOCK[0])), text(instant(day, CLOCK[1]))) for day in days]
        raw.executemany(ENTRY, entries(hours, ids, moments, self.id, place, world))
        raw.execute(
            "INSERT INTO ledger_line (municipality_id, participant_id, cause, cause_id, turn, worked_on, minutes, rate_cents, amount_cents, terms_id, booked_at) "
            "SELECT municipality_id, participant_id, 'hours', id, 2, worked_on, 240, 15, 60, ?, sent_at FROM hours_entry ORDER BY rowid",
            (term.hex,),
        )
        raw.execute("COMMIT")
        raw.execute("ANALYZE")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        driver.close()

    def run(self) -> float:
        """Prepare and approve; gives the seconds both transactions take."""
        people = [make.person(self.database, member) for member in self.finance]
        began = time.perf_counter()
        with self.database.transaction() as db:
            lock_municipality(db, self.id)
            terms = terms_of(db, self.id, db.get(Municipality, self.id).terms_token)  # type: ignore[union-attr]
            run = actions.prepare(db, terms, pay_on=self.pay_on, by=people[0], from_outside=False, now=make.NOW)
        prepared = time.perf_counter()
        with self.database.transaction() as db:
            lock_municipality(db, self.id)
            known = db.get(PayoutRun, run.id)
            assert known is not None
            actions.approve(db, known, "Stap naar werk.", terms=terms, by=people[1], now=make.NOW)
        ended = time.perf_counter()
        sys.stdout.write(f"  prepare {prepared - began:.3f} s, approve {ended - prepared:.3f} s\n")
        return ended - began

    def rows(self) -> tuple[int, ...]:
        with self.database.transaction() as db:
            return tuple(int(db.execute(select(func.count()).select_from(table)).scalar_one()) for table in (PayoutRun, Payout, LedgerLine))


CLOCK = (datetime(2026, 1, 1, 8, 30).time(), datetime(2026, 1, 1, 13).time())
ENTRY = (
    "INSERT INTO hours_entry (id, municipality_id, placement_id, participant_id, establishment_id, as_planned, worked_on, week_of, starts_at, stops_at, "
    "break_minutes, minutes, status, version, certain_minutes, sent_at, confirmed_by, confirmed_at, correction_reason, correction_note, dispute_reason, ruling_reason) "
    "VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, 30, 240, 'confirmed', 2, 240, ?, ?, ?, '', '', '', '')"
)


def text(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(sep=" ") + ".000000"


def entries(hours: int, ids: list[uuid.UUID], moments: list[Any], municipality: int, place: Any, world: make.World) -> Iterator[tuple[Any, ...]]:
    at, supervisor = world.establishment.id.hex, world.supervisor.account_id.hex
    for number in range(hours):
        day, week, start, stop = moments[number // len(ids)]
        who = ids[number % len(ids)].hex
        yield (new_id().hex, municipality, place.id.hex, who, at, day, week, start, stop, stop, supervisor, stop)


def bank_account(municipality: int, who: uuid.UUID, number: int) -> BankAccount:
    key, account = new_id(), iban(1000 + number)
    return BankAccount(
        id=key, municipality_id=municipality, participant_id=who, sealed_iban=VAULT.seal(account, key), last_four=account[-4:],
        digest=VAULT.digest(account, municipality), holder=f"Naam Voorbeeld {number}", valid_from=make.LONG_AGO, changed_at=make.NOW - timedelta(days=400), changed_by=who,
    )  # fmt: skip


def measure_run(hours: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        town, lean = Town(Path(folder) / "town.sqlite", hours), floor_database(Path(folder) / "floor.sqlite", hours)
        floors = [timed(lambda: floor_run(lean)) for _ in range(ROUNDS)]
        ours = town.run()
        floors += [timed(lambda: floor_run(lean)) for _ in range(ROUNDS)]
        before = town.rows()
        again = town.run()
        floor = statistics.median(floors)
        added = sum(town.rows()) - sum(before)
    sys.stdout.write(
        f"{hours:,} hours, {before[1]:,} people: floor {floor:.3f} s [{min(floors):.3f}..{max(floors):.3f}], run {ours:.3f} s = {ours / floor:.1f} x (goal {GOAL:.0f} x); "
        f"again {again:.3f} s, {added} rows\n"
    )
    return ours <= GOAL * floor and added == 0


# the bank file -------------------------------------------------------------------------------------


def in_own_process(name: str, count: int, path: str) -> tuple[float, float, float]:
    """Seconds, MB of memory at its highest, and MB of the file."""
    began = time.perf_counter()
    script = f"from tests.benchmarks.bankfile import {name}; {name}({count}, {path!r}); print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return time.perf_counter() - began, int(said) / 1024, Path(path).stat().st_size / 1e6


def measure_file(count: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "file.xml")
        rounds = [(in_own_process("floor_file", count, path), in_own_process("our_file", count, path)) for _ in range(3)]
    floor, ours = (statistics.median(one[place][0] for one in rounds) for place in (0, 1))
    memory = max(one[1][1] for one in rounds)
    sys.stdout.write(
        f"{count:,} payments: floor {floor:.2f} s, written and validated {ours:.2f} s = {ours / floor:.2f} x (goal 2 x), "
        f"memory {memory:.0f} MB (goal 60; floor {rounds[0][0][1]:.0f}), file {rounds[0][1][2]:.0f} MB\n"
    )
    return ours <= 2 * floor and memory <= 60


def timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hours", nargs="*", type=int, default=[])
    parser.add_argument("--file", type=int, default=0)
    asked = parser.parse_args(arguments)
    reached = [measure_run(hours) for hours in asked.hours]
    if asked.file:
        reached.append(measure_file(asked.file))
    return int(not all(reached))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
