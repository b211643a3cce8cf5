"""Mail with invoices: both files with it, once for each document, tried again when the server is busy, reminders only when late."""

from __future__ import annotations

import email
from datetime import timedelta
from email import policy
from typing import Any

import pytest
from sqlmodel import Session, select

from tests import factories as make
from tests.invoices.conftest import LAST_MONTH, Office
from tests.invoices.en16931 import broken_rules
from tests.notifications.test_mail import Mailbox, mail_server
from webapp.invoices import sending
from webapp.invoices.models import InvoiceFile, InvoiceMail, Receipt
from webapp.invoices.reads import rows_of
from webapp.notifications.mail import MailCarrier
from webapp.notifications.push import Answer

__all__ = ["mail_server"]
DAY = LAST_MONTH + timedelta(days=27)


@pytest.fixture
def billed(office: Office, as_person: Any) -> Office:
    office.worked(DAY)
    as_person(office.ellen).post(f"/invoices/addresses/{office.world.establishment.id}", {"email": "boeken@morgen.example"})
    office.issue()
    return office


def ask(office: Office, *, now: Any = make.NOW, late_after: tuple[int, ...] = (7, 21)) -> int:
    person = office.person()
    with office.database.transaction() as db:
        return sending.ask(db, rows_of(db, person, now.date()), reminder_after_days=late_after, by=person, now=now)


def test_an_invoice_goes_out_with_both_its_files_and_is_kept_as_it_went(billed: Office, session: Session, mail_server: str) -> None:
    assert ask(billed) == 1

    carried = sending.carry(billed.database, send=MailCarrier(mail_server, "Opstap <noreply@opstap.example>"), now=make.NOW)

    assert carried == 1
    letter = email.message_from_string(Mailbox.letters[-1], policy=policy.default)
    files = {part.get_filename(): part.get_payload(decode=True) for part in letter.iter_attachments()}  # type: ignore[attr-defined]
    assert {name.rpartition(".")[2] for name in files} == {"pdf", "xml"}
    assert ("boeken@morgen.example" in str(letter["To"]) and "2026" in str(letter["Subject"])) or str(make.TODAY.year) in str(letter["Subject"])
    kept = {file.format: file.content for file in session.exec(select(InvoiceFile))}
    assert sorted(kept.values()) == sorted(files.values())
    assert broken_rules(kept["xml"]) == []
    assert "Selam" not in letter.get_body().get_content()  # type: ignore[attr-defined]


def test_a_busy_server_is_tried_again_later_with_the_same_name_of_the_mail(billed: Office, session: Session) -> None:
    ask(billed)
    seen: list[str] = []
    answers = [Answer(503), Answer(200)]

    def send(to: str, subject: str, text: str, *, files: Any = (), message_key: str = "", reply_to: str = "") -> Answer:
        seen.append(message_key)
        return answers[len(seen) - 1]

    for wait in (0, 1, 60, 120):
        sending.carry(billed.database, send=send, now=make.NOW + timedelta(minutes=wait))

    assert len(seen) == 2 and len(set(seen)) == 1
    assert session.exec(select(InvoiceMail)).one().state == "sent"


def test_a_box_that_is_gone_is_told_on_the_page(billed: Office, as_person: Any, session: Session) -> None:
    ask(billed)
    sending.carry(billed.database, send=lambda *_, **__: Answer(410), now=make.NOW)

    [mail] = session.exec(select(InvoiceMail))
    assert mail.state == "failed"
    assert "boeken@morgen.example" in as_person(billed.ellen).get(f"/invoices/{mail.invoice_id}").text.partition('class="rows"')[2]


def test_a_reminder_is_due_only_after_the_invoice_went_and_its_days_are_over(billed: Office) -> None:
    assert ask(billed) == 1  # the invoice itself
    for days, expected in ((30, 0), (36, 0), (37, 1), (38, 0), (51, 1), (90, 0)):  # due after 30 days; reminders 7 and 21 days later
        sending.carry(billed.database, send=lambda *_, **__: Answer(200), now=make.NOW + timedelta(days=days, hours=-1))
        assert ask(billed, now=make.NOW + timedelta(days=days)) == expected, days


def test_a_worker_that_died_in_the_middle_sends_again_and_two_at_once_send_once(billed: Office) -> None:
    ask(billed)
    sent: list[str] = []

    def die(*_: Any, message_key: str = "", **__: Any) -> Answer:
        sent.append(message_key)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sending.carry(billed.database, send=die, now=make.NOW)
    assert sending.carry(billed.database, send=lambda *_, **__: Answer(200), now=make.NOW) == 0  # somebody has its turn
    assert sending.carry(billed.database, send=lambda *_, **__: Answer(200), now=make.NOW + sending.LEASE) == 1


def test_files_of_all_documents_are_made_once_and_stay_the_same_bytes(billed: Office, as_person: Any, session: Session) -> None:
    before = as_person(billed.ellen)
    assert sending.keep_files(billed.database, now=make.NOW) == 1
    assert sending.keep_files(billed.database, now=make.NOW) == 0

    kept = {file.format: file.content for file in session.exec(select(InvoiceFile))}
    invoice_id = session.exec(select(InvoiceFile.invoice_id)).first()
    assert before.get(f"/invoices/{invoice_id}.pdf").data == kept["pdf"]
    assert before.get(f"/invoices/{invoice_id}.xml").data == kept["xml"]


@pytest.mark.parametrize(("paid_cents", "letters"), [(3000, 1), (7800, 0)])
def test_a_reminder_asks_for_what_is_open_and_does_not_go_when_nothing_is(billed: Office, session: Session, paid_cents: int, letters: int) -> None:
    ask(billed)
    sending.carry(billed.database, send=lambda *_, **__: Answer(200), now=make.NOW)
    late, said = make.NOW + timedelta(days=40), []
    assert ask(billed, now=late) == 1
    invoice_id = session.exec(select(InvoiceMail.invoice_id)).first()
    more = {"municipality_id": billed.world.municipality_id, "recorded_by": billed.ellen.account_id, "recorded_at": late}
    make.save(billed.database, Receipt(bank_key="x", received_on=late.date(), amount_cents=paid_cents, invoice_id=invoice_id, **more))

    def send(to: str, subject: str, text: str, **_: Any) -> Answer:
        said.append(text)
        return Answer(200)

    sending.carry(billed.database, send=send, now=late)

    assert len(said) == letters
    assert all("48,00" in text for text in said)
