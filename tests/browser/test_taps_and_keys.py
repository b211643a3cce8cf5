"""What only a browser shows: a thumb that taps twice, a keyboard, the way back after signing out, and pages that change by themselves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import GivePhone, Phone, Served
from webapp.verify import faults

pytestmark = pytest.mark.browser

FOCUSED = """() => {
    const it = document.activeElement, box = it.getBoundingClientRect(), look = getComputedStyle(it);
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return { words: (it.getAttribute("aria-label") || it.innerText || it.name || "").trim(), ring: look.outlineStyle !== "none", seen: !!top && (it === top || it.contains(top)) };
}"""


def tab_to(phone: Phone, words: str) -> None:
    """Press Tab until this has the focus; whatever has it on the way shows a ring and lies under nothing."""
    for _ in range(40):
        phone.page.keyboard.press("Tab")
        focus = phone.page.evaluate(FOCUSED)
        if focus["words"]:
            assert focus["ring"] and focus["seen"], focus
        if words in focus["words"]:
            return
    pytest.fail(f"{words} cannot be reached with Tab")


def press_enter(phone: Phone) -> None:
    phone.going(lambda: phone.page.keyboard.press("Enter"))


def posts_of(phone: Phone) -> list[str]:
    sent: list[str] = []
    phone.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


def test_a_second_tap_on_yes_sends_nothing_and_a_late_one_changes_nothing(served: Served, phone: GivePhone) -> None:
    marek = phone(served, "hoogland-participant-2")
    marek.tap("Nieuw aanbod")
    offer, sent = marek.page.url, posts_of(marek)

    marek.going(lambda: marek.page.evaluate("() => { const yes = document.querySelector('[value=yes]'); yes.click(); yes.click(); }"))

    assert len(sent) == 1
    assert marek.page.locator("h1").inner_text() == "Je hebt ja gezegd"
    answer = marek.page.request.post(f"{offer}/answer", form={"answer": "yes"}, headers={"Origin": served.url})
    assert answer.ok and "Je hebt ja gezegd" in answer.text()
    assert faults(served.database) == []


def test_no_and_back_again_with_the_keyboard_alone(served: Served, phone: GivePhone) -> None:
    liya = phone(served, "hoogland-participant-1")
    liya.open("/offers")

    for words, then in (
        ("Keukenhulp", "Keukenhulp"), ("Nee, dank je", "Goed. We hebben het doorgegeven."),
        ("Toch ja", "Je hebt ja gezegd"), ("Ik wil mijn ja terugnemen", "Keukenhulp"),
    ):  # fmt: skip
        tab_to(liya, words)
        press_enter(liya)
        assert liya.page.locator("h1").inner_text() == then

    assert liya.page.locator('article[data-status="open"]').count() == 1


def test_the_way_back_after_signing_out_shows_nothing_of_anybody(served: Served, phone: GivePhone) -> None:
    abdi = phone(served, "hoogland-participant-3")
    for address in ("/premium", "/me"):
        abdi.open(address)

    abdi.tap("Uitloggen")

    for _ in range(2):
        abdi.page.go_back()
        assert "/sign-in" in abdi.page.url
        assert "€" not in abdi.words and "Mijlpaal" not in abdi.words


def test_steps_arrows_and_times_keep_the_sum_right_while_typing(served: Served, phone: GivePhone) -> None:
    iryna = phone(served, "hoogland-participant-5")
    iryna.open("/hours")
    page, total = iryna.page, iryna.page.locator("[data-hours-summary]")
    for field, text in (("start", "8.30"), ("stop", "1300"), ("break_minutes", "30")):
        page.fill(f'[name="{field}"]', text)
    expect(total).to_have_text(re.compile(r"4 uur gewerkt\s*€\s8,00 premie"))

    page.get_by_role("button", name=re.compile("Pauze.*meer")).click()
    expect(total).to_have_text(re.compile(r"3 uur 55 gewerkt\s*€\s7,83 premie"))
    page.focus('[name="break_minutes"]')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.input_value('[name="break_minutes"]') == "25"
    expect(total).to_have_text(re.compile(r"4 uur 05 gewerkt\s*€\s8,17 premie"))

    page.fill('[name="stop"]', "2")
    expect(page.locator("[data-night]")).to_be_visible()
    page.fill('[name="stop"]', "25:00")
    expect(total).to_be_hidden()
    iryna.look()


def test_what_was_typed_wrong_gets_the_focus_and_is_said(served: Served, phone: GivePhone) -> None:
    iryna = phone(served, "hoogland-participant-5")
    iryna.open("/hours")
    page = iryna.page
    page.fill('[name="start"]', "25")
    page.fill('[name="stop"]', "")
    iryna.tap("Stuur naar")
    expect(page.locator(".wrong")).to_be_focused()
    assert page.locator(".wrong a").count() == 2

    page.fill('[name="start"]', "8:30")
    iryna.tap("Stuur naar")
    expect(page.locator('[name="stop"]')).to_be_focused()
    said = page.get_attribute('[name="stop"]', "aria-describedby") or ""
    assert "Bijvoorbeeld 13:00" in page.inner_text(f"#{said.split()[0]}")
    assert page.input_value('[name="start"]') == "8:30"


def test_a_row_is_confirmed_and_taken_back_without_leaving_the_list(served: Served, phone: GivePhone) -> None:
    kees = phone(served, "hoogland-supervisor-1")
    page, sent = kees.page, posts_of(kees)
    page.evaluate("window.same = true")
    row = page.locator('article.who[data-status="sent"]', has_text="zoals gepland").first
    row = page.locator(f"#{row.get_attribute('id')}")
    dock = page.locator("#bulk-dock button")
    planned = int(re.sub(r"\D", "", dock.inner_text()))

    row.locator(".ok").evaluate("button => { button.click(); button.click(); }")
    expect(row).to_have_attribute("data-status", "confirmed")
    expect(row.locator(".ok")).to_have_attribute("aria-pressed", "true")
    expect(row.locator(".ok")).to_be_focused()
    expect(page.locator("#live")).to_contain_text("Klopt:")
    expect(dock).to_contain_text(str(planned - 1))
    assert len(sent) == 1

    row.get_by_role("button", name="Herstel").click()
    expect(row).to_have_attribute("data-status", "sent")
    expect(dock).to_contain_text(str(planned))
    assert page.evaluate("window.same") is True
    kees.look()

    kees.going(dock.click)
    expect(page.locator("#bulk-dock button")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "BODY"  # a page that opens begins at its beginning
    assert faults(served.database) == []


def test_two_who_change_the_same_hours_both_read_what_happened(served: Served, phone: GivePhone) -> None:
    oksana, jan = phone(served, "waterveen-participant-5"), phone(served, "waterveen-supervisor-1")
    jan.open("/employer/hours")
    row = jan.page.locator('article.who[data-status="sent"]', has_text="Oksana").first
    entry = "/hours/" + str(row.get_attribute("id")).removeprefix("entry-")
    oksana.open(entry)
    row.locator(".ok").click()
    expect(jan.page.locator(f'[id="entry-{entry[7:]}"]')).to_have_attribute("data-status", "confirmed")

    oksana.page.fill('[name="stop"]', "14:00")
    oksana.tap("Stuur de wijziging")

    oksana.sees("Deze uren zijn al veranderd")
    assert "08:30 – 13:00" in oksana.words and "08:30 – 14:00" in oksana.words
    assert oksana.page.locator("article").get_attribute("data-status") == "confirmed"


def test_at_a_desk_the_work_stands_under_its_title_beside_the_menu(served: Served, phone: GivePhone) -> None:
    marieke = phone(served, viewport={"width": 1280, "height": 800})
    marieke.sign_in("waterveen-case-manager-1")
    for address in ("/signals", "/participants", "/requests"):
        marieke.open(address)
        expect(marieke.page.locator("body > [role=status].news")).to_have_count(1)  # the region for what happens without internet
        title, work = (marieke.page.locator(part).bounding_box() for part in (".top", "main"))

        assert title and work
        assert 0 <= work["y"] - title["y"] - title["height"] < 40, address
