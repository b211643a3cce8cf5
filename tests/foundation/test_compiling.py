"""Templates are compiled once, also when many people open a page in the same moment after a start."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.conftest import NewDatabase
from webapp import create_app
from webapp.foundation.settings import Settings


@pytest.mark.parametrize("attempt", range(3))
def test_the_first_pages_after_a_start_may_be_asked_for_all_at_once(new_database: NewDatabase, tmp_path: Path, attempt: int) -> None:
    with new_database("sqlite", tmp_path) as url:
        app = create_app(Settings(database_url=url, data_dir=tmp_path, testing=True, demo=True))
        ready = threading.Barrier(8)
        seen: list[str | Exception] = []

        def open_page() -> None:
            ready.wait()
            try:
                seen.append(app.test_client().get("/offline").text)
            except Exception as error:
                seen.append(error)

        threads = [threading.Thread(target=open_page) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        app.extensions["database"].engine.dispose()
        assert len(seen) == 8
        assert all(isinstance(text, str) and 'class="brand' in text for text in seen), seen
