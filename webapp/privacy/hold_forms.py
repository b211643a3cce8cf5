"""A hold as an administrator typed it, turned into typed values, or into errors at its fields."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from webapp.foundation.ids import new_id
from webapp.foundation.texts import gettext as _
from webapp.privacy.forms import read_id, read_words
from webapp.privacy.retention import KINDS


@dataclass
class TypedHold:
    """A hold as typed: `kind` "" is every kind, `name` "" is everybody."""

    values: Mapping[str, str]
    id: uuid.UUID = field(default_factory=new_id)
    name: str = ""
    kind: str = ""
    reason: str = ""
    until: date | None = None
    errors: dict[str, str] = field(default_factory=dict)


def read_hold(values: Mapping[str, str], today: date) -> TypedHold:
    typed = TypedHold(values, id=read_id(values), name=" ".join(read_words(values, "name").split())[:200], reason=read_words(values, "reason"))
    kind = values.get("kind", "")
    if kind not in ("", *KINDS):
        typed.errors["kind"] = _("Choose a kind from the list.")
    else:
        typed.kind = kind
    if values.get("whose") not in ("one", "all"):
        typed.errors["whose"] = _("Choose of whom.")
    elif values.get("whose") == "one" and not typed.name:
        typed.errors["name"] = _("Write the full name or the reference.")
    elif values.get("whose") == "all":
        typed.name = ""
    if not typed.reason:
        typed.errors["reason"] = _("Write in a few words why this may not go.")
    try:
        typed.until = date.fromisoformat(values.get("until", "").strip())
        if not today <= typed.until <= date(today.year + 30, 12, 31):
            raise ValueError
    except ValueError:
        typed.errors["until"] = _("Choose a day from today on, at most thirty years ahead.")
    return typed
