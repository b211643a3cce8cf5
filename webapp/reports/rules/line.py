"""The report line: codes for whoever reported, what is a person and what a machine, and what may happen to a report."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from webapp.access.rules import ALIKE, ALPHABET, Patience

CODE_LENGTH = 10  # of 32 signs: 50 bits, so nobody finds a report by trying
FASTEST = timedelta(seconds=3)  # nobody reads the page and writes a report in less
OLDEST = timedelta(days=7)  # a page that stood open longer is asked to be sent once more
LONGEST_WORDS, LONGEST_PLACE, LONGEST_CONTACT = 4000, 200, 200
MOST_MESSAGES = 20  # of one reporter about one report

# a union office or a school is one address: ten reports at once, then one every six minutes
SENDING = Patience(10, timedelta(minutes=1), timedelta(hours=1), timedelta(minutes=6))


class NotThatState(Exception):
    """Somebody else did something with this report in the meantime. `status`: how it stands now."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class TakenByAnother(Exception):
    """A colleague took this report in the meantime."""


class Enough(Exception):
    """The reporter wrote so often that somebody has to look first."""


def code_of(mark: str) -> str:
    """The follow-up code that belongs to a mark of a form (64 hexadecimal digits): the same form always gets the same code.

    >>> code_of("0" * 63 + "1")
    '1000000000'
    """
    number = int(mark, 16)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(CODE_LENGTH))


def read_code(typed: str) -> str | None:
    """The code somebody typed: blanks, hyphens and small letters are forgiven, and O for 0, I and l for 1. None: this is no code.

    >>> read_code("km4r7-7olx2 ")
    'KM4R7701X2'
    """
    plain = re.sub(r"[\s\-–—_.]", "", unicodedata.normalize("NFKC", typed)).upper().translate(ALIKE)
    return plain if len(plain) == CODE_LENGTH and set(plain) <= set(ALPHABET) else None


def shown_code(code: str) -> str:
    """As it stands on screen: 'KM4R7 701X2'."""
    return f"{code[:5]} {code[5:]}"


def is_human(made_at: datetime | None, sent_at: datetime, trap: str) -> bool:
    """Whether a form looks like it was filled in by somebody: not at once, not days later, and not in the field nobody sees."""
    return made_at is not None and FASTEST <= sent_at - made_at <= OLDEST and not trap


def is_late(status: str, due_on: date, today: date) -> bool:
    return status in ("new", "looking") and today > due_on


NEXT: Mapping[str, frozenset[str]] = {
    # what somebody does -> from which states it may be done
    "take": frozenset({"new", "looking", "answered"}),
    "answer": frozenset({"looking", "answered", "closed"}),
    "close": frozenset({"looking", "answered"}),
    "reopen": frozenset({"closed"}),
}


def ensure_may(what: str, status: str) -> None:
    """Raises NotThatState."""
    if status not in NEXT[what]:
        raise NotThatState(status)
