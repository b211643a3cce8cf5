"""What a running server writes down, and what a broken one shows: never who, and never what was typed."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import requests
from sqlalchemy import select, text

from tests.browser.conftest import free_port
from tests.conftest import NewDatabase
from webapp.bootstrap import ROOT
from webapp.commands import server_command, wait_until_ready
from webapp.demo import fill
from webapp.foundation.database import Database, make_engine
from webapp.foundation.settings import Settings
from webapp.people.models import Account

TYPED = "Zeergeheimebijzonderheid"  # typed into everything on the way
OUR_CODE = re.compile(r"Traceback|File \"|sqlalchemy|sqlite3|OperationalError|no such table|/webapp/|SELECT ", re.IGNORECASE)


def test_a_whole_walk_and_a_broken_database_leave_no_name_and_no_word_behind(new_database: NewDatabase, tmp_path: Path) -> None:
    with new_database("sqlite", tmp_path) as url:
        settings = Settings(database_url=url, data_dir=tmp_path, demo=True, port=free_port())
        engine = make_engine(url)
        fill(Database(engine), settings)
        with engine.connect() as db:
            people = db.execute(select(Account.id, Account.handle, Account.first_name, Account.last_name, Account.phone)).all()  # type: ignore[call-overload]
        surroundings = {key: value for key, value in os.environ.items() if not key.startswith("OPSTAP_")}
        surroundings |= {"OPSTAP_DEMO": "1", "OPSTAP_DATABASE_URL": url, "OPSTAP_DATA_DIR": str(tmp_path), "OPSTAP_PORT": str(settings.port)}
        heard = tmp_path / "heard.txt"
        with heard.open("wb") as file:
            server = subprocess.Popen(server_command(settings, 1), cwd=ROOT, env=surroundings, stdout=file, stderr=subprocess.STDOUT)
            try:
                assert wait_until_ready(settings, server)
                walk(settings.url, [row.handle for row in people if row.handle and row.handle.startswith("waterveen")])
                with engine.begin() as db:
                    db.execute(text("ALTER TABLE account RENAME TO elsewhere"))
                broken = requests.get(f"{settings.url}/demo?q={TYPED}", timeout=20)
                also = requests.post(f"{settings.url}/demo/sign-in", {"account": TYPED}, headers={"Sec-Fetch-Site": "same-origin"}, timeout=20)
            finally:
                server.terminate()
                server.wait(20)
                engine.dispose()
        log = heard.read_text(errors="replace")

    for answer in (broken, also):
        assert (answer.status_code, "<h1>" in answer.text) == (500, True)
        assert not OUR_CODE.search(answer.text)
        assert TYPED not in answer.text
    assert log.count("kind=OperationalError") == 2 or log.count('"kind": "OperationalError"') == 2
    assert log.count("/hours/<uuid:entry_id>") > 0  # the walk was told, by its route
    for row in people:
        for word in (row.last_name, row.handle, str(row.id), row.id.hex, row.phone):
            assert not word or word not in log, word
    assert TYPED not in log and "Traceback" not in log
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7|opstap=|_user_id|@", log)


def walk(url: str, handles: list[str]) -> None:
    """As each demo account: open what the pages lead to, and send each of their forms with something typed."""
    for handle in handles:
        browser = requests.Session()
        browser.headers["Sec-Fetch-Site"] = "same-origin"
        page = browser.post(f"{url}/demo/sign-in", {"account": handle}, timeout=20)
        assert page.ok
        for address in list(dict.fromkeys(re.findall(r'href="(/[a-z][^"#]*)"', page.text)))[:12]:
            if address.startswith("/static"):
                continue
            page = browser.get(url + address.replace("&amp;", "&"), timeout=20)
            assert page.status_code < 500, address
            for action, body in re.findall(r'<form method="post" action="([^"]+)"(.*?)</form>', page.text, re.DOTALL)[:4]:
                if "sign" not in action and "roles" not in action:
                    answer = browser.post(url + action, dict.fromkeys(re.findall(r'name="(\w+)"', body), TYPED), timeout=20)
                    assert answer.status_code < 500, action
        assert browser.get(f"{url}/hours/{TYPED}", timeout=20).status_code == 404


@pytest.mark.parametrize("message", ["naam@waterveen.example", "Tesfay"])
def test_a_fault_is_told_by_kind_and_place_only(message: str, capfd: pytest.CaptureFixture[str]) -> None:
    from flask import Flask

    from webapp.foundation import logs

    app = Flask("x")
    with app.test_request_context(f"/{message}"):
        try:
            raise ValueError(message)
        except ValueError as error:
            logs.tell_failure(error)

    assert message not in "".join(capfd.readouterr())
