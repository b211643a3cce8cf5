"""Pages anybody can use: axe-core finds nothing against WCAG 2.2 AA, in both reading directions, light and dark, on two widths.

Every page somebody reaches by following links from their own start page is looked at once per kind, and an entry of
hours once per state it can be in.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import Literal

import pytest

from tests.browser.conftest import GivePhone, Phone, Served
from webapp.bootstrap import PEERS, peers_are_ready

pytestmark = [pytest.mark.browser, pytest.mark.peer]

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (tags) => (await axe.run(document, { runOnly: tags, resultTypes: ["violations"] })).violations
    .map((found) => found.id + ": " + found.nodes.map((node) => node.html.slice(0, 160) + " " + (node.any[0]?.message ?? "")).join(" | "))"""
STARTS = {
    "hoogland-participant-1": [
        "/today",
        "/offers",
        "/hours",
        "/premium",
        "/me",
        "/hours?again=1",
        "/no-such-page",
        "/signals",
        "/language",
        "/offline",
    ],
    "hoogland-participant-5": ["/today", "/hours"],
    "hoogland-participant-8": ["/today", "/offers", "/hours", "/premium", "/me", "/messages"],
    "hoogland-supervisor-1": ["/employer/hours", "/employer/team", "/employer/company", "/messages", "/messages/settings"],
    "hoogland-case-manager-1": ["/signals", "/participants", "/requests", "/disputes", "/messages"],
    "hoogland-finance-1": ["/overview", "/invoices", "/invoices?show=late", "/overview/costs", "/exports", "/messages"],
}
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 390), ("dark", 390), ("dark", 320), ("light", 320))
LANGUAGES_OF = {
    "participant": ("nl", "ar"),
    "supervisor": ("nl", "en"),
    "case-manager": ("nl", "en"),
    "finance": ("nl", "en"),
}  # staff read no Arabic
DESK: tuple[tuple[Literal["light", "dark"], int], ...] = (("dark", 1280),)  # with the menu at the side
A_FILE = re.compile(r"\.(ics|pdf|xml|csv|xlsx|json|jsonld)($|\?)")
LINKS = """() => [...document.querySelectorAll("main a[href^='/']:not([href='/'])")].map((link) => {
    const part = link.closest("[data-status]");
    return [link.getAttribute("href").split("#")[0], part ? part.dataset.status : ""];
})"""


@pytest.fixture(scope="module")
def axe() -> str:
    script = PEERS / "node_modules" / "axe-core" / "axe.min.js"
    if not peers_are_ready() or not script.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("The peers of tests/peers are needed in CI")
        sys.stderr.write("\n!!! The pages are NOT proven accessible: tests/peers/node_modules is missing\n")
        pytest.skip("axe-core is not installed in tests/peers")
    return script.read_text()


def kind_of(address: str, status: str) -> str:
    """Pages made by one template in one state are one kind: ids, days and weeks do not matter."""
    return re.sub(r"[0-9a-f-]{36}|\d+", "*", address) + (f" {status}" if status else "")


def pages_of(phone: Phone, starts: list[str], *, everywhere: bool) -> Iterator[str]:
    """The start pages, and one page of each kind that can be reached from them, each opened.

    Only the first of each role goes everywhere; the others are there for their states of hours and empty pages.
    """
    seen: set[str] = set()
    waiting = [(address, "") for address in starts]
    while waiting:
        address, state = waiting.pop(0)
        kind = kind_of(address, state)
        if {kind, address} & seen or A_FILE.search(address):
            continue
        seen |= {kind, address}
        phone.open(address)
        yield kind
        waiting += [(href, state) for href, state in phone.page.evaluate(LINKS) if everywhere or state]


@pytest.mark.parametrize("account", STARTS)
def test_axe_finds_nothing_on_any_page_in_any_look(served: Served, phone: GivePhone, axe: str, account: str) -> None:
    found: list[str] = []
    own = phone(served, account, reduced_motion="reduce")  # colours that fade in would be measured half way
    role = account.split("-", 1)[1].rsplit("-", 1)[0]
    for language in LANGUAGES_OF[role]:
        own.page.request.post(f"{served.url}/language", form={"language": language}, headers={"Origin": served.url})
        for kind in pages_of(own, STARTS[account], everywhere=account.endswith("-1")):
            assert own.page.evaluate("document.documentElement.lang") == language
            own.page.evaluate(axe)
            for colours, width in (*LOOKS, *(DESK if role in ("case-manager", "finance") else ())):
                own.page.emulate_media(color_scheme=colours)
                own.page.set_viewport_size({"width": width, "height": 844})
                own.look()
                found += [f"{kind} {language} {colours} {width}: {text}" for text in own.page.evaluate(RUN, STANDARD)]
            own.page.set_viewport_size({"width": 195, "height": 422})  # a phone of 390 px with everything twice as large
            own.look()
    assert not found, "\n".join(found)
