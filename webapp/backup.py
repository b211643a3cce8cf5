"""Backing up and restoring the embedded SQLite database; PostgreSQL has its own tools for that."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from webapp.foundation.settings import Settings


def save_copy(settings: Settings, to: Path, say: Callable[[str], None]) -> int:
    """A consistent copy while the database is in use; it never overwrites an older copy half."""
    found = sqlite_file(settings, say)
    if found is None:
        return 1
    partly = to.with_name(to.name + ".part")
    partly.unlink(missing_ok=True)
    with closing(sqlite3.connect(found)) as source, closing(sqlite3.connect(partly)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, that can be carried away
    wrong = checked(partly)
    if wrong:
        say(f"backup: the copy is not sound: {wrong}")
        return 1
    os.replace(partly, to)
    say(f"backup: {to} ({to.stat().st_size:,} bytes)")
    return 0


def put_back(settings: Settings, copy: Path, say: Callable[[str], None]) -> int:
    """Put a copy in the place of the database. What was there is kept beside it. Stop the server first."""
    if not settings.database.startswith("sqlite:///"):
        say("restore: this installation uses PostgreSQL; use pg_restore")
        return 1
    if not copy.is_file() or (wrong := checked(copy)):
        say(f"restore: {copy} is not a sound copy of a database" + (f": {wrong}" if copy.is_file() else ""))
        return 1
    target = Path(settings.database.removeprefix("sqlite:///"))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        with closing(sqlite3.connect(target)) as live:
            live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.replace(target, target.with_name(target.name + ".before-restore"))
        for leftover in ("-wal", "-shm"):
            target.with_name(target.name + leftover).unlink(missing_ok=True)
    shutil.copyfile(copy, target)
    say(f"restore: {target}")
    return 0


def sqlite_file(settings: Settings, say: Callable[[str], None]) -> Path | None:
    if not settings.database.startswith("sqlite:///"):
        say("backup: this installation uses PostgreSQL; use pg_dump")
        return None
    found = Path(settings.database.removeprefix("sqlite:///"))
    if not found.exists():
        say(f"backup: there is no database at {found}")
        return None
    return found


def checked(file: Path) -> str:
    """What is wrong with a database file; empty when it is sound and ours."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            said = db.execute("PRAGMA quick_check").fetchone()[0]
            db.execute("SELECT 1 FROM municipality LIMIT 1")
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if said == "ok" else str(said)
