"""Getting in, as tests do it: what left the house is read from the outbox with the keys of the house."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pyotp
from flask import Flask
from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from tests.conftest import Visitor
from webapp.foundation.database import Database
from webapp.notifications.outgoing import outgoing, said
from webapp.people.models import Account, Membership

BORN = "1990"
PIN = "258091"
PASSWORD = "vier paarse fietsen zingen"


def sent(database: Database, app: Flask, purpose: str | None = None) -> list[dict[str, Any]]:
    """What is in the outbox, oldest first."""
    with Session(database.engine.execution_options(reads=True)) as db:
        rows = db.execute(select(outgoing).order_by(outgoing.c.created_at, outgoing.c.id)).all()
    return [said(app.extensions["keyring"], row) for row in rows if purpose in (None, row.purpose) and row.sealed]


def make_letter(visitor: Visitor, who: Membership, **more: str) -> Any:
    form = {"id": str(uuid.uuid4()), "language": "nl", **more}
    return visitor.post(f"/participants/{who.account_id}/invitation", form)


def letter_code(database: Database, app: Flask) -> str:
    """The code in the newest letter."""
    return str(sent(database, app, "invitation")[-1]["content"]["code"]).replace(" ", "")


def code_in_mail(database: Database, app: Flask) -> str:
    found = re.search(r": ([0-9A-Z]{4} [0-9A-Z]{4})$", str(sent(database, app, "invitation")[-1]["text"]), re.MULTILINE)
    assert found is not None
    return found[1]


def digits_sent(database: Database, app: Flask) -> str:
    found = re.search(r"\b[0-9]{6}\b", str(sent(database, app, "code")[-1]["text"]))
    assert found is not None
    return found[0]


def steps_to_lock(visitor: Visitor, code: str, year: str = BORN) -> None:
    assert visitor.post("/start", {"code": code}).location == "/start/birth"
    assert visitor.post("/start/birth", {"year": year}).location == "/start/language"
    assert visitor.post("/start/language", {"language": "nl"}).location == "/start/what"
    assert visitor.get("/start/lock").status_code == 200


def set_pin(visitor: Visitor, database: Database, app: Flask, contact: str = "06 12345678", pin: str = PIN) -> Any:
    assert visitor.post("/start/contact", {"contact": contact}).location == "/start/pin"
    return visitor.post("/start/pin", {"code": digits_sent(database, app), "pin": pin, "again": pin})


def come_in(visitor: Visitor, database: Database, app: Flask, manager: Visitor, who: Membership, contact: str = "06 12345678") -> None:
    """From the letter to a pin of one's own."""
    assert make_letter(manager, who).status_code == 303
    steps_to_lock(visitor, letter_code(database, app))
    assert set_pin(visitor, database, app, contact).location == "/"


def sign_in_with_pin(visitor: Visitor, database: Database, app: Flask, contact: str = "0612345678", pin: str = PIN) -> Any:
    assert visitor.post("/sign-in", {"contact": contact}).status_code == 303
    return visitor.post("/sign-in/code", {"code": digits_sent(database, app), "pin": pin})


def staff(database: Database, municipality_id: int, role: str, email: str, name: str = "Nadia Kuiper") -> Membership:
    return make.account(database, municipality_id, role, name, email=email)


def invited(admin: Visitor, who: Membership, email: str) -> Any:
    return admin.post(f"/people/{who.account_id}/invitation", {"id": str(uuid.uuid4()), "email": email})


def seed_on(page: str) -> str:
    found = re.search(r'<bdi dir="ltr" class="num">([A-Z2-7 ]+)</bdi>', page)
    assert found is not None
    return found[1].replace(" ", "")


def set_password(visitor: Visitor, password: str = PASSWORD) -> tuple[Any, str]:
    seed = seed_on(visitor.get("/start/password").text)
    return visitor.post("/start/password", {"password": password, "again": password, "code": pyotp.TOTP(seed).now()}), seed


def account_of(database: Database, who: Membership) -> Account:
    with Session(database.engine.execution_options(reads=True)) as db:
        found = db.get(Account, who.account_id)
        assert found is not None
        return found
