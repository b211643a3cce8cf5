"""Whatever somebody sends, the answer is a calm refusal: never a fault of ours."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from tests import factories as make
from tests.house.addresses import addresses, busy_world, ids
from webapp.foundation.security import LARGER_BODIES
from webapp.permissions import PUBLIC

FIELDS = (
    "answer", "placement_id", "worked_on", "start", "stop", "break_minutes", "version", "ask", "start_fold", "stop_fold", "response", "reason", "note", "ruling", "minutes",
    "entry_id", "participant_id", "travel_minutes", "last_day", "membership_id", "language", "next", "theme", "account", "decision_reason", "agreement_signed_on",
    "insured_from", "insurance_evidence", "refuse", "paid_on", "amount", "scheme", "id", "push", "mail", "pin", "name",
    "code", "year", "contact", "again", "password", "address", "phone", "email", "birth_date", "away",
    "digest", "words", "valid_from", "start_0", "stop_0", "break_0", "first_day", "wished_by", "end_day", "outcome", "end_reason", "number", "judgement", "source",
    "basis", "plan", "value.cents", "value.bands.0.months", "value.bands.9999.months", "value.exactly_counts_as", "value.days.0.key",
)  # fmt: skip
TODAY = make.TODAY.isoformat()
values = st.one_of(
    st.sampled_from(("", "0", "-1", "1", "yes", "undo", "agree", "dispute", "other", "written", "not_worked", "08:30", "13:00", "24:00", "30", "2:30", "99999999999999999999",
                     TODAY, "2026-02-30", "0000-00-00", "9999-12-31", "2026-W01-1", "\x00", "\ufffd", "١٢:٣٠", "1e9", "NaN", "½", "²")),
    st.text(max_size=40), st.sampled_from(("x" * 5000, "9" * 5000, "\u202e" * 300)),
)  # fmt: skip
forms = st.dictionaries(st.one_of(st.sampled_from(FIELDS), st.sampled_from(FIELDS), st.text(max_size=8)), values, max_size=12)
raw = st.one_of(st.binary(max_size=300), st.sampled_from((b"{", b"[]", b"null", b"%", b"a=%ff%fe", b"\xff\xfe=\x00", b"=" * 900, b"&" * 2000)))
kinds = st.sampled_from(
    ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/plain", "\\;", "")
)
LEAVING = {"people.sign_out", "access.end_all_devices"}  # who leaves cannot send the next form
CALM = {200, 201, 204, 303, 400, 401, 403, 404, 409, 413, 415, 422, 429}


def test_odd_forms_and_bodies_meet_calm_refusals_on_every_address(world: make.World, app: Flask, session: Session, as_person: Any) -> None:
    busy_world(world, as_person)
    people = ("participant", "other_participant", "supervisor", "case_manager")
    routes = sorted(
        {
            (endpoint, method, address)
            for method in ("POST", "DELETE")
            for endpoint, address in addresses(app, method, ids(session, limit=2))
            if endpoint not in LEAVING
        }
    )
    session.rollback()

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(routes), st.sampled_from(people), st.one_of(forms, st.tuples(raw, kinds)), st.booleans())
    @example(next(route for route in routes if route[0] == "hours.log"), "participant", {}, False)
    def send(route: tuple[str, str, str], who: str, body: Any, as_part: bool) -> None:
        headers = {"Sec-Fetch-Site": "same-origin", **({"HX-Request": "true"} if as_part else {})}
        more = {"data": body} if isinstance(body, dict) else {"data": body[0], "content_type": body[1]}
        answer = as_person(getattr(world, who)).client.open(route[2], method=route[1], headers=headers, **more)
        assert answer.status_code in CALM, (route, who)

    send()


def test_every_form_sent_empty_is_answered_calmly(world: make.World, app: Flask, session: Session, as_person: Any) -> None:
    busy_world(world, as_person)
    visitors = [as_person(getattr(world, who)) for who in ("participant", "other_participant", "supervisor", "case_manager")]
    for endpoint, address in addresses(app, "POST", ids(session, limit=2)):
        session.rollback()
        for visitor in visitors:
            if endpoint not in LEAVING:
                for body in ({}, None):
                    assert visitor.post(address, body).status_code in CALM, endpoint


def test_a_body_that_is_far_too_large_is_refused(world: make.World, app: Flask, session: Session, as_person: Any) -> None:
    visitor = as_person(world.participant)
    for endpoint, address in addresses(app, "POST", {"entry_id": ids(session)["placement_id"][:1]}):
        if endpoint in PUBLIC or endpoint in LEAVING or endpoint in LARGER_BODIES:
            continue
        answer = visitor.post(address, {"start": "9" * (300 * 1024)})
        assert answer.status_code == 413, endpoint


def test_thousands_of_fields_and_files_are_refused_calmly(world: make.World, as_person: Any) -> None:
    visitor = as_person(world.participant)

    many = visitor.post("/me/theme", "&".join(f"a{number}=1" for number in range(5000)), content_type="application/x-www-form-urlencoded")
    file = visitor.client.post("/me/theme", data={"theme": (BytesIO(b"\x00" * 100), "theme.bin")}, headers={"Sec-Fetch-Site": "same-origin"})

    assert {many.status_code, file.status_code} <= CALM
