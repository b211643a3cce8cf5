"""Blueprint decision 9: nobody but the participant can tell a no from an offer that ran out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlmodel import col

from tests import factories as make
from tests.caseload.pages import without_ids
from webapp.offers.actions import close_expired
from webapp.offers.models import Offer


@pytest.fixture
def twins(world: make.World, app: Flask, as_person: Any) -> Any:
    """Two people with the same name and file, each offered the same kind of work: one said no, the other let it run out."""
    people, works = [], []
    for _ in range(2):
        people.append(make.participant(world.database, world.municipality_id, world.case_manager, "Same Name"))
        works.append(make.work_request(world.database, world.establishment, world.supervisor, function="Keukenhulp", places=2))
    said_no, ran_out = (make.offer(world.database, work, who, world.case_manager) for work, who in zip(works, people, strict=True))
    as_person(people[0]).post(f"/offers/{said_no.id}/answer", {"answer": "no"})
    with world.database.transaction() as db:
        db.execute(update(Offer).where(col(Offer.id) == ran_out.id).values(closes_at=make.NOW - timedelta(minutes=1)))
    with world.database.transaction() as db:
        assert close_expired(db, world.municipality_id, sealer=app.extensions["sealer"], now=make.NOW) == 1
    return people, works


def test_the_pages_of_both_people_are_the_same(twins: Any, marieke: Any) -> None:
    people, _ = twins
    after_no, after_silence = (without_ids(marieke.get(f"/participants/{who.account_id}")) for who in people)

    assert "does not fit now" in after_no
    assert after_no == after_silence


def test_the_pages_of_both_requests_are_the_same(twins: Any, marieke: Any) -> None:
    _, works = twins
    pages = []
    for work, other in (works, works[::-1]):
        html = without_ids(marieke.get(f"/requests/{work.id}/matching"))
        assert html.count("<span>does not fit now</span>") == 1
        pages.append(sorted(html.split("<article")))  # the twins change places: what is told of them does not
        assert other.id != work.id

    assert pages[0] == pages[1]


def test_several_that_did_not_fit_are_told_as_one(world: make.World, marieke: Any) -> None:
    for number in range(5):
        work = make.work_request(world.database, world.establishment, world.supervisor, function=f"Work {number}")
        make.offer(world.database, work, world.other_participant, world.case_manager, status="closed", offered_at=make.NOW - timedelta(days=number))

    html = marieke.get(f"/participants/{world.other_participant.account_id}").get_data(as_text=True)

    assert html.count("does not fit now") == 1
    assert "Work 0" not in html


def test_lists_and_signals_show_no_trace_of_closed_offers(world: make.World, marieke: Any) -> None:
    before = [without_ids(marieke.get(address)) for address in ("/signals", "/participants", "/participants?show=looking", "/disputes")]
    for number in range(3):
        work = make.work_request(world.database, world.establishment, world.supervisor, function=f"Work {number}")
        make.offer(world.database, work, world.other_participant, world.case_manager, status="closed")

    assert [without_ids(marieke.get(address)) for address in ("/signals", "/participants", "/participants?show=looking", "/disputes")] == before
