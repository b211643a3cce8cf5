"""Our own VAPID keys (RFC 8292), made at the first start and kept in the database.

Apart from `push`, because every process that answers pages needs the public one, and what encrypts messages is
15 MB in memory that only the worker needs.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from webapp.notifications.models import ServerKey

VAPID_PAIR = "vapid"
SEAM = "\n\n"  # no PEM has an empty line
POINT_BYTES = 65  # of an uncompressed point on P-256, which ends the DER of such a key (RFC 5480)

keys: Any = ServerKey.__table__  # type: ignore[attr-defined]
KEPT = select(keys.c.value).where(keys.c.name == VAPID_PAIR)


def own_keys(db: Session, *, now: datetime) -> tuple[str, str]:
    """The VAPID keys (private, public; PEM). Two processes starting at once end with one pair."""
    found = db.execute(KEPT).scalar_one_or_none()
    if found is None:
        from webpush.vapid import VAPID

        private, public, _ = VAPID.generate_keys()
        add = (postgresql if db.get_bind().dialect.name == "postgresql" else sqlite).insert(keys).on_conflict_do_nothing()
        # both halves are one row, so that a race can never mix two pairs
        db.execute(add, [{"name": VAPID_PAIR, "value": f"{private.decode()}{SEAM}{public.decode()}", "created_at": now}])
        found = db.execute(KEPT).scalar_one()
    private_pem, public_pem = found.split(SEAM)
    return private_pem, public_pem


def application_key(public_pem: str) -> str:
    """The public key as browsers want it when somebody subscribes: the point itself, in base64url without padding."""
    der = base64.b64decode("".join(line for line in public_pem.splitlines() if not line.startswith("-")))
    return base64.urlsafe_b64encode(der[-POINT_BYTES:]).decode().rstrip("=")
