"""What goes when its term is over: per kind of record, from the terms, with holds, every night. Counted, and never told about whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, and_, cast, delete, func, null, or_, select, update
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality, metadata
from webapp.foundation.texts import N_
from webapp.history.actions import Change, record
from webapp.privacy import erasing, rules
from webapp.privacy.models import DataRequest, LegalHold, RetentionRun
from webapp.privacy.rules import Held
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce, Row

holds_table: Any = LegalHold.__table__  # type: ignore[attr-defined]
runs: Any = RetentionRun.__table__  # type: ignore[attr-defined]
data_requests: Any = DataRequest.__table__  # type: ignore[attr-defined]
Remove = Callable[[Session, int, Any, datetime], dict[str, int]]


class Kind(NamedTuple):
    """A kind of record. `keys`: its table, key and person ("" where it is of nobody we know); `is_old`: the condition that its term is over; `remove`: by keys, gives rows per table."""

    key: str
    label: str
    table: str
    person: str
    is_old: Callable[[Any, int, datetime], Any]
    remove: Remove

    def due(self, municipality_id: int, before: datetime) -> Any:
        """A query for (key, person) of everything whose term is over, holds aside."""
        table = metadata.tables[self.table]
        key = next(iter(table.primary_key))
        whose: Any = table.c.get(self.person)
        if not self.person:  # nobody we know
            whose = cast(null(), Uuid)
        elif self.person == "membership_id":
            members = metadata.tables["membership"]
            whose = select(members.c.account_id).where(members.c.id == table.c.membership_id).scalar_subquery()
        return select(key.label("key"), whose.label("person")).where(
            table.c.municipality_id == municipality_id, self.is_old(table, municipality_id, before)
        )


def _rows(*tables: str) -> Remove:
    """Delete rows by the key of the first table; the others hang on it by `<first>_id` and go before it."""

    def remove(db: Session, municipality_id: int, keys: Any, now: datetime) -> dict[str, int]:
        counts = {}
        first = metadata.tables[tables[0]]
        for name in (*tables[1:], tables[0]):
            table = metadata.tables[name]
            column = next(iter(first.primary_key)) if table is first else table.c[f"{tables[0]}_id"]
            done: Any = db.execute(delete(table).where(column.in_(keys)))
            counts[name] = done.rowcount
        return counts

    return remove


def _people(whole: bool) -> Remove:
    def remove(db: Session, municipality_id: int, keys: Any, now: datetime) -> dict[str, int]:
        counts: dict[str, int] = {}
        for person_id in db.execute(keys).scalars().all():
            for name, count in erasing.erase(db, person_id, municipality_id, whole=whole, now=now).items():
                counts[name] = counts.get(name, 0) + count
        return counts

    return remove


def _has_left(files: Any, municipality_id: int, before: datetime) -> Any:
    """Nobody's participant any more, and everything they did here is older than this."""
    members, places = metadata.tables["membership"], metadata.tables["placement"]
    day = day_of(before)
    still = select(members.c.id).where(members.c.account_id == files.c.account_id, or_(members.c.valid_until.is_(None), members.c.valid_until >= day))
    worked = select(places.c.id).where(places.c.participant_id == files.c.account_id, places.c.ends_on >= day)
    return and_(~still.exists(), ~worked.exists())


def _unpaid(accounts: Any) -> Any:
    """An account that was paid to stays as long as that payment."""
    payouts = metadata.tables["payout"]
    return ~select(payouts.c.id).where(payouts.c.bank_account_id == accounts.c.id).exists()


def _forget_contact(db: Session, municipality_id: int, keys: Any, now: datetime) -> dict[str, int]:
    """How to reach whoever reported; the report itself stays."""
    table = metadata.tables["report_case"]
    done: Any = db.execute(update(table).where(table.c.id.in_(keys)).values(sealed_contact=""))
    return {"report_case": done.rowcount}


def _forget_report(db: Session, municipality_id: int, keys: Any, now: datetime) -> dict[str, int]:
    """What was written in a report and about it. That there was one, where and how it ended stays as a total."""
    table, said, words = (metadata.tables[name] for name in ("report_case", "report_message", "history_words"))
    found = db.execute(keys).scalars().all()
    counts: dict[str, int] = {}
    for name, column in (("report_message", said.c.report_case_id), ("history_words", words.c.subject_id)):
        gone: Any = db.execute(delete(metadata.tables[name]).where(column.in_(found)))
        counts[name] = gone.rowcount
    blank = {"words": erasing.ERASED, "place": erasing.ERASED, "close_reason": erasing.ERASED, "sealed_contact": ""}
    done: Any = db.execute(update(table).where(table.c.id.in_(found)).values(**blank))
    return {**counts, "report_case": done.rowcount}


KINDS = {
    kind.key: kind
    for kind in (
        Kind("message", N_("Messages, and how they were sent"), "notification", "account_id", lambda t, m, before: t.c.created_at < before, _rows("notification", "delivery")),
        Kind("sign_in", N_("Devices that were signed out"), "sign_in", "membership_id", lambda t, m, before: func.coalesce(t.c.ended_at, t.c.ends_at) < before, _rows("sign_in")),
        Kind("check_in", N_("Taps on start and stop"), "check_in", "participant_id", lambda t, m, before: t.c.stopped_at < before, _rows("check_in")),
        Kind("former_account", N_("Bank accounts of before"), "bank_account", "participant_id", lambda t, m, before: and_(t.c.replaced_at < before, _unpaid(t)), _rows("bank_account")),
        Kind("data_request", N_("Answered questions about data"), "data_request", "participant_id", lambda t, m, before: and_(func.coalesce(t.c.answered_at, t.c.withdrawn_at) < before, or_(t.c.erase_on.is_(None), t.c.erased_at.is_not(None))), _rows("data_request")),
        Kind("request_draft", N_("Requests for people that were never sent"), "request_draft", "", lambda t, m, before: and_(t.c.updated_at < before, t.c.request_id.is_(None)), _rows("request_draft")),
        Kind("report_contact", N_("How to reach who reported"), "report_case", "", lambda t, m, before: and_(t.c.closed_at < before, t.c.sealed_contact != ""), _forget_contact),
        Kind("report_words", N_("What was written in reports about work"), "report_case", "", lambda t, m, before: and_(t.c.closed_at < before, t.c.words != erasing.ERASED), _forget_report),
        Kind("client_file", N_("Files of people who left"), "participant_file", "account_id", _has_left, _people(whole=True)),
    )
}  # fmt: skip
LABELS = {
    **{key: kind.label for key, kind in KINDS.items()},
    "offer": N_("Closed offers, kept as a total per month"),
    "leaving": N_("People who asked to be erased"),
}


class Due(NamedTuple):
    """One kind tonight. `days` None: no period is agreed, so nothing goes. `goes` and `held` count rows of its first table."""

    kind: str
    label: str
    days: int | None
    source: str
    goes: int
    held: int


def periods(terms: Terms, today: date) -> tuple[dict[str, int], dict[str, str]]:
    """Days per kind and who says so. Nothing agreed gives no periods at all."""
    try:
        row: Row = terms.row("retention", today)
    except NoTermsInForce:
        return {}, {}
    return dict(row.value.days), {kind: row.value.sources.get(kind, row.source) for kind in row.value.days}


def holds_of(db: Session, municipality_id: int, today: date) -> list[LegalHold]:
    """Holds that count today."""
    counts = (holds_table.c.municipality_id == municipality_id, holds_table.c.ended_at.is_(None), holds_table.c.until >= today)
    return list(db.execute(select(LegalHold).where(*counts).order_by(holds_table.c.until)).scalars())


def tonight(db: Session, municipality_id: int, terms: Terms, now: datetime) -> list[Due]:
    """What would go in a run at this moment, kind by kind. Changes nothing."""
    today = day_of(now)
    days, sources = periods(terms, today)
    held = _held(db, municipality_id, today)
    found = []
    for kind in KINDS.values():
        before = rules.kept_from(now, days.get(kind.key))
        goes, stays = (0, 0) if before is None else _counts(db, kind, municipality_id, before, held, today)
        found.append(Due(kind.key, kind.label, days.get(kind.key), sources.get(kind.key, ""), goes, stays))
    return found


def _held(db: Session, municipality_id: int, today: date) -> list[Held]:
    return [Held(hold.kind, hold.participant_id, hold.until) for hold in holds_of(db, municipality_id, today)]


def _counts(db: Session, kind: Kind, municipality_id: int, before: datetime, held: list[Held], today: date) -> tuple[int, int]:
    due = kind.due(municipality_id, before).subquery()
    all_due = int(db.execute(select(func.count()).select_from(due)).scalar_one())
    goes = int(db.execute(select(func.count()).select_from(_free(kind, due, held, today).subquery())).scalar_one()) if all_due else 0
    return goes, all_due - goes


def _free(kind: Kind, due: Any, held: list[Held], today: date) -> Any:
    """The keys of what is due and not held."""
    if rules.is_held(held, kind.key, today):
        return select(due.c.key).where(due.c.key != due.c.key)
    people = rules.held_people(held, kind.key, today)
    keys = select(due.c.key)
    return keys.where(or_(due.c.person.is_(None), due.c.person.not_in(people))) if people else keys


def run(db: Session, municipality_id: int, terms: Terms, *, now: datetime) -> int:
    """Remove what is due, and write down how much. Running again the same night adds to the same rows. Gives how much went."""
    lock_municipality(db, municipality_id)
    today, total, told = day_of(now), 0, {}
    days, _ = periods(terms, today)
    held = _held(db, municipality_id, today)
    total += carry_out_wishes(db, municipality_id, held, now=now)
    for kind in KINDS.values():
        before = rules.kept_from(now, days.get(kind.key))
        if before is None:
            continue
        goes, stays = _counts(db, kind, municipality_id, before, held, today)
        counts = kind.remove(db, municipality_id, _free(kind, kind.due(municipality_id, before).subquery(), held, today), now) if goes else {}
        _write_down(db, municipality_id, kind.key, before, goes, stays, counts, now)
        total += goes
        if goes:
            told[kind.key] = goes
    if told:
        change = Change("retention.ran", UUID(int=municipality_id), told)
        record(db, [change], municipality_id=municipality_id, actor_id=None, actor_role="clock", now=now)
    return total


def carry_out_wishes(db: Session, municipality_id: int, held: list[Held], *, now: datetime) -> int:
    """Whoever was told yes and whose day has come: erase what no law keeps. Somebody who is held waits."""
    today = day_of(now)
    waits = rules.held_people(held, "client_file", today)
    due: Any = db.execute(
        select(DataRequest).where(
            data_requests.c.municipality_id == municipality_id, data_requests.c.erase_on <= today, data_requests.c.erased_at.is_(None), data_requests.c.withdrawn_at.is_(None)
        )
    ).scalars().all()  # fmt: skip
    due = [] if rules.is_held(held, "client_file", today) else [wish for wish in due if wish.participant_id not in waits]
    counts: dict[str, int] = {}
    for wish in due:
        whole = not erasing.has_worked(db, wish.participant_id)
        for name, count in erasing.erase(db, wish.participant_id, municipality_id, whole=whole, now=now).items():
            counts[name] = counts.get(name, 0) + count
        db.execute(update(DataRequest).where(data_requests.c.id == wish.id).values(erased_at=now, words=""))
    if due:
        _write_down(db, municipality_id, "leaving", now, len(due), len(waits), counts, now)
    return len(due)


def _write_down(db: Session, municipality_id: int, kind: str, before: datetime, goes: int, stays: int, counts: dict[str, int], now: datetime) -> None:
    own = (runs.c.municipality_id == municipality_id, runs.c.ran_on == day_of(now), runs.c.kind == kind)
    known: RetentionRun | None = db.execute(select(RetentionRun).where(*own)).scalar_one_or_none()
    made = known or RetentionRun(municipality_id=municipality_id, kind=kind, ran_on=day_of(now), ran_at=now, kept_from=before, went=0, held=0)
    made.ran_at, made.kept_from, made.held, made.went = now, before, stays, made.went + goes
    made.counts = {name: made.counts.get(name, 0) + counts.get(name, 0) for name in {*made.counts, *counts}}
    db.add(made)
    db.flush()


def runs_of(db: Session, municipality_id: int, limit: int = 60) -> list[RetentionRun]:
    """What went, the latest night first."""
    rows = select(RetentionRun).where(runs.c.municipality_id == municipality_id, or_(runs.c.went > 0, runs.c.held > 0))
    return list(db.execute(rows.order_by(runs.c.ran_on.desc(), runs.c.kind).limit(limit)).scalars())
