"""The words of growth: behaviours and their levels, help, own views, decisions. Plain words, never a score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.foundation.texts import N_, gettext, ngettext

BEHAVIOUR = {
    "instructions": N_("Following instructions"), "tempo": N_("Pace"), "quality": N_("Quality"), "on_time": N_("On time"),
    "endurance": N_("Keeping it up"), "together": N_("Working together"), "safe": N_("Working safely"),
}  # fmt: skip
LEVEL = {
    ("instructions", 1): N_("Does not follow instructions yet"),
    ("instructions", 2): N_("Follows instructions when somebody helps"),
    ("instructions", 3): N_("Follows instructions, asks again now and then"),
    ("instructions", 4): N_("Follows instructions alone, asks when something is unclear"),
    ("tempo", 1): N_("Does not keep the pace of this task yet"),
    ("tempo", 2): N_("Keeps the pace when somebody helps"),
    ("tempo", 3): N_("Mostly keeps the pace"),
    ("tempo", 4): N_("Keeps the pace alone"),
    ("quality", 1): N_("The work has to be done again"),
    ("quality", 2): N_("The work is good when somebody checks each step"),
    ("quality", 3): N_("The work is mostly good, with a check afterwards"),
    ("quality", 4): N_("The work is good, also without a check"),
    ("on_time", 1): N_("Often late or not there"),
    ("on_time", 2): N_("On time after a reminder"),
    ("on_time", 3): N_("Mostly on time"),
    ("on_time", 4): N_("On time, or calls beforehand"),
    ("endurance", 1): N_("Stops before the end"),
    ("endurance", 2): N_("Reaches the end with extra breaks"),
    ("endurance", 3): N_("Mostly keeps it up until the end"),
    ("endurance", 4): N_("Keeps it up until the end"),
    ("together", 1): N_("Working together does not go well yet"),
    ("together", 2): N_("Works together when somebody helps"),
    ("together", 3): N_("Mostly works well together"),
    ("together", 4): N_("Works well together and learns from remarks"),
    ("safe", 1): N_("Does not know the safety rules yet"),
    ("safe", 2): N_("Works safely after a reminder"),
    ("safe", 3): N_("Mostly works safely"),
    ("safe", 4): N_("Works safely and warns others"),
}
HELP = {"much": N_("A lot"), "some": N_("Sometimes"), "little": N_("Almost none")}
HIRE = {"yes": N_("Yes"), "maybe": N_("Maybe"), "no": N_("No")}
HIRE_SAID = {"yes": N_("Would hire you"), "maybe": N_("Would maybe hire you"), "no": N_("Would not hire you yet")}
FEELS = {"hard": N_("It is hard"), "learning": N_("I am learning"), "well": N_("It goes well")}
READY = {"yes": N_("Yes, I want that"), "later": N_("Maybe later"), "no": N_("Not now")}
RATED = {
    "safe": N_("Is it safe at work?"),
    "explained": N_("Is the work explained well?"),
    "fair": N_("Are people fair to you?"),
}
COLOUR = {"good": N_("Yes"), "so_so": N_("A bit"), "bad": N_("No")}
DECIDED = {
    "regular_job": N_("To a regular job"), "talk_first": N_("Talk first"), "not_yet": N_("Not yet"), "talked": N_("Talked about it"),
    "colleague_agrees": N_("A colleague looked and agrees"), "colleague_differs": N_("A colleague looked and sees it differently"),
}  # fmt: skip
ROUTE = {
    "contract_here": N_("A contract with this employer"), "contract_elsewhere": N_("A contract elsewhere"), "wage_subsidy": N_("A job with wage subsidy"),
    "training": N_("A training"), "other": N_("Something else"),
}  # fmt: skip
TASK = {
    "contract_offer": N_("Offer a contract"),
    "contract_read": N_("Read the contract, and ask what you want to know"),
    "benefit_check": N_("Work out together what changes for benefit and allowances"),
    "end_place": N_("Record the last day of the place"),
    "cv": N_("Make a CV, with help"),
    "search": N_("Look for a job together"),
    "reference": N_("Give a reference"),
    "measure": N_("Have an expert measure the wage value"),
    "subsidy": N_("Arrange the wage subsidy"),
    "choose_training": N_("Choose a training, with help"),
    "training_money": N_("Arrange the training and its costs"),
    "plan": N_("Make a plan together"),
    "wish": N_("Say what you would like"),
}
SIDE = {"participant": N_("You"), "employer": N_("The employer"), "case_manager": N_("Your case manager")}
STILL = {
    "still": N_("Yes, I still work there"), "other_work": N_("I work somewhere else"), "stopped": N_("No, I stopped"), "rather_not": N_("I would rather not say"),
}  # fmt: skip
WOULD_HIRE = {"yes": N_("would hire"), "maybe": N_("would maybe hire"), "no": N_("would not hire yet")}
WANTS = {"yes": N_("wants a regular job"), "later": N_("maybe later"), "no": N_("not now")}
MILESTONE = {
    "rhythm": N_("Rhythm"), "independence": N_("Working alone"), "tasks": N_("Tasks learned"), "employer": N_("The employer"), "own_view": N_("Own view"),
}  # fmt: skip


def said(words: Mapping[Any, str], key: Any) -> str:
    """The words of a key in the language of the reader."""
    return gettext(words[key])


def choices(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, gettext(text)) for key, text in words.items()]


def levels(item: str) -> list[tuple[str, str]]:
    """The four levels of a behaviour, the first step first."""
    return [(str(level), gettext(LEVEL[item, level])) for level in (1, 2, 3, 4)]


def point_words(point: Mapping[str, Any]) -> str:
    """What a milestone rests on, in one short sentence; where it is not known, that there is too little to go by."""
    name, state, facts = point["name"], point["state"], point["facts"]
    if name == "rhythm":
        if state == "unknown":
            return gettext("too little data")
        return gettext("%(kept)s of %(planned)s shifts worked in %(weeks)s weeks", kept=facts["kept"], planned=facts["planned"], weeks=facts["weeks"])
    if name == "independence":
        if state == "unknown":
            return gettext("too little data")
        return ngettext("%(num)s week with almost no help", "%(num)s weeks with almost no help", facts["weeks"])
    if name == "tasks":
        if state == "unknown":
            return gettext("no tasks are written down")
        return gettext("%(shown)s of %(tasks)s learned", shown=facts["shown"], tasks=facts["tasks"])
    if state == "unknown":
        return gettext("not asked yet")
    return said(WOULD_HIRE if name == "employer" else WANTS, facts["said"])
