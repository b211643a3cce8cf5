"""A payout run from the trial to the paid hours, and that nothing is lost or paid twice."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from tests import factories as make
from tests.payouts.people import PAY_ON, WORKED, Office, agree, approve, colleague, pay, prepare, work
from webapp.foundation.database import lock_municipality
from webapp.hours import actions as hours
from webapp.hours.models import HoursEntry
from webapp.notifications.models import Notification
from webapp.payouts import actions, rules
from webapp.payouts.models import PayoutRun, RunRemark
from webapp.premium.actions import balance_cents, record_other_premium
from webapp.premium.models import LedgerLine, Payout
from webapp.premium.reads import lines_of
from webapp.verify import faults


@pytest.fixture(autouse=True)
def everything_still_adds_up(office: Office) -> Iterator[None]:
    """After every story, what `verify` recomputes from the raw rows; hours from a factory have no history, their places no limit."""
    yield
    assert [fault for fault in faults(office.database) if fault.rule != "V6" and (fault.rule, fault.table) not in {("V7", "hours_entry"), ("V7", "placement"), ("V7", "offer")}
            and "offer.new" not in fault.what] == []  # fmt: skip


def paid_to(session: Session, office: Office, who: uuid.UUID | None = None) -> list[int]:
    session.rollback()
    mine = select(Payout).where(col(Payout.participant_id) == (who or office.world.participant.account_id), col(Payout.status) == "paid")
    return [one.amount_cents for one in session.execute(mine.order_by(col(Payout.pay_on))).scalars()]


def remarks(session: Session, run: PayoutRun) -> dict[str, int]:
    return {row.kind: row.cents for row in session.execute(select(RunRemark).where(col(RunRemark.run_id) == run.id)).scalars()}


def settle_dispute(office: Office, entry: HoursEntry, minutes: int) -> None:
    """The participant says it is not right, and the case manager decides."""
    selam, marieke = make.person(office.database, office.world.participant), make.person(office.database, office.world.case_manager)
    terms = make.terms(office.database, office.id)
    with office.database.transaction() as db:
        lock_municipality(db, office.id)
        known = db.get(HoursEntry, entry.id)
        assert known is not None
        hours.dispute(db, known, "Het was korter.", by=selam, now=make.NOW)
        hours.rule(db, known, minutes, "Zo was het.", due=None, by=marieke, terms=terms, now=make.NOW)


def test_what_is_certain_is_paid_and_the_account_is_empty_afterwards(office: Office, session: Session) -> None:
    entry = work(office)
    selam = office.world.participant.account_id

    run = pay(office)

    payout = session.execute(select(Payout).where(col(Payout.run_id) == run.id)).scalar_one()
    assert (payout.participant_id, payout.amount_cents, payout.minutes, payout.status, payout.slot) == (selam, 800, 240, "paid", 1)
    assert balance_cents(session, selam) == 0
    assert [line.cause_id for line in lines_of(session, payout)] == [entry.id]
    told = session.execute(select(Notification).where(col(Notification.key) == "pay.date")).scalar_one()
    assert (told.account_id, told.slots, told.path) == (selam, {"pay_on": PAY_ON.isoformat(), "premium_cents": 800}, f"/premium/payouts/{payout.id}")


def test_hours_of_after_the_closing_day_join_the_next_run(office: Office, session: Session) -> None:
    work(office)
    work(office, day=PAY_ON - timedelta(days=9))

    pay(office)
    next_run = pay(office, pay_on=PAY_ON + timedelta(days=30))

    assert paid_to(session, office) == [800, 800]
    assert session.execute(select(Payout.slot).where(col(Payout.run_id) == next_run.id)).scalar_one() == (
        1 if next_run.pay_on.year > PAY_ON.year else 2
    )  # type: ignore[call-overload]


def test_the_same_hours_are_never_paid_a_month_later(office: Office, session: Session) -> None:
    work(office)
    pay(office)

    with pytest.raises(rules.NothingToPay):
        prepare(office, pay_on=PAY_ON + timedelta(days=31))

    assert paid_to(session, office) == [800]


def test_nobody_gets_a_third_payment_in_a_calendar_year(office: Office, session: Session) -> None:
    first = date(make.TODAY.year + 1, 3, 1)
    for back, month in ((40, 3), (30, 6), (20, 9)):
        work(office, day=make.TODAY - timedelta(days=back))
        if month < 9:
            pay(office, pay_on=first.replace(month=month))

    with pytest.raises(rules.NothingToPay):
        prepare(office, pay_on=first.replace(month=9))
    next_year = pay(office, pay_on=first.replace(year=first.year + 1))

    assert paid_to(session, office) == [800, 800, 800] and next_year.pay_on.year == first.year + 1


def test_the_table_itself_refuses_a_third_payment_and_the_same_slot_twice(office: Office, session: Session) -> None:
    work(office)
    run = pay(office)
    first = session.execute(select(Payout)).scalar_one()
    other = prepared_row(run, first)

    with pytest.raises(IntegrityError), office.database.transaction() as db:
        db.add(Payout(**{**other, "slot": 3}))
    with pytest.raises(IntegrityError), office.database.transaction() as db:
        db.add(Payout(**{**other, "run_id": run.id, "slot": first.slot}))


def prepared_row(run: PayoutRun, like: Payout) -> dict[str, object]:
    return {**like.model_dump(), "id": uuid.uuid4(), "status": "prepared", "run_id": run.id}


def test_what_is_above_the_maximum_stays_visible_and_is_paid_in_the_next_year(office: Office, session: Session) -> None:
    agree(office, "yearly_maximum", {"cents": 1000})
    work(office)
    work(office, day=WORKED - timedelta(days=1))
    selam = office.world.participant.account_id

    run = pay(office)
    afterwards = balance_cents(session, selam)
    later = pay(office, pay_on=date(PAY_ON.year + 1, 2, 1))

    assert remarks(session, run)["cut"] == 600 and afterwards == 600
    assert paid_to(session, office) == [1000, 600] and balance_cents(session, selam) == 0
    payout = session.execute(select(Payout).where(col(Payout.run_id) == later.id)).scalar_one()
    assert [line.cause for line in lines_of(session, payout)] == ["carried"]


def test_without_carrying_over_what_is_above_the_maximum_is_told_and_not_paid(office: Office, session: Session) -> None:
    agree(office, "yearly_maximum", {"cents": 700})
    agree(office, "payout_run", {"close_days": 10, "remind_days": 3, "account_days": 30, "above_usual_basis_points": 20000, "near_maximum_basis_points": 8000, "carry_over": False})  # fmt: skip
    work(office)

    pay(office)

    session.rollback()
    lines = {line.cause: line.amount_cents for line in session.execute(select(LedgerLine)).scalars()}
    assert lines == {"hours": 800, "payout": -700, "above_maximum": -100}


def test_a_premium_of_another_scheme_takes_room_of_the_same_year(office: Office, session: Session) -> None:
    agree(office, "yearly_maximum", {"cents": 1000})
    work(office)
    with office.database.transaction() as db:
        record_other_premium(
            db, office.world.participant.account_id, municipality_id=office.id, paid_on=PAY_ON.replace(month=1, day=2), amount_cents=900,
            scheme="Deeltijdpremie", recorded_by=office.world.case_manager.account_id, now=make.NOW, id=uuid.uuid4(),
        )  # fmt: skip

    pay(office)

    assert paid_to(session, office) == [100]


def test_by_the_day_worked_a_year_that_is_full_stays_full(office: Office, session: Session) -> None:
    agree(office, "yearly_maximum", {"cents": 1000, "counted_by": "worked"})
    year = make.TODAY.year
    for day in (WORKED, WORKED - timedelta(days=1)):
        work(office, day=day)
    here = {day.year for day in (WORKED, WORKED - timedelta(days=1))}

    pay(office)

    assert sum(paid_to(session, office)) == (1000 if len(here) == 1 else 1600)
    assert year


def test_a_correction_after_the_payment_is_set_off_in_the_next_run(office: Office, session: Session) -> None:
    entry = work(office)
    pay(office)

    settle_dispute(office, entry, 180)
    owed = balance_cents(session, office.world.participant.account_id)
    with pytest.raises(rules.NothingToPay):
        prepare(office, pay_on=PAY_ON + timedelta(days=1))
    work(office, day=WORKED + timedelta(days=1))
    pay(office, pay_on=PAY_ON + timedelta(days=2))

    assert owed == -200 and paid_to(session, office) == [800, 600]


def test_a_rate_changed_after_confirming_changes_nothing_that_was_earned(office: Office, session: Session) -> None:
    work(office)
    make.change_rate(office.database, office.id, 300, valid_from=make.LONG_AGO + timedelta(days=1))

    pay(office)

    assert paid_to(session, office) == [800]


def test_a_difference_stays_behind_and_what_is_certain_of_it_is_paid(office: Office, session: Session) -> None:
    entry = make.hours(office.database, office.world.placement, day=WORKED)
    jan, terms = make.person(office.database, office.world.supervisor), make.terms(office.database, office.id)
    with office.database.transaction() as db:
        lock_municipality(db, office.id)
        known = db.get(HoursEntry, entry.id)
        assert known is not None
        shorter = make.shift(WORKED, make.time(8, 30), make.time(12, 30), 30)
        hours.correct(db, known, shorter, version=None, reason="stopped_earlier", note="", by=jan, terms=terms, now=make.NOW)

    run = pay(office)

    assert paid_to(session, office) == [700]
    said = session.execute(select(RunRemark).where(col(RunRemark.run_id) == run.id, col(RunRemark.kind) == "difference")).scalar_one()
    assert said.minutes == 30


def test_a_returned_payment_is_paid_again_once_and_frees_its_place_in_the_year(office: Office, session: Session) -> None:
    work(office)
    run = pay(office)
    ellen = office.preparer
    with office.database.transaction() as db:
        lock_municipality(db, office.id)
        payout = db.execute(select(Payout).where(col(Payout.run_id) == run.id)).scalar_one()
        for _ in range(2):
            actions.take_return(db, payout, "AC04", returned_on=make.TODAY, by=ellen, now=make.NOW)

    again = pay(office, pay_on=PAY_ON + timedelta(days=1))

    assert paid_to(session, office) == [800] and balance_cents(session, office.world.participant.account_id) == 0
    second = session.execute(select(Payout).where(col(Payout.run_id) == again.id)).scalar_one()
    assert second.slot == 1 and [line.cause for line in lines_of(session, second)] == ["payout_back"]


def test_who_is_under_27_or_has_no_account_is_not_in_it_and_keeps_everything(office: Office, session: Session) -> None:
    work(office)
    young, young_place = colleague(office, "Ruben Boer", 1)
    poor = make.participant(office.database, office.id, office.world.case_manager, "Aster Gebre")
    request = make.work_request(
        office.database, office.world.establishment, office.world.supervisor, starts_on=make.TODAY - timedelta(weeks=30), weeks=52
    )
    poor_place = make.placement(office.database, request, poor, office.world.case_manager)
    for placement in (young_place, poor_place):
        work(office, placement)
    with office.database.transaction() as db:
        db.get(make.ParticipantFile, young.account_id).birth_date = date(make.TODAY.year - 20, 1, 1)  # type: ignore[union-attr]

    run = pay(office)

    assert {"under_27": 800, "age_unknown": 800, "no_account": 800}.items() >= {
        kind: cents for kind, cents in remarks(session, run).items() if kind in rules.OUT
    }.items()
    assert len(paid_to(session, office)) == 1
    assert [balance_cents(session, who.account_id) for who in (young, poor)] == [800, 800]


def test_somebody_who_left_is_settled_with_alone_and_that_is_one_of_two_payments(office: Office, session: Session) -> None:
    work(office)
    yusuf, placement = colleague(office, "Yusuf Adan", 1)
    work(office, placement)

    run = pay(office, pay_on=make.TODAY, settles_id=yusuf.account_id)
    pay(office)

    assert run.settles_id == yusuf.account_id and paid_to(session, office, yusuf.account_id) == [800]
    assert paid_to(session, office) == [800]


def test_who_prepared_does_not_approve_not_even_past_the_rules(office: Office) -> None:
    work(office)
    run = prepare(office)

    with pytest.raises(rules.OwnRun):
        approve(office, run, by=office.preparer)
    alone = {"status": "approved", "approved_by": run.prepared_by, "approved_at": make.NOW, "judgement": "x", "debtor_iban": "x"}
    with pytest.raises(IntegrityError, match="nobody_approves_what_they_prepared"), office.database.transaction() as db:
        db.execute(update(PayoutRun).where(col(PayoutRun.id) == run.id).values(**alone))
