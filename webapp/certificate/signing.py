"""Our own signing key (Ed25519, RFC 8032), made when it is first needed: it proves that a certificate is as we gave it out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from webapp.foundation.database import dialect_of
from webapp.notifications.models import ServerKey

NAME = "certificates"
keys: Any = ServerKey.__table__  # type: ignore[attr-defined]
KEPT = select(keys.c.value).where(keys.c.name == NAME)


def _signed(code: str, content: str) -> bytes:
    return f"{code}\n{content}".encode()


def _key(db: Session) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    kept = db.execute(KEPT).scalar_one_or_none()
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept)) if kept else None


def sign(db: Session, code: str, content: str, *, now: datetime) -> str:
    """The signature over a code and what belongs to it, in hexadecimal. Two processes at once end with one key."""
    key = _key(db)
    if key is None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        add = (postgresql if dialect_of(db) == "postgresql" else sqlite).insert(keys).on_conflict_do_nothing()
        db.execute(add, [{"name": NAME, "value": Ed25519PrivateKey.generate().private_bytes_raw().hex(), "created_at": now}])
        key = _key(db)
    signature: bytes = key.sign(_signed(code, content))
    return signature.hex()


def is_ours(db: Session, code: str, content: str, signature: str) -> bool:
    """Whether this very text was given out under this code."""
    from cryptography.exceptions import InvalidSignature

    key = _key(db)
    try:
        if key is None:
            return False
        key.public_key().verify(bytes.fromhex(signature), _signed(code, content))
    except (InvalidSignature, ValueError):
        return False
    return True
