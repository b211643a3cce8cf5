"""Money is whole cents, always an int; a float never meets it."""

from __future__ import annotations

import re


def plain_euro(cents: int, *, decimal: str = ",", group: str = ".") -> str:
    """Digits of an amount, Dutch style by default: 212000 -> '2.120,00'.

    >>> plain_euro(-105)
    '-1,05'
    """
    sign = "-" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    return f"{sign}{euros:,}".replace(",", group) + f"{decimal}{rest:02d}"


def cents_of(text: str) -> int:
    """Cents of an amount somebody typed: '12', '12,5', '12,50', '1.234,50', '€ 12.50'.

    Raises ValueError when it is not an amount, or could be read two ways ('1.234').
    """
    digits = re.sub(r"[€\s\u00a0\u202f]", "", text)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d{1,2}|\d+(,\d{1,2})?", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif not re.fullmatch(r"\d+\.\d{1,2}", digits):
        raise ValueError("not an amount")
    euros, _, rest = digits.partition(".")
    return int(euros) * 100 + int((rest + "00")[:2])
