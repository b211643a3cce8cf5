"""The file with providers: all of it or nothing, and only what an audience may be found by."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from webapp.people.imports import NotImported
from webapp.sso.actions import unlink
from webapp.sso.imports import import_providers, read
from webapp.sso.models import SignOnProvider
from webapp.verify import faults

STAFF = {
    "municipality": "waterveen",
    "audience": "staff",
    "issuer": "https://login.example.nl",
    "client_id": "opstap",
    "secret_name": "staff",
    "claim": "email",
}


def take(database: Any, *rows: dict[str, Any]) -> int:
    with database.transaction() as db:
        return import_providers(db, json.dumps(rows).splitlines(), now=make.NOW)


def test_a_file_is_taken_twice_and_what_it_no_longer_names_ends(world: make.World, database: Any, session: Session) -> None:
    digid = {**STAFF, "audience": "participant", "claim": "client_number", "finds_by": "reference"}
    assert (take(database, STAFF, digid), take(database, STAFF, digid), take(database, STAFF)) == (2, 2, 1)

    rows = session.execute(select(SignOnProvider)).scalars().all()
    assert {row.audience: row.ended_at is None for row in rows} == {"staff": True, "participant": False}
    assert [fault for fault in faults(database) if fault.table.startswith(("history", "sign_on"))] == []


@pytest.mark.parametrize(
    "change",
    [
        {"audience": "admin"}, {"audience": "participant", "finds_by": "email"}, {"issuer": "http://login.example.nl"}, {"issuer": "https://a@b"}, {"secret_name": "../key"},
        {"secret": "x"}, {"scopes": "email"}, {"audience": "supervisor"}, {"kvk_claim": "kvk"}, {"claim": ""}, {"municipality": "nowhere"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_right_is_refused_with_its_line(world: make.World, database: Any, change: dict[str, str]) -> None:
    with pytest.raises(NotImported, match="line 1"):
        take(database, {**STAFF, **change})


def test_somebody_without_a_link_has_nothing_to_forget(world: make.World, database: Any) -> None:
    with database.transaction() as db:
        assert unlink(db, db.get(make.Account, world.participant.account_id), now=make.NOW) == 0


@given(
    st.one_of(
        st.text(),
        st.recursive(
            st.one_of(st.none(), st.integers(), st.text(), st.just(STAFF)), lambda part: st.lists(part) | st.dictionaries(st.text(), part)
        ).map(json.dumps),
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read(text)
    except NotImported as refused:
        found = []
        assert refused.faults  # noqa: PT017 - either way is right, and each has its own claim
    assert all(row.issuer.startswith("https://") for row in found)
