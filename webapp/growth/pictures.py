"""The charts of growth with the sentence that holds their finding, in the language of the reader."""

from __future__ import annotations

from typing import Any, NamedTuple

from markupsafe import Markup

from webapp.foundation import pictures
from webapp.foundation.texts import Language, duration_words, gettext, ngettext
from webapp.growth import words
from webapp.growth.reads import Growth

HEIGHT = {"much": 0, "some": 1, "little": 2}


class Pictures(NamedTuple):
    """Two charts; None where there is nothing to draw. `average`: minutes a week, over the four full weeks before this one."""

    hours: Markup | None
    hours_sentence: str
    help: Markup | None
    help_sentence: str
    average: int


def of(growth: Growth, spoken: Language) -> Pictures:
    average = sum(week.certain for week in growth.weeks[-5:-1]) // 4
    hours_sentence = gettext("On average %(hours)s a week in the last four full weeks.", hours=duration_words(average))
    worked = any(week.certain or week.waiting for week in growth.weeks)
    told = [week for week in growth.weeks if week.help]
    shown: list[Any] = growth.weeks[growth.weeks.index(told[0]) :] if told else []
    help_sentence = sentence_of([week.help for week in told])
    names = [words.said(words.HELP, key) for key in HEIGHT]
    heights = [HEIGHT.get(week.help) for week in shown]
    while heights and heights[-1] is None:
        heights.pop()
    labels = [str(week.monday.isocalendar().week) for week in shown]
    return Pictures(
        pictures.week_bars(growth.weeks, hours_sentence, spoken.direction) if worked else None, hours_sentence,
        pictures.help_steps(heights, names, labels, help_sentence, spoken.direction) if told else None, help_sentence, average,
    )  # fmt: skip


def sentence_of(helps: list[str]) -> str:
    """What the weeks say, in one sentence."""
    if not helps:
        return ""
    now = words.said(words.HELP, helps[-1])
    same = 0
    for help in reversed(helps):
        if help != helps[-1]:
            break
        same += 1
    return ngettext("Help needed now: %(help)s, for %(num)s week.", "Help needed now: %(help)s, for %(num)s weeks.", same, help=now)
