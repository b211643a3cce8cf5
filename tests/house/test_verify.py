"""`verify` finds what is broken: each rule is broken on purpose, in the raw rows, and found by name with its row."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from tests import factories as make
from webapp.foundation.database import Database, make_engine
from webapp.verify import CHECKS, Fault, faults

ROOT = Path(__file__).parents[2]


@pytest.fixture
def demo(demo_url: str) -> Iterator[Database]:
    engine = make_engine(demo_url)
    yield Database(engine)
    engine.dispose()


class Breaking:
    """A transaction in which everything may be broken, and which is never kept."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.on_sqlite = db.dialect.name == "sqlite"
        self.let_everything_through()

    def let_everything_through(self) -> None:
        """Takes away what refuses such rows: triggers, checks, unique indexes and references."""
        if self.on_sqlite:
            self.db.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            self.db.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            guards = "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
        else:
            guards = (
                "SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
                "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname) FROM pg_constraint "
                "WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')"
            )
        for (statement,) in self.db.execute(text(guards)).all():
            self.db.exec_driver_sql(statement)

    def one(self, statement: str) -> Any:
        return self.db.execute(text(statement)).scalars().first()

    def do(self, statement: str, **values: Any) -> None:
        assert self.db.execute(text(statement), values).rowcount >= 1, "nothing was broken"

    def found(self) -> list[Fault]:
        return [fault for check in CHECKS for fault in check(self.db)]


@pytest.fixture
def breaking(demo: Database) -> Iterator[Breaking]:
    with demo.engine.connect() as db:
        yield Breaking(db)
        db.rollback()
        if db.dialect.name == "sqlite":
            db.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
            db.rollback()


def test_the_demo_holds(demo: Database) -> None:
    assert faults(demo) == []


def test_letting_everything_through_breaks_nothing_by_itself(breaking: Breaking) -> None:
    assert breaking.found() == []


# (rule, table, which row is chosen, how it is broken, what verify says)
CONFIRMED = "SELECT id FROM hours_entry WHERE status = 'confirmed' ORDER BY id"
BREAKS = [
    ("V1", "hours_entry", CONFIRMED, "UPDATE hours_entry SET certain_minutes = certain_minutes + 1 WHERE id = :id", "certain minutes"),
    ("V1", "hours_entry", CONFIRMED, "DELETE FROM ledger_line WHERE cause_id = :id", "0 in the ledger"),
    ("V1", "ledger_line", "SELECT id FROM ledger_line ORDER BY id", "UPDATE ledger_line SET amount_cents = amount_cents + 1 WHERE id = :id", "cents booked"),
    ("V1", "hours_entry", CONFIRMED, "UPDATE ledger_line SET minutes = minutes + 60, amount_cents = amount_cents + rate_cents WHERE cause_id = :id", "in the ledger"),
    ("V1", "hours_entry", CONFIRMED, "UPDATE ledger_line SET worked_on = '2020-01-01' WHERE cause_id = :id", "another person or day"),
    ("V1", "hours_entry", CONFIRMED, "UPDATE hours_entry SET status = 'sent' WHERE id = :id", "do not fit the status"),
    ("V1", "hours_entry", "SELECT id FROM hours_entry WHERE status = 'sent' ORDER BY id", "UPDATE hours_entry SET status = 'confirmed' WHERE id = :id", "do not fit the status"),
    ("V1", "ledger_line", "SELECT id FROM ledger_line ORDER BY id", "UPDATE ledger_line SET cause_id = municipality_cause WHERE id = :id", "no hours belong to it"),
    ("V2", "hours_entry", CONFIRMED, "UPDATE placement SET insured_from = NULL WHERE id = (SELECT placement_id FROM hours_entry WHERE id = :id)", "insured"),
    ("V2", "hours_entry", CONFIRMED, "UPDATE placement SET insured_from = '2999-01-01' WHERE id = (SELECT placement_id FROM hours_entry WHERE id = :id)", "insured"),
    ("V2", "hours_entry", CONFIRMED, "UPDATE placement SET status = 'cancelled' WHERE id = (SELECT placement_id FROM hours_entry WHERE id = :id)", "running placement"),
    ("V2", "hours_entry", CONFIRMED, "UPDATE placement SET ends_on = '2020-01-01' WHERE id = (SELECT placement_id FROM hours_entry WHERE id = :id)", "running placement"),
    ("V2", "hours_entry", CONFIRMED, "UPDATE hours_entry SET confirmed_by = participant_id WHERE id = :id", "their own hours"),
    ("V2", "hours_entry", CONFIRMED, "UPDATE hours_entry SET corrected_by = participant_id WHERE id = :id", "their own hours"),
    ("V2", "placement", "SELECT id FROM placement WHERE status = 'running' ORDER BY id", "UPDATE offer SET status = 'closed' WHERE id = (SELECT offer_id FROM placement WHERE id = :id)", "own yes"),
    ("V7", "history", "SELECT id FROM history ORDER BY number DESC", "UPDATE history SET facts = '{}' WHERE id = :id", "broken here"),
    ("V7", "history", "SELECT id FROM history ORDER BY number DESC", "UPDATE history SET actor_id = NULL, actor_role = 'somebody' WHERE id = :id", "broken here"),
    ("V7", "history", "SELECT id FROM history WHERE number = 8 ORDER BY id", "DELETE FROM history WHERE number = 7 AND municipality_id = (SELECT municipality_id FROM history WHERE id = :id)", "number 8 follows 6"),
    ("V7", "history", "SELECT id FROM history WHERE number = 5 ORDER BY id", "UPDATE history SET previous_hash = hash WHERE id = :id", "broken here"),
    ("V7", "history", "SELECT id FROM history WHERE number = 9 ORDER BY id", "UPDATE history SET subject_id = (SELECT subject_id FROM history WHERE number = 1 ORDER BY id LIMIT 1) WHERE id = :id", "broken here"),
    ("V7", "history", "SELECT id FROM history WHERE number = 9 ORDER BY id", "UPDATE history SET action = 'hours.seen', hash = previous_hash WHERE id = :id", "broken here"),
    ("V7", "history", "SELECT id FROM history WHERE number = 9 ORDER BY id", "UPDATE history SET at = (SELECT MAX(at) FROM history) WHERE id = :id", "broken here"),
    ("V7", "history_anchor", "SELECT id FROM history_anchor ORDER BY id", "DELETE FROM history WHERE municipality_id = (SELECT municipality_id FROM history_anchor WHERE id = :id) AND number >= (SELECT number FROM history_anchor WHERE id = :id)", "is gone"),
    ("V7", "history_words", "SELECT id FROM history_words WHERE name = 'note' ORDER BY id", "UPDATE history_words SET text = 'Iets anders.' WHERE id = :id", "not those that were written"),
    ("V7", "hours_entry", CONFIRMED, "UPDATE history SET action = 'hours.seen' WHERE subject_id = :id AND action = 'hours.confirmed'", "without a history row"),
    ("V7", "offer", "SELECT id FROM offer WHERE status = 'open' ORDER BY id", "UPDATE history SET action = 'offer.seen' WHERE subject_id = :id", "without a history row"),
    ("V7", "notification", "SELECT id FROM hours_entry WHERE status = 'disputed' ORDER BY id", "DELETE FROM notification WHERE \"key\" = 'dispute.new'", "dispute.new is missing"),
    ("V7", "notification", "SELECT id FROM hours_entry WHERE corrected_at IS NOT NULL ORDER BY id", "DELETE FROM notification WHERE \"key\" = 'hours.changed'", "hours.changed is missing"),
    ("V7", "notification", "SELECT id FROM offer WHERE status = 'open' ORDER BY id", "DELETE FROM notification WHERE \"key\" = 'offer.new'", "offer.new is missing"),
    ("V8", "hours_entry", CONFIRMED, "UPDATE hours_entry SET placement_id = (SELECT p.id FROM placement p, hours_entry e WHERE e.id = :id AND p.municipality_id <> e.municipality_id ORDER BY p.id LIMIT 1) WHERE id = :id", "into another municipality"),
    ("V7", "invitation", "SELECT id FROM invitation ORDER BY id", "UPDATE history SET action = 'seen' WHERE subject_id = :id", "invitation.made"),
    ("V7", "invitation", "SELECT id FROM invitation ORDER BY id", "UPDATE invitation SET used_at = made_at WHERE id = :id", "invitation.used"),
    ("V7", "invitation", "SELECT id FROM invitation ORDER BY id", "UPDATE invitation SET ended_at = made_at WHERE id = :id", "invitation.ended"),
    ("V7", "report_case", "SELECT id FROM report_case WHERE status = 'answered' ORDER BY id", "UPDATE history SET action = 'seen' WHERE subject_id = :id AND action = 'report.answered'", "status answered without"),
    ("V7", "report_case", "SELECT id FROM report_case WHERE status = 'answered' ORDER BY id", "UPDATE history SET action = 'seen' WHERE subject_id = :id AND action = 'report.noted'", "words without"),
    ("V7", "open_total", "SELECT id FROM open_total ORDER BY id", "UPDATE history SET action = 'seen' WHERE subject_id = :id", "told without"),
    ("V8", "open_total", "SELECT id FROM open_total ORDER BY id", "UPDATE open_total SET smallest = 0, round_to = 1, figures = '{\"people\": null, \"hours\": 8, \"premium_euros\": null, \"average_tariff_cents\": null, \"placements_started\": null, \"to_paid_work\": null, \"requests_refused\": null, \"judged_anyway\": null, \"reports\": null, \"reports_founded\": null}' WHERE id = :id", "too few people"),
    ("V6", "offer", "SELECT id FROM offer WHERE status = 'open' ORDER BY id", "UPDATE work_request SET status = 'refused' WHERE id = (SELECT request_id FROM offer WHERE id = :id)", "no official took on"),
    ("V6", "work_request", "SELECT request_id FROM request_draft WHERE request_id IS NOT NULL ORDER BY id", "UPDATE work_request SET status = 'open' WHERE id = :id", "without an official"),
    ("V7", "work_request", "SELECT id FROM work_request WHERE status = 'refused' ORDER BY id", "DELETE FROM request_decision WHERE request_id = :id", "nobody says who"),
    ("V7", "request_draft", "SELECT id FROM request_draft WHERE request_id IS NOT NULL ORDER BY id", "UPDATE history SET action = 'seen' WHERE action = 'request.asked'", "request.asked"),
    ("V7", "request_decision", "SELECT id FROM request_decision ORDER BY id", "UPDATE request_decision SET outcome = 'ended' WHERE id = :id", "without its history row"),
    ("V7", "request_question", "SELECT id FROM request_question ORDER BY id", "UPDATE history SET action = 'seen' WHERE action = 'request.answered'", "question or the answer"),
    ("V8", "request_question", "SELECT id FROM request_question ORDER BY id", "UPDATE request_question SET municipality_id = 3 - municipality_id WHERE id = :id", "another municipality than its request"),
    ("V8", "placement", "SELECT id FROM placement ORDER BY id", "UPDATE placement SET municipality_id = 3 - municipality_id WHERE id = :id", "into another municipality"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "table", "choose", "broken", "said"), BREAKS, ids=[f"{rule} {n}: {said}" for n, (rule, _, _, _, said) in enumerate(BREAKS)]
)
def test_what_is_broken_on_purpose_is_found_with_its_rule_and_row(
    breaking: Breaking, rule: str, table: str, choose: str, broken: str, said: str
) -> None:
    row = breaking.one(choose)
    nobody = "00000000000000000000000000000007"
    breaking.do(broken.replace("municipality_cause", f"'{nobody}'"), id=row)

    found = breaking.found()

    assert (rule, table, str(row)) in [(fault.rule, fault.table, fault.row) for fault in found if said in fault.what], found[:5]


def test_two_rows_that_changed_places_are_found(breaking: Breaking) -> None:
    first, second = (breaking.one(f"SELECT id FROM history WHERE municipality_id = 1 AND number = {number}") for number in (6, 7))
    for row, number in ((first, -1), (second, 6), (first, 7)):
        breaking.do("UPDATE history SET number = :number WHERE id = :id", number=number, id=row)

    found = {fault.row for fault in breaking.found() if fault.table == "history"}

    assert {str(first), str(second)} <= found


CELLS = {
    "at": "(SELECT MAX(at) FROM history)", "actor_role": "'clock'", "action": "'hours.seen'", "facts": "facts || ' '",
    "actor_id": "(SELECT id FROM account WHERE handle = 'hoogland-council-1')", "subject_id": "(SELECT id FROM account WHERE handle = 'hoogland-council-1')",
    "hash": "previous_hash", "previous_hash": "hash", "number": "number + 100000", "municipality_id": "municipality_id + 2",
}  # fmt: skip


@pytest.mark.parametrize("column", CELLS)
def test_every_cell_of_a_history_row_is_proven(breaking: Breaking, column: str) -> None:
    row = breaking.one("SELECT id FROM history WHERE number = 9 ORDER BY id")
    breaking.do(f"UPDATE history SET {column} = {CELLS[column]} WHERE id = :id", id=row)

    assert [fault for fault in breaking.found() if (fault.rule, fault.table) == ("V7", "history")]


def test_a_counter_line_that_differs_is_found(breaking: Breaking) -> None:
    line = breaking.one("SELECT id FROM ledger_line ORDER BY id")
    breaking.do(
        "INSERT INTO ledger_line (id, municipality_id, participant_id, cause, cause_id, turn, reverses_id, worked_on, minutes, rate_cents, amount_cents, terms_id, booked_at) "
        "SELECT 999999, municipality_id, participant_id, 'hours_back', cause_id, 99, id, worked_on, 1 - minutes, rate_cents, 1 - amount_cents, terms_id, booked_at FROM ledger_line WHERE id = :id",
        id=line,
    )

    assert ("V1", "ledger_line", "999999") in [(fault.rule, fault.table, fault.row) for fault in breaking.found()]


def test_hours_at_the_same_time_are_found_also_behind_a_long_one(breaking: Breaking) -> None:
    mine = breaking.one("SELECT participant_id FROM hours_entry ORDER BY id")
    first, second = breaking.db.execute(
        text("SELECT id FROM hours_entry WHERE participant_id = :who ORDER BY starts_at LIMIT 2"), {"who": mine}
    ).scalars()
    breaking.do(
        "UPDATE hours_entry SET starts_at = (SELECT starts_at FROM hours_entry WHERE id = :first), stops_at = (SELECT stops_at FROM hours_entry WHERE id = :first) WHERE id = :second",
        first=first,
        second=second,
    )

    overlapping = [fault.row for fault in breaking.found() if fault.rule == "V2" and "overlaps" in fault.what]

    assert len(overlapping) == 1
    assert overlapping[0] in (str(first), str(second))


# after a walk -----------------------------------------------------------------------------------------


def test_after_a_working_day_in_everyones_hands_everything_holds(demo: Database, world: make.World, as_person: Any) -> None:
    """From offer to ruling through the screens, on a world of its own; what factories made is left out."""
    work = make.work_request(
        world.database, world.establishment, world.supervisor, function="Nachthulp", starts_on=make.TODAY + timedelta(days=3), weeks=2
    )
    marieke, yusuf, selam, jan = (as_person(who) for who in (world.case_manager, world.other_participant, world.participant, world.supervisor))
    before = set(faults(world.database))

    marieke.post(f"/requests/{work.id}/offers", {"participant_id": str(world.other_participant.account_id)})
    with world.database.reading.connect() as db:
        offer_id = make.uuid.UUID(str(db.execute(text("SELECT id FROM offer WHERE status = 'open'")).scalar_one()))
    for answer in ("yes", "undo", "no", "undo", "yes"):
        assert yusuf.post(f"/offers/{offer_id}/answer", {"answer": answer}).status_code == 303
    entry_id = make.uuid.uuid4()
    night = {"placement_id": str(world.placement.id), "worked_on": make.MONDAY.isoformat(), "start": "22:00", "stop": "06:00", "break_minutes": "30"}
    assert selam.post(f"/hours/{entry_id}", night).status_code == 303
    assert (
        jan.post(f"/hours/{entry_id}/correction", {"start": "22:00", "stop": "05:00", "break_minutes": "30", "reason": "stopped_earlier"}).status_code
        == 303
    )
    assert selam.post(f"/hours/{entry_id}/response", {"response": "dispute", "reason": "Tot zes uur."}).status_code == 303
    assert marieke.post(f"/hours/{entry_id}/ruling", {"ruling": "other", "minutes": "7:10", "reason": "Klok."}).status_code == 303

    assert set(faults(world.database)) - before == set()


# the command --------------------------------------------------------------------------------------------


def run_verify(url: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    environment = {"OPSTAP_DATABASE_URL": url, "OPSTAP_DATA_DIR": str(folder), "OPSTAP_DEMO": "1", "PATH": "", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "webapp.commands", "verify", *more], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_command_says_that_everything_holds_and_ends_with_0(demo_url: str, tmp_path: Path) -> None:
    done = run_verify(demo_url, tmp_path)

    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "verify: everything holds", "")
    assert json.loads(run_verify(demo_url, tmp_path, "--json").stdout) == []


def test_the_command_names_rule_and_row_and_ends_with_1(world: make.World, database_url: str, tmp_path: Path) -> None:
    entry = make.hours(world.database, world.placement)  # made without a history

    plain, as_json = run_verify(database_url, tmp_path), run_verify(database_url, tmp_path, "--json")

    assert (plain.returncode, as_json.returncode) == (1, 1)
    found = [fault for fault in json.loads(as_json.stdout) if fault["table"] == "hours_entry"]
    assert [(fault["rule"], make.uuid.UUID(fault["row"])) for fault in found] == [("V7", entry.id)]
    assert "V7: hours_entry" in plain.stdout
    assert "faults" in plain.stdout.splitlines()[-1]
