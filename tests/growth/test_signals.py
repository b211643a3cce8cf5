"""From weeks of work to a signal, a decision somebody reads, and another look when they do not agree."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from tests.caseload.pages import titles, words
from tests.growth import making
from webapp.growth.careers import decisions, signals
from webapp.growth.signals import escalate, notice
from webapp.history.actions import history
from webapp.notifications.actions import table as messages


def look(world: make.World, *, days: int = 0) -> int:
    with world.database.transaction() as db:
        return notice(db, world.municipality_id, make.terms(world.database, world.municipality_id), now=make.NOW + timedelta(days=days))


def told(session: Session, who: Any) -> list[str]:
    session.rollback()
    return list(
        session.execute(
            select(messages.c.key).where(messages.c.account_id == who.account_id).order_by(messages.c.created_at, messages.c.key)
        ).scalars()
    )


def standing(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    return [(row.kind, row.status) for row in session.execute(select(signals).order_by(signals.c.raised_at, signals.c.id))]


def decide(who: Any, signal: Any, decision: str, reason: str = "Zo is het besproken.") -> Any:
    return who.post(f"/signals/{signal.id}/decision", {"decision": decision, "reason": reason})


def test_weeks_of_work_raise_one_signal_with_its_facts_and_one_message(world: make.World, session: Session, marieke: Any) -> None:
    making.ready_career(world)

    assert [look(world), look(world), look(world, days=1)] == [1, 0, 0]

    (row,) = session.execute(select(signals)).all()
    assert row.kind == "ready"
    assert row.due_on == make.TODAY + timedelta(days=7)
    assert {point["name"]: point["state"] for point in row.facts["points"]} == {
        "rhythm": "met", "independence": "met", "tasks": "met", "employer": "met", "own_view": "unknown",
    }  # fmt: skip
    assert row.facts["source"]
    assert told(session, world.case_manager) == ["signal.ready"]
    page = words(marieke.get(f"/signals/{row.id}"))
    for text in ("Working alone: 6 weeks with almost no help", "would hire", "not asked yet", "choices of design, no norms"):
        assert text in page
    assert "checked" not in marieke.get(f"/signals/{row.id}").text.split('id="decision"')[1].split("</fieldset>")[0]


def test_who_was_away_too_often_gets_no_signal(world: make.World, session: Session) -> None:
    making.ready_career(world)
    with world.database.transaction() as db:
        from webapp.hours.reads import entries

        ids = db.execute(select(entries.c.id).order_by(entries.c.worked_on.desc()).limit(8)).scalars().all()
        db.execute(entries.update().where(entries.c.id.in_(ids)).values(status="withdrawn"))

    assert look(world) == 0


def test_a_signal_goes_to_whoever_stands_in(world: make.World, session: Session) -> None:
    from webapp.people.models import Absence

    make.save(world.database, Absence(
        municipality_id=world.municipality_id, account_id=world.case_manager.account_id, stand_in_id=world.colleague.account_id, first_day=make.TODAY, last_day=make.TODAY,
    ))  # fmt: skip
    making.ready_career(world)
    look(world)

    assert told(session, world.colleague) == ["signal.ready"]


def test_the_participant_reads_decision_and_reason_and_nothing_before(world: make.World, selam: Any, marieke: Any, session: Session) -> None:
    signal = making.signal(world)
    assert "Zo is het besproken." not in words(selam.get("/growth"))

    assert decide(marieke, signal, "regular_job").location == f"/participants/{world.participant.account_id}"

    page = words(selam.get("/growth"))
    assert "Marieke decided on" in page
    assert "To a regular job" in page
    assert "Zo is het besproken." in page
    assert told(session, world.participant) == ["talk.ready"]
    assert standing(session) == [("ready", "closed")]


@pytest.mark.parametrize(
    ("decision", "reason", "field"),
    [("", "Omdat.", "decision"), ("automatic", "Omdat.", "decision"), ("not_yet", "  ", "reason"), ("talked", "Omdat.", "decision")],
)
def test_a_decision_needs_a_choice_and_a_reason(world: make.World, marieke: Any, session: Session, decision: str, reason: str, field: str) -> None:
    answer = decide(marieke, making.signal(world), decision, reason)

    assert answer.status_code == 422
    assert f'aria-describedby="{field}-error' in answer.text or f'id="{field}-error"' in answer.text
    assert standing(session) == [("ready", "open")]


def test_the_same_decision_again_changes_nothing_and_another_one_is_refused(world: make.World, marieke: Any, session: Session) -> None:
    signal = making.signal(world)
    assert decide(marieke, signal, "not_yet").status_code == 303
    assert decide(marieke, signal, "not_yet").status_code == 303
    assert decide(marieke, signal, "regular_job").status_code == 409

    session.rollback()
    assert session.execute(select(decisions.c.decision)).scalars().all() == ["not_yet"]
    assert session.execute(select(history.c.action).where(history.c.subject_id == signal.id)).scalars().all() == ["signal.decided"]


def test_a_talk_first_keeps_the_signal_until_it_is_decided(world: make.World, marieke: Any, session: Session) -> None:
    signal = making.signal(world)
    decide(marieke, signal, "talk_first")
    decide(marieke, signal, "talk_first")
    assert standing(session) == [("ready", "talking")]
    assert session.execute(select(signals.c.due_on)).scalar() == make.TODAY + timedelta(days=14)

    decide(marieke, signal, "not_yet")
    assert standing(session) == [("ready", "closed")]


def test_after_not_yet_there_is_a_pause_before_the_next_signal(world: make.World, marieke: Any, session: Session) -> None:
    making.ready_career(world)
    look(world)
    decide(marieke, session.execute(select(signals)).one(), "not_yet")

    assert look(world, days=6) == 0


def test_the_third_not_yet_in_a_row_asks_a_colleague_and_the_participant_hears_after(
    world: make.World, marieke: Any, ruud: Any, selam: Any, session: Session
) -> None:
    for back in (60, 30):
        before = making.signal(world, status="closed", raised_on=make.TODAY - timedelta(days=back))
        making.decided(world, before, "not_yet", days_ago=back)
    signal = making.signal(world)

    decide(marieke, signal, "not_yet", "Nog te vroeg.")
    assert standing(session)[-1] == ("ready", "asked")
    assert told(session, world.participant) == []
    assert told(session, world.colleague) == ["signal.second"]
    assert titles(ruud.get("/signals")) == ["A colleague asks you to look: Selam T."]
    assert "Nog te vroeg." not in words(selam.get("/growth"))

    assert ruud.post(f"/signals/{signal.id}/second", {"view": "agree", "reason": "Dat zie ik ook."}).status_code == 303
    assert standing(session)[-1] == ("ready", "closed")
    assert told(session, world.participant) == ["signal.decided"]


def test_a_colleague_who_sees_it_differently_gives_it_back(world: make.World, marieke: Any, ruud: Any, session: Session) -> None:
    for back in (60, 30):
        making.decided(world, making.signal(world, status="closed", raised_on=make.TODAY - timedelta(days=back)), "not_yet", days_ago=back)
    signal = making.signal(world)
    decide(marieke, signal, "not_yet")
    assert marieke.post(f"/signals/{signal.id}/second", {"view": "agree", "reason": "Zelf."}).status_code == 409

    ruud.post(f"/signals/{signal.id}/second", {"view": "differ", "reason": "Kan het wel."})

    assert standing(session)[-1] == ("ready", "open")
    assert told(session, world.case_manager) == ["signal.differs"]


def test_somebody_who_does_not_agree_is_answered_by_somebody_who_did_not_decide(
    world: make.World, marieke: Any, ruud: Any, selam: Any, session: Session
) -> None:
    signal = making.signal(world)
    assert selam.post(f"/signals/{signal.id}/objection", {"kind": "object", "words": "Te vroeg."}).status_code == 409
    decide(marieke, signal, "not_yet")

    for _ in range(2):
        assert selam.post(f"/signals/{signal.id}/objection", {"kind": "object", "words": "Ik kan het."}).status_code == 303

    (row,) = session.execute(select(making.Objection.__table__)).all()
    assert row.asked_id == world.colleague.account_id
    assert titles(ruud.get("/signals")) == ["Selam T. does not agree with a decision"]
    assert marieke.post(f"/objections/{row.id}/answer", {"answer": "Nee."}).status_code == 409
    assert ruud.post(f"/objections/{row.id}/answer", {"answer": "Wij praten morgen samen."}).status_code == 303
    assert "Wij praten morgen samen." in words(selam.get("/growth"))
    assert told(session, world.participant)[-1] == "objection.answered"


def test_a_signal_nobody_decides_asks_a_colleague_after_five_days_and_the_administrators_after_seven(
    world: make.World, ruud: Any, session: Session
) -> None:
    admin = make.account(world.database, world.municipality_id, "admin", "Nadia Kuiper")
    signal = making.signal(world)
    terms = make.terms(world.database, world.municipality_id)
    for day in (4, 5, 6, 7, 8):
        with world.database.transaction() as db:
            escalate(db, world.municipality_id, terms, now=make.NOW + timedelta(days=day))
        assert told(session, world.colleague) == ["signal.cover"] * (day >= 5)
        assert told(session, admin) == ["signal.late"] * (day >= 7)

    assert ruud.get(f"/signals/{signal.id}").status_code == 200
    assert decide(ruud, signal, "talk_first").status_code == 303


def test_a_stranger_finds_no_signal(world: make.World, as_person: Any, ruud: Any, selam: Any) -> None:
    signal = making.signal(world)

    assert as_person(world.strange_case_manager).get(f"/signals/{signal.id}").status_code == 404
    assert ruud.get(f"/signals/{signal.id}").status_code == 404
    assert decide(ruud, signal, "not_yet").status_code == 404
    assert as_person(world.other_participant).post(f"/signals/{signal.id}/objection", {"kind": "look"}).status_code == 404


def test_too_little_data_is_said(world: make.World, marieke: Any, jan: Any, session: Session) -> None:
    jan.post(f"/placements/{world.placement.id}/hire")

    page = words(marieke.get(f"/signals/{session.execute(select(signals.c.id)).scalar()}"))

    assert "Working alone: too little data" in page
    assert "The system itself would still miss" in page
