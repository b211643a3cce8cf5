"""A week told in three taps: once, by who was there, read by the person it is about, and never about oneself."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from tests.caseload.pages import words
from tests.growth import making
from webapp.growth.careers import feedback as table
from webapp.growth.careers import signals, tasks_shown
from webapp.growth.rubric import week_asked
from webapp.notifications.actions import table as messages

WEEK = week_asked(make.TODAY)


def tell(who: Any, world: make.World, id: uuid.UUID | None = None, **said: Any) -> Any:
    form = {"id": str(id or uuid.uuid4()), "week": WEEK.isoformat(), "help": "some", "item": "tempo", "level": "3", **said}
    return who.post(f"/placements/{world.placement.id}/feedback", {name: value for name, value in form.items() if value is not None})


def rows(session: Session) -> list[Any]:
    session.rollback()
    return list(session.execute(select(table).order_by(table.c.week_of)))


def test_what_a_supervisor_tells_the_participant_reads_at_once(world: make.World, jan: Any, selam: Any, session: Session) -> None:
    answer = tell(jan, world, words="Werkt netjes.", task="Planten in potten zetten")

    assert answer.location == "/employer/feedback?sent=1"
    page = words(selam.get("/growth"))
    for text in ("Werkt netjes.", "Mostly keeps the pace", "Help needed: Sometimes", "Planten in potten zetten", "Jan"):
        assert text in page
    told = session.execute(select(messages.c.key).where(messages.c.account_id == world.participant.account_id)).scalars().all()
    assert told == ["feedback.new"]


def test_sending_twice_tells_once(world: make.World, jan: Any, session: Session) -> None:
    id = uuid.uuid4()
    for _ in range(3):
        assert tell(jan, world, id).status_code == 303

    assert len(rows(session)) == 1


def test_the_second_answer_of_a_week_adds_to_the_first(world: make.World, jan: Any, session: Session) -> None:
    tell(jan, world, help="little", item=None, level=None)
    tell(jan, world, help=None, item="quality", level="4")

    (row,) = rows(session)
    assert (row.help, row.item, row.level) == ("little", "quality", 4)


def test_not_this_week_asks_nothing_more_and_tells_nobody(world: make.World, jan: Any, session: Session) -> None:
    assert "how much help was needed" in words(jan.get("/employer/hours"))
    tell(jan, world, help=None, item=None, level=None, skip="1")

    assert "how much help was needed" not in words(jan.get("/employer/hours"))
    assert rows(session)[0].skipped
    assert session.execute(select(messages)).all() == []


def test_an_answer_that_is_none_is_asked_again_with_what_was_typed(world: make.World, jan: Any, session: Session) -> None:
    for said, field in (
        ({"help": "x"}, "help"),
        ({"level": "9"}, "level"),
        ({"item": "stars", "level": "4"}, "level"),
        ({"help": None, "item": None, "level": None}, "help"),
    ):
        answer = tell(jan, world, **said)
        assert answer.status_code == 422, said
        assert f'id="{field}-{world.placement.id}-error"' in answer.text or "role=" in answer.text
    assert rows(session) == []


def test_only_the_own_workplace_tells(world: make.World, as_person: Any, session: Session) -> None:
    assert tell(as_person(world.other_supervisor), world).status_code == 404
    assert tell(as_person(world.strange_supervisor), world).status_code == 404
    assert tell(as_person(world.participant), world).status_code == 403
    assert rows(session) == []


def test_nobody_observes_themselves(world: make.World, as_person: Any, session: Session) -> None:
    """Somebody may be supervisor and participant at one workplace; then a colleague tells."""
    from webapp.people.models import Membership

    both = Membership(
        municipality_id=world.municipality_id,
        account_id=world.participant.account_id,
        role="supervisor",
        establishment_id=world.establishment.id,
        valid_from=make.LONG_AGO,
    )
    make.save(world.database, both)

    assert tell(as_person(both), world).status_code == 403
    assert rows(session) == []


def test_an_answer_of_the_participant_is_read_by_the_supervisor_and_then_the_week_stands(
    world: make.World, jan: Any, selam: Any, session: Session
) -> None:
    given = making.feedback(world, week_of=WEEK)
    selam.post(f"/feedback/{given.id}/answer", {"answer": "Dank je wel."})

    assert "Dank je wel." in words(jan.get("/employer/feedback"))
    tell(jan, world, help="much")
    assert rows(session)[0].help == "some"


def test_a_task_is_learned_once_and_only_one_of_this_work(world: make.World, jan: Any, session: Session) -> None:
    for week in (0, 1):
        tell(jan, world, week=(WEEK - timedelta(weeks=week)).isoformat(), task="Planten in potten zetten")
    tell(jan, world, week=(WEEK - timedelta(weeks=2)).isoformat(), task="Directeur zijn")

    assert session.execute(select(tasks_shown.c.task)).scalars().all() == ["Planten in potten zetten"]


def test_htmx_asks_the_second_question_and_then_says_thank_you(world: make.World, jan: Any) -> None:
    making.feedback(world, weeks_ago=3, hire="maybe")
    address = f"/placements/{world.placement.id}/feedback"
    first = jan.post(address, {"id": str(uuid.uuid4()), "help": "little", "week": WEEK.isoformat()}, headers={"HX-Request": "true"})
    assert first.text.count('name="level"') == 4

    second = jan.post(
        address, {"id": str(uuid.uuid4()), "item": "instructions", "level": "4", "week": WEEK.isoformat()}, headers={"HX-Request": "true"}
    )
    assert "Thank you" in second.text


def test_the_own_view_is_one_a_week_and_read_by_the_case_manager(world: make.World, selam: Any, marieke: Any, session: Session) -> None:
    for ready in ("later", "yes", "yes"):
        assert selam.post("/growth/own-view", {"feels": "well", "ready": ready, "words": "Het gaat goed."}).status_code == 303

    assert "Het gaat goed." in words(marieke.get(f"/participants/{world.participant.account_id}"))
    assert session.execute(select(making.OwnView.__table__.c.ready)).scalars().all() == ["yes"]
    assert selam.post("/growth/own-view", {"feels": "great"}).status_code == 422


def test_two_red_answers_ask_the_case_manager_and_the_employer_reads_none_of_it(
    world: make.World, selam: Any, marieke: Any, jan: Any, session: Session
) -> None:
    address = f"/placements/{world.placement.id}/rating"
    selam.post(address, {"safe": "bad", "explained": "good", "fair": "good"})
    assert session.execute(select(signals)).all() == []
    selam.post(address, {"safe": "bad", "explained": "good", "fair": "bad", "words": "Niemand zegt iets."})
    selam.post(address, {"safe": "bad", "explained": "bad", "fair": "bad", "words": "Niemand zegt iets."})
    session.rollback()

    assert session.execute(select(signals.c.kind)).scalars().all() == ["workplace"]
    assert "gave red answers" in words(marieke.get("/signals"))
    for page in ("/employer/team", "/employer/feedback", "/employer/hours"):
        assert "Niemand zegt iets" not in jan.get(page).text


def test_i_want_to_hire_is_heard_once_by_both_and_pauses_offers(world: make.World, jan: Any, selam: Any, session: Session) -> None:
    from webapp.growth.signals import open_signal

    for _ in range(2):
        assert jan.post(f"/placements/{world.placement.id}/hire").status_code == 303

    keys = session.execute(select(messages.c.key).order_by(messages.c.key)).scalars().all()
    assert keys == ["hire.wish", "signal.hire"]
    assert "would like to hire you" in words(selam.get("/growth"))
    with world.database.transaction() as db:
        assert open_signal(db, world.participant.account_id) is not None
        assert open_signal(db, world.participant.account_id, world.establishment.id) is not None
        assert open_signal(db, world.participant.account_id, world.other_supervisor.establishment_id) is None
        assert open_signal(db, world.other_participant.account_id) is None
