"""The premium account worked out a second time, slowly and in another way: fractions, one entry after the other."""

from __future__ import annotations

import re
import uuid
from fractions import Fraction
from math import floor
from typing import Any

from sqlalchemy import text
from sqlmodel import Session


def cents_of(minutes: int, cents_per_hour: int) -> int:
    """Half a cent up, with exact fractions."""
    return floor(Fraction(minutes, 60) * cents_per_hour + Fraction(1, 2))


def premium_of(session: Session, participant_id: uuid.UUID, rates: dict[Any, int] | int) -> int:
    """What somebody's entries are worth: certain minutes at the rate of their day. `rates`: one rate, or one per day."""
    session.rollback()
    key = participant_id.hex if session.get_bind().dialect.name == "sqlite" else participant_id
    rows = session.execute(text("SELECT worked_on, certain_minutes FROM hours_entry WHERE participant_id = :who"), {"who": key}).all()
    return sum(cents_of(minutes, rates if isinstance(rates, int) else rates[str(day)]) for day, minutes in rows)


def ledger_of(session: Session, participant_id: uuid.UUID) -> tuple[int, int]:
    """The cents and the minutes in the ledger, added up line by line."""
    session.rollback()
    key = participant_id.hex if session.get_bind().dialect.name == "sqlite" else participant_id
    rows = session.execute(text("SELECT amount_cents, minutes FROM ledger_line WHERE participant_id = :who"), {"who": key}).all()
    return sum(cents for cents, _ in rows), sum(minutes for _, minutes in rows)


def shown(page: Any, mark: str) -> int:
    """The cents of the amount with this id, as outside checks read them."""
    found = re.search(rf'<data id="{mark}" value="(-?\d+)"', page.get_data(as_text=True))
    assert found is not None, f"no amount with the id {mark}"
    return int(found[1])
