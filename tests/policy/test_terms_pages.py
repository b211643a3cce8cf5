"""Changing terms: source and reason, whom it touches, a second person, and what counted stays readable."""

from __future__ import annotations

import re
import threading
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests import factories as make
from webapp.foundation.database import Database
from webapp.history.models import HistoryRow
from webapp.notifications.models import Notification
from webapp.people.models import Membership, Municipality
from webapp.permissions import Role
from webapp.placements.checks import check_plan, plan_of
from webapp.placements.models import Placement
from webapp.policy import actions
from webapp.policy.models import TermChange
from webapp.terms.actions import change_term
from webapp.terms.models import Term

SOON = make.TODAY + timedelta(days=10)


@pytest.fixture
def staff(world: make.World) -> dict[str, Membership]:
    roles = {"nadia": Role.ADMIN, "ellen": Role.FINANCE, "wim": Role.COUNCIL}
    return {name: make.account(world.database, world.municipality_id, role, f"{name.title()} Kuiper", language="en") for name, role in roles.items()}


@pytest.fixture
def nadia(staff: dict[str, Membership], as_person: Any) -> Any:
    return as_person(staff["nadia"])


@pytest.fixture
def ellen(staff: dict[str, Membership], as_person: Any) -> Any:
    return as_person(staff["ellen"])


def rate(visitor: Any, amount: str = "2,50", day: date = SOON, **more: str) -> Any:
    form = {
        "basis": "per_hour",
        "value.cents": amount,
        "valid_from": day.isoformat(),
        "source": "Raadsbesluit 12",
        "reason": "Duurder leven",
        "plan": "1",
        **more,
    }
    return visitor.post("/terms/premium", {key: value for key, value in form.items() if value != "-"})


def change_of(session: Session) -> TermChange:
    session.rollback()
    return session.execute(select(TermChange).order_by(col(TermChange.proposed_at).desc()).limit(1)).scalars().one()


def decide(visitor: Any, change: TermChange, judgement: str = "approve", reason: str = "") -> Any:
    return visitor.post(f"/terms/changes/{change.id}/decision", {"judgement": judgement, "reason": reason})


def test_a_change_counts_from_its_day_once_a_second_person_approved(world: make.World, nadia: Any, ellen: Any, session: Session) -> None:
    assert rate(nadia).status_code == 303
    change = change_of(session)
    assert make.terms(world.database, world.municipality_id).rate(SOON).cents_per_hour == 200

    assert [decide(ellen, change).status_code for _ in range(2)] == [303, 303]

    terms = make.terms(world.database, world.municipality_id)
    assert [terms.rate(day).cents_per_hour for day in (SOON - timedelta(days=1), SOON)] == [200, 250]
    assert terms.rate(SOON).source == "Raadsbesluit 12"
    session.rollback()
    told = session.execute(select(HistoryRow.action).where(col(HistoryRow.subject_id) == change.id)).scalars().all()
    assert told == ["terms.proposed", "terms.approved"]


def test_before_it_is_planned_the_page_says_whom_it_touches(world: make.World, nadia: Any, session: Session) -> None:
    answer = rate(nadia, plan="-")

    assert answer.status_code == 200
    assert re.search(r"This touches 1 place from", answer.text)
    assert 'value="2,50"' in answer.text
    assert session.execute(select(func.count()).select_from(TermChange)).scalar_one() == 0


def test_a_tariff_floor_says_how_many_lie_below_it(world: make.World, nadia: Any) -> None:
    form = {"value.factor_basis_points": "140", "valid_from": SOON.isoformat(), "source": "Besluit", "reason": "Meer"}

    text = nadia.post("/terms/tariff_floor", form).text

    assert "1 of them has a tariff below it." in text


def test_nobody_approves_their_own_and_where_there_are_two_admins_finance_does_not(
    world: make.World, staff: Any, nadia: Any, ellen: Any, as_person: Any, session: Session
) -> None:
    rate(nadia)
    change = change_of(session)
    assert decide(nadia, change).status_code == 403
    second = as_person(make.account(world.database, world.municipality_id, Role.ADMIN, "Esra Demir"))

    assert decide(ellen, change).status_code == 403
    assert decide(second, change).status_code == 303


def test_other_roles_and_other_municipalities_see_and_change_nothing(
    world: make.World, staff: Any, nadia: Any, as_person: Any, session: Session
) -> None:
    rate(nadia)
    change = change_of(session)
    for who in (world.participant, world.supervisor, world.case_manager, staff["wim"]):
        visitor = as_person(who)
        assert [visitor.get("/terms").status_code, rate(visitor).status_code, decide(visitor, change).status_code] == [403, 403, 403]
    strange_id = world.strange_case_manager.municipality_id
    stranger = as_person(make.account(world.database, strange_id, Role.ADMIN, "Esra Demir"))
    assert decide(stranger, change).status_code == 404
    assert stranger.post(f"/terms/changes/{change.id}/withdrawal").status_code == 404
    assert "Raadsbesluit 12" not in stranger.get("/terms").text + stranger.get("/terms/premium").text


def test_finance_reads_and_plans_nothing(ellen: Any) -> None:
    assert (ellen.get("/terms").status_code, rate(ellen).status_code) == (200, 403)


def test_a_planned_change_is_withdrawn_before_its_day_and_what_counted_goes_on(world: make.World, nadia: Any, ellen: Any, session: Session) -> None:
    rate(nadia)
    change = change_of(session)
    decide(ellen, change)

    assert [nadia.post(f"/terms/changes/{change.id}/withdrawal").status_code for _ in range(2)] == [303, 303]

    assert make.terms(world.database, world.municipality_id).rate(SOON).cents_per_hour == 200
    assert "withdrawn" in nadia.get("/terms/premium").text
    assert rate(nadia).status_code == 303


def test_what_is_in_force_is_not_withdrawn(world: make.World, nadia: Any, ellen: Any, database: Database, session: Session) -> None:
    rate(nadia)
    change = change_of(session)
    decide(ellen, change)
    with database.transaction() as db:
        mine = db.get(TermChange, change.id)
        assert mine is not None
        with pytest.raises(actions.rules.TooLate):
            actions.withdraw(db, mine, by=None, now=make.instant(SOON, make.time(0)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"value.cents": "twee"}, "value.cents"),
        ({"value.cents": "-3"}, "value.cents"),
        ({"source": " "}, "source"),
        ({"reason": ""}, "reason"),
        ({"valid_from": "ooit"}, "valid_from"),
        ({"valid_from": make.TODAY.isoformat()}, "valid_from"),
        ({"valid_from": "2001-01-01"}, "valid_from"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_stays_typed(nadia: Any, session: Session, more: dict[str, str], field: str) -> None:
    answer = rate(nadia, **more)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert session.execute(select(func.count()).select_from(TermChange)).scalar_one() == 0


def test_two_changes_of_one_day_overlap_and_are_refused_in_words(nadia: Any, session: Session) -> None:
    rate(nadia)

    answer = rate(nadia, "3,00")

    assert answer.status_code == 422
    assert "already a change of this setting from that day" in answer.text


def test_the_same_form_twice_plans_once(nadia: Any, session: Session) -> None:
    key = str(uuid.uuid4())
    assert [rate(nadia, id=key).status_code for _ in range(2)] == [303, 303]
    assert session.execute(select(func.count()).select_from(TermChange)).scalar_one() == 1


def test_a_gap_without_terms_is_refused_and_names_the_day(world: make.World, nadia: Any, database: Database) -> None:
    with database.transaction() as db:
        own = db.get(Municipality, world.municipality_id)
        made = change_term(db, own, "vat", {"category": "S", "basis_points": 2100}, valid_from=make.LONG_AGO, source="Wet", reason="", now=make.NOW)
        made.valid_until = SOON - timedelta(days=5)
        db.add(made)
    form = {
        "value.category": "E",
        "value.basis_points": "0",
        "value.reason": "Vrij",
        "valid_from": SOON.isoformat(),
        "source": "Besluit",
        "reason": "Zo",
        "plan": "1",
    }

    answer = nadia.post("/terms/vat", form)

    assert answer.status_code == 422
    assert "nothing would be agreed" in answer.text
    assert nadia.post("/terms/vat", {**form, "valid_from": (SOON - timedelta(days=4)).isoformat()}).status_code == 303


def test_only_the_law_sets_the_minimum_wage(nadia: Any) -> None:
    assert nadia.post("/terms/minimum_wage", {"value.cents": "1,00", "valid_from": SOON.isoformat(), "source": "x", "reason": "y"}).status_code == 404
    assert "Only the law sets this." in nadia.get("/terms/minimum_wage").text
    assert nadia.get("/terms/nothing").status_code == 404


def test_every_setting_has_a_page(nadia: Any) -> None:
    from webapp.policy.words import KEYS

    assert {nadia.get(f"/terms/{key}").status_code for key in KEYS} == {200}
    assert {nadia.get(f"/terms/premium?basis={basis}").status_code for basis in ("per_month", "hours_tiers", "lump_sum", "junk")} == {200}


def test_a_no_needs_words_and_who_planned_it_reads_them(world: make.World, staff: Any, nadia: Any, ellen: Any, session: Session) -> None:
    rate(nadia)
    change = change_of(session)
    assert decide(ellen, change, "refuse").status_code == 422
    assert decide(ellen, change, "refuse", "Eerst de raad.").status_code == 303
    assert "Eerst de raad." in nadia.get("/terms/premium").text
    session.rollback()
    told = session.execute(select(Notification.account_id).where(col(Notification.key) == "terms.refused")).scalars().all()
    assert told == [staff["nadia"].account_id]


def test_a_place_explains_itself_with_the_terms_of_its_first_day(world: make.World, database: Database, as_person: Any) -> None:
    with database.transaction() as db:
        own = db.get(Municipality, world.municipality_id)
        two_months = {"bands": [{"months": 2, "per": "function"}]}
        change_term(db, own, "duration", two_months, valid_from=make.TODAY, source="Nieuw besluit", reason="", now=make.NOW)
    terms = make.terms(database, world.municipality_id)
    with database.transaction() as db:
        mine = db.get(Placement, world.placement.id)
        assert mine is not None
        checked = check_plan(db, plan_of(db, mine), terms)

    assert (checked.months, checked.valid_from) == (6, date(2017, 1, 1))
    text = as_person(world.case_manager).get(f"/placements/{world.placement.id}/course").text
    assert "Kamerstuk 34 352" in text and "Nieuw besluit" not in text


def test_two_people_who_decide_at_once_make_one_row(world: make.World, staff: Any, nadia: Any, as_person: Any, session: Session) -> None:
    rate(nadia)
    change = change_of(session)
    admins = [as_person(make.account(world.database, world.municipality_id, Role.ADMIN, f"Admin {letter}")) for letter in "ABC"]
    start, codes = threading.Barrier(3), []

    def act(visitor: Any) -> None:
        start.wait()
        codes.append(decide(visitor, change).status_code)

    threads = [threading.Thread(target=act, args=(visitor,)) for visitor in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == [303, 409, 409]
    session.rollback()
    assert session.execute(select(func.count()).select_from(Term).where(col(Term.valid_from) == SOON, col(Term.key) == "premium")).scalar_one() == 1
