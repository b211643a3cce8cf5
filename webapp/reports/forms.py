"""What somebody typed about work, turned into typed values or into an error at its field."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from webapp.foundation.ids import new_id
from webapp.foundation.sealing import CannotOpen, KeyRing
from webapp.foundation.texts import gettext as _
from webapp.reports.models import WHO
from webapp.reports.rules import line

STAMP = "report form made"


@dataclass
class Report:
    """A report as typed: clean values when `errors` is empty. `token` is the form's own secret (actions.code_for)."""

    values: Mapping[str, str]
    token: uuid.UUID
    who: str = ""
    place: str = ""
    words: str = ""
    contact: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def stamp(keys: KeyRing, at: datetime) -> str:
    """When a form was made, so that it can come back and cannot be made up."""
    return keys.seal(STAMP, at.isoformat())


def made_at(keys: KeyRing, typed: str) -> datetime | None:
    """When the form was made; None where it brings nothing of ours."""
    try:
        return datetime.fromisoformat(keys.open(STAMP, typed))
    except CannotOpen:
        return None


def read_text(values: Mapping[str, str], name: str, longest: int) -> str:
    """What was typed without blanks around it and without signs that nobody can see; line breaks stay. Cut where it becomes a book."""
    plain = unicodedata.normalize("NFC", values.get(name, "")).replace("\r\n", "\n")
    shown = "".join(sign for sign in plain if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn"))
    return re.sub(r"\n{3,}", "\n\n", shown).strip()[:longest]


def read_token(values: Mapping[str, str]) -> uuid.UUID:
    """The secret a form brought, so that twice is once; a new one where it brought none."""
    try:
        return uuid.UUID(values.get("id", ""))
    except ValueError:
        return uuid.uuid4()


def read_report(values: Mapping[str, str]) -> Report:
    report = Report(values, read_token(values))
    report.place = read_text(values, "place", line.LONGEST_PLACE)
    report.words = read_text(values, "words", line.LONGEST_WORDS)
    report.contact = read_text(values, "contact", line.LONGEST_CONTACT)
    report.who = values.get("who", "")
    if not report.place:
        report.errors["place"] = _("Write where it is. The name of the company or the street is enough.")
    if report.who not in WHO:
        report.errors["who"] = _("Choose who you are. Your name is not needed.")
    if len(report.words) < 10:
        report.errors["words"] = _("Write in a few words what you saw.")
    return report


def read_id(values: Mapping[str, str]) -> uuid.UUID:
    """The identifier of a message, made with the form."""
    try:
        return uuid.UUID(values.get("id", ""))
    except ValueError:
        return new_id()
