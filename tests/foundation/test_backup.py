"""A copy of the database while it is in use, and back again."""

import sqlite3
from pathlib import Path

import pytest

from webapp.backup import put_back, save_copy
from webapp.foundation.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    made = Settings(data_dir=data, testing=True, database_url="")
    with sqlite3.connect(data / "opstap.sqlite") as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE municipality (id INTEGER PRIMARY KEY, name TEXT)")
        db.execute("INSERT INTO municipality (name) VALUES ('Waterveen')")
    return made


def names(file: Path) -> list[str]:
    with sqlite3.connect(file) as db:
        return [name for (name,) in db.execute("SELECT name FROM municipality")]


def test_a_copy_holds_what_was_there_and_can_be_put_back(settings, tmp_path):
    said: list[str] = []
    copy = tmp_path / "copy.sqlite"
    assert save_copy(settings, copy, said.append) == 0
    with sqlite3.connect(settings.data_dir / "opstap.sqlite") as db:
        db.execute("UPDATE municipality SET name = 'Spoiled'")

    assert put_back(settings, copy, said.append) == 0

    assert names(settings.data_dir / "opstap.sqlite") == ["Waterveen"]
    assert names(settings.data_dir / "opstap.sqlite.before-restore") == ["Spoiled"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.sqlite", "data"]


@pytest.mark.parametrize("content", [b"", b"this is no database at all, only text" * 40])
def test_a_file_that_is_no_database_is_refused_and_nothing_is_lost(settings, tmp_path, content):
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(content)
    said: list[str] = []
    assert put_back(settings, broken, said.append) == 1
    assert "not a sound copy" in said[0]
    assert names(settings.data_dir / "opstap.sqlite") == ["Waterveen"]
