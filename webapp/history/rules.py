"""The chain: how one row hangs on the one before."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

FIRST = "0" * 64


def facts_text(facts: Mapping[str, Any]) -> str:
    """The facts of a change as text, always written the same way, because it is hashed as it stands."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


# facts whose value people write themselves, whatever it looks like; and what is no word of anybody: codes, identifiers, instants
WRITTEN_BY_PEOPLE = frozenset({"note", "reason", "scheme", "words", "text", "remark", "answer", "name", "evidence"})
CODE = re.compile(r"[a-z0-9_.:/-]{0,80}|\d{4}-\d\d-\d\d[T ][\d:.+Z]+")


def apart(facts: Mapping[str, Any]) -> dict[str, str]:
    """The texts in these facts that somebody may have written, by the path to them. In doubt a text is somebody's.

    >>> apart({"minutes": 30, "reason": "ziek", "is": {"start": "08:30", "work": "Bij Jan"}})
    {'reason': 'ziek', 'is.work': 'Bij Jan'}
    """
    found: dict[str, str] = {}

    def keep(path: str, text: str) -> str:
        if text and (path.rpartition(".")[2] in WRITTEN_BY_PEOPLE or not CODE.fullmatch(text)):
            found[path] = text
        return text

    _each_text(facts, keep)
    return found


def filled(facts: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """The same facts with other texts at these paths."""
    made: dict[str, Any] = _each_text(facts, lambda path, text: texts.get(path, text))
    return made


def _each_text(value: Any, change: Callable[[str, str], str], path: str = "") -> Any:
    if isinstance(value, str):
        return change(path, value)
    if isinstance(value, Mapping):
        return {key: _each_text(inner, change, f"{path}.{key}" if path else str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(inner, change, f"{path}.{place}" if path else str(place)) for place, inner in enumerate(value)]
    return value


def digest_of(salt: str, text: str) -> str:
    """What the chain holds in the place of somebody's words: SHA-256 of salt and text."""
    return "sha256:" + hashlib.sha256(f"{salt}\x1f{text}".encode()).hexdigest()


def row_hash(
    previous: str,
    *,
    municipality_id: int,
    number: int,
    at: datetime,
    actor_id: UUID | None,
    actor_role: str,
    action: str,
    subject_id: UUID,
    facts: str,
) -> str:
    """SHA-256 over the previous hash and everything the row says, as 64 hexadecimal digits."""
    said = "\x1f".join(
        (
            previous,
            str(municipality_id),
            str(number),
            at.astimezone(UTC).isoformat(),
            actor_id.hex if actor_id else "",
            actor_role,
            action,
            subject_id.hex,
            facts,
        )
    )
    return hashlib.sha256(said.encode()).hexdigest()
