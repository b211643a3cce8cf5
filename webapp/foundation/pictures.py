"""Small pictures that are drawn for one reader: too many numbers for a template, which takes ten times as long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from markupsafe import Markup


class Month(Protocol):
    """What one month brought, in cents."""

    @property
    def certain_cents(self) -> int: ...
    @property
    def waiting_cents(self) -> int: ...


HIGH, LEAST, LEAST_OPEN = 46, 3, 8  # in the picture of 72 by 56


def mini_bars(months: Sequence[Month]) -> Markup:
    """The last three months as bars, what still waits dashed on top. The first is paler, as it is longest ago."""
    last = months[-3:]
    highest = max([1, *(month.certain_cents + month.waiting_cents for month in last)])
    bars = []
    for place, month in enumerate(last):
        sure, still_open = (round(HIGH * cents / highest, 1) for cents in (month.certain_cents, month.waiting_cents))
        tall = max(sure, LEAST)
        kind = "c0" if place == 0 and len(last) > 1 else "c1"
        bars.append(f'<rect class="{kind}" x="{24 * place}" y="{round(56 - tall, 1)}" width="20" height="{tall}" rx="3"/>')
        if still_open:
            more = max(still_open, LEAST_OPEN)
            bars.append(
                f'<rect class="dashed" x="{24 * place + 1}" y="{round(56 - sure - more, 1)}" width="18" height="{round(more + 4, 1)}" rx="3"/>'
            )
    return Markup(f'<svg class="deco" width="72" height="56" viewBox="0 0 72 56" aria-hidden="true">{"".join(bars)}</svg>')  # noqa: S704 - numbers only
