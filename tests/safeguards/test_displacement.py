"""The page of the tests over HTTP: what was found, a judgement with a reason, a colleague's signature, and only then an offer."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from tests import factories as make
from webapp.offers.models import Offer
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Membership
from webapp.permissions import Role
from webapp.requests.models import RequestStatement, WorkRequest
from webapp.safeguards.models import Assessment, Override
from webapp.verify import faults


@pytest.fixture
def asked(world: make.World) -> WorkRequest:
    """Work from next Monday on, twelve weeks of twenty hours, at the place where one person works already."""
    return make.work_request(world.database, world.establishment, world.supervisor, starts_on=make.MONDAY + timedelta(days=14), function="Inpakken")


def page_of(asked: WorkRequest) -> str:
    return f"/requests/{asked.id}/displacement"


def staff(world: make.World, number: int | None, counted_on: Any = make.TODAY) -> None:
    with world.database.transaction() as db:
        place = db.get(Establishment, world.establishment.id)
        assert place is not None
        place.staff_count, place.staff_counted_on = number, counted_on if number is not None else None
        db.add(place)


def states(text: str) -> dict[str, str]:
    return dict(re.findall(r'id="test-(\w+)" data-state="(\w+)"', text))


def offers_made(session: Any, asked: WorkRequest) -> int:
    session.rollback()  # look at what is there now
    return int(session.execute(select(func.count()).where(Offer.__table__.c.request_id == asked.id)).scalar_one())  # type: ignore[attr-defined]


def test_a_request_in_order_shows_thirteen_green_tests_and_may_be_offered(as_person, world, asked, session):
    marieke = as_person(world.case_manager)

    shown = marieke.get(page_of(asked)).text
    answer = marieke.post(f"/requests/{asked.id}/offers", {"participant_id": world.other_participant.account_id})

    assert list(states(shown).values()) == ["ok"] * 13
    assert answer.status_code == 303
    assert offers_made(session, asked) == 1
    kept = session.execute(select(Assessment)).scalars().one()
    assert (kept.occasion, kept.outcome, kept.participant_id) == ("offered", "ok", world.other_participant.account_id)


def test_what_asks_for_a_judgement_is_offered_only_after_a_colleague_agrees(as_person, world, asked, session):
    staff(world, 10)  # one works there: two of ten is a fifth
    marieke, ruud = as_person(world.case_manager), as_person(world.colleague)
    to_somebody = {"participant_id": world.other_participant.account_id}

    assert marieke.post(f"/requests/{asked.id}/offers", to_somebody).headers["Location"].endswith("?blocked=1")
    assert offers_made(session, asked) == 0
    shown = marieke.get(page_of(asked)).text
    assert states(shown)["share"] == "open"

    form = {"id": str(uuid.uuid4()), "reason-share": "Er komt een tweede kas bij met zes mensen in dienst.", "evidence-share": "Brief van 3 maart"}
    assert marieke.post(page_of(asked), form).status_code == 303
    assert states(marieke.get(page_of(asked)).text)["share"] == "waits"
    assert "blocked" in marieke.post(f"/requests/{asked.id}/offers", to_somebody).headers["Location"]

    text = ruud.get(page_of(asked)).text
    assert "Er komt een tweede kas bij" in text
    waiting = re.search(r'name="assessment_id" value="([^"]+)"', text)
    assert waiting is not None
    assert ruud.post(page_of(asked), {"judgement": "agree", "assessment_id": waiting[1]}).status_code == 303
    assert states(ruud.get(page_of(asked)).text)["share"] == "agreed"
    assert "offered=" in marieke.post(f"/requests/{asked.id}/offers", to_somebody).headers["Location"]
    assert offers_made(session, asked) == 1
    assert [fault for fault in faults(world.database) if fault.rule == "V6"] == []


def test_nobody_signs_their_own_judgement(as_person, world, asked, session):
    staff(world, 10)
    marieke = as_person(world.case_manager)
    id = str(uuid.uuid4())
    marieke.post(page_of(asked), {"id": id, "reason-share": "Zo."})

    assert 'name="judgement"' not in marieke.get(page_of(asked)).text
    assert marieke.post(page_of(asked), {"judgement": "agree", "assessment_id": id}).status_code == 409
    assert session.execute(select(Override)).scalars().one().second_by is None


def test_a_colleague_may_disagree_and_then_nothing_is_offered(as_person, world, asked, session):
    staff(world, 10)
    marieke, ruud = as_person(world.case_manager), as_person(world.colleague)
    id = str(uuid.uuid4())
    marieke.post(page_of(asked), {"id": id, "reason-share": "Zo."})

    assert ruud.post(page_of(asked), {"judgement": "disagree", "assessment_id": id}).status_code == 303
    assert ruud.post(page_of(asked), {"judgement": "disagree", "assessment_id": id}).status_code == 303  # again changes nothing
    assert ruud.post(page_of(asked), {"judgement": "agree", "assessment_id": id}).status_code == 409
    assert states(marieke.get(page_of(asked)).text)["share"] == "refused"
    marieke.post(f"/requests/{asked.id}/offers", {"participant_id": world.other_participant.account_id})
    assert offers_made(session, asked) == 0


def test_an_administrator_signs_where_there_is_no_colleague_and_judges_nothing_first(as_person, world, asked, session):
    staff(world, 10)
    nadia = make.account(world.database, world.municipality_id, Role.ADMIN, "Nadia Kuiper")
    marieke, admin = as_person(world.case_manager), as_person(nadia)
    id = str(uuid.uuid4())

    assert admin.post(page_of(asked), {"id": id, "reason-share": "Zo."}).status_code == 403
    marieke.post(page_of(asked), {"id": id, "reason-share": "Zo."})
    assert admin.post(page_of(asked), {"judgement": "agree", "assessment_id": id}).status_code == 303
    assert session.execute(select(Override)).scalars().one().second_by == nadia.account_id


def test_what_is_not_allowed_has_no_form_and_takes_no_reason(as_person, world, session):
    cheap = make.work_request(world.database, world.establishment, world.supervisor, starts_on=make.MONDAY + timedelta(days=14), tariff_cents=1200)
    marieke = as_person(world.case_manager)

    text = marieke.get(page_of(cheap)).text

    assert states(text)["tariff"] == "not_allowed"
    assert "reason-" not in text
    assert marieke.post(page_of(cheap), {"id": str(uuid.uuid4()), "reason-tariff": "Toch"}).status_code == 422
    marieke.post(f"/requests/{cheap.id}/offers", {"participant_id": world.other_participant.account_id})
    assert offers_made(session, cheap) == 0
    assert session.execute(select(Override)).scalars().all() == []


def test_a_reason_is_asked_for_every_point_and_what_was_typed_stays(as_person, world, asked, session):
    staff(world, 10)
    marieke = as_person(world.case_manager)

    answer = marieke.post(page_of(asked), {"id": str(uuid.uuid4()), "reason-share": " ", "evidence-share": "Brief"})

    assert answer.status_code == 422
    assert 'aria-describedby="reason-share-error"' in answer.text
    assert 'value="Brief"' in answer.text
    assert session.execute(select(Assessment)).scalars().all() == []


def test_the_same_form_twice_judges_once(as_person, world, asked, session):
    staff(world, 10)
    marieke = as_person(world.case_manager)
    form = {"id": str(uuid.uuid4()), "reason-share": "Zo."}

    first, second = marieke.post(page_of(asked), form), marieke.post(page_of(asked), form)

    assert first.status_code == second.status_code == 303
    assert len(session.execute(select(Override)).scalars().all()) == 1


def test_a_judgement_no_longer_counts_when_the_staff_became_smaller(as_person, world, asked, session):
    staff(world, 19)
    marieke, ruud = as_person(world.case_manager), as_person(world.colleague)
    id = str(uuid.uuid4())
    marieke.post(page_of(asked), {"id": id, "reason-share": "Zo."})
    ruud.post(page_of(asked), {"judgement": "agree", "assessment_id": id})
    assert states(marieke.get(page_of(asked)).text)["share"] == "agreed"

    staff(world, 9)

    assert states(marieke.get(page_of(asked)).text)["share"] == "open"


def test_the_share_counts_people_of_another_municipality_at_the_same_place_and_shows_no_name(as_person, world, asked, session):
    staff(world, 20)
    same = make.establishment(world.database, world.stranger.municipality_id, "Kwekerij De Morgen")
    with world.database.transaction() as db:
        own, other = db.get(Establishment, world.establishment.id), db.get(Establishment, same.id)
        assert own is not None and other is not None
        ours, theirs = db.get(Employer, own.employer_id), db.get(Employer, other.employer_id)
        assert ours is not None and theirs is not None
        theirs.kvk = ours.kvk
        other.street = " kasweg  1"
        db.add_all([theirs, other])
    far = make.work_request(world.database, same, world.strange_supervisor, function="inpakken", starts_on=make.MONDAY + timedelta(days=14))
    make.placement(world.database, far, world.stranger, world.strange_case_manager)

    text = as_person(world.case_manager).get(page_of(asked)).text

    assert states(text)["share"] == "open"  # 3 of 20
    assert "Olga" not in text


def test_a_person_who_did_this_work_here_before_has_less_time_left(as_person, world, asked, session):
    before = make.work_request(
        world.database, world.establishment, world.supervisor, starts_on=make.MONDAY - timedelta(weeks=30), weeks=20, function=" inpakken "
    )
    make.placement(world.database, before, world.other_participant, world.case_manager, status="ended")
    marieke = as_person(world.case_manager)

    of_all, of_one = marieke.get(page_of(asked)).text, marieke.get(f"{page_of(asked)}/{world.other_participant.account_id}").text

    assert states(of_all)["duration"] == "ok"
    assert states(of_one)["duration"] == "not_allowed"


@pytest.mark.parametrize("who", ["stranger", "strange_case_manager", "participant", "supervisor"])
def test_others_see_nothing(as_person, world, asked, who):
    person: Membership = getattr(world, who)
    wanted = 404 if who == "strange_case_manager" else 403

    assert as_person(person).get(page_of(asked)).status_code == wanted
    assert as_person(person).post(page_of(asked), {"id": "x"}).status_code == wanted


def test_looking_changes_nothing(as_person, world, asked, session):
    as_person(world.case_manager).get(page_of(asked))

    assert session.execute(select(Assessment)).scalars().all() == []


def test_the_page_takes_at_most_ten_statements_however_many_people_there_are(as_person, world, asked, session):
    for number in range(12):
        somebody = make.participant(world.database, world.municipality_id, world.case_manager, f"Naam{number} Test")
        work = make.work_request(
            world.database, world.establishment, world.supervisor, function="Inpakken", starts_on=make.MONDAY - timedelta(weeks=20 - number)
        )
        make.placement(world.database, work, somebody, world.case_manager, status="ended")
        make.placement(world.database, work, world.other_participant, world.case_manager, status="ended", place_number=2)
    marieke = as_person(world.case_manager)

    for address in (page_of(asked), f"{page_of(asked)}/{world.other_participant.account_id}"):
        marieke.get(address)
        timing = marieke.get(address).headers["Server-Timing"]
        assert int(re.search(r'desc="(\d+)"', timing)[1]) <= 10, (address, timing)  # type: ignore[index]


def test_what_the_employer_did_not_say_is_not_read_as_no_and_can_be_asked(as_person, world, session):
    silent = make.work_request(world.database, world.establishment, world.supervisor, starts_on=make.MONDAY + timedelta(days=14), function="Vegen")
    with world.database.transaction() as db:
        db.execute(delete(RequestStatement).where(RequestStatement.__table__.c.request_id == silent.id))  # type: ignore[attr-defined]
    marieke = as_person(world.case_manager)

    unknown = states(marieke.get(page_of(silent)).text)
    assert (unknown["dismissed"], unknown["replaces"], unknown["vacancy"]) == ("not_allowed", "not_allowed", "open")

    wrong = marieke.post(f"/requests/{silent.id}/statement", {"let_go": "yes"})
    assert (wrong.status_code, 'aria-describedby="let_go_on-error"' in wrong.text) == (422, True)
    said = {"let_go": "no", "vacancy": "no", "replaces_paid_hours": "no", "staff_consulted": "yes", "paid_work": "yes"}
    assert marieke.post(f"/requests/{silent.id}/statement", said).status_code == 303
    assert set(states(marieke.get(page_of(silent)).text).values()) == {"ok"}


def test_an_agency_names_its_client_and_what_it_asks_there(as_person, world, asked, session):
    with world.database.transaction() as db:
        employer = db.get(Employer, world.establishment.employer_id)
        assert employer is not None
        employer.is_agency = True
        db.add(employer)
    marieke = as_person(world.case_manager)
    said = {"let_go": "no", "vacancy": "no", "replaces_paid_hours": "no", "staff_consulted": "yes", "paid_work": "yes", "end_client": "Bloemen BV"}

    assert states(marieke.get(page_of(asked)).text)["agency"] == "not_allowed"
    marieke.post(f"/requests/{asked.id}/statement", {**said, "agency_tariff": "21,46"})
    assert states(marieke.get(page_of(asked)).text)["agency"] == "not_allowed"
    marieke.post(f"/requests/{asked.id}/statement", {**said, "agency_tariff": "21,45"})
    assert states(marieke.get(page_of(asked)).text)["agency"] == "ok"
