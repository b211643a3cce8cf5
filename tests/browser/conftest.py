"""Real phones for the tests: a served demo, a Chromium, and a context of its own for everybody who holds one.

A phone looks at every page it opens: no error in the console, nothing the content policy stopped, no answer of our
own that failed, nothing that scrolls sideways.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

from tests.conftest import NewDatabase
from webapp.bootstrap import ROOT, find_chromium
from webapp.commands import server_command, wait_until_ready
from webapp.foundation.database import Database, make_engine
from webapp.foundation.settings import Settings

SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=15_000)  # a busy machine is slow, and not wrong
REFUSALS = (403, 404, 409, 422)  # pages in their own right, though the console calls them failures


@dataclass
class Served:
    """A running server with the demo in its database."""

    url: str
    database: Database


Serve = Callable[..., AbstractContextManager[Served]]


@pytest.fixture(scope="session")
def serve(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Serves a fresh demo on an engine, with the same server as `python3 app.py demo`. `more`: what else stands in its environment."""

    @contextmanager
    def start(engine: str, **more: str) -> Iterator[Served]:
        folder = tmp_path_factory.mktemp("served")
        with new_database(engine, folder, "demo") as database_url:
            settings = Settings(database_url=database_url, data_dir=folder, demo=True, port=free_port())
            database = Database(make_engine(database_url))
            surroundings = {key: value for key, value in os.environ.items() if not key.startswith("OPSTAP_")}
            surroundings |= {
                "OPSTAP_DEMO": "1", "OPSTAP_DATABASE_URL": database_url, "OPSTAP_DATA_DIR": str(folder), "OPSTAP_PORT": str(settings.port), **more,
            }  # fmt: skip
            server = subprocess.Popen(server_command(settings, 1), cwd=ROOT, env=surroundings)
            try:
                assert wait_until_ready(settings, server)
                yield Served(settings.url, database)
            finally:
                server.terminate()
                server.wait(20)
                database.engine.dispose()

    return start


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def served(serve: Serve) -> Iterator[Served]:
    """One server for the tests of a file; each test takes people the others leave alone."""
    with serve("sqlite") as started:
        yield started


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = find_chromium()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("A Chromium is needed in CI")
        sys.stderr.write("\n!!! The pages are NOT tested in a real browser: no Chromium was found (OPSTAP_CHROMIUM may name one)\n")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES, ignore_default_args=["--disable-back-forward-cache"])
        yield browser
        browser.close()


class Phone:
    """Somebody's phone. What it does reads as what a thumb does; after every step it looks at the page."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._receive)

    def _hear(self, message: ConsoleMessage) -> None:
        refused = message.text.startswith("Failed to load resource") and any(f"status of {code}" in message.text for code in REFUSALS)
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _receive(self, response: Response) -> None:
        failed = response.status >= 500 or (response.status >= 400 and "/static/" in response.url)
        if failed or not response.url.startswith(self.url):
            self.complaints.append(f"{response.status} {response.url}")

    def look(self) -> None:
        """Nothing went wrong on this page, and it fits the screen."""
        assert self.complaints == []
        wide, screen = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= screen, f"{self.page.url} scrolls sideways: {wide} px on {screen}"

    def open(self, address: str) -> None:
        self.page.goto(self.url + address)
        self.look()

    def sign_in(self, account: str) -> None:
        self.open("/demo")
        self.going(lambda: self.page.click(f'button[value="{account}"]'))

    def going(self, act: Callable[[], Any]) -> None:
        """Do what leads to another page, and look at that."""
        with self.page.expect_event("load"):
            act()
        self.look()

    def tap(self, words: str | re.Pattern[str]) -> None:
        """The link or button with these words, leading to another page."""
        self.going(self.target(words).click)

    def target(self, words: str | re.Pattern[str]) -> Any:
        buttons, links = (self.page.get_by_role(role, name=words) for role in ("button", "link"))
        return buttons.or_(links).first

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).locator("visible=true").first).to_be_visible()

    @property
    def words(self) -> str:
        """All that stands on the page, blanks made single."""
        return " ".join(self.page.locator("main").inner_text().split())


GivePhone = Callable[..., Phone]


@pytest.fixture
def phone(chromium: Browser) -> Iterator[GivePhone]:
    """Gives a phone on a server to somebody who signs in; `scripts=False` is one without JavaScript."""
    given: list[BrowserContext] = []

    def give(served: Served, account: str | None = None, *, scripts: bool = True, **more: Any) -> Phone:
        context = chromium.new_context(**{"viewport": PHONE, "locale": "nl-NL", "java_script_enabled": scripts, "has_touch": True, **more})
        context.set_default_timeout(20_000)
        given.append(context)
        made = Phone(context, served.url)
        if account:
            made.sign_in(account)
        return made

    yield give
    for context in given:
        context.close()
