"""Small pictures that are drawn for one reader: too many numbers for a template, which takes ten times as long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

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


class Week(Protocol):
    """Minutes of one week: certain, and waiting on top of that."""

    @property
    def monday(self) -> Any: ...
    @property
    def certain(self) -> int: ...
    @property
    def waiting(self) -> int: ...


WIDE, FLOOR, TALL = 326, 126, 104  # of a chart of 326 by 150


def week_bars(weeks: Sequence[Week], sentence: str, direction: str = "ltr") -> Markup:
    """Hours per week as bars, what waits on top; the sentence holds the finding. Time runs as the language does."""
    highest = max([60, *(week.certain + week.waiting for week in weeks)])
    slot = WIDE / max(1, len(weeks))
    parts = []
    for place, week in enumerate(reversed(weeks) if direction == "rtl" else weeks):
        sure, still_open = (round(TALL * minutes / highest, 1) for minutes in (week.certain, week.waiting))
        x, middle, wide = round(slot * (place + 0.15), 1), round(slot * (place + 0.5), 1), round(slot * 0.7, 1)
        for kind, high, top in (("c1", sure, FLOOR - sure), ("c0", still_open, FLOOR - sure - still_open)):
            if high:
                parts.append(f'<rect class="{kind}" x="{x}" y="{round(top, 1)}" width="{wide}" height="{high}" rx="3"/>')
        if week.certain + week.waiting:
            hours = (week.certain + week.waiting + 30) // 60
            parts.append(f'<text class="v" x="{middle}" y="{round(FLOOR - 7 - sure - still_open, 1)}" text-anchor="middle">{hours}</text>')
        parts.append(f'<text x="{middle}" y="145" text-anchor="middle">{week.monday.isocalendar().week}</text>')
    return Markup('<svg class="chart many" viewBox="0 0 326 150" role="img" aria-label="{}"><path class="ax" d="M0 126.5H326"/>{}</svg>').format(
        sentence,
        Markup("".join(parts)),  # noqa: S704 - numbers only
    )


ROWS, FIRST_ROW, ROW = 3, 22, 34  # of the picture of help: three lines, 34 apart


def help_steps(heights: Sequence[int | None], names: Sequence[str], labels: Sequence[str], sentence: str, direction: str = "ltr") -> Markup:
    """How much help was needed, week by week, as a stair that comes down. `heights`: 0 a lot, 1 sometimes, 2 almost none, None not told.

    `names`: of the three lines, from the top. `labels`: under each week.
    """
    rtl, begin = direction == "rtl", 96
    slot = (WIDE - begin) / max(1, len(heights))
    bottom = FIRST_ROW + ROW * ROWS

    def across(x: float) -> float:
        return round(WIDE - x if rtl else x, 1)

    lines = []
    for row, name in enumerate(names):
        y = FIRST_ROW + ROW * row
        lines.append(
            Markup('<path class="ax" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="{}">{}</text>').format(
                across(begin), y, across(WIDE), across(0), y + 5, "start", name
            )
        )
    path, fill = "", []
    for place, height in enumerate(heights):
        start, stop = across(begin + slot * place), across(begin + slot * (place + 1))
        if height is None:
            path += " "
        else:
            y = FIRST_ROW + ROW * height
            path += f"{'M' if not path or path.endswith(' ') else 'L'}{start} {y}H{stop}"
            fill.append(f'<rect class="under" x="{min(start, stop)}" y="{y}" width="{round(slot, 1)}" height="{bottom - y}"/>')
        lines.append(
            Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(across(begin + slot * (place + 0.5)), bottom + 18, labels[place])
        )
    drawn = Markup('{}<path class="trace" d="{}"/>').format(Markup("".join(fill)), path.strip()) if fill else Markup("")  # noqa: S704 - numbers only
    axes, weeks = Markup("").join(lines[: len(names)]), Markup("").join(lines[len(names) :])
    return Markup('<svg class="chart many" viewBox="0 0 326 148" role="img" aria-label="{}">{}{}{}</svg>').format(sentence, axes, drawn, weeks)


def level_stairs(level: int) -> Markup:
    """Four treads, so many of them climbed; the words beside it say the same."""
    treads = "M2 30" + "".join(f"V{30 - 7 * tread}h11" for tread in range(1, 5))
    done = "M2 30" + "".join(f"V{30 - 7 * tread}h11" for tread in range(1, level + 1))
    return Markup(f'<svg class="rise" viewBox="0 0 50 34" aria-hidden="true"><path d="{treads}"/><path class="done" d="{done}"/></svg>')  # noqa: S704 - numbers only
