"""What a case manager typed about the course of a placement, turned into typed values or an error at its field."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from webapp.foundation.texts import gettext as _
from webapp.placements.records import OUTCOMES, WISHES
from webapp.placements.rules import Pause
from webapp.requests.forms import WEEK_FIELDS, read_week

LONGEST_REASON = 1000


class Typed(NamedTuple):
    """What was typed as it was, and what it means; `errors` by field."""

    values: dict[str, str]
    errors: dict[str, str]
    id: uuid.UUID | None = None
    pattern: list[dict[str, Any]] | None = None
    valid_from: date | None = None
    pause: Pause | None = None
    number: int = 0


def text_of(values: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: values.get(name, "").strip()[:LONGEST_REASON] for name in names}


def day_in(values: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    """A day, or an error at its field; years nobody works in are refused too."""
    try:
        day = date.fromisoformat(values.get(name, ""))
        if 2000 <= day.year <= 2100:
            return day
    except ValueError:
        pass
    errors[name] = _("Fill in a day, for example 2026-04-06.")
    return None


def id_in(values: Mapping[str, str]) -> uuid.UUID | None:
    try:
        return uuid.UUID(values.get("id", ""))
    except ValueError:
        return None


def read_change(values: Mapping[str, str]) -> Typed:
    """A day, a reason, and for each weekday start, stop and break; a weekday left empty is free."""
    typed = text_of(values, "id", "valid_from", "reason", *WEEK_FIELDS)
    errors: dict[str, str] = {}
    valid_from = day_in(typed, "valid_from", errors)
    if not typed["reason"]:
        errors["reason"] = _("Write in a few words why.")
    pattern, wrong = read_week(typed)
    errors |= wrong
    return Typed(typed, errors, id_in(typed), pattern, valid_from)


def read_pause(values: Mapping[str, str]) -> Typed:
    typed = text_of(values, "id", "first_day", "last_day", "wished_by", "pause_reason")
    errors: dict[str, str] = {}
    first, last = day_in(typed, "first_day", errors), day_in(typed, "last_day", errors)
    if typed["wished_by"] not in WISHES:
        errors["wished_by"] = _("Choose whose wish it is.")
    return Typed(typed, errors, id_in(typed), pause=Pause(first, last) if first and last else None)


def read_end(values: Mapping[str, str]) -> Typed:
    typed = text_of(values, "end_day", "outcome", "end_reason", "number")
    errors: dict[str, str] = {}
    day = day_in(typed, "end_day", errors)
    if typed["outcome"] not in OUTCOMES:
        errors["outcome"] = _("Choose how it ended.")
    if not typed["end_reason"]:
        errors["end_reason"] = _("Write in a few words why.")
    number = typed["number"]
    return Typed(typed, errors, valid_from=day, number=int(number) if number.isascii() and number.isdigit() and len(number) < 5 else -1)
