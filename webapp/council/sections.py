"""One report as it is read: sections with what was found, how it is counted, a chart and tables. Page, CSV and paper show the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from webapp.foundation.texts import gettext as _


class Table(NamedTuple):
    """Cells are words already. Every column but the first is a number, unless `words`."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    words: bool = False


class Bar(NamedTuple):
    """One bar of a chart; `size` decides how long it is, `said` stands beside it. `mark` is its colour where bars make a whole (p1…p4)."""

    label: str
    size: int
    said: str
    mark: str = ""


class Section(NamedTuple):
    """`found` says what the numbers say, `how` how they are counted, `empty` why there is nothing."""

    key: str
    title: str
    found: str
    how: str
    tables: list[Table]
    bars: list[Bar]
    whole: bool = False  # the bars are parts of one

    @property
    def longest(self) -> int:
        return max((bar.size for bar in self.bars), default=0)


def number(count: int | None) -> str:
    """A number as people write it; a small one is not shown.

    >>> number(28560)
    '28.560'
    """
    return _("not shown") if count is None else f"{count:,}".replace(",", ".")


def share(percent: int | None) -> str:
    return "–" if percent is None else f"{percent}%"


def bar(label: str, count: int | None, mark: str = "") -> Bar:
    return Bar(label, count or 0, number(count), mark)
