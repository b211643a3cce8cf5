"""What leaves the house to one person outside the app: a letter, an SMS or a mail with a code. The rows are the outbox.

A row commits with its cause and is carried later, as every message is. What it says is sealed, and gone once it
left, or once it is of no use any more; what cannot be carried waits for an admin to print it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import CheckConstraint, Index, select, text, update
from sqlmodel import Field, Session, SQLModel

from webapp.foundation.database import Database, Utc, one_of
from webapp.foundation.documents import pdf
from webapp.foundation.ids import new_id
from webapp.foundation.logs import log
from webapp.foundation.sealing import CannotOpen, KeyRing
from webapp.foundation.texts import speaking
from webapp.notifications.answers import Answer
from webapp.notifications.mail import SendMail
from webapp.notifications.rules import verdict
from webapp.people.models import Account
from webapp.people.person import Person

LETTER, SMS, MAIL = "letter", "sms", "mail"
SEAL = "outgoing"
LEASE = timedelta(minutes=2)
WAITING = text("state = 'waiting'")


class Outgoing(SQLModel, table=True):
    """One letter, SMS or mail to one person. `address`: where a letter goes; without one somebody hands it over."""

    __table_args__ = (
        one_of("kind", (LETTER, SMS, MAIL), "an_outgoing_kind_is_known"),
        one_of("purpose", ("invitation", "code"), "an_outgoing_purpose_is_known"),
        one_of("state", ("waiting", "sent", "printed", "failed", "void"), "an_outgoing_state_is_known"),
        CheckConstraint("state = 'waiting' OR state = 'printed' OR sealed = ''", name="what_left_is_not_kept"),
        Index("outgoing_under_way", "next_try_at", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    kind: str
    purpose: str
    cause_id: uuid.UUID = Field(index=True)
    has_address: bool = True
    sealed: str  # what it says: {"to", "subject", "text"}, or {"layout", "title", "content"} of a letter
    state: str = "waiting"
    attempts: int = 0
    created_at: datetime = Field(sa_type=Utc)
    next_try_at: datetime = Field(sa_type=Utc)
    ends_at: datetime = Field(sa_type=Utc)  # from then on it is of no use, and is not kept
    done_at: datetime | None = Field(default=None, sa_type=Utc)


outgoing: Any = Outgoing.__table__  # type: ignore[attr-defined]


class Senders(Protocol):
    """Who carries SMS and letters. An Answer as of the web: 2xx it left, 4xx it never will, None or 5xx try later."""

    @property
    def sends(self) -> frozenset[str]: ...
    def sms(self, to: str, text: str, *, reference: str) -> Answer: ...
    def letter(self, document: bytes, *, reference: str) -> Answer: ...


def put(
    db: Session, keys: KeyRing, account: Account, kind: str, said: Mapping[str, Any], *, purpose: str, cause_id: uuid.UUID, ends_at: datetime,
    now: datetime, has_address: bool = True,
) -> Outgoing:  # fmt: skip
    """Put something in the outbox, in the transaction of its cause."""
    made = Outgoing(
        municipality_id=account.municipality_id, account_id=account.id, kind=kind, purpose=purpose, cause_id=cause_id, has_address=has_address,
        sealed=keys.seal(SEAL, json.dumps(said, ensure_ascii=False)), created_at=now, next_try_at=now, ends_at=ends_at,
    )  # fmt: skip
    db.add(made)
    db.flush()
    return made


def said(keys: KeyRing, row: Any) -> dict[str, Any]:
    """What it says; empty once it is not kept, or when it cannot be opened any more."""
    try:
        found: dict[str, Any] = json.loads(keys.open(SEAL, row.sealed)) if row.sealed else {}
    except CannotOpen:
        return {}
    return found


def letter_of(keys: KeyRing, row: Any) -> bytes | None:
    """The letter as a PDF: the same bytes each time. None when it is not kept any more."""
    words = said(keys, row)
    if not words:
        return None
    with speaking("nl"):
        return pdf(words["layout"], title=words["title"], content=words["content"], at=row.created_at)


def forget(db: Session, cause_id: uuid.UUID, *, now: datetime) -> None:
    """What was said about this is of no use any more: it does not leave, and is not kept."""
    mine = (outgoing.c.cause_id == cause_id, outgoing.c.sealed != "")
    db.execute(update(Outgoing).where(*mine).values(sealed="", state="void", done_at=now))


def forget_ended(db: Session, municipality_id: int, *, now: datetime) -> int:
    """The same for what ended by itself. Gives how many."""
    mine = (outgoing.c.municipality_id == municipality_id, outgoing.c.ends_at <= now, outgoing.c.sealed != "")
    return int(db.execute(update(Outgoing).where(*mine).values(sealed="", state="void", done_at=now)).rowcount)  # type: ignore[attr-defined]


def printed(db: Session, row: Outgoing, *, now: datetime) -> bool:
    """Somebody printed it or handed it over. Again changes nothing; gives whether this was the first time."""
    first = db.execute(update(Outgoing).where(outgoing.c.id == row.id, outgoing.c.state == "waiting").values(state="printed", done_at=now))
    return bool(first.rowcount)  # type: ignore[attr-defined]


def outbox(db: Session, person: Person, *, now: datetime, limit: int = 200) -> list[Any]:
    """What waits in this municipality and can still be read, oldest first, with whom it is for."""
    rows = db.execute(
        select(outgoing, Account.first_name, Account.last_name, Account.language)  # type: ignore[call-overload]
        .join(Account, Account.id == outgoing.c.account_id)
        .where(outgoing.c.municipality_id == person.municipality_id, outgoing.c.state == "waiting", outgoing.c.ends_at > now)
        .order_by(outgoing.c.created_at, outgoing.c.id)
        .limit(limit)
    )
    return list(rows)


# carrying -----------------------------------------------------------------------------------


def carry_waiting(
    database: Database, keys: KeyRing, *, senders: Senders | None, send_mail: SendMail | None, clock: Callable[[], datetime], limit: int = 100
) -> int:
    """Carry what can be carried; the rest waits for an admin. Gives how many left. One that fails holds up no other."""
    ways = {SMS, LETTER} & (senders.sends if senders else frozenset()) | ({MAIL} if send_mail else set())
    if not ways:
        return 0
    with database.reading.connect() as connection:
        due = connection.execute(
            select(outgoing.c.id)
            .where(WAITING, outgoing.c.next_try_at <= clock(), outgoing.c.kind.in_(ways), outgoing.c.has_address.is_(True))
            .order_by(outgoing.c.next_try_at)
            .limit(limit)
        ).scalars().all()  # fmt: skip
    left = 0
    for row_id in due:
        try:
            left += carry(database, keys, row_id, senders=senders, send_mail=send_mail, now=clock())
        except Exception as error:
            log.error("not carried", step="outgoing", kind=type(error).__name__)
    return left


def carry(database: Database, keys: KeyRing, row_id: uuid.UUID, *, senders: Senders | None, send_mail: SendMail | None, now: datetime) -> int:
    """Claim one, send it outside any transaction, write down what came of it."""
    with database.transaction() as db:
        mine = (outgoing.c.id == row_id, outgoing.c.state == "waiting", outgoing.c.next_try_at <= now, outgoing.c.ends_at > now)
        claimed = db.execute(update(Outgoing).where(*mine).values(next_try_at=now + LEASE, attempts=outgoing.c.attempts + 1))
        row = db.execute(select(outgoing).where(outgoing.c.id == row_id)).first()
    if row is None or claimed.rowcount != 1:  # type: ignore[attr-defined]
        return 0
    answer = send(keys, row, senders=senders, send_mail=send_mail)
    judged = verdict(answer.status, attempts=row.attempts, retry_after=answer.retry_after, now=now)
    again = {"next_try_at": judged.again_at} if judged.again_at else {"sealed": "", "done_at": now}
    state = {"waiting": "waiting", "sent": "sent"}.get(judged.state, "failed")
    with database.transaction() as db:
        db.execute(
            update(Outgoing)
            .where(outgoing.c.id == row_id, outgoing.c.attempts == row.attempts, outgoing.c.state == "waiting")
            .values(state=state, **again)
        )
    return int(state == "sent")


def send(keys: KeyRing, row: Any, *, senders: Senders | None, send_mail: SendMail | None) -> Answer:
    words = said(keys, row)
    if not words:
        return Answer(410)
    if row.kind == MAIL and send_mail:
        return send_mail(words["to"], words["subject"], words["text"])
    if row.kind == SMS and senders:
        return senders.sms(words["to"], words["text"], reference=row.id.hex)
    letter = letter_of(keys, row)
    if letter is None or senders is None:
        return Answer(410)
    return senders.letter(letter, reference=row.id.hex)
