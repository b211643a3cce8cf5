"""A participant's own answer, sealed: only their own screen opens it, and from outside all seals look alike."""

from __future__ import annotations

import base64
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NOTHING_SAID, NO = "-", "no"
WIDTH = 20  # bytes of every sealed answer, so that the length tells nothing


class Sealer:
    """Seals and opens answers with a key made from the secret of the installation; `former` secrets still open what they sealed."""

    def __init__(self, secret: str, *former: str) -> None:
        self._ciphers = [_cipher(one) for one in (secret, *former)]

    def seal(self, answer: str, offer_id: UUID) -> str:
        """64 characters. A new seal of the same answer differs from the last."""
        nonce = secrets.token_bytes(12)
        return base64.urlsafe_b64encode(nonce + self._ciphers[0].encrypt(nonce, answer.encode().ljust(WIDTH), offer_id.bytes)).decode()

    def open(self, sealed: str, offer_id: UUID) -> str:
        """The answer; NOTHING_SAID when the seal is of another installation or offer."""
        packed = base64.urlsafe_b64decode(sealed)
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(packed[:12], packed[12:], offer_id.bytes).decode().strip()
            except InvalidTag:
                continue
        return NOTHING_SAID


def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"opstap answers to offers").derive(secret.encode()))
