"""Guesses are counted in the database, because several processes answer, and before they are judged, because several come at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from webapp.access.models import Attempts, KeptForm, OneTimeCode, PasskeyQuestion
from webapp.access.rules import ACCOUNT, ADDRESS, OLDEST_GUESS, Patience, remembered, wait_after
from webapp.foundation.sealing import KeyRing

attempts: Any = Attempts.__table__  # type: ignore[attr-defined]
codes: Any = OneTimeCode.__table__  # type: ignore[attr-defined]
questions: Any = PasskeyQuestion.__table__  # type: ignore[attr-defined]
forms: Any = KeptForm.__table__  # type: ignore[attr-defined]
INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class Wait(Exception):
    """Too many wrong guesses. `until`: nothing is judged before then."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class Guess:
    """One guess at a `target` (what was typed, or whose it is) from an `address`. Without a target only the address counts."""

    def __init__(self, keys: KeyRing, *, target: str, address: str) -> None:
        self.marks: Mapping[str, Patience] = {
            **({keys.mark("guess", "target " + target): ACCOUNT} if target else {}), keys.mark("guess", "address " + address): ADDRESS,
        }  # fmt: skip

    def count(self, db: Session, *, now: datetime) -> None:
        """Count it as wrong, and keep that whatever follows: the transaction so far is committed. Raises Wait.

        A guess that has to wait is not counted, so that nobody can keep somebody else waiting for ever from afar.
        """
        found = db.execute(select(attempts.c.waits_until).where(attempts.c.mark.in_(self.marks), attempts.c.waits_until > now)).scalars().all()
        if found:
            raise Wait(max(found))
        for mark, patience in sorted(self.marks.items()):  # always in one order, or two guesses could lock each other
            self._count(db, mark, patience, now)
        db.commit()

    def was_right(self, db: Session) -> None:
        """It was right after all: this target starts anew, and the address gets its guess back."""
        for mark, patience in self.marks.items():
            left = 0 if patience is ACCOUNT else case((attempts.c.wrong > 0, attempts.c.wrong - 1), else_=0)
            db.execute(update(Attempts).where(attempts.c.mark == mark).values(wrong=left, waits_until=None))

    @staticmethod
    def _count(db: Session, mark: str, patience: Patience, now: datetime) -> None:
        row = INSERT[db.get_bind().dialect.name](attempts).values(mark=mark, wrong=0, last_at=now)
        row = row.on_conflict_do_update(index_elements=["mark"], set_={"mark": mark})  # changes nothing, and holds the row for this guess
        known = db.execute(row.returning(attempts.c.wrong, attempts.c.last_at)).one()
        before, since = remembered(known.wrong, known.last_at, now, patience)
        wait = wait_after(before + 1, patience)
        values = {"wrong": before + 1, "last_at": since, "waits_until": now + wait if wait else None}
        db.execute(update(Attempts).where(attempts.c.mark == mark).values(**values))


def forget_old(db: Session, *, now: datetime) -> int:
    """What is of no use any more: old guesses, codes, questions, and forms nobody came back for. Gives how many rows."""
    old: tuple[tuple[Any, Any], ...] = (
        (Attempts, attempts.c.last_at < now - OLDEST_GUESS), (PasskeyQuestion, questions.c.ends_at < now),
        (OneTimeCode, codes.c.ends_at < now - timedelta(days=1)), (KeptForm, forms.c.ends_at < now),
    )  # fmt: skip
    results: list[Any] = [db.execute(delete(table).where(which)) for table, which in old]
    return sum(result.rowcount for result in results)
