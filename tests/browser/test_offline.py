"""A phone without internet, in a real Chromium: what is tapped is kept, sent once, and never under another name."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from sqlalchemy import text
from werkzeug.serving import make_server

from tests.conftest import NewDatabase
from webapp import create_app
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import Database
from webapp.foundation.settings import Settings
from webapp.pwa import views as pwa

pytestmark = pytest.mark.browser

A, B, SUPERVISOR = "waterveen-participant-1", "waterveen-participant-4", "waterveen-supervisor-1"
LOOKED_AFTER = """Promise.race([new Promise((done) => setTimeout(done, 20_000)), navigator.serviceWorker.controller || new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }))])
  .then(() => true)"""
KEPT = """async (path) => { for (let tries = 0; tries < 400 && !(await caches.match(path)); tries += 1) await new Promise((done) => setTimeout(done, 50)); }"""
FIRST_VISIT = """async () => { while (localStorage.getItem("visits") !== "1") await new Promise((done) => setTimeout(done, 50)); }"""
THREE_HOURS = 3 * 3600 * 1000  # milliseconds


class Server:
    """The application on a port of its own. `lose_answers_to`: the work is done, but the answer gets lost."""

    def __init__(self, folder: Path, file: Path) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen()
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.app = create_app(Settings(database_url=f"sqlite:///{file}", data_dir=folder, testing=True, demo=True, public_url=self.url))
        self.database: Database = self.app.extensions["database"]
        self.lose_answers_to: str | None = None
        self.seen: list[tuple[str, str]] = []
        self.server = make_server("127.0.0.1", 0, self.answer, threaded=True, fd=self.socket.fileno())
        Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] == "POST":
            self.seen.append((path, environ.get("HTTP_X_OPSTAP_PERSON", "")))
        body = self.app(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST" and self.lose_answers_to and re.search(self.lose_answers_to, path):
            list(body)
            with suppress(OSError):
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return body

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.database.reading.connect() as connection:
            return list(connection.execute(text(sql), values))

    def works_now(self, handle: str) -> None:
        """Nothing waits for this person, and a shift of today is the only one planned."""
        at = now()
        day, times = day_of(at).isoformat(), (at.replace(tzinfo=None) + timedelta(hours=hours) for hours in (-1, 3))
        started, stops = (f"{time:%Y-%m-%d %H:%M:%S.%f}" for time in times)
        whose = "participant_id = (SELECT id FROM account WHERE handle = :handle)"
        keep = f"SELECT max(id) FROM planned_shift WHERE {whose} AND id NOT IN (SELECT planned_shift_id FROM hours_entry WHERE planned_shift_id IS NOT NULL)"
        with self.database.engine.begin() as connection:
            for change in (
                f"UPDATE hours_entry SET status = 'withdrawn' WHERE {whose} AND status IN ('corrected', 'sent', 'disputed')",
                f"UPDATE planned_shift SET cancelled_at = :started WHERE {whose} AND id <> ({keep})",
                f"UPDATE planned_shift SET day = :day, starts_at = :started, stops_at = :stops, cancelled_at = NULL WHERE id = ({keep})",
            ):
                connection.execute(text(change), {"handle": handle, "day": day, "started": started, "stops": stops})

    def posts(self, part: str) -> int:
        return sum(part in path for path, _ in self.seen)

    def stop(self) -> None:
        self.server.shutdown()
        self.database.engine.dispose()
        self.socket.close()


@pytest.fixture(scope="module")
def demo_file(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with new_database("sqlite", tmp_path_factory.mktemp("offline"), "demo") as url:
        yield Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def server(demo_file: Path, tmp_path: Path) -> Iterator[Server]:
    file = tmp_path / "opstap.sqlite"
    shutil.copy(demo_file, file)
    made = Server(tmp_path, file)
    yield made
    made.stop()


@pytest.fixture
def phone(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=server.url, viewport={"width": 390, "height": 844}, locale="en-GB")
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def sign_in(phone: BrowserContext) -> Callable[[str], Page]:
    """Sign somebody in and wait until the worker looks after the page."""

    def as_person(account: str) -> Page:
        page = phone.new_page()
        page.goto("/demo")
        with page.expect_event("load"):  # or what follows may cut the signing in short
            page.click(f'button[value="{account}"]')
        page.evaluate(LOOKED_AFTER)
        return page

    return as_person


def visit(page: Page, *paths: str) -> None:
    for path in paths:
        page.goto(path)
        page.evaluate(KEPT, path)


def go_after_sending(page: Page, path: str) -> None:
    """Open a page where what waited is just being sent: then it goes on by itself, which may stop us on our way."""
    for _ in range(3):
        try:
            page.goto(path)
            return
        except Error as stopped:
            if "ERR_ABORTED" not in str(stopped):
                raise
    pytest.fail(f"{path} does not open")


def write_hours(page: Page, start: str, stop: str) -> UUID:
    """Fill in the form on Hours and send it; gives the id made for these hours."""
    form = page.locator("#hours-form")
    form.locator("[name=start]").fill(start)
    form.locator("[name=stop]").fill(stop)
    form.locator("[name=break_minutes]").fill("0")
    key = UUID(form.get_attribute("action").rsplit("/", 1)[1])
    form.locator("button.large").click()
    return key


def entries(server: Server, key: UUID) -> list[Any]:
    return server.rows("SELECT status, minutes FROM hours_entry WHERE id = :id", id=key.hex)


WAITING = "#waiting .chip"
ITEMS = """new Promise((done) => { const open = indexedDB.open("opstap"); open.onsuccess = () => {
  const all = open.result.transaction("items").objectStore("items").getAll(); all.onsuccess = () => done(all.result.map((item) => item.state)); }; })"""


def test_hours_written_without_internet_wait_survive_a_killed_page_and_are_sent_once(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/hours")
    phone.set_offline(True)

    key = write_hours(page, "05:00", "06:30")
    expect(page.locator(WAITING)).to_be_visible()
    expect(page.locator("[data-shown=off] [data-kept]")).to_be_visible()
    page.close(run_before_unload=False)
    assert entries(server, key) == []

    phone.set_offline(False)
    later = phone.new_page()
    later.goto("/hours")
    expect(later.locator(f"#entry-{key}")).to_be_visible()
    expect(later.locator(WAITING)).to_have_count(0)
    assert entries(server, key) == [("sent", 90)]
    assert server.posts(str(key)) == 1


def test_an_answer_that_got_lost_is_asked_for_again_and_still_writes_one_row(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/hours")
    server.lose_answers_to = "/hours/"

    key = write_hours(page, "05:00", "06:30")
    expect(page.locator(WAITING)).to_be_visible()
    assert entries(server, key) == [("sent", 90)]
    page.close()

    server.lose_answers_to = None
    page = phone.new_page()
    page.goto("/hours")
    expect(page.locator(f"#entry-{key}")).to_be_visible()
    expect(page.locator(WAITING)).to_have_count(0)
    assert server.posts(str(key)) >= 2
    assert server.rows("SELECT count(*) FROM history WHERE action = 'hours.sent' AND subject_id = :id", id=key.hex) == [(1,)]


def test_nothing_of_one_person_is_sent_or_shown_under_another(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/hours")
    phone.set_offline(True)
    key = write_hours(page, "05:00", "06:30")
    expect(page.locator(WAITING)).to_be_visible()
    page.close()
    phone.clear_cookies()
    phone.set_offline(False)

    other = sign_in(B)
    other.goto("/hours")
    other.wait_for_timeout(3000)
    assert other.locator("#waiting").count() == 0
    assert server.posts(str(key)) == 0
    phone.clear_cookies()

    again = sign_in(A)
    go_after_sending(again, "/hours")
    expect(again.locator(f"#entry-{key}")).to_be_visible()
    assert entries(server, key) == [("sent", 90)]


def test_what_was_typed_while_the_session_ended_is_kept_and_sent_after_signing_in(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/hours")
    phone.clear_cookies()

    key = write_hours(page, "05:00", "06:30")
    page.wait_for_url(re.compile("/demo|/sign-in"))
    assert entries(server, key) == []

    again = sign_in(A)
    go_after_sending(again, "/hours")
    expect(again.locator(f"#entry-{key}")).to_be_visible()
    assert entries(server, key) == [("sent", 90)]


def test_a_confirmation_while_the_session_ended_is_kept_and_sent_after_signing_in(server, phone, sign_in):
    page = sign_in(SUPERVISOR)
    visit(page, "/employer/hours")
    row = page.locator("article.who[data-status=sent]").first
    key = UUID(row.get_attribute("id").removeprefix("entry-"))
    phone.clear_cookies()

    row.locator("button.ok").click()
    page.wait_for_url(re.compile("/demo|/sign-in"))
    assert entries(server, key)[0][0] == "sent"

    again = sign_in(SUPERVISOR)
    expect(again.locator(f"#entry-{key}[data-status=confirmed]")).to_be_visible()
    assert entries(server, key)[0][0] == "confirmed"


def test_the_server_refuses_what_another_person_wrote(server, phone, sign_in):
    page = sign_in(A)
    page.goto("/hours")
    ours = page.evaluate("document.documentElement.dataset.person")
    send = """([action, person]) => fetch(action, { method: "POST", headers: { "X-Opstap-Person": person, "Content-Type": "application/x-www-form-urlencoded" }, body: "" })
      .then((answer) => [answer.status, answer.headers.get("X-Opstap-Person")])"""
    action = page.locator("#hours-form").get_attribute("action")

    assert page.evaluate(send, [action, "0" * 24]) == [403, ours]
    phone.clear_cookies()
    assert page.evaluate(send, [action, ours]) == [403, "none"]


def test_a_refused_item_is_parked_and_holds_up_nobody(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/hours")
    phone.set_offline(True)
    refused = write_hours(page, "05:00", "05:00")
    expect(page.locator(WAITING)).to_have_count(1)
    page.locator("main section button.line2", has=page.locator("svg")).first.click()
    good = write_hours(page, "05:00", "06:30")
    expect(page.locator(WAITING)).to_have_count(2)
    assert good != refused

    phone.set_offline(False)
    expect(page.locator("#waiting [data-look]")).to_be_visible()
    expect(page.locator(f"#entry-{good}")).to_be_visible()
    assert entries(server, good) == [("sent", 90)]
    assert entries(server, refused) == []

    page.locator("#waiting [data-look]").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    page.goto("/hours")
    page.locator("#waiting [data-remove]").click()
    expect(page.locator("#waiting")).to_have_count(0)


def test_after_signing_out_nothing_is_left_to_read_without_internet(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/today", "/premium", "/me")
    name = page.evaluate("fetch('/today').then((answer) => answer.text())")
    greeting = re.search(r"<h1>(.*?)</h1>", name)[1]
    page.locator("form[action='/sign-out'] button").click()
    page.wait_for_url(re.compile("/sign-in"))
    phone.set_offline(True)

    for path in ("/today", "/premium", "/me", "/"):
        page.goto(path)
        assert re.sub("<.*?>", "", greeting) not in page.content()
        expect(page.locator("h1")).to_have_text(re.compile("No internet|Geen internet"))
    page.go_back()
    assert page.evaluate("caches.keys().then((names) => names.filter((name) => /^person-(?!none)/.test(name)))") == []


def test_signing_out_without_internet_reaches_the_server_later(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/me")
    phone.set_offline(True)
    page.locator("form[action='/sign-out'] button").click()
    expect(page.locator("h1")).to_have_text(re.compile("No internet|Geen internet"))

    phone.set_offline(False)
    page.goto("/today")

    page.wait_for_url(re.compile("/sign-in"))


def test_kept_pages_say_how_old_they_are_and_others_say_they_are_not_here(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/today", "/premium")
    phone.set_offline(True)

    page.goto("/premium")
    expect(page.locator("#premium-certain")).to_be_visible()
    expect(page.locator("[data-shown=off] [data-when]")).to_have_text(re.compile(r"\d\d:\d\d"))
    page.goto("/")
    expect(page).to_have_url(re.compile("/today$"))
    page.goto("/growth")
    expect(page.locator("h1")).to_have_text(re.compile("No internet|Geen internet"))


def test_internet_that_comes_and_goes_in_one_breath_takes_no_page_away(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/premium")
    phone.set_offline(True)
    page.goto("/premium")
    expect(page.locator("[data-shown=off]")).to_be_visible()
    page.evaluate("window.same = true")

    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(1000)

    assert page.evaluate("window.same")
    expect(page.locator("[data-shown=off]")).to_be_visible()


def test_what_waited_three_hours_still_goes_and_a_start_keeps_its_time(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/today", "/hours")
    phone.set_offline(True)
    key = write_hours(page, "05:00", "06:30")
    expect(page.locator(WAITING)).to_be_visible()
    page.evaluate(f"""new Promise((done) => {{ const open = indexedDB.open("opstap"); open.onsuccess = () => {{
      const items = open.result.transaction("items", "readwrite").objectStore("items"), all = items.getAll();
      all.onsuccess = () => {{ const item = all.result[0]; item.at -= {THREE_HOURS}; items.put(item).onsuccess = done; }}; }}; }})""")

    phone.set_offline(False)

    expect(page.locator(f"#entry-{key}")).to_be_visible()
    assert entries(server, key) == [("sent", 90)]


def test_who_starts_and_stops_without_internet_has_both_times_later(server, phone, sign_in):
    server.works_now(A)
    page = sign_in(A)
    visit(page, "/today")
    phone.set_offline(True)
    page.locator("form[action$='/check-in'] button").click()
    stop = page.locator("form[action$='/check-out'] button")
    expect(stop).to_be_visible()
    stop.click()
    expect(page.locator(".hero .chip[data-waits]")).to_have_count(2)
    assert server.rows("SELECT count(*) FROM check_in WHERE stopped_at IS NULL") == [(0,)]

    phone.set_offline(False)
    expect(page.locator(".chip[data-waits]")).to_have_count(0)
    assert server.posts("/check-in") == server.posts("/check-out") == 1
    assert server.rows("SELECT count(*) FROM check_in WHERE stopped_at >= started_at AND entry_id NOT IN (SELECT id FROM hours_entry)") == [(1,)]


def test_who_signs_out_while_something_waits_reads_what_becomes_of_it(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/hours", "/me")
    phone.set_offline(True)
    page.goto("/hours")
    write_hours(page, "05:00", "06:30")
    expect(page.locator(WAITING)).to_be_visible()
    page.goto("/me")
    expect(page.locator("[data-part=leaving]")).to_be_visible()


def test_an_office_is_not_told_that_what_it_does_is_kept(server, phone, sign_in):
    page = sign_in("waterveen-case-manager-1")
    phone.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    strip = page.locator("[data-shown=off]")
    expect(strip.locator("[data-unkept]")).to_be_visible()
    expect(strip.locator("[data-kept]")).to_be_hidden()


def test_an_item_of_yesterday_warns(phone, sign_in):
    page = sign_in(A)
    visit(page, "/hours")
    phone.set_offline(True)
    write_hours(page, "05:00", "06:30")
    expect(page.locator(WAITING)).to_be_visible()
    page.clock.install()
    page.clock.fast_forward("25:00:00")

    page.reload()

    expect(page.locator("[data-shown=late]")).to_be_visible()


def test_a_yes_without_internet_waits_at_its_own_button(server, phone, sign_in):
    page = sign_in(A)
    page.goto("/offers")
    path = page.locator("main a[href^='/offers/']").first.get_attribute("href")
    visit(page, path)
    phone.set_offline(True)

    page.locator("button[name=answer][value=yes]").click()
    expect(page.locator(".dock .chip[data-waits]")).to_be_visible()
    expect(page.locator("button[name=answer][value=yes]")).to_be_hidden()
    assert server.rows("SELECT status FROM offer WHERE id = :id", id=UUID(path[8:]).hex) == [("open",)]

    phone.set_offline(False)
    expect(page.locator("article[data-status=yes]")).to_be_visible()


def test_a_supervisor_confirms_one_and_many_without_internet(server, phone, sign_in):
    page = sign_in(SUPERVISOR)
    visit(page, "/employer/hours")
    row = page.locator("article.who[data-status=sent]").first
    key = UUID(row.get_attribute("id").removeprefix("entry-"))
    phone.set_offline(True)

    row.locator("button.ok").click()
    expect(row.locator(".chip[data-waits]")).to_be_visible()
    page.locator("#bulk-dock button").click()
    expect(page.locator(WAITING)).to_have_count(2)

    phone.set_offline(False)
    expect(page.locator(WAITING)).to_have_count(0)
    assert entries(server, key)[0][0] == "confirmed"
    assert server.rows("SELECT count(*) FROM hours_entry WHERE confirmed_at IS NOT NULL AND id = :id", id=key.hex) == [(1,)]


A_WEEK_EARLIER = """addEventListener("DOMContentLoaded", () => { for (const form of document.forms) if (form.elements.week) {
  const day = new Date(form.elements.week.value + "T12:00Z"); day.setUTCDate(day.getUTCDate() - 7); form.elements.week.value = day.toISOString().slice(0, 10); } })"""


def test_two_weeks_of_feedback_without_internet_are_both_kept_and_sent_once(server, phone, sign_in):
    page = sign_in(SUPERVISOR)
    visit(page, "/employer/hours", "/employer/feedback")
    form = page.locator("form[action$='/feedback']").first
    path = form.get_attribute("action")
    phone.set_offline(True)
    for again in (False, True):
        if again:
            page.add_init_script(A_WEEK_EARLIER)  # what the kept page would ask had it been kept a week before
            page.goto("/employer/feedback")
        own = page.locator(f"form[action='{path}']")
        own.locator("label.pick", has=page.locator("[name=help][value=some]")).click()
        own.locator("button.btn:not([name=skip])").last.click()
        page.wait_for_load_state()
    page.goto("/employer/hours")
    expect(page.locator(WAITING)).to_have_count(2)
    told = "SELECT count(*) FROM history WHERE action = 'feedback.given'"
    before = server.rows(told)[0][0]

    phone.set_offline(False)
    expect(page.locator(WAITING)).to_have_count(0)

    assert server.rows(told)[0][0] == before + 2
    assert server.posts("/feedback") == 2


def test_a_new_version_waits_until_somebody_says_so(server, phone, sign_in, monkeypatch):
    page = sign_in(A)
    visit(page, "/today")
    monkeypatch.setattr(pwa, "FONTS", (*pwa.FONTS, "source-sans-3-latin-ext.woff2"))
    pwa.version.cache_clear()
    before = page.evaluate("caches.keys()")

    page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => true)")
    expect(page.locator("[data-shown=version]")).to_be_visible()
    page.locator("[data-shown=version] button").click()

    expect(page.locator("[data-shown=version]")).to_have_count(0)
    page.evaluate(LOOKED_AFTER)
    assert page.evaluate("caches.keys()") != before
    pwa.version.cache_clear()


def test_the_hint_to_install_comes_at_the_second_visit_and_stays_away_when_told(server, phone, sign_in):
    page = sign_in(A)
    visit(page, "/me")
    page.evaluate(FIRST_VISIT)
    page.evaluate("sessionStorage.clear()")  # a new window: the second visit
    page.add_init_script("""addEventListener("DOMContentLoaded", () => dispatchEvent(new Event("beforeinstallprompt", { cancelable: true })))""")

    page.goto("/me")
    page.locator("[data-part=install] [data-later]").click()
    page.goto("/me")
    page.wait_for_timeout(1500)
    expect(page.locator("[data-part=install]")).to_have_count(0)
