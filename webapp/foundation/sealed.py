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

    def __init__(self, secret: str, *former: str) -> None:
        """`former`: secrets that were replaced; what they sealed still opens, and nothing new is made with them."""
        self._secret, self._former = secret.encode(), [one.encode() for one in former]

    def mark(self, purpose: str, text: str) -> str:
        """64 hexadecimal digits: the same for the same text, and without the secret nobody can try texts against it."""
        return hmac.new(self._key("mark " + purpose), text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()

    def seal(self, purpose: str, text: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._cipher(purpose).encrypt(nonce, text.encode(), purpose.encode())).decode()

    def open(self, purpose: str, sealed: str) -> str:
        """Raises Unreadable."""
        for secret in (self._secret, *self._former):
            try:
                packed = base64.urlsafe_b64decode(sealed)
                return self._cipher(purpose, secret).decrypt(packed[:NONCE_BYTES], packed[NONCE_BYTES:], purpose.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise Unreadable

    def _cipher(self, purpose: str, secret: bytes | None = None) -> AESGCM:
        return AESGCM(self._key("seal " + purpose, secret))

    def _key(self, purpose: str, secret: bytes | None = None) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"opstap " + purpose.encode()).derive(secret or self._secret)
