"""The chain: how one row hangs on the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

FIRST = "0" * 64


def facts_text(facts: Mapping[str, Any]) -> str:
    """The facts of a change as text, always written the same way, because it is hashed as it stands."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


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
