"""Payouts in the demo: accounts, one payment of some weeks ago, and one that waits for the second check."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.payouts import actions
from webapp.people import bank
from webapp.people.person import Person
from webapp.terms.actions import Terms

JUDGEMENT = "Werken met premie is voor deze mensen een stap naar betaald werk."


def iban(number: int) -> str:
    """A made-up account at a bank that does not exist, whose check digits fit.

    >>> iban(1)
    'NL68BANK0000000001'
    """
    base = f"BANK{number:010d}"
    digits = int("".join(str(int(sign, 36)) for sign in base + "NL00"))
    return f"NL{98 - digits % 97:02d}{base}"


def give_accounts(db: Any, people: dict[str, Person], municipality_id: int, vault: Any, at: Any) -> None:
    """Everybody but the sixth participant gave an account; the third has a budget manager, the fifth changed it lately."""
    for number in range(1, 9):
        person = people[f"participant-{number}"]
        if number == 6 or bank.account_of(db, person.id) is not None:
            continue
        holder = "Stichting Budgetbeheer (voorbeeld)" if number == 3 else person.name
        changes = [at - timedelta(days=120)] + ([at - timedelta(days=6)] if number == 5 else [])
        for turn, moment in enumerate(changes):
            bank.keep_account(
                db, person.id, municipality_id, id=uuid.uuid4(), iban=iban(municipality_id * 1000 + number * 10 + turn), holder=bank.clean_holder(holder),
                is_budget_manager=number == 3, by=person.id, vault=vault, now=moment,
            )  # fmt: skip


def pay(db: Any, people: dict[str, Person], municipality_id: int, terms: Terms, vault: Any, at: Any) -> None:
    """An earlier payment, and one for the day after next week: prepared by the first of finance, to be judged by the second."""
    lock_municipality(db, municipality_id)
    give_accounts(db, people, municipality_id, vault, at)
    first, second = people["finance-1"], people["finance-2"]
    before = at - timedelta(days=18)
    run = actions.prepare(db, terms, pay_on=day_of(before) + timedelta(days=2), by=first, from_outside=False, now=before)
    actions.approve(db, run, JUDGEMENT, terms=terms, by=second, now=before + timedelta(hours=3))
    lately = at - timedelta(hours=4)
    actions.prepare(db, terms, pay_on=day_of(at) + timedelta(days=8), by=first, from_outside=False, now=lately)
