"""The account: lines that are added and never changed, each cause once, and the same sum everywhere."""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col

from tests import factories as make
from tests.premium.independent import cents_of, ledger_of, premium_of, shown
from webapp.foundation.clock import instant
from webapp.foundation.database import Database
from webapp.premium.actions import Credit, balance_cents, credit, credit_again, record_other_premium
from webapp.premium.models import LedgerLine, OtherPremium
from webapp.terms.rules import NoTermsInForce


def due(world: make.World, minutes: int, *, turn: int = 1, cause: uuid.UUID | None = None, day: date = make.MONDAY) -> Credit:
    return Credit(cause or uuid.uuid4(), turn, world.participant.account_id, day, minutes)


def book(world: make.World, *credits: Credit, again: bool = False) -> list[int]:
    terms = make.terms(world.database, world.municipality_id)
    with world.database.transaction() as db:
        if again:
            return [credit_again(db, one, municipality_id=world.municipality_id, terms=terms, now=make.NOW) for one in credits]
        return credit(db, credits, municipality_id=world.municipality_id, terms=terms, now=make.NOW)


def lines(session: Session) -> list[tuple[str, int, int, int]]:
    session.rollback()
    rows = session.execute(select(LedgerLine).order_by(col(LedgerLine.id))).scalars()
    return [(row.cause, row.turn, row.minutes, row.amount_cents) for row in rows]


def test_each_day_earns_at_the_rate_of_that_day(world: make.World, session: Session) -> None:
    raised_on = make.MONDAY + timedelta(days=2)
    make.change_rate(world.database, world.municipality_id, 350, valid_from=raised_on)

    assert book(world, due(world, 90, day=raised_on - timedelta(days=1)), due(world, 90, day=raised_on)) == [300, 525]
    rows = session.execute(select(LedgerLine.rate_cents, LedgerLine.terms_id)).all()
    assert [rate for rate, _ in rows] == [200, 350]
    assert len({terms_id for _, terms_id in rows}) == 2  # each line names the row its rate came from


def test_a_day_without_a_rate_books_nothing_and_does_not_guess(world: make.World, session: Session) -> None:
    with pytest.raises(NoTermsInForce):
        book(world, due(world, 60), due(world, 60, day=date(2019, 12, 31)))

    assert lines(session) == []


def test_the_same_credit_twice_is_refused_by_the_table(world: make.World, session: Session) -> None:
    once = due(world, 60)
    book(world, once)

    with pytest.raises(IntegrityError):
        book(world, once)

    assert lines(session) == [("hours", 1, 60, 200)]


def test_a_change_is_a_counter_line_and_a_new_line(world: make.World, session: Session) -> None:
    entry = uuid.uuid4()
    steps = [(1, 60), (2, 90), (3, 90), (4, 0), (5, 0), (6, 45)]

    answers = [book(world, due(world, minutes, turn=turn, cause=entry), again=True)[0] for turn, minutes in steps]

    assert answers == [200, 300, 300, 0, 0, 150]
    assert lines(session) == [
        ("hours", 1, 60, 200),
        ("hours_back", 2, -60, -200),
        ("hours", 2, 90, 300),
        ("hours_back", 4, -90, -300),
        ("hours", 6, 45, 150),
    ]
    assert balance_cents(session, world.participant.account_id) == 150


def test_a_counter_line_takes_back_the_old_rate_also_after_a_change_of_terms(world: make.World, session: Session) -> None:
    entry = uuid.uuid4()
    book(world, due(world, 60, cause=entry), again=True)
    make.change_rate(world.database, world.municipality_id, 300, valid_from=make.MONDAY)

    book(world, due(world, 30, turn=2, cause=entry), again=True)

    assert lines(session) == [("hours", 1, 60, 200), ("hours_back", 2, -60, -200), ("hours", 2, 30, 150)]


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_line SET amount_cents = 1", "DELETE FROM ledger_line", "UPDATE history SET facts = '{}'", "DELETE FROM history"]
)
def test_the_ledger_and_the_history_refuse_to_be_changed_whoever_asks(
    world: make.World, database: Database, as_person: Any, session: Session, statement: str
) -> None:
    entry = make.hours(world.database, world.placement)
    as_person(world.supervisor).post(f"/hours/{entry.id}/confirmation")

    with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as db:
        db.execute(text(statement))

    assert lines(session) == [("hours", 2, 240, 800)]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"amount_cents": 0}, "a_line_moves_money"),
        ({"cause": "gift"}, "a_cause_is_known"),
        ({"cause": "hours_back"}, "a_counter_line_names_its_line"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_by_name(world: make.World, session: Session, change: dict[str, Any], rule: str) -> None:
    book(world, due(world, 60))
    (known,) = session.execute(select(LedgerLine)).scalars()
    values = {**known.model_dump(exclude={"id"}), "cause_id": uuid.uuid4(), **change}

    with pytest.raises(IntegrityError, match=rule):
        make.save(world.database, LedgerLine(**values))


def test_a_line_is_reversed_once(world: make.World, session: Session) -> None:
    entry = uuid.uuid4()
    book(world, due(world, 60, cause=entry), again=True)
    book(world, due(world, 0, turn=2, cause=entry), again=True)
    back = session.execute(select(LedgerLine).where(col(LedgerLine.cause) == "hours_back")).scalar_one()
    values = {**back.model_dump(exclude={"id"}), "turn": 3}

    with pytest.raises(IntegrityError):
        make.save(world.database, LedgerLine(**values))


@pytest.mark.parametrize("seed", range(3))
def test_balance_premium_page_and_today_show_the_sum_of_the_lines(world: make.World, as_person: Any, session: Session, seed: int) -> None:
    chance = random.Random(seed)
    make.change_rate(world.database, world.municipality_id, 233, valid_from=date(2021, 1, 1))
    jan, waiting = as_person(world.supervisor), 0
    for day in range(1, 12):
        stop = f"{chance.randint(10, 20)}:{chance.randint(0, 59):02d}"
        entry = make.hours(world.database, world.placement, day=make.TODAY - timedelta(days=day), stop=stop, pause=chance.choice((0, 15, 30)))
        step = chance.choice(("leave", "confirm", "correct", "confirm and correct", "raise"))
        if "confirm" in step:
            jan.post(f"/hours/{entry.id}/confirmation")
        if "correct" in step:
            jan.post(f"/hours/{entry.id}/correction", {"start": "08:30", "stop": "09:45", "break_minutes": "0", "reason": "stopped_earlier"})
        if step == "raise":
            jan.post(f"/hours/{entry.id}/correction", {"start": "08:30", "stop": "21:00", "break_minutes": "0", "reason": "other", "note": "Langer."})
        certain = {
            "leave": 0,
            "confirm": entry.minutes,
            "correct": min(75, entry.minutes),
            "confirm and correct": max(75, entry.minutes),
            "raise": 750,
        }[step]
        if step != "raise":
            waiting += cents_of(max(entry.minutes, certain), 233) - cents_of(certain, 233)
    worth = premium_of(session, world.participant.account_id, 233)

    selam = as_person(world.participant)
    premium, today = selam.get("/premium"), selam.get("/today").get_data(as_text=True)

    assert worth > 0
    assert balance_cents(session, world.participant.account_id) == ledger_of(session, world.participant.account_id)[0] == worth
    assert shown(premium, "premium-certain") == worth
    assert shown(premium, "premium-waiting") == waiting
    assert f'<data value="{worth}"' in today
    assert (f'<data value="{waiting}"' in today) == (waiting > 0)


def test_a_stranger_sees_none_of_it(world: make.World, as_person: Any) -> None:
    entry = make.hours(world.database, world.placement)
    as_person(world.supervisor).post(f"/hours/{entry.id}/confirmation")

    for somebody in (world.other_participant, world.stranger):
        assert shown(as_person(somebody).get("/premium"), "premium-certain") == 0


def test_another_premium_shares_the_year_and_is_recorded_once(world: make.World, as_person: Any, session: Session) -> None:
    id, paid_on = uuid.uuid4(), date(make.TODAY.year, 1, 15)
    for _ in range(2):
        with world.database.transaction() as db:
            record_other_premium(
                db, world.participant.account_id, municipality_id=world.municipality_id, paid_on=paid_on, amount_cents=25_000, scheme="Vrijwilligers",
                recorded_by=world.case_manager.account_id, now=instant(paid_on, make.time(12)), id=id,
            )  # fmt: skip

    page = as_person(world.participant).get("/premium").get_data(as_text=True)

    assert session.execute(select(OtherPremium.amount_cents)).scalars().all() == [25_000]
    assert page.count('<data value="25000"') == 2  # in the sum of the year, and named as another premium
    assert shown(as_person(world.participant).get("/premium"), "premium-certain") == 0  # but it is not paid out again
