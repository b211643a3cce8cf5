"""The words of an invitation by mail, to a supervisor or somebody of the municipality."""

from __future__ import annotations

from datetime import date

from webapp.access.rules import shown_code
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import long_date, speaking
from webapp.people.models import Account
from webapp.people.person import Person


def mail_words(account: Account, code: str, *, by: Person, url: str, ends_on: date) -> dict[str, str]:
    """A mail to a supervisor or colleague. It holds a code to type, and no link that signs in."""
    with speaking(account.language):
        lines = [
            _("Dear %(name)s,", name=account.name),
            _("%(name)s of the municipality of %(municipality)s invites you to Opstap.", name=by.name, municipality=by.municipality_name),
            _("Go to %(address)s and type this code: %(code)s", address=f"{url}/start", code=shown_code(code)),
            _("The code works once, until %(day)s. Give it to nobody.", day=long_date(ends_on)),
            _("Questions, or no phone? Call %(number)s.", number=by.municipality_phone),
        ]
        return {"to": account.email, "subject": _("Your code for Opstap"), "text": "\n\n".join(lines) + "\n"}
