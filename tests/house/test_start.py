"""What a web process loads at its start: nothing heavy that a page does not need: memory is a measured goal."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from webapp.bootstrap import ROOT

HEAVY = {
    "authlib",
    "icalendar",
    "lxml",
    "notifications_python_client",
    "pyotp",
    "requests",
    "schwifty",
    "sepaxml",
    "typst",
    "webauthn",
    "webpush",
    "xlsxwriter",
}
LOADED = "import json, sys; from webapp import create_app; create_app(); print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


def test_a_web_process_loads_no_library_that_only_the_worker_or_a_rare_page_needs() -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("OPSTAP_")}
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**own, "OPSTAP_DEMO": "1", "OPSTAP_DATABASE_URL": "sqlite://"},
        check=True,
    )

    assert set(json.loads(done.stdout)) & HEAVY == set()
