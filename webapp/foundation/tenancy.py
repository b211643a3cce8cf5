"""Row-level security on PostgreSQL: a query that forgot its filter still finds nothing of another municipality.

Every table with a `municipality_id` (and `municipality` itself) has one policy: a row counts when the transaction acts for
its municipality, or for everything. Connections of Opstap begin with everything (the worker, commands and the public
addresses look for a person first); knowing who is signed in narrows the transaction to their municipality, in the same
statement. SQLite has no such thing: there only the filters hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, String, cast, event, func, text
from sqlmodel import Session

SETTING = "app.municipality"
EVERYTHING = "all"
POLICY = "only_the_own_municipality"

UNPROTECTED = text(
    """
    SELECT c.relname, a.attname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
     AND a.attname = CASE WHEN c.relname = 'municipality' THEN 'id' ELSE 'municipality_id' END
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = :policy)
    ORDER BY c.relname
    """
)
IGNORES = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")


def protect(connection: Connection) -> list[str]:
    """Give every table that belongs to municipalities its policy; what has one already is left alone. Gives the names."""
    if connection.dialect.name != "postgresql":
        return []
    found = connection.execute(UNPROTECTED, {"policy": POLICY}).all()
    for table, column in found:
        ours = f"current_setting('{SETTING}', true) IN ('{EVERYTHING}', {column}::text)"
        if table == "term":  # what the law itself sets belongs to nobody, and everybody reads it
            ours = f"({column} IS NULL OR {ours})"
        connection.execute(text(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'))
        connection.execute(text(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'))
        connection.execute(text(f'CREATE POLICY {POLICY} ON "{table}" USING ({ours}) WITH CHECK ({ours})'))
    return [table for table, _ in found]


def begin_with_everything(engine: Engine) -> None:
    """What a new connection may see before anybody is known; and what a later transaction of a narrowed session sees."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.execute(f"SET {SETTING} = '{EVERYTHING}'")
        connection.commit()


def acting_for(municipality_id: Any) -> Any:
    """A column that narrows the transaction to a municipality while its statement runs (PostgreSQL only)."""
    return func.set_config(SETTING, cast(municipality_id, String), True)


def narrowed(session: Session, municipality_id: int) -> None:
    """Remember whom this session acts for: a transaction it begins after a rollback is narrowed as well."""
    session.info["municipality"] = municipality_id


@event.listens_for(Session, "after_begin")
def _narrow_again(session: Session, _transaction: Any, connection: Connection) -> None:
    municipality_id = session.info.get("municipality")
    if municipality_id is not None and connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config(:setting, :ours, true)"), {"setting": SETTING, "ours": str(municipality_id)})


@contextmanager
def everything(session: Session) -> Iterator[None]:
    """Look over all municipalities for a moment: only for counts without a name, and for finding who somebody is."""
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    before = session.execute(
        text("SELECT current_setting(:setting), set_config(:setting, :all, true)"), {"setting": SETTING, "all": EVERYTHING}
    ).scalar()
    try:
        yield
    finally:
        session.execute(text("SELECT set_config(:setting, :before, true)"), {"setting": SETTING, "before": before})


def look_everywhere(session: Session) -> None:
    """At a public address nobody acts for a municipality: signing in as somebody of another one must find them."""
    if session.info.pop("municipality", None) is not None:  # only ever set on PostgreSQL
        session.execute(text("SELECT set_config(:setting, :all, true)"), {"setting": SETTING, "all": EVERYTHING})


def ignores_policies(engine: Engine) -> bool:
    """Whether the role of this connection passes over row-level security: a superuser, or one with BYPASSRLS."""
    if engine.dialect.name != "postgresql":
        return False
    with engine.connect() as connection:
        return bool(connection.execute(IGNORES).scalar())
