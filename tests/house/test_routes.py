"""Who may open what: one table, and no way around it."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from tests.house.addresses import NOBODY, addresses, busy_world, ids
from webapp.foundation.database import Database
from webapp.people.employers import Employer
from webapp.people.models import SignIn
from webapp.permissions import PERMISSIONS, PUBLIC, Role, may

ROLES = list(Role)
BY_SECRET = {
    "certificate.verify",
    "certificate.shared",
    "certificate.shared_paper",
    "placements.feed",
}  # an id opens nothing there; see tests/certificate, tests/placements/test_feed.py


@pytest.fixture
def staff(world: make.World, as_person: Any) -> dict[str, Any]:
    """Somebody in every role, in the municipality of the world."""
    others = {role: make.account(world.database, world.municipality_id, role, "Ellen Mulder") for role in (Role.FINANCE, Role.ADMIN, Role.COUNCIL)}
    return {
        role: as_person(who)
        for role, who in {"participant": world.participant, "supervisor": world.supervisor, "case_manager": world.case_manager, **others}.items()
    }


def test_the_table_names_every_route_and_no_other(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(PERMISSIONS) | PUBLIC


def test_no_route_both_reads_and_writes(app: Flask) -> None:
    assert [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())
    ] == []


def test_every_row_of_the_table_names_a_role_and_says_whose_records() -> None:
    assert all(permission.roles and permission.whose for permission in PERMISSIONS.values())
    assert not set(PERMISSIONS) & PUBLIC
    assert not may(None, "hours.log")
    assert not may(None, "no.such.endpoint")


def test_everything_that_changes_something_is_refused_from_another_site(
    world: make.World, app: Flask, session: Session, staff: dict[str, Any]
) -> None:
    elsewhere = (
        {}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, {"Referer": "http://localhost/"},
    )  # fmt: skip
    known = {name: [NOBODY] for name in ids(session)}
    for method in ("POST", "DELETE"):
        for endpoint, address in addresses(app, method, known):
            for headers in elsewhere:
                answer = staff["participant"].client.open(address, method=method, headers=headers)
                assert answer.status_code == 403, (endpoint, headers)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1:8000"}, {"Origin": "http://localhost"}])
def test_a_form_from_our_own_pages_is_accepted(world: make.World, as_person: Any, headers: dict[str, str]) -> None:
    answer = as_person(world.participant).client.post("/me/theme", data={"theme": "dark"}, headers=headers)

    assert answer.status_code == 303


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page_and_back(app: Flask, visitor: Any, session: Session) -> None:
    known = {name: [NOBODY] for name in ids(session)}
    for endpoint, address in addresses(app, "GET", known):
        if endpoint in PUBLIC:
            continue
        plain, part = visitor.get(address), visitor.get(address, headers={"HX-Request": "true"})
        assert plain.status_code == 303, endpoint
        assert plain.location == "/sign-in?next=" + address.replace("/", "%2F"), endpoint
        assert (part.status_code, part.headers["HX-Redirect"], part.data) == (200, "/sign-in", b""), endpoint
    for endpoint, address in addresses(app, "POST", known):
        if endpoint not in PUBLIC:
            assert visitor.post(address).location == "/sign-in", endpoint
            asked = visitor.post(address, json={})
            assert (asked.status_code, asked.json) == (401, {"error": "sign in first"}), endpoint


def test_a_role_without_the_right_is_refused_before_anything_is_looked_up(
    world: make.World, app: Flask, session: Session, staff: dict[str, Any]
) -> None:
    known = {name: [NOBODY] for name in ids(session)}
    for method in ("GET", "POST", "DELETE"):
        for endpoint, address in addresses(app, method, known):
            for role, visitor in staff.items():
                if endpoint not in PUBLIC and Role(role) not in PERMISSIONS[endpoint].roles:
                    answer = visitor.client.open(address, method=method, headers={"Sec-Fetch-Site": "same-origin"})
                    assert answer.status_code == 403, (endpoint, role)


def test_every_role_opens_every_page_with_any_id_and_nothing_breaks(
    world: make.World, app: Flask, session: Session, as_person: Any, staff: dict[str, Any]
) -> None:
    busy_world(world, as_person)
    visitors = {
        **staff,
        "stranger": as_person(world.stranger),
        "strange_supervisor": as_person(world.strange_supervisor),
        "strange_case_manager": as_person(world.strange_case_manager),
        "other": as_person(world.other_participant),
    }
    opened: dict[str, set[int]] = {}
    for endpoint, address in addresses(app, "GET", ids(session)):
        for role, visitor in visitors.items():
            answer = visitor.get(address)
            assert answer.status_code in (200, 303, 403, 404), (role, address)
            opened.setdefault(endpoint, set()).add(answer.status_code)
            if answer.mimetype == "text/html" and answer.status_code == 200:
                assert not (role.startswith("strange") and re.search("Tesfay|Selam|Marieke|De Morgen", answer.text)), (role, address)

    never = {endpoint for endpoint, codes in opened.items() if not codes & {200, 303}}
    assert never <= {"pages.metrics"} | BY_SECRET


def own_devices(session: Session, world: make.World) -> list[Any]:
    """The devices of the other municipality: a stranger may sign those out."""
    devices = SignIn.__table__  # type: ignore[attr-defined]
    return list(session.execute(select(devices.c.id).where(devices.c.municipality_id != world.municipality_id)).scalars())


def own_employers(session: Session, world: make.World) -> list[Any]:
    """The employers of the other municipality: a case manager there watches over them."""
    firms = Employer.__table__  # type: ignore[attr-defined]
    return list(session.execute(select(firms.c.id).where(firms.c.municipality_id != world.municipality_id)).scalars())


def test_a_stranger_finds_no_record_of_another_municipality(world: make.World, app: Flask, session: Session, as_person: Any) -> None:
    busy_world(world, as_person)
    strangers = [as_person(who) for who in (world.stranger, world.strange_supervisor, world.strange_case_manager)]
    known = ids(session)
    not_ours = {NOBODY, world.stranger.account_id, *own_devices(session, world), *own_employers(session, world)}
    ours = {name: [key for key in keys if key not in not_ours] for name, keys in known.items()}
    for method in ("GET", "POST"):
        for endpoint, address in addresses(app, method, ours):
            if endpoint in PUBLIC or not re.search(r"[0-9a-f]{8}-", address):
                continue
            for visitor in strangers:
                answer = visitor.client.open(address, method=method, headers={"Sec-Fetch-Site": "same-origin"})
                # PostgreSQL does not show that the id is taken: an empty form gets what any new id gets
                assert answer.status_code in ((403, 404, 422) if endpoint == "hours.log" else (403, 404)), (endpoint, address)


def test_answers_with_somebodys_data_are_never_kept_and_allow_no_foreign_code(
    world: make.World, app: Flask, session: Session, staff: dict[str, Any]
) -> None:
    for endpoint, address in addresses(app, "GET", {}):
        answer = staff["participant"].get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy, endpoint
        assert "unsafe" not in policy, endpoint
        assert "frame-ancestors 'none'" in policy, endpoint
        assert answer.headers["X-Content-Type-Options"] == "nosniff", endpoint
        if endpoint not in PUBLIC:
            assert answer.headers["Cache-Control"] == "no-store", endpoint
        if answer.mimetype == "text/html":
            assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|<style|\sstyle=", answer.text), endpoint


@pytest.mark.parametrize(
    "address",
    [
        "/hours/junk",
        "/offers/1",
        "/offers/" + "9" * 3000,
        "/participants/%00",
        "/hours/%F0%9F%98%80",
        "/nothing",
        "/hours/..%2f..%2fetc",
        "/placements//stop",
    ],
)
def test_addresses_that_are_none_are_calmly_not_found(staff: dict[str, Any], visitor: Any, address: str) -> None:
    for somebody in (*staff.values(), visitor):
        answer = somebody.get(address)
        assert answer.status_code in (303, 308, 404), address
        assert answer.status_code != 404 or "<h1>" in answer.text


def test_what_is_typed_in_the_address_never_breaks_a_page(world: make.World, staff: dict[str, Any]) -> None:
    junk = ("", "x" * 4000, "2026-99-99", "0001-01-01", "9999-12-31", "%00", "-1", "١٢", "<script>alert(1)</script>", "2026-W01-1", "20260101")
    names = (
        "week",
        "day",
        "again",
        "all",
        "q",
        "show",
        "sent",
        "confirmed",
        "left",
        "next",
        "offered",
        "recorded",
        "arranged",
        "kept",
        "disagree",
        "start",
        "stop",
        "break_minutes",
    )
    for role, addresses_of_role in {
        "participant": ("/hours", "/premium", "/today", "/language"),
        "case_manager": ("/participants", f"/requests/{world.request.id}/matching"),
        "supervisor": ("/employer/hours", "/employer/company"),
    }.items():
        for address, value in product(addresses_of_role, junk):
            for some in (names, *((name,) for name in names if address in ("/hours", "/employer/hours"))):
                answer = staff[role].get(address, query_string=dict.fromkeys(some, value))
                assert answer.status_code == 200, (address, some, value)
                assert "<script>alert" not in answer.text


def test_where_to_go_back_is_only_ever_a_page_of_ours(visitor: Any) -> None:
    for outside in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "elsewhere"):
        assert visitor.post("/language", {"language": "en", "next": outside}).location == "/"
    assert visitor.post("/language", {"language": "en", "next": "/offers"}).location == "/offers"


def test_figures_for_machines_stay_on_the_machine(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 403
    assert client.get("/healthz").data == b"ok\n"
    assert client.get("/readyz").data == b"ready\n"


def test_a_premium_that_is_not_per_hour_breaks_no_page(
    world: make.World, app: Flask, session: Session, as_person: Any, database: Database, staff: dict[str, Any]
) -> None:
    """Terms may hold other bases, or none for a day: what is not known is not shown, and nothing is guessed."""
    busy_world(world, as_person)
    with database.transaction() as db:
        own = db.get(make.Municipality, world.municipality_id)
        value = {"basis": "per_hour", "cents": None}
        make.change_term(
            db, own, "premium", value, valid_from=make.LONG_AGO.replace(year=2021), source="Beleidsregel (test)", reason="test", now=make.NOW
        )
    visitors = {**staff, "other": as_person(world.other_participant)}

    for endpoint, address in addresses(app, "GET", ids(session)):
        for role, visitor in visitors.items():
            assert visitor.get(address).status_code in (200, 303, 403, 404), (role, endpoint, address)
    waiting = session.execute(make.HoursEntry.__table__.select().where(make.HoursEntry.__table__.c.status == "sent")).first()
    assert waiting is not None
    assert staff["supervisor"].post(f"/hours/{waiting.id}/confirmation").status_code == 409


def test_a_file_is_the_same_for_everybody_and_is_kept_for_a_year(staff: dict[str, Any]) -> None:
    answer = staff["participant"].get("/static/app.css", headers={"Accept-Encoding": "br"})
    assert answer.headers.getlist("Vary") == ["Accept-Encoding"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert (answer.headers["Content-Security-Policy"], answer.headers["X-Content-Type-Options"]) == (
        "default-src 'none'; frame-ancestors 'none'",
        "nosniff",
    )
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers) < 450  # bytes: they are part of the first visit
