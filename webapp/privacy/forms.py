"""What somebody typed about their own data, turned into typed values, or into an error at its field."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.foundation.ids import new_id
from webapp.foundation.texts import gettext as _
from webapp.people import bank

LONGEST_WORDS = 1000


@dataclass
class TypedAccount:
    """An account as typed: clean values when `errors` is empty."""

    values: Mapping[str, str]
    id: uuid.UUID = field(default_factory=new_id)
    iban: str = ""
    holder: str = ""
    is_budget_manager: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def read_account(values: Mapping[str, str]) -> TypedAccount:
    """The account of a form. An error says what is wrong and where to look."""
    typed = TypedAccount(values, id=read_id(values), is_budget_manager=values.get("whose") == "manager")
    try:
        typed.iban = bank.clean_iban(values.get("iban", ""))
    except bank.NotAnIban:
        typed.errors["iban"] = _("This account number is not right. Look at your bank card.")
    try:
        typed.holder = bank.clean_holder(values.get("holder", ""))
    except bank.NotLatin:
        typed.errors["holder"] = _("Write the name in the letters A to Z, as it stands on the bank card.")
    except ValueError:
        typed.errors["holder"] = _("Write the name as it stands on the bank card.")
    if values.get("whose") not in ("own", "manager"):
        typed.errors["whose"] = _("Choose whose account this is.")
    return typed


def read_id(values: Mapping[str, str]) -> uuid.UUID:
    """The identifier a form brought, so that twice is once; a new one where it brought none."""
    try:
        return uuid.UUID(values.get("id", ""))
    except ValueError:
        return new_id()


def read_words(values: Mapping[str, str], name: str) -> str:
    """What somebody wrote, without blanks around it; cut where it becomes a book. A null byte is no word."""
    return values.get(name, "").replace("\x00", "").strip()[:LONGEST_WORDS]
