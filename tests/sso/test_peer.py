"""Proven against somebody else's provider: the certified oidc-provider, over HTTP and in a real browser, for each audience."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select, update

from tests import factories as make
from tests.browser.conftest import GivePhone, Serve, chromium, phone, serve  # noqa: F401 - fixtures
from tests.conftest import Visitor
from tests.sso.conftest import SECRET, Peer
from webapp.people.models import Account, Municipality
from webapp.sso.models import SignOnProvider

SCOPES = {"staff": "openid email", "participant": "openid client", "supervisor": "openid email company"}


def walk(browser: requests.Session, address: str, name: str, back: str) -> dict[str, str]:
    """Show who you are at the provider, and agree. Gives what is in the address it sends the browser back to."""
    answer = browser.get(address, allow_redirects=False, timeout=10)
    for _ in range(20):
        if answer.is_redirect:
            onward = urljoin(answer.url, answer.headers["Location"])
            if onward.startswith(back):
                return dict(parse_qsl(urlsplit(onward).query))
            answer = browser.get(onward, allow_redirects=False, timeout=10)
            continue
        action = html.unescape(re.search(r'action="([^"]+)"', answer.text)[1])  # type: ignore[index]
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
        if 'name="login"' in answer.text:
            fields |= {"login": name, "password": "not looked at"}
        answer = browser.post(urljoin(answer.url, action), fields, allow_redirects=False, timeout=10)
    pytest.fail("the provider never sent the browser back")


@pytest.mark.peer
def test_each_audience_comes_in_through_a_certified_provider(app: Flask, world: make.World, peer: Peer, database: Any) -> None:
    ways = {
        audience: make.sign_on_provider(database, world.municipality_id, audience, peer.issuer, scopes=scope) for audience, scope in SCOPES.items()
    }
    with database.transaction() as db:
        slug = db.get(Municipality, world.municipality_id).slug
        kvk = db.get(make.Employer, world.establishment.employer_id).kvk
        for who, values in (
            (world.case_manager, {"email": "marieke@waterveen.example"}),
            (world.supervisor, {"email": "jan@kwekerij.example"}),
            (world.participant, {"handle": f"{slug}-8841"}),
        ):
            db.execute(update(Account).where(Account.id == who.account_id).values(**values))
    people = {
        "staff-1": {"email": "marieke@waterveen.example", "email_verified": True}, "citizen-1": {"client_number": "8841"},
        "company-1": {"email": "jan@kwekerij.example", "email_verified": True, "kvk": kvk}, "nobody-1": {"email": "nobody@waterveen.example", "email_verified": True},
    }  # fmt: skip
    settings = app.extensions["settings"]
    returns = {way.client_id: f"{settings.url}/sign-in/with/{way.id}/back" for way in ways.values()}
    peer.start(returns, people)

    for audience, name, home in (
        ("staff", "staff-1", "/signals"),
        ("participant", "citizen-1", "/today"),
        ("supervisor", "company-1", "/employer/hours"),
        ("staff", "staff-1", "/signals"),
    ):
        way, visitor = ways[audience], Visitor(app.test_client())
        address = str(visitor.post(f"/sign-in/with/{way.id}").headers["Refresh"]).removeprefix("0; url=")
        brought = walk(requests.Session(), address, name, returns[way.client_id])
        assert brought["iss"] == peer.issuer
        assert visitor.post(f"/sign-in/with/{way.id}/answer", brought).status_code == 303, audience
        assert visitor.get(home).status_code == 200, audience

        replayed = Visitor(app.test_client())  # the same code again, in a sign-on of its own: the provider refuses it
        fresh = str(replayed.post(f"/sign-in/with/{way.id}").headers["Refresh"])
        state = re.search(r"state=([^&]+)", fresh)[1]  # type: ignore[index]
        assert replayed.post(f"/sign-in/with/{way.id}/answer", {**brought, "state": state}).status_code == 422
        assert replayed.get(home).status_code == 303

    way, stranger = ways["staff"], Visitor(app.test_client())
    address = str(stranger.post(f"/sign-in/with/{way.id}").headers["Refresh"]).removeprefix("0; url=")
    brought = walk(requests.Session(), address, "nobody-1", returns[way.client_id])
    answer = stranger.post(f"/sign-in/with/{way.id}/answer", brought)
    assert (answer.status_code, "tel:" in answer.text) == (403, True)


@pytest.mark.peer
@pytest.mark.browser
def test_a_case_manager_signs_on_in_a_real_browser(serve: Serve, phone: GivePhone, peer: Peer) -> None:  # noqa: F811 - fixtures
    with serve("sqlite", OPSTAP_OIDC_SECRET_STAFF=SECRET) as served:
        with served.database.transaction() as db:
            account = db.execute(select(Account).where(Account.handle == "waterveen-case-manager-1")).scalar_one()
            account.email = "marieke@waterveen.example"
            db.add(account)
            municipality_id = account.municipality_id
        way: SignOnProvider = make.sign_on_provider(served.database, municipality_id, "staff", peer.issuer)
        peer.start(
            {way.client_id: f"{served.url}/sign-in/with/{way.id}/back"}, {"staff-1": {"email": "marieke@waterveen.example", "email_verified": True}}
        )
        for scripts in (True, False):
            marieke = phone(served, scripts=scripts)
            page = marieke.page
            page.goto(served.url + "/sign-in/with?next=/participants")

            page.get_by_role("button").first.click()
            page.wait_for_url(f"{peer.issuer}/**")
            page.fill("[name=login]", "staff-1")
            page.fill("[name=password]", "not looked at")
            page.locator("[type=submit]").click()
            page.get_by_role("button", name="Continue").click()
            if not scripts:
                page.locator("form[action$='/answer'] button").click()

            page.wait_for_url(f"{served.url}/participants")
            assert page.locator("h1").count() == 1
            complaints = [words for words in marieke.complaints if peer.issuer not in words]
            assert complaints == []


def test_the_secret_stands_in_no_page(app: Flask, visitor: Visitor, world: make.World, database: Any) -> None:
    make.sign_on_provider(database, world.municipality_id)
    assert SECRET not in visitor.get("/sign-in/with").text
