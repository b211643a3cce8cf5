"""A free answer on the phone: yes, no, taking either back, and two people for one place."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlmodel import Session, SQLModel

from tests import factories as make
from tests.caseload.pages import words
from webapp.history.models import HistoryRow
from webapp.hours.models import HoursEntry
from webapp.notifications.models import Notification
from webapp.offers.actions import close_expired
from webapp.offers.models import Offer
from webapp.offers.rules import Answer, OfferGone
from webapp.placements import actions
from webapp.placements.models import Placement, PlannedShift
from webapp.requests.models import WorkRequest

SOON = make.TODAY + timedelta(days=14)


@pytest.fixture
def work(world: make.World) -> WorkRequest:
    """Work for one person that begins in two weeks."""
    return make.work_request(world.database, world.establishment, world.supervisor, function="Keukenhulp", starts_on=SOON, weeks=4)


@pytest.fixture
def offer(world: make.World, work: WorkRequest) -> Offer:
    return make.offer(world.database, work, world.other_participant, world.case_manager)


@pytest.fixture
def yusuf(world: make.World, as_person: Any) -> Any:
    """The person the offer is for, reading English."""
    visitor = as_person(world.other_participant)
    visitor.post("/language", {"language": "en"})
    return visitor


def say(visitor: Any, offer: Offer, answer: str) -> Any:
    return visitor.post(f"/offers/{offer.id}/answer", {"answer": answer})


def offer_now(session: Session, offer: Offer) -> str:
    session.rollback()
    found = session.get(Offer, offer.id)
    assert found is not None
    return found.status


def placement_now(session: Session, offer: Offer) -> Placement | None:
    session.rollback()
    return session.execute(select(Placement).where(Placement.offer_id == offer.id)).scalar_one_or_none()


def count(session: Session, table: type[SQLModel], *where: Any) -> int:
    session.rollback()
    return int(session.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


# the card -------------------------------------------------------------------------------------


def test_the_card_tells_everything_and_offers_two_equal_buttons(yusuf: Any, offer: Offer) -> None:
    page = yusuf.get(f"/offers/{offer.id}")

    text = words(page)
    for part in (
        "Keukenhulp",
        "Kwekerij De Morgen",
        "Kasweg 1, Waterveen",
        "per hour",
        "Jan",
        "Planten in potten zetten",
        "You choose.",
        "No is fine too.",
        "Your benefit and allowances stay the same.",
    ):
        assert part in text
    assert f'<article id="offer-{offer.id}" data-status="open"' in page.text
    yes, no = (page.text.index(f'name="answer" value="{answer}"') for answer in ("yes", "no"))
    opening = [page.text[page.text.rindex("<button", 0, at) : at] for at in (yes, no)]
    assert opening[0] == opening[1]


def test_a_yes_takes_the_place_tells_the_case_manager_and_starts_nothing(world: make.World, yusuf: Any, offer: Offer, session: Session) -> None:
    answer = say(yusuf, offer, "yes")

    assert (answer.status_code, answer.location) == (303, f"/offers/{offer.id}")
    placement = placement_now(session, offer)
    assert placement is not None
    assert (offer_now(session, offer), placement.status, placement.starts_on, placement.ends_on) == (
        "yes",
        "accepted",
        SOON,
        SOON + timedelta(days=27),
    )
    told = session.execute(select(Notification).where(Notification.key == "offer.yes")).scalar_one()
    assert (told.account_id, told.path) == (world.case_manager.account_id, f"/placements/{placement.id}/preparation")
    assert count(session, PlannedShift, PlannedShift.placement_id == placement.id) == 0
    assert "You said yes" in words(yusuf.get(answer.location))


def test_no_hours_can_be_written_for_a_yes_whose_start_is_not_recorded(yusuf: Any, offer: Offer, session: Session) -> None:
    say(yusuf, offer, "yes")
    placement = placement_now(session, offer)
    assert placement is not None

    sent = yusuf.post(
        "/hours/6e4f4b0e-6d5a-4a37-9a0f-0d3f6a5f7a11",
        {"placement_id": str(placement.id), "worked_on": make.MONDAY.isoformat(), "start": "8:30", "stop": "13:00", "break_minutes": "30"},
    )

    assert sent.status_code == 422
    assert "not started yet" in words(sent)
    assert count(session, HoursEntry) == 0


def test_a_no_closes_the_offer_and_tells_nobody(yusuf: Any, offer: Offer, session: Session) -> None:
    before = count(session, Notification)

    answer = say(yusuf, offer, "no")

    assert (answer.status_code, offer_now(session, offer), placement_now(session, offer)) == (303, "closed", None)
    assert count(session, Notification) == before
    assert "Your benefit stays the same." in words(yusuf.get(answer.location))
    assert ">No</" in yusuf.get("/offers").text  # their own list does tell them


@pytest.mark.parametrize("answers", [("yes",), ("no",), ("yes", "undo"), ("no", "undo"), ("no", "yes"), ("yes", "no")])
def test_tapping_again_changes_nothing_and_answers_alike(yusuf: Any, offer: Offer, session: Session, answers: tuple[str, ...]) -> None:
    for answer in answers:
        first = say(yusuf, offer, answer)
    rows = [count(session, table) for table in (HistoryRow, Notification, Placement)]

    again = [say(yusuf, offer, answers[-1]) for _ in range(3)]

    assert {(page.status_code, page.location) for page in again} == {(303, first.location)}
    assert [count(session, table) for table in (HistoryRow, Notification, Placement)] == rows


def test_a_yes_taken_back_opens_the_offer_and_frees_the_place(yusuf: Any, offer: Offer, session: Session) -> None:
    say(yusuf, offer, "yes")

    say(yusuf, offer, "undo")

    placement = placement_now(session, offer)
    assert placement is not None
    assert (offer_now(session, offer), placement.status) == ("open", "cancelled")
    assert "You choose." in words(yusuf.get(f"/offers/{offer.id}"))


def test_a_no_taken_back_opens_the_offer_again(yusuf: Any, offer: Offer, session: Session) -> None:
    say(yusuf, offer, "no")

    say(yusuf, offer, "undo")

    assert offer_now(session, offer) == "open"
    assert "You choose." in words(yusuf.get(f"/offers/{offer.id}"))


def test_whatever_somebody_taps_the_place_is_taken_exactly_when_the_offer_says_yes(world: make.World, app: Flask, offer: Offer) -> None:
    by, sealer = make.person(world.database, world.other_participant), app.extensions["sealer"]
    for answers in product(Answer, repeat=4):
        with Session(world.database.engine) as db:
            mine = db.get(Offer, offer.id)
            assert mine is not None
            for answer in answers:
                actions.answer(db, mine, answer, by=by, case_manager_id=world.case_manager.account_id, sealer=sealer, now=make.NOW)
                placement = actions.placement_of(db, mine)
                assert (mine.status == "yes") == (placement is not None and placement.status == "accepted"), answers
            db.rollback()


@pytest.mark.parametrize("junk", ["", "maybe", "YES", "yes ", "\x00", "ja"])
def test_an_answer_that_is_none_is_refused_and_the_card_stays(yusuf: Any, offer: Offer, session: Session, junk: str) -> None:
    answer = say(yusuf, offer, junk)

    assert answer.status_code == 422
    assert "You choose." in words(answer)
    assert offer_now(session, offer) == "open"


def test_nobody_else_sees_or_answers_an_offer(world: make.World, as_person: Any, offer: Offer, session: Session) -> None:
    for somebody in (world.participant, world.stranger):
        visitor = as_person(somebody)
        assert [
            visitor.get(f"/offers/{offer.id}").status_code,
            say(visitor, offer, "yes").status_code,
            visitor.get(f"/offers/{offer.id}/calendar.ics").status_code,
        ] == [404] * 3
    for somebody in (world.supervisor, world.case_manager):
        visitor = as_person(somebody)
        assert [visitor.get(f"/offers/{offer.id}").status_code, say(visitor, offer, "yes").status_code] == [403] * 2
    assert offer_now(session, offer) == "open"


# too late, or too few places --------------------------------------------------------------------


def test_an_offer_that_ran_out_says_so_without_blame_and_a_no_is_still_fine(
    world: make.World, yusuf: Any, work: WorkRequest, session: Session
) -> None:
    old = make.offer(world.database, work, world.other_participant, world.case_manager, closes_at=make.NOW - timedelta(minutes=1))

    late = say(yusuf, old, "yes")

    assert late.status_code == 409
    assert "It is not because of you." in words(late)
    assert offer_now(session, old) == "open"  # the clock closes it, not the visitor
    assert say(yusuf, old, "no").status_code == 303


def test_the_clock_closes_what_ran_out_once_and_only_that(world: make.World, app: Flask, offer: Offer, yusuf: Any, session: Session) -> None:
    def close(now: Any) -> int:
        with world.database.transaction() as db:
            return close_expired(db, world.municipality_id, sealer=app.extensions["sealer"], now=now)

    assert close(offer.closes_at - timedelta(seconds=1)) == 0
    assert [close(offer.closes_at), close(offer.closes_at)] == [1, 0]
    assert offer_now(session, offer) == "closed"
    assert "It is not because of you." in words(yusuf.get(f"/offers/{offer.id}"))
    assert say(yusuf, offer, "yes").status_code == 409


def test_two_people_say_yes_to_one_place_at_once_and_one_gets_it(
    world: make.World, as_person: Any, work: WorkRequest, offer: Offer, session: Session
) -> None:
    aster = make.participant(world.database, world.municipality_id, world.case_manager, "Aster Gebre")
    theirs = make.offer(world.database, work, aster, world.case_manager)
    gate, answers = threading.Barrier(2), []

    def tap(visitor: Any, mine: Offer) -> None:
        visitor.post("/language", {"language": "en"})
        gate.wait()
        answers.append((say(visitor, mine, "yes"), visitor, mine))

    threads = [threading.Thread(target=tap, args=(as_person(who), what)) for who, what in ((world.other_participant, offer), (aster, theirs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (_, _, won), (gone, loser, lost) = sorted(answers, key=lambda answer: answer[0].status_code)
    assert [answer.status_code for answer, _, _ in answers].count(303) == 1
    assert gone.status_code == 409
    assert "This place is gone. It is not because of you." in words(gone)
    assert "This place is gone. It is not because of you." in words(loser.get(f"/offers/{lost.id}"))
    assert (offer_now(session, won), offer_now(session, lost)) == ("yes", "closed")
    assert count(session, Placement, Placement.request_id == work.id) == 1


def test_when_the_place_is_taken_the_others_read_it_is_not_because_of_them(
    world: make.World, as_person: Any, work: WorkRequest, offer: Offer, yusuf: Any, session: Session
) -> None:
    aster = make.participant(world.database, world.municipality_id, world.case_manager, "Aster Gebre")
    theirs = make.offer(world.database, work, aster, world.case_manager)

    say(yusuf, offer, "yes")

    assert offer_now(session, theirs) == "closed"
    assert as_person(aster).get(f"/offers/{theirs.id}").text.count("dock") == 0


# more than one offer ------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_taking_an_answer_back_works_too_when_another_offer_came_meanwhile(
    world: make.World, yusuf: Any, offer: Offer, session: Session, answer: str
) -> None:
    say(yusuf, offer, answer)
    elsewhere = make.work_request(world.database, world.establishment, world.supervisor, function="Inpakhulp", starts_on=SOON)
    other = make.offer(world.database, elsewhere, world.other_participant, world.case_manager)

    taken_back = say(yusuf, offer, "undo")

    placement = placement_now(session, offer)
    assert taken_back.status_code == 303
    assert (offer_now(session, offer), offer_now(session, other)) == ("closed", "open")
    assert placement is None or placement.status == "cancelled"
    assert say(yusuf, offer, "yes").status_code == 303  # and they may still say yes to both
    assert say(yusuf, other, "yes").status_code == 303


def test_an_old_no_for_work_that_was_offered_again_stays_closed(
    world: make.World, yusuf: Any, work: WorkRequest, offer: Offer, session: Session
) -> None:
    say(yusuf, offer, "no")
    again = make.offer(world.database, work, world.other_participant, world.case_manager)

    assert say(yusuf, offer, "undo").status_code == 303
    assert say(yusuf, offer, "yes").status_code == 409
    assert (offer_now(session, offer), offer_now(session, again)) == ("closed", "open")


def test_an_answer_in_the_last_second_is_in_time(world: make.World, app: Flask, offer: Offer) -> None:
    by, sealer = make.person(world.database, world.other_participant), app.extensions["sealer"]
    with Session(world.database.engine) as db:
        mine = db.get(Offer, offer.id)
        assert mine is not None
        with pytest.raises(OfferGone):
            actions.answer(db, mine, Answer.YES, by=by, case_manager_id=world.case_manager.account_id, sealer=sealer, now=offer.closes_at)
        actions.answer(
            db, mine, Answer.YES, by=by, case_manager_id=world.case_manager.account_id, sealer=sealer, now=offer.closes_at - timedelta(seconds=1)
        )
        assert mine.status == "yes"
