"""Identifiers of rows: UUIDs whose first bits are the time (RFC 9562, version 7).

What is written in one week then lies together in every index, so that confirming a list touches a few pages of the
database instead of one for each row, however many rows there are. The 74 bits behind the time are chance, so an
identifier cannot be guessed; it does tell when it was made, so it is never given to what must not (a code, a secret).
"""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from uuid import UUID

VERSION, VARIANT = 7 << 76, 2 << 62


def new_id(at: datetime | None = None) -> UUID:
    """A new identifier; `at`: the instant it seems to be made, for what is filled in afterwards.

    >>> new_id().version
    7
    """
    milliseconds = time.time_ns() // 1_000_000 if at is None else int(at.timestamp() * 1000)
    chance = secrets.randbits(74)
    return UUID(int=(milliseconds & (1 << 48) - 1) << 80 | VERSION | (chance >> 62) << 64 | VARIANT | chance & (1 << 62) - 1)
