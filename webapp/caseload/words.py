"""Words for what somebody reached, for the case manager: facts, never a judgement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from webapp.foundation.texts import N_, date_words, duration_words, gettext
from webapp.milestones.rules import EIGHT_WEEKS, FIRST_SHIFT, FORTY_HOURS, FOUR_WEEK_GROWTH

MILESTONE_WORDS = {
    FIRST_SHIFT: N_("First shift worked"),
    FORTY_HOURS: N_("40 hours worked"),
    EIGHT_WEEKS: N_("8 weeks in a row"),
    FOUR_WEEK_GROWTH: N_("4 weeks with more hours each week"),
}


def milestone_words(milestone: str) -> str:
    return gettext(MILESTONE_WORDS.get(milestone, milestone))


def milestone_facts(milestone: str, facts: Mapping[str, Any]) -> str:
    """The facts a milestone rests on, in words; nothing when there are none to tell."""
    if milestone == FORTY_HOURS and "minutes" in facts:
        return gettext("%(hours)s certain in all", hours=duration_words(int(facts["minutes"])))
    first = facts.get("from_week") or facts.get("first_week") or facts.get("week_of")
    last = facts.get("to_week")
    if first and last:
        return gettext("from the week of %(first)s to the week of %(last)s", first=_day(first), last=_day(last))
    return gettext("in the week of %(first)s", first=_day(first)) if first else ""


def _day(text: Any) -> str:
    return date_words(date.fromisoformat(str(text)))
