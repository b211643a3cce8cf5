"""What can happen to a report: it comes in, somebody takes it, links it, answers it and closes it with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.foundation.ids import new_id
from webapp.foundation.sealing import KeyRing
from webapp.history.actions import Change, record, told
from webapp.notifications.actions import notify_many
from webapp.people.models import Membership
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.reports.forms import Report
from webapp.reports.models import ReportCase, ReportMessage
from webapp.reports.rules import line
from webapp.terms.actions import Terms

cases: Any = ReportCase.__table__  # type: ignore[attr-defined]
messages: Any = ReportMessage.__table__  # type: ignore[attr-defined]
members: Any = Membership.__table__  # type: ignore[attr-defined]
OFFICE = (Role.CASE_MANAGER, Role.ADMIN)


class Received(NamedTuple):
    """A report that is in, and the code that opens it: known at this moment only, and again when the same form is sent again."""

    case: ReportCase
    code: str


class About(NamedTuple):
    """What a report is about: an employer, one of its establishments, or one request there."""

    employer_id: uuid.UUID | None
    establishment_id: uuid.UUID | None = None
    request_id: uuid.UUID | None = None


NOTHING = About(None)


def form_mark(keys: KeyRing, municipality_id: int, token: uuid.UUID) -> str:
    return keys.mark("report form", f"{municipality_id} {token.hex}")


def code_for(keys: KeyRing, municipality_id: int, token: uuid.UUID) -> str:
    """Only the form in the reporter's hands leads to the code: neither database nor secret alone does."""
    return line.code_of(keys.mark("report code", f"{municipality_id} {token.hex}"))


def code_mark(keys: KeyRing, code: str) -> str:
    return keys.mark("report follow-up", code)


def contact_purpose(case_id: uuid.UUID) -> str:
    return f"report contact {case_id.hex}"


def known(db: Session, keys: KeyRing, municipality_id: int, token: uuid.UUID) -> Received | None:
    """What this form became already, or None."""
    found = db.execute(select(ReportCase).where(cases.c.form_mark == form_mark(keys, municipality_id, token))).scalar_one_or_none()
    return Received(found, code_for(keys, municipality_id, token)) if found else None


def receive(
    db: Session, keys: KeyRing, report: Report, *, municipality_id: int, about: About, language: str, terms: Terms, now: datetime
) -> Received:
    """A report comes in, and everybody who may handle it is told. The same form again gives the same case and code."""
    lock_municipality(db, municipality_id)
    again = known(db, keys, municipality_id, report.token)
    if again is not None:
        return again
    key, code = new_id(), code_for(keys, municipality_id, report.token)
    case = ReportCase(
        id=key, municipality_id=municipality_id, form_mark=form_mark(keys, municipality_id, report.token), code_mark=code_mark(keys, code), received_at=now,
        due_on=day_of(now) + timedelta(days=terms.value("report_line", day_of(now)).reply_days), language=language, who=report.who, place=report.place,
        words=report.words, sealed_contact=keys.seal(contact_purpose(key), report.contact) if report.contact else "", **about._asdict(),
    )  # fmt: skip
    db.add(case)
    db.flush()
    _tell_of_reporter(db, "report.received", case, {"who": case.who, "due_on": case.due_on}, now)
    tell(db, "report.new", case, office_of(db, municipality_id, day_of(now)), now=now)
    return Received(case, code)


def office_of(db: Session, municipality_id: int, today: date, roles: Iterable[Role] = OFFICE) -> list[uuid.UUID]:
    """Who handles reports there today: case managers and admins, each once."""
    counts = (members.c.valid_from <= today, or_(members.c.valid_until.is_(None), members.c.valid_until >= today))
    wanted = select(members.c.account_id).distinct().where(members.c.municipality_id == municipality_id, members.c.role.in_(list(roles)), *counts)
    return list(db.execute(wanted).scalars())


def tell(db: Session, key: str, case: ReportCase, people: Iterable[uuid.UUID], *, now: datetime, cause: str = "") -> None:
    notify_many(
        db,
        [
            {
                "to": one, "municipality_id": case.municipality_id, "key": key, "slots": {"due_on": case.due_on.isoformat()},
                "path": f"/safeguards/reports/{case.id}", "cause_id": cause or str(case.id), "now": now,
            }
            for one in people
        ],
    )  # fmt: skip


def _tell_of_reporter(db: Session, action: str, case: ReportCase, facts: Mapping[str, Any], now: datetime) -> None:
    record(db, [Change(action, case.id, facts)], municipality_id=case.municipality_id, actor_id=None, actor_role="reporter", now=now)


def add_words(db: Session, case: ReportCase, *, id: uuid.UUID, words: str, now: datetime) -> None:
    """The reporter says more. The same words sent again change nothing. Raises Enough after many."""
    lock_municipality(db, case.municipality_id)
    if db.get(ReportMessage, id) is not None:
        return
    own = (messages.c.report_case_id == case.id, messages.c.kind == "reporter")
    if db.execute(select(func.count()).select_from(messages).where(*own)).scalar_one() >= line.MOST_MESSAGES:
        raise line.Enough
    _write(db, case, id, "reporter", words, None, now)
    _tell_of_reporter(db, "report.words_added", case, {}, now)
    people = [case.assigned_to] if case.assigned_to else office_of(db, case.municipality_id, day_of(now))
    tell(db, "report.words", case, people, now=now, cause=str(id))


def _write(db: Session, case: ReportCase, id: uuid.UUID, kind: str, words: str, by: uuid.UUID | None, now: datetime) -> None:
    db.add(ReportMessage(id=id, municipality_id=case.municipality_id, report_case_id=case.id, kind=kind, words=words, written_by=by, written_at=now))
    db.flush()


def locked(db: Session, case: ReportCase) -> None:
    """From here on nobody else changes it: what was read before is read again."""
    lock_municipality(db, case.municipality_id)
    db.refresh(case)


def take(db: Session, case: ReportCase, *, seen: uuid.UUID | None, by: Person, now: datetime) -> None:
    """Somebody will look into it. `seen`: who had it on the page they looked at. Again changes nothing.

    Raises TakenByAnother when a colleague was first, NotThatState when it was closed.
    """
    locked(db, case)
    if case.assigned_to == by.id and case.status != "new":
        return
    line.ensure_may("take", case.status)
    if case.assigned_to != seen:
        raise line.TakenByAnother
    case.assigned_to = by.id
    case.status = "looking" if case.status == "new" else case.status
    db.add(case)
    db.flush()
    told(db, "report.taken", case.id, {"was": seen}, by=by, now=now)


def link(db: Session, case: ReportCase, about: About, *, by: Person, now: datetime) -> None:
    """What it is about, as far as somebody found out; `NOTHING` undoes it."""
    locked(db, case)
    if About(case.employer_id, case.establishment_id, case.request_id) == about:
        return
    case.sqlmodel_update(about._asdict())
    db.add(case)
    db.flush()
    told(db, "report.linked", case.id, about._asdict(), by=by, now=now)


def note(db: Session, case: ReportCase, *, id: uuid.UUID, words: str, by: Person, now: datetime) -> None:
    """Something among colleagues; the reporter never reads it."""
    lock_municipality(db, case.municipality_id)
    if db.get(ReportMessage, id) is None:
        _write(db, case, id, "note", words, by.id, now)
        told(db, "report.noted", case.id, {}, by=by, now=now)


def answer(db: Session, case: ReportCase, *, id: uuid.UUID, words: str, by: Person, now: datetime) -> None:
    """Something the reporter reads with the code, in the name of the municipality. Raises NotThatState while nobody took it."""
    locked(db, case)
    if db.get(ReportMessage, id) is not None:
        return
    line.ensure_may("answer", case.status)
    _write(db, case, id, "answer", words, by.id, now)
    if case.status == "looking":
        case.status = "answered"
        db.add(case)
        db.flush()
    told(db, "report.answered", case.id, {}, by=by, now=now)


def close(db: Session, case: ReportCase, outcome: str, reason: str, *, by: Person, now: datetime) -> None:
    """It is finished, with an outcome and a reason that the reporter reads. The same again changes nothing. Raises NotThatState."""
    locked(db, case)
    if (case.status, case.outcome, case.close_reason, case.closed_by) == ("closed", outcome, reason, by.id):
        return
    line.ensure_may("close", case.status)
    case.status, case.outcome, case.close_reason, case.closed_at, case.closed_by = "closed", outcome, reason, now, by.id
    db.add(case)
    db.flush()
    told(db, "report.closed", case.id, {"outcome": outcome, "reason": reason}, by=by, now=now)


def reopen(db: Session, case: ReportCase, *, by: Person, now: datetime) -> None:
    """Somebody looks into it again, because more came in. What was decided before stays in the history. Raises NotThatState."""
    locked(db, case)
    if case.status == "looking" and case.assigned_to == by.id:
        return
    line.ensure_may("reopen", case.status)
    was = {"outcome": case.outcome, "reason": case.close_reason}
    case.status, case.outcome, case.close_reason, case.closed_at, case.closed_by, case.assigned_to = "looking", "", "", None, None, by.id
    db.add(case)
    db.flush()
    told(db, "report.reopened", case.id, {"was": was}, by=by, now=now)


def remind_late(db: Session, municipality_id: int, *, now: datetime) -> int:
    """Once for each report that waits too long: to whoever took it and the admins, or to everybody when nobody did. Gives how many."""
    today = day_of(now)
    late = (cases.c.municipality_id == municipality_id, cases.c.status.in_(("new", "looking")), cases.c.due_on < today)
    found = db.execute(select(ReportCase).where(*late)).scalars().all()
    if not found:
        return 0
    everybody, admins = office_of(db, municipality_id, today), office_of(db, municipality_id, today, (Role.ADMIN,))
    for case in found:
        people = {case.assigned_to, *admins} if case.assigned_to else set(everybody)
        tell(db, "report.late", case, sorted(people, key=str), now=now, cause=f"{case.id}:late")
    return len(found)
