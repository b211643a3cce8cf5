"""A phone says where it can be reached."""

import pytest
from sqlalchemy import select

from tests.notifications.conftest import phone_keys
from webapp.notifications.models import PushSubscription
from webapp.people.models import Account

ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


def subscription(endpoint=ENDPOINT, keys=None):
    p256dh, auth = phone_keys()
    return {"endpoint": endpoint, "expirationTime": None, "keys": keys or {"p256dh": p256dh, "auth": auth}}


def test_a_phone_subscribes_twice_and_is_kept_once(world, as_person, session):
    person = as_person(world.participant)
    said = subscription()
    assert [person.post("/push/subscriptions", json=said).status_code for _ in range(2)] == [201, 201]
    [kept] = session.execute(select(PushSubscription)).scalars()
    assert (kept.account_id, kept.endpoint) == (world.participant.account_id, ENDPOINT)


def test_a_phone_that_changed_hands_belongs_to_who_is_signed_in_now(world, as_person, session):
    said = subscription()
    as_person(world.participant).post("/push/subscriptions", json=said)
    as_person(world.other_participant).post("/push/subscriptions", json=said)
    [kept] = session.execute(select(PushSubscription)).scalars()
    assert kept.account_id == world.other_participant.account_id


def test_only_its_own_person_can_end_a_subscription(world, as_person, session):
    said = subscription()
    own = as_person(world.participant)
    own.post("/push/subscriptions", json=said)
    assert as_person(world.supervisor).delete("/push/subscriptions", json=said).status_code == 204
    assert len(session.execute(select(PushSubscription)).all()) == 1
    assert own.delete("/push/subscriptions", json=said).status_code == 204
    session.rollback()
    assert session.execute(select(PushSubscription)).all() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "endpoint"), ("x", "endpoint"), (None, "endpoint"), ({}, "endpoint"), ({"endpoint": 3}, "endpoint"), ({"endpoint": ENDPOINT}, "keys"),
        ({"endpoint": ENDPOINT, "keys": "x"}, "keys"), ({"endpoint": ENDPOINT, "keys": {"p256dh": 1, "auth": 2}}, "keys"),
        ({"endpoint": ENDPOINT, "keys": {"p256dh": "", "auth": ""}}, "p256dh"), (subscription("http://169.254.169.254/x"), "endpoint"),
        (subscription(ENDPOINT, {"p256dh": phone_keys()[0], "auth": "AAAA"}), "auth"),
    ],
)  # fmt: skip
def test_junk_is_refused_with_the_field_named(world, as_person, body, field):
    answer = as_person(world.participant).post("/push/subscriptions", json=body)
    assert (answer.status_code, answer.json["field"]) == (422, field)


@pytest.mark.parametrize("method", ["post", "delete"])
@pytest.mark.parametrize(
    "body",
    [b"[" * 200_000, b'{"endpoint": "\\ud800"}', b'{"endpoint": "https://fcm.googleapis.com/\\u0000"}', b"\xff", b'{"endpoint": 1' + b"0" * 5000 + b"}", b""],
    ids=["deep", "half a letter", "nul", "no text", "huge number", "empty"],
)  # fmt: skip
def test_hostile_json_is_refused_and_breaks_nothing(world, as_person, method, body):
    person = as_person(world.participant)
    answer = getattr(person, method)("/push/subscriptions", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["field"]) in [(422, "endpoint"), (422, "keys")]


def test_the_answer_names_our_key_so_that_an_old_one_is_noticed(world, as_person):
    person = as_person(world.participant)
    key = person.post("/push/subscriptions", json=subscription()).json["key"]
    assert f'data-key="{key}"' in person.get("/messages/settings").text


def test_who_taps_the_button_wants_messages_again_and_a_new_start_alone_says_nothing(world, as_person, session):
    person = as_person(world.participant)
    person.post("/messages/settings", {"mail": "1"})
    person.post("/push/subscriptions", json=subscription())
    wanted = select(Account.push_wanted).where(Account.id == world.participant.account_id)
    assert session.execute(wanted).scalar_one() is False
    session.rollback()
    person.post("/push/subscriptions?asked=1", json=subscription())
    assert session.execute(wanted).scalar_one() is True


def test_nobody_makes_us_call_more_than_ten_devices(world, as_person, session):
    person = as_person(world.participant)
    for number in range(12):
        person.post("/push/subscriptions", json=subscription(f"{ENDPOINT}{number}"))
    kept = set(session.execute(select(PushSubscription.endpoint)).scalars())
    assert kept == {f"{ENDPOINT}{number}" for number in range(2, 12)}


def test_who_is_not_signed_in_cannot_subscribe(visitor):
    assert visitor.post("/push/subscriptions", json=subscription()).status_code == 401
