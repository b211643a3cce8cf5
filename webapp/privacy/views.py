"""A participant's own data: who looked, who sees what, the bank account."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from webapp.foundation.clock import now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import extension, go, invalid, page
from webapp.people import bank
from webapp.privacy import account as accounts
from webapp.privacy import (
    answer_views,  # noqa: F401 - it adds the addresses of who answers
    citizen_views,  # noqa: F401 - it adds the address of the citizen service number
    data_views,  # noqa: F401 - it adds the addresses of one's own data
    forms,
    office_views,  # noqa: F401 - it adds the addresses of administrators
    reads,
)
from webapp.privacy.blueprint import pages
from webapp.privacy.kinds import who_sees_words
from webapp.privacy.purposes import export_words, purpose_words


@pages.get("/me/looks")
def looks() -> Response:
    """Everybody who opened this person's file, the latest first."""
    return page("privacy/looks.html", looks=reads.looks_of(db(), g.person), purpose_words=purpose_words, export_words=export_words)


@pages.get("/me/account")
def account() -> Response:
    return page("privacy/account.html", **account_context())


def account_context() -> dict[str, Any]:
    known = bank.account_of(db(), g.person.id)
    return {
        "account": known,
        "former": bank.former_accounts(db(), g.person.id),
        "typed": {"id": str(new_id())},
        "saved": request.args.get("saved") == "1",
    }


@pages.post("/me/account")
def change_account() -> Response:
    """Give or change the account; what was typed stays when something is wrong with it."""
    typed = forms.read_account(request.form)
    if typed.errors:
        return invalid("privacy/account.html", errors=typed.errors, **{**account_context(), "typed": {**typed.values, "id": str(typed.id)}})
    accounts.change_account(
        db(), g.person, id=typed.id, iban=typed.iban, holder=typed.holder, is_budget_manager=typed.is_budget_manager,
        vault=extension("bank_vault"), now=now(),
    )  # fmt: skip
    return go("/me/account?saved=1")


@pages.get("/privacy")
def who_sees() -> Response:
    """What a participant's data are, and who sees them: for everybody, also before signing in."""
    return page("privacy/who_sees.html", rows=who_sees_words(), back_to="/me" if g.person and g.person.role == "participant" else "/")
