"""Trusted Types in a real browser: htmx and our own files work, and what would run somebody's text is stopped."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import GivePhone, Served

pytestmark = pytest.mark.browser

TRIES = {
    "a script of another site": "() => { document.createElement('script').src = 'https://elsewhere.example/x.js'; }",
    "a script that is no file of ours": "() => { document.createElement('script').src = '/me/x.js'; }",
    "a script made of text": "() => { document.createElement('script').text = 'window.bad = 1'; }",
    "text as code": "() => { setTimeout('window.bad = 1', 0); }",
    "a second policy": "() => { trustedTypes.createPolicy('another', { createHTML: (html) => html }); }",
    "a worker of another place": "() => navigator.serviceWorker.register('/messages')",
}


def test_text_never_becomes_a_script(served: Served, phone: GivePhone) -> None:
    kees = phone(served, "hoogland-supervisor-1")
    page = kees.page
    assert page.evaluate("trustedTypes.defaultPolicy.name") == "default"

    for what, act in TRIES.items():
        said = page.evaluate(f"async () => {{ try {{ await ({act})(); return 'done'; }} catch (error) {{ return error.name; }} }}")
        assert said in ("TypeError", "EvalError", "SecurityError"), what
    assert page.evaluate("window.bad") is None

    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=/x onerror=\"window.bad = 1\"><script>window.bad = 1</' + 'script>')")
    page.wait_for_timeout(300)
    assert page.evaluate("window.bad") is None


def test_htmx_still_swaps_a_row(served: Served, phone: GivePhone) -> None:
    kees = phone(served, "hoogland-supervisor-1")
    page = kees.page
    page.evaluate("window.same = true")
    row = page.locator('article.who[data-status="sent"]', has_text="zoals gepland").first
    row = page.locator(f"#{row.get_attribute('id')}")

    row.locator(".ok").click()

    expect(row).to_have_attribute("data-status", "confirmed")
    assert page.evaluate("window.same") is True
    kees.look()
