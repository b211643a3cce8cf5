"""Handling a report: taken by one colleague, linked, answered, finished with a reason; and never by somebody else."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlmodel import Session

from tests import factories as make
from tests.reports.reporting import WORDS, report
from webapp import create_app
from webapp.foundation.settings import Settings
from webapp.history.actions import history
from webapp.notifications.models import Notification
from webapp.permissions import Role
from webapp.privacy import retention
from webapp.reports.actions import remind_late
from webapp.reports.models import ReportCase, ReportMessage
from webapp.reports.rules import line

CONTACT = "06 1234 5678"


def the_case(session: Session) -> ReportCase:
    session.rollback()
    return session.execute(select(ReportCase)).scalars().one()


def actions_of(session: Session, key: uuid.UUID) -> list[str]:
    return list(session.execute(select(history.c.action).where(history.c.subject_id == key).order_by(history.c.number)).scalars())


@pytest.mark.parametrize(
    ("what", "allowed"),
    [
        ("take", {"new", "looking", "answered"}),
        ("answer", {"looking", "answered", "closed"}),
        ("close", {"looking", "answered"}),
        ("reopen", {"closed"}),
    ],
)
def test_what_may_happen_follows_from_how_a_report_stands(what: str, allowed: set[str]) -> None:
    for status in ("new", "looking", "answered", "closed"):
        if status in allowed:
            line.ensure_may(what, status)
        else:
            with pytest.raises(line.NotThatState) as refused:
                line.ensure_may(what, status)
            assert refused.value.status == status


def test_from_report_to_outcome_and_the_reporter_reads_all_but_the_notes(
    world: make.World, app: Flask, as_person: Any, visitor: Any, session: Session
) -> None:
    code, marieke = report(app, contact=CONTACT), as_person(world.case_manager)
    case = the_case(session)
    here = f"/safeguards/reports/{case.id}"

    assert WORDS in marieke.get("/safeguards/reports").text
    assert CONTACT not in marieke.get(here).text  # only for whoever handles it
    for _ in range(2):
        assert marieke.post(f"{here}/handler", {"seen": ""}).status_code == 303
    assert CONTACT in marieke.get(here).text and CONTACT not in as_person(world.colleague).get(here).text
    assert marieke.post(f"{here}/subject", {"about": f"establishment:{world.establishment.id}"}).status_code == 303
    for field, where in (("note", "notes"), ("answer", "answers")):
        key = str(uuid.uuid4())
        for _ in range(2):
            assert marieke.post(f"{here}/{where}", {"id": key, field: f"Tekst van {field}."}).status_code == 303
    read = visitor.post("/report-work/answer", {"code": code}).text
    assert "Tekst van answer." in read and "Tekst van note." not in read and "Marieke" not in read
    assert the_case(session).status == "answered"
    closing = {"outcome": "founded", "reason": "Het werk wordt weer een gewone baan."}
    for _ in range(2):
        assert marieke.post(f"{here}/outcome", closing).status_code == 303

    done = the_case(session)
    assert (done.status, done.outcome, done.closed_by, done.employer_id) == (
        "closed",
        "founded",
        world.case_manager.account_id,
        world.establishment.employer_id,
    )
    assert closing["reason"] in visitor.post("/report-work/answer", {"code": code}).text
    assert actions_of(session, case.id) == ["report.received", "report.taken", "report.linked", "report.noted", "report.answered", "report.closed"]
    assert WORDS in marieke.get("/safeguards/reports?closed").text and WORDS not in marieke.get("/safeguards/reports").text
    assert marieke.post(f"{here}/reopening").status_code == 303
    assert (the_case(session).status, the_case(session).outcome) == ("looking", "")


def test_nobody_outside_the_office_of_the_municipality_reaches_a_report(world: make.World, app: Flask, as_person: Any, session: Session) -> None:
    report(app)
    here = f"/safeguards/reports/{the_case(session).id}"
    ellen = make.account(world.database, world.municipality_id, Role.FINANCE, "Ellen Mulder")

    for who, expected in (
        (world.supervisor, 403), (world.participant, 403), (ellen, 403), (world.strange_case_manager, 404), (world.colleague, 200),
    ):  # fmt: skip
        assert as_person(who).get(here).status_code == expected
        assert as_person(who).post(f"{here}/notes", {"note": " "}).status_code == (422 if expected == 200 else expected)
    assert "Kwekerij" not in as_person(world.strange_case_manager).get("/safeguards/reports").text


def test_what_is_missing_is_said_and_stays_typed(world: make.World, app: Flask, as_person: Any, session: Session) -> None:
    report(app)
    here, marieke = f"/safeguards/reports/{the_case(session).id}", as_person(world.case_manager)
    marieke.post(f"{here}/handler", {"seen": ""})

    for where, form, field in (
        ("outcome", {"reason": "Omdat."}, "outcome"), ("outcome", {"outcome": "founded"}, "reason"), ("outcome", {"outcome": "new", "reason": "x"}, "outcome"),
        ("subject", {"about": f"establishment:{uuid.uuid4()}"}, "about"), ("subject", {"about": "junk"}, "about"), ("notes", {}, "note"), ("answers", {}, "answer"),
    ):  # fmt: skip
        answer = marieke.post(f"{here}/{where}", form)
        assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True), (where, form)
    assert "Omdat." in marieke.post(f"{here}/outcome", {"reason": "Omdat."}).text
    assert the_case(session).status == "looking"


def test_a_place_of_another_municipality_cannot_be_linked(world: make.World, app: Flask, as_person: Any, session: Session) -> None:
    report(app)
    here = f"/safeguards/reports/{the_case(session).id}"

    answer = as_person(world.case_manager).post(f"{here}/subject", {"about": f"establishment:{world.strange_supervisor.establishment_id}"})

    assert answer.status_code == 422 and the_case(session).employer_id is None
    assert str(world.strange_supervisor.establishment_id) not in as_person(world.case_manager).get(here).text


def test_two_colleagues_take_a_report_at_once_and_one_of_them_has_it(world: make.World, app: Flask, as_person: Any, session: Session) -> None:
    report(app)
    here = f"/safeguards/reports/{the_case(session).id}"
    both, gate, codes = [as_person(world.case_manager), as_person(world.colleague)], threading.Barrier(2), []

    def take(visitor: Any) -> None:
        gate.wait()
        codes.append(visitor.post(f"{here}/handler", {"seen": ""}).status_code)

    threads = [threading.Thread(target=take, args=(visitor,)) for visitor in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == [303, 409]
    assert actions_of(session, the_case(session).id).count("report.taken") == 1


def test_closing_at_once_with_two_outcomes_keeps_the_first(world: make.World, app: Flask, as_person: Any, session: Session) -> None:
    report(app)
    here, marieke = f"/safeguards/reports/{the_case(session).id}", as_person(world.case_manager)
    marieke.post(f"{here}/handler", {"seen": ""})

    first = marieke.post(f"{here}/outcome", {"outcome": "unfounded", "reason": "Het klopt zo."})
    second = as_person(world.colleague).post(f"{here}/outcome", {"outcome": "founded", "reason": "Toch niet."})

    assert (first.status_code, second.status_code, the_case(session).outcome) == (303, 409, "unfounded")


def test_the_same_form_sent_twice_at_once_is_one_report(world: make.World, app: Flask, session: Session) -> None:
    key, gate, codes = str(uuid.uuid4()), threading.Barrier(3), []

    def send() -> None:
        gate.wait()
        codes.append(report(app, id=key))

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(codes)) == 1 and the_case(session)


def test_a_report_that_waits_too_long_is_told_once_to_who_has_it_and_the_admins(world: make.World, app: Flask, session: Session) -> None:
    admin = make.account(world.database, world.municipality_id, Role.ADMIN, "Nadia Kuiper")
    report(app)
    with world.database.transaction() as db:
        db.execute(update(ReportCase).values(due_on=make.TODAY - timedelta(days=1), status="looking", assigned_to=world.colleague.account_id))

    for _ in range(2):
        with world.database.transaction() as db:
            remind_late(db, world.municipality_id, now=make.NOW)

    told = session.execute(select(Notification).where(Notification.key == "report.late")).scalars().all()  # type: ignore[arg-type]
    assert sorted(str(one.account_id) for one in told) == sorted(map(str, (world.colleague.account_id, admin.account_id)))


def test_the_contact_goes_after_closing_and_the_words_later(world: make.World, app: Flask, session: Session) -> None:
    code = report(app, contact=CONTACT)
    app.test_client().post(
        "/report-work/answer/words", data={"code": code, "id": str(uuid.uuid4()), "words": "Nog iets."}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    terms = make.terms(world.database, world.municipality_id)

    def after(days: int) -> ReportCase:
        closed = {
            "status": "closed",
            "outcome": "founded",
            "close_reason": "Klaar.",
            "closed_at": make.NOW,
            "closed_by": world.case_manager.account_id,
        }
        with world.database.transaction() as db:
            db.execute(update(ReportCase).values(assigned_to=world.case_manager.account_id, **closed))
        with world.database.transaction() as db:
            retention.run(db, world.municipality_id, terms, now=make.NOW + timedelta(days=days))
        return the_case(session)

    assert after(41).sealed_contact
    later = after(43)
    assert (later.sealed_contact, later.words) == ("", WORDS)
    assert (after(1097).words, the_case(session).place) == ("–", "–")
    assert session.execute(select(ReportMessage)).first() is None


def test_the_code_of_the_demo_opens_the_report_with_an_answer(demo_url: str, tmp_path: Any) -> None:
    shown = create_app(Settings(database_url=demo_url, data_dir=tmp_path, testing=True, demo=True))

    for typed in ("waterveen1", "HOOGLAND22"):
        read = shown.test_client().post("/report-work/answer", data={"code": typed}, headers={"Sec-Fetch-Site": "same-origin"})
        assert read.status_code == 200 and "vroegen het rooster op" in read.text
    shown.extensions["database"].engine.dispose()
