"""The words of an invitation: a letter in Dutch with the same in the person's own language on its back, and a mail to colleagues."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from webapp.access.rules import shown_code
from webapp.foundation.documents import qr_svg
from webapp.foundation.texts import LANGUAGES, Language, long_date, speaking
from webapp.foundation.texts import gettext as _
from webapp.people.models import Account
from webapp.people.person import Person

LAYOUT = "access/documents/letter.typ"
LTR = "\u2066"


def letter_content(account: Account, code: str, *, by: Person, url: str, made_on: date, ends_on: date, address: str) -> dict[str, Any]:
    """Everything that stands in the letter: Dutch for the front, and for the back when the person reads another language."""
    spoken = LANGUAGES.get(account.language, LANGUAGES["nl"])
    sides = ["nl"] if spoken.code == "nl" else ["nl", spoken.code]
    return {
        "pages": [side(LANGUAGES[code_of], account, by=by, url=url, made_on=made_on, ends_on=ends_on) for code_of in sides],
        "qr": qr_svg(f"{url}/start/{code}"), "code": shown_code(code), "address": [line for line in address.splitlines() if line.strip()],
        "header": by.municipality_name, "footer": "",
    }  # fmt: skip


def apart(text: str, mark: str = "\u2068") -> str:
    """A name or number inside a sentence of either direction keeps its own (Unicode isolates; `mark` \u2066 reads it from left to right)."""
    return f"{mark}{text}\u2069"


def side(spoken: Language, account: Account, *, by: Person, url: str, made_on: date, ends_on: date) -> dict[str, Any]:
    """One side of the letter, in one language."""
    with speaking(spoken.code):
        return {
            "lang": spoken.code, "dir": spoken.direction,
            "place": _("%(municipality)s, %(day)s", municipality=apart(by.municipality_name), day=long_date(made_on)),
            "title": _("Work with your benefit unchanged"),
            "dear": _("Dear %(name)s,", name=apart(account.name)),
            "says": [
                _("You can do work for a while. Your benefit stays the same. For every hour you get a premium on top."),
                _("You choose. No is fine too. Stopping is always allowed."),
                _("Looking is fine. You are not saying yes yet."),
            ],
            "steps": [
                _("Open the camera of your phone."), _("Point it at the square in the yellow box."), _("Fill in the year you were born."),
            ],
            "other": _("No camera? Go to %(address)s and type the code.", address=apart(address_words(url), LTR)),
            "label": _("Your code"), "qr_words": _("Square to point your camera at"),
            "until": _("The code works once, until %(day)s. Give it to nobody.", day=long_date(ends_on)),
            "call": _("Questions, or no phone? Call %(number)s.", number=apart(by.municipality_phone, LTR)),
            "regards": _("Kind regards,"), "from": by.name, "office": _("Municipality of %(municipality)s", municipality=apart(by.municipality_name)),
        }  # fmt: skip


def address_words(url: str) -> str:
    """As people type it: without https."""
    parts = urlsplit(url)
    return f"{parts.netloc}/start"
