"""What the law keeps, in words a participant understands."""

from __future__ import annotations

from typing import NamedTuple

from webapp.foundation.texts import N_, gettext, long_date
from webapp.privacy.rules import Kept

WHAT = {
    "client_file": N_("Your name, your work, your hours and your premium, with the decisions about them"),
    "former_account": N_("To which account your premium was paid"),
}
WHY = {
    "client_file": N_("The archive law asks it."),
    "former_account": N_("The tax law asks it."),
}


class KeptWords(NamedTuple):
    """What stays, why, until which day (as words), and the source as the terms have it."""

    what: str
    why: str
    until: str
    source: str


def kept_words(kept: Kept) -> KeptWords:
    return KeptWords(gettext(WHAT[kept.kind]), gettext(WHY[kept.kind]), long_date(kept.until), kept.source)
