"""The citizen service number (BSN): only where the terms say it is needed, sealed at rest, never whole on a screen.

Source: Wet algemene bepalingen burgerservicenummer art. 10 lets a municipality use it for its public task; Opstap itself never
needs it. The check is the "elfproef".
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel

from webapp.foundation.database import Utc
from webapp.foundation.sealing import Vault

PURPOSE = "citizen number"  # of the vault


class NotNeeded(Exception):
    """This municipality did not decide that it needs the number, so it is not kept."""


class NotANumber(ValueError):
    """Not nine digits, or the elfproef fails."""


class CitizenNumber(SQLModel, table=True):
    """The number of one participant, sealed. Of the number only the last three show."""

    __tablename__ = "citizen_number"
    __table_args__ = (CheckConstraint("length(last_three) = 3", name="of_a_citizen_number_only_the_last_three_show"),)

    account_id: uuid.UUID = Field(foreign_key="account.id", primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    sealed: str
    last_three: str
    set_by: uuid.UUID = Field(foreign_key="account.id")
    set_at: datetime = Field(sa_type=Utc)


def vault(secrets: Collection[str]) -> Vault:
    return Vault(tuple(secrets), PURPOSE)


def clean_number(typed: str) -> str:
    """Nine digits that pass the elfproef. Raises NotANumber.

    >>> clean_number("1112 22 333")
    '111222333'
    """
    from stdnum.exceptions import ValidationError
    from stdnum.nl import bsn

    try:
        return str(bsn.validate(typed))
    except ValidationError as wrong:
        raise NotANumber from wrong


def keep_number(
    db: Session, participant_id: uuid.UUID, municipality_id: int, number: str, *, is_needed: bool, by: uuid.UUID, vault: Vault, now: datetime
) -> CitizenNumber:
    """Keep the number of this person in place of any former one. `number` is clean; `is_needed` comes from the terms. Raises NotNeeded."""
    if not is_needed:
        raise NotNeeded
    values: dict[str, Any] = {"sealed": vault.seal(number, participant_id), "last_three": number[-3:], "set_by": by, "set_at": now}
    known = db.get(CitizenNumber, participant_id) or CitizenNumber(account_id=participant_id, municipality_id=municipality_id, **values)
    known.sqlmodel_update(values)
    db.add(known)
    db.flush()
    return known


def number_of(known: CitizenNumber, vault: Vault) -> str:
    """The whole number, for an exchange the law prescribes and nothing else. Raises CannotOpen (foundation/sealing.py)."""
    return vault.open(known.sealed, known.account_id)
