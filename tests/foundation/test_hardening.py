"""Headers, secrets that rotate, and whom to tell about a weakness."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests import factories as make
from tests.conftest import SAME_ORIGIN
from webapp import create_app
from webapp.bootstrap import audit
from webapp.foundation.settings import Refused, Settings, is_reachable, load
from webapp.offers.seal import NO, Sealer

OLD, NEW = "o" * 40, "n" * 40
SAFE = {"public_url": "https://opstap.example.nl", "vapid_subject": "mailto:beheer@example.nl"}


def test_every_page_says_what_a_browser_may_do(app: Flask) -> None:
    headers = app.test_client().get("/sign-in", follow_redirects=True).headers

    assert "require-trusted-types-for 'script'" in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    for power in ("geolocation=()", "microphone=()", "usb=()", "payment=()", "camera=(self)"):
        assert power in headers["Permissions-Policy"]
    worker = app.test_client().get("/sw.js").headers
    assert "default-src 'self'" in worker["Content-Security-Policy"] and "require-trusted-types-for" in worker["Content-Security-Policy"]


def restarted(database_url: str, folder: Path, **settings: Any) -> Flask:
    return create_app(Settings(database_url=database_url, data_dir=folder, testing=True, **settings))


def test_a_new_secret_signs_nobody_out_and_opens_what_was_sealed(database_url: str, tmp_path: Path) -> None:
    before = restarted(database_url, tmp_path, secret_key=OLD)
    world = make.world(before.extensions["database"])
    client = before.test_client()
    key = make.sign_in(before.extensions["database"], world.participant)
    with client.session_transaction() as session:
        session["_user_id"] = key
    page = client.get("/today")
    cookie, phone = client.get_cookie("opstap"), page.headers["X-Opstap-Person"]
    offer = uuid.uuid4()
    sealed = before.extensions["sealer"].seal(NO, offer)
    assert cookie is not None

    rotated = restarted(database_url, tmp_path, secret_key=NEW, secret_key_old=OLD)
    again = rotated.test_client()
    again.set_cookie("opstap", cookie.value)
    assert (again.get("/today").status_code, again.get("/today").headers["X-Opstap-Person"]) == (200, phone)
    assert rotated.extensions["sealer"].open(sealed, offer) == NO
    assert Sealer(NEW).open(rotated.extensions["sealer"].seal(NO, offer), offer) == NO  # what is new is sealed with the new one

    forgotten = restarted(database_url, tmp_path, secret_key=NEW)
    stranger = forgotten.test_client()
    stranger.set_cookie("opstap", cookie.value)
    assert stranger.get("/today").status_code == 303
    for made in (before, rotated, forgotten):
        made.extensions["database"].engine.dispose()


def test_secrets_come_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(f"{NEW}\n")
    (tmp_path / "old").write_text(f"{OLD} {OLD[::-1]}x\n")
    (tmp_path / "staff").write_text("of the provider\n")
    monkeypatch.setenv("OPSTAP_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("OPSTAP_SECRET_KEY_OLD_FILE", str(tmp_path / "old"))

    settings = load(**SAFE, secrets_dir=tmp_path)

    assert settings.sealing_keys == (NEW, OLD, OLD + "x")
    assert settings.named_secret("staff") == "of the provider"
    for name in ("nothing", "../key", "", "a/b"):
        with pytest.raises(Refused):
            settings.named_secret(name)
    monkeypatch.setenv("OPSTAP_SECRET_KEY_FILE", str(tmp_path / "gone"))
    with pytest.raises(Refused, match="gone cannot be read"):
        load(**SAFE)


@pytest.mark.parametrize(
    "contact",
    ["mailto:x@localhost", "mailto:x@box.local", "mailto:@example.nl", "mailto:x", "https://localhost/", "https://192.0.2.1/", "http://example.nl"],
)
def test_a_contact_nobody_can_write_to_is_refused(contact: str) -> None:
    assert not is_reachable(contact)
    with pytest.raises(Refused, match="OPSTAP_VAPID_SUBJECT"):
        load(secret_key=NEW, public_url=SAFE["public_url"], vapid_subject=contact)
    with pytest.raises(Refused, match="OPSTAP_SECURITY_CONTACT"):
        load(secret_key=NEW, **SAFE, security_contact=contact)


def test_a_former_secret_that_is_too_short_is_refused() -> None:
    with pytest.raises(Refused, match="OPSTAP_SECRET_KEY_OLD"):
        load(secret_key=NEW, **SAFE, secret_key_old="short")


def test_whoever_finds_a_weakness_can_tell_somebody(app: Flask) -> None:
    answer = app.test_client().get("/.well-known/security.txt")
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert told["Contact"].startswith("mailto:")
    assert timedelta(days=60) < datetime.fromisoformat(told["Expires"]) - datetime.now(UTC) < timedelta(days=365)
    assert told["Canonical"].endswith("/.well-known/security.txt")


def test_a_body_too_large_is_refused_also_without_a_length(app: Flask) -> None:
    client = app.test_client()
    assert client.post("/language", data={"language": "x" * 300_000}, headers=SAME_ORIGIN).status_code == 413
    assert (
        client.post("/language", data="&".join(["a=1"] * 9000), headers=SAME_ORIGIN, content_type="application/x-www-form-urlencoded").status_code
        < 500
    )


@pytest.mark.parametrize(
    ("said", "right", "line"),
    [
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', True, "None in 1 packages."),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}', False, "a 1: PYSEC-1"),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', True, "cannot be reached from here"),
        ("", True, "cannot be reached from here"),
    ],
)
def test_the_audit_is_loud_where_it_cannot_ask_and_fails_where_it_knows(tmp_path: Path, capsys: Any, said: str, right: bool, line: str) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n")
    python.chmod(0o755)

    assert audit(python) is right

    heard = capsys.readouterr()
    assert line in heard.out + heard.err
