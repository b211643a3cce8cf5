"""Hashing of pins and passwords: argon2id, made to cost the same whether somebody is known or not."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's setting for argon2id with the least memory: 19 MiB, two passes, one lane (as strong as 46 MiB and one pass)
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hashed(secret: str) -> str:
    return HASHER.hash(secret)


def is_right(secret_hash: str | None, secret: str) -> bool:
    """Whether this is the secret. For nobody (None) it takes as long, and is never right."""
    try:
        return HASHER.verify(secret_hash or nobodys(), secret) and secret_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(1)
def nobodys() -> str:
    return HASHER.hash("nobody signs in with this")
