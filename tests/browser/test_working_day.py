"""The main job of the product, walked by everybody on their own phone: an offer, a night, a correction, a ruling, cents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import GivePhone, Phone, Serve, Served
from webapp.foundation.clock import day_of, now
from webapp.verify import faults

pytestmark = pytest.mark.browser

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def town(request: pytest.FixtureRequest, serve: Serve) -> Iterator[Served]:
    with serve(request.param) as started:
        yield started


def minutes_of_the_night(stop: int) -> int:
    """From 22:00 today until `stop` o'clock tomorrow, half an hour of break off; real minutes, also when the clock changes."""
    today = day_of(now())
    begin, end = (datetime.combine(day, time(hour), AMSTERDAM).astimezone(UTC) for day, hour in ((today, 22), (today + timedelta(days=1), stop)))
    return int((end - begin).total_seconds()) // 60 - 30


def cents(minutes: int) -> int:
    """At two euros an hour."""
    return (minutes * 200 + 30) // 60


def euros(amount: int) -> str:
    return f"€ {amount // 100},{amount % 100:02}"


def entry_on(phone: Phone, status: str) -> str:
    """The address of the first entry with this status on the page."""
    mark = phone.page.locator(f'article[id^="entry-"][data-status="{status}"]').first
    return "/hours/" + str(mark.get_attribute("id")).removeprefix("entry-")


def amount(phone: Phone, id: str) -> int:
    return int(phone.page.locator(f"#{id}").get_attribute("value") or "")


@pytest.mark.parametrize(
    ("town", "scripts"), [("sqlite", True), ("postgres", False)], indirect=["town"], ids=["with scripts, sqlite", "without scripts, postgres"]
)
def test_a_working_day_from_offer_to_premium_in_everyones_hands(town: Served, phone: GivePhone, scripts: bool) -> None:
    piotr = phone(town, "waterveen-participant-2", scripts=scripts)
    jan = phone(town, "waterveen-supervisor-1", scripts=scripts)
    marieke = phone(town, "waterveen-case-manager-1", scripts=scripts)

    # an offer, and a yes
    piotr.tap("Nieuw aanbod: Inpakhulp in de avond")
    piotr.sees("Je uitkering en toeslagen blijven gelijk.")
    piotr.tap("Ja, graag")
    assert piotr.page.locator("h1").inner_text() == "Je hebt ja gezegd"
    piotr.open("/hours")
    piotr.sees("Je hebt nog geen plek")

    # no hour before the case manager recorded decision, agreement and insurance
    marieke.open("/signals")
    marieke.tap(re.compile("Leg de start vast.*Piotr W. zei ja"))
    marieke.tap("Leg de start vast")
    assert marieke.page.locator(".wrong li").count() == 4
    today = day_of(now()).isoformat()
    for field, text in (
        ("decision_reason", "Past bij zijn wens om in de avond te werken."), ("agreement_signed_on", today),
        ("insured_from", today), ("insurance_evidence", "Polis WA-77"),
    ):  # fmt: skip
        marieke.page.fill(f'[name="{field}"]', text)
    marieke.tap("Leg de start vast")
    marieke.sees("De start staat vast.")

    # a night, asked about before it is kept
    piotr.open("/hours")
    for field, text in (("start", "22"), ("stop", "6.00"), ("break_minutes", "30")):
        piotr.page.fill(f'[name="{field}"]', text)
    piotr.tap("Stuur naar Jan")
    piotr.sees("om 06:00. Klopt dat?")
    assert piotr.page.locator('article[data-status="sent"]').count() == 0
    piotr.tap("Ja, stuur naar Jan")
    piotr.sees("Je uren zijn verstuurd.")
    entry = entry_on(piotr, "sent")
    written, corrected, ruled = (minutes_of_the_night(hour) for hour in (6, 5, 6))
    ruled -= 30
    piotr.open("/premium")
    assert (amount(piotr, "premium-certain"), amount(piotr, "premium-waiting")) == (0, cents(written))

    # the supervisor says how it was, and why
    jan.open("/employer/hours")
    jan.open(f"{entry}/correction")
    jan.page.fill('[name="stop"]', "05:00")
    if scripts:
        expect(jan.page.locator("#outcome button")).to_have_text("Stuur naar Piotr")
    jan.going(jan.page.locator("#outcome button").click)
    expect(jan.page.locator("#reason .error")).to_be_visible()
    jan.page.get_by_text("Eerder gestopt").click()
    jan.going(jan.page.locator("#outcome button").click)
    jan.open(entry)
    assert "€" not in jan.words  # what it earns him is not the employer's business

    # both versions; the lower one is certain, the difference waits; no is allowed and needs words
    piotr.open("/today")
    piotr.tap("Bekijk")
    piotr.sees("Jan paste je uren aan")
    for version in ("22:00 – 06:00", "22:00 – 05:00", euros(cents(written)), euros(cents(corrected)), "Eerder gestopt"):
        assert version in piotr.words
    piotr.tap("Niet eens")
    piotr.tap("Stuur")
    assert piotr.page.get_attribute('[name="reason"]', "aria-invalid") == "true"
    piotr.page.fill('[name="reason"]', "Ik bleef tot zes uur om de laatste kar te laden.")
    piotr.tap("Stuur")
    piotr.open("/premium")
    assert (amount(piotr, "premium-certain"), amount(piotr, "premium-waiting")) == (cents(corrected), cents(written) - cents(corrected))

    # the case manager reads both and decides, with a reason
    marieke.open("/signals")
    marieke.tap(re.compile("Piotr W. is het niet eens"))
    assert marieke.page.url.endswith(entry)
    assert "Ik bleef tot zes uur om de laatste kar te laden." in marieke.words
    marieke.page.check('[name="ruling"][value="other"]')
    marieke.page.fill('[name="minutes"]', f"{ruled // 60}:{ruled % 60:02}")
    marieke.page.fill('[name="reason"]', "Piotr laadde nog tot half zes. Dat zag een collega.")
    marieke.tap("Beslis")

    # everybody reads the same reason, and the cents are right
    for person in (piotr, jan, marieke):
        person.open(entry)
        assert "Piotr laadde nog tot half zes. Dat zag een collega." in person.words
        assert person.page.locator("article[data-status]").first.get_attribute("data-status") == "ruled"
    piotr.open("/premium")
    assert (amount(piotr, "premium-certain"), amount(piotr, "premium-waiting")) == (cents(ruled), 0)
    assert piotr.page.locator("#premium-certain").inner_text().replace("\xa0", " ") == euros(cents(ruled))
    piotr.open("/today")
    assert euros(cents(ruled)) in piotr.words

    # and everybody had a message
    for person, titles in (
        (piotr, ("Er is een aanbod voor jou", "De start is vastgelegd", "Kijk even naar je uren", "Er is een besluit over uren")),
        (jan, ("De start is vastgelegd", "Er is een besluit over uren")),
        (marieke, ("Iemand zei ja", "Niet eens over uren", "Een mijlpaal is bereikt")),
    ):
        person.open("/messages")
        for title in titles:
            person.sees(title)
    assert faults(town.database) == []
