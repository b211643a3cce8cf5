"""Sending invoices and reminders by mail: somebody decides, a row is written, the worker carries it with PDF and UBL.

Like other mail it is at least once: when the worker dies between the mail server's yes and writing it down, the same mail
goes again, with the same Message-ID, so that a mailbox shows it once.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import Database, lock_municipality
from webapp.foundation.ids import new_id
from webapp.foundation.texts import euro_words, long_date, long_month, speaking
from webapp.foundation.texts import gettext as _
from webapp.history.actions import Change, record, record_by
from webapp.invoices.actions import invoices
from webapp.invoices.files import MAKERS, files, keep, not_kept
from webapp.invoices.paper import Paper, papers
from webapp.invoices.reads import CREDITED, PAID, Row, mails
from webapp.invoices.rules import reminder_step
from webapp.notifications.answers import Answer
from webapp.people.person import Person

TRIES = 8
LEASE = timedelta(minutes=5)  # longer than making the files and one mail may take


class Attachment(NamedTuple):
    """A file that goes with a mail. `kind` as "application/pdf"."""

    name: str
    kind: str
    content: bytes


class SendWithFiles(Protocol):
    """What carries a mail with files: `notifications.mail.MailCarrier`."""

    def __call__(
        self, to: str, subject: str, text: str, *, files: Sequence[Attachment] = (), message_key: str = "", reply_to: str = ""
    ) -> Answer: ...


def ask(db: Session, rows: Sequence[Row], *, reminder_after_days: Sequence[int], by: Person, now: datetime) -> int:
    """Put mails in line: the invoice itself where it never went, otherwise the reminder that is due. Gives how many.

    Where there is no mail address, nothing is written. Asking again adds nothing.
    """
    lock_municipality(db, by.municipality_id)
    known = {
        (row.invoice_id, row.step)
        for row in db.execute(select(mails.c.invoice_id, mails.c.step).where(mails.c.invoice_id.in_([row.document.id for row in rows])))
    }
    today, new, changes = day_of(now), [], []
    for row in rows:
        step = next_step(row, today=day_of(now), after_days=reminder_after_days)
        if step is None or (row.document.id, step) in known:
            continue
        new.append(
            {
                "id": new_id(), "municipality_id": by.municipality_id, "invoice_id": row.document.id, "step": step, "to_address": row.document.buyer["email"],
                "state": "waiting", "tries": 0, "asked_by": by.id, "asked_at": now, "next_try_at": now, "settled_at": None,
            }
        )  # fmt: skip
        changes.append(Change("invoice.mail_asked", row.document.id, {"step": step, "on": today}))
    if new:
        db.execute(insert(mails), new)
        record_by(db, changes, by=by, now=now)
    return len(new)


def next_step(row: Row, *, today: Any, after_days: Sequence[int]) -> int | None:
    """Which mail is due for a document: 0 the document, 1 and up a reminder, None none. A reminder only after the invoice went."""
    if not row.document.buyer["email"]:
        return None
    if row.step is None:
        return 0
    if row.standing is None or row.standing.word != "late":
        return None
    due = reminder_step(due_on=row.document.due_on, today=today, after_days=after_days)
    return due if due > row.step else None


def carry(database: Database, *, send: SendWithFiles | None, now: datetime, limit: int = 20) -> int:
    """Carry mails that wait; gives how many were settled. One bad address never holds up the others."""
    if send is None:
        return 0
    done = 0
    with database.transaction() as db:
        waiting = db.execute(
            select(mails.c.id).where(mails.c.state == "waiting", mails.c.next_try_at <= now).order_by(mails.c.next_try_at).limit(limit)
        )
        turns = list(waiting.scalars())
    for mail_id in turns:
        done += carry_one(database, mail_id, send=send, now=now)
    return done


def carry_one(database: Database, mail_id: uuid.UUID, *, send: SendWithFiles, now: datetime) -> int:
    """Take the turn of one mail (two workers never both do), make its files, send it, write down what became of it."""
    with database.transaction() as db:
        mine = (mails.c.id == mail_id, mails.c.state == "waiting", mails.c.next_try_at <= now)
        taken: Any = db.execute(update(mails).where(*mine).values(next_try_at=now + LEASE, tries=mails.c.tries + 1))
        if not taken.rowcount:
            return 0
        mail = db.execute(select(mails).where(mails.c.id == mail_id)).one()
        [paper] = papers(db, [mail.invoice_id])
        kept = {row.format: row.content for row in db.execute(select(files).where(files.c.invoice_id == paper.id))}
        left = int(db.execute(select(invoices.c.total_cents - CREDITED - PAID).where(invoices.c.id == paper.id)).scalar_one())
        if mail.step and left <= 0:  # it was paid or taken back since somebody asked for this reminder
            lock_municipality(db, mail.municipality_id)
            db.execute(delete(mails).where(mails.c.id == mail_id))
            change = Change("invoice.mail_withdrawn", mail.invoice_id, {"step": mail.step})
            record(db, [change], municipality_id=mail.municipality_id, actor_id=None, actor_role="", now=now)
            return 1
    made = {format: kept.get(format) or maker(paper) for format, maker in MAKERS.items()}
    if len(kept) < len(made):
        with database.transaction() as db:
            keep(db, paper, mail.municipality_id, made, now)
    subject, text = words(paper, mail.step, left)
    attached = [
        Attachment(f"{paper.filename}.pdf", "application/pdf", made["pdf"]),
        Attachment(f"{paper.filename}.xml", "application/xml", made["xml"]),
    ]
    answer = send(
        mail.to_address, subject, text, files=attached, message_key=f"{mail.invoice_id}.{mail.step}", reply_to=paper.seller.get("email", "")
    )
    return settle(database, mail, answer, now=now)


def settle(database: Database, mail: Any, answer: Answer, *, now: datetime) -> int:
    """Write down what became of a mail, in a transaction of its own."""
    with database.transaction() as db:
        return settled(db, mail, answer, now=now)


def settled(db: Session, mail: Any, answer: Answer, *, now: datetime) -> int:
    """What became of a mail: gone, given up, or tried again later, each time longer. Gives 1 when it is over, otherwise 0."""
    state = "sent" if answer.status == 200 else "failed" if answer.status == 410 or mail.tries >= TRIES else "waiting"
    values: dict[str, Any] = {"state": state, "settled_at": None if state == "waiting" else now}
    if state == "waiting":
        values["next_try_at"] = now + timedelta(minutes=5 * 2 ** min(mail.tries, 8))
    lock_municipality(db, mail.municipality_id)
    done: Any = db.execute(update(mails).where(mails.c.id == mail.id, mails.c.state == "waiting").values(**values))
    if done.rowcount and state != "waiting":
        change = Change(f"invoice.mail_{state}", mail.invoice_id, {"step": mail.step})
        record(db, [change], municipality_id=mail.municipality_id, actor_id=None, actor_role="", now=now)
    return int(state != "waiting")


def words(paper: Paper, step: int, open_cents: int) -> tuple[str, str]:
    """Subject and text of a mail, in Dutch; never the name of somebody who works there. A reminder asks for what is still open."""
    with speaking("nl"):
        slots = {
            "number": paper.number, "name": paper.seller["name"], "month": long_month(paper.first_day), "amount": euro_words(paper.totals.total_cents), "open": euro_words(open_cents),
            "day": long_date(paper.due_on), "iban": paper.seller["iban"],
        }  # fmt: skip
        if step:
            subject = _("Reminder: invoice %(number)s of %(name)s", **slots)
            text = _("Invoice %(number)s of %(amount)s was due on %(day)s. Perhaps it was forgotten: %(open)s is still open. Please pay it to %(iban)s and mention %(number)s. Was it paid already? Then you need not do anything.", **slots)  # fmt: skip
        elif paper.is_credit:
            subject = _("Credit note %(number)s of %(name)s", **slots)
            text = _("With this mail comes credit note %(number)s of %(amount)s. It says which invoice it corrects.", **slots)
        else:
            subject = _("Invoice %(number)s of %(name)s, %(month)s", **slots)
            text = _("With this mail comes invoice %(number)s of %(amount)s for the hours worked in %(month)s. Please pay by %(day)s to %(iban)s and mention %(number)s.", **slots)  # fmt: skip
        told = [text, _("The PDF is for reading, the XML for your bookkeeping.")]
        if paper.seller.get("email"):
            told.append(_("Questions? Answer this mail."))
        return subject, "\n\n".join([*told, paper.seller["name"]]) + "\n"


def keep_files(database: Database, *, now: datetime, limit: int = 200) -> int:
    """Make and keep the files of documents that have none yet, one after the other; gives how many. Killed halfway it goes on."""
    with database.transaction() as db:
        turns = not_kept(db, limit)
    for invoice_id, municipality_id in turns:
        with database.reading.connect() as connection, Session(connection) as db:
            [paper] = papers(db, [invoice_id])
        made = {format: maker(paper) for format, maker in MAKERS.items()}
        with database.transaction() as db:
            keep(db, paper, municipality_id, made, now)
    return len(turns)


__all__ = ["ask", "carry", "invoices", "keep_files", "next_step", "words"]
