"""The terms of a municipality: read once per change, changed one dated row at a time, imported all or nothing."""

from __future__ import annotations

import json
import secrets
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Table, and_, bindparam, or_, select, update
from sqlalchemy.pool import Pool
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_models

from webapp.foundation.database import lock_municipality, pool_of
from webapp.people.models import Municipality
from webapp.terms.drafts import Draft, Expressed
from webapp.terms.models import Regulation, Term
from webapp.terms.regulations import express
from webapp.terms.rules import Row
from webapp.terms.shapes import CannotExpress, parse, plain
from webapp.terms.snapshot import Terms

__all__ = [
    "REGULATIONS_FILE", "AlreadyDecided", "CannotExpress", "ChooseOne", "Report", "Terms",
    "adopt", "change_term", "import_regulations", "seed_statutory", "terms_of",
]  # fmt: skip

HERE = Path(__file__).parent
REGULATIONS_FILE = HERE / "regulations.json"
SHIPPED = (HERE / "statutory.json", HERE / "defaults.json")
ONLY_THE_LAW_SETS = frozenset({"minimum_wage", "max_payments_per_year"})
NATIONAL_LOCK = 0  # no municipality has this number
SNAPSHOTS = 128  # municipalities kept in memory, per database


class AlreadyDecided(Exception):
    """Terms of this kind already begin on this day. What was agreed is not overwritten: a change begins on another day."""

    def __init__(self, key: str, valid_from: date) -> None:
        super().__init__(f"terms of {key!r} already begin on {valid_from.isoformat()}")
        self.key, self.valid_from = key, valid_from


class ChooseOne(Exception):
    """A regulation holds several terms of one kind and does not say which is in force: somebody has to choose."""

    def __init__(self, key: str, terms: Sequence[Term]) -> None:
        super().__init__(f"the regulation has {len(terms)} terms of {key!r}: choose one")
        self.key, self.terms = key, terms


NATIONAL = col(Term.municipality_id).is_(None) & col(Term.regulation_id).is_(None)

# reading ---------------------------------------------------------------------------------------

_term: Table = SQLModel.metadata.tables["term"]
ROWS = select(_term.c.id, _term.c.key, _term.c.value, _term.c.valid_from, _term.c.valid_until, _term.c.source, _term.c.municipality_id).where(
    or_(
        _term.c.municipality_id == bindparam("municipality_id"),
        and_(_term.c.municipality_id.is_(None), _term.c.regulation_id.is_(None)),
    )
)
_lock = Lock()
_snapshots: WeakKeyDictionary[Pool, OrderedDict[tuple[int, str], Terms]] = WeakKeyDictionary()


def terms_of(db: Session, municipality_id: int, token: str) -> Terms:
    """The terms of a municipality; `token` is its `terms_token`, read in this same transaction.

    Kept in memory of the process until the token changes: a known token costs no statement, a new one exactly one.
    An empty token is never kept, since it does not change with the terms.
    """
    pool = pool_of(db)
    found = _kept(pool, (municipality_id, token))
    if found is not None:
        return found
    rows = db.execute(ROWS, {"municipality_id": municipality_id}).all()
    terms = Terms(
        Row(row.id, row.key, parse(row.key, row.value), row.valid_from, row.valid_until, row.source, row.municipality_id is not None) for row in rows
    )
    if token:
        _keep(pool, (municipality_id, token), terms)
    return terms


def _kept(pool: Pool, key: tuple[int, str]) -> Terms | None:
    with _lock:
        known = _snapshots.get(pool)
        if known is None or key not in known:
            return None
        known.move_to_end(key)
        return known[key]


def _keep(pool: Pool, key: tuple[int, str], terms: Terms) -> None:
    """Remember the snapshots used last; what a municipality had before its last change goes at once."""
    with _lock:
        known = _snapshots.setdefault(pool, OrderedDict())
        for stale in [other for other in known if other[0] == key[0]]:
            del known[stale]
        known[key] = terms
        while len(known) > SNAPSHOTS:
            known.popitem(last=False)


# changing --------------------------------------------------------------------------------------


def change_term(
    db: Session, municipality: Municipality | None, key: str, value: Mapping[str, Any],
    *, valid_from: date, source: str, reason: str, now: datetime, regulation_id: uuid.UUID | None = None,
) -> Term:  # fmt: skip
    """From a day on, something else is agreed. `municipality` None: by law, for everybody.

    Raises CannotExpress when the value does not fit or is not the municipality's to set, AlreadyDecided when terms of
    this kind already begin on that day.
    """
    if municipality is not None and key in ONLY_THE_LAW_SETS:
        raise CannotExpress(key, "is set by law, not by a municipality")
    if not source.strip():
        raise CannotExpress(f"{key}.source", "terms name their source")
    fitting = plain(parse(key, value))
    lock_municipality(db, NATIONAL_LOCK if municipality is None else municipality.id or NATIONAL_LOCK)
    municipality_id = None if municipality is None else municipality.id
    same = NATIONAL if municipality is None else col(Term.municipality_id) == municipality_id
    if db.exec(select_models(Term.id).where(same, Term.key == key, Term.valid_from == valid_from)).first() is not None:
        raise AlreadyDecided(key, valid_from)
    term = Term(
        municipality_id=municipality_id, regulation_id=regulation_id, key=key, value=fitting,
        valid_from=valid_from, source=source, reason=reason, recorded_at=now,
    )  # fmt: skip
    db.add(term)
    db.flush()
    renew_token(db, municipality)
    return term


def renew_token(db: Session, municipality: Municipality | None) -> None:
    """From now on, terms in memory are known to be stale: of this municipality, or of all when the law changed."""
    token = secrets.token_urlsafe(12)
    if municipality is not None:
        municipality.terms_token = token
        db.add(municipality)
        db.flush()
    else:
        db.execute(update(Municipality).values(terms_token=token))


def adopt(
    db: Session, municipality: Municipality, regulation: Regulation,
    *, valid_from: date, reason: str, now: datetime, chosen: Mapping[str, uuid.UUID] | None = None,
) -> list[Term]:  # fmt: skip
    """A municipality makes the terms of a regulation its own, from a day on, with their source.

    Terms that had ended by that day are left out, those that begin later are not yet taken. Where several remain, the
    latest dated one counts; undated ones raise ChooseOne, unless `chosen` names a term for that key.
    """
    of_regulation = (Term.regulation_id == regulation.id, col(Term.municipality_id).is_(None))
    published = db.exec(select_models(Term).where(*of_regulation).order_by(col(Term.position))).all()
    picked = [term for key in dict.fromkeys(term.key for term in published) if (term := _pick(published, key, valid_from, chosen or {}))]
    return [
        change_term(
            db, municipality, term.key, term.value,
            valid_from=valid_from, source=term.source, reason=reason, now=now, regulation_id=regulation.id,
        )
        for term in picked
    ]  # fmt: skip


def _pick(published: Sequence[Term], key: str, day: date, chosen: Mapping[str, uuid.UUID]) -> Term | None:
    of_key = [term for term in published if term.key == key]
    if key in chosen:
        return next(term for term in of_key if term.id == chosen[key])
    running = [term for term in of_key if (term.valid_from or day) <= day <= (term.valid_until or day)]
    dated = [term for term in running if term.valid_from is not None]
    if len(running) > 1 and len(dated) < len(running):
        raise ChooseOne(key, running)
    return max(running, key=lambda term: term.valid_from or day, default=None)


# importing -------------------------------------------------------------------------------------


class Report(NamedTuple):
    """What an import added, and what was there already."""

    regulations: int = 0
    terms: int = 0
    national: int = 0
    known: int = 0


def import_regulations(db: Session, entries: Mapping[str, Any], now: datetime) -> Report:
    """Every entry of a file like regulations.json: what the law sets for everybody, and each regulation with its terms.

    All is read and compared before the first row is added, so a CannotExpress leaves nothing behind. An entry that is
    there already is left alone; the same id with other content is refused, since published terms do not change.
    """
    library = express(entries)
    lock_municipality(db, NATIONAL_LOCK)
    known = {regulation.slug: regulation for regulation in db.exec(select_models(Regulation)).all()}
    national = _new_national(db, library.national)
    fresh = [entry for entry in library.regulations if entry.slug not in known]
    for entry in library.regulations:
        if entry.slug in known:
            _ensure_the_same(db, known[entry.slug], entry)
    _add_national(db, national, now)
    terms = sum(_add_regulation(db, entry, now) for entry in fresh)
    already = len(library.regulations) - len(fresh) + len(library.national) - len(national)
    return Report(len(fresh), terms, len(national), already)


def seed_statutory(db: Session, now: datetime) -> Report:
    """What holds for everybody, as shipped: the law (statutory.json), and what stands where a municipality has decided
    nothing: reminders, open days, the durations of the letter (defaults.json). Again adds nothing."""
    drafts = [_draft(line) for file in SHIPPED for line in json.loads(file.read_text("utf-8"))]
    lock_municipality(db, NATIONAL_LOCK)
    national = _new_national(db, drafts)
    _add_national(db, national, now)
    return Report(national=len(national), known=len(drafts) - len(national))


def _draft(line: Mapping[str, Any]) -> Draft:
    until = line.get("valid_until")
    value = plain(parse(line["key"], line["value"]))
    return Draft(line["key"], value, date.fromisoformat(line["valid_from"]), date.fromisoformat(until) if until else None, "", line["source"])


def _new_national(db: Session, drafts: Iterable[Draft]) -> list[Draft]:
    """The drafts that are not there yet. Raises CannotExpress when the same day has another value."""
    rows = db.exec(select_models(Term).where(NATIONAL)).all()
    there = {(row.key, row.valid_from): (row.value, row.valid_until) for row in rows}
    new = []
    for draft in drafts:
        known = there.get((draft.key, draft.valid_from))
        if known is None:
            new.append(draft)
        elif known != (draft.value, draft.valid_until):
            raise CannotExpress(draft.key, f"is known with another value from {draft.valid_from}: {known[0]}", "statutory")
    return new


def _add_national(db: Session, drafts: Sequence[Draft], now: datetime) -> None:
    db.add_all([_row(draft, now) for draft in drafts])
    db.flush()
    if drafts:
        renew_token(db, None)


def _add_regulation(db: Session, entry: Expressed, now: datetime) -> int:
    """Add a regulation with its terms; answers how many terms."""
    regulation = Regulation(
        slug=entry.slug, organisation=entry.organisation, instrument=entry.instrument, kind=entry.kind,
        source_url=entry.source_url, facts=entry.facts, imported_at=now,
    )  # fmt: skip
    db.add(regulation)
    db.flush()  # its terms point at it
    db.add_all([_row(draft, now, regulation, position) for position, draft in enumerate(entry.terms)])
    db.flush()
    return len(entry.terms)


def _row(draft: Draft, now: datetime, regulation: Regulation | None = None, position: int = 0) -> Term:
    return Term(
        regulation_id=regulation.id if regulation else None, key=draft.key, position=position, value=draft.value,
        valid_from=draft.valid_from, valid_until=draft.valid_until, when_told=draft.when_told, source=draft.source, recorded_at=now,
    )  # fmt: skip


def _ensure_the_same(db: Session, known: Regulation, entry: Expressed) -> None:
    of_regulation = (Term.regulation_id == known.id, col(Term.municipality_id).is_(None))
    rows = db.exec(select_models(Term).where(*of_regulation).order_by(col(Term.position))).all()
    there = [Draft(row.key, row.value, row.valid_from, row.valid_until, row.when_told, row.source) for row in rows]
    is_same = Expressed(known.slug, known.organisation, known.instrument, known.kind, known.source_url, known.facts, there) == entry
    if not is_same:
        raise CannotExpress("id", "was imported before with other content: give the new version an id of its own", entry.slug)
