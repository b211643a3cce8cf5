"""What an entry said before: read back from the history, to show both versions when a form was stale."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Session

from webapp.history.actions import history

# Checking in and out changes no version: the entry does not exist yet.
CHANGES = (
    select(history.c.action, history.c.facts)
    .where(
        history.c.subject_id == bindparam("entry"),
        history.c.municipality_id == bindparam("municipality"),
        history.c.action.not_in(("hours.begun", "hours.stopped")),
    )
    .order_by(history.c.number)
)


class Written(NamedTuple):
    """The hours as a participant wrote them at some version."""

    starts_at: datetime
    stops_at: datetime
    break_minutes: int
    minutes: int


def written_at(db: Session, entry_id: uuid.UUID, version: int, *, municipality_id: int) -> Written | None:
    """What stood in the entry at this version, or None when the history does not tell (an entry that came in another way)."""
    changes = db.execute(CHANGES, {"entry": entry_id, "municipality": municipality_id}).all()
    told = [json.loads(change.facts) for change in changes[: max(version, 0)] if change.action == "hours.sent"]
    last = next((facts["is"] for facts in reversed(told) if "is" in facts), None)
    if last is None or version > len(changes):
        return None
    return Written(
        datetime.fromisoformat(last["from"]),
        datetime.fromisoformat(last["to"]),
        last["break"],
        last["minutes"],
    )
