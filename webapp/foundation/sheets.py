"""Cells of exports: a spreadsheet must show what somebody typed, and never calculate it (formula injection, CWE-1236)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

BEGIN_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones too: some programs read them as the narrow


def cell(value: Any) -> Any:
    """A value as it may stand in a CSV or spreadsheet: numbers and days stay what they are, text never begins a formula.

    >>> cell("=1+1"), cell(-5), cell("-5"), cell("Selam"), cell(None)
    ("'=1+1", -5, "'-5", 'Selam', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal | date | datetime):
        return value
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(BEGIN_A_FORMULA) else text


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[Any]], *, delimiter: str = ";") -> Iterator[str]:
    """The lines of a CSV, one at a time, so that a large export stays small in memory. The first begins with the mark Excel wants."""
    kept = io.StringIO()
    write = csv.writer(kept, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    kept.write("\ufeff")
    write.writerow([cell(name) for name in header])
    yield kept.getvalue()
    for values in rows:
        kept.seek(0)
        kept.truncate()
        write.writerow([cell(value) for value in values])
        yield kept.getvalue()
