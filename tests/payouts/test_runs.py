"""A payout run from the trial to the paid hours, and that nothing is lost or paid twice."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from tests.payouts.people import PAY_ON, Office, pay, work
from webapp.notifications.models import Notification
from webapp.premium.actions import balance_cents
from webapp.premium.models import Payout
from webapp.premium.reads import lines_of


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
