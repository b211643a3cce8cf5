"""Erasing one person: first what no law keeps, and when every period is over the rest. What stays then names nobody.

Hours, premium lines and the history stay as rows without a name, because sums and the chain rest on them; everything that says who it
was, and everything people wrote, goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, delete, func, select, update
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import metadata
from webapp.history.actions import Change, record
from webapp.offers.actions import forget_offers_of
from webapp.privacy.export import is_of, records_of

ERASED = "–"  # in the place of a name, or of words a table cannot do without

# rows that go at once when somebody leaves, by the column that says whose they are
AT_ONCE = (
    ("delivery", "account_id"), ("notification", "account_id"), ("push_subscription", "account_id"), ("quiet_hours", "account_id"),
    ("check_in", "participant_id"), ("citizen_number", "account_id"), ("passkey", "account_id"), ("sign_on_link", "account_id"), ("one_time_code", "account_id"),
    ("cv", "account_id"), ("certificate_share", "participant_id"), ("certificate", "participant_id"), ("reference", "participant_id"),
    ("own_view", "participant_id"), ("workplace_rating", "participant_id"), ("calendar_feed", "participant_id"), ("shift_absence", "participant_id"),
)  # fmt: skip
# rows that go when every period is over
AT_LAST = (
    ("outflow_check", "participant_id"),
    ("outflow", "participant_id"),
    ("route_task", "participant_id"),
    ("route", "participant_id"),
    ("objection", "participant_id"),
    ("signal_decision", "participant_id"),
    ("signal", "participant_id"),
    ("feedback", "participant_id"),
    ("task_shown", "participant_id"),
    ("agreement_signature", "placement_id"),
    ("agreement", "placement_id"),
    ("placement_change", "placement_id"),
    ("placement_pause", "placement_id"),
    ("placement_end", "placement_id"),
    ("outgoing", "account_id"),
    ("invitation", "account_id"),
    ("bank_account", "participant_id"),
    ("participant_file", "account_id"),
    ("milestone_reached", "participant_id"),
    ("data_request", "participant_id"),
)
# words in rows that stay
WORDS = {
    "hours_entry": ("correction_note", "dispute_reason", "ruling_reason"),
    "placement": ("decision_reason",),
    "other_premium": ("scheme",),
}


def has_worked(db: Session, person_id: UUID) -> bool:
    """Whether the law keeps anything of this person: only who never began work leaves no client file."""
    places = metadata.tables["placement"]
    ran = (places.c.participant_id == person_id, places.c.status.in_(("running", "ended")))
    return db.execute(select(places.c.id).where(*ran).limit(1)).first() is not None


def erase(db: Session, person_id: UUID, municipality_id: int, *, whole: bool, now: datetime) -> dict[str, int]:
    """Erase somebody: `whole` also takes what the law kept until now. Gives the rows touched per table. Again finds nothing more."""
    counts = {name: _delete(db, name, column, person_id) for name, column in AT_ONCE}
    counts["offer"] = forget_offers_of(db, person_id, municipality_id)
    counts["sign_in"] = _end_access(db, person_id, now)
    counts["account"] = _change(db, "account", "id", person_id, {"phone": "", "email": ""})
    _change(
        db,
        "participant_file",
        "account_id",
        person_id,
        {"wishes": [], "wished_minutes_from": None, "wished_minutes_to": None, "cannot_work": [], "travels_by": "", "needs": ""},
    )
    if whole:
        counts["history_words"] = _forget_words(db, person_id)
        counts |= {name: _delete(db, name, column, person_id) for name, column in AT_LAST}
        _change(db, "assessment", "participant_id", person_id, {"participant_id": None})  # what was tested stays, about nobody
        counts |= {name: _blank(db, name, columns, person_id) for name, columns in WORDS.items()}
        _change(db, "account", "id", person_id, {"first_name": ERASED, "last_name": ERASED, "handle": None, "language": "nl", "theme": ""})
    touched = {name: count for name, count in counts.items() if count}
    if touched:
        change = Change("person.erased" if whole else "person.left", person_id, touched)
        record(db, [change], municipality_id=municipality_id, actor_id=None, actor_role="clock", now=now)
    return touched


def _delete(db: Session, name: str, column: str, person_id: UUID) -> int:
    table = metadata.tables[name]
    done: Any = db.execute(delete(table).where(is_of(table, column, person_id)))
    return int(done.rowcount)


def _change(db: Session, name: str, column: str, person_id: UUID, values: Mapping[str, Any]) -> int:
    table = metadata.tables[name]
    done: Any = db.execute(update(table).where(table.c[column] == person_id).values(values))
    return int(done.rowcount)


def _blank(db: Session, name: str, columns: tuple[str, ...], person_id: UUID) -> int:
    table, most = metadata.tables[name], 0
    for column in columns:
        full = and_(table.c.participant_id == person_id, table.c[column] != "", table.c[column] != ERASED)
        done: Any = db.execute(update(table).where(full).values({column: ERASED}))
        most = max(most, int(done.rowcount))
    return most


def _forget_words(db: Session, person_id: UUID) -> int:
    """What was written about this person's records, and what they wrote themselves."""
    words, total = metadata.tables["history_words"], 0
    for whose in (words.c.actor_id == person_id, words.c.subject_id == person_id, *(words.c.subject_id.in_(ids) for ids in records_of(person_id))):
        done: Any = db.execute(delete(words).where(whose))
        total += int(done.rowcount)
    return total


def _end_access(db: Session, person_id: UUID, now: datetime) -> int:
    """No role any more, and no device that is signed in. Sign-ins themselves go."""
    members, sign_ins = metadata.tables["membership"], metadata.tables["sign_in"]
    yesterday = day_of(now) - timedelta(days=1)
    runs = and_(members.c.account_id == person_id, members.c.role == "participant", func.coalesce(members.c.valid_until, day_of(now)) >= day_of(now))
    db.execute(update(members).where(runs).values(valid_until=_not_before(members.c.valid_from, yesterday)))
    done: Any = db.execute(
        delete(sign_ins).where(
            sign_ins.c.membership_id.in_(select(members.c.id).where(members.c.account_id == person_id, members.c.role == "participant"))
        )
    )
    return int(done.rowcount)


def _not_before(first: Any, day: Any) -> Any:
    """The later of two days: a membership cannot end before it begins."""
    return case((first > day, first), else_=day)
