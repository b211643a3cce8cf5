"""Migrations go up and down on both engines, and make exactly the tables the code describes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from tests.conftest import ENGINES, NewDatabase
from webapp.foundation.database import make_engine, metadata
from webapp.foundation.migrating import downgrade, upgrade
from webapp.tables import ALL


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path) -> Iterator[Engine]:
    assert ALL
    with new_database(request.param, tmp_path) as url:
        made = make_engine(url)
        yield made
        made.dispose()


def names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def leftovers(engine: Engine) -> list[str]:
    """What a database still holds beside tables: triggers and functions of ours."""
    queries = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view', 'index') AND name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace UNION ALL "
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'",
    }
    with engine.connect() as db:
        return [name for (name,) in db.execute(text(queries[engine.dialect.name])) if "alembic" not in name]


def test_the_migrated_tables_are_those_of_the_code(engine: Engine) -> None:
    with engine.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, metadata) == []


def test_every_named_rule_of_the_code_is_in_the_database(engine: Engine) -> None:
    found = inspect(engine)
    for table in metadata.sorted_tables:
        checks = {check["name"] for check in found.get_check_constraints(table.name)}
        uniques = {unique["name"] for unique in found.get_unique_constraints(table.name)} | {index["name"] for index in found.get_indexes(table.name)}
        wanted = {str(rule.name) for rule in table.constraints if rule.__visit_name__ == "check_constraint"}
        assert wanted <= checks, table.name
        assert {str(rule.name) for rule in table.constraints if rule.__visit_name__ == "unique_constraint"} <= uniques, table.name
        assert {str(index.name) for index in table.indexes} <= uniques, table.name


def test_going_down_leaves_nothing_behind_and_up_again_works(engine: Engine) -> None:
    full = names(engine)
    assert full >= {"ledger_line", "history", "offer", "placement", "hours_entry"}

    downgrade(engine)

    assert names(engine) <= {"alembic_version"}
    assert leftovers(engine) == []
    upgrade(engine)
    assert names(engine) == full


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    before = names(engine)

    upgrade(engine)

    assert names(engine) == before
