"""A phone says where it can be reached."""

import pytest
from sqlalchemy import select

from tests.notifications.conftest import phone_keys
from webapp.notifications.models import PushSubscription

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


def test_who_is_not_signed_in_cannot_subscribe(visitor):
    assert visitor.post("/push/subscriptions", json=subscription()).status_code == 401
