"""Everything that reads text from outside: it gives a value of its kind, or its own refusal, whatever the text."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from webapp.foundation.sessions import KeptSessions
from webapp.foundation.texts import LANGUAGES, best_language
from webapp.hours import forms as hours
from webapp.hours import times
from webapp.notifications.rules import EndpointRefused, KeyRefused, ensure_allowed_endpoint, ensure_keys
from webapp.people.imports import EmployerRow, NotImported, PersonRow, read
from webapp.people.tablets import EasyPin, ensure_hard_to_guess
from webapp.sso import rules as sign_on
from webapp.terms.regulations import express
from webapp.terms.shapes import CannotExpress

TEXT = st.one_of(
    st.text(), st.text("0123456789:.,-uhTZ \x00\u0660\u00b2\u2028\ud800", max_size=12), st.sampled_from(("", "\ud800", "\x00", "9" * 5000))
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda part: st.lists(part, max_size=4) | st.dictionaries(TEXT, part, max_size=4),
    max_leaves=8,
)


@given(TEXT)
def test_a_clock_time_a_break_and_a_day(text: str) -> None:
    for reader, kind, refusal in (
        (times.parse_clock, time, times.TypedWrong),
        (times.parse_break, int, times.TypedWrong),
        (hours.read_day, date, ValueError),
    ):
        with suppress(refusal):
            assert isinstance(reader(text), kind)  # type: ignore[operator]


@given(TEXT)
def test_identifiers_and_versions(text: str) -> None:
    assert isinstance(hours.read_uuid(text), UUID | None)
    assert isinstance(hours.read_version(text), int | None)


@given(st.dictionaries(st.sampled_from(("worked_on", "start", "stop", "break_minutes", "start_fold", "stop_fold")), TEXT))
def test_a_typed_shift_is_a_shift_or_errors_at_its_fields(values: dict[str, str]) -> None:
    typed = hours.read_shift(values)

    assert (typed.shift is None) == bool(typed.errors)


@given(
    st.one_of(
        TEXT,
        st.lists(st.tuples(st.sampled_from(("nl", "en-GB", "ar", "xx", "*", "")), TEXT)).map(
            lambda wishes: ",".join(f"{tag};q={weight}" for tag, weight in wishes)
        ),
    )
)
def test_the_languages_of_a_browser(header: str) -> None:
    assert best_language(header) in LANGUAGES


ROWS = st.lists(st.one_of(TEXT, st.lists(TEXT, max_size=12).map(";".join), st.just('"unclosed')), max_size=4)


@pytest.mark.parametrize("shape", [PersonRow, EmployerRow])
@given(lines=ROWS, comma=st.booleans())
def test_a_csv_file_is_taken_or_refused_with_its_lines(shape: Any, lines: list[str], comma: bool) -> None:
    header = (", " if comma else ";").join(shape.model_fields)
    for text in (lines, [header, *lines]):
        try:
            assert all(isinstance(row, shape) for _, row in read(text, shape))
        except NotImported as refused:
            assert all(fault.line >= 1 for fault in refused.faults)  # noqa: PT017 - a refusal has its own claim


@given(
    TEXT,
    TEXT,
    st.one_of(TEXT, st.builds("https://{}{}".format, st.sampled_from(("fcm.googleapis.com", "a.push.apple.com", "127.0.0.1", "[::1]")), TEXT)),
)
def test_a_push_subscription(p256dh: str, auth: str, endpoint: str) -> None:
    with suppress(KeyRefused):
        ensure_keys(p256dh, auth)
    try:
        ensure_allowed_endpoint(endpoint, frozenset())
    except EndpointRefused:
        return
    assert endpoint.startswith("https://")


@given(TEXT)
def test_a_pin(text: str) -> None:
    try:
        ensure_hard_to_guess(text)
    except EasyPin:
        return
    assert len(text) == 4 and text.isascii() and text.isdigit()


@given(JSON)
def test_a_file_with_regulations(entries: Any) -> None:
    with suppress(CannotExpress):
        express(entries if isinstance(entries, dict) else {"policies": entries})


app = Flask("cookies")
app.config.update(SECRET_KEY="k" * 32, SECRET_KEY_FALLBACKS=["o" * 32])
sessions = KeptSessions()


@given(st.one_of(TEXT, st.binary().map(lambda junk: junk.decode("latin-1")), st.builds("{}.{}.{}".format, TEXT, TEXT, TEXT)))
@settings(deadline=None)
def test_a_cookie_somebody_made_is_nobodys(cookie: str) -> None:
    text = cookie.encode("utf-8", "replace").decode("latin-1")
    asked = app.request_class(EnvironBuilder(environ_overrides={"HTTP_COOKIE": f"session={text}"}).get_environ())

    assert dict(sessions.open_session(app, asked)) == {}


@given(JSON)
def test_claims_of_a_provider(claims: Any) -> None:
    given_claims = claims if isinstance(claims, dict) else {"sub": claims, "email": claims, "aud": claims, "acr": claims}
    checks = (
        sign_on.subject_of,
        lambda c: sign_on.text_claim(c, "email"),
        lambda c: sign_on.mail_claim(c, "email"),
        lambda c: sign_on.ensure_for_us(c, "us"),
        lambda c: sign_on.ensure_level(c, "high"),
    )
    for check in checks:
        with suppress(sign_on.NotBelieved, sign_on.NotKnown):
            check(given_claims)  # type: ignore[no-untyped-call]


@given(TEXT)
def test_an_address_to_speak_with(text: str) -> None:
    assert sign_on.is_safe(text, local=False) <= text.lower().startswith("https:")
    assert not sign_on.is_safe("http://" + text, local=False)
