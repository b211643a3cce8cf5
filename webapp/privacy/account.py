"""Giving or changing one's own bank account: the account, the history row, and the message that it changed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlmodel import Session

from webapp.foundation.database import lock_municipality
from webapp.foundation.sealing import Vault
from webapp.history.actions import Change, record_by
from webapp.notifications.actions import notify
from webapp.people import bank
from webapp.people.person import Person


def change_account(
    db: Session, person: Person, *, id: uuid.UUID, iban: str, holder: str, is_budget_manager: bool, vault: Vault, now: datetime
) -> None:
    """From now on the premium goes to this account. The same again changes nothing; the history names no number.

    The message goes to the person, so that somebody else's change does not stay unseen.
    """
    lock_municipality(db, person.municipality_id)
    made = bank.keep_account(
        db, person.id, person.municipality_id, id=id, iban=iban, holder=holder, is_budget_manager=is_budget_manager, by=person.id, vault=vault, now=now,
    )  # fmt: skip
    if made is None:
        return
    facts = {"account": made.id, "valid_from": made.valid_from, "budget_manager": is_budget_manager}
    record_by(db, [Change("account.changed", person.id, facts)], by=person, now=now)
    notify(
        db, to=person.id, municipality_id=person.municipality_id, key="account.changed", slots={"last_four": made.last_four}, path="/me/account",
        cause_id=str(made.id), now=now,
    )  # fmt: skip
