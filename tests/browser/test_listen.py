"""Read aloud, in a real Chromium. Only the phone's own speech engine is a stand-in: a browser without a screen has no voices."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import GivePhone, Phone, Served
from tests.browser.test_accessible import RUN, STANDARD, axe  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser

# An engine that does what the Web Speech API says: it speaks one utterance at a time, says when one begins and ends, and
# reports a cancelled one as an error. With `slow` an utterance ends when the test says so, with `finish`.
ENGINE = """(({ voices, late, slow, fails, deaf = 0 }) => {
  const said = window.said = [], queue = [];
  let now = null, timer;
  const voice = ([lang, more]) => ({ lang, name: lang, localService: true, default: false, ...more });
  const report = (utterance, kind, more = {}) => utterance["on" + kind]?.({ type: kind, ...more });
  const finish = window.finish = () => { const old = now; now = null; if (old) report(old, "end"); begin(); };
  const begin = () => {
    if (now || !queue.length) return;
    now = queue.shift();
    if (fails && now.text) { const failed = now; now = null; setTimeout(() => report(failed, "error", { error: fails })); return; }
    const tint = [...document.querySelectorAll(".reading")].map((box) => box.innerText ?? box.getAttribute("aria-label"));
    if (now.text) said.push({ text: now.text, lang: now.lang, voice: now.voice?.name, rate: now.rate, tint });
    report(now, "start");
    if (!slow || !now.text) timer = setTimeout(finish, 5);
  };
  const engine = {
    getVoices: () => (late && performance.now() < late ? [] : voices.map(voice)),
    speak: (utterance) => { if (utterance.text && deaf-- > 0) return; queue.push(utterance); setTimeout(begin); },
    cancel: () => {
      clearTimeout(timer);
      const old = now;
      now = null;
      queue.length = 0;
      window.cancelled = (window.cancelled || 0) + 1;
      if (old) report(old, "error", { error: "interrupted" });
    },
    resume: () => {}, pause: () => {},
  };
  if (late) setTimeout(() => engine.onvoiceschanged?.(new Event("voiceschanged")), late);
  Object.defineProperty(window, "speechSynthesis", { value: engine });
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
})"""
NO_ENGINE = 'Object.defineProperty(window, "speechSynthesis", { value: undefined });'
DUTCH: list[tuple[str, dict[str, bool]]] = [("en_US", {"default": True}), ("nl-BE", {}), ("nl_NL", {})]
# Until reading began and ended again: a short page is read before anybody could look twice.
WATCH = """() => {
  const ear = document.querySelector(".listen");
  window.readAll = new Promise((done, fail) => {
    let began = false;
    setTimeout(fail, 30_000, new Error("not read"));
    new MutationObserver(() => {
      if (ear.getAttribute("aria-pressed") === "true") began = true;
      else if (began) done(true);
    }).observe(ear, { attributes: true });
  });
}"""
MARK = 'document.querySelector("main").innerHTML = '


def with_voices(phone: Phone, voices: list[tuple[str, dict[str, bool]]] = DUTCH, **more: Any) -> Phone:
    phone.context.add_init_script(f"{ENGINE}({json.dumps({'voices': voices, **more})})")
    return phone


def button(page: Page, words: str = "Luister") -> Any:
    return page.locator("header").get_by_role("button", name=words)


def bar(page: Page, words: str) -> Any:
    return page.get_by_role("group", name="Voorlezen").get_by_role("button", name=words)


def said(page: Page) -> list[str]:
    return [one["text"] for one in page.evaluate("said")]


def listen(page: Page) -> list[str]:
    """Everything that is read after a tap on Listen."""
    page.evaluate(WATCH)
    button(page).click()
    page.evaluate("window.readAll")
    expect(button(page)).to_be_visible()
    return said(page)


def listen_to(phone: Phone, main: str) -> list[dict[str, Any]]:
    """What is read of a page that says this: each utterance with its words, language and voice."""
    phone.page.evaluate(f"{MARK}{json.dumps(main)}")
    listen(phone.page)
    found: list[dict[str, Any]] = phone.page.evaluate("said")
    return found


def test_an_offer_is_read_from_its_title_to_the_choice(served: Served, phone: GivePhone) -> None:
    liya = with_voices(phone(served, "hoogland-participant-1"))
    liya.open("/offers")
    liya.tap("Keukenhulp")

    read = listen(liya.page)

    assert read[0] == "Keukenhulp"
    assert read.count("Keukenhulp") == 1
    places = [
        next(n for n, text in enumerate(read) if words in text)
        for words in ("Wanneer", "Hoe lang", "Waar", "Jouw premie", "Dit ga je doen", "Jij kiest")
    ]
    assert places == sorted(places)
    assert "2 euro per uur, ongeveer 24 euro per week" in read
    assert any(re.fullmatch(r"9 uur tot 13 uur|\d+ uur( \d\d)? tot \d+ uur( \d\d)?", text) for text in read)
    assert read[-1] == "Je kunt kiezen: nee dank je, ja graag of ik heb eerst een vraag."
    liya.look()


@pytest.mark.parametrize(
    "address", ["/today", "/offers", "/hours", "/premium", "/me", "/messages", "/messages/settings", "/language", "/offline", "/nowhere"]
)
def test_every_page_of_a_participant_has_the_button_and_can_be_read(served: Served, phone: GivePhone, address: str) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"))
    selam.open(address)

    read = listen(selam.page)

    assert read[0] == " ".join(selam.page.locator("h1").inner_text().split())
    assert len(read) > 1
    assert max(map(len, read)) <= 120
    assert not [text for text in read if re.search(r"€|\d:\d\d|·|None", text)]
    selam.look()


@pytest.mark.parametrize(
    ("account", "address"),
    [("waterveen-supervisor-1", "/employer/hours"), ("waterveen-supervisor-1", "/messages"), ("waterveen-case-manager-1", "/signals")],
)
def test_supervisors_and_staff_have_no_button(served: Served, phone: GivePhone, account: str, address: str) -> None:
    other = with_voices(phone(served, account))
    other.open(address)

    expect(other.page.locator(".listen")).to_have_count(0)


def test_without_javascript_there_is_no_button_and_nothing_is_said_about_it(served: Served, phone: GivePhone) -> None:
    selam = phone(served, "waterveen-participant-1", scripts=False)
    selam.open("/me")

    expect(selam.page.get_by_role("button", name="Luister")).to_have_count(0)
    assert not selam.page.locator(".listen").is_visible()
    assert "voorlezen" not in selam.words


@pytest.mark.parametrize(
    ("cents", "words"), [(21200, "212 euro"), (350, "3 euro 50"), (1205, "12 euro 5"), (50, "50 cent"), (-300, "-3 euro"), (211000, "2.110 euro")]
)
def test_amounts_are_said_as_people_say_them(served: Served, phone: GivePhone, cents: int, words: str) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"))
    selam.open("/me")
    shown = f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))

    read = listen_to(selam, f'<p>Je krijgt <data value="{cents}" dir="ltr">iets</data>.</p><p>En € {shown} ook.</p>')

    assert [one["text"] for one in read[1:]] == [f"Je krijgt {words}.", f"En {words} ook."]


def test_lengths_and_times_are_said_in_words(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"))
    selam.open("/me")
    lengths = "".join(f'<p><data class="minutes" value="{minutes}">x</data></p>' for minutes in (270, 30, 60, -30, 0))

    read = listen_to(selam, f"{lengths}<p>08:30 – 13:00</p><p>Om 14:05 · thuis</p><p>vr 20 nov, in mei</p>")

    assert [one["text"] for one in read[1:]] == [
        "4 uur en 30 minuten", "30 minuten", "1 uur", "-30 minuten", "0 uur", "8 uur 30 tot 13 uur", "Om 14 uur 05, thuis", "vrijdag 20 november, in mei",
    ]  # fmt: skip


def test_what_nobody_sees_is_not_read_and_pictures_and_fields_are(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"))
    selam.open("/me")

    read = listen_to(
        selam,
        """<p hidden>weg</p><p>Een <span aria-hidden="true">weg</span>twee<br>drie</p><svg role="img" aria-label="Je premie groeit."></svg><nav>weg</nav>
        <details><summary>Meer</summary><p>weg</p></details><button>Stuur, op</button>
        <div class="field"><label for="a">Begonnen</label><span class="hint">Zoals 13:00</span><input id="a" value="08:30"></div>
        <div class="field"><label for="b">Pauze</label><div class="step"><button>weg</button><span class="value"><input id="b" value="30"><span class="unit">minuten</span></span></div></div>
        <label class="pick"><input type="radio" checked>Ja</label><label class="pick"><input type="radio">Nee</label><input type="password" value="weg"><p>Tot slot</p>""",
    )

    assert [one["text"] for one in read[1:]] == [
        "Een twee", "drie", "Je premie groeit.", "Meer", "Begonnen: 8 uur 30", "Zoals 13 uur", "Pauze: 30 minuten", "Ja, gekozen", "Nee", "Tot slot",
        "Je kunt kiezen: stuur op.",
    ]  # fmt: skip


def test_it_speaks_with_the_best_dutch_voice_and_another_language_with_its_own(served: Served, phone: GivePhone) -> None:
    voices = [("nl-NL", {"localService": False}), ("en-US", {"default": True}), ("nl-BE", {}), ("nl_NL", {}), ("ar-EG", {})]
    selam = with_voices(phone(served, "waterveen-participant-1"), voices)
    selam.open("/me")

    read = listen_to(selam, '<p>Goed. <span lang="ar">نعم</span> Mooi</p><p lang="so">Haa</p>')

    assert [(one["text"], one["lang"], one["voice"]) for one in read[1:]] == [
        ("Goed.", "nl-NL", "nl_NL"), ("نعم", "ar-EG", "ar-EG"), ("Mooi", "nl-NL", "nl_NL"), ("Haa", "nl-NL", "nl_NL"),
    ]  # fmt: skip


def test_no_voice_elsewhere_ever_hears_what_somebody_earns(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"), [("nl-NL", {"localService": False}), ("en-US", {})])
    selam.open("/premium")
    expect(selam.page.locator(".listen")).to_be_hidden()


def test_long_text_is_said_in_sentences_of_a_breath(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"))
    selam.open("/me")
    long = "Dit is een lange zin met veel woorden, " * 8

    read = [one["text"] for one in listen_to(selam, f"<p>Kort. Ook kort? {long}</p>")]

    assert read[1:3] == ["Kort.", "Ook kort?"]
    assert max(map(len, read)) <= 120
    assert " ".join(read[3:]) == long.strip()


def test_where_the_phone_has_no_voice_the_button_goes_and_me_says_why(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"), [("en_US", {})])
    selam.open("/today")
    expect(selam.page.locator(".listen")).to_have_attribute("hidden", "")
    assert "voorlezen" not in selam.words

    selam.open("/me")

    selam.sees("Je telefoon kan nog niet voorlezen")
    selam.sees("tekst naar spraak")
    assert not selam.page.get_by_text("Gesproken materiaal").is_visible()
    expect(button(selam.page)).to_have_count(0)
    selam.look()


def test_an_iphone_is_told_its_own_way_also_where_it_cannot_speak_at_all(served: Served, phone: GivePhone) -> None:
    selam = phone(served, "waterveen-participant-1", user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)")
    selam.context.add_init_script(NO_ENGINE)

    selam.open("/me")

    selam.sees("Gesproken materiaal")
    assert not selam.page.get_by_text("tekst naar spraak").is_visible()


def test_voices_that_come_late_still_show_the_button_and_nothing_moves(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"), late=700)
    selam.open("/today")
    where = "[...document.querySelectorAll('header > *, main > *')].map((part) => [part.getBoundingClientRect().x, part.getBoundingClientRect().y])"
    before = selam.page.evaluate(where)

    expect(button(selam.page)).to_be_visible()

    assert selam.page.evaluate(where) == before


def test_a_voice_that_turns_out_not_to_be_on_the_phone_is_explained_at_once(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"), fails="language-unavailable")
    selam.open("/today")

    button(selam.page).click()

    expect(selam.page.locator("[data-part=no-voice]")).to_be_focused()
    expect(selam.page.locator(".reader")).to_have_count(0)
    expect(button(selam.page)).to_have_count(0)


def test_a_voice_that_does_not_begin_is_asked_once_more(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"), deaf=1)
    selam.open("/offers")

    assert listen(selam.page)[0] == "Aanbod"


def test_nothing_is_fetched_or_said_before_somebody_taps(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"))
    fetched: list[Request] = []
    selam.page.on("request", lambda request: fetched.append(request) if "listen.js" in request.url and not request.service_worker else None)
    selam.open("/today")
    expect(button(selam.page)).to_be_visible()
    selam.page.wait_for_timeout(1000)

    assert said(selam.page) == []
    assert fetched == []


def test_it_pauses_goes_on_gets_slower_and_stops(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"), slow=True)
    selam.open("/today")
    page = selam.page
    button(page).click()
    expect(button(page, "Stop")).to_have_attribute("aria-pressed", "true")
    rates = lambda: [one["rate"] for one in page.evaluate("said")]  # noqa: E731
    eventually(page, "said.length === 1")
    assert rates() == [0.8]
    page.evaluate("finish()")
    eventually(page, "said.length === 2")

    bar(page, "Pauze").click()
    page.evaluate("finish()")
    page.wait_for_timeout(300)
    assert len(said(page)) == 2
    bar(page, "Verder").click()
    eventually(page, "said.length === 3")
    assert said(page)[2] == said(page)[1]

    bar(page, "Langzamer").click()
    eventually(page, "said.length === 4")
    assert rates()[3] == 0.6
    expect(bar(page, "Langzamer")).to_have_attribute("aria-disabled", "true")
    for side in page.locator(".reader button").all():
        box = side.bounding_box()
        assert box and box["width"] >= 48 and box["height"] >= 48

    bar(page, "Stop").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".reader, .reading")).to_have_count(0)
    expect(button(page)).to_be_focused()
    expect(button(page)).to_have_attribute("aria-pressed", "false")

    page.reload()
    button(page).click()
    eventually(page, "said.length === 1")
    assert rates() == [0.6]
    page.keyboard.press("Escape")
    expect(page.locator(".reader")).to_have_count(0)


def eventually(page: Page, truth: str) -> None:
    """Wait until this is so; the content policy lets no page evaluate text by itself."""
    assert page.evaluate(
        f"async () => {{ for (let n = 0; n < 400 && !({truth}); n += 1) await new Promise((done) => setTimeout(done, 50)); return {truth}; }}"
    )


def test_what_is_read_is_yellow_in_view_and_pauses_at_a_tap(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1", reduced_motion="reduce"), slow=True)
    selam.open("/premium")
    page, yellow = selam.page, selam.page.locator(".reading")
    button(page).click()
    eventually(page, "said.length === 1")
    expect(yellow).to_have_text("Jouw premie")
    for _ in range(12):
        page.evaluate("finish()")
    eventually(page, "said.length === 13")
    expect(yellow).to_be_in_viewport()
    assert yellow.evaluate("(box) => box.getBoundingClientRect().top >= document.querySelector('.reader').getBoundingClientRect().bottom - 1")

    yellow.click()
    expect(bar(page, "Verder")).to_be_visible()
    expect(yellow).to_have_count(1)
    yellow.click()
    expect(bar(page, "Pauze")).to_be_visible()
    eventually(page, "said.length === 14")


def test_each_utterance_is_said_while_its_own_words_are_yellow(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"))
    selam.open("/today")
    listen(selam.page)

    for one in selam.page.evaluate("said")[:-1]:
        first = re.sub(r"\W", "", one["text"])[:3]
        assert len(one["tint"]) == 1
        assert first in re.sub(r"\W", "", one["tint"][0]) or first[0].isdigit(), one
    expect(selam.page.locator(".reading")).to_have_count(0)


def test_the_choice_is_yellow_at_its_buttons_and_a_tap_there_chooses(served: Served, phone: GivePhone) -> None:
    marek = with_voices(phone(served, "hoogland-participant-2"), slow=True)
    marek.open("/today")
    marek.tap("Nieuw aanbod")
    button(marek.page).click()
    eventually(marek.page, "said.length === 1")
    marek.page.evaluate(
        "async () => { while (!said.at(-1).text.startsWith('Je kunt kiezen')) { finish(); await new Promise((done) => setTimeout(done, 5)); } }"
    )

    expect(marek.page.locator("button.reading")).to_have_text(["Nee, dank je", "Ja, graag"])
    marek.tap("Nee, dank je")
    marek.sees("Goed. We hebben het doorgegeven.")


def test_it_stops_when_somebody_leaves_and_does_not_begin_again_by_itself(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"), slow=True)
    selam.open("/today")
    button(selam.page).click()
    eventually(selam.page, "said.length === 1")
    selam.page.evaluate("addEventListener('pagehide', () => sessionStorage.setItem('cancelled', window.cancelled))")
    cancelled = selam.page.evaluate("window.cancelled")

    selam.tap("Uren")

    assert int(selam.page.evaluate("sessionStorage.getItem('cancelled')")) == cancelled + 1
    expect(button(selam.page)).to_be_visible()
    selam.page.go_back()
    expect(button(selam.page)).to_be_visible()
    expect(selam.page.locator(".reader, .reading")).to_have_count(0)


def test_it_reads_without_internet(served: Served, phone: GivePhone) -> None:
    selam = with_voices(phone(served, "waterveen-participant-1"))
    selam.open("/premium")
    kept = """async () => { await navigator.serviceWorker.ready; for (let n = 0; n < 200 && !(await caches.match('/premium')); n += 1) {
      if (n % 20 === 19) await fetch(location.href); await new Promise((done) => setTimeout(done, 50)); } }"""
    selam.page.reload()
    selam.page.evaluate(kept)
    selam.context.set_offline(True)
    selam.page.reload()
    expect(selam.page.locator("[data-shown=off]")).to_be_visible()

    assert listen(selam.page)[:2] == ["Jouw premie", "Dit is zeker van jou"]


@pytest.mark.peer
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_on_the_bar_and_what_is_yellow(served: Served, phone: GivePhone, axe: str, colours: Any) -> None:  # noqa: F811
    selam = with_voices(phone(served, "waterveen-participant-1", reduced_motion="reduce", color_scheme=colours), slow=True)
    found: list[str] = []
    for address, most in (("/today", 8), ("/premium", 40)):
        selam.open(address)
        button(selam.page).click()
        for count in range(1, most):
            if not selam.page.locator(".reading").count():
                break
            eventually(selam.page, f"said.length >= {count}")
            if count in (1, 3, 5, 12):
                selam.page.evaluate(axe)
                found += selam.page.evaluate(RUN, STANDARD)
            selam.page.evaluate("finish()")
    selam.page.set_viewport_size({"width": 195, "height": 422})
    selam.look()
    assert not found, "\n".join(found)
