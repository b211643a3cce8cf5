"""The database: one engine per process, one transaction per request, UTC instants only.

SQLite and PostgreSQL behave the same here: writers queue up (BEGIN IMMEDIATE, or a lock on the
municipality), readers never wait, and a request that fails has saved nothing.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from flask import current_app, g, has_request_context, request
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Uuid,
    bindparam,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from webapp.foundation.tenancy import begin_with_everything

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMES
metadata: MetaData = SQLModel.metadata

RowNumber = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER
LOCK_SPACE = 7201  # our corner of PostgreSQL's advisory locks
BUSY_MS = 15_000  # how long a writer waits for its turn
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class Utc(TypeDecorator[datetime]):
    """An instant. Takes only times that know their zone and always gives UTC; SQLite alone would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(column: str, values: Iterator[str] | list[str] | tuple[str, ...], name: str) -> CheckConstraint:
    """A CHECK that a text column holds one of these words; `name` is a sentence."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=name)


def make_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL, set up so that both keep the same promises."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=False)
        begin_with_everything(engine)
        return engine
    in_memory = url in ("sqlite://", "sqlite:///:memory:")
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_size": 8, "max_overflow": 24}
    engine = create_engine(url, connect_args={"check_same_thread": False}, **options)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}", "cache_size=-8192"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reads = connection.get_execution_options().get("reads", False)
        # a plain BEGIN that later writes ignores the busy timeout, so writers say so at once
        driver = connection.connection.dbapi_connection
        if not (reads and driver.in_transaction):  # a `ReadingSession` began already
            driver.execute("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def count_statements(engine: Engine) -> None:
    """Count what reaches the database during a request, for Server-Timing and for the tests on statements."""

    Read.counting = True

    @event.listens_for(engine, "before_cursor_execute")
    def count(*_: object) -> None:
        if has_request_context():
            g.statements = g.get("statements", 0) + 1


class year_month(FunctionElement[str]):
    """The month a date falls in as text, '2026-03', on either engine."""

    type = String()
    name = "year_month"
    inherit_cache = True


@compiles(year_month)
def _year_month(element: Any, compiler: Any, **kw: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kw)}, 'YYYY-MM')"


@compiles(year_month, "sqlite")
def _year_month_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kw)}, 1, 7)"


class Ids(TypeDecorator[list[uuid.UUID]]):
    """Identifiers as one parameter, for `among`: a JSON list on SQLite, an array on PostgreSQL."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(postgresql.ARRAY(Uuid()) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return json.dumps([one.hex for one in value]) if dialect.name == "sqlite" else list(value)


class among(FunctionElement[bool]):
    """`among(column, "ids")`: whether a column is one of the identifiers of a parameter, in a statement whose text is always the same."""

    type = Boolean()
    name = "among"
    _is_implicitly_boolean = True  # or SQLAlchemy writes "= 1" behind it on SQLite, and no index is used
    inherit_cache = True

    def __init__(self, column: Any, parameter: str) -> None:
        super().__init__(column, bindparam(parameter, type_=Ids()))


@compiles(among)
def _among(element: Any, compiler: Any, **kw: Any) -> str:
    column, given = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} = ANY({given})"


@compiles(among, "sqlite")
def _among_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    column, given = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({given}))"  # noqa: S608 - our own names


class Read:
    """A read of a hot page: compiled once per kind of database, then run on the driver itself.

    Through the session a statement costs about 0.08 ms besides its own work, this way about 0.01 (DECISIONS.md 16).
    Gives named tuples, with the same types as the session would. A list of identifiers is one parameter (`among`).
    """

    counting = False

    def __init__(self, statement: Any, kind: Any = None) -> None:
        """`kind`: a named tuple with the columns of the statement in their order, for who wants its methods."""
        self.statement, self.kind = statement, kind
        self._ready: dict[str, tuple[str, Any, Any, list[tuple[int, Any]]]] = {}

    def all(self, session: Session, **values: Any) -> list[Any]:
        dialect, driver = driver_of(session)
        sql, given, row, readers = self._ready.get(dialect.name) or self._prepare(dialect)
        found = driver.execute(sql, given(values)).fetchall()
        if Read.counting and has_request_context():
            g.statements = g.get("statements", 0) + 1
        made = []
        for values_of_row in found:
            cells = list(values_of_row)
            for place, read in readers:
                if cells[place] is not None:
                    cells[place] = read(cells[place])
            made.append(row(cells))
        return made

    def first(self, session: Session, **values: Any) -> Any:
        """The first row or None."""
        return next(iter(self.all(session, **values)), None)

    def _prepare(self, dialect: Dialect) -> tuple[str, Any, Any, list[tuple[int, Any]]]:
        compiled = self.statement.compile(dialect=dialect)
        columns = list(self.statement.selected_columns)
        kind: Any = self.kind or namedtuple("Row", [column.key for column in columns], rename=True)
        readers = [(place, read) for place, column in enumerate(columns) if (read := _reader(column.type, dialect))]
        self._ready[dialect.name] = (str(compiled), giving(compiled, dialect), kind._make, readers)
        return self._ready[dialect.name]


class Do:
    """An UPDATE that a hot action makes, compiled and run as `Read` and `Write` are."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._ready: dict[str, tuple[str, Any]] = {}

    def run(self, session: Session, **values: Any) -> int:
        """Gives how many rows it changed. What the session still holds is not written first."""
        dialect, driver = driver_of(session)
        if dialect.name not in self._ready:
            compiled = self.statement.compile(dialect=dialect)
            self._ready[dialect.name] = (str(compiled), giving(compiled, dialect))
        sql, given = self._ready[dialect.name]
        done = driver.execute(sql, given(values))
        if Read.counting and has_request_context():
            g.statements = g.get("statements", 0) + 1
        return int(done.rowcount)


def driver_of(session: Session) -> tuple[Dialect, Any]:
    """The kind of database and the connection of the driver itself that this session works on, within its transaction."""
    kept: tuple[Dialect, Any] | None = session.info.get("driver")
    if kept is None:
        connection = session.connection()
        kept = (connection.dialect, connection.connection.dbapi_connection)
        if session.info.get("only_reads"):  # one transaction from begin to end, so one connection
            session.info["driver"] = kept
    return kept


def giving(compiled: Any, dialect: Dialect) -> Callable[[Mapping[str, Any]], Any]:
    """What makes the values of a statement ready for the driver, in the order or under the names it wants them."""
    writers = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    known = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}

    def typed(values: Mapping[str, Any], name: str) -> Any:
        value = values[name] if name in values else known[name]
        write = writers[name]
        return write(value) if write and value is not None else value

    order = compiled.positiontup
    if order:
        return lambda values: [typed(values, name) for name in order]
    return lambda values: {name: typed(values, name) for name in compiled.binds}


def _reader(kind: Any, dialect: Dialect) -> Any:
    """What makes a value of the driver one of ours, or None where it is already."""
    if dialect.name == "sqlite":  # the same as the types themselves, without their layers
        if isinstance(kind, Utc):
            return _instant
        if isinstance(kind, Uuid):
            return _identifier
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


def _identifier(text: str) -> uuid.UUID:
    """A UUID of 32 digits we wrote ourselves: made without looking at each for braces, dashes and the other ways to give one."""
    made = object.__new__(uuid.UUID)
    _set_number(made, int(text, 16))
    _set_safe(made, uuid.SafeUUID.unknown)
    return made


_set_number, _set_safe = (vars(uuid.UUID)[name].__set__ for name in ("int", "is_safe"))


def _writer(kind: Any, dialect: Dialect) -> Any:
    """What makes one of our values one for the driver, or None where it is already."""
    if dialect.name == "sqlite":  # the same as the types themselves, without their layers
        if isinstance(kind, Utc):
            return _instant_text
        if isinstance(kind, Uuid):
            return attrgetter("hex")
    return kind.dialect_impl(dialect).bind_processor(dialect)


@lru_cache(16)
def _instant_text(at: datetime) -> str:
    """An instant as SQLite keeps it; the rows of one action share theirs."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


class Write:
    """An INSERT of many rows that a hot action makes: compiled once per kind of database, then run on the driver itself.

    A row through the session costs about as much again as the row itself. Rows are dictionaries that name every column
    that has no default of the database; a slot of the statement that a row leaves out is an error of the driver.
    """

    def __init__(self, table: Any, *columns: str, doubles: bool = False) -> None:
        """`columns`: what each row gives. `doubles`: a row that is there already is passed over."""
        self.table, self.columns, self.doubles = table, columns, doubles
        self._ready: dict[str, tuple[str, list[Any]]] = {}

    def rows(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write these rows, in the transaction of the session. What the session still holds is not written first."""
        if not rows:
            return
        dialect, driver = driver_of(session)
        sql, writers = self._ready.get(dialect.name) or self._prepare(dialect)
        named = list(zip(self.columns, writers, strict=True))
        given = [[write(row[name]) if write and row[name] is not None else row[name] for name, write in named] for row in rows]
        try:
            driver.cursor().executemany(sql, given)
        except dialect.dbapi.IntegrityError as refused:  # type: ignore[union-attr]
            raise IntegrityError(sql, None, refused) from refused
        if Read.counting and has_request_context():
            g.statements = g.get("statements", 0) + 1

    def _prepare(self, dialect: Dialect) -> tuple[str, list[Any]]:
        names = [self.table.c[name] for name in self.columns]
        slots = ", ".join(["?" if dialect.name == "sqlite" else "%s"] * len(names))
        sql = f"INSERT INTO {self.table.name} ({', '.join(self.columns)}) VALUES ({slots})" + " ON CONFLICT DO NOTHING" * self.doubles  # noqa: S608 - our own names
        self._ready[dialect.name] = (sql, [_writer(column.type, dialect) for column in names])
        return self._ready[dialect.name]


class ReadingSession(Session):
    """The session of a request that only reads, on a connection its thread keeps. Most such requests use nothing but `Read`
    (which needs the driver alone), so the session itself is only set up when something else is asked of it."""

    def __init__(self, connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("BEGIN")
        self.__dict__.update(_on=connection, info={"driver": (connection.dialect, driver), "pool": connection.engine.pool})

    def __getattr__(self, name: str) -> Any:
        on = self.__dict__.pop("_on", None)
        if on is None:
            raise AttributeError(name)
        super().__init__(on, expire_on_commit=False, autoflush=False, info=self.info)
        return getattr(self, name)

    def close(self) -> None:
        if "_on" not in self.__dict__:
            super().close()
        driver = self.info["driver"][1]
        if driver.in_transaction:
            driver.execute("ROLLBACK")


class NotNow(Exception):
    """A small write was not done: others were writing, or the database cannot be written."""


class Database:
    """The engine of one application and the sessions made from it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.reading = engine.execution_options(reads=True)
        self._of_thread = threading.local()
        self._keeps = engine.dialect.name == "sqlite" and not isinstance(engine.pool, StaticPool)

    def reader(self) -> Session:
        """A session for a request that only reads."""
        if not self._keeps:
            return Session(self.reading, expire_on_commit=False, autoflush=False, info={"only_reads": True})
        kept = getattr(self._of_thread, "connection", None)
        if kept is None:
            kept = self._of_thread.connection = self.reading.connect()
        return ReadingSession(kept)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction outside a request (commands, the worker): all of it, or nothing."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def quick_transaction(self, wait_ms: int) -> Iterator[Session]:
        """A small write that would rather fail than wait for other writers. Raises NotNow when it is not its turn in time.

        Also beside a request that reads: it is a connection of its own.
        """
        with self.engine.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            is_file = self.engine.dialect.name == "sqlite"
            if is_file:
                driver.execute(f"PRAGMA busy_timeout={wait_ms}")
            try:
                with Session(connection, expire_on_commit=False) as session, session.begin():
                    if not is_file:
                        session.execute(text(f"SET LOCAL lock_timeout = {wait_ms}"))
                    yield session
            except (SQLAlchemyError, sqlite3.Error) as refused:
                raise NotNow(type(refused).__name__) from refused
            finally:
                if is_file:
                    driver.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def database() -> Database:
    found: Database = current_app.extensions["database"]
    return found


def db() -> Session:
    """The session of this request. Committed when the answer is below 400, rolled back otherwise."""
    session: Session | None = g.get("session")
    if session is None:
        here = database()
        session = here.reader() if request.method in SAFE_METHODS else Session(here.engine, expire_on_commit=False, autoflush=False)
        g.session = session
    return session


def finish(response: Any) -> Any:
    """After a request: save what succeeded, forget what failed."""
    session: Session | None = g.get("session")
    if session is not None and request.method not in SAFE_METHODS:  # what only read has nothing to forget
        if response.status_code < 400:
            session.commit()
        else:
            session.rollback()
    return response


def forget(_error: BaseException | None = None) -> None:
    """At the end of a request the connection goes back, whatever happened."""
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()


def dialect_of(session: Session) -> str:
    """On which kind of database this session works, without setting up one that only reads."""
    kept = session.info.get("driver")
    name: str = (kept[0] if kept else session.get_bind().dialect).name
    return name


def pool_of(session: Session) -> Any:
    """What all sessions on one database share, without setting up one that only reads."""
    return session.info.get("pool") or session.get_bind().engine.pool


def lock_municipality(session: Session, municipality_id: int) -> None:
    """On PostgreSQL: let writers of one municipality pass one by one, as SQLite does by itself.

    The history chain and the check on overlapping hours need an order; a statement after this one sees
    everything that came before.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(LOCK, {"key": municipality_id})


LOCK = text(f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, :key)")
