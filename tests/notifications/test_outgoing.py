"""Letters, SMS and mails with codes: carried by a service where there is one, kept for printing where there is none."""

from __future__ import annotations

import base64
import json
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from webapp.foundation.database import Database
from webapp.foundation.sealing import CannotOpen, KeyRing
from webapp.foundation.settings import Settings
from webapp.notifications import outgoing
from webapp.notifications.answers import Answer
from webapp.notifications.notify import NotifySender, sender_of
from webapp.notifications.outgoing import Outgoing, carry_waiting, put
from webapp.people.models import Account

KEYS = KeyRing("a secret of the tests")
SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
NOTIFY_KEY = f"trial-{SERVICE}-{SECRET}"
LETTER = {"layout": "access/documents/letter.typ", "title": "Brief"}


class Service(ThreadingHTTPServer):
    """A Notify of our own: it checks who calls, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.status, self.headers = 201, {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Asked(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        service: Any = self.server
        claims = jwt.decode(self.headers["Authorization"].removeprefix("Bearer "), SECRET, algorithms=["HS256"], options={"verify_aud": False})
        assert claims["iss"] == SERVICE
        service.asked.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        said = json.dumps({"id": str(uuid.uuid4())} if service.status < 300 else {"status_code": service.status, "errors": []}).encode()
        self.send_response(service.status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(said)), **service.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sender(service: Service) -> NotifySender:
    found = sender_of(Settings(testing=True, notify_key=NOTIFY_KEY, notify_url=service.url, notify_sms_template=str(uuid.UUID(int=1))))
    assert found is not None
    return found


def sms(database: Database, world: make.World, **more: Any) -> uuid.UUID:
    return add(database, world, outgoing.SMS, {"to": "0612345678", "subject": "", "text": "Je code is 123456."}, **more)


def add(database: Database, world: make.World, kind: str, said: dict[str, Any], **more: Any) -> uuid.UUID:
    with database.transaction() as db:
        account = db.get(Account, world.participant.account_id)
        assert account is not None
        values = {"purpose": "code", "cause_id": uuid.uuid4(), "ends_at": make.NOW + timedelta(minutes=10), "now": make.NOW, **more}
        return put(db, KEYS, account, kind, said, **values).id


def row(session: Session, row_id: uuid.UUID) -> Any:
    session.rollback()
    return session.execute(select(outgoing.outgoing).where(outgoing.outgoing.c.id == row_id)).one()


def carry(database: Database, sender: Any, *, later: timedelta = timedelta(), send_mail: Any = None) -> int:
    return carry_waiting(database, KEYS, senders=sender, send_mail=send_mail, clock=lambda: make.NOW + later)


def test_an_sms_goes_to_notify_once_and_is_not_kept(
    database: Database, world: make.World, session: Session, service: Service, sender: NotifySender
) -> None:
    key = sms(database, world)

    assert [carry(database, sender) for _ in range(2)] == [1, 0]

    path, asked = service.asked[0]
    assert len(service.asked) == 1 and path == "/v2/notifications/sms"
    assert asked == {
        "phone_number": "0612345678",
        "template_id": str(uuid.UUID(int=1)),
        "personalisation": {"text": "Je code is 123456."},
        "reference": key.hex,
    }
    assert (row(session, key).state, row(session, key).sealed) == ("sent", "")


def test_a_letter_goes_as_a_pdf_that_is_ready_for_the_post(
    database: Database, world: make.World, session: Session, service: Service, sender: NotifySender
) -> None:
    side = dict.fromkeys(("place", "title", "dear", "other", "label", "qr_words", "until", "call", "regards", "from", "office"), "x") | {
        "lang": "nl",
        "dir": "ltr",
        "says": ["x"],
        "steps": ["x"],
    }
    square = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    said = {**LETTER, "content": {"pages": [side], "qr": square, "code": "KM4R 701X", "address": ["x"], "header": "", "footer": ""}}
    key = add(database, world, outgoing.LETTER, said, purpose="invitation")

    assert carry(database, sender) == 1

    path, asked = service.asked[0]
    assert path == "/v2/notifications/letter" and asked["reference"] == key.hex
    assert base64.b64decode(asked["content"]).startswith(b"%PDF")
    assert row(session, key).state == "sent"


def test_a_letter_without_an_address_waits_for_a_hand(
    database: Database, world: make.World, session: Session, service: Service, sender: NotifySender
) -> None:
    key = add(database, world, outgoing.LETTER, {**LETTER, "content": {}}, has_address=False)

    assert carry(database, sender) == 0

    assert service.asked == [] and row(session, key).state == "waiting"


def test_a_service_that_is_busy_is_asked_again_when_it_says(
    database: Database, world: make.World, session: Session, service: Service, sender: NotifySender
) -> None:
    service.status, service.headers = 429, {"Retry-After": "60"}
    key = sms(database, world)

    assert carry(database, sender) == 0
    assert row(session, key).state == "waiting" and row(session, key).sealed
    assert carry(database, sender, later=timedelta(seconds=59)) == 0
    service.status = 201
    assert carry(database, sender, later=timedelta(seconds=61)) == 1
    assert len(service.asked) == 2


def test_what_a_service_never_takes_is_given_up(
    database: Database, world: make.World, session: Session, service: Service, sender: NotifySender
) -> None:
    service.status = 400
    key = sms(database, world)

    assert carry(database, sender) == 0
    assert (row(session, key).state, row(session, key).sealed) == ("failed", "")


def test_a_service_that_does_not_answer_is_tried_again(database: Database, world: make.World, session: Session) -> None:
    key = sms(database, world)

    assert carry(database, NotifySender(NOTIFY_KEY, "http://127.0.0.1:9", "x")) == 0

    assert row(session, key).state == "waiting"


def test_without_a_service_all_waits_for_an_admin(database: Database, world: make.World, session: Session) -> None:
    assert sender_of(Settings(testing=True)) is None
    key = sms(database, world)

    assert carry(database, None) == 0
    assert row(session, key).state == "waiting"


def test_a_mail_goes_by_the_mail_server(database: Database, world: make.World) -> None:
    add(database, world, outgoing.MAIL, {"to": "a@b.example", "subject": "Code", "text": "123456"})
    mailed: list[Any] = []

    def send_mail(*mail: str) -> Answer:
        mailed.append(mail)
        return Answer(200)

    assert carry(database, None, send_mail=send_mail) == 1
    assert mailed == [("a@b.example", "Code", "123456")]


def test_what_is_of_no_use_any_more_does_not_leave_and_is_not_kept(
    database: Database, world: make.World, session: Session, sender: NotifySender, service: Service
) -> None:
    key, cause = sms(database, world), uuid.uuid4()
    other = sms(database, world, cause_id=cause, ends_at=make.NOW + timedelta(days=1))
    with database.transaction() as db:
        outgoing.forget(db, cause, now=make.NOW)
        assert outgoing.forget_ended(db, world.municipality_id, now=make.NOW + timedelta(minutes=10)) == 1

    assert carry(database, sender, later=timedelta(minutes=11)) == 0
    assert service.asked == []
    assert [(row(session, one).state, row(session, one).sealed) for one in (key, other)] == [("void", "")] * 2


def test_two_workers_send_one_thing_once(database: Database, world: make.World, service: Service, sender: NotifySender) -> None:
    sms(database, world)
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        carry(database, sender)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert len(service.asked) == 1


def test_what_waits_is_sealed(database: Database, world: make.World, session: Session) -> None:
    key = sms(database, world)

    sealed = row(session, key).sealed
    assert "123456" not in sealed and "0612345678" not in sealed
    assert outgoing.said(KeyRing("another secret"), row(session, key)) == {}
    with pytest.raises(CannotOpen):
        KEYS.open("another purpose", sealed)
    assert Outgoing.__tablename__ == "outgoing"
