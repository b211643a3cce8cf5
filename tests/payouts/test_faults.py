"""Two people at the same second, and a run or file that is killed at any instruction: nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlmodel import Session

from tests import factories as make
from tests.killing import KILLED, Worker
from tests.payouts.people import PAY_ON, Office, approve, colleague, prepare, work
from webapp.foundation.database import Database, lock_municipality, make_engine
from webapp.payouts import actions
from webapp.payouts.models import PayoutRun
from webapp.people.models import Municipality
from webapp.people.person import signed_in_person
from webapp.permissions import Role
from webapp.premium.actions import balance_cents
from webapp.premium.models import LedgerLine, Payout
from webapp.terms.actions import terms_of
from webapp.verify import faults

JUDGED = {"judgement": "Werken met premie is een stap naar werk."}


def at_once(*acts: Any) -> list[Any]:
    """Everybody at the same moment, each in a thread of their own."""
    ready = Barrier(len(acts))

    def act(one: Any) -> Any:
        ready.wait()
        return one()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def money_faults(office: Office) -> list[Any]:
    return [fault for fault in faults(office.database) if fault.rule in ("V1", "V3", "V4", "V8")]


def counts(session: Session) -> dict[str, int]:
    session.rollback()
    return {table.__name__: int(session.execute(select(func.count()).select_from(table)).scalar_one()) for table in (PayoutRun, Payout, LedgerLine)}


def test_two_people_who_prepare_at_the_same_second_get_one_run(office: Office, as_person: Any, session: Session) -> None:
    work(office)
    both = [as_person(office.first), as_person(office.second), as_person(office.first)]

    answers = at_once(*(lambda one=one: one.post("/payouts", {"pay_on": PAY_ON.isoformat()}) for one in both))

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert counts(session) == {"PayoutRun": 1, "Payout": 1, "LedgerLine": 1} and money_faults(office) == []


def test_two_people_who_judge_at_the_same_second_pay_once(office: Office, as_person: Any, session: Session) -> None:
    work(office)
    run = prepare(office)
    third = make.account(office.database, office.id, Role.FINANCE, "Karin Visser")
    judges = [as_person(office.second), as_person(third), as_person(office.second)]

    answers = at_once(*(lambda one=one: one.post(f"/payouts/{run.id}/approval", JUDGED) for one in judges))

    assert sorted(answer.status_code for answer in answers)[0] == 303 and {answer.status_code for answer in answers} <= {303, 409}
    assert counts(session) == {"PayoutRun": 1, "Payout": 1, "LedgerLine": 2} and money_faults(office) == []
    assert balance_cents(session, office.world.participant.account_id) == 0


def test_approving_and_sending_back_at_the_same_second_do_not_both_happen(office: Office, as_person: Any, session: Session) -> None:
    work(office)
    run = prepare(office)
    ellen, sander = as_person(office.first), as_person(office.second)

    answers = at_once(
        lambda: sander.post(f"/payouts/{run.id}/approval", JUDGED), lambda: ellen.post(f"/payouts/{run.id}/refusal", {"reason": "Wacht."})
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert money_faults(office) == []


PARTS = 16  # of a run, at the end of each of which it is killed once
OURS = (
    "webapp/payouts/actions.py",
    "webapp/premium/actions.py",
    "webapp/history/actions.py",
    "webapp/notifications/actions.py",
    "webapp/foundation/database.py",
)


def pay(tell: Any, url: str, town: int, step: int, sign_in: str, target: str, what: str) -> None:
    """What a worker does: prepare or approve a run, and die at a line of our code. `step` 0: at none, and nothing is kept."""
    database, lines = Database(make_engine(url)), 0

    def line() -> None:
        nonlocal lines
        lines += 1
        if lines == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def trace(frame: Any, kind: str, _argument: Any) -> Any:
        if not frame.f_code.co_filename.endswith(OURS):
            return None
        if kind == "line":
            line()
        return trace

    with Session(database.engine, expire_on_commit=False) as db:
        db.begin()
        lock_municipality(db, town)
        person = signed_in_person(db, uuid.UUID(sign_in), make.NOW, make.NOW.date())
        place = db.get(Municipality, town)
        assert person is not None and place is not None
        terms = terms_of(db, town, place.terms_token)
        sys.settrace(trace)
        if what == "prepare":
            actions.prepare(db, terms, pay_on=PAY_ON, by=person, from_outside=False, now=make.NOW)
        else:
            run = db.get(PayoutRun, uuid.UUID(target))
            assert run is not None
            actions.approve(db, run, "Een stap naar werk.", terms=terms, by=person, now=make.NOW)
        line()
        db.commit() if step else db.rollback()
        line()
        sys.settrace(None)
    tell(lines)


def kill_at(office: Office, step: int, what: str, target: str = "") -> tuple[int, int]:
    """Run it in a process of its own that is killed at this line of our code. Gives how it ended, and after how many lines."""
    member = office.first if what == "prepare" else office.second
    url = office.database.engine.url.render_as_string(hide_password=False)
    worker = Worker(pay, url, office.id, step, make.sign_in(office.database, member), target, what)
    lines = worker.heard()
    return worker.ended(), int(lines or 0)


@pytest.mark.parametrize("what", ["prepare", "approve"])
def test_a_run_killed_at_any_line_is_all_there_or_not_at_all_and_goes_on_afterwards(office: Office, session: Session, what: str) -> None:
    work(office)
    work(office, colleague(office, "Yusuf Adan", 1)[1])
    run = prepare(office) if what == "approve" else None
    before = counts(session)

    _ended, lines = kill_at(office, 0, what, str(run.id) if run else "")  # a rehearsal that is not kept
    seen = set()
    for step in [1, *(lines * part // PARTS for part in range(1, PARTS)), lines - 1]:
        ended, _lines = kill_at(office, step, what, str(run.id) if run else "")
        seen.add(ended)
        assert counts(session) == before
    assert seen == {KILLED} and money_faults(office) == []

    known = prepare(office)
    approve(office, known)

    assert counts(session) == {"PayoutRun": 1, "Payout": 2, "LedgerLine": 4} and money_faults(office) == []
    assert balance_cents(session, office.world.participant.account_id) == 0


def test_killed_right_after_the_commit_it_is_there_and_the_repeat_adds_nothing(office: Office, session: Session) -> None:
    work(office)
    _ended, lines = kill_at(office, 10**9, "prepare")
    assert lines > 100

    run = prepare(office)
    kill_at(office, 10**9, "approve", str(run.id))
    approve(office, run)

    assert counts(session) == {"PayoutRun": 1, "Payout": 1, "LedgerLine": 2} and money_faults(office) == []


@pytest.mark.parametrize(
    ("harm", "rule"),
    [
        ("UPDATE payout SET amount_cents = amount_cents + 1", "V4"),
        ("UPDATE payout SET status = 'dropped'", "V4"),
        ("UPDATE payout_run SET prepared_at = prepared_at, through_line_id = 0", ""),
        ("UPDATE payout SET through_line_id = 0", "V4"),
        ("DELETE FROM notification WHERE key = 'pay.date'", "V7"),
        ("UPDATE payout SET amount_cents = 999999, cut_cents = 0", "V3"),
    ],
)
def test_verify_sees_what_somebody_changed_behind_the_products_back(office: Office, harm: str, rule: str) -> None:
    work(office)
    approve(office, prepare(office))

    with office.database.engine.begin() as db:
        db.execute(text(harm))

    found = {fault.rule for fault in faults(office.database)}
    assert rule in found if rule else "V4" not in found
