"""A payment from the desk of finance: look, prepare, judge, take the file; and who may not."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests import factories as make
from tests.payouts.people import PAY_ON, Office, agree, colleague, give_account, iban, pay, work
from webapp.notifications.models import Notification
from webapp.payouts.models import OutsideChecker, PayoutRun
from webapp.payouts.pain001 import schema
from webapp.permissions import Role
from webapp.premium.actions import balance_cents
from webapp.premium.models import Payout

ISO = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
JUDGED = {"judgement": "Werken met premie is een stap naar werk."}


@pytest.fixture
def ellen(office: Office, as_person: Any) -> Any:
    return as_person(office.first)


@pytest.fixture
def sander(office: Office, as_person: Any) -> Any:
    return as_person(office.second)


def prepared(ellen: Any) -> str:
    answer = ellen.post("/payouts", {"pay_on": PAY_ON.isoformat()})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_one_person_prepares_another_judges_and_only_then_there_is_a_file(office: Office, ellen: Any, sander: Any) -> None:
    work(office)
    trial = ellen.get(f"/payouts?pay_on={PAY_ON}")
    run = prepared(ellen)

    early, own = ellen.get(f"{run}/pain001.xml"), ellen.post(f"{run}/approval", JUDGED)
    without_words = sander.post(f"{run}/approval", {"judgement": " "})
    judged = sander.post(f"{run}/approval", JUDGED)
    file = sander.get(f"{run}/pain001.xml")

    assert 'value="800"' in trial.text
    assert (early.status_code, own.status_code, without_words.status_code, judged.status_code, file.status_code) == (409, 403, 422, 303, 200)
    assert 'aria-describedby="judgement-error' in without_words.text
    document = etree.fromstring(file.data)
    schema("pain.001.001.09").assertValid(document.getroottree())
    assert document.xpath("//p:CtrlSum/text()", namespaces=ISO) == ["8.00", "8.00"]
    assert document.xpath("//p:Cdtr/p:Nm/text()", namespaces=ISO) == ["Selam Tesfay"]
    assert sander.get(run).text.count("Sander Post") == 1


def test_the_same_file_is_downloaded_twice_also_after_the_terms_and_an_account_changed(office: Office, ellen: Any, sander: Any) -> None:
    work(office)
    run = prepared(ellen)
    sander.post(f"{run}/approval", JUDGED)
    first = sander.get(f"{run}/pain001.xml").data

    agree(
        office, "payout_account", {"holder": "Andere naam", "iban": iban(9), "version": "pain.001.001.03"}, valid_from=make.TODAY - timedelta(days=1)
    )
    give_account(office, office.world.participant, number=iban(77), at=make.NOW)

    assert ellen.get(f"{run}/pain001.xml").data == first
    words = first.decode()
    assert not any(word in words.lower() for word in ("uitkering", "bijstand", "premie", "benefit", "bsn"))


def test_sending_the_same_form_again_leads_to_the_same_run_and_adds_no_row(office: Office, ellen: Any, sander: Any, session: Session) -> None:
    work(office)
    run = prepared(ellen)

    again = [prepared(ellen), str(sander.post("/payouts", {"pay_on": (PAY_ON + timedelta(days=30)).isoformat()}).headers["Location"])]
    sander.post(f"{run}/approval", JUDGED)
    twice = sander.post(f"{run}/approval", JUDGED)

    assert again == [run, run] and twice.status_code == 303 and prepared(ellen) == run
    session.rollback()
    assert session.execute(select(func.count()).select_from(Payout)).scalar_one() == 1
    assert balance_cents(session, office.world.participant.account_id) == 0


@pytest.mark.parametrize("day", ["", "morgen", "2026-02-30", "2019-12-31", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused_at_its_field(office: Office, ellen: Any, day: str) -> None:
    answer = ellen.post("/payouts", {"pay_on": day})

    assert answer.status_code == 422 and 'aria-describedby="pay_on-error"' in answer.text
    assert day == "" or f'value="{day}"' in answer.text


def test_a_day_without_anything_to_pay_makes_no_run(office: Office, ellen: Any, session: Session) -> None:
    answer = ellen.post("/payouts", {"pay_on": PAY_ON.isoformat()})

    assert answer.status_code == 422 and 'aria-describedby="pay_on-error"' in answer.text
    assert session.execute(select(func.count()).select_from(PayoutRun)).scalar_one() == 0


def test_a_run_sent_back_with_a_reason_frees_its_lines_for_another(office: Office, ellen: Any, sander: Any, session: Session) -> None:
    work(office)
    run = prepared(ellen)

    without = sander.post(f"{run}/refusal", {"reason": ""})
    back = sander.post(f"{run}/refusal", {"reason": "De rekening van Selam klopt niet."})
    late = sander.post(f"{run}/approval", JUDGED)
    new = prepared(ellen)

    assert (without.status_code, back.status_code, late.status_code) == (422, 303, 409)
    assert new != run and "De rekening van Selam klopt niet." in ellen.get(run).text
    session.rollback()
    assert sorted(session.execute(select(Payout.status)).scalars()) == ["dropped", "prepared"]  # type: ignore[call-overload]


def test_somebody_left_out_by_name_keeps_what_is_due(office: Office, ellen: Any, sander: Any, session: Session) -> None:
    work(office)
    yusuf, placement = colleague(office, "Yusuf Adan", 1)
    work(office, placement)
    run = prepared(ellen)
    payout = session.execute(select(Payout).where(col(Payout.participant_id) == yusuf.account_id)).scalar_one()

    without = sander.post(f"{run}/people/{payout.id}/omission", {"reason": ""})
    held = sander.post(f"{run}/people/{payout.id}/omission", {"reason": "Overleden."})
    old_page = sander.post(f"{run}/approval", {**JUDGED, "seen_cents": "1600"})
    judged = sander.post(f"{run}/approval", {**JUDGED, "seen_cents": "800"})

    assert (without.status_code, held.status_code, old_page.status_code, judged.status_code) == (422, 303, 409, 303)
    session.rollback()
    assert (balance_cents(session, yusuf.account_id), balance_cents(session, office.world.participant.account_id)) == (800, 0)
    assert sander.get(f"{run}/pain001.xml").data.count(b"<CdtTrfTxInf>") == 1


def test_an_account_changed_after_the_first_check_stops_the_second(office: Office, ellen: Any, sander: Any) -> None:
    work(office)
    run = prepared(ellen)
    give_account(office, office.world.participant, number=iban(500), at=make.NOW)

    answer = sander.post(f"{run}/approval", JUDGED)

    assert answer.status_code == 409 and "Selam Tesfay" in answer.text


def test_another_municipality_sees_nothing_of_it(office: Office, ellen: Any, as_person: Any, session: Session) -> None:
    work(office)
    run = prepared(ellen)
    payout = session.execute(select(Payout)).scalar_one()
    far = as_person(make.account(office.database, office.world.stranger.municipality_id, Role.FINANCE, "Bas Blom"))

    for address in (run, f"{run}/pain001.xml", f"{run}/people/{payout.id}"):
        assert far.get(address).status_code == 404
    for address in (f"{run}/approval", f"{run}/refusal", f"{run}/people/{payout.id}/omission", f"{run}/people/{payout.id}/return"):
        assert far.post(address, {"reason": "x", **JUDGED}).status_code == 404
    assert "Selam" not in far.get("/payouts").text


def test_a_checker_from_outside_approves_but_never_prepares(office: Office, ellen: Any, as_person: Any, session: Session) -> None:
    work(office)
    admin = as_person(make.account(office.database, office.id, Role.ADMIN, "Nadia Kuiper"))
    form = {
        "id": "0197f0c0-0000-7000-8000-000000000001", "first_name": "Karin", "last_name": "Visser", "email": "k.visser@hoogland.example",
        "organisation": "Gemeente Hoogland", "reason": "Wij hebben één medewerker.",
    }  # fmt: skip
    wrong = admin.post("/payouts/checkers", {**form, "email": "", "reason": ""})
    named = [admin.post("/payouts/checkers", form).status_code for _ in range(2)]
    checker = session.execute(select(OutsideChecker)).scalar_one()
    karin = as_person(session.get(make.Membership, checker.membership_id))

    refused, run = karin.post("/payouts", {"pay_on": PAY_ON.isoformat()}), prepared(ellen)
    approved = karin.post(f"{run}/approval", JUDGED)
    ended = admin.post(f"/payouts/checkers/{checker.id}/end")

    assert wrong.status_code == 422 and 'aria-describedby="email-error"' in wrong.text
    assert named == [303, 303] and "Karin Visser" in admin.get("/payouts/checkers").text
    assert (refused.status_code, approved.status_code, ended.status_code) == (403, 303, 303)
    assert karin.get("/payouts").status_code in (302, 303)  # signed out at once
    assert ellen.get("/payouts/checkers").status_code == 403


def test_a_returned_payment_is_due_again_and_the_person_hears_it(office: Office, ellen: Any, session: Session) -> None:
    work(office)
    run = pay(office)
    payout = session.execute(select(Payout)).scalar_one()
    where = f"/payouts/{run.id}/people/{payout.id}"

    bare = ellen.post(f"{where}/return", {})
    typed = [ellen.post(f"{where}/return", {"reason": "AC04", "returned_on": make.TODAY.isoformat()}).status_code for _ in range(2)]

    assert bare.status_code == 422 and typed == [303, 303]
    session.rollback()
    assert balance_cents(session, office.world.participant.account_id) == 800
    told = session.execute(select(Notification).where(col(Notification.key) == "pay.bounce")).scalar_one()
    assert told.account_id == office.world.participant.account_id and told.path == f"/premium/payouts/{payout.id}"


PAIN_002 = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlPmtInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{status}</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""
CAMT = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn><Ntfctn><Ntry><Amt Ccy="EUR">8.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>
</NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""


@pytest.mark.parametrize(("message", "status", "due"), [(PAIN_002, "RJCT", 800), (PAIN_002, "ACSC", 0), (CAMT, "", 800)])
def test_a_file_of_the_bank_tells_what_came_back(office: Office, ellen: Any, session: Session, message: str, status: str, due: int) -> None:
    work(office)
    pay(office)
    payout = session.execute(select(Payout)).scalar_one()
    text = message.format(id=payout.id.hex.upper(), status=status).encode()

    sent = [ellen.post("/payouts/returns", {"file": (BytesIO(text), "pain002.xml")}, content_type="multipart/form-data") for _ in range(2)]

    assert [answer.status_code for answer in sent] == [303, 303]
    session.rollback()
    assert balance_cents(session, office.world.participant.account_id) == due


def test_a_large_file_of_the_bank_is_read_too(office: Office, ellen: Any, session: Session) -> None:
    work(office)
    pay(office)
    payout = session.execute(select(Payout)).scalar_one()
    entry = CAMT[CAMT.index("<Ntry>") : CAMT.index("</Ntfctn>")]
    text = CAMT.replace(entry, entry.replace("{id}", "NOTPROVIDED") * 2000 + entry.format(id=payout.id.hex.upper())).encode()
    assert len(text) > 300_000

    sent = ellen.post("/payouts/returns", {"file": (BytesIO(text), "camt054.xml")}, content_type="multipart/form-data")

    assert sent.status_code == 303 and sent.headers["Location"] == "/payouts?returned=1"
    session.rollback()
    assert balance_cents(session, office.world.participant.account_id) == 800


@pytest.mark.parametrize("text", [b"", b"<a", b"<Document/>", b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>', b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'])  # fmt: skip
def test_a_file_that_tells_nothing_of_the_kind_is_refused(office: Office, ellen: Any, text: bytes) -> None:
    answer = ellen.post("/payouts/returns", {"file": (BytesIO(text), "x.xml")}, content_type="multipart/form-data")

    assert answer.status_code == 422 and 'aria-describedby="file-error"' in answer.text


def test_the_participant_reads_what_was_paid_in_every_place_and_on_paper(office: Office, as_person: Any, session: Session) -> None:
    entry = work(office)
    pay(office)
    selam, jan = as_person(office.world.participant), as_person(office.world.supervisor)
    payout = session.execute(select(Payout)).scalar_one()

    premium, shown, hours, sheet = (
        selam.get(at) for at in ("/premium", f"/premium/payouts/{payout.id}", f"/hours/{entry.id}", f"/premium/payouts/{payout.id}.pdf")
    )
    year, locked = (
        selam.get(f"/premium/years/{PAY_ON.year}.pdf"),
        jan.post(f"/hours/{entry.id}/correction", {"start": "08:30", "stop": "12:00", "break_minutes": "0", "reason": "stopped_earlier"}),
    )

    assert 'id="premium-certain" value="0"' in premium.text.replace('value="0" id="premium-certain"', 'id="premium-certain" value="0"')
    assert f"/premium/payouts/{payout.id}" in premium.text and "4300" in shown.text and "NL91ABNA0417164300" not in shown.text
    assert 'data-status="paid"' in hours.text and 'data-status="paid"' in selam.get(f"/hours?week={entry.week_of}").text
    assert sheet.data.startswith(b"%PDF") and year.data.startswith(b"%PDF")
    assert locked.status_code == 409
    assert as_person(office.world.other_participant).get(f"/premium/payouts/{payout.id}").status_code == 404
    assert as_person(office.world.stranger).get(f"/premium/payouts/{payout.id}.pdf").status_code == 404
