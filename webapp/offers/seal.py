"""A participant's own answer, sealed: only their own screen opens it, and from outside all seals look alike."""

from __future__ import annotations

from uuid import UUID

from webapp.foundation.sealing import CannotOpen, Seals

NOTHING_SAID, NO = "-", "no"
WIDTH = 20  # letters of every sealed answer, so that the length tells nothing


class Sealer:
    """Seals and opens answers with a key made from the secret of the installation; `former` secrets still open what they sealed."""

    def __init__(self, *secrets: str) -> None:
        """`secrets`: the one in use first; what the former sealed still opens."""
        self._seals = Seals(secrets, "opstap answers to offers")

    def seal(self, answer: str, offer_id: UUID) -> str:
        """64 characters. A new seal of the same answer differs from the last."""
        return self._seals.seal(answer.ljust(WIDTH), offer_id.bytes)

    def open(self, sealed: str, offer_id: UUID) -> str:
        """The answer; NOTHING_SAID when the seal is of another installation or offer."""
        try:
            return self._seals.open(sealed, offer_id.bytes).strip()
        except CannotOpen:
            return NOTHING_SAID
