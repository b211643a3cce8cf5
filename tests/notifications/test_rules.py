"""When messages travel, and to where."""

import contextlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.notifications.conftest import phone_keys
from webapp.foundation.clock import local
from webapp.foundation.texts import LANGUAGES, gettext, use_language
from webapp.notifications import rules
from webapp.notifications.messages import MESSAGES, words
from webapp.notifications.rules import EndpointRefused, KeyRefused

NOON = datetime(2026, 3, 11, 11, 0, tzinfo=UTC)
instants = some.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("role", "asked", "travels"),
    [
        ("participant", "2026-03-11 11:00", "2026-03-11 11:00"),
        ("participant", "2026-03-11 21:15", "2026-03-12 07:00"),
        ("participant", "2026-03-11 05:00", "2026-03-11 07:00"),
        ("participant", "2026-03-14 22:00", "2026-03-16 07:00"),  # Saturday evening: Monday morning
        ("participant", "2026-03-15 11:00", "2026-03-16 07:00"),  # Sunday
        ("participant", "2026-03-28 20:00", "2026-03-30 06:00"),  # over the night the clock goes forward
        ("supervisor", "2026-03-15 11:00", "2026-03-15 11:00"),
        ("case_manager", "2026-03-11 23:00", "2026-03-12 06:00"),
    ],
)
def test_nobody_is_woken_up(role, asked, travels):
    read = datetime.fromisoformat
    assert rules.deliver_at(rules.usual_quiet(role), read(asked).replace(tzinfo=UTC)) == read(travels).replace(tzinfo=UTC)


@given(instants)
def test_a_participants_message_never_travels_at_night_or_on_sunday_nor_before_it_was_written(at):
    when = rules.deliver_at(rules.usual_quiet("participant"), at)
    assert when >= at
    assert 8 <= local(when).hour < 20
    assert local(when).weekday() != 6
    assert rules.deliver_at(rules.usual_quiet("participant"), when) == when


@given(instants, some.builds(rules.Quiet, some.sampled_from(rules.EVENINGS), some.sampled_from(rules.MORNINGS), some.booleans()))
def test_quiet_hours_somebody_chose_are_kept_to_the_minute(at, quiet):
    when = rules.deliver_at(quiet, at)
    assert at <= when <= at + timedelta(days=2)
    assert quiet.morning <= local(when).time() < quiet.evening
    assert not (quiet.sunday and local(when).weekday() == 6)
    assert rules.deliver_at(quiet, when) == when


CLOCK_CHANGES = [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
around_a_change = some.tuples(some.sampled_from(CLOCK_CHANGES), some.integers(-60 * 48, 60 * 48)).map(lambda at: at[0] + timedelta(minutes=at[1]))


@given(around_a_change, some.sampled_from(["participant", "supervisor", "case_manager"]))
def test_around_a_clock_change_the_quiet_hours_are_those_on_the_wall(at, role):
    when = rules.deliver_at(rules.usual_quiet(role), at)
    begins = 8 if role == "participant" else 7
    assert when >= at
    assert begins <= local(when).hour < 20
    if when > at:  # then it waits for the first moment that is not quiet, and no longer
        assert (local(when).hour, local(when).minute) == (begins, 0)
        assert rules.deliver_at(rules.usual_quiet(role), when - timedelta(minutes=1)) == when


@given(
    instants | around_a_change, some.integers(1, rules.MOST_ATTEMPTS - 1), some.none() | some.text(max_size=40) | some.integers(0, 10**12).map(str)
)
def test_a_next_try_is_never_in_the_past_and_never_more_than_a_day_away(at, attempts, retry_after):
    said = rules.verdict(503, attempts=attempts, retry_after=retry_after, now=at)
    assert said.state == "waiting"
    assert at <= said.again_at <= at + timedelta(days=1)


@given(some.integers(1, rules.MOST_ATTEMPTS - 2))
def test_without_advice_each_wait_is_longer_than_the_one_before(attempts):
    assert rules.wait_for(attempts, None, NOON) < rules.wait_for(attempts + 1, None, NOON)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc", "https://updates.push.services.mozilla.com/wpush/v2/x", "https://web.push.apple.com/QA",
        "https://db5p.notify.windows.com/w/?token=x", "http://127.0.0.1:8090/notify/1",
    ],
)  # fmt: skip
def test_known_push_services_and_those_the_operator_named_are_called(endpoint):
    rules.ensure_allowed_endpoint(endpoint, frozenset({"http://127.0.0.1:8090"}))


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x", "https://127.0.0.1/x", "http://169.254.169.254/latest/meta-data", "https://localhost/x", "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com.evil.example/x", "https://user@fcm.googleapis.com/x", "https://fcm.googleapis.com:8443/x", "ftp://fcm.googleapis.com/x",
        "https://fcm.googleapis.com\\@evil.example/x", "https://[::1]/x", "file:///etc/passwd", "", "https://", "https://fcm.googleapis.com/\nHost: x", "https://fcm.googleapis.com/" + "a" * 2000,
        "https://evil.example%2f.push.apple.com/x", "https://evil.example;.push.apple.com/x", "https://.push.apple.com/x", "https://fcm.googleapis.com./x", "https://2130706433/x",
        "https://notify.windows.com.evil/x", "https://evilnotify.windows.com:bad/x", "http://127.0.0.1:80901/x",
    ],
)  # fmt: skip
def test_a_subscription_never_lets_the_server_call_anybody_else(endpoint):
    with pytest.raises(EndpointRefused):
        rules.ensure_allowed_endpoint(endpoint, frozenset({"http://127.0.0.1:8090"}))


@given(some.text(max_size=200))
def test_any_text_as_address_is_allowed_or_refused_and_nothing_else(text):
    with contextlib.suppress(EndpointRefused):
        rules.ensure_allowed_endpoint(text, frozenset())


@given(some.text(max_size=120), some.text(max_size=40))
def test_any_text_as_keys_is_refused_by_name(p256dh, auth):
    with pytest.raises(KeyRefused):
        rules.ensure_keys(p256dh, auth)


def test_keys_of_a_browser_are_taken():
    rules.ensure_keys(*phone_keys())


@pytest.mark.parametrize(
    ("status", "attempts", "retry_after", "state", "wait"),
    [
        (201, 1, None, "sent", None), (200, 1, None, "sent", None), (404, 1, None, "gone", None), (410, 3, None, "gone", None),
        (400, 1, None, "failed", None), (413, 1, None, "failed", None), (302, 1, None, "failed", None),
        (429, 1, "120", "waiting", timedelta(seconds=120)), (503, 2, "Wed, 11 Mar 2026 11:10:00 GMT", "waiting", timedelta(minutes=10)),
        (503, 1, None, "waiting", timedelta(seconds=30)), (500, 3, "nonsense", "waiting", timedelta(seconds=120)), (None, 2, None, "waiting", timedelta(seconds=60)),
        (503, 1, "99999999", "waiting", timedelta(days=1)), (503, 1, "Wed, 11 Mar 2020 11:10:00 GMT", "waiting", timedelta()), (503, 8, None, "failed", None),
    ],
)  # fmt: skip
def test_what_an_answer_means(status, attempts, retry_after, state, wait):
    said = rules.verdict(status, attempts=attempts, retry_after=retry_after, now=NOON)
    assert said.state == state
    assert said.again_at == (NOON + wait if wait is not None else None)


def test_a_lock_screen_shows_nothing_of_anybody():
    slots = {slot for message in MESSAGES.values() for slot in re.findall(r"%\((\w+)\)s", message.title)}
    assert all(slot.endswith("_on") for slot in slots)  # a day, and nothing else (ux.md part 9: "Je plek stopt op 25 juli")
    told = " ".join(message.title.lower() for message in MESSAGES.values())
    assert not [word for word in ("benefit", "euro", "premium", "sick", "€") if word in told]


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_no_language_a_lock_screen_shows_a_number_or_an_amount(language):
    use_language(language)
    titles = [gettext(message.title) for message in MESSAGES.values()]
    assert [title for title in titles if "€" in title or any(letter.isdigit() for letter in title)] == []


def test_slots_are_read_as_what_their_names_say():
    said = words("hours.ok", {"name": "Jan", "worked_minutes": 270, "premium_cents": 900})
    assert said.text == "Jan bevestigde 4,5 uur. €\u00a09,00 is zeker."
