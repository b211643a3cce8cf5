"""One person as their case manager sees them, and the premiums of other schemes."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from tests import factories as make
from tests.caseload.pages import words
from webapp.history.models import HistoryRow
from webapp.people.models import ParticipantFile
from webapp.premium.models import OtherPremium

OTHER = {"scheme": "Premie vrijwilligerswerk", "amount": "250,00", "paid_on": make.TODAY.isoformat()}


def page_of(world: make.World) -> str:
    return f"/participants/{world.participant.account_id}"


def test_one_page_tells_the_work_its_limit_the_weeks_and_what_waits(world: make.World, marieke: Any) -> None:
    make.hours(world.database, world.placement)

    text = words(marieke.get(page_of(world)))

    assert "Planten verzorgen, Kwekerij De Morgen" in text
    assert re.search("Week 7 of 2[56]", text)  # six months with a February are shorter
    assert "limit 6 months at 20 hours a week" in text
    assert "waits for Jan" in text
    assert "No milestone yet." in text


def test_what_is_not_known_is_called_unknown(world: make.World, marieke: Any) -> None:
    with world.database.transaction() as db:
        db.execute(update(ParticipantFile).where(col(ParticipantFile.account_id) == world.participant.account_id).values(birth_date=None))

    assert words(marieke.get(page_of(world))).count("Unknown") == 4  # birth date, wage subsidy, obliged, and whether old enough follows from them


def test_another_premium_counts_for_the_same_maximum_and_is_recorded_once(world: make.World, marieke: Any, session: Session) -> None:
    form = {**OTHER, "id": str(uuid.uuid4())}

    answers = [marieke.post(f"{page_of(world)}/other-premiums", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert session.execute(select(func.sum(OtherPremium.amount_cents))).scalar_one() == 25000
    assert session.execute(select(func.count()).select_from(HistoryRow).where(col(HistoryRow.action) == "premium.other_recorded")).scalar_one() == 1
    page = marieke.get(answers[0].location)
    assert "Premie vrijwilligerswerk" in words(page)
    assert '<data value="25000"' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scheme", " "), ("amount", ""), ("amount", "0"), ("amount", "-5"), ("amount", "1.234"), ("amount", "99999999999"), ("paid_on", ""),
        ("paid_on", (make.TODAY + timedelta(days=1)).isoformat()), ("paid_on", "0001-01-01"),
    ],
)  # fmt: skip
def test_another_premium_with_a_mistake_is_asked_again_and_nothing_typed_is_lost(
    world: make.World, marieke: Any, session: Session, field: str, value: str
) -> None:
    answer = marieke.post(f"{page_of(world)}/other-premiums", {**OTHER, "id": str(uuid.uuid4()), field: value})

    assert answer.status_code == 422
    assert f'aria-describedby="{field}-error"' in answer.get_data(as_text=True)
    assert (OTHER["scheme"] if field != "scheme" else OTHER["amount"]) in answer.get_data(as_text=True)
    assert session.execute(select(func.count()).select_from(OtherPremium)).scalar_one() == 0


def test_people_are_found_by_name_and_by_where_they_stand(world: make.World, marieke: Any) -> None:
    def found(query: str) -> str:
        return words(marieke.get(f"/participants{query}"))

    assert "Selam Tesfay" in found("?q=SELAM")
    assert "Yusuf" not in found("?q=selam")
    assert "Selam" not in found("?show=looking")
    assert "Yusuf Adan" in found("?show=looking")
    assert "Selam Tesfay" in found("?show=working")
    assert "Nobody is found this way." in found("?show=stops")
    assert "Nobody is found this way." in found("?q=%27%22%3Cb%3E")


def test_somebody_who_stops_within_two_weeks_is_found_so(world: make.World, marieke: Any) -> None:
    with world.database.transaction() as db:
        db.merge(world.placement).ends_on = make.TODAY + timedelta(days=14)

    assert "Selam Tesfay" in words(marieke.get("/participants?show=stops"))


def test_a_stranger_is_not_found(world: make.World, marieke: Any, colleague: Any, as_person: Any) -> None:
    assert marieke.get(f"/participants/{world.stranger.account_id}").status_code == 404
    assert marieke.get("/participants/nobody").status_code == 404
    for visitor in (colleague, as_person(world.strange_case_manager)):
        assert visitor.get(page_of(world)).status_code == 404
        assert visitor.post(f"{page_of(world)}/other-premiums", {**OTHER, "id": str(uuid.uuid4())}).status_code == 404
    assert "Selam" not in words(colleague.get("/participants"))
    assert as_person(world.participant).get(page_of(world)).status_code == 403
