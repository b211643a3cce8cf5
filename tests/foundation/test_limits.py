"""Wide for people, narrow for machines, and a wait that grows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests import factories as make
from tests.conftest import SAME_ORIGIN
from webapp import create_app
from webapp.foundation.limits import BY_ACCOUNT, BY_ADDRESS, LONGEST_WAIT, Allowance, Kept, Limiter, judged, network_of
from webapp.foundation.settings import Settings


def test_a_supervisor_confirms_a_hundred_and_a_phone_sends_two_hundred_without_waiting() -> None:
    limiter = Limiter()

    assert [limiter.wait("a", BY_ACCOUNT, 10 + item / 50) for item in range(300)] == [0] * 300


def test_a_town_hall_of_three_hundred_shares_an_address() -> None:
    limiter = Limiter()

    assert not any(limiter.wait("town hall", BY_ADDRESS, 10 + act / 30) for act in range(300 * 20))


def test_the_wait_doubles_with_every_refusal_and_asking_meanwhile_adds_nothing() -> None:
    limiter, allowance, at, waits = Limiter(), Allowance(2, 1), 100.0, []
    for _ in range(6):
        while not (wait := limiter.wait("x", allowance, at)):
            pass
        assert limiter.wait("x", allowance, at + wait / 2) == pytest.approx(wait / 2)
        waits.append(wait)
        at += wait

    assert waits == pytest.approx([1, 2, 4, 8, 16, 32])
    assert limiter.wait("somebody else", allowance, at) == 0
    assert limiter.wait("x", allowance, at + 2 * 3600) == 0
    assert not limiter.wait("x", allowance, at + 2 * 3600)
    assert limiter.wait("x", allowance, at + 2 * 3600) == pytest.approx(1)  # an hour later it begins small again


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200))
def test_nobody_passes_more_often_than_allowed_or_waits_longer_than_the_longest(gaps: list[float]) -> None:
    kept, allowance, at, passed = Kept(), Allowance(5, 0.5), 0.0, []
    for gap in gaps:
        at += gap
        kept, wait = judged(kept, allowance, at)
        assert 0 <= wait <= LONGEST_WAIT
        if not wait:
            passed.append(at)
    for begin in passed:
        within = [one for one in passed if begin <= one <= begin + 10]
        assert len(within) <= 5 + 10 * 0.5 + 1


def test_memory_has_an_end() -> None:
    limiter = Limiter(most_kept=10)
    for number in range(1000):
        limiter.wait(str(number), BY_ACCOUNT, 1.0)

    assert len(limiter._kept) == 10


def test_what_is_no_address_is_one_network() -> None:
    assert {network_of(None), network_of(""), network_of("junk")} == {"unknown"}
    assert network_of("2001:db8::1") == network_of("2001:db8::2") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.7") == "192.0.2.7"


@pytest.fixture
def narrow(database_url: str, tmp_path: Path) -> Any:
    """The application with a hundredth of the usual allowance."""
    made = create_app(Settings(database_url=database_url, data_dir=tmp_path, testing=True, demo=True, rate_limits=0.01))
    yield made
    made.extensions["database"].engine.dispose()


def client_of(app: Flask, membership: Any) -> Any:
    client = app.test_client()
    key = make.sign_in(app.extensions["database"], membership)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = key
    return client


def test_an_account_that_goes_too_fast_reads_that_it_must_wait_and_reading_goes_on(narrow: Flask) -> None:
    world = make.world(narrow.extensions["database"])
    client = client_of(narrow, world.participant)
    answers = [client.post("/me/theme", data={"theme": "dark"}, headers=SAME_ORIGIN) for _ in range(8)]

    assert [answer.status_code for answer in answers] == [303] * 6 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert "<h1>" in answers[-1].text and client.get("/today").status_code == 200
    other = client_of(narrow, world.other_participant)
    assert other.post("/me/theme", data={"theme": "dark"}, headers=SAME_ORIGIN).status_code == 303
    assert client.post("/hours/x", json={}, headers=SAME_ORIGIN).status_code in (404, 429)


def test_files_are_limited_by_what_they_are(narrow: Flask) -> None:
    world = make.world(narrow.extensions["database"])
    make.account(narrow.extensions["database"], world.municipality_id, "finance")

    @narrow.get("/a-new-export")
    def export() -> Any:
        return narrow.response_class("a;b\r\n", mimetype="text/csv")

    from webapp import permissions

    permissions.PERMISSIONS["export"] = permissions.allow(permissions.Role.PARTICIPANT, whose="own")
    try:
        client = client_of(narrow, world.participant)
        assert 429 in [client.get("/a-new-export").status_code for _ in range(4)]
        assert client.get("/today").status_code == 200
    finally:
        del permissions.PERMISSIONS["export"]


def test_strangers_behind_a_proxy_are_told_apart_by_the_address_the_proxy_saw(database_url: str, tmp_path: Path) -> None:
    made = create_app(Settings(database_url=database_url, data_dir=tmp_path, testing=True, demo=True, rate_limits=0.01, proxy_hops=1))
    client = made.test_client()

    def ask(forwarded: str) -> int:
        return int(client.post("/language", data={"language": "en"}, headers={**SAME_ORIGIN, "X-Forwarded-For": forwarded}).status_code)

    assert 429 in [ask(f"203.0.113.{number}, 192.0.2.1") for number in range(20)]  # what the client wrote itself counts for nothing
    assert ask("192.0.2.1, 192.0.2.2") == 303
    made.extensions["database"].engine.dispose()


@pytest.mark.parametrize(("hops", "seen"), [(0, "127.0.0.1"), (1, "192.0.2.2"), (2, "192.0.2.1")])
def test_exactly_the_hops_that_were_set_are_believed(database_url: str, tmp_path: Path, hops: int, seen: str) -> None:
    made = create_app(Settings(database_url=database_url, data_dir=tmp_path, testing=True, demo=True, proxy_hops=hops))
    found = []
    made.before_request_funcs.setdefault(None, []).insert(0, lambda: found.append(__import__("flask").request.remote_addr))

    made.test_client().get("/healthz", headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.1, 192.0.2.2", "X-Forwarded-Host": "elsewhere.example"})
    made.test_client().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})

    assert found[0] == seen
    made.extensions["database"].engine.dispose()
