"""What can happen to a payout run, one function each, told in order. Everything of a run is one transaction: all of it, or nothing.

The caller holds the municipality's lock (`lock_municipality`; a signed-in person who changes something does), so that what is
read here is still true when it is written.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import Write
from webapp.foundation.ids import new_id
from webapp.history.actions import Change, record, record_by
from webapp.hours.reads import accounts
from webapp.notifications.actions import notify_many
from webapp.payouts import rules
from webapp.payouts.models import PayoutRun
from webapp.payouts.reads import Found, banks, maxima, members, policy_years, read, remarks, runs, totals_of
from webapp.payouts.rules import Decision, Past, Policy, Remark
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.premium.actions import Paid, book_payouts, book_return
from webapp.premium.models import Payout
from webapp.premium.reads import ledger, payouts
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce

ADD_PAYOUTS = Write(
    payouts, "id", "municipality_id", "run_id", "participant_id", "bank_account_id", "pay_on", "year", "slot", "hours_until", "through_line_id", "minutes", "amount_cents", "cut_cents",
    "cut_by_year", "status", "reason",
)  # fmt: skip
ADD_REMARKS = Write(remarks, "id", "municipality_id", "run_id", "participant_id", "kind", "cents", "minutes", "seen_on")
LAST_LINE = select(func.coalesce(func.max(ledger.c.id), 0))


class Trial(NamedTuple):
    """What a run on this day would do, before anything is written."""

    pay_on: date
    until: date
    decisions: list[Decision]
    found: Found
    is_first: bool

    @property
    def payees(self) -> list[Decision]:
        return [decision for decision in self.decisions if decision.is_in]


def policy_of(terms: Terms, pay_on: date, years: set[int]) -> Policy:
    """What is agreed for a payment on this day. Raises NoTermsInForce where something is not known."""
    run = terms.value("payout_run", pay_on)
    return Policy(
        maxima(terms, years, pay_on), terms.yearly_maximum(pay_on).counted_by, min(terms.max_payments_per_year(pay_on), 2), run.account_days,
        run.above_usual_basis_points, run.near_maximum_basis_points,
    )  # fmt: skip


def trial(db: Session, municipality_id: int, terms: Terms, *, pay_on: date, settles_id: uuid.UUID | None = None, now: datetime) -> Trial:
    """Work out a run without writing anything. `settles_id`: only this person, who left."""
    until = rules.hours_until(pay_on, terms.value("payout_run", pay_on).close_days) if settles_id is None else pay_on
    found = read(db, municipality_id, terms, pay_on=pay_on, until=until, counted_by=terms.yearly_maximum(pay_on).counted_by, today=day_of(now))
    due = [one for one in found.due if one.cents and (settles_id is None or one.participant_id == settles_id)]
    policy = policy_of(terms, pay_on, policy_years(due, pay_on))
    decisions = [
        rules.decide(one, found.past.get(one.participant_id, Past()), found.payees[one.participant_id], policy, pay_on=pay_on) for one in due
    ]
    strange = rules.unusual(decisions, found.past, policy.above_usual_basis_points)
    decisions = [one._replace(remarks=(*one.remarks, strange[one.participant_id])) if one.participant_id in strange else one for one in decisions]
    return Trial(pay_on, until, decisions, found, not any(past.payments for past in found.past.values()))


def prepare(
    db: Session, terms: Terms, *, pay_on: date, by: Person, from_outside: bool, settles_id: uuid.UUID | None = None, now: datetime
) -> PayoutRun:
    """The first check: fix who gets what on this day, from which lines. Nothing is paid yet.

    The same day again gives the run there is; so does any day while a run waits for its second check. Raises NothingToPay,
    OutsideOnly, NoTermsInForce.
    """
    rules.ensure_may_prepare(from_outside=from_outside)
    known = standing_run(db, by.municipality_id, pay_on, settles_id)
    if known is not None:
        return known
    wanted = trial(db, by.municipality_id, terms, pay_on=pay_on, settles_id=settles_id, now=now)
    if not wanted.payees:
        raise rules.NothingToPay
    run = PayoutRun(
        municipality_id=by.municipality_id, pay_on=pay_on, hours_until=wanted.until, settles_id=settles_id, prepared_by=by.id, prepared_at=now,
        through_line_id=int(db.execute(LAST_LINE).scalar_one()),
    )  # fmt: skip
    db.add(run)
    db.flush()
    ADD_PAYOUTS.rows(db, [_payout(run, decision, wanted.found.rows[decision.participant_id]) for decision in wanted.payees])
    ADD_REMARKS.rows(db, [_remark(run, decision, remark) for decision in wanted.decisions for remark in _worth_a_look(decision, wanted.is_first)])
    totals = totals_of(db, run.id)
    facts = {
        "pay_on": pay_on,
        "until": run.hours_until,
        "people": totals.people,
        "minutes": totals.minutes,
        "cents": totals.cents,
        "settles": settles_id,
    }
    record_by(db, [Change("payout.prepared", run.id, facts)], by=by, now=now)
    _ask_for_second_check(db, run, totals.people, by=by, now=now)
    return run


def standing_run(db: Session, municipality_id: int, pay_on: date, settles_id: uuid.UUID | None) -> PayoutRun | None:
    """The run that waits for its second check, or the one of this day."""
    of_the_day = and_(runs.c.pay_on == pay_on, runs.c.settles_id.is_(None) if settles_id is None else runs.c.settles_id == settles_id)
    found: PayoutRun | None = (
        db.execute(
            select(PayoutRun)
            .where(runs.c.municipality_id == municipality_id, or_(runs.c.status == "prepared", and_(of_the_day, runs.c.status == "approved")))
            .order_by(of_the_day.desc())
        )
        .scalars()
        .first()
    )
    return found


def _payout(run: PayoutRun, decision: Decision, row: Any) -> dict[str, Any]:
    return {
        "id": new_id(), "municipality_id": run.municipality_id, "run_id": run.id, "participant_id": decision.participant_id,
        "bank_account_id": row.bank_account_id, "pay_on": run.pay_on, "year": run.pay_on.year, "slot": decision.slot, "hours_until": run.hours_until, "through_line_id": run.through_line_id, "minutes": decision.minutes,
        "amount_cents": decision.amount_cents, "cut_cents": decision.cut_cents, "cut_by_year": {str(year): cents for year, cents in decision.cut_by_year.items()}, "status": "prepared", "reason": "",
    }  # fmt: skip


def _worth_a_look(decision: Decision, is_first: bool) -> list[Remark]:
    """In the first run of a municipality everybody gets a first payment: then that says nothing about anybody."""
    return [remark for remark in decision.remarks if not (is_first and remark.kind == "first_payout")]


def _remark(run: PayoutRun, decision: Decision, remark: Remark) -> dict[str, Any]:
    return {
        "id": new_id(), "municipality_id": run.municipality_id, "run_id": run.id, "participant_id": decision.participant_id, "kind": remark.kind,
        "cents": remark.cents, "minutes": remark.minutes, "seen_on": remark.on,
    }  # fmt: skip


def _ask_for_second_check(db: Session, run: PayoutRun, people: int, *, by: Person, now: datetime) -> None:
    today = day_of(now)
    others = db.execute(
        select(members.c.account_id).where(
            members.c.municipality_id == run.municipality_id, members.c.role == str(Role.FINANCE), members.c.account_id != by.id,
            members.c.valid_from <= today, or_(members.c.valid_until.is_(None), members.c.valid_until >= today),
        )
    ).scalars()  # fmt: skip
    notify_many(
        db,
        [
            {"to": to, "municipality_id": run.municipality_id, "key": "run.second", "slots": {"people": people, "pay_on": run.pay_on.isoformat()}, "path": f"/payouts/{run.id}", "cause_id": str(run.id), "now": now}
            for to in sorted(set(others))
        ],
    )  # fmt: skip


def approve(db: Session, run: PayoutRun, judgement: str, *, terms: Terms, by: Person, seen_cents: int | None = None, now: datetime) -> None:
    """The second check: another person judges that this premium helps people find work, and from here on it is paid.

    Approving again by the same person changes nothing. Raises OwnRun, NotWaiting, NoAccount, AccountsChanged, and Looked when the
    total (`seen_cents`) is not what the page showed.
    """
    if run.status == "approved" and run.approved_by == by.id:
        return
    rules.ensure_may_approve(status=run.status, prepared_by=run.prepared_by, by=by.id)
    account = debtor_of(terms, run.pay_on)
    if changed := _accounts_changed(db, run):
        raise rules.AccountsChanged(changed)
    totals = totals_of(db, run.id)
    if seen_cents is not None and seen_cents != totals.cents:
        raise rules.Looked
    if not totals.people:
        raise rules.NothingToPay
    run.status, run.approved_by, run.approved_at, run.judgement = "approved", by.id, now, judgement
    run.debtor_holder, run.debtor_iban, run.file_version = account.holder, account.iban, account.version
    db.add(run)
    db.flush()
    going = list(db.execute(select(payouts).where(payouts.c.run_id == run.id, payouts.c.status == "prepared").order_by(payouts.c.id)))
    db.execute(update(payouts).where(payouts.c.run_id == run.id, payouts.c.status == "prepared").values(status="paid"))
    _book(db, run, going, terms, now)
    facts = {"judgement": judgement, "people": totals.people, "cents": totals.cents, "cut_cents": totals.cut_cents}
    told = [Change("payout.approved", run.id, facts)]
    told += [
        Change("payout.paid", one.id, {"participant": one.participant_id, "cents": one.amount_cents, "minutes": one.minutes, "pay_on": one.pay_on})
        for one in going
    ]
    record(db, told, municipality_id=run.municipality_id, actor_id=by.id, actor_role=by.role, now=now)
    notify_many(db, [_tell_payee(one, "pay.date", {"pay_on": one.pay_on.isoformat(), "premium_cents": one.amount_cents}, now) for one in going])


def debtor_of(terms: Terms, day: date) -> Any:
    """The account premiums are paid from. Raises NoAccount."""
    try:
        return terms.value("payout_account", day)
    except NoTermsInForce as unknown:
        raise rules.NoAccount from unknown


def _accounts_changed(db: Session, run: PayoutRun) -> list[str]:
    rows = db.execute(
        select(accounts.c.first_name, accounts.c.last_name)
        .join_from(payouts, banks, banks.c.id == payouts.c.bank_account_id)
        .join(accounts, accounts.c.id == payouts.c.participant_id)
        .where(payouts.c.run_id == run.id, payouts.c.status == "prepared", banks.c.replaced_at.is_not(None))
        .order_by(accounts.c.last_name)
    )
    return [f"{row.first_name} {row.last_name}" for row in rows]


def _book(db: Session, run: PayoutRun, going: Sequence[Any], terms: Terms, now: datetime) -> None:
    """Take what is paid off the accounts, and what no year could hold."""
    # where a year of work counts, what is above its maximum never fits another year
    carries = terms.value("payout_run", run.pay_on).carry_over and terms.yearly_maximum(run.pay_on).counted_by == "paid"
    paid = [
        Paid(one.id, one.participant_id, one.pay_on, one.amount_cents, {int(year): cents for year, cents in one.cut_by_year.items()}, carries)
        for one in going
    ]
    terms_id = terms.row("yearly_maximum", run.pay_on).id
    book_payouts(db, paid, municipality_id=run.municipality_id, terms_id=terms_id, now=now)


def _tell_payee(payout: Any, key: str, slots: dict[str, Any], now: datetime) -> dict[str, Any]:
    path = f"/premium/payouts/{payout.id}"
    return {
        "to": payout.participant_id,
        "municipality_id": payout.municipality_id,
        "key": key,
        "slots": slots,
        "path": path,
        "cause_id": str(payout.id),
        "now": now,
    }


def send_back(db: Session, run: PayoutRun, reason: str, *, by: Person, now: datetime) -> None:
    """The run does not go on: its lines are free for another. By the second checker, or by who prepared it. Again changes nothing."""
    if run.status == "sent_back":
        return
    if run.status != "prepared":
        raise rules.NotWaiting
    db.execute(update(payouts).where(payouts.c.run_id == run.id, payouts.c.status == "prepared").values(status="dropped"))
    run.status, run.sent_back_by, run.sent_back_at, run.sent_back_reason = "sent_back", by.id, now, reason
    db.add(run)
    db.flush()
    told = [Change("payout.sent_back", run.id, {"reason": reason})]
    record(db, told, municipality_id=run.municipality_id, actor_id=by.id, actor_role=by.role, now=now)
    if run.prepared_by != by.id:
        slots = {"pay_on": run.pay_on.isoformat()}
        notify_many(
            db,
            [{"to": run.prepared_by, "municipality_id": run.municipality_id, "key": "run.back", "slots": slots, "path": f"/payouts/{run.id}", "cause_id": str(run.id), "now": now}],
        )  # fmt: skip


def hold(db: Session, run: PayoutRun, payout: Payout, reason: str, *, by: Person, now: datetime) -> None:
    """Leave one person out of a run that waits: somebody died or moved, or the judgement about this person is not yes.

    What is due stays due, for a later run. Again changes nothing. Raises NotWaiting.
    """
    if payout.status == "held":
        return
    if run.status != "prepared" or payout.status != "prepared":
        raise rules.NotWaiting
    payout.status, payout.reason, payout.decided_by = "held", reason, by.id
    db.add(payout)
    db.flush()
    told = [Change("payout.held", payout.id, {"participant": payout.participant_id, "reason": reason})]
    record(db, told, municipality_id=run.municipality_id, actor_id=by.id, actor_role=by.role, now=now)


def take_return(db: Session, payout: Payout, reason: str, *, returned_on: date, by: Person, now: datetime) -> bool:
    """The bank could not pay: the premium is due again, and the person hears it. Gives whether this was news. Raises NotWaiting."""
    if payout.status == "returned":
        return False
    if payout.status != "paid":
        raise rules.NotWaiting
    payout.status, payout.reason, payout.returned_on, payout.decided_by = "returned", reason, returned_on, by.id
    db.add(payout)
    db.flush()
    book_return(db, payout.id, now=now)
    told = [
        Change(
            "payout.returned", payout.id, {"participant": payout.participant_id, "cents": payout.amount_cents, "reason": reason, "on": returned_on}
        )
    ]
    record(db, told, municipality_id=payout.municipality_id, actor_id=by.id, actor_role=by.role, now=now)
    notify_many(db, [_tell_payee(payout, "pay.bounce", {}, now)])
    return True
