"""What a service that carries something said: apart, because who only writes messages need not load what carries them."""

from __future__ import annotations

from typing import NamedTuple


class Answer(NamedTuple):
    """What the other side said; status None when it said nothing."""

    status: int | None
    retry_after: str | None = None
