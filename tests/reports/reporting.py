"""Reports for tests: sent as somebody without an account sends them."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

from flask import Flask

from tests import factories as make
from webapp.foundation.clock import now
from webapp.reports.forms import stamp

WORDS = "In de kas werken nu elke week andere mensen op de plek van mijn collega."


def form(app: Flask, **more: Any) -> dict[str, Any]:
    """A form that stood open for a minute."""
    return {
        "id": str(uuid.uuid4()), "made": stamp(app.extensions["keyring"], now() - timedelta(minutes=1)), "municipality": "waterveen",
        "place": "Kwekerij De Morgen", "who": "colleague", "words": WORDS, "contact": "", "website": "", **more,
    }  # fmt: skip


def code_in(page: str) -> str:
    """The code on the page that says a report is in."""
    found = re.search(r'<p class="big spell"><bdi dir="ltr">([^<]+)</bdi>', page)
    assert found, page
    return found[1]


def report(app: Flask, **more: Any) -> str:
    """A report comes in. Gives its code."""
    answer = app.test_client().post("/report-work", data=form(app, **more), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200, answer.text
    return code_in(answer.text)


def staff(world: make.World, as_person: Any) -> Any:
    return as_person(world.case_manager)
