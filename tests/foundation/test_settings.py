"""A start that would be unsafe is refused, with one sentence that says what to set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.factories import World, sign_in
from webapp import create_app
from webapp.foundation.settings import DEMO_SECRET, Refused, Settings, load

SAFE = {"secret_key": "k" * 48, "public_url": "https://opstap.example.nl", "vapid_subject": "mailto:beheer@example.nl"}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets is set."""
    for name in list(os.environ):
        if name.startswith("OPSTAP_"):
            monkeypatch.delenv(name)


def test_with_its_secrets_production_starts() -> None:
    settings = load(**SAFE)

    assert settings.signing_key == "k" * 48
    assert settings.url == "https://opstap.example.nl"
    assert not settings.is_local


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"secret_key": ""}, "Set OPSTAP_SECRET_KEY to a secret of at least 32 characters"),
        ({"secret_key": "k" * 31}, "Set OPSTAP_SECRET_KEY to a secret of at least 32 characters"),
        ({"public_url": ""}, "Set OPSTAP_PUBLIC_URL"),
        ({"public_url": "http://opstap.example.nl"}, "OPSTAP_PUBLIC_URL must start with https://"),
        ({"vapid_subject": ""}, "Set OPSTAP_VAPID_SUBJECT"),
        ({"vapid_subject": "beheer@example.nl"}, "Set OPSTAP_VAPID_SUBJECT"),
        ({"vapid_subject": "mailto:beheer@localhost"}, "refuse localhost"),
        ({"secret_key_old": "short"}, "OPSTAP_SECRET_KEY_OLD"),
    ],
)
def test_production_without_a_secret_is_refused_in_one_sentence(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        load(**{**SAFE, **change})

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"secret_key": "k" * 48}, "because OPSTAP_SECRET_KEY is set"),
        ({"public_url": "https://opstap.example.nl"}, "refused on the public address https://opstap.example.nl"),
        ({"host": "0.0.0.0"}, "refused on the public address"),  # noqa: S104 - refused is what is tested
        ({"public_url": "http://localhost.example.nl"}, "refused on the public address"),
    ],
)
def test_the_demo_is_refused_where_a_password_would_be_needed(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        load(demo=True, **change)


@pytest.mark.parametrize("url", ["", "http://localhost:9000", "http://127.0.0.1:8000/", "http://[::1]:8000"])
def test_the_demo_starts_on_this_machine(url: str) -> None:
    assert load(demo=True, public_url=url).signing_key == DEMO_SECRET


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"DEMO": "1", "PORT": "8123", "DATA_DIR": str(tmp_path), "PUSH_ORIGINS": "https://a.example, https://b.example"}.items():
        monkeypatch.setenv(f"OPSTAP_{name}", value)

    settings = load()

    assert (settings.url, settings.database) == ("http://127.0.0.1:8123", f"sqlite:///{tmp_path / 'opstap.sqlite'}")
    assert settings.extra_push_origins == {"https://a.example", "https://b.example"}


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_a_postgresql_address_is_understood_in_every_spelling(given: str) -> None:
    assert Settings(database_url=given).database == "postgresql+psycopg://u@h/d"


def test_demo_accounts_do_not_exist_outside_the_demo(database_url: str, tmp_path: Path) -> None:
    app = create_app(Settings(database_url=database_url, data_dir=tmp_path, testing=True, **SAFE))
    client: Any = app.test_client()
    same = {"Sec-Fetch-Site": "same-origin"}

    assert client.get("/demo").status_code == 404
    assert client.post("/demo/sign-in", data={"account": "waterveen-participant-1"}, headers=same).status_code == 404
    assert client.get("/sign-in").status_code == 200
    cookie = client.post("/language", data={"language": "en"}, headers=same).headers["Set-Cookie"]
    assert "Secure" in cookie
    assert client.get("/sign-in").headers["Strict-Transport-Security"].startswith("max-age=")
    app.extensions["database"].engine.dispose()


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("f" * 48 + "\n")
    monkeypatch.setenv("OPSTAP_SECRET_KEY_FILE", str(tmp_path / "key"))

    assert load(**{name: value for name, value in SAFE.items() if name != "secret_key"}).signing_key == "f" * 48


def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPSTAP_SECRET_KEY_FILE", str(tmp_path / "nothing"))

    with pytest.raises(Refused, match="nothing cannot be read"):
        load(**SAFE)


def test_a_new_secret_signs_nobody_out(world: World, database_url: str, tmp_path: Path) -> None:
    """The key is replaced and the former one is named: a cookie it signed still opens the app; without that it does not."""
    old, new = "o" * 40, "n" * 40
    common: dict[str, Any] = {"database_url": database_url, "data_dir": tmp_path, "testing": True}
    before = create_app(Settings(**common, secret_key=old))
    client = before.test_client()
    with client.session_transaction() as held:
        held["_user_id"] = sign_in(world.database, world.participant)
    name = before.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None

    answers = []
    for settings in (Settings(**common, secret_key=new, secret_key_old=old), Settings(**common, secret_key=new)):
        app = create_app(settings)
        phone = app.test_client()
        phone.set_cookie(name, cookie.value)
        answers.append(phone.get("/today").status_code)
        app.extensions["database"].engine.dispose()
    before.extensions["database"].engine.dispose()
    assert answers == [200, 303]


def test_security_txt_says_where_to_report_and_until_when(visitor: Any) -> None:
    said = visitor.get("/.well-known/security.txt").text

    assert "Contact: mailto:" in said and "Expires: " in said
