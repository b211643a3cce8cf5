"""Bank accounts of participants: sealed at rest, dated, the former ones kept until their term.

What a screen may show stands in plain columns (the last four, the holder); the number itself opens only with the vault, for
the bank file. `account_of` and `iban_of` are for who pays; changing one is told in `webapp/privacy/account.py`.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, select, text, update
from sqlmodel import Field, Session, SQLModel

from webapp.foundation.clock import day_of
from webapp.foundation.database import Utc
from webapp.foundation.ids import new_id
from webapp.foundation.sealing import Vault

PURPOSE = "bank account"  # of the vault
LONGEST_HOLDER = 70  # signs a bank file has for a name (pain.001, Nm)
SIGNS_IN_A_NAME = frozenset(" .,'’-/()&+")
IN_USE = text("replaced_at IS NULL")


class NotAnIban(ValueError):
    """It is not the number of a bank account: a wrong sign, length or check digit."""


class NotLatin(ValueError):
    """A bank reads Latin letters only; another script arrives as something else."""


class BankAccount(SQLModel, table=True):
    """Where the premium of one participant goes from a day on. A change is a new row; the former one says until when it counted.

    `sealed_iban` opens with the vault and this row's id (`iban_of`). `digest` is equal for equal accounts of one municipality, so
    that two people with one account are found without opening either. `is_budget_manager`: the account is of a bewindvoerder or
    budget manager, so that another holder is expected.
    """

    __tablename__ = "bank_account"
    __table_args__ = (
        CheckConstraint("length(last_four) = 4", name="of_an_account_only_the_last_four_show"),
        CheckConstraint("length(digest) = 64", name="an_account_has_its_digest"),
        CheckConstraint("holder <> ''", name="an_account_has_a_holder"),
        CheckConstraint("replaced_at IS NULL OR replaced_at >= changed_at", name="an_account_is_replaced_after_it_began"),
        Index("one_account_a_person", "participant_id", unique=True, sqlite_where=IN_USE, postgresql_where=IN_USE),
        Index("accounts_that_are_the_same", "municipality_id", "digest"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: int = Field(foreign_key="municipality.id")
    participant_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    sealed_iban: str
    last_four: str
    digest: str
    holder: str
    is_budget_manager: bool = False
    valid_from: date
    changed_at: datetime = Field(sa_type=Utc)
    changed_by: uuid.UUID = Field(foreign_key="account.id")
    replaced_at: datetime | None = Field(default=None, sa_type=Utc)


accounts: Any = BankAccount.__table__  # type: ignore[attr-defined]
CURRENT = select(BankAccount).where(accounts.c.replaced_at.is_(None))


def vault(secrets: Collection[str]) -> Vault:
    """The vault of bank accounts; `secrets` as in `Settings.sealing_keys`."""
    return Vault(tuple(secrets), PURPOSE)


def account_of(db: Session, participant_id: uuid.UUID) -> BankAccount | None:
    """The account that counts now, or None when none was given."""
    found: BankAccount | None = db.execute(CURRENT.where(accounts.c.participant_id == participant_id)).scalar_one_or_none()
    return found


def accounts_of(db: Session, municipality_id: int) -> dict[uuid.UUID, BankAccount]:
    """The account of everybody of this municipality who has one: one statement for a whole run."""
    rows = db.execute(CURRENT.where(accounts.c.municipality_id == municipality_id)).scalars()
    return {row.participant_id: row for row in rows}


def iban_of(account: BankAccount, vault: Vault) -> str:
    """The whole number, for the bank file and nothing else. Raises CannotOpen (foundation/sealing.py)."""
    return vault.open(account.sealed_iban, account.id)


def shared_with(db: Session, account: BankAccount) -> list[uuid.UUID]:
    """Other participants of this municipality whose account is the same now."""
    same = (accounts.c.municipality_id == account.municipality_id, accounts.c.digest == account.digest, accounts.c.replaced_at.is_(None))
    return list(db.execute(select(accounts.c.participant_id).where(*same, accounts.c.participant_id != account.participant_id)).scalars())


def former_accounts(db: Session, participant_id: uuid.UUID) -> list[BankAccount]:
    """Accounts that no longer count, the latest first."""
    mine = (accounts.c.participant_id == participant_id, accounts.c.replaced_at.is_not(None))
    return list(db.execute(select(BankAccount).where(*mine).order_by(accounts.c.changed_at.desc())).scalars())


def clean_iban(typed: str) -> str:
    """The number as a bank writes it, without blanks. Raises NotAnIban.

    >>> clean_iban("nl91 abna 0417 1643 00")
    'NL91ABNA0417164300'
    """
    from schwifty import IBAN  # brings a list of all banks, which a page never needs
    from schwifty.exceptions import SchwiftyException

    try:
        return str(IBAN("".join(typed.split()).upper()))
    except SchwiftyException as wrong:
        raise NotAnIban(typed[-4:]) from wrong


def clean_holder(typed: str) -> str:
    """The name of the holder with single blanks. Raises NotLatin for letters a bank file cannot carry, ValueError for none or too many.

    >>> clean_holder("  Selam   Tesfay-Björk ")
    'Selam Tesfay-Björk'
    """
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not 2 <= len(name) <= LONGEST_HOLDER:
        raise ValueError("a name has 2 to 70 signs")
    for sign in name:
        if sign not in SIGNS_IN_A_NAME and not sign.isdecimal() and not unicodedata.name(sign, "").startswith("LATIN "):
            raise NotLatin(name)
    if not any(sign.isalpha() for sign in name):
        raise NotLatin(name)
    return name


def keep_account(
    db: Session, participant_id: uuid.UUID, municipality_id: int, *, id: uuid.UUID, iban: str, holder: str, is_budget_manager: bool, by: uuid.UUID,
    vault: Vault, now: datetime,
) -> BankAccount | None:  # fmt: skip
    """From today on this account counts. `iban` and `holder` are cleaned already. The caller holds the municipality's lock.

    Gives the new row, or None when nothing changed: the same request again (`id`), or the same account with the same holder.
    """
    if db.get(BankAccount, id) is not None:
        return None
    former, digest = account_of(db, participant_id), vault.digest(iban, municipality_id)
    if former is not None and (former.digest, former.holder, former.is_budget_manager) == (digest, holder, is_budget_manager):
        return None
    db.execute(update(BankAccount).where(accounts.c.participant_id == participant_id, accounts.c.replaced_at.is_(None)).values(replaced_at=now))
    made = BankAccount(
        id=id, municipality_id=municipality_id, participant_id=participant_id, sealed_iban=vault.seal(iban, id), last_four=iban[-4:], digest=digest,
        holder=holder, is_budget_manager=is_budget_manager, valid_from=day_of(now), changed_at=now, changed_by=by,
    )  # fmt: skip
    db.add(made)
    db.flush()
    return made
