"""Sealing at rest: what only some may ever read is stored encrypted, bound to its row, with keys made from the installation's secret.

A seal names no key. A vault opens with any of its secrets and seals with the first, so a secret can be replaced: put the
new one first, keep the former until everything was sealed anew. The digest finds two equal values without opening either.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets as chance
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12  # bytes, of AES-GCM


class CannotOpen(Exception):
    """The seal is of another installation, another purpose or another row, or somebody changed it."""


class Vault:
    """Seals and opens short texts for one purpose ("bank account"): a seal of one purpose means nothing to another."""

    def __init__(self, secrets: Sequence[str], purpose: str) -> None:
        """`secrets`: of the installation, the one in use first."""
        self._ciphers = [AESGCM(_key(secret, f"opstap sealed {purpose}")) for secret in secrets]
        self._digest_key = _key(secrets[0], f"opstap digest {purpose}")

    def seal(self, text: str, row_id: UUID) -> str:
        """The text, encrypted and bound to this row: copied to another row it does not open. A new seal differs from the last."""
        nonce = chance.token_bytes(NONCE)
        return base64.urlsafe_b64encode(nonce + self._ciphers[0].encrypt(nonce, text.encode(), row_id.bytes)).decode()

    def open(self, sealed: str, row_id: UUID) -> str:
        """The text. Raises CannotOpen."""
        packed = base64.urlsafe_b64decode(sealed)
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(packed[:NONCE], packed[NONCE:], row_id.bytes).decode()
            except InvalidTag:
                continue
        raise CannotOpen

    def digest(self, text: str, municipality_id: int) -> str:
        """64 hexadecimal digits: equal for equal texts of one municipality, and without the key impossible to try out."""
        return hmac.new(self._digest_key, f"{municipality_id}\x1f{text}".encode(), hashlib.sha256).hexdigest()


def _key(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
