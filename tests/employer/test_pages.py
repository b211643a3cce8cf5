"""Team, company and stand-ins, as a supervisor sees them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests import factories as make
from webapp.foundation.clock import monday_of
from webapp.history.models import HistoryRow
from webapp.notifications.models import Notification
from webapp.people.employers import Establishment
from webapp.people.models import Absence, Membership

NEXT_WEEK = make.TODAY + timedelta(days=7)


@pytest.fixture
def supervisor(as_person: Any, world: make.World) -> Any:
    visitor = as_person(world.supervisor)
    visitor.post("/language", {"language": "en"})
    return visitor


def colleague(world: make.World, name: str = "Noor Bas", *, elsewhere: bool = False) -> Membership:
    """Another supervisor of the same employer, here or at a second establishment."""
    place = world.establishment
    if elsewhere:
        place = Establishment(
            municipality_id=place.municipality_id,
            employer_id=place.employer_id,
            name="De Avond",
            street="Kasweg 9",
            town="Waterveen",
        )
        make.save(world.database, place)
    return make.account(world.database, world.municipality_id, "supervisor", name, establishment_id=place.id)


def test_the_team_page_tells_who_works_until_when_and_whom_to_call(world: make.World, supervisor: Any) -> None:
    with Session(world.database.engine) as db:
        manager = db.get(make.Account, world.case_manager.account_id)
        assert manager is not None
        manager.phone = "0100 123 456"
        db.add(manager)
        db.commit()

    text = supervisor.get("/employer/team").text

    assert "Selam T." in text and "Tesfay" not in text
    assert str(world.placement.ends_on.year) in text and "Planten in potten zetten" in text
    assert "Marieke" in text and 'href="tel:0100123456"' in text
    assert "08:30 – 13:00" in text


def test_the_team_of_another_workplace_stays_there(world: make.World, as_person: Any) -> None:
    other = as_person(world.other_supervisor)

    assert "Selam" not in other.get("/employer/team").text


def test_an_empty_team_says_so(world: make.World, as_person: Any) -> None:
    visitor = as_person(world.other_supervisor)
    visitor.post("/language", {"language": "en"})

    assert "Nobody works with you via Opstap now." in visitor.get("/employer/team").text


def test_the_company_page_shows_the_place_its_staff_and_who_may_confirm(world: make.World, supervisor: Any) -> None:
    colleague(world)
    with Session(world.database.engine) as db:
        place = db.get(Establishment, world.establishment.id)
        assert place is not None
        place.staff_count, place.staff_counted_on = 24, monday_of(make.TODAY)
        db.add(place)
        db.commit()

    text = supervisor.get("/employer/company").text

    assert "Kwekerij De Morgen" in text and "Kasweg 1, Waterveen" in text and "24" in text
    assert "Jan Wit" in text and "Noor Bas" in text
    assert "Fatma" not in text  # another employer


def test_a_colleague_stands_in_until_the_last_day_and_gets_the_messages(world: make.World, supervisor: Any, as_person: Any, session: Session) -> None:
    noor = colleague(world)

    answer = supervisor.post("/employer/stand-in", {"membership_id": str(noor.id), "last_day": NEXT_WEEK.isoformat()})
    as_person(world.participant).post(
        f"/hours/{uuid.uuid4()}",
        {
            "placement_id": str(world.placement.id),
            "worked_on": make.MONDAY.isoformat(),
            "start": "08:30",
            "stop": "13:00",
            "break_minutes": "30",
        },
    )

    assert answer.status_code == 303
    asked = session.exec(select(Notification.account_id).where(Notification.key == "confirm.ask")).all()
    assert asked == [noor.account_id]
    assert session.exec(select(HistoryRow.action).where(HistoryRow.action == "absence.arranged")).all() == ["absence.arranged"]
    assert "Noor Bas" in supervisor.get("/employer/company").text


def test_a_stand_in_from_another_establishment_may_confirm_here_for_those_days(
    world: make.World, supervisor: Any, as_person: Any, session: Session
) -> None:
    noor = colleague(world, elsewhere=True)
    entry = make.hours(world.database, world.placement, as_planned=True)

    supervisor.post("/employer/stand-in", {"membership_id": str(noor.id), "last_day": NEXT_WEEK.isoformat()})

    lent = session.exec(
        select(Membership).where(Membership.account_id == noor.account_id, Membership.establishment_id == world.establishment.id)
    ).one()
    assert lent.valid_until == NEXT_WEEK
    assert as_person(lent).post(f"/hours/{entry.id}/confirmation").status_code == 303


def test_ending_it_gives_the_messages_back(world: make.World, supervisor: Any, as_person: Any, session: Session) -> None:
    noor = colleague(world, elsewhere=True)
    supervisor.post("/employer/stand-in", {"membership_id": str(noor.id), "last_day": NEXT_WEEK.isoformat()})
    absence = session.exec(select(Absence)).one()

    answers = [supervisor.post(f"/employer/stand-in/{absence.id}/end").status_code for _ in range(2)]
    session.rollback()

    assert answers == [303, 303]
    assert session.exec(select(Absence)).one().ended_at is not None
    lent = session.exec(
        select(Membership).where(Membership.account_id == noor.account_id, Membership.establishment_id == world.establishment.id)
    ).one()
    assert lent.valid_until == make.TODAY


def test_arranging_the_same_twice_changes_nothing_and_another_is_refused(world: make.World, supervisor: Any, session: Session) -> None:
    noor, piet = colleague(world), colleague(world, "Piet Dam")
    form = {"membership_id": str(noor.id), "last_day": NEXT_WEEK.isoformat()}

    codes = [supervisor.post("/employer/stand-in", form).status_code for _ in range(2)]
    other = supervisor.post("/employer/stand-in", {**form, "membership_id": str(piet.id)})

    assert codes == [303, 303] and other.status_code == 422
    assert len(session.exec(select(Absence)).all()) == 1


@pytest.mark.parametrize(
    ("last_day", "field"),
    [
        ("", "last_day"),
        ("junk", "last_day"),
        ((make.TODAY - timedelta(days=1)).isoformat(), "last_day"),
        ("2099-01-01", "last_day"),
    ],
)
def test_a_wrong_day_is_named(world: make.World, supervisor: Any, last_day: str, field: str) -> None:
    answer = supervisor.post("/employer/stand-in", {"membership_id": str(colleague(world).id), "last_day": last_day})

    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text


def test_only_colleagues_of_the_same_employer_can_stand_in(world: make.World, supervisor: Any) -> None:
    form = {"last_day": NEXT_WEEK.isoformat()}

    assert supervisor.post("/employer/stand-in", form).status_code == 422
    for stranger in (world.other_supervisor, world.strange_supervisor, world.supervisor, world.participant):
        assert supervisor.post("/employer/stand-in", {**form, "membership_id": str(stranger.id)}).status_code == 404


def test_nobody_ends_the_stand_in_of_somebody_else(world: make.World, supervisor: Any, as_person: Any, session: Session) -> None:
    noor = colleague(world)
    supervisor.post("/employer/stand-in", {"membership_id": str(noor.id), "last_day": NEXT_WEEK.isoformat()})
    absence = session.exec(select(Absence)).one()

    assert as_person(noor).post(f"/employer/stand-in/{absence.id}/end").status_code == 404
