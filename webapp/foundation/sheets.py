"""Cells for spreadsheets: text somebody typed never becomes a formula when the file is opened."""

from __future__ import annotations

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """The same text, with an apostrophe before it where a spreadsheet would read a formula (OWASP, CSV injection).

    >>> safe_cell("=1+1"), safe_cell("Jan")
    ("'=1+1", 'Jan')
    """
    return "'" + text if text.startswith(STARTS_A_FORMULA) else text
