"""Sealing at rest: what only some may ever read is stored encrypted, with keys made from the installation's secret.

A seal names no key. It opens with any of the secrets and is made with the first, so a secret can be replaced: put the
new one first, keep the former until everything was sealed anew. What is only ever compared is kept as a keyed hash.
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


class CannotOpen(ValueError):
    """The seal is of another installation, another purpose or another row, or somebody changed it."""


class Seals:
    """Seals and opens short texts with AES-GCM, each bound to something (a row, a purpose) that opens it as well."""

    def __init__(self, secrets: Sequence[str], info: str) -> None:
        """`secrets`: of the installation, the one in use first. `info`: what the key is for; a seal of other info means nothing here."""
        self._ciphers = [AESGCM(derived(secret, info)) for secret in secrets]

    def seal(self, text: str, bound_to: bytes) -> str:
        """The text, encrypted: bound to something else it does not open. A new seal differs from the last."""
        nonce = chance.token_bytes(NONCE)
        return base64.urlsafe_b64encode(nonce + self._ciphers[0].encrypt(nonce, text.encode(), bound_to)).decode()

    def open(self, sealed: str, bound_to: bytes) -> str:
        """The text. Raises CannotOpen."""
        packed = base64.urlsafe_b64decode(sealed)
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(packed[:NONCE], packed[NONCE:], bound_to).decode()
            except InvalidTag:
                continue
        raise CannotOpen


class Vault:
    """Short texts of one purpose ("bank account"), each bound to its row; and a digest that finds two equal ones unopened."""

    def __init__(self, secrets: Sequence[str], purpose: str) -> None:
        self._seals = Seals(secrets, f"opstap sealed {purpose}")
        self._digest_key = derived(secrets[0], f"opstap digest {purpose}")

    def seal(self, text: str, row_id: UUID) -> str:
        return self._seals.seal(text, row_id.bytes)

    def open(self, sealed: str, row_id: UUID) -> str:
        """The text. Raises CannotOpen."""
        return self._seals.open(sealed, row_id.bytes)

    def digest(self, text: str, municipality_id: int) -> str:
        """64 hexadecimal digits: equal for equal texts of one municipality, and without the key impossible to try out."""
        return hmac.new(self._digest_key, f"{municipality_id}\x1f{text}".encode(), hashlib.sha256).hexdigest()


class KeyRing:
    """Keys for purposes that are named when they are used, so that what fits one lock fits no other."""

    def __init__(self, *secrets: str) -> None:
        """`secrets`: of the installation, the one in use first; what the former sealed still opens, and their marks no longer fit."""
        self._secrets = secrets

    def mark(self, purpose: str, text: str) -> str:
        """64 hexadecimal digits: the same for the same text, and without the secret nobody can try texts against it."""
        return hmac.new(derived(self._secrets[0], f"opstap mark {purpose}"), text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()

    def seal(self, purpose: str, text: str) -> str:
        return self._seals(purpose).seal(text, purpose.encode())

    def open(self, purpose: str, sealed: str) -> str:
        """The text. Raises CannotOpen, also for what is no seal at all."""
        try:
            return self._seals(purpose).open(sealed, purpose.encode())
        except ValueError as wrong:
            raise CannotOpen from wrong

    def _seals(self, purpose: str) -> Seals:
        return Seals(self._secrets, f"opstap seal {purpose}")


def derived(secret: str, info: str) -> bytes:
    """A key of 32 bytes for one use of a secret (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(secret.encode())
