"""What goes wrong on the way: slow services, phones that changed hands, workers that die, quiet hours in between."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.notifications.conftest import MIDDAY, phone_keys
from tests.notifications.test_delivery import URL, carry, states, tell
from webapp.notifications import rules
from webapp.notifications.actions import notify, withdraw
from webapp.notifications.delivery import LEASE, deliver_waiting
from webapp.notifications.models import Delivery, Notification, PushSubscription
from webapp.notifications.push import Answer, Target
from webapp.people.models import Account

SOON = MIDDAY + timedelta(seconds=1)
EVENING = datetime(2026, 3, 11, 18, 59, tzinfo=UTC)  # a minute before the quiet hours


def give_mail(world, membership) -> None:
    with world.database.transaction() as db:
        db.get(Account, membership.account_id).email = "somebody@opstap.example"


def test_a_phone_that_changed_hands_shows_nothing_of_who_had_it_before(world, phone, session):
    kept = phone(world.participant, "https://fcm.googleapis.com/1")
    tell(world.database, world.participant)
    carry(world.database, lambda *_: Answer(503, "600"))
    with world.database.transaction() as db:
        db.execute(update(PushSubscription).where(PushSubscription.id == kept.id).values(account_id=world.other_participant.account_id))
    sent = []

    carry(world.database, lambda *all_of_it: sent.append(all_of_it) or Answer(201), now=MIDDAY + timedelta(minutes=11))

    assert sent == []
    [still] = session.execute(select(PushSubscription)).scalars()
    assert still.account_id == world.other_participant.account_id
    assert states(session) == [("push", "gone")]


def test_a_repeat_never_comes_in_the_quiet_hours(world, phone):
    phone(world.participant, "https://fcm.googleapis.com/1")
    tell(world.database, world.participant, at=EVENING)
    assert carry(world.database, lambda *_: Answer(503, "3600"), now=EVENING) == 0
    assert [carry(world.database, now=EVENING + timedelta(hours=hours)) for hours in (1, 2, 8, 12)] == [0, 0, 0, 0]
    assert carry(world.database, now=EVENING + timedelta(hours=12, minutes=1)) == 1


def test_a_worker_that_died_while_sending_leaves_the_message_to_the_next_one(world, phone, session):
    phone(world.participant, "https://fcm.googleapis.com/1")
    tell(world.database, world.participant)

    def die(*_):
        raise ConnectionAbortedError

    assert carry(world.database, die) == 0
    assert carry(world.database, now=SOON + LEASE / 2) == 0
    assert carry(world.database, now=SOON + LEASE) == 1
    assert states(session) == [("push", "sent")]


def test_a_worker_that_was_too_slow_does_not_undo_what_another_did(world, phone, session):
    phone(world.participant, "https://fcm.googleapis.com/1")
    tell(world.database, world.participant)

    def slow(*_):
        assert carry(world.database, now=SOON + LEASE) == 1  # another worker thinks this one died
        return Answer(503, "60")

    carry(world.database, slow)
    assert states(session) == [("push", "sent")]


def test_what_kills_every_worker_is_given_up(world, phone, session):
    phone(world.participant, "https://fcm.googleapis.com/1")
    tell(world.database, world.participant)

    def die(*_):
        raise MemoryError

    for turn in range(rules.MOST_ATTEMPTS + 3):
        carry(world.database, die, now=SOON + turn * LEASE)
    assert states(session) == [("push", "failed")]


def test_a_message_that_fails_does_not_hold_up_the_others(world, phone):
    for number in range(3):
        phone(world.supervisor, f"https://fcm.googleapis.com/{number}")
    tell(world.database, world.supervisor)

    def one_breaks(target, *_):
        if target.endpoint.endswith("1"):
            raise RuntimeError
        return Answer(201)

    assert carry(world.database, one_breaks) == 2


def test_a_service_that_is_silent_is_waited_for_once_a_round_and_the_others_are_served(world, phone, session):
    for number in range(4):
        phone(world.supervisor, f"https://fcm.googleapis.com/{number}")
    phone(world.supervisor, "https://web.push.apple.com/1")
    tell(world.database, world.supervisor)
    asked = []

    def silent(target, *_):
        asked.append(target.endpoint.split("/")[2])
        return Answer(201 if "apple" in target.endpoint else None)

    assert carry(world.database, silent) == 1
    assert sorted(asked) == ["fcm.googleapis.com", "web.push.apple.com"]
    assert carry(world.database, now=MIDDAY + timedelta(minutes=2)) == 4


def test_each_step_of_a_long_round_has_its_own_time(world, phone, session):
    for number in range(2):
        phone(world.supervisor, f"https://fcm.googleapis.com/{number}")
    tell(world.database, world.supervisor)
    times = iter(MIDDAY + timedelta(minutes=minute) for minute in range(1, 100))
    deliver_waiting(world.database, send_push=lambda *_: Answer(201), send_mail=None, url=URL, now=MIDDAY, clock=lambda: next(times))
    first, second = session.execute(select(Delivery.sent_at).order_by(Delivery.sent_at)).scalars()
    assert second - first == timedelta(minutes=1)


def test_when_every_push_came_to_nothing_it_goes_by_mail_once(world, phone, session, push_service, carrier):
    for path in ("410", "403", "400"):
        phone(world.participant, f"{push_service.origin}/{path}/x")
    give_mail(world, world.participant)
    tell(world.database, world.participant)
    mails = []
    for second in range(3):
        carry(world.database, carrier, lambda *mail: mails.append(mail) or Answer(200), now=MIDDAY + timedelta(seconds=second))
    assert sorted(states(session)) == [("mail", "sent"), ("push", "failed"), ("push", "failed"), ("push", "gone")]
    assert len(mails) == 1


@pytest.mark.parametrize("other", ["201", "503"])
def test_while_another_phone_has_it_or_may_yet_there_is_no_mail(world, phone, session, push_service, carrier, other):
    for path in ("410", other):
        phone(world.participant, f"{push_service.origin}/{path}/x")
    give_mail(world, world.participant)
    tell(world.database, world.participant)
    for second in range(3):
        carry(world.database, carrier, lambda *_: Answer(200), now=MIDDAY + timedelta(seconds=second))
    assert [channel for channel, _ in states(session)] == ["push", "push"]


def test_what_was_read_meanwhile_travels_no_more_also_not_by_mail(world, phone, session):
    phone(world.participant, "https://fcm.googleapis.com/1")
    give_mail(world, world.participant)
    tell(world.database, world.participant)
    carry(world.database, lambda *_: Answer(503, "60"))
    with world.database.transaction() as db:
        db.execute(update(Notification).values(read_at=MIDDAY))
    mails = []
    assert carry(world.database, mail=lambda *mail: mails.append(mail) or Answer(200), now=MIDDAY + timedelta(minutes=5)) == 0
    assert (mails, states(session)) == ([], [("push", "failed")])


def test_a_supervisor_who_is_very_late_gets_a_push_and_a_mail(world, phone, session):
    phone(world.supervisor, "https://fcm.googleapis.com/1")
    give_mail(world, world.supervisor)
    tell(world.database, world.supervisor, key="confirm.late")
    assert carry(world.database, mail=lambda *_: Answer(200)) == 2
    assert states(session) == [("mail", "sent"), ("push", "sent")]


def test_workers_at_the_same_moment_keep_to_two_a_day(world, phone):
    phone(world.participant, "https://fcm.googleapis.com/1")
    for cause in "123456":
        tell(world.database, world.participant, cause)
    sent: list[str] = []
    workers = [
        threading.Thread(target=carry, args=(world.database, lambda target, payload, topic: sent.append(topic) or Answer(201))) for _ in range(3)
    ]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert len(sent) == 2


def test_withdrawing_later_does_not_count_as_a_message_of_that_day(world, session):
    tell(world.database, world.participant)
    carry(world.database)
    with world.database.transaction() as db:
        withdraw(db, "hours.ok", "1", now=MIDDAY + timedelta(days=3))
    [told] = session.execute(select(Notification)).scalars()
    assert told.settled_at == SOON


@pytest.mark.parametrize(("key", "slots"), [("hours.nonsense", {}), ("hours.ok", {"name": "Jan"})])
def test_a_message_nobody_could_read_is_never_written(world, key, slots):
    person = world.participant
    with pytest.raises(KeyError), world.database.transaction() as db:
        notify(db, to=person.account_id, municipality_id=person.municipality_id, key=key, slots=slots, path="/", cause_id="1", now=MIDDAY)


def test_one_connection_carries_many_messages(push_service, carrier):
    for number in range(3):
        assert carrier(Target(f"{push_service.origin}/201/{number}", *phone_keys()), {"title": "x"}, "t").status == 201
    assert push_service.connections == 1


@pytest.mark.parametrize("keys", [("AAAA", "AAAA"), ("", "")])
def test_keys_nobody_could_have_end_as_a_refusal(push_service, carrier, keys):
    assert carrier(Target(f"{push_service.origin}/201/x", *keys), {"title": "x"}, "t").status == 413


def test_what_does_not_fit_one_message_is_not_sent(push_service, carrier):
    assert carrier(Target(f"{push_service.origin}/201/x", *phone_keys()), {"title": "x" * 4000}, "t").status == 413
    assert push_service.seen == []
