"""What came in: a bank statement is read once, places what is certain, and never loses or doubles a cent."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from tests import factories as make
from tests.invoices.conftest import LAST_MONTH, SENDER, Office
from webapp.invoices import rules
from webapp.invoices.camt import NotAStatement, read_statement
from webapp.invoices.models import Receipt

DAY = LAST_MONTH + timedelta(days=27)


def statement(*entries: str, iban: str = SENDER["iban"]) -> bytes:
    return f"""<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
    <Stmt><Id>S1</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{"".join(entries)}</Stmt></BkToCstmrStmt></Document>""".encode()


def entry(
    amount: str,
    words: str,
    *,
    reference: str = "R1",
    side: str = "CRDT",
    back: bool = False,
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    day: date = make.TODAY,
) -> str:
    return f"""<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{"<RvslInd>true</RvslInd>" if back else ""}{status}<BookgDt><Dt>{day}</Dt></BookgDt>
    <AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Kwekerij</Nm></Pty></Dbtr></RltdPties>
    <RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


def test_a_payment_that_names_its_invoice_is_placed_and_the_same_statement_again_changes_nothing(
    office: Office, as_person: Any, session: Session
) -> None:
    office.worked(DAY)
    [invoice_id] = office.issue()
    ellen, number = as_person(office.ellen), rules.printed_number(make.TODAY.year, 1)
    made = statement(
        entry("78.00", f"factuur {number}"), entry("12.50", "dank je wel", reference="R2"), entry("99.00", "huur", reference="R3", side="DBIT")
    )

    for _ in range(2):
        answer = ellen.post("/invoices/receipts", {"statement": (BytesIO(made), "camt.xml")})
        assert answer.status_code == 303

    assert answer.location == "/invoices/receipts?new=0&placed=0&known=2"
    found = {one.amount_cents: one.invoice_id for one in session.exec(select(Receipt))}
    assert found == {7800: invoice_id, 1250: None}
    assert "12,50" in ellen.get("/invoices/receipts").text


@pytest.mark.parametrize(
    ("amount", "words"),
    [("77.99", "factuur {first}"), ("78.00", "factuur 2019-00001"), ("78.00", "facturen {first} en {second}"), ("78.00", "")],
    ids=["another amount", "no such invoice", "two invoices", "no number"],
)
def test_what_is_not_certain_waits_for_somebody(office: Office, as_person: Any, session: Session, amount: str, words: str) -> None:
    world = office.world
    work = make.work_request(office.database, make.establishment(office.database, world.municipality_id, "De Linde 2"), world.supervisor)
    office.worked(DAY)
    office.worked(DAY, of=make.placement(office.database, work, world.other_participant, world.case_manager))
    assert len(office.issue()) == 2
    numbers = {name: rules.printed_number(make.TODAY.year, number) for number, name in enumerate(("first", "second"), 1)}

    as_person(office.ellen).post("/invoices/receipts", {"statement": (BytesIO(statement(entry(amount, words.format(**numbers)))), "camt.xml")})

    assert session.exec(select(Receipt)).one().invoice_id is None


def test_somebody_places_what_could_not_be_placed_by_its_number(office: Office, as_person: Any, session: Session) -> None:
    office.worked(DAY)
    [invoice_id] = office.issue()
    ellen = as_person(office.ellen)
    ellen.post("/invoices/receipts", {"statement": (BytesIO(statement(entry("50.00", "voorschot"))), "camt.xml")})
    receipt = session.exec(select(Receipt)).one()

    assert ellen.post(f"/invoices/receipts/{receipt.id}/place", {"number": "7"}).status_code == 422
    assert ellen.post(f"/invoices/receipts/{receipt.id}/place", {"number": rules.printed_number(make.TODAY.year, 1)}).status_code == 303

    session.rollback()
    assert session.exec(select(Receipt)).one().invoice_id == invoice_id
    assert "28,00" in ellen.get(f"/invoices/{invoice_id}").text  # 78,00 − 50,00 is still open


def test_a_statement_of_another_account_is_refused_as_a_whole(office: Office, as_person: Any, session: Session) -> None:
    made = statement(entry("78.00", "x"), iban="NL02ABNA0123456789")

    answer = as_person(office.ellen).post("/invoices/receipts", {"statement": (BytesIO(made), "camt.xml")})

    assert (answer.status_code, session.exec(select(Receipt)).all()) == (422, [])


def test_money_the_bank_takes_back_counts_against_and_what_is_not_booked_not_at_all() -> None:
    found = read_statement(
        statement(entry("10.00", "a"), entry("10.00", "a", reference="R2", side="DBIT", back=True), entry("5", "b", status="<Sts>PDNG</Sts>"))
    )

    assert [credit.amount_cents for credit in found] == [1000, -1000]


def test_two_payments_booked_as_one_are_read_apart() -> None:
    part = "<TxDtls><Refs><AcctSvcrRef>{0}</AcctSvcrRef></Refs><Amt Ccy='EUR'>{1}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Ustrd>{0}</Ustrd></RmtInf></TxDtls>"
    both = (
        f"<Ntry><Amt Ccy='EUR'>30</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt><NtryDtls>{part.format('A', '10.00')}{part.format('B', '20.00')}"
        "</NtryDtls></Ntry>"
    )

    found = read_statement(statement(both))

    assert [(credit.amount_cents, credit.remittance) for credit in found] == [(1000, "A"), (2000, "B")]
    assert len({credit.bank_key for credit in found}) == 2


@pytest.mark.parametrize("amount", ["1.005", "NaN", "-3", "1e99", "0", "", "Infinity"])
def test_an_amount_that_is_none_makes_the_whole_statement_refused(amount: str) -> None:
    with pytest.raises(NotAStatement):
        read_statement(statement(entry("10.00", "a"), entry(amount, "b")))


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: statement(entry("1.00", "x"))[:-40] + text.encode()))
def test_whatever_file_somebody_chooses_is_read_or_refused(content: bytes) -> None:
    with suppress(NotAStatement):
        read_statement(content)
