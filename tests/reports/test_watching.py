"""/safeguards: shares in people, weeks that were filled, tariffs against the floor, and stopping an employer for a while."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlmodel import Session

from tests import factories as make
from tests.reports.reporting import report
from webapp.history.actions import history
from webapp.people.employers import Employer, Establishment
from webapp.permissions import Role
from webapp.reports.rules import chain
from webapp.reports.rules.chain import Time
from webapp.requests.models import RequestStatement
from webapp.safeguards.models import Assessment, EmployerRestriction, Override
from webapp.safeguards.reads import restricted_until

TODAY = date(2026, 3, 25)  # a Wednesday
days = st.dates(date(2023, 1, 1), date(2027, 12, 31))
times = st.lists(
    st.builds(lambda who, first, length: Time(who, first, first + timedelta(days=length)), st.integers(0, 5), days, st.integers(0, 400)), max_size=12
)


@given(times)
def test_a_week_is_filled_when_somebody_was_there_on_one_of_its_days(given_times: list[Time]) -> None:
    filled = {run.place + step for run in chain.runs(given_times, TODAY) for step in range(run.weeks)}

    for place in range(chain.WEEKS):
        monday = chain.first_week_of(TODAY) + place * chain.WEEK
        week = [monday + timedelta(days=day) for day in range(7) if monday + timedelta(days=day) <= TODAY]
        assert (place in filled) == any(one.first_day <= day <= one.last_day for one in given_times for day in week)


@given(times, st.integers(1, chain.WEEKS))
def test_runs_are_apart_in_order_and_add_up(given_times: list[Time], of_weeks: int) -> None:
    found = chain.runs(given_times, TODAY)

    assert all(one.place + one.weeks < two.place for one, two in pairwise(found))
    assert chain.weeks_of(found, chain.WEEKS) == sum(run.weeks for run in found)
    assert 0 <= chain.weeks_of(found, of_weeks) <= of_weeks


@pytest.mark.parametrize(("people", "staff", "share"), [(4, 45, 889), (4, 40, 1000), (0, 40, 0), (1, 0, None), (1, None, None), (1, 3, 3334)])
def test_the_share_is_rounded_up_and_unknown_without_a_count(people: int, staff: int | None, share: int | None) -> None:
    assert chain.share_basis_points(people, staff) == share


def test_an_employer_is_only_compared_with_three_others_or_more() -> None:
    assert chain.middle([100, None, 300]) is None
    assert chain.middle([100, 200, 900, None]) == 200


def counted(world: make.World, staff: int) -> None:
    with world.database.transaction() as db:
        db.execute(update(Establishment).where(Establishment.id == world.establishment.id).values(staff_count=staff, staff_counted_on=make.TODAY))  # type: ignore[arg-type]


def test_the_page_shows_share_weeks_and_tariff_of_every_employer(world: make.World, as_person: Any) -> None:
    counted(world, 4)
    make.agree(world.database, world.municipality_id, "staff_share", {"basis_points": 1000})
    make.agree(world.database, world.municipality_id, "tariff_floor", {"factor_basis_points": 20000})

    text = as_person(world.case_manager).get("/safeguards").text

    row = text.split(f'id="employer-{world.establishment.employer_id}"')[1].split("</tr>")[0]
    assert "25%" in row and "€ 19,50" in row.replace("\xa0", " ") and '<data value="7">' in row
    assert row.count('class="chip') == 2  # the share is too large, the tariff too low
    assert "De Linde" in text and "Zaagmeer" not in text
    assert "De Linde" not in as_person(world.case_manager).get("/safeguards?q=morgen").text


def test_somebody_of_another_municipality_at_the_same_place_counts_as_a_number_only(world: make.World, as_person: Any, session: Session) -> None:
    counted(world, 10)
    kvk = session.get_one(Employer, world.establishment.employer_id).kvk
    session.rollback()
    strange_id = world.strange_case_manager.municipality_id
    firm = Employer(municipality_id=strange_id, name="De Morgen elders bekend", kvk=kvk)
    make.save(world.database, firm)
    place = Establishment(municipality_id=strange_id, employer_id=firm.id, name="Kas", street="KASWEG 1", town="Waterveen")
    make.save(world.database, place)
    boss = make.account(world.database, strange_id, Role.SUPERVISOR, "Kees Zaag", establishment_id=place.id)
    make.placement(world.database, make.work_request(world.database, place, boss), world.stranger, world.strange_case_manager)

    text = as_person(world.case_manager).get("/safeguards").text

    row = text.split(f'id="employer-{world.establishment.employer_id}"')[1].split("</tr>")[0]
    assert "20%" in row and "elders" not in text


def grow(world: make.World, number: int) -> None:
    """So many more employers, each with somebody at work, a later end and a report."""
    for one in range(number):
        place = make.establishment(world.database, world.municipality_id, f"Bedrijf {one}")
        boss = make.account(world.database, world.municipality_id, Role.SUPERVISOR, f"Baas {one}", establishment_id=place.id)
        work = make.work_request(world.database, place, boss)
        make.placement(
            world.database, work, make.participant(world.database, world.municipality_id, world.case_manager, f"Wie {one}"), world.case_manager
        )


@pytest.mark.parametrize("address", ["/safeguards", "/safeguards/employers/{}"])
def test_the_number_of_statements_does_not_grow_with_employers(world: make.World, as_person: Any, address: str) -> None:
    marieke, asked = as_person(world.case_manager), address.format(world.establishment.employer_id)

    def statements() -> int:
        return int(marieke.get(asked).headers["Server-Timing"].split('"')[1])

    statements()  # the first one reads the terms
    few = statements()
    grow(world, 6)
    assert statements() == few and few <= 18
    assert "Bedrijf 5" in marieke.get("/safeguards").text


def test_an_employer_in_full_shows_judgements_refusals_weeks_and_a_square(world: make.World, as_person: Any) -> None:
    kept = {"municipality_id": world.municipality_id, "request_id": world.request.id, "establishment_id": world.establishment.id, "day": make.TODAY}
    refused = Assessment(
        occasion="asked",
        rule_version="1",
        findings=[{"item": "tariff", "outcome": "not_allowed"}],
        outcome="not_allowed",
        fingerprint="1",
        made_at=make.NOW,
        **kept,
    )
    asked = Assessment(
        occasion="offered",
        rule_version="1",
        findings=[{"item": "chaining", "outcome": "needs_reason"}],
        outcome="needs_reason",
        fingerprint="2",
        made_at=make.NOW,
        **kept,
    )
    make.save(world.database, refused, asked)
    make.save(
        world.database,
        Override(
            municipality_id=world.municipality_id, assessment_id=asked.id, request_id=world.request.id, item="chaining", reason="Zij leert hier een vak.",
            decided_by=world.case_manager.account_id, decided_at=make.NOW, second_by=world.colleague.account_id, second_at=make.NOW, second_agrees=True,
        ),
    )  # fmt: skip

    text = as_person(world.case_manager).get(f"/safeguards/employers/{world.establishment.employer_id}").text

    assert "Zij leert hier een vak." in text and "Ruud Smit" in text and f"/report-work?at={world.establishment.id}" in text
    assert 'role="img" aria-label="Planten verzorgen' in text and '<rect class="run" x="97" width="7"' in text
    listed = as_person(world.case_manager).get("/safeguards").text.split(f'id="employer-{world.establishment.employer_id}"')[1].split("</tr>")[0]
    assert listed.count(">1</td>") == 2


def test_an_employer_stands_beside_three_others_of_its_sector_or_beside_all(world: make.World, as_person: Any) -> None:
    grow(world, 4)
    here = f"/safeguards/employers/{world.establishment.employer_id}"
    assert "€ 19,50" in as_person(world.case_manager).get(here).text.replace("\xa0", " ").split('id="beside"')[1].split("</section>")[0]
    with world.database.transaction() as db:
        db.execute(update(RequestStatement).values(sector="A"))

    assert "Landbouw" in (beside := as_person(world.case_manager).get(here).text) or "Farming" in beside


def stop(**more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()), "reason": "Drie meldingen klopten.", "evidence": "Bezoek van 3 maart.", "starts_on": make.TODAY.isoformat(),
        "ends_on": (make.TODAY + timedelta(days=90)).isoformat(), **more,
    }  # fmt: skip


def test_an_employer_is_stopped_with_a_reason_evidence_and_a_last_day_and_let_go(world: make.World, as_person: Any, session: Session) -> None:
    marieke, key = as_person(world.case_manager), world.establishment.employer_id
    here, form = f"/safeguards/employers/{key}", stop()

    for _ in range(2):
        assert marieke.post(f"{here}/restrictions", form).status_code == 303
    session.rollback()
    made = session.execute(select(EmployerRestriction)).scalars().one()
    assert restricted_until(session, key, make.TODAY) == made.ends_on
    assert "Drie meldingen klopten." in marieke.get(here).text
    assert marieke.post(f"{here}/restrictions", stop()).status_code == 409
    for _ in range(2):
        assert marieke.post(f"/safeguards/restrictions/{made.id}/end").status_code == 303
    session.rollback()
    assert restricted_until(session, key, make.TODAY) is None
    told = list(session.execute(select(history.c.action).where(history.c.subject_id == key).order_by(history.c.number)).scalars())
    assert told == ["employer.restricted", "employer.restriction_lifted"]


@pytest.mark.parametrize("missing", ["reason", "evidence", "starts_on", "ends_on"])
def test_a_stop_without_reason_evidence_or_last_day_is_not_made(world: make.World, as_person: Any, session: Session, missing: str) -> None:
    here = f"/safeguards/employers/{world.establishment.employer_id}"

    answer = as_person(world.case_manager).post(f"{here}/restrictions", stop(**{missing: " "}))

    assert answer.status_code == 422 and f'id="{missing}-error"' in answer.text
    assert session.execute(select(EmployerRestriction)).first() is None


def test_a_stop_cannot_end_before_it_begins_or_be_of_somebody_else(world: make.World, as_person: Any, session: Session) -> None:
    marieke, here = as_person(world.case_manager), f"/safeguards/employers/{world.establishment.employer_id}"
    form = stop(ends_on=(make.TODAY - timedelta(days=1)).isoformat())

    assert marieke.post(f"{here}/restrictions", form).status_code == 422
    assert as_person(world.strange_case_manager).post(f"{here}/restrictions", stop()).status_code == 404
    ellen = make.account(world.database, world.municipality_id, Role.FINANCE, "Ellen Mulder")
    assert as_person(ellen).get(here).status_code == 200 and as_person(ellen).post(f"{here}/restrictions", stop()).status_code == 403
    assert 'name="evidence"' not in as_person(ellen).get(here).text
    assert as_person(world.supervisor).get("/safeguards").status_code == 403


def test_a_report_of_a_place_is_counted_at_its_employer(world: make.World, app: Any, as_person: Any) -> None:
    report(app, at=str(world.establishment.id), municipality="")

    row = as_person(world.case_manager).get("/safeguards").text.split(f'id="employer-{world.establishment.employer_id}"')[1].split("</tr>")[0]

    assert "1 " in row and 'href="#' not in row and "flag" in row
