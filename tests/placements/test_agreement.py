"""The agreement: read in one's own language, agreed to by three sides, taken back freely, and in force only when complete."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests import factories as make
from tests.placements.test_placements import NOTHING_YET, now_of
from webapp.history.models import HistoryRow
from webapp.notifications.models import Notification
from webapp.placements.models import Placement
from webapp.placements.records import Agreement, AgreementSignature

SOON = make.TODAY + timedelta(days=7)
SIDES = ("other_participant", "supervisor", "case_manager")


@pytest.fixture
def said_yes(world: make.World) -> Placement:
    work = make.work_request(world.database, world.establishment, world.supervisor, function="Keukenhulp", starts_on=SOON, weeks=2)
    return make.placement(world.database, work, world.other_participant, world.case_manager, status="accepted", **NOTHING_YET)


def address(placement: Placement) -> str:
    return f"/placements/{placement.id}/agreement"


def digest(page: Any) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page.text)
    assert found
    return found[1]


def agree(visitor: Any, placement: Placement) -> Any:
    return visitor.post(f"{address(placement)}/signature", {"digest": digest(visitor.get(address(placement)))})


def start(marieke: Any, placement: Placement, **more: str) -> Any:
    form = {"decision_reason": "Past goed.", "insured_from": SOON.isoformat(), "insurance_evidence": "Polis 1", "start": "1", **more}
    return marieke.post(f"/placements/{placement.id}/preparation", form)


def test_a_place_starts_when_all_three_agreed_on_the_phone_and_not_before(
    world: make.World, said_yes: Placement, as_person: Any, session: Session
) -> None:
    visitors = [as_person(getattr(world, side)) for side in SIDES]
    for visitor in visitors:
        assert start(visitors[2], said_yes).status_code == 422
        assert agree(visitor, said_yes).status_code == 303

    assert start(visitors[2], said_yes).status_code == 303

    started = now_of(session, said_yes)
    assert (started.status, started.agreement_signed_on, started.agreed_until) == ("running", make.TODAY, started.ends_on)
    (kept,) = session.execute(select(Agreement)).scalars().all()
    assert len(kept.digest) == 64 and kept.facts["participant"] == "Yusuf Adan"
    told = session.execute(select(HistoryRow.facts).where(col(HistoryRow.action) == "agreement.signed")).scalars().all()
    assert len(told) == 3 and all(kept.digest in facts for facts in told)


def test_the_agreement_says_what_counts_before_anybody_agrees(world: make.World, said_yes: Placement, as_person: Any) -> None:
    world_page = as_person(world.other_participant)
    world_page.post("/language", {"language": "en"})

    text = world_page.get(address(said_yes)).text

    for words in (
        "Keukenhulp", "Kwekerij De Morgen", "€\u00a02.00", "Beleidsregel (test)", "Your benefit stays the same.", "You may stop at any time.",
        "You are insured while you work", "Jan Wit", "Marieke Vos", "08:30 – 13:00", "0100 000 000",
    ):  # fmt: skip
        assert words in text, words


def test_agreeing_twice_is_once_and_asks_the_others_once(world: make.World, said_yes: Placement, as_person: Any, session: Session) -> None:
    yusuf = as_person(world.other_participant)
    form = {"digest": digest(yusuf.get(address(said_yes)))}

    assert [yusuf.post(f"{address(said_yes)}/signature", form).status_code for _ in range(2)] == [303, 303]

    assert session.execute(select(func.count()).select_from(AgreementSignature)).scalar_one() == 1
    told = session.execute(select(Notification.account_id).where(col(Notification.key) == "agreement.waiting")).scalars().all()
    assert sorted(told) == sorted([world.supervisor.account_id, world.case_manager.account_id])


def test_what_was_not_read_is_not_agreed_to(world: make.World, said_yes: Placement, as_person: Any, session: Session) -> None:
    yusuf = as_person(world.other_participant)
    read = digest(yusuf.get(address(said_yes)))
    make.change_rate(world.database, world.municipality_id, 250, valid_from=SOON)

    answer = yusuf.post(f"{address(said_yes)}/signature", {"digest": read})

    assert answer.status_code == 409
    assert session.execute(select(func.count()).select_from(AgreementSignature)).scalar_one() == 0
    assert digest(answer) != read


def test_other_terms_before_the_start_ask_everybody_to_read_again(world: make.World, said_yes: Placement, as_person: Any, session: Session) -> None:
    visitors = [as_person(getattr(world, side)) for side in SIDES]
    for visitor in visitors:
        agree(visitor, said_yes)
    make.change_rate(world.database, world.municipality_id, 250, valid_from=SOON)

    assert start(visitors[2], said_yes).status_code == 422
    assert [agree(visitor, said_yes).status_code for visitor in visitors] == [303, 303, 303]
    assert start(visitors[2], said_yes).status_code == 303
    assert session.execute(select(func.count()).select_from(Agreement)).scalar_one() == 2


def test_it_can_be_taken_back_until_the_start_is_recorded(world: make.World, said_yes: Placement, as_person: Any, session: Session) -> None:
    visitors = [as_person(getattr(world, side)) for side in SIDES]
    for visitor in visitors:
        agree(visitor, said_yes)
    back = f"{address(said_yes)}/signature/withdrawal"

    assert [visitors[0].post(back).status_code for _ in range(2)] == [303, 303]
    assert start(visitors[2], said_yes).status_code == 422
    agree(visitors[0], said_yes)
    assert start(visitors[2], said_yes).status_code == 303
    assert visitors[0].post(back).status_code == 409
    standing = select(func.count()).select_from(AgreementSignature).where(col(AgreementSignature.taken_back_at).is_(None))
    assert session.execute(standing).scalar_one() == 3


def test_paper_stays_possible(world: make.World, said_yes: Placement, as_person: Any, session: Session) -> None:
    assert start(as_person(world.case_manager), said_yes, agreement_signed_on=make.TODAY.isoformat()).status_code == 303
    assert now_of(session, said_yes).agreement_signed_on == make.TODAY


def test_nobody_agrees_for_somebody_else(world: make.World, said_yes: Placement, as_person: Any, session: Session) -> None:
    for who in (world.participant, world.stranger, world.other_supervisor, world.strange_supervisor, world.colleague):
        visitor = as_person(who)
        assert visitor.get(address(said_yes)).status_code == 404
        assert visitor.get(address(said_yes) + ".pdf").status_code == 404
        assert visitor.post(f"{address(said_yes)}/signature", {"digest": "x"}).status_code == 404
    assert session.execute(select(func.count()).select_from(AgreementSignature)).scalar_one() == 0


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_the_paper_is_in_dutch_and_in_the_language_of_the_participant(world: make.World, said_yes: Placement, as_person: Any, language: str) -> None:
    yusuf = as_person(world.other_participant)
    yusuf.post("/language", {"language": language})
    agree(yusuf, said_yes)

    made = yusuf.get(address(said_yes) + ".pdf")

    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    paper = PdfReader(BytesIO(made.data))
    assert "Yusuf Adan" in "".join(one.extract_text() for one in paper.pages)
    assert str(paper.trailer["/Root"]["/Lang"]).startswith("nl")
    assert made.data == yusuf.get(address(said_yes) + ".pdf").data


def test_an_agreement_of_a_place_that_is_off_is_gone(world: make.World, said_yes: Placement, as_person: Any) -> None:
    yusuf, marieke = as_person(world.other_participant), as_person(world.case_manager)
    read = digest(yusuf.get(address(said_yes)))
    marieke.post(f"/placements/{said_yes.id}/preparation", {"refuse": "1"})

    assert yusuf.get(address(said_yes)).status_code == 404
    assert yusuf.post(f"{address(said_yes)}/signature", {"digest": read}).status_code == 409
