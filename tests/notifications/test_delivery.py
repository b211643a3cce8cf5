"""From the outbox to the phone: with a push service of our own that answers what a test asks for."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories as make
from tests.notifications.conftest import MIDDAY
from webapp.foundation.database import Database
from webapp.notifications.actions import notify, withdraw
from webapp.notifications.delivery import deliver_waiting
from webapp.notifications.keys import own_keys
from webapp.notifications.models import Delivery, Notification, PushSubscription
from webapp.notifications.push import Answer
from webapp.people.models import Account

URL = "https://opstap.example"


def tell(database: Database, membership, cause: str = "1", key: str = "hours.ok", *, hold: int = 0, at=MIDDAY) -> None:
    slots = {"name": "Jan", "worked_minutes": 240, "premium_cents": 800}
    with database.transaction() as db:
        notify(
            db,
            to=membership.account_id,
            municipality_id=membership.municipality_id,
            key=key,
            slots=slots,
            path="/premium",
            cause_id=cause,
            now=at,
            hold_seconds=hold,
        )


def carry(database, push=None, mail=None, now=MIDDAY + timedelta(seconds=1)):
    return deliver_waiting(database, send_push=push or (lambda *_: Answer(201)), send_mail=mail, url=URL, now=now)


def states(session):
    session.rollback()
    return [(d.channel, d.state) for d in session.execute(select(Delivery).order_by(Delivery.channel)).scalars()]


def test_a_message_reaches_the_phone_with_its_title_and_nothing_personal(world, phone):
    phone(world.participant, "https://fcm.googleapis.com/1")
    tell(world.database, world.participant)
    sent = []

    carried = carry(world.database, lambda target, payload, topic: sent.append((target, payload)) or Answer(201))

    assert carried == 1
    [(target, payload)] = sent
    assert target.endpoint == "https://fcm.googleapis.com/1"
    assert payload["title"] == "Je uren zijn bevestigd"
    assert payload["path"] == "/premium"
    assert "Jan" not in json.dumps(payload)
    assert "8" not in payload["title"]


def test_it_travels_once_however_often_the_worker_looks(world, phone):
    phone(world.participant, "https://fcm.googleapis.com/1")
    tell(world.database, world.participant)
    assert [carry(world.database), carry(world.database), carry(world.database, now=MIDDAY + timedelta(days=2))] == [1, 0, 0]


def test_two_workers_at_the_same_moment_send_it_once(world, phone):
    for number in range(6):
        phone(world.participant, f"https://fcm.googleapis.com/{number}")
    tell(world.database, world.participant)
    sent: list[str] = []
    workers = [
        threading.Thread(target=carry, args=(world.database, lambda target, payload, topic: sent.append(target.endpoint) or Answer(201)))
        for _ in range(4)
    ]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert sorted(sent) == [f"https://fcm.googleapis.com/{number}" for number in range(6)]


def test_what_is_kept_back_can_be_withdrawn_before_it_travels(world, phone):
    phone(world.participant, "https://fcm.googleapis.com/1")
    tell(world.database, world.participant, hold=60)
    assert carry(world.database) == 0
    with world.database.transaction() as db:
        withdraw(db, "hours.ok", "1", now=MIDDAY)
    assert carry(world.database, now=MIDDAY + timedelta(minutes=5)) == 0


def test_a_message_of_the_evening_comes_in_the_morning(world, phone):
    phone(world.participant, "https://fcm.googleapis.com/1")
    evening = MIDDAY.replace(hour=20)
    tell(world.database, world.participant, at=evening)
    assert carry(world.database, now=evening + timedelta(seconds=5)) == 0
    assert carry(world.database, now=evening.replace(hour=23)) == 0
    assert carry(world.database, now=evening + timedelta(hours=11)) == 1


def test_who_chose_other_quiet_hours_gets_messages_by_those(world, phone, as_person):
    phone(world.participant, "https://fcm.googleapis.com/1")
    tell(world.database, world.participant)
    answer = as_person(world.participant).post("/messages/settings/quiet", {"evening": "18:00", "morning": "10:00", "sunday": "1"})
    assert answer.status_code == 303
    evening, before_ten, ten = (MIDDAY + timedelta(hours=hours) for hours in (6.5, 21, 22))

    assert [carry(world.database, now=at) for at in (evening, before_ten, ten)] == [0, 0, 1]


def test_quiet_hours_stay_as_they_were_when_something_else_comes_in(world, as_person):
    person = as_person(world.participant)
    person.post("/messages/settings/quiet", {"evening": "22:00", "morning": "07:00"})
    for junk in ({}, {"evening": "03:00", "morning": "07:00"}, {"evening": "20:00", "morning": "x"}):
        assert person.post("/messages/settings/quiet", junk).status_code == 422
    page = person.get("/messages/settings").text
    assert [bool(re.search(rf'value="{clock}" checked', page)) for clock in ("18:00", "20:00", "22:00", "07:00", "08:00")] == [0, 0, 1, 1, 0]
    assert not re.search(r'name="sunday" value="1" checked', page)
    other = as_person(world.other_participant).get("/messages/settings").text
    assert 'value="20:00" checked' in other


def test_a_participant_gets_at_most_two_a_day_and_finds_the_rest_in_the_app(world, phone, session):
    phone(world.participant, "https://fcm.googleapis.com/1")
    for cause in "123":
        tell(world.database, world.participant, cause)
    assert carry(world.database) == 2
    assert carry(world.database, now=MIDDAY + timedelta(hours=20)) == 0
    assert len(session.execute(select(Notification).where(Notification.account_id == world.participant.account_id)).all()) == 3


def test_a_supervisor_gets_all_of_them(world, phone):
    phone(world.supervisor, "https://fcm.googleapis.com/1")
    for cause in "123":
        tell(world.database, world.supervisor, cause)
    assert carry(world.database) == 3


@pytest.mark.parametrize("status", [404, 410])
def test_a_dead_subscription_goes_and_the_message_comes_by_mail(world, phone, session, push_service, carrier, status):
    phone(world.participant, f"{push_service.origin}/{status}/x")
    with world.database.transaction() as db:
        db.get(Account, world.participant.account_id).email = "selam@opstap.example"
    tell(world.database, world.participant)
    mails = []

    for second in range(2):
        carry(world.database, carrier, lambda *mail: mails.append(mail) or Answer(200), now=MIDDAY + timedelta(seconds=second))

    assert session.execute(select(PushSubscription)).all() == []
    assert states(session) == [("mail", "sent"), ("push", "gone")]
    [(to, subject, text)] = mails
    assert (to, subject) == ("selam@opstap.example", "Je uren zijn bevestigd")
    assert "https://opstap.example/premium" in text
    assert "€" not in subject + text


def test_a_busy_push_service_is_asked_again_when_it_said_so(world, phone, session, push_service, carrier):
    phone(world.participant, f"{push_service.origin}/503/x")
    tell(world.database, world.participant)

    carry(world.database, carrier)
    carry(world.database, carrier, now=MIDDAY + timedelta(seconds=100))
    assert len(push_service.seen) == 1
    carry(world.database, carrier, now=MIDDAY + timedelta(seconds=125))

    assert len(push_service.seen) == 2
    assert states(session) == [("push", "waiting")]


def test_one_bad_phone_does_not_hold_up_the_others(world, phone, push_service, carrier, session):
    for path in ("400", "503", "201", "410"):
        phone(world.participant, f"{push_service.origin}/{path}/x")
    tell(world.database, world.participant)
    assert carry(world.database, carrier) == 1
    assert sorted(state for _, state in states(session)) == ["failed", "gone", "sent", "waiting"]


def test_a_redirect_is_never_followed(world, phone, push_service, carrier):
    phone(world.participant, f"{push_service.origin}/302/x")
    tell(world.database, world.participant)
    carry(world.database, carrier)
    assert [path for path, _, _ in push_service.seen] == ["/302/x"]


def test_a_push_service_that_does_not_answer_is_tried_later(world, phone, carrier, session):
    phone(world.participant, "http://127.0.0.1:9/x")
    tell(world.database, world.participant)
    assert carry(world.database, carrier) == 0
    assert states(session) == [("push", "waiting")]


def test_one_token_serves_a_push_service_for_hours(world, phone, push_service, carrier):
    for number in range(3):
        phone(world.supervisor, f"{push_service.origin}/201/{number}")
    tell(world.database, world.supervisor)
    carry(world.database, carrier)
    tokens = {headers["Authorization"] for _, headers, _ in push_service.seen}
    assert len(tokens) == 1
    [(_, headers, body), *_] = push_service.seen
    assert headers["Content-Encoding"] == "aes128gcm"
    assert b"bevestigd" not in body


def test_who_wants_no_messages_gets_none(world, phone):
    phone(world.participant, "https://fcm.googleapis.com/1")
    with world.database.transaction() as db:
        person = db.get(Account, world.participant.account_id)
        person.push_wanted = person.mail_wanted = False
    tell(world.database, world.participant)
    assert carry(world.database) == 0


def test_two_processes_that_start_at_once_share_one_pair_of_keys(database):
    pairs = []

    def start():
        with database.transaction() as db:
            pairs.append(own_keys(db, now=MIDDAY))

    starts = [threading.Thread(target=start) for _ in range(4)]
    [one.start() for one in starts]
    [one.join() for one in starts]
    assert len(set(pairs)) == 1
    assert "PRIVATE" in pairs[0][0]
    assert "PUBLIC" in pairs[0][1]


def test_the_same_cause_is_told_once(world, session):
    tell(world.database, world.participant)
    tell(world.database, world.participant)
    assert len(session.execute(select(Notification)).all()) == 1


def test_messages_in_the_inbox_open_their_screen_and_are_then_read(world, as_person, session):
    tell(world.database, world.participant, at=make.NOW)
    person = as_person(world.participant)
    page = person.get("/messages").text
    assert "Je uren zijn bevestigd" in page
    assert "Jan bevestigde 4 uur" in page
    [message] = session.execute(select(Notification)).scalars()

    answer = person.post(f"/messages/{message.id}/read")

    assert (answer.status_code, answer.location) == (303, "/premium")
    session.rollback()
    session.refresh(message)
    assert message.read_at is not None
    assert as_person(world.other_participant).post(f"/messages/{message.id}/read").status_code == 404
