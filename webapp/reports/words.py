"""Words for the report line: who somebody is, how a report stands, what came out."""

from __future__ import annotations

from webapp.foundation.texts import N_, gettext

WHO = {
    "colleague": N_("I work there"),
    "union": N_("I speak for workers, for example a union"),
    "neighbour": N_("I live or come there often"),
    "participant": N_("I work there through Opstap"),
    "other": N_("Somebody else"),
}
STATES = {
    "new": N_("Received"),
    "looking": N_("Being looked into"),
    "answered": N_("There is an answer"),
    "closed": N_("Finished"),
}
OUTCOMES = {
    "founded": N_("The report is right"),
    "unfounded": N_("The report is not right"),
    "not_enough": N_("We could not find out enough"),
}
LOOKS = {"new": ("zon", "mail"), "looking": ("info", "search"), "answered": ("good", "message-circle"), "closed": ("", "check")}


def who_words(who: str) -> str:
    return gettext(WHO[who])


def state_words(status: str) -> str:
    return gettext(STATES[status])


def outcome_words(outcome: str) -> str:
    return gettext(OUTCOMES[outcome])


def whos() -> list[tuple[str, str, str]]:
    return [(key, gettext(words), "") for key, words in WHO.items()]


def outcomes() -> list[tuple[str, str]]:
    return [(key, gettext(words)) for key, words in OUTCOMES.items()]


def percent(basis_points: int | None) -> str:
    """A share with one decimal where it has one; a dash where it is not known.

    >>> percent(889), percent(1000), percent(None)
    ('8,8%', '10%', '–')
    """
    if basis_points is None:
        return "–"
    whole, part = divmod(basis_points, 100)
    return f"{whole},{part // 10}%" if part >= 10 else f"{whole}%"
