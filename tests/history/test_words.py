"""What people wrote stands beside the chain: provable while it is kept, gone when it is erased, and the chain stays whole."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlmodel import Session

from tests import factories as make
from webapp.history.actions import Change, anchor, history, record
from webapp.history.rules import apart, digest_of, filled
from webapp.history.words import words, words_of
from webapp.verify import faults

SUBJECT = UUID(int=1)


def write(world: make.World, facts: dict[str, Any]) -> None:
    with world.database.transaction() as db:
        record(db, [Change("test", SUBJECT, facts)], municipality_id=world.municipality_id, actor_id=None, actor_role="clock", now=make.NOW)


def test_words_are_not_in_the_chain_and_come_back_while_they_are_kept(world: make.World, session: Session) -> None:
    write(world, {"reason": "ziek", "minutes": 30, "is": {"work": "Bij Jan", "start": "08:30"}})

    facts = json.loads(session.execute(select(history.c.facts)).scalar_one())
    assert facts["minutes"] == 30 and facts["is"]["start"] == "08:30"
    assert facts["reason"].startswith("sha256:") and facts["is"]["work"].startswith("sha256:")
    assert words_of(session, world.municipality_id, [1]) == {1: {"reason": "ziek", "is.work": "Bij Jan"}}


def test_erased_words_leave_a_whole_chain_and_changed_words_are_found(world: make.World, session: Session) -> None:
    write(world, {"note": "Bus gemist."})
    write(world, {"note": "Weer gemist."})
    with world.database.transaction() as db:
        db.execute(delete(words).where(words.c.number == 1))
    assert [fault for fault in faults(world.database) if fault.table.startswith("history")] == []

    with world.database.transaction() as db:
        db.execute(words.update().values(text="Nooit gemist."))
    assert [fault.table for fault in faults(world.database) if fault.table.startswith("history")] == ["history_words"]


def test_the_same_words_have_another_digest_each_time(world: make.World, session: Session) -> None:
    """Otherwise somebody who guesses could try words against the chain."""
    write(world, {"note": "ziek"})
    write(world, {"note": "ziek"})

    assert len(set(session.execute(select(history.c.facts)).scalars())) == 2


@pytest.mark.parametrize(
    ("facts", "kept"),
    [
        ({"reason": "stopped_earlier"}, {"reason": "stopped_earlier"}), ({"status": "sent", "at": "2026-03-02T09:00:00+00:00", "start": "08:30"}, {}),
        ({"id": "01a2099f-b110-7316-8b67-a6249502a367", "n": 1, "none": None, "day": "2026-03-02"}, {}), ({"deep": [{"note": "a"}, "Jan"]}, {"deep.0.note": "a", "deep.1": "Jan"}),
        ({"note": ""}, {}), ({"said": "Ziek"}, {"said": "Ziek"}), ({"said": "ik ben ziek"}, {"said": "ik ben ziek"}),
    ],
)  # fmt: skip
def test_codes_days_and_identifiers_stay_and_everything_somebody_may_have_written_goes_apart(facts: Any, kept: Any) -> None:
    assert apart(facts) == kept


FACTS = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_characters="."), min_size=1), inner, max_size=3),
)


@given(st.dictionaries(st.text(st.characters(exclude_characters="."), min_size=1), FACTS, max_size=4))
def test_after_the_words_are_out_nobodys_words_are_left(facts: dict[str, Any]) -> None:
    texts = apart(facts)
    left = filled(facts, dict.fromkeys(texts, ""))

    assert apart(left) == {}
    assert filled(facts, texts) == json.loads(json.dumps(facts))


def test_a_digest_needs_its_salt() -> None:
    assert digest_of("a", "ziek") != digest_of("b", "ziek")


def test_rows_cut_off_the_end_are_found_by_the_anchor(world: make.World, session: Session) -> None:
    for number in range(3):
        write(world, {"n": number})
    with world.database.transaction() as db:
        assert [anchor(db, world.municipality_id, now=make.NOW) is None for _ in range(2)] == [False, True]
    assert not [fault for fault in faults(world.database) if fault.table == "history_anchor"]

    with world.database.transaction() as db:
        on_sqlite = db.get_bind().dialect.name == "sqlite"
        db.connection().exec_driver_sql("DROP TRIGGER history_refuses_delete" if on_sqlite else "DROP TRIGGER history_is_append_only ON history")
        db.execute(delete(history).where(history.c.number == 3))

    assert ["gone" in fault.what for fault in faults(world.database) if fault.table == "history_anchor"] == [True]
