"""Codes, pins, passwords and waiting: what is accepted, what is forgiven, and how long a wrong guess slows the next."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

# invitation codes ---------------------------------------------------------------------------

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O and U, so 40 bits in eight characters
CODE_LENGTH = 8
ALIKE = str.maketrans("OIL", "011")


def code_from(chance: Sequence[int]) -> str:
    """Eight characters from eight numbers of chance below 32."""
    return "".join(ALPHABET[number] for number in chance)


def read_code(typed: str) -> str | None:
    """The code somebody typed: blanks, hyphens and small letters are forgiven, and O for 0, I and l for 1. None: this is no code.

    >>> read_code("km4r-7ol ")
    >>> read_code("km4r 7o1x")
    'KM4R701X'
    """
    plain = re.sub(r"[\s\-–—_.]", "", unicodedata.normalize("NFKC", typed)).upper().translate(ALIKE)
    return plain if len(plain) == CODE_LENGTH and set(plain) <= set(ALPHABET) else None


def shown_code(code: str) -> str:
    """As it stands on paper: 'KM4R 701X'."""
    return f"{code[:4]} {code[4:]}"


def read_year(typed: str, today: date) -> int | None:
    """A year in which somebody alive may be born; None for anything else. Digits of other scripts count."""
    digits = "".join(str(unicodedata.digit(sign, -1)) if sign.isdigit() else sign for sign in typed.strip())
    year = int(digits) if re.fullmatch(r"[0-9]{4}", digits) else 0
    return year if 1900 <= year <= today.year else None


# where somebody can be reached --------------------------------------------------------------


class Contact(NamedTuple):
    """A mail address or a telephone number, written one way. `channel`: mail or sms."""

    channel: str
    to: str


def read_contact(typed: str) -> Contact | None:
    """What somebody typed as mail address or telephone number; None when it is neither.

    >>> read_contact("+31 6 12 34 56 78")
    Contact(channel='sms', to='0612345678')
    """
    plain = unicodedata.normalize("NFKC", typed).strip()
    if not plain.isprintable():
        return None
    if "@" in plain:
        return (
            Contact("mail", plain.casefold()) if re.fullmatch(r"[^\s@<>\"',;:]{1,64}@[^\s@<>\"',;:]{1,190}\.[^\s@.<>\"',;:]{2,60}", plain) else None
        )
    digits = re.sub(r"[\s().\-–/]", "", plain)
    digits = re.sub(r"^(?:\+|00)31(?:0)?", "0", digits)
    return Contact("sms", digits) if re.fullmatch(r"(?:0[1-9][0-9]{8}|\+[1-9][0-9]{7,14})", digits) else None


def hidden(contact: Contact) -> str:
    """Enough to know one's own by, and no more: '•••• 78', 's•••@example.nl'."""
    if contact.channel == "sms":
        return "•••• " + contact.to[-2:]
    name, _, host = contact.to.partition("@")
    return f"{name[:1]}•••@{host}"


# pins and passwords -------------------------------------------------------------------------


class TooEasy(ValueError):
    """What somebody chose is guessed first. `why`: digits, row, short, long, common or own."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


PIN_LENGTH = 6
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128  # NIST SP 800-63B and ASVS 5.0, 6.2; the longest keeps hashing cheap
FEWEST_SIGNS = 5
COMMON = frozenset(
    "wachtwoord password passwort welkom welcome qwerty qwertyuiop azerty asdfghjkl zxcvbnm gemeente geheim geheimpje admin administrator beheerder "
    "opstap letmein iloveyou ikhouvanjou zomer winter herfst lente summer voetbal feyenoord ajax amsterdam rotterdam utrecht nederland holland computer "
    "januari februari maart april mei juni juli augustus september oktober november december maandag dinsdag woensdag donderdag vrijdag "
    "trustno monkey dragon sunshine princess football baseball master superman batman michael changeme verander wijzigmij inloggen login test testtest "
    "abcdefghijkl abcdefg abcdef abc correcthorsebatterystaple".split()
)


def ensure_hard_pin(pin: str, birth_date: date | None = None) -> None:
    """Raises TooEasy for anything but six digits, for rows, repeats and the own birthday.

    >>> ensure_hard_pin("258091")
    """
    if not re.fullmatch(r"[0-9]{6}", pin):
        raise TooEasy("digits")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {9}) or pin[:3] == pin[3:] or pin[:2] * 3 == pin or len(set(pin)) < 3:
        raise TooEasy("row")
    if birth_date and pin in {birth_date.strftime(form) for form in ("%d%m%y", "%y%m%d", "%m%d%y", "%m%Y", "%Y%m")}:
        raise TooEasy("own")


def plain_password(typed: str) -> str:
    """The same text for the same keys on every keyboard (NFC); nothing is cut off."""
    return unicodedata.normalize("NFC", typed)


def ensure_hard_password(typed: str, own: Sequence[str] = ()) -> None:
    """Long, not made of what everybody tries first, and not of the person's `own` words (name, mail address, municipality).

    Raises TooEasy. There are no rules on kinds of signs (ASVS 5.0, 6.2.5).
    """
    password = plain_password(typed)
    if len(password) < SHORTEST_PASSWORD:
        raise TooEasy("short")
    if len(password) > LONGEST_PASSWORD:
        raise TooEasy("long")
    small = password.casefold()
    letters = re.sub(r"[^\w]|_", "", small.translate(str.maketrans("@013457$", "aoieastS"))).casefold()
    bare = re.sub(r"[\d\W_]+", "", small)
    left = bare
    for word in sorted(COMMON, key=len, reverse=True):
        left = left.replace(word, "") if len(word) > 3 else left
    steps = {ord(after) - ord(before) for before, after in pairwise(small)}
    if len(set(small)) < FEWEST_SIGNS or steps <= {0, 1} or steps <= {0, -1} or bare in COMMON or letters in COMMON or (bare and len(left) < 3):
        raise TooEasy("common")
    if small.isdigit() or (not bare and len(set(small)) < 8):
        raise TooEasy("common")
    mine = {part for word in own for part in re.split(r"[^\w]+", word.casefold()) if len(part) > 3}
    rest = bare
    for part in mine:
        rest = rest.replace(part, "")
    if rest != bare and len(rest) < SHORTEST_PASSWORD // 2:
        raise TooEasy("own")


# waiting ------------------------------------------------------------------------------------


class Patience(NamedTuple):
    """After `free` wrong guesses each next one waits twice as long, up to `longest`; one guess is forgotten every `forgets`."""

    free: int
    first: timedelta
    longest: timedelta
    forgets: timedelta


ACCOUNT = Patience(4, timedelta(seconds=15), timedelta(minutes=15), timedelta(hours=1))
ADDRESS = Patience(100, timedelta(seconds=2), timedelta(minutes=1), timedelta(seconds=6))  # a town hall is one address
OLDEST_GUESS = timedelta(days=2)


def remembered(wrong: int, since: datetime, now: datetime, patience: Patience) -> tuple[int, datetime]:
    """How many wrong guesses still count now, and since when the next one is being forgotten.

    >>> at = datetime(2026, 3, 2, 9)
    >>> remembered(9, at, at + timedelta(hours=2, minutes=30), ACCOUNT)
    (7, datetime.datetime(2026, 3, 2, 11, 0))
    """
    gone = max(0, (now - since) // patience.forgets)
    return (wrong - gone, since + gone * patience.forgets) if gone < wrong else (0, now)


def wait_after(wrong: int, patience: Patience) -> timedelta:
    """How long the next guess waits after so many wrong ones.

    >>> [int(wait_after(wrong, ACCOUNT).total_seconds()) for wrong in (1, 4, 5, 6, 7, 60)]
    [0, 0, 15, 30, 60, 900]
    """
    over = wrong - patience.free
    return min(patience.first * 2 ** min(over - 1, 20), patience.longest) if over > 0 else timedelta()


# codes of an app ----------------------------------------------------------------------------

STEP_SECONDS = 30


def accepted_steps(now: datetime, last_used: int) -> list[int]:
    """The half minutes whose code counts now (RFC 6238, one earlier or later for a clock that is off), none used before."""
    current = int(now.timestamp()) // STEP_SECONDS
    return [step for step in (current, current - 1, current + 1) if step > last_used]


def read_digits(typed: str, length: int) -> str | None:
    """So many digits, blanks forgiven; None for anything else."""
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed))
    return plain if re.fullmatch(rf"[0-9]{{{length}}}", plain) else None
