"""What somebody typed about the work they wish, turned into typed values or errors at their fields. Every field may stay empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.foundation.texts import gettext as _
from webapp.foundation.typed_times import LATIN
from webapp.wishes.rules import LONGEST_NEEDS, LONGEST_WEEK, LONGEST_WISH, MOST_WISHES, SLOTS, TRAVEL, Wishes

HOURS = re.compile(r"([0-9]{1,2})(?:[.,]([0-9]))?")


@dataclass
class Typed:
    """`values`: as typed, to show again; `found`: what it says, as far as it is right."""

    values: Mapping[str, Any]
    found: Wishes = field(default_factory=Wishes)
    errors: dict[str, str] = field(default_factory=dict)


def read(form: Any) -> Typed:
    """`form`: a MultiDict, with `cannot` repeated."""
    values: dict[str, Any] = {name: form.get(name, "").strip() for name in ("wishes", "hours_from", "hours_to", "travels_by", "needs")}
    values["cannot"] = form.getlist("cannot")
    typed = Typed(values)
    lines = [line.strip() for line in values["wishes"].splitlines() if line.strip()]
    if len(lines) > MOST_WISHES or any(len(line) > LONGEST_WISH for line in lines):
        typed.errors["wishes"] = _("Write at most %(count)s lines, each at most %(letters)s letters.", count=MOST_WISHES, letters=LONGEST_WISH)
    hours = {name: _minutes(typed, name) for name in ("hours_from", "hours_to")}
    low, high = hours["hours_from"], hours["hours_to"]
    if low is not None and high is not None and low > high:
        typed.errors["hours_to"] = _("This is less than the hours you want at least.")
    if values["travels_by"] not in ("", *TRAVEL):
        typed.errors["travels_by"] = _("Choose one of these.")
    if set(values["cannot"]) - set(SLOTS):
        typed.errors["cannot"] = _("Choose from this list.")
    if len(values["needs"]) > LONGEST_NEEDS:
        typed.errors["needs"] = _("Write at most %(count)s letters.", count=LONGEST_NEEDS)
    if not typed.errors:
        typed.found = Wishes(lines, low, high, [slot for slot in SLOTS if slot in values["cannot"]], values["travels_by"], values["needs"])
    return typed


def _minutes(typed: Typed, name: str) -> int | None:
    text = typed.values[name].translate(LATIN)
    if not text:
        return None
    said = HOURS.fullmatch(text)
    minutes = int(said[1]) * 60 + int(said[2] or 0) * 6 if said else 0
    if not 0 < minutes <= LONGEST_WEEK:
        typed.errors[name] = _("Fill in hours a week, for example 16 or 16,5. At most %(hours)s.", hours=LONGEST_WEEK // 60)
        return None
    return minutes


def shown(wishes: Wishes) -> dict[str, Any]:
    """What is known, as the form has it."""
    return {
        "wishes": "\n".join(wishes.wishes), "hours_from": _hours(wishes.minutes_from), "hours_to": _hours(wishes.minutes_to), "cannot": list(wishes.cannot),
        "travels_by": wishes.travels_by, "needs": wishes.needs,
    }  # fmt: skip


def _hours(minutes: int | None) -> str:
    if minutes is None:
        return ""
    whole, rest = divmod(minutes, 60)
    return f"{whole},{rest // 6}" if rest else str(whole)
