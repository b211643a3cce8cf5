"""Every night, on a change of terms, and on the day the lowest tariff rises: what is no longer in order is found, told, and followed."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from tests import factories as make
from webapp.foundation.clock import monday_of
from webapp.notifications.models import Notification
from webapp.people.employers import Establishment
from webapp.placements import assessing, floors, night_reads
from webapp.placements.models import Placement
from webapp.placements.night import check_employers, recheck, recheck_at
from webapp.placements.night_reads import employers_with_work
from webapp.placements.tariffs import changes_of
from webapp.requests.models import WorkRequest
from webapp.safeguards.models import Assessment
from webapp.safeguards.rules import OK, fingerprint


def look(world: make.World, day: date = make.TODAY) -> int:
    terms = make.terms(world.database, world.municipality_id)
    with world.database.transaction() as db:
        return recheck(db, world.municipality_id, terms, day=day, now=make.NOW)


def kept(session) -> list[Assessment]:
    session.rollback()
    return list(session.execute(select(Assessment).order_by(Assessment.__table__.c.made_at)).scalars())  # type: ignore[attr-defined]


def staff(world: make.World, number: int) -> None:
    with world.database.transaction() as db:
        place = db.get(Establishment, world.establishment.id)
        assert place is not None
        place.staff_count, place.staff_counted_on = number, make.TODAY
        db.add(place)


def test_a_quiet_night_writes_nothing(world, session):
    assert look(world) == 0
    assert kept(session) == []


def test_fewer_staff_are_found_in_the_night_once_and_the_case_manager_hears_it(world, session):
    staff(world, 5)

    assert [look(world), look(world)] == [1, 0]
    found = kept(session)[0]
    assert (found.occasion, found.outcome, found.placement_id) == ("nightly", "needs_reason", world.placement.id)
    told = session.execute(select(Notification).where(Notification.__table__.c.key == "safeguards.changed")).scalars().all()  # type: ignore[attr-defined]
    assert [one.account_id for one in told] == [world.case_manager.account_id]

    staff(world, 60)
    assert [look(world), look(world)] == [1, 0]  # in order again: that is written too
    assert [one.outcome for one in kept(session)] == ["needs_reason", "ok"]


def test_the_night_finds_what_looking_at_each_finds(world, session):
    """Chains, parallel places, earlier places of one person: all at one site, each looked at both ways."""
    db_people = [make.participant(world.database, world.municipality_id, world.case_manager, f"Naam{n} Test") for n in range(6)]
    for number, who in enumerate(db_people):
        for weeks_ago, weeks, function in ((40, 14, "Inpakken"), (20 - number, 20, "inpakken"), (3 * number + 1, 26, "Sorteren")):
            work = make.work_request(
                world.database, world.establishment, world.supervisor, function=function, starts_on=make.MONDAY - timedelta(weeks=weeks_ago), weeks=weeks,
                tariff_cents=1400 + 100 * number, places=9,
            )  # fmt: skip
            over = work.starts_on + timedelta(weeks=weeks) <= make.TODAY
            make.placement(world.database, work, who, world.case_manager, status="ended" if over else "running")
    staff(world, 40)
    terms = make.terms(world.database, world.municipality_id)

    with world.database.transaction() as db:
        at_night = {}
        for kvks in employers_with_work(db, world.municipality_id, make.TODAY):
            for found in check_employers(db, kvks, world.municipality_id, terms, day=make.TODAY, today=make.TODAY):
                at_night[found.placement.id] = fingerprint(found.findings)
        one_by_one = {}
        for placement in db.execute(select(Placement).where(Placement.__table__.c.status == "running")).scalars().all():  # type: ignore[attr-defined]
            work = db.get(WorkRequest, placement.request_id)
            assert work is not None
            tested = assessing.run(db, work, terms, day=make.TODAY, placement=placement)
            if any(finding.outcome != OK for finding in tested.findings):
                one_by_one[placement.id] = fingerprint(tested.findings)

    assert at_night == one_by_one
    assert len(at_night) >= 6


def test_what_runs_below_a_new_floor_is_seen_before_and_follows_on_the_day(world, session):
    in_ten_days = make.TODAY + timedelta(days=10)
    make.agree(world.database, world.municipality_id, "tariff_floor", {"factor_basis_points": 14000}, valid_from=in_ten_days)
    terms = make.terms(world.database, world.municipality_id)

    with world.database.transaction() as db:
        ahead = [one for one in floors.coming(db, world.municipality_id, terms, make.TODAY) if one.day == in_ten_days]
        assert [below.placement.id for below in ahead[0].below] == [world.placement.id]
        assert floors.follow(db, world.municipality_id, terms, now=make.NOW) == 0  # not before its day
    with world.database.transaction() as db:
        later = make.NOW + timedelta(days=12)  # two days late
        assert floors.follow(db, world.municipality_id, terms, now=later) == 1
        assert floors.follow(db, world.municipality_id, terms, now=later) == 0
        changed = changes_of(db, [world.placement.id])[world.placement.id]

    assert changed == [(in_ten_days, ahead[0].cents)]


def test_a_stricter_share_is_held_against_what_runs_before_its_day(as_person, world, session):
    nadia = make.account(world.database, world.municipality_id, "admin", "Nadia Kuiper")
    ellen = make.account(world.database, world.municipality_id, "finance", "Ellen Mulder")
    first = make.TODAY + timedelta(days=7)
    form = {
        "id": str(make.uuid.uuid4()),
        "value.basis_points": "1",
        "valid_from": first.isoformat(),
        "source": "Raadsbesluit",
        "reason": "Minder",
        "plan": "1",
    }
    assert as_person(nadia).post("/terms/staff_share", form).status_code == 303
    assert kept(session) == []

    assert as_person(ellen).post(f"/terms/changes/{form['id']}/decision", {"judgement": "approve"}).status_code == 303
    found = kept(session)

    assert [(one.occasion, one.day, one.outcome) for one in found] == [("terms", first, "needs_reason")]


def test_administrators_see_which_places_lie_below_a_floor_to_come(as_person, world, session):
    nadia = make.account(world.database, world.municipality_id, "admin", "Nadia Kuiper")
    make.agree(world.database, world.municipality_id, "tariff_floor", {"factor_basis_points": 14000}, valid_from=make.TODAY + timedelta(days=10))

    text = as_person(nadia).get("/terms/minimum_wage").text

    assert "Planten verzorgen · Kwekerij De Morgen" in text


def test_longer_weeks_than_agreed_are_found_at_once_when_the_staff_is_counted(world, session):
    """Four weeks of 32 hours in a place agreed for less: three months is the most, whoever asks for the tests."""
    last_monday = monday_of(make.TODAY) - timedelta(weeks=1)
    with world.database.transaction() as db:
        place = db.get(Placement, world.placement.id)
        assert place is not None
        place.starts_on, place.ends_on = last_monday - timedelta(weeks=3), last_monday + timedelta(weeks=20)
        db.add(place)
    for week in range(4):
        for day in range(4):
            worked = last_monday - timedelta(weeks=week) + timedelta(days=day)
            make.hours(world.database, world.placement, day=worked, start="08:00", stop="16:00", pause=0, certain_minutes=480)

    with world.database.transaction() as db:
        assert recheck_at(db, world.establishment.id, world.municipality_id, make.terms(world.database, world.municipality_id), now=make.NOW) == 1

    found = {one["item"]: one for one in kept(session)[0].findings}
    assert (found["duration"]["outcome"], found["duration"]["inputs"]["week_minutes"]) == ("not_allowed", 32 * 60)


def test_many_employers_are_looked_at_some_at_a_time_and_none_twice(world, monkeypatch):
    monkeypatch.setattr(night_reads, "AT_ONCE", 2)
    for number in range(5):
        who = make.participant(world.database, world.municipality_id, world.case_manager, f"Naam{number} Test")
        at = make.establishment(world.database, world.municipality_id, f"Werkgever {number}") if number % 2 else world.establishment
        make.placement(world.database, make.work_request(world.database, at, world.supervisor), who, world.case_manager)

    with world.database.transaction() as db:
        looked_at = list(employers_with_work(db, world.municipality_id, make.TODAY))

    numbers = [kvk for some in looked_at for kvk in some]
    assert (len(numbers), len(set(numbers))) == (3, 3)
    assert len(looked_at) >= 2  # four places at one of them: never beside the others
