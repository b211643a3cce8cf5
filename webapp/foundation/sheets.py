"""Cells for spreadsheets: text somebody typed never becomes a formula when the file is opened."""

from __future__ import annotations

from typing import Any

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones too: some programs read them as the narrow


def safe_cell(cell: Any) -> Any:
    """The same cell; text gets an apostrophe before it where a spreadsheet would read a formula (OWASP, CSV injection).

    >>> safe_cell("=1+1"), safe_cell("Jan")
    ("'=1+1", 'Jan')
    """
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(STARTS_A_FORMULA) else text
