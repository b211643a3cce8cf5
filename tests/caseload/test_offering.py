"""Offering work to one person: once, only to people of the own caseload, and only where a place is free."""

from __future__ import annotations

import uuid
from datetime import timedelta
from threading import Thread
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from tests import factories as make
from tests.caseload.pages import words
from tests.growth import making as growth
from webapp.growth.models import Signal
from webapp.offers.models import Offer
from webapp.people.models import ParticipantFile
from webapp.requests.models import WorkRequest


def kitchen(world: make.World, **more: Any) -> WorkRequest:
    return make.work_request(world.database, world.establishment, world.supervisor, **{"function": "Keukenhulp", "places": 2, **more})


def offers_of(session: Session, request: WorkRequest) -> list[Offer]:
    session.rollback()
    return list(session.execute(select(Offer).where(col(Offer.request_id) == request.id)).scalars())


def test_an_offer_goes_to_one_person_and_a_second_tap_makes_no_second_one(world: make.World, marieke: Any, session: Session) -> None:
    work, who = kitchen(world), world.other_participant.account_id
    form = {"participant_id": str(who), "travel_minutes": "8"}

    first, second = (marieke.post(f"/requests/{work.id}/offers", form) for _ in range(2))

    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert [(offer.participant_id, offer.travel_minutes, offer.status) for offer in offers_of(session, work)] == [(who, 8, "open")]
    assert "Offered to Yusuf" in words(marieke.get(first.location))
    assert "waits for an answer" in words(marieke.get(f"/requests/{work.id}/matching"))


def test_somebody_with_an_open_offer_gets_no_second_one(world: make.World, marieke: Any, session: Session) -> None:
    first, second = kitchen(world), kitchen(world, function="Tuinhulp")
    make.offer(world.database, first, world.other_participant, world.case_manager)

    answer = marieke.post(f"/requests/{second.id}/offers", {"participant_id": str(world.other_participant.account_id)})

    assert answer.status_code == 409
    assert "Yusuf already has an open offer." in words(answer)
    assert offers_of(session, second) == []
    assert "has an open offer of other work" in words(marieke.get(f"/requests/{second.id}/matching"))


def test_no_offer_is_made_for_a_place_that_is_taken(world: make.World, marieke: Any, session: Session) -> None:
    answer = marieke.post(f"/requests/{world.request.id}/offers", {"participant_id": str(world.other_participant.account_id)})

    assert answer.status_code == 409
    assert "no free place left" in words(answer)
    assert len(offers_of(session, world.request)) == 1


def test_somebody_who_said_yes_is_not_offered_the_same_work_again(world: make.World, marieke: Any) -> None:
    work = kitchen(world)
    make.placement(world.database, work, world.other_participant, world.case_manager)

    answer = marieke.post(f"/requests/{work.id}/offers", {"participant_id": str(world.other_participant.account_id)})

    assert answer.status_code == 409
    assert "already said yes" in words(answer)


def test_work_that_did_not_fit_may_be_offered_once_more(world: make.World, marieke: Any, session: Session) -> None:
    work = kitchen(world)
    make.offer(world.database, work, world.other_participant, world.case_manager, status="closed")

    answer = marieke.post(f"/requests/{work.id}/offers", {"participant_id": str(world.other_participant.account_id)})

    assert answer.status_code == 303
    assert sorted(offer.status for offer in offers_of(session, work)) == ["closed", "open"]


def test_a_stranger_is_not_found_whoever_asks(world: make.World, marieke: Any, colleague: Any, as_person: Any) -> None:
    work = kitchen(world)
    for who in (str(world.stranger.account_id), str(world.supervisor.account_id), str(uuid.uuid4()), "nobody", ""):
        assert marieke.post(f"/requests/{work.id}/offers", {"participant_id": who}).status_code == 404
    assert colleague.post(f"/requests/{work.id}/offers", {"participant_id": str(world.participant.account_id)}).status_code == 404
    stranger = as_person(world.strange_case_manager)
    assert stranger.get(f"/requests/{work.id}/matching").status_code == 404
    assert stranger.post(f"/requests/{work.id}/offers", {"participant_id": str(world.stranger.account_id)}).status_code == 404
    assert as_person(world.supervisor).get(f"/requests/{work.id}/matching").status_code == 403


def test_minutes_of_travel_that_are_no_number_are_asked_again(world: make.World, marieke: Any, session: Session) -> None:
    work = kitchen(world)
    answer = marieke.post(f"/requests/{work.id}/offers", {"participant_id": str(world.other_participant.account_id), "travel_minutes": "far"})

    assert answer.status_code == 422
    assert f'aria-describedby="travel-{world.other_participant.account_id}-error"' in answer.get_data(as_text=True)
    assert offers_of(session, work) == []


def test_people_are_shown_with_their_own_reasons_in_the_order_of_their_names(world: make.World, marieke: Any) -> None:
    with world.database.transaction() as db:
        own = update(ParticipantFile).where(col(ParticipantFile.account_id) == world.other_participant.account_id)
        db.execute(own.values(wishes=["Wil leren koken"], travels_by="bike", needs="Korte zinnen"))

    text = words(marieke.get(f"/requests/{kitchen(world).id}/matching"))

    assert text.index("Selam T.") < text.index("Yusuf A.")
    assert "Wil leren koken" in text
    assert "By bicycle" in text
    assert "Needs: Korte zinnen" in text
    assert "What somebody answered before never counts." in text


def test_other_work_is_told_with_what_both_together_would_mean(world: make.World, marieke: Any) -> None:
    work = kitchen(world, pattern=[{"weekday": day, "start": "12:00", "stop": "16:00"} for day in range(5)])

    text = words(marieke.get(f"/requests/{work.id}/matching"))

    assert "Works 20 hours at Kwekerij De Morgen" in text
    assert "Same hours as other work" in text
    assert "Becomes 40 hours: at most 3 months" in text


def test_the_requests_of_the_own_municipality_are_listed_with_their_free_places(world: make.World, marieke: Any, as_person: Any) -> None:
    kitchen(world)

    text = words(marieke.get("/requests"))

    assert "Keukenhulp, Kwekerij De Morgen" in text
    assert "2 places free" in text
    assert "No place free" in text  # the work of the world has one place, which is taken
    assert "Keukenhulp" not in words(as_person(world.strange_case_manager).get("/requests"))


def test_a_signal_comes_before_an_offer(world: make.World, marieke: Any, session: Session) -> None:
    work, who = kitchen(world), world.participant.account_id
    for kind, there in (("ready", True), ("hire", True), ("no_growth", False)):
        raised = growth.signal(world, kind=kind)
        text = words(marieke.get(f"/requests/{work.id}/matching"))
        assert ("A signal waits: decide about that first" in text) == there
        answer = marieke.post(f"/requests/{work.id}/offers", {"participant_id": str(who)})
        assert (answer.status_code == 303 and "offered" in answer.location) == (not there)
        session.execute(update(Signal).where(col(Signal.id) == raised.id).values(status="closed"))
        session.commit()
    assert len(offers_of(session, work)) == 1


def test_who_did_this_work_for_as_long_as_it_may_last_is_not_offered_it_again(world: make.World, marieke: Any, session: Session) -> None:
    long_ago = make.TODAY - timedelta(weeks=30)
    before = kitchen(world, starts_on=long_ago, weeks=27)
    make.placement(world.database, before, world.other_participant, world.case_manager, status="ended")
    work = kitchen(world, starts_on=make.TODAY + timedelta(days=7))

    text = words(marieke.get(f"/requests/{work.id}/matching"))

    assert "Did this work" in text
    assert "offered" not in marieke.post(f"/requests/{work.id}/offers", {"participant_id": str(world.other_participant.account_id)}).location
    assert offers_of(session, work) == []


def test_where_nobody_is_asked_it_says_so(world: make.World, marieke: Any) -> None:
    work = kitchen(world)
    assert "Nobody is asked now" in words(marieke.get("/requests"))
    make.offer(world.database, work, world.other_participant, world.case_manager)
    assert "1 offer waits for an answer" in words(marieke.get("/requests"))


def test_two_case_managers_who_offer_the_last_place_at_once_make_one_offer(world: make.World, as_person: Any, session: Session) -> None:
    work = kitchen(world, places=1)
    hers = make.participant(world.database, world.municipality_id, world.colleague, "Aster Gebre")
    codes: list[int] = []

    def offer(manager: Any, who: Any) -> None:
        codes.append(manager.post(f"/requests/{work.id}/offers", {"participant_id": str(who.account_id)}).status_code)

    both = ((as_person(world.case_manager), world.other_participant), (as_person(world.colleague), hers))
    threads = [Thread(target=offer, args=one) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == [303, 409]
    assert [one.status for one in offers_of(session, work)] == ["open"]
