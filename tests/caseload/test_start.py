"""Recording a start: nobody works before the decision, the agreement and the insurance are written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests import factories as make
from tests.caseload.pages import words
from webapp.history.models import HistoryRow
from webapp.offers.models import Offer
from webapp.placements.models import Placement, PlannedShift

FIRST_DAY = make.TODAY + timedelta(days=7)
COMPLETE = {
    "decision_reason": "Past bij de wens om te koken.", "agreement_signed_on": make.TODAY.isoformat(), "insured_from": FIRST_DAY.isoformat(),
    "insurance_evidence": "Polis 4711",
}  # fmt: skip


@pytest.fixture
def said_yes(world: make.World) -> Placement:
    work = make.work_request(world.database, world.establishment, world.supervisor, function="Keukenhulp", starts_on=FIRST_DAY, weeks=2)
    empty = {
        "decided_by": None,
        "decided_on": None,
        "decision_reason": "",
        "agreement_signed_on": None,
        "insured_from": None,
        "insurance_evidence": "",
    }
    return make.placement(world.database, work, world.other_participant, world.case_manager, status="accepted", **empty)


def now_of(session: Session, placement: Placement) -> Placement:
    session.rollback()
    found = session.get(Placement, placement.id)
    assert found is not None
    return found


def shifts_of(session: Session, placement: Placement) -> int:
    return int(session.execute(select(func.count()).select_from(PlannedShift).where(col(PlannedShift.placement_id) == placement.id)).scalar_one())


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("insured_from", "", "from which day the insurance is in force"),
        ("insured_from", (FIRST_DAY + timedelta(days=1)).isoformat(), "after the first working day"),
        ("insured_from", "soon", "Fill in a day"),
        ("insurance_evidence", " ", "number of the policy"),
        ("agreement_signed_on", "", "everybody signed the agreement"),
        ("agreement_signed_on", (make.TODAY + timedelta(days=1)).isoformat(), "has not come yet"),
        ("decision_reason", "", "why this work fits"),
    ],
)
def test_a_start_without_all_three_is_refused_with_the_field_named(
    said_yes: Placement, marieke: Any, session: Session, field: str, value: str, told: str
) -> None:
    answer = marieke.post(f"/placements/{said_yes.id}/preparation", {**COMPLETE, field: value, "start": "1"})

    assert answer.status_code == 422
    assert told in words(answer)
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert now_of(session, said_yes).status == "accepted"
    assert shifts_of(session, said_yes) == 0


def test_a_recorded_start_names_the_official_and_plans_the_shifts_once(
    world: make.World, said_yes: Placement, marieke: Any, session: Session
) -> None:
    answers = [marieke.post(f"/placements/{said_yes.id}/preparation", {**COMPLETE, "start": "1"}) for _ in range(2)]

    started = now_of(session, said_yes)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (started.status, started.decided_by, started.decided_on) == ("running", world.case_manager.account_id, make.TODAY)
    assert shifts_of(session, said_yes) == 10
    assert session.execute(select(func.count()).select_from(HistoryRow).where(col(HistoryRow.action) == "placement.started")).scalar_one() == 1
    text = words(marieke.get(answers[0].location))
    assert "Marieke Vos" in text
    assert "Polis 4711" in text
    assert "Keep, start later" not in text


def test_what_is_known_is_kept_and_nothing_starts(said_yes: Placement, marieke: Any, session: Session) -> None:
    answer = marieke.post(f"/placements/{said_yes.id}/preparation", {"decision_reason": "Past goed.", "save": "1"})

    kept = now_of(session, said_yes)
    assert (answer.status_code, kept.status, kept.decision_reason, kept.insured_from) == (303, "accepted", "Past goed.", None)
    page = marieke.get(answer.location)
    assert "Kept. Nothing starts yet." in words(page)
    assert "Past goed." in words(page)


def test_keeping_an_insurance_that_begins_too_late_is_refused_in_words(said_yes: Placement, marieke: Any) -> None:
    late = {"insured_from": (FIRST_DAY + timedelta(days=1)).isoformat(), "save": "1"}

    assert marieke.post(f"/placements/{said_yes.id}/preparation", late).status_code == 422


def test_what_runs_is_not_written_over(said_yes: Placement, marieke: Any, session: Session) -> None:
    marieke.post(f"/placements/{said_yes.id}/preparation", {**COMPLETE, "start": "1"})

    for more in ({"save": "1"}, {"refuse": "1"}):
        assert marieke.post(f"/placements/{said_yes.id}/preparation", {**COMPLETE, "decision_reason": "Anders", **more}).status_code == 409
    assert now_of(session, said_yes).decision_reason == COMPLETE["decision_reason"]


def test_a_place_that_is_off_is_free_for_somebody_else_and_blames_nobody(said_yes: Placement, marieke: Any, session: Session) -> None:
    answers = [marieke.post(f"/placements/{said_yes.id}/preparation", {"refuse": "1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert now_of(session, said_yes).status == "cancelled"
    offer = session.get(Offer, said_yes.offer_id)
    assert offer is not None
    assert offer.status == "closed"
    assert "nobody's fault" in words(marieke.get(answers[0].location))
    assert marieke.post(f"/placements/{said_yes.id}/preparation", {**COMPLETE, "start": "1"}).status_code == 409


def test_the_start_of_a_stranger_is_not_found(said_yes: Placement, colleague: Any, as_person: Any, world: make.World) -> None:
    address = f"/placements/{said_yes.id}/preparation"

    for visitor in (colleague, as_person(world.strange_case_manager)):
        assert visitor.get(address).status_code == 404
        assert visitor.post(address, {**COMPLETE, "start": "1"}).status_code == 404
    assert as_person(world.other_participant).post(address, {**COMPLETE, "start": "1"}).status_code == 403
