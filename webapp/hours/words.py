"""One set of words for the state of hours, for every role."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from webapp.foundation.texts import N_, bdi, duration_words, gettext


class Chip(NamedTuple):
    """Icon, word and colour: never one of them alone."""

    kind: str
    icon: str
    text: str


WORDS = {
    "sent": ("warn", "hourglass", N_("Waiting for %(name)s")),
    "confirmed": ("good", "check", N_("Confirmed")),
    "corrected": ("warn", "pencil", N_("Changed")),
    "disputed": ("warn", "message-circle", N_("Not agreed")),
    "ruled": ("good", "scale", N_("Decided")),
    "paid": ("good", "banknote", N_("Paid out")),
    "withdrawn": ("", "x", N_("Taken back")),
}
CHANGES = {
    "hours.begun": N_("Started"), "hours.stopped": N_("Stopped"), "hours.sent": N_("Sent"), "hours.withdrawn": N_("Taken back"),
    "hours.confirmed": N_("Confirmed"), "hours.corrected": N_("Changed"), "hours.agreed": N_("Agreed with the change"),
    "hours.disputed": N_("Not agreed"), "hours.ruled": N_("Decided"), "hours.paid": N_("Paid out"),
}  # fmt: skip
REASON_WORDS = {
    "stopped_earlier": N_("Stopped earlier"),
    "started_later": N_("Started later"),
    "longer_break": N_("Longer break"),
    "not_worked": N_("Did not work"),
    "other": N_("Other"),
}


def status_chip(status: str, waiting_for: str = "") -> Chip:
    """How a status looks. `waiting_for`: the first name of who has to confirm."""
    kind, icon, words = WORDS[status]
    return Chip(kind, icon, gettext(words, name=bdi(waiting_for)) if status == "sent" else gettext(words))


def reason_words(code: str) -> str:
    return gettext(REASON_WORDS.get(code, REASON_WORDS["other"]))


def change_words(change: Any) -> str:
    """What one history row about hours says, with old and new where both are known."""
    facts = json.loads(change.facts)
    words = gettext(CHANGES.get(change.action, CHANGES["hours.sent"]))
    if facts.get("taken_back"):
        return gettext("Confirmation taken back")
    was, now = (facts.get("was") or {}).get("minutes"), (facts.get("is") or {}).get("minutes")
    if was is not None and now is not None:
        return gettext("%(words)s: from %(was)s to %(now)s", words=words, was=duration_words(was), now=duration_words(now))
    minutes = now if now is not None else facts.get("minutes")
    return gettext("%(words)s: %(now)s", words=words, now=duration_words(minutes)) if minutes is not None else words
