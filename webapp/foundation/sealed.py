"""Marks and seals: what is only ever compared is kept as a keyed hash, what must be read again once is kept encrypted."""

from __future__ import annotations

import base64
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Unreadable(ValueError):
    """A seal of another installation, or of another purpose, or one that was tampered with."""


class KeyRing:
    """Keys made from the secret of the installation, one for each purpose, so that what fits one lock fits no other."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def mark(self, purpose: str, text: str) -> str:
        """64 hexadecimal digits: the same for the same text, and without the secret nobody can try texts against it."""
        return hmac.new(self._key("mark " + purpose), text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()

    def seal(self, purpose: str, text: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._cipher(purpose).encrypt(nonce, text.encode(), purpose.encode())).decode()

    def open(self, purpose: str, sealed: str) -> str:
        """Raises Unreadable."""
        try:
            packed = base64.urlsafe_b64decode(sealed)
            return self._cipher(purpose).decrypt(packed[:NONCE_BYTES], packed[NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError) as wrong:
            raise Unreadable from wrong

    def _cipher(self, purpose: str) -> AESGCM:
        return AESGCM(self._key("seal " + purpose))

    def _key(self, purpose: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"opstap " + purpose.encode()).derive(self._secret)
