"""The desk of finance over HTTP: make, look, send, place what came in; and what an employer sees of it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlmodel import Session, select

from tests import factories as make
from tests.invoices.conftest import LAST_MONTH, Office
from tests.invoices.en16931 import broken_rules
from webapp.invoices.models import Invoice, InvoiceMail, Receipt
from webapp.permissions import Role

DAY = LAST_MONTH + timedelta(days=27)
MONTH = f"{LAST_MONTH:%Y-%m}"


def test_one_press_makes_the_invoices_of_a_month_and_the_files_open(office: Office, as_person: Any, session: Session) -> None:
    office.worked(DAY)
    ellen = as_person(office.ellen)

    answer = ellen.post("/invoices", {"month": MONTH})

    assert (answer.status_code, answer.location) == (303, f"/invoices?month={MONTH}")
    invoice = session.exec(select(Invoice)).one()
    assert "78,00" in ellen.get(answer.location).text
    assert ellen.get(f"/invoices/{invoice.id}").status_code == 200
    xml, pdf = ellen.get(f"/invoices/{invoice.id}.xml"), ellen.get(f"/invoices/{invoice.id}.pdf")
    assert broken_rules(xml.data) == []
    assert (pdf.mimetype, pdf.data[:5], xml.mimetype) == ("application/pdf", b"%PDF-", "application/xml")


def test_pressing_twice_answers_the_same_and_adds_nothing(office: Office, as_person: Any, session: Session) -> None:
    office.worked(DAY)

    answers = [as_person(who).post("/invoices", {"month": MONTH}) for who in (office.ellen, office.sander, office.ellen)]

    assert {answer.status_code for answer in answers} == {303}
    assert len(session.exec(select(Invoice)).all()) == 1


@pytest.mark.parametrize("month", ["", "2026", "2026-13", f"{make.TODAY:%Y-%m}", "2099-01", "'; DROP TABLE invoice"])
def test_what_is_no_month_that_is_over_is_refused_at_its_field(office: Office, as_person: Any, month: str) -> None:
    answer = as_person(office.ellen).post("/invoices", {"month": month})

    assert answer.status_code == 422
    assert 'id="month-error"' in answer.text


def test_without_a_decision_about_vat_nothing_is_guessed(world: make.World, as_person: Any, session: Session) -> None:
    make.agree(world.database, world.municipality_id, "invoice_sender", make.SENDER)
    ellen = make.account(world.database, world.municipality_id, Role.FINANCE, "Ellen Mulder")

    answer = as_person(ellen).post("/invoices", {"month": MONTH})

    assert answer.status_code == 422
    assert session.exec(select(Invoice)).all() == []


def test_a_large_run_goes_on_step_by_step_until_it_is_done(office: Office, as_person: Any, session: Session) -> None:
    for number in range(30):
        place = make.establishment(office.database, office.world.municipality_id, f"Kas {number:02d}")
        guide = make.account(office.database, office.world.municipality_id, Role.SUPERVISOR, "Jan Wit", establishment_id=place.id)
        request = make.work_request(office.database, place, guide)
        office.worked(
            DAY,
            of=make.placement(
                office.database,
                request,
                make.participant(office.database, office.world.municipality_id, office.world.case_manager),
                office.world.case_manager,
            ),
        )
    ellen = as_person(office.ellen)
    ellen.post("/invoices", {"month": MONTH})
    run = session.exec(select(Invoice.run_id)).first()
    assert len(session.exec(select(Invoice)).all()) == 25
    assert f"/invoices/runs/{run}/steps" in ellen.get(f"/invoices?month={MONTH}").text

    step = ellen.post(f"/invoices/runs/{run}/steps", headers={"HX-Request": "true"})

    session.rollback()
    assert step.headers["HX-Redirect"] == f"/invoices?month={MONTH}"
    assert [one.number for one in session.exec(select(Invoice).order_by(Invoice.number))] == list(range(1, 31))  # type: ignore[arg-type]
    assert ellen.post(f"/invoices/runs/{run}/steps").status_code == 303  # a step too many changes nothing


def test_a_payment_typed_twice_counts_once_and_the_invoice_is_paid(office: Office, as_person: Any, session: Session) -> None:
    office.worked(DAY)
    [invoice_id] = office.issue()
    ellen, typed = as_person(office.ellen), {"receipt_id": str(uuid.uuid4()), "received_on": make.TODAY.isoformat(), "amount": "78,00"}

    for _ in range(2):
        assert ellen.post(f"/invoices/{invoice_id}/payments", typed).status_code == 303

    assert [one.amount_cents for one in session.exec(select(Receipt))] == [7800]
    page = ellen.get(f"/invoices/{invoice_id}").text
    assert "0,00" in page and f"/invoices/{invoice_id}/payments" not in page


@pytest.mark.parametrize(
    ("field", "value"), [("amount", "veel"), ("amount", "0"), ("amount", "-3"), ("received_on", "gisteren"), ("received_on", "2099-01-01")]
)
def test_a_payment_that_cannot_be_is_refused_at_its_field(office: Office, as_person: Any, field: str, value: str) -> None:
    office.worked(DAY)
    [invoice_id] = office.issue()
    typed = {"receipt_id": str(uuid.uuid4()), "received_on": make.TODAY.isoformat(), "amount": "78,00", field: value}

    answer = as_person(office.ellen).post(f"/invoices/{invoice_id}/payments", typed)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_an_address_counts_from_the_next_invoice_on(office: Office, as_person: Any, session: Session) -> None:
    office.worked(DAY)
    office.issue()
    ellen, place = as_person(office.ellen), office.world.establishment.id

    assert (
        ellen.post(
            f"/invoices/addresses/{place}", {"email": "boeken@morgen.example", "postcode": "1234 AB", "vat_number": "nl 123456789 b01"}
        ).status_code
        == 303
    )
    assert ellen.post(f"/invoices/addresses/{place}", {"email": "geen adres"}).status_code == 422
    later = make.NOW + timedelta(days=40)
    office.worked(make.TODAY, of=office.world.placement)
    office.issue(make.TODAY.replace(day=1), now=later)

    before, after = session.exec(select(Invoice).order_by(Invoice.issued_at)).all()  # type: ignore[arg-type]
    assert (before.buyer["email"], after.buyer["email"], after.buyer["vat_number"]) == ("", "boeken@morgen.example", "NL123456789B01")


def test_sending_is_asked_once_for_each_document(office: Office, as_person: Any, session: Session) -> None:
    office.worked(DAY)
    ellen = as_person(office.ellen)
    ellen.post(f"/invoices/addresses/{office.world.establishment.id}", {"email": "boeken@morgen.example"})
    ellen.post("/invoices", {"month": MONTH})

    for _ in range(2):
        assert ellen.post("/invoices/sending", {"month": MONTH}).status_code == 303

    assert [(mail.step, mail.to_address) for mail in session.exec(select(InvoiceMail))] == [(0, "boeken@morgen.example")]


def test_an_employer_sees_own_invoices_and_where_an_hour_goes_and_nothing_of_a_neighbour(office: Office, as_person: Any) -> None:
    make.agree(
        office.database,
        office.world.municipality_id,
        "tariff_split",
        {"software_cents": 45, "implementation_cents": 30, "handling_cents": 60, "guidance_cents": 520},
    )
    office.worked(DAY)
    [invoice_id] = office.issue()
    jan, fatma = as_person(office.world.supervisor), as_person(office.world.other_supervisor)

    page = jan.get("/employer/company").text

    assert f"/invoices/{invoice_id}.pdf" in page and "19,50" in page and "10,95" in page  # 19,50 − 2,00 − 1,35 − 5,20
    assert jan.get(f"/invoices/{invoice_id}.pdf").status_code == 200
    assert fatma.get(f"/invoices/{invoice_id}.pdf").status_code == 404
    assert f"/invoices/{invoice_id}" not in fatma.get("/employer/company").text
    assert jan.get(f"/invoices/{invoice_id}").status_code == 403


def test_a_statement_of_another_account_or_no_statement_at_all_is_refused(office: Office, as_person: Any, session: Session) -> None:
    ellen = as_person(office.ellen)
    for content in (b"", b"niets", b"<a/>", b'<!DOCTYPE x [<!ENTITY y "z">]><Document/>'):
        answer = ellen.post("/invoices/receipts", {"statement": (BytesIO(content), "afschrift.xml")})
        assert answer.status_code == 422 and 'id="statement-error"' in answer.text
    assert session.exec(select(Receipt)).all() == []
