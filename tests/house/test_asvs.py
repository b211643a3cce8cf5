"""What the list of security requirements points at is there."""

from __future__ import annotations

import re

from webapp.bootstrap import ROOT

STATES = {"met", "open", "n/a", "operator", ""}


def test_every_place_in_the_list_exists_and_every_group_has_a_state() -> None:
    text = (ROOT / "webapp" / "ASVS.md").read_text(encoding="utf-8")

    for place in re.findall(r"`((?:webapp|tests)/[\w/.]+|README\.md)`", text):
        assert (ROOT / place).exists(), place
    rows = [line.split("|")[1:-1] for line in text.partition("## Keys")[0].splitlines() if line.startswith("| ") and not line.startswith("| Group")]
    assert {row[1].strip() for row in rows} <= STATES
    assert {f"V{number}" for number in range(1, 18)} <= {word for row in rows for word in re.findall(r"\*\*(V\d+)", row[0])}
