"""What somebody of the office typed about a report or an employer, turned into typed values or into an error at its field."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from webapp.foundation.texts import gettext as _
from webapp.reports.forms import read_text
from webapp.reports.models import OUTCOMES


def read_seen(values: Mapping[str, str]) -> uuid.UUID | None:
    """Who had the report on the page somebody looked at; None for nobody."""
    try:
        return uuid.UUID(values.get("seen", ""))
    except ValueError:
        return None


@dataclass
class Closing:
    """How a report ends."""

    outcome: str
    reason: str
    errors: dict[str, str] = field(default_factory=dict)


def read_closing(values: Mapping[str, str]) -> Closing:
    closing = Closing(values.get("outcome", ""), read_text(values, "reason", 1000))
    if closing.outcome not in OUTCOMES or not closing.outcome:
        closing.errors["outcome"] = _("Choose what came out.")
    if not closing.reason:
        closing.errors["reason"] = _("Write in a few words why. The reporter reads it.")
    return closing


def read_day(values: Mapping[str, str], name: str) -> date | None:
    """A day as browsers write it; None for anything else, and for a year nobody means."""
    try:
        day = date.fromisoformat(values.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
