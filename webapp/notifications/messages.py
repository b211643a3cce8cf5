"""The words of every message. The title is all a lock screen shows: no money, benefit, employer, health or name in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from webapp.foundation.texts import N_, date_words, duration_words, euro_words, gettext


class Message(NamedTuple):
    """Title for the lock screen and the list; text for inside the app: what it is, and what to do, if anything."""

    title: str
    text: str


MESSAGES = {
    "offer.new": Message(N_("There is an offer for you"), N_("%(work)s. Yes is fine. No is fine too.")),
    "offer.off": Message(N_("A place is cancelled"), N_("It is not because of you. We keep looking.")),
    "offer.yes": Message(N_("Somebody said yes"), N_("%(name)s said yes to: %(work)s. Record the start within two working days.")),
    "placement.start": Message(N_("The start is recorded"), N_("%(work)s, from %(starts_on)s. You need not do anything.")),
    "placement.stop": Message(N_("A place stops"), N_("%(name)s stops. The last day is %(last_on)s.")),
    "placement.hours": Message(N_("Your hours change"), N_("%(work)s, from %(from_on)s: %(week_minutes)s a week. The last day is %(last_on)s.")),
    "placement.pause": Message(N_("A pause is agreed"), N_("%(work)s: no work from %(first_on)s until %(last_on)s.")),
    "placement.resume": Message(N_("The pause is over"), N_("%(work)s goes on from %(from_on)s.")),
    "placement.end": Message(N_("A place ends"), N_("%(work)s: the last day is %(last_on)s. Questions? Call %(name)s.")),
    "agreement.waiting": Message(N_("An agreement waits for you"), N_("%(work)s. Read it, and say whether you agree.")),
    "shift.off": Message(N_("A shift changes"), N_("%(name)s cannot come on %(day_on)s.")),
    "shift.on": Message(N_("A shift goes on after all"), N_("%(name)s comes on %(day_on)s after all.")),
    "limit.yours": Message(N_("Your place ends on %(last_on)s"), N_("That is how it was agreed. %(name)s looks ahead with you.")),
    "limit.team": Message(N_("A place ends on %(last_on)s"), N_("%(name)s works until then, as agreed.")),
    "limit.caseload": Message(N_("A place ends on %(last_on)s"), N_("%(name)s: plan what comes next.")),
    "limit.sooner": Message(N_("Your place ends on %(last_on)s"), N_("You worked more hours than agreed, so a shorter limit counts. Questions? Call %(name)s.")),
    "limit.shorter": Message(N_("A place ends earlier"), N_("%(work)s of %(name)s: more hours were worked than agreed. The last day is now %(last_on)s.")),
    "terms.second": Message(N_("A change of terms waits"), N_("Look at it as second person.")),
    "terms.approved": Message(N_("A change of terms is approved"), N_("%(name)s approved it. It begins on its day.")),
    "terms.refused": Message(N_("A change of terms is not approved"), N_("Read what %(name)s wrote.")),
    "hours.ok": Message(N_("Your hours are confirmed"), N_("%(name)s confirmed %(worked_minutes)s. %(premium_cents)s is certain.")),
    "hours.changed": Message(N_("Please look at your hours"), N_("%(name)s changed %(worked_on)s. What do you think?")),
    "hours.forgot": Message(N_("Done working?"), N_("Tap: I stop now. Then send your hours.")),
    "correction.waiting": Message(N_("Please look at your hours"), N_("%(worked_on)s was changed. You can say yes or no. What is certain stays certain.")),
    "correction.unanswered": Message(N_("Hours wait for you"), N_("%(name)s did not answer a change of %(worked_on)s. Silence is not agreement: you decide.")),
    "dispute.new": Message(N_("Not agreed about hours"), N_("%(name)s does not agree with a change of hours. You decide, with a reason.")),
    "dispute.done": Message(N_("There is a decision about hours"), N_("%(worked_on)s: %(ruled_minutes)s is certain. Read why.")),
    "confirm.ask": Message(N_("Hours to confirm"), N_("It takes less than a minute.")),
    "confirm.late": Message(N_("Hours still wait for you"), N_("Please confirm or change them. They wait for your answer.")),
    "confirm.escalated": Message(N_("Hours wait too long"), N_("The hours of %(name)s on %(worked_on)s are not confirmed. Nothing is confirmed by itself: you decide.")),
    "milestone.first_shift": Message(N_("A milestone is reached"), N_("%(name)s worked a first shift.")),
    "milestone.forty_hours": Message(N_("A milestone is reached"), N_("%(name)s worked forty hours in all.")),
    "milestone.eight_weeks": Message(N_("A milestone is reached"), N_("%(name)s worked eight weeks in a row.")),
    "milestone.four_week_growth": Message(N_("A milestone is reached"), N_("%(name)s worked more hours four weeks in a row.")),
}  # fmt: skip


NEEDED = {key: frozenset(re.findall(r"%\((\w+)\)s", message.title + message.text)) for key, message in MESSAGES.items()}
MAILED_TOO = frozenset({"confirm.late"})  # so late that a mail goes beside the push (ux.md part 5)


def ensure_words(key: str, slots: Mapping[str, Any]) -> None:
    """A message can be read once it is written. Raises KeyError where there are no words, or a slot has no value."""
    if missing := NEEDED[key] - slots.keys():
        raise KeyError(f"{key}: {', '.join(sorted(missing))}")


def slot_words(name: str, value: Any) -> str:
    """A slot as people read it. Its name says what it is: …_cents, …_minutes, …_on (a day), or plain text."""
    if name.endswith("_cents"):
        return euro_words(int(value))
    if name.endswith("_minutes"):
        return duration_words(int(value))
    if name.endswith("_on"):
        return date_words(date.fromisoformat(value))
    return str(value)


def words(key: str, slots: Mapping[str, Any]) -> Message:
    """Title and text in the language of this moment. Raises KeyError for a message nobody wrote words for."""
    message = MESSAGES[key]
    filled = {name: slot_words(name, value) for name, value in slots.items()}
    return Message(*(gettext(text, **filled) if filled else gettext(text) for text in message))
