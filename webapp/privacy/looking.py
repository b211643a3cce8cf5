"""Who looked at whose file, and what for: noted around every answer, so that no page can forget it.

No view calls this. After every request the address says whose record was shown: a part of it (`participant_id`, `entry_id`
…) leads to a participant, and an answer that leaves as a file is an export. What a part of an address may mean is a closed list; a
test refuses a route whose parts are in neither. The row is written before the answer leaves, in a short transaction of its own
that would rather fail than wait; then the look is kept as a small file, which the clock brings in (`bring_in`).
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask import Flask, Response, g, request
from sqlalchemy import select
from sqlmodel import Session

from webapp.foundation.clock import now
from webapp.foundation.database import Database, NotNow, lock_municipality, metadata
from webapp.foundation.logs import log
from webapp.history.actions import Change, history, record
from webapp.people.person import Person
from webapp.permissions import Role

OPENED, EXPORTED = "file.opened", "export.made"
AGAIN_AFTER = timedelta(hours=1)
WAIT_MS = 250  # for other writers; a page is not kept waiting longer
SHOWN = frozenset({200, 409, 422})  # answers that hold the record; a form that is refused shows it again

# parts of an address that lead to one participant, by the table that knows whose it is
SUBJECTS = {
    "participant_id": "participant_file",
    "entry_id": "hours_entry",
    "placement_id": "placement",
    "offer_id": "offer",
    "question_id": "data_request",
    "signal_id": "signal",
    "objection_id": "objection",
    "route_id": "route",
    "task_id": "route_task",
    "payout_id": "payout",
    "outgoing_id": "outgoing",
    "pause_id": "placement_pause",
}
# and those that do not, with what they are
NOBODYS = {
    "request_id": "work an employer asks people for",
    "absence_id": "somebody's own absence",
    "notification_id": "somebody's own message",
    "hold_id": "what may not go yet, of many or of one",
    "tablet_id": "a device of an establishment",
    "feedback_id": "somebody's own week",
    "check_id": "somebody's own answer",
    "certificate_id": "somebody's own certificate",
    "sign_in_id": "somebody's own device",
    "passkey_id": "somebody's own device",
    "account_id": "a colleague, or a supervisor",
    "checker_id": "who checks from outside",
    "year": "somebody's own year",
    "run_id": "a payment to many people",
    "invoice_id": "a bill to an employer",
    "invoice_run_id": "bills to many employers",
    "receipt_id": "money of an employer",
    "establishment_id": "a workplace",
    "cost_id": "what the programme costs",
    "shift_id": "somebody's own shift",
    "feed_id": "somebody's own calendar",
    "change_id": "a planned term",
    "key": "a term",
    "report_id": "a report by somebody we do not know",
    "employer_id": "an employer",
    "restriction_id": "an employer that gets nobody for a while",
    "draft_id": "a request that is not sent yet",
    "step": "a step of a form",
    "provider_id": "where one signs on",
    "filename": "a file that is the same for everybody",
}
# what a page is opened for, where it is not simply the work of that role (words in `purposes.py`)
PURPOSES = {
    "caseload.participant": "caseload", "caseload.other_premium": "caseload",
    "hours.show": "hours", "hours.rule": "dispute", "hours.correcting": "correcting", "hours.correct": "correcting",
    "placements.starting": "start", "placements.prepare": "start",
    "caseload.signal": "caseload", "caseload.decide": "caseload",
    "privacy.citizen_number": "number", "privacy.keep_citizen_number": "number", "privacy.answer": "request", "office.history": "history",
}  # fmt: skip
EXPORTS = {"office.history_csv": "history"}  # what leaves as a file; any other file counts as "records"
OF_NOBODY = frozenset({"council.report_csv", "reports.open_data_csv"})  # files of totals


class Look(NamedTuple):
    """Somebody opened something. `argument` and `value` lead to whose it is; both are empty for an export of many."""

    municipality_id: int
    actor_id: UUID
    actor_role: str
    place: UUID | None  # the establishment of a supervisor
    argument: str
    value: str
    purpose: str
    at: datetime


def watch_answers(app: Flask, folder: Path) -> None:
    """Note every look of this application. Registered before the request's own transaction is saved, so that it runs after."""
    watcher = Watcher(app.extensions["database"], folder)
    app.extensions["looking"] = watcher
    app.after_request(watcher.note)


def look_of(person: Person | None, endpoint: str, arguments: dict[str, Any], response: Response, at: datetime) -> Look | None:
    """What this answer shows of a participant to somebody else, or None."""
    if person is None or person.role == Role.PARTICIPANT or response.status_code not in SHOWN:
        return None
    who = (person.municipality_id, person.id, person.role, person.establishment_id)
    for name in SUBJECTS:
        if name in arguments:
            return Look(*who, name, str(arguments[name]), PURPOSES.get(endpoint, "work"), at)
    if is_file(response) and endpoint not in OF_NOBODY:
        return Look(*who, "", "", EXPORTS.get(endpoint, "records"), at)
    return None


def is_file(response: Response) -> bool:
    """Whether an answer leaves as a file to keep, rather than a page."""
    return response.mimetype == "text/csv" or response.headers.get("Content-Disposition", "").startswith("attachment")


class Watcher:
    """Writes looks down: once an hour for the same person, file and purpose."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self._lately = Lately()

    def note(self, response: Response) -> Response:
        """After every request. Never fails, never waits long; a page that shows nobody's record costs nothing."""
        person = g.get("person")
        if person is None or person.role == Role.PARTICIPANT:
            return response
        arguments = {**(request.view_args or {}), **g.get("shown", {})}
        look = look_of(person, request.endpoint or "", arguments, response, now())
        if look is not None and not self._lately.holds(look):
            self._write(look)
            self._lately.keep(look)
        return response

    def _write(self, look: Look) -> None:
        try:
            with self.database.quick_transaction(WAIT_MS) as db:
                write(db, look)
        except NotNow as refused:
            log.warning("look kept for later", kind=str(refused))
            try:
                keep_for_later(self.folder, look)
            except OSError as full:
                log.error("look not noted", kind=type(full).__name__)  # neither database nor disk can be written


class Lately:
    """What this process wrote down in the last hour, so that opening a file again costs no statement."""

    MOST = 4096

    def __init__(self) -> None:
        self._at: OrderedDict[tuple[Any, ...], datetime] = OrderedDict()
        self._lock = Lock()

    def holds(self, look: Look) -> bool:
        if not look.argument:
            return False  # every export counts
        with self._lock:
            at = self._at.get(_key(look))
        return at is not None and look.at - at < AGAIN_AFTER

    def keep(self, look: Look) -> None:
        with self._lock:
            self._at[_key(look)] = look.at
            self._at.move_to_end(_key(look))
            while len(self._at) > self.MOST:
                self._at.popitem(last=False)


def _key(look: Look) -> tuple[Any, ...]:
    return (look.municipality_id, look.actor_id, look.actor_role, look.place, look.argument, look.value, look.purpose)


def show(participant_id: UUID) -> None:
    """For a page that is about somebody its address does not name (a search): whose record it shows."""
    g.shown = {"participant_id": participant_id}


# writing -----------------------------------------------------------------------------------------------


def write(db: Session, look: Look) -> bool:
    """One row in the chain, unless the same person opened the same file for the same purpose less than an hour before.

    Gives whether a row was added.
    """
    lock_municipality(db, look.municipality_id)
    if not look.argument:
        subject, action = UUID(int=look.municipality_id), EXPORTED
    else:
        found = subject_of(db, look)
        if found is None or found == look.actor_id:
            return False  # nobody's file, or one's own
        subject, action = found, OPENED
        if seen_lately(db, look, subject):
            return False
    facts = {"purpose": look.purpose, "place": look.place}
    record(
        db, [Change(action, subject, facts)], municipality_id=look.municipality_id, actor_id=look.actor_id, actor_role=look.actor_role, now=look.at
    )
    return True


def subject_of(db: Session, look: Look) -> UUID | None:
    """The participant behind a part of an address; None when it is nobody of this municipality."""
    table = metadata.tables[SUBJECTS[look.argument]]
    key = next(iter(table.primary_key))
    query = select(key).where(key == UUID(look.value), table.c.municipality_id == look.municipality_id)
    whose = next((table.c[name] for name in ("account_id", "participant_id") if name in table.c), None)
    if whose is None:
        places = metadata.tables["placement"]
        whose = places.c.participant_id
        query = query.join_from(table, places, places.c.id == table.c.placement_id)
    found: UUID | None = db.execute(query.with_only_columns(whose)).scalar_one_or_none()
    return found


def seen_lately(db: Session, look: Look, subject: UUID) -> bool:
    mine = (history.c.subject_id == subject, history.c.municipality_id == look.municipality_id, history.c.actor_id == look.actor_id)
    since = (history.c.action == OPENED, history.c.at > look.at - AGAIN_AFTER, history.c.actor_role == look.actor_role)
    rows = db.execute(select(history.c.facts).where(*mine, *since)).scalars()
    return any(json.loads(facts).get("purpose") == look.purpose for facts in rows)


# when the database was busy ----------------------------------------------------------------------------------


def keep_for_later(folder: Path, look: Look) -> None:
    """The look as a small file of its own, complete from the moment it has its name."""
    folder.mkdir(parents=True, exist_ok=True)
    name = folder / uuid4().hex
    name.with_suffix(".part").write_text(json.dumps(look._asdict(), default=str), "utf-8")
    os.replace(name.with_suffix(".part"), name.with_suffix(".json"))


def bring_in(database: Database, folder: Path) -> int:
    """Write down the looks that were kept for later; each goes once its row is there. Gives how many files went."""
    done = 0
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        kept = json.loads(file.read_text("utf-8"))
        look = Look(
            kept["municipality_id"], UUID(kept["actor_id"]), kept["actor_role"], UUID(kept["place"]) if kept["place"] else None,
            kept["argument"], kept["value"], kept["purpose"], datetime.fromisoformat(kept["at"]),
        )  # fmt: skip
        with database.transaction() as db:
            write(db, look)
        file.unlink(missing_ok=True)
        done += 1
    return done
