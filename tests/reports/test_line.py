"""The report line: anybody tells what they saw, without a name, and reads the answer with a code."""

from __future__ import annotations

import re
import string
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlmodel import Session

from tests import factories as make
from tests.reports.reporting import WORDS, code_in, form, report
from webapp.foundation.clock import now
from webapp.history.actions import history
from webapp.notifications.messages import MESSAGES
from webapp.notifications.models import Notification
from webapp.permissions import Role
from webapp.reports.forms import read_text, stamp
from webapp.reports.models import ReportCase, ReportMessage
from webapp.reports.rules import line

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def cases(session: Session) -> list[ReportCase]:
    session.rollback()
    return list(session.execute(select(ReportCase)).scalars())


# rules -----------------------------------------------------------------------------------------------------


@given(st.integers(min_value=0, max_value=2**256 - 1))
def test_a_code_is_read_however_it_is_typed(number: int) -> None:
    code = line.code_of(f"{number:064x}")

    for typed in (code, code.lower(), line.shown_code(code), f" {code[:3]}-{code[3:]} ", code.replace("0", "o").replace("1", "l")):
        assert line.read_code(typed) == code


@given(st.text(alphabet=string.printable, max_size=30))
def test_what_is_no_code_is_never_one(typed: str) -> None:
    read = line.read_code(typed)

    assert read is None or len(read) == line.CODE_LENGTH


@pytest.mark.parametrize(
    ("made", "trap", "human"),
    [(AT - timedelta(seconds=3), "", True), (AT - timedelta(seconds=2), "", False), (AT - timedelta(days=7), "", True), (AT - timedelta(days=8), "", False),
     (AT + timedelta(minutes=1), "", False), (None, "", False), (AT - timedelta(minutes=5), "x", False)],
)  # fmt: skip
def test_a_form_is_of_a_person_when_it_took_a_while_and_the_unseen_field_is_empty(made: datetime | None, trap: str, human: bool) -> None:
    assert line.is_human(made, AT, trap) is human


@given(st.text())
def test_what_is_typed_keeps_its_lines_and_loses_what_nobody_sees(typed: str) -> None:
    kept = read_text({"words": typed}, "words", 50)

    assert len(kept) <= 50 and "\x00" not in kept and not re.search(r"\n{3}", kept)


# telling ---------------------------------------------------------------------------------------------------


def test_the_first_question_is_which_municipality_and_a_link_of_a_workplace_answers_it(world: make.World, visitor: Any) -> None:
    choose, told = visitor.get("/report-work"), visitor.get("/report-work?municipality=waterveen")
    at_work = visitor.get(f"/report-work?at={world.establishment.id}")

    assert 'value="hoogland"' in choose.text and 'name="words"' not in choose.text
    assert 'name="words"' in told.text and "Waterveen" in told.text
    assert 'value="Kwekerij De Morgen, Waterveen"' in at_work.text and f'value="{world.establishment.id}"' in at_work.text
    assert visitor.get("/report-work?municipality=nowhere&at=junk").status_code == 200


def test_a_report_comes_in_without_a_name_an_account_or_an_address(world: make.World, app: Flask, visitor: Any, session: Session) -> None:
    answer = visitor.post("/report-work", form(app, contact="06 1234 5678"))

    case = cases(session)[0]
    code = code_in(answer.text)
    assert (case.status, case.who, case.words, case.municipality_id, case.employer_id) == ("new", "colleague", WORDS, world.municipality_id, None)
    assert case.due_on == make.TODAY + timedelta(days=42)
    row = " ".join(str(value) for value in session.execute(text("SELECT * FROM report_case")).mappings().one().values())
    assert "1234" not in row and "127.0.0.1" not in row and code.replace(" ", "") not in row
    assert answer.headers["Cache-Control"] == "no-store"
    actions = session.execute(select(history.c.action, history.c.actor_role, history.c.actor_id).where(history.c.subject_id == case.id)).all()
    assert [tuple(one) for one in actions] == [("report.received", "reporter", None)]
    assert WORDS not in session.execute(select(history.c.facts).where(history.c.subject_id == case.id)).scalar_one()


def test_the_same_form_sent_again_is_one_report_with_the_same_code(world: make.World, app: Flask, visitor: Any, session: Session) -> None:
    sent = form(app)

    first, again = visitor.post("/report-work", sent), visitor.post("/report-work", {**sent, "words": "Iets heel anders dan eerst."})

    assert code_in(first.text) == code_in(again.text)
    assert [case.words for case in cases(session)] == [WORDS]
    other = visitor.post("/report-work", form(app))
    assert code_in(other.text) != code_in(first.text) and len(cases(session)) == 2


def test_case_managers_and_admins_of_that_municipality_are_told_and_nobody_else(world: make.World, app: Flask, session: Session) -> None:
    admin = make.account(world.database, world.municipality_id, Role.ADMIN, "Nadia Kuiper")
    make.account(world.database, world.municipality_id, Role.FINANCE, "Ellen Mulder")

    report(app, place="Kwekerij De Morgen")

    session.rollback()
    told = session.execute(select(Notification).where(Notification.key == "report.new")).scalars().all()  # type: ignore[arg-type]
    assert {one.account_id for one in told} == {world.case_manager.account_id, world.colleague.account_id, admin.account_id}
    assert "De Morgen" not in str([one.slots for one in told])
    assert "%" not in MESSAGES["report.new"].title


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(world: make.World, app: Flask, visitor: Any, session: Session) -> None:
    for missing in ("place", "who", "words"):
        refused = visitor.post("/report-work", form(app, **{missing: " "}))
        assert refused.status_code == 422 and f'id="{missing}-error"' in refused.text, missing
    kept = visitor.post("/report-work", form(app, who="boss", contact="Jan & Piet"))
    assert WORDS in kept.text and "Jan &amp; Piet" in kept.text
    unknown = visitor.post("/report-work", form(app, municipality="nowhere"))
    assert unknown.status_code == 422 and "municipality-error" in unknown.text
    assert cases(session) == []


def test_a_machine_is_asked_to_send_once_more_and_a_person_then_gets_through(world: make.World, app: Flask, visitor: Any, session: Session) -> None:
    ring = app.extensions["keyring"]
    for shape in (
        {"website": "https://spam.example"},
        {"made": stamp(ring, now())},
        {"made": ""},
        {"made": "junk"},
        {"made": stamp(ring, now() - timedelta(days=9))},
    ):
        refused = visitor.post("/report-work", form(app, **shape))
        assert refused.status_code == 422 and 'role="alert"' in refused.text and WORDS in refused.text, shape
        assert "spam.example" not in refused.text
    assert cases(session) == []
    assert visitor.post("/report-work", form(app)).status_code == 200


def test_ten_reports_from_one_address_are_fine_and_then_each_waits(world: make.World, app: Flask, visitor: Any, session: Session) -> None:
    codes = [visitor.post("/report-work", form(app)).status_code for _ in range(12)]
    waits = visitor.post("/report-work", sent := form(app))

    assert codes == [200] * 11 + [429]
    assert waits.status_code == 429 and int(waits.headers["Retry-After"]) > 0 and sent["id"] in waits.text and WORDS in waits.text
    assert len(cases(session)) == 11
    assert app.test_client().post(
        "/report-work", data=form(app), headers={"Sec-Fetch-Site": "same-origin"}, environ_base={"REMOTE_ADDR": "192.0.2.9"}
    ).status_code == 200  # fmt: skip


# the answer ------------------------------------------------------------------------------------------------


def test_the_code_opens_the_report_and_lets_the_reporter_add_words_once(world: make.World, app: Flask, visitor: Any, session: Session) -> None:
    code, key = report(app), str(uuid.uuid4())

    opened = visitor.post("/report-work/answer", {"code": code.lower()})
    for _ in range(2):
        added = visitor.post("/report-work/answer/words", {"code": code, "id": key, "words": "Ook op zaterdag."})
        assert added.status_code == 200 and "Ook op zaterdag." in added.text

    assert opened.status_code == 200 and WORDS in opened.text
    session.rollback()
    assert [(one.kind, one.words) for one in session.execute(select(ReportMessage)).scalars()] == [("reporter", "Ook op zaterdag.")]
    assert visitor.post("/report-work/answer/words", {"code": code, "words": " "}).status_code == 422
    assert "set-cookie" not in {name.lower() for name, _ in opened.headers}


def test_a_wrong_code_opens_nothing_and_many_wrong_ones_wait(world: make.World, app: Flask, visitor: Any) -> None:
    code = report(app)
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")

    for typed in (wrong, "", "x", "0" * 10):
        answer = visitor.post("/report-work/answer", {"code": typed})
        assert answer.status_code == 422 and WORDS not in answer.text and "code-error" in answer.text
        assert visitor.post("/report-work/answer/words", {"code": typed, "words": "Hoi"}).status_code == 422
    statuses = [visitor.post("/report-work/answer", {"code": wrong}).status_code for _ in range(100)]
    assert statuses[-1] == 429
    assert visitor.post("/report-work/answer", {"code": code}).status_code == 429  # nothing is judged while waiting


def test_a_reporter_can_write_much_but_not_for_ever(world: make.World, app: Flask, visitor: Any) -> None:
    code = report(app)

    statuses = [
        visitor.post("/report-work/answer/words", {"code": code, "id": str(uuid.uuid4()), "words": f"Nog iets {n}."}).status_code
        for n in range(line.MOST_MESSAGES + 1)
    ]

    assert statuses == [200] * line.MOST_MESSAGES + [422]


def test_somebody_who_is_signed_in_stays_unknown(world: make.World, app: Flask, as_person: Any, session: Session) -> None:
    selam = as_person(world.participant)

    assert selam.get("/report-work?municipality=waterveen").status_code == 200
    assert selam.post("/report-work", form(app, who="participant")).status_code == 200

    case = cases(session)[0]
    values = session.execute(text("SELECT * FROM report_case")).mappings().one().values()
    assert world.participant.account_id not in [case.assigned_to, case.closed_by] and world.participant.account_id.hex not in str(values)
    assert session.execute(select(history.c.actor_id).where(history.c.subject_id == case.id)).scalars().all() == [None]
