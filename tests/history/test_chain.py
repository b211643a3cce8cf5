"""The chain: every row hangs on the one before, whoever writes at the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from tests import factories as make
from webapp.history.actions import BEGINNING, Change, Link, record
from webapp.history.models import HistoryRow
from webapp.history.rules import FIRST, facts_text, row_hash

SUBJECT = UUID(int=1)
SAID = {
    "municipality_id": 1,
    "number": 1,
    "at": make.NOW,
    "actor_id": UUID(int=2),
    "actor_role": "supervisor",
    "action": "hours.confirmed",
    "subject_id": SUBJECT,
    "facts": "{}",
}


def chain(session: Session, municipality_id: int) -> list[HistoryRow]:
    session.rollback()
    return list(
        session.execute(select(HistoryRow).where(col(HistoryRow.municipality_id) == municipality_id).order_by(col(HistoryRow.number))).scalars()
    )


def assert_whole(rows: list[HistoryRow]) -> None:
    previous = FIRST
    for number, row in enumerate(rows, 1):
        assert (row.number, row.previous_hash) == (number, previous)
        assert row.hash == row_hash(
            previous, municipality_id=row.municipality_id, number=number, at=row.at, actor_id=row.actor_id, actor_role=row.actor_role, action=row.action,
            subject_id=row.subject_id, facts=row.facts,
        )  # fmt: skip
        previous = row.hash


@pytest.mark.parametrize(
    "change",
    [{"municipality_id": 2}, {"number": 2}, {"at": make.NOW + timedelta(microseconds=1)}, {"actor_id": None}, {"actor_role": "clock"}, {"action": "hours.corrected"}, {"subject_id": UUID(int=3)}, {"facts": '{"a":1}'}],
)  # fmt: skip
def test_every_word_of_a_row_is_in_its_hash(change: dict[str, Any]) -> None:
    assert row_hash(FIRST, **SAID) != row_hash(FIRST, **{**SAID, **change})
    assert row_hash(FIRST, **SAID) != row_hash("1" * 64, **SAID)


def test_facts_are_always_written_the_same_way() -> None:
    assert facts_text({"b": make.MONDAY, "a": {"d": 1, "c": "ø"}}) == f'{{"a":{{"c":"ø","d":1}},"b":"{make.MONDAY}"}}'


def test_rows_hang_together_per_municipality(world: make.World, session: Session) -> None:
    other = world.stranger.municipality_id
    for number, municipality_id in enumerate((world.municipality_id, other, world.municipality_id)):
        with world.database.transaction() as db:
            changes = [Change("test.first", SUBJECT, {"n": number}), Change("test.second", SUBJECT, {"n": number})]
            record(db, changes, municipality_id=municipality_id, actor_id=None, actor_role="clock", now=make.NOW)

    assert [len(chain(session, id)) for id in (world.municipality_id, other)] == [4, 2]
    for id in (world.municipality_id, other):
        assert_whole(chain(session, id))


def test_nothing_changed_writes_nothing(world: make.World, session: Session) -> None:
    with world.database.transaction() as db:
        record(db, [], municipality_id=world.municipality_id, actor_id=None, actor_role="clock", now=make.NOW)

    assert chain(session, world.municipality_id) == []


def test_a_fork_is_refused_by_the_table(world: make.World, session: Session) -> None:
    def write(after: Link) -> None:
        with world.database.transaction() as db:
            record(
                db, [Change("test", SUBJECT, {})], municipality_id=world.municipality_id, actor_id=None, actor_role="clock", now=make.NOW, after=after
            )

    write(BEGINNING)
    with pytest.raises(IntegrityError):
        write(BEGINNING)
    assert_whole(chain(session, world.municipality_id))


def test_many_who_write_at_the_same_moment_leave_one_whole_chain(world: make.World, as_person: Any, session: Session) -> None:
    """Confirming, correcting and sending at once: each on its own entry, all in one municipality."""
    entries = [make.hours(world.database, world.placement, day=make.TODAY - timedelta(days=day)) for day in range(1, 13)]
    visitors = [as_person(world.supervisor) for _ in range(4)]
    selam, gate, codes = as_person(world.participant), threading.Barrier(5), []

    def supervise(visitor: Any, own: list[Any]) -> None:
        gate.wait()
        for number, entry in enumerate(own):
            if number % 2:
                form = {"start": "08:30", "stop": "12:00", "break_minutes": "0", "reason": "stopped_earlier"}
                codes.append(visitor.post(f"/hours/{entry.id}/correction", form).status_code)
            else:
                codes.append(visitor.post(f"/hours/{entry.id}/confirmation").status_code)

    def send() -> None:
        gate.wait()
        for day in range(13, 19):
            form = {"placement_id": str(world.placement.id), "worked_on": (make.TODAY - timedelta(days=day)).isoformat(), "start": "9", "stop": "12"}
            codes.append(selam.post(f"/hours/{UUID(int=day)}", form).status_code)

    threads = [threading.Thread(target=supervise, args=(visitor, entries[number::4])) for number, visitor in enumerate(visitors)]
    threads.append(threading.Thread(target=send))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    rows = chain(session, world.municipality_id)
    assert codes == [303] * 18
    assert len(rows) == 18
    assert_whole(rows)
