"""Words about signals for the case manager: what was noticed, why, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from webapp.foundation.texts import N_, bdi, date_words, duration_words, gettext

ICONS = {"ready": "trending-up", "hire": "handshake", "no_growth": "pause", "workplace": "message-circle"}
TITLES = {
    "ready": N_("%(name)s may be ready for a regular job"),
    "hire": N_("An employer wants to hire %(name)s"),
    "limit_50": N_("%(name)s is halfway the longest time"),
    "limit_75": N_("%(name)s is at three quarters of the longest time"),
    "limit_100": N_("%(name)s reaches the longest time"),
    "no_growth": N_("%(name)s: no growth for some weeks"),
    "workplace": N_("%(name)s gave red answers about the workplace"),
}
ASKED_TITLE = N_("A colleague asks you to look: %(name)s")
TASK_TITLE = N_("%(name)s on the way to work: %(task)s")
OPTIONS = {
    "regular_job": (N_("To a regular job"), N_("The place ends. You look for a contract, with or without wage subsidy.")),
    "talk_first": (N_("Talk first"), N_("The place goes on. Decide again by %(day)s.")),
    "not_yet": (N_("Not yet"), N_("Write down why. A new signal comes in %(weeks)s weeks at the earliest.")),
    "talked": (N_("Talked about it"), N_("Write down what was said and what happens now.")),
}
MISSING = {
    "data": N_("too little data"), "attendance": N_("attendance"), "milestones": N_("enough milestones"), "held": N_("held long enough"),
}  # fmt: skip


def icon(kind: str) -> str:
    return ICONS.get(kind, "timer")


def title(kind: str, name: str, *, asked: bool = False) -> str:
    return gettext(ASKED_TITLE if asked else TITLES[kind], name=bdi(name))


def why(kind: str, facts: Mapping[str, Any], place: str) -> str:
    """Why a signal is there, in one line."""
    week = gettext("week %(week)s of %(weeks)s", week=facts.get("week", "?"), weeks=facts.get("weeks", "?"))
    if "points" in facts:
        met = sum(point["state"] == "met" for point in facts["points"])
        return " · ".join([gettext("%(met)s of %(all)s milestones", met=met, all=len(facts["points"])), week, place])
    if "percent" in facts:
        hours = gettext("%(hours)s a week", hours=duration_words(int(facts["week_minutes"])))
        return " · ".join([week, hours, gettext("stops on %(day)s", day=date_words(date.fromisoformat(facts["last_day"]))), place])
    return f"{week} · {place}"


def missing(facts: Mapping[str, Any]) -> str:
    """What is missing for a signal of the system, by name; empty when nothing is."""
    return ", ".join(gettext(MISSING[name]) for name in facts.get("missing", ()))
