"""Signing on with a provider: who is known comes in as themselves; everything that is not exactly right is refused."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlmodel import Session

from tests import factories as make
from tests.conftest import Visitor
from tests.sso.conftest import SECRET, Liar, new_key
from webapp.foundation.clock import now
from webapp.foundation.settings import Settings
from webapp.history.models import HistoryRow
from webapp.people.models import Account, Membership
from webapp.sso import actions, providers
from webapp.sso.models import SignOnAttempt, SignOnLink, SignOnProvider

MAIL = "marieke@waterveen.example"


@pytest.fixture
def way(world: make.World, liar: Liar, database: Any) -> SignOnProvider:
    """The municipality trusts the provider for its staff, and knows the case manager's mail address."""
    with database.transaction() as db:
        db.execute(update(Account).where(Account.id == world.case_manager.account_id).values(email="Marieke@Waterveen.example"))
    return make.sign_on_provider(database, world.municipality_id, issuer=liar.issuer)


def leave(visitor: Visitor, way: SignOnProvider, onward: str = "/") -> str:
    """Begin a sign-on; gives the address of the provider the browser goes to."""
    gone = visitor.post(f"/sign-in/with/{way.id}", {"next": onward})
    assert gone.status_code == 200, gone.location
    return str(gone.headers["Refresh"]).removeprefix("0; url=")


def come_back(visitor: Visitor, way: SignOnProvider, brought: dict[str, str]) -> Any:
    """The browser brings the answer; the page has one form, and that is sent."""
    page = visitor.get(f"/sign-in/with/{way.id}/back", query_string=brought)
    given = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert given == {name: value for name, value in brought.items() if value}
    return visitor.post(f"/sign-in/with/{way.id}/answer", given)


def signed_in(visitor: Visitor) -> bool:
    return bool(visitor.get("/messages").status_code == 200)


def refused(answer: Any, visitor: Visitor) -> None:
    assert (answer.status_code, signed_in(visitor)) == (422, False)
    assert "Traceback" not in answer.text


def count(session: Session, table: Any) -> int:
    session.rollback()
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_who_is_known_comes_in_as_themselves_and_lands_where_they_were_going(visitor, way, liar, world, session):
    answer = come_back(visitor, way, liar.agree(leave(visitor, way, "/participants")))

    assert (answer.status_code, answer.location) == (303, "/participants")
    assert visitor.get("/participants").status_code == 200
    [link] = session.execute(select(SignOnLink)).scalars()
    assert (link.account_id, link.issuer) == (world.case_manager.account_id, liar.issuer)
    assert "subject-1" not in link.subject_mark
    [row] = session.execute(select(HistoryRow).where(HistoryRow.action == "sign_on.linked")).scalars()
    assert row.subject_id == world.case_manager.account_id and "subject" not in row.facts


def test_the_browser_is_sent_with_pkce_state_and_nonce_and_the_secret_goes_with_the_code_only(visitor, way, liar):
    address = leave(visitor, way)
    for part in ("response_type=code", "code_challenge_method=S256", "code_challenge=", "state=", "nonce=", "scope=openid"):
        assert part in address
    assert SECRET not in address and "verifier" not in address

    come_back(visitor, way, liar.agree(address))

    [asked] = liar.asked
    assert asked["authorization"].startswith("Basic ") and len(asked["code_verifier"]) == 43
    assert asked["code_verifier"] not in address


def test_the_second_time_only_the_subject_counts(visitor, app, way, liar, world, database):
    come_back(visitor, way, liar.agree(leave(visitor, way)))
    with database.transaction() as db:
        db.execute(update(Account).where(Account.id == world.case_manager.account_id).values(email=""))
        db.execute(update(Account).where(Account.id == world.colleague.account_id).values(email=MAIL))
    again = Visitor(app.test_client())

    assert come_back(again, way, liar.agree(leave(again, way))).status_code == 303
    assert again.get(f"/participants/{world.participant.account_id}").status_code == 200  # her caseload, not the colleague's


def test_an_address_that_was_given_to_somebody_else_opens_nothing(visitor, app, way, liar, session):
    come_back(visitor, way, liar.agree(leave(visitor, way)))
    liar.claims["sub"] = "subject-2"
    newcomer = Visitor(app.test_client())

    answer = come_back(newcomer, way, liar.agree(leave(newcomer, way)))

    assert (answer.status_code, signed_in(newcomer), count(session, SignOnLink)) == (403, False, 1)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "somebody@waterveen.example"}, {"email": ""}, {"email": None}, {"email": ["marieke@waterveen.example"]}, {"email": True},
        {"email": MAIL, "email_verified": False}, {"email": MAIL, "email_verified": "false"}, {"email": "x" * 4000}, {"email": "%"}, {"email": "a\x00b"},
    ],
)  # fmt: skip
def test_who_is_not_known_reads_whom_to_call_and_nobody_is_made(visitor, way, liar, session, claims):
    people, roles = count(session, Account), count(session, Membership)
    liar.claims = claims

    answer = come_back(visitor, way, liar.agree(leave(visitor, way)))

    assert answer.status_code == 403
    assert "tel:0100000000" in answer.text and MAIL not in answer.text
    assert not signed_in(visitor)
    assert (count(session, Account), count(session, Membership), count(session, SignOnLink)) == (people, roles, 0)


def test_two_people_with_one_address_are_not_guessed_between(visitor, way, liar, world, database):
    make.account(database, world.municipality_id, "finance", "Ellen Mulder", email=MAIL)

    assert come_back(visitor, way, liar.agree(leave(visitor, way))).status_code == 403


def test_claims_never_give_a_right(visitor, way, liar):
    liar.claims = {"roles": ["admin"], "role": "admin", "groups": ["admin"]}

    come_back(visitor, way, liar.agree(leave(visitor, way)))

    assert visitor.get("/signals").status_code == 200  # a case manager, as before


def test_the_door_for_staff_opens_no_participants_account(visitor, way, liar, world, database):
    with database.transaction() as db:
        db.execute(update(Account).where(Account.id == world.case_manager.account_id).values(email=""))
        db.execute(update(Account).where(Account.id == world.participant.account_id).values(email=MAIL))

    assert come_back(visitor, way, liar.agree(leave(visitor, way))).status_code == 403


def test_who_is_known_in_another_municipality_is_a_stranger_here(visitor, way, liar, world, database):
    there = make.sign_on_provider(database, world.strange_case_manager.municipality_id, issuer=liar.issuer)

    assert come_back(visitor, there, liar.agree(leave(visitor, there))).status_code == 403

    come_back(visitor, way, liar.agree(leave(visitor, way)))  # and one that is linked here stays a stranger there
    visitor.post("/sign-out")
    assert come_back(visitor, there, liar.agree(leave(visitor, there))).status_code == 403


def test_a_participant_is_found_by_the_reference_of_the_municipality(visitor, liar, world, database):
    with database.transaction() as db:
        slug = db.get(make.Municipality, world.municipality_id).slug
        db.execute(update(Account).where(Account.id == world.participant.account_id).values(handle=f"{slug}-8841"))
    way = make.sign_on_provider(database, world.municipality_id, "participant", liar.issuer)
    liar.client_id, liar.claims = "opstap-participant", {"client_number": "8841"}

    assert come_back(visitor, way, liar.agree(leave(visitor, way))).status_code == 303
    assert visitor.get("/today").status_code == 200


@pytest.mark.parametrize(("kvk", "status"), [("own", 303), ("00000000", 403), (None, 403)])
def test_a_supervisor_is_found_by_employer_and_mail_together(visitor, liar, world, database, session, kvk, status):
    with database.transaction() as db:
        db.execute(update(Account).where(Account.id == world.supervisor.account_id).values(email="jan@kwekerij.example"))
    employer = session.get_one(make.Employer, world.establishment.employer_id)
    way = make.sign_on_provider(database, world.municipality_id, "supervisor", liar.issuer)
    liar.client_id, liar.claims = "opstap-supervisor", {"email": "jan@kwekerij.example", "kvk": employer.kvk if kvk == "own" else kvk}

    assert come_back(visitor, way, liar.agree(leave(visitor, way))).status_code == status
    assert (visitor.get("/employer/hours").status_code == 200) == (status == 303)


def test_what_is_not_in_the_token_is_asked_of_the_provider_about_the_same_subject(visitor, app, way, liar):
    liar.claims, liar.info = {"email": None}, {"email": MAIL, "email_verified": True}
    assert come_back(visitor, way, liar.agree(leave(visitor, way))).status_code == 303

    liar.info["sub"] = "somebody else"
    other = Visitor(app.test_client())
    refused(come_back(other, way, liar.agree(leave(other, way))), other)


NOW = int(time.time())


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "another-client"}, {"aud": ["opstap-staff", "another-client"]}, {"aud": ["opstap-staff", "x"], "azp": "opstap-staff"}, {"aud": None},
        {"azp": "another-client"}, {"exp": NOW - 3600}, {"exp": None}, {"exp": "soon"}, {"iat": NOW + 3600}, {"iss": "https://elsewhere.example"}, {"iss": None}, {"sub": None}, {"sub": ""},
        {"sub": 7}, {"sub": "x" * 300}, {"at_hash": "wrong"}, {"nbf": NOW + 3600},
    ],
    ids=lambda claims: next(iter(claims)),  # with the times in their names, two workers would know other tests
)  # fmt: skip
def test_a_token_that_is_not_exactly_right_is_refused(visitor, way, liar, session, claims):
    liar.claims = claims
    refused(come_back(visitor, way, liar.agree(leave(visitor, way))), visitor)
    assert count(session, SignOnLink) == 0


def test_a_token_that_is_not_signed_by_the_provider_is_refused(visitor, way, liar):
    tricks = [
        ({"header": {"alg": "none"}}),
        ({"header": {"alg": "HS256"}}),
        ({"signs_with": new_key("one", 1)}),
        ({"header": {"kid": "unknown"}}),
        ({"raw_token": "a.b.c"}),
        ({"raw_token": "junk"}),
        ({"token_status": 400}),
        ({"token_status": 302}),
    ]
    for trick in tricks:
        before = {name: getattr(liar, name) for name in trick}
        for name, value in trick.items():
            setattr(liar, name, value)
        refused(come_back(visitor, way, liar.agree(leave(visitor, way))), visitor)
        for name, value in before.items():
            setattr(liar, name, value)


def test_a_provider_that_changes_its_keys_is_asked_for_them_again(visitor, app, way, liar, monkeypatch):
    come_back(visitor, way, liar.agree(leave(visitor, way)))
    liar.key = new_key("two")
    liar.shown, liar.header = [liar.key], {"kid": "two"}
    known = app.extensions["sign_on"]
    known._known = {issuer: said._replace(asked_at=said.asked_at - 120) for issuer, said in known._known.items()}
    other = Visitor(app.test_client())

    assert come_back(other, way, liar.agree(leave(other, way))).status_code == 303


def test_a_wrong_state_is_refused_and_asks_the_provider_nothing(visitor, app, way, liar):
    brought = liar.agree(leave(visitor, way))
    for state in ("", "another", brought["state"][:-1]):
        answer = visitor.post(f"/sign-in/with/{way.id}/answer", {**brought, "state": state})
        refused(answer, visitor)

    begun_elsewhere = Visitor(app.test_client())  # somebody lures this browser into another's account
    theirs = liar.agree(leave(begun_elsewhere, way), "code-2")
    leave(visitor, way)
    refused(visitor.post(f"/sign-in/with/{way.id}/answer", theirs), visitor)
    never_began = Visitor(app.test_client())
    refused(never_began.post(f"/sign-in/with/{way.id}/answer", theirs), never_began)
    assert liar.asked == []


def test_an_answer_counts_once_also_with_a_copied_cookie(visitor, app, way, liar):
    brought = liar.agree(leave(visitor, way))
    thief = Visitor(app.test_client())
    with visitor.client.session_transaction() as own, thief.client.session_transaction() as copied:
        copied["sign_on"] = own["sign_on"]

    assert visitor.post(f"/sign-in/with/{way.id}/answer", brought).status_code == 303
    refused(thief.post(f"/sign-in/with/{way.id}/answer", brought), thief)
    assert len(liar.asked) == 1


def test_a_refused_answer_is_used_up_too(visitor, way, liar):
    brought = liar.agree(leave(visitor, way))
    with visitor.client.session_transaction() as cookie:
        secret = cookie["sign_on"]
    liar.token_status = 400
    refused(visitor.post(f"/sign-in/with/{way.id}/answer", brought), visitor)

    liar.token_status = 200
    with visitor.client.session_transaction() as cookie:
        cookie["sign_on"] = secret
    refused(visitor.post(f"/sign-in/with/{way.id}/answer", brought), visitor)


def test_who_comes_back_after_ten_minutes_begins_again(visitor, way, liar, database):
    brought = liar.agree(leave(visitor, way))
    with database.transaction() as db:
        db.execute(update(SignOnAttempt).values(ends_at=make.NOW - make.timedelta(seconds=1)))

    refused(visitor.post(f"/sign-in/with/{way.id}/answer", brought), visitor)


def test_the_answer_of_one_provider_is_never_taken_for_that_of_another(visitor, way, liar, world, database):
    other = make.sign_on_provider(database, world.municipality_id, "participant", liar.issuer)
    brought = liar.agree(leave(visitor, way))
    refused(visitor.post(f"/sign-in/with/{other.id}/answer", brought), visitor)

    for issuer in ("https://elsewhere.example", liar.issuer + "/", ""):  # RFC 9207; this one promised to name itself
        brought = liar.agree(leave(visitor, way))
        refused(visitor.post(f"/sign-in/with/{way.id}/answer", {**brought, "iss": issuer}), visitor)
    assert liar.asked == []


def test_the_level_of_assurance_the_municipality_asks_is_asked_and_checked(visitor, liar, world, database):
    way = make.sign_on_provider(database, world.municipality_id, issuer=liar.issuer, acr="loa:high loa:substantial")
    for said in (None, "loa:low"):
        address = leave(visitor, way)
        assert "acr_values=loa" in address
        liar.claims["acr"] = said
        refused(come_back(visitor, way, liar.agree(address)), visitor)


@pytest.mark.parametrize(
    "said",
    [{"issuer": "https://elsewhere.example"}, {"token_endpoint": "http://169.254.169.254/token"}, {"jwks_uri": "file:///etc/passwd"}, {"authorization_endpoint": None}, {"jwks_uri": "https://x@y"}],
    ids=str,
)  # fmt: skip
def test_a_provider_that_describes_itself_wrongly_is_not_spoken_with(visitor, way, liar, said):
    liar.said = said
    answer = visitor.post(f"/sign-in/with/{way.id}")
    assert (answer.status_code, answer.location) == (303, "/sign-in/with?failed=1")
    assert 'role="alert"' in visitor.get(answer.location).text


def test_a_provider_that_does_not_answer_is_said_calmly(visitor, world, database, monkeypatch, way, liar):
    silent = make.sign_on_provider(database, world.municipality_id, client_id="silent")
    assert visitor.post(f"/sign-in/with/{silent.id}").location == "/sign-in/with?failed=1"
    monkeypatch.delenv("OPSTAP_OIDC_SECRET_STAFF")  # a secret nobody gave
    assert come_back(visitor, way, liar.agree(leave(visitor, way))).location == "/sign-in/with?failed=1"


def test_opening_an_address_signs_nobody_in_and_who_stopped_is_told_so(visitor, way, liar, session):
    brought = liar.agree(leave(visitor, way))
    for _ in range(2):
        assert visitor.get(f"/sign-in/with/{way.id}/back", query_string=brought).status_code == 200
    assert not signed_in(visitor) and liar.asked == []
    assert "value=" not in visitor.get(f"/sign-in/with/{way.id}/back?error=access_denied").text.split("<main")[1].split("</main")[0]
    assert visitor.get(f"/sign-in/with/{way.id}").status_code == 405
    assert come_back(visitor, way, brought).status_code == 303


def test_a_provider_that_ended_or_never_was_is_not_there(visitor, way, database):
    with database.transaction() as db:
        db.execute(update(SignOnProvider).values(ended_at=make.NOW))
    for id in (way.id, uuid.uuid4()):
        assert visitor.post(f"/sign-in/with/{id}").status_code == 404
        assert visitor.get(f"/sign-in/with/{id}/back").status_code == 404
        assert visitor.post(f"/sign-in/with/{id}/answer", {"code": "x", "state": "y"}).status_code == 404


@pytest.mark.parametrize("onward", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "x", "/a\nb", ""])
def test_after_signing_on_somebody_lands_on_a_page_of_ours(visitor, way, liar, onward):
    assert come_back(visitor, way, liar.agree(leave(visitor, way, onward))).location == "/"


def test_a_new_secret_of_the_installation_keeps_who_is_whom(visitor, way, liar, app, session):
    come_back(visitor, way, liar.agree(leave(visitor, way)))
    before = session.execute(select(SignOnLink.subject_mark)).scalar_one()
    keys = ("n" * 40, app.extensions["settings"].signing_key)
    with app.extensions["database"].transaction() as db:
        provider = next(one for one in providers.all_providers(db, app.extensions["settings"]) if one.id == way.id)
        found = actions.whose(db, provider, {"sub": "subject-1"}, keys, now=now(), today=make.TODAY)
        assert found.role == "case_manager"
    session.rollback()
    assert session.execute(select(SignOnLink.subject_mark)).scalar_one() != before


def test_the_environment_gives_a_provider_of_its_own(database_url: str, tmp_path: Any, liar: Liar, app: Flask, world: make.World) -> None:
    from webapp import create_app

    own = {"issuer": liar.issuer, "client_id": "opstap-staff", "secret": SECRET}
    made = create_app(Settings(database_url=database_url, data_dir=tmp_path, testing=True, oidc_municipality="waterveen", oidc_staff=own))
    with world.database.transaction() as db:
        db.execute(update(Account).where(Account.id == world.case_manager.account_id).values(email=MAIL))
    visitor = Visitor(made.test_client())
    [id] = re.findall(r'action="/sign-in/with/([0-9a-f-]+)"', visitor.get("/sign-in/with").text)

    assert "/sign-in/with" in visitor.get("/sign-in").text
    answer = come_back(visitor, SignOnProvider(id=uuid.UUID(id)), liar.agree(leave(visitor, SignOnProvider(id=uuid.UUID(id)))))
    assert (answer.status_code, signed_in(visitor)) == (303, True)
    made.extensions["database"].engine.dispose()
