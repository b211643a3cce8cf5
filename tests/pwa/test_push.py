"""Messages on a phone, in a real browser. No push service can be reached from a test, so the browser's own part is stood in for."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlmodel import Session

from tests.notifications.conftest import phone_keys
from webapp.notifications.models import PushSubscription

pytestmark = pytest.mark.browser


# the browser's push manager as the W3C describes it: it keeps one subscription, with the key it was asked with
PUSH_MANAGER = """
(() => {
  const keys = { p256dh: "%s", auth: "%s" };
  const dress = (kept) => kept && {
    endpoint: kept.endpoint, options: { applicationServerKey: Uint8Array.from(kept.key).buffer },
    toJSON: () => ({ endpoint: kept.endpoint, expirationTime: null, keys }),
    unsubscribe: async () => { localStorage.removeItem("stand-in"); return true; },
  };
  PushManager.prototype.getSubscription = async () => dress(JSON.parse(localStorage.getItem("stand-in")));
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    const kept = { endpoint: "https://fcm.googleapis.com/fcm/send/" + crypto.randomUUID(), key: [...applicationServerKey] };
    localStorage.setItem("stand-in", JSON.stringify(kept));
    return dress(kept);
  };
  Notification.requestPermission = async () => { localStorage.setItem("may", "granted"); return "granted"; };
  Object.defineProperty(Notification, "permission", { get: () => localStorage.getItem("may") || "default" });
})();
"""


def expect_messages_on(own: Any) -> None:
    """The page says, in the language of its reader, that messages are on."""
    state = own.page.locator("[data-push-state]")
    expect(state).to_have_text(state.get_attribute("data-on") or "")


def subscribed(served: Any) -> list[str]:
    with Session(served.database.reading) as db:
        return list(db.execute(select(PushSubscription.endpoint)).scalars())


def take_with_push(phone: Any, served: Any, account: str) -> tuple[Any, list[str]]:
    """A phone whose browser can push, and what it tells our server about that."""
    own = phone(served)
    own.context.add_init_script(PUSH_MANAGER % phone_keys())
    told: list[str] = []
    own.page.on("request", lambda request: told.append(request.method) if "/push/subscriptions" in request.url else None)
    own.sign_in(account)
    return own, told


def turn_on(own: Any) -> None:
    own.open("/messages/settings")
    assert own.page.evaluate("localStorage.getItem('may')") is None  # nothing is asked before a tap
    own.page.click("[data-push-on]")
    expect_messages_on(own)


def test_a_tap_turns_messages_on_the_server_is_told_once_and_sign_out_ends_them(phone, served):
    own, told = take_with_push(phone, served, "waterveen-participant-4")
    turn_on(own)
    assert len(subscribed(served)) == 1

    for _ in range(2):
        own.open("/messages/settings")
        expect_messages_on(own)
    assert told == ["POST"]

    own.open("/me")
    own.going(lambda: own.page.locator('form[action="/sign-out"] button').first.click())
    assert subscribed(served) == []
    assert told == ["POST", "DELETE"]


def test_a_phone_with_a_key_we_no_longer_have_subscribes_anew(phone, served):
    own, _told = take_with_push(phone, served, "waterveen-participant-5")
    turn_on(own)
    [before] = subscribed(served)
    own.page.evaluate(
        "() => { const kept = JSON.parse(localStorage['stand-in']); kept.key[5] ^= 1; localStorage['stand-in'] = JSON.stringify(kept); sessionStorage.clear(); }"
    )

    own.open("/messages/settings")

    expect_messages_on(own)
    [after] = subscribed(served)
    assert after != before
    assert own.page.evaluate("JSON.parse(localStorage['stand-in']).endpoint") == after


def test_who_signs_in_next_on_this_phone_gets_the_messages(phone, served):
    own, _told = take_with_push(phone, served, "waterveen-participant-6")
    turn_on(own)
    own.context.clear_cookies()  # the sign-in ended by itself, so nothing was forgotten
    own.sign_in("waterveen-participant-7")
    own.open("/messages/settings")
    expect_messages_on(own)
    with Session(served.database.reading) as db:
        endpoint = own.page.evaluate("JSON.parse(localStorage['stand-in']).endpoint")
        whose = db.execute(select(PushSubscription.account_id).where(PushSubscription.endpoint == endpoint)).scalar_one()
    assert whose != account_of(served, "waterveen-participant-6")
    assert whose == account_of(served, "waterveen-participant-7")


def account_of(served: Any, handle: str) -> Any:
    from webapp.people.actions import account_with_handle

    with Session(served.database.reading) as db:
        found = account_with_handle(db, handle)
        assert found is not None
        return found.id


SHOWN_WITHIN_TWO_SECONDS = """async () => {
  const worker = await navigator.serviceWorker.ready;
  for (let turn = 0; turn < 20; turn++) {
    const [first] = await worker.getNotifications();
    if (first) return { title: first.title, path: first.data.path };
    await new Promise((done) => setTimeout(done, 100));
  }
  return null;
}"""


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ('{"title": "Er is een aanbod voor jou", "path": "/offers", "tag": "a", "lang": "nl", "dir": "ltr"}', "Er is een aanbod voor jou"),
        ("no json", "Opstap"), ("null", "Opstap"), ('"x"', "Opstap"), ("[]", "Opstap"), ("", "Opstap"),
    ],
)  # fmt: skip
def test_every_push_is_shown_whatever_is_in_it(phone, served, data, title):
    own = phone(served)
    own.context.grant_permissions(["notifications"], origin=served.url)
    own.open("/demo")
    own.page.evaluate(
        """async () => { const { active } = await navigator.serviceWorker.ready;
        while (active.state !== "activated") await new Promise((done) => active.addEventListener("statechange", done, { once: true })); }"""
    )
    line = own.context.new_cdp_session(own.page)
    ours: list[str] = []  # the registrations at our address, the newest last

    def learn(event: Any) -> None:
        for one in event["registrations"]:
            if one["registrationId"] in ours:
                ours.remove(one["registrationId"])
            if not one["isDeleted"] and one["scopeURL"].startswith(served.url):
                ours.append(one["registrationId"])

    line.on("ServiceWorker.workerRegistrationUpdated", learn)
    line.send("ServiceWorker.enable")

    shown = None
    for _ in range(30):  # a delivery is not acknowledged, and one that finds no worker awake is lost
        if ours:
            line.send("ServiceWorker.deliverPushMessage", {"origin": served.url, "registrationId": ours[-1], "data": data})
        shown = own.page.evaluate(SHOWN_WITHIN_TWO_SECONDS)
        if shown:
            break

    assert shown == {"title": title, "path": "/offers" if "offers" in data else "/messages"}
