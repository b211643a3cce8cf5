"""From the letter to Today with a passkey, in a real browser with an authenticator that is not real; and in again with it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlmodel import Session

from tests.browser.conftest import GivePhone, Phone, Served
from webapp.foundation.sealing import KeyRing
from webapp.foundation.settings import DEMO_SECRET
from webapp.notifications.outgoing import outgoing, said

pytestmark = pytest.mark.browser


@pytest.fixture
def house(served: Served) -> Served:
    """The same server by its name: a passkey belongs to a name."""
    return Served(served.url.replace("127.0.0.1", "localhost"), served.database)


def authenticator(phone: Phone, **more: Any) -> Any:
    """A lock of the phone that says yes by itself."""
    cdp = phone.context.new_cdp_session(phone.page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True, **more,
    }  # fmt: skip
    key = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return lambda: cdp.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]


def outbox(house: Served, purpose: str) -> dict[str, Any]:
    with Session(house.database.engine.execution_options(reads=True)) as db:
        rows = db.execute(select(outgoing).where(outgoing.c.purpose == purpose, outgoing.c.sealed != "").order_by(outgoing.c.created_at)).all()
    return said(KeyRing(DEMO_SECRET), rows[-1])


def letter_for(house: Served, phone: GivePhone, name: str, manager: str = "hoogland-case-manager-1") -> str:
    """The case manager opens a person and makes the letter. Gives the code in it."""
    office = phone(house, manager, viewport={"width": 1280, "height": 900}, has_touch=False)
    office.open("/participants")
    office.tap(re.compile(name))
    office.going(lambda: office.page.locator("a[href$='/invitation']").click())
    office.going(lambda: office.page.locator("form[action$='/invitation'] button.wide").click())
    assert "made=1" in office.page.url
    return str(outbox(house, "invitation")["content"]["code"]).replace(" ", "")


def to_the_lock(house: Served, phone: GivePhone, code: str, year: str, **more: Any) -> Phone:
    person: Phone = phone(house, **more)
    person.open(f"/start/{code}")
    submit(person, "/start")
    person.page.fill("[name=year]", year)
    submit(person, "/start/birth")
    person.going(lambda: person.page.click("[name=language][value=nl]"))
    person.going(lambda: person.page.click("a[href='/start/lock']"))
    return person


def submit(person: Phone, action: str) -> None:
    person.going(lambda: person.page.locator(f"form[action='{action}'] button").click())


def test_a_letter_a_year_and_a_finger_open_today_and_the_finger_opens_it_again(house: Served, phone: GivePhone) -> None:
    code = letter_for(house, phone, "Marek")
    marek = to_the_lock(house, phone, code, "1979")
    kept = authenticator(marek)

    marek.going(lambda: marek.page.click("[data-go]"))

    assert marek.page.url.endswith("/today")
    assert len(kept()) == 1 and kept()[0]["rpId"] == "localhost" and kept()[0]["isResidentCredential"]
    marek.open("/me/devices")
    marek.going(lambda: marek.page.click("form[action='/me/devices/end'] button"))
    assert "/sign-in" in marek.page.url
    marek.open("/premium")
    marek.going(lambda: marek.page.click("[data-go]"))
    assert marek.page.url.endswith("/premium")

    marek.open("/me/devices")
    marek.going(lambda: marek.page.locator("form[action*='/me/passkeys/'] button").click())
    marek.going(lambda: marek.page.click("form[action='/me/devices/end'] button"))
    marek.page.click("[data-go]")
    expect(marek.page.locator("[data-trouble]")).to_be_visible()
    assert marek.page.get_by_role("alert").count() >= 1


def test_a_phone_whose_owner_does_not_show_up_sets_nothing_up(house: Served, phone: GivePhone) -> None:
    code = letter_for(house, phone, "Abdi")
    abdi = to_the_lock(house, phone, code, "1980")
    kept = authenticator(abdi, isUserVerified=False)

    abdi.page.click("[data-go]")

    expect(abdi.page.locator("[data-trouble]")).to_be_visible()
    assert kept() == []
    abdi.open("/start/lock")


def test_where_the_phone_cannot_a_code_and_a_pin_do_also_without_scripts(house: Served, phone: GivePhone) -> None:
    code = letter_for(house, phone, "Iryna")
    iryna = to_the_lock(house, phone, code, "1982", scripts=False)
    assert iryna.page.locator("[data-go]").is_hidden()

    iryna.going(lambda: iryna.page.click("a[href='/start/contact']"))
    iryna.page.fill("[name=contact]", "0600000999")
    submit(iryna, "/start/contact")
    digits = re.search(r"\d{6}", outbox(house, "code")["text"])
    assert digits is not None
    for name, typed in (("code", digits[0]), ("pin", "258091"), ("again", "258091")):
        iryna.page.fill(f"[name={name}]", typed)
    submit(iryna, "/start/pin")

    assert iryna.page.url.endswith("/today")


def test_by_a_number_the_house_offers_the_other_ways_only(served: Served, phone: GivePhone) -> None:
    visitor = phone(served)
    visitor.open("/sign-in")

    assert visitor.page.locator("[data-go]").is_hidden()
    assert visitor.page.locator("form[action='/sign-in'] button").is_visible()


def test_the_camera_help_stands_behind_the_button_where_the_browser_reads_no_squares(served: Served, phone: GivePhone) -> None:
    visitor = phone(served, scripts=False)
    visitor.open("/start")
    assert visitor.page.locator("#camera-help").is_hidden()

    visitor.page.click("[data-scan]")

    assert visitor.page.locator("#camera-help").is_visible()


def test_what_an_office_typed_after_its_sign_in_ended_is_sent_after_signing_in(house: Served, phone: GivePhone) -> None:
    """The browser repeats the form itself (307), with everything that was in it."""
    office = phone(house, "hoogland-case-manager-2", viewport={"width": 1280, "height": 900}, has_touch=False)
    office.open("/participants")
    office.tap(re.compile("Elif"))
    person = office.page.url
    office.page.locator("details").filter(has=office.page.locator("[name=scheme]")).locator("summary").click()
    for name, typed in (("scheme", "Premie van de sportclub"), ("amount", "12,50"), ("paid_on", "2026-01-05")):
        office.page.fill(f"[name={name}]", typed)
    other = phone(house, "hoogland-case-manager-2")
    other.open("/me/devices")
    other.going(lambda: other.page.click("form[action='/me/devices/end'] button"))

    office.going(lambda: office.page.locator("form[action$='/other-premiums'] button").click())
    assert "/sign-in" in office.page.url
    office.sign_in("hoogland-case-manager-2")
    office.open("/sign-in/kept")
    office.going(lambda: office.page.locator("form[action='/sign-in/kept'] button.large").click())

    assert office.page.url.startswith(person) and "recorded=1" in office.page.url
    office.sees("Premie van de sportclub")
