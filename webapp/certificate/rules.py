"""What a certificate says and how it proves that nobody changed it: plain values in, plain values out."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else
CODE_LENGTH = 10  # 49 bits: nobody finds one by trying
READ_AS = str.maketrans({"0": "Q", "O": "Q", "1": "J", "I": "J", "L": "J", "U": "V"})
LONGEST_WORDS = 400  # of a reference: two or three sentences


class Work(NamedTuple):
    """One place as a certificate shows it. `minutes`: confirmed hours only. Days are the first and last one worked."""

    function: str
    employer: str
    town: str
    first_on: date
    last_on: date
    minutes: int
    tasks: tuple[str, ...]
    reference: str = ""
    reference_by: str = ""


def content_of(name: str, works: Sequence[Work]) -> str:
    """What is signed: the same facts always give the same text. Only work is in it: no word about benefit, and no municipality."""
    said: Mapping[str, Any] = {
        "name": name,
        "works": [{**work._asdict(), "first_on": work.first_on.isoformat(), "last_on": work.last_on.isoformat()} for work in works],
    }
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def works_in(content: str) -> list[Work]:
    """The places in a signed text.

    >>> works_in(content_of("Selam", []))
    []
    """
    return [
        Work(**{**one, "first_on": date.fromisoformat(one["first_on"]), "last_on": date.fromisoformat(one["last_on"]), "tasks": tuple(one["tasks"])})
        for one in json.loads(content)["works"]
    ]


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """A code as it was meant: spaces, hyphens and case do not count, and what looks alike is the same.

    >>> read_code("k2m9-4x q0lb".replace("q0lb", "qqjb"))
    'K2M94XQQJB'
    """
    return "".join(sign for sign in typed.upper() if sign.isalnum()).translate(READ_AS)[: CODE_LENGTH + 1]


def shown_code(code: str) -> str:
    """'K2M94XQQJB' -> 'K2M94-XQQJB', easier to read over the telephone."""
    return f"{code[: CODE_LENGTH // 2]}-{code[CODE_LENGTH // 2 :]}"


def digest(token: str) -> str:
    """What is kept of the secret in a link."""
    return hashlib.sha256(token.encode()).hexdigest()
