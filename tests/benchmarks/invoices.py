"""What invoices and exports cost, beside a floor: python -m tests.benchmarks.invoices [--hours 144000] [--invoices 1000]

The hours file is measured against its floor in the same run: csv.writer over `SELECT *` of a plain SQLite table with as
many rows of seven columns. Memory is the growth of the process while the file is written, in a process of its own.
Invoices: so many establishments of one municipality, issued step by step, then every UBL and PDF made and kept.
"""

from __future__ import annotations

import argparse
import csv
import io
import multiprocessing
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from webapp.bookkeeping.exports import hours_csv
from webapp.demo import agree_terms
from webapp.foundation.clock import day_of
from webapp.foundation.database import Database, make_engine
from webapp.foundation.migrating import upgrade
from webapp.invoices import actions, sending
from webapp.load import Size, fill
from webapp.people.models import Account, Membership, Municipality
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.terms.actions import terms_of

REPEAT = 5
NOW = datetime.now(UTC)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def floor(file: Path, rows: int) -> float:
    """Seconds for csv.writer over a plain table of so many rows, as in the floor of the figures."""
    chance, db = random.Random(7), sqlite3.connect(file)
    db.execute(
        "CREATE TABLE IF NOT EXISTS hours(id INTEGER PRIMARY KEY, person INT, employer INT, day TEXT, minutes INT, rate_cents INT, status INT)"
    )
    if db.execute("SELECT COUNT(*) FROM hours").fetchone() == (0,):
        made = (
            (chance.randrange(856), chance.randrange(600), f"2026-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}", 240, 150, 1)
            for _ in range(rows)
        )
        db.executemany("INSERT INTO hours(person, employer, day, minutes, rate_cents, status) VALUES (?,?,?,?,?,?)", made)
        db.commit()
    began, out, size = time.perf_counter(), io.StringIO(), 0
    writer = csv.writer(out, delimiter=";")
    for number, row in enumerate(db.execute("SELECT * FROM hours")):
        writer.writerow(row)
        if number % 1000 == 999:
            size += len(out.getvalue().encode())
            out.seek(0)
            out.truncate()
    return time.perf_counter() - began


def product(url: str, municipality_id: int) -> tuple[float, int, int]:
    """Seconds, bytes and rows of the hours file."""
    database = Database(make_engine(url))
    began, size, lines = time.perf_counter(), 0, 0
    for piece in hours_csv(database, municipality_id):
        size += len(piece.encode())
        lines += piece.count("\n")
    return time.perf_counter() - began, size, lines - 1


def grown(url: str, municipality_id: int, answers: Any) -> None:
    """Megabytes this process grows by when it writes the file, after everything was loaded."""
    database = Database(make_engine(url))
    with database.reading.connect() as connection:
        connection.execute(select(func.count()).select_from(Account)).scalar()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for piece in hours_csv(database, municipality_id):
        piece.encode()
    answers.put((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def measure_hours(folder: Path, rows: int) -> None:
    url = f"sqlite:///{folder / 'hours.sqlite'}"
    engine = make_engine(url)
    upgrade(engine)
    fill(Database(engine), "letter", lambda _: None, size=Size(1, 856, 1_096, rows * 4, 0))
    with Session(engine) as db:
        municipality_id = int(db.execute(select(Municipality.id)).scalar_one())  # type: ignore[call-overload]
    engine.dispose()
    floors, ours = [], []
    for _ in range(REPEAT):  # in turn, so that a busy machine slows both
        floors.append(floor(folder / "floor.sqlite", rows))
        ours.append(product(url, municipality_id))
    seconds, base = statistics.median(one[0] for one in ours), statistics.median(floors)
    answers: Any = multiprocessing.get_context("spawn").Queue()
    child = multiprocessing.get_context("spawn").Process(target=grown, args=(url, municipality_id, answers))
    child.start()
    more = answers.get()
    child.join()
    say(
        f"hours.csv {ours[0][2]:,} rows, {ours[0][1] / 1e6:.1f} MB: {seconds:.3f} s; floor {base:.3f} s; ratio {seconds / base:.2f} (goal 2.5); memory +{more:.1f} MB (goal 20)"
    )


def finance_of(database: Database) -> Person:
    """Somebody of finance in the first municipality, which can send invoices."""
    with database.transaction() as db:
        own = db.execute(select(Municipality)).scalars().first()
        assert own is not None and own.id is not None
        agree_terms(db, own) if "vat" not in terms_of(db, own.id, "")._rows else None
        account = Account(municipality_id=own.id, first_name="Ellen", last_name="Mulder", created_at=NOW)
        db.add(account)
        db.flush()
        member = Membership(municipality_id=own.id, account_id=account.id, role=Role.FINANCE, valid_from=day_of(NOW))
        db.add(member)
        db.flush()
        return Person(
            account.id, account.id, member.id, Role.FINANCE, own.id, own.name, own.phone, own.terms_token, "Ellen", "Mulder", "nl", "", None, None
        )


def measure_invoices(folder: Path, count: int) -> None:
    url = f"sqlite:///{folder / 'invoices.sqlite'}"
    engine = make_engine(url)
    upgrade(engine)
    database = Database(engine)
    fill(database, "letter", lambda _: None, size=Size(1, count * 10, count * 10, count * 10 * 4 * 4, 0))  # ten people at a place
    person = finance_of(database)
    with database.transaction() as db:
        terms = terms_of(db, person.municipality_id, person.terms_token)
    month = day_of(NOW).replace(day=1)  # what is filled in was worked lately, so this month is invoiced when it is over
    later = NOW + timedelta(days=32)
    began, steps = time.perf_counter(), []
    with database.transaction() as db:
        run = actions.start(db, person, month, terms=terms, now=later)
    assert run is not None, "nothing to issue"
    done = issued = 0
    while done < len(run.todo):
        step_began = time.perf_counter()
        with database.transaction() as db:
            run = db.merge(run)
            step = actions.go_on(db, run, terms=terms, now=later)
        done, issued = step.done, issued + len(step.issued)
        steps.append(time.perf_counter() - step_began)
    took = time.perf_counter() - began
    say(
        f"issuing {issued:,} invoices: {took:.1f} s, {1000 * took / max(1, issued):.1f} ms each; a step of {actions.STEP}: p50 {1000 * statistics.median(steps):.0f} ms, longest {1000 * max(steps):.0f} ms"
    )
    began, kept = time.perf_counter(), 0
    while made := sending.keep_files(database, now=later, limit=100):
        kept += made
        say(f"  files {kept:,}/{issued:,}")
    took = time.perf_counter() - began
    say(f"UBL and PDF of {kept:,} invoices: {took:.1f} s, {1000 * took / max(1, kept):.0f} ms each")
    with database.transaction() as db:
        again = actions.start(db, person, month, terms=terms, now=later)
    say(f"the same month again: {'a run' if again else '0 rows'}")


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--hours", type=int, default=144_000)
    reader.add_argument("--invoices", type=int, default=1_000)
    chosen = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.hours:
            measure_hours(Path(folder), chosen.hours)
        if chosen.invoices:
            measure_invoices(Path(folder), chosen.invoices)


if __name__ == "__main__":
    main()
