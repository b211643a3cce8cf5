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
    "safeguards.second": Message(N_("A colleague asks you to look too"), N_("%(name)s judged a test of a request. It counts when you agree.")),
    "safeguards.agreed": Message(N_("A colleague looked too"), N_("%(name)s agrees with your judgement. The work may be offered.")),
    "safeguards.refused": Message(N_("A colleague looked too"), N_("%(name)s does not agree with your judgement. The work cannot be offered.")),
    "safeguards.changed": Message(N_("A running place needs a look"), N_("%(work)s: a test is no longer in order. Look what is needed.")),
    "tariff.follows": Message(N_("An agreement changes"), N_("%(work)s: from %(from_on)s you pay %(tariff_cents)s an hour. The lowest tariff rose that day.")),
    "terms.second": Message(N_("A change of terms waits"), N_("Look at it as second person.")),
    "terms.approved": Message(N_("A change of terms is approved"), N_("%(name)s approved it. It begins on its day.")),
    "terms.refused": Message(N_("A change of terms is not approved"), N_("Read what %(name)s wrote.")),
    "request.new": Message(N_("Somebody asks for people"), N_("%(work)s. Look whether it can be taken on.")),
    "request.question": Message(N_("A question about your request"), N_("%(work)s: the municipality asks something before it decides.")),
    "request.answered": Message(N_("An answer about a request"), N_("%(work)s: the employer answered your question.")),
    "request.yes": Message(N_("There is an answer to your request"), N_("%(work)s: we look for people who fit.")),
    "request.no": Message(N_("There is an answer to your request"), N_("%(work)s: this work fits a contract better. Read why.")),
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
    "reference.ask": Message(N_("Somebody asks you for a few words"), N_("%(name)s would like a few words about the work, for a work certificate. You may also say no.")),
    "reference.given": Message(N_("Somebody wrote about your work"), N_("%(name)s wrote a few words. You choose who sees them.")),
    "reference.refused": Message(N_("An answer to your question"), N_("%(name)s writes no words this time. That says nothing about your work. Your certificate is complete without them.")),
    "pay.date": Message(N_("There is a message for you"), N_("You receive %(premium_cents)s on %(pay_on)s.")),
    "pay.bounce": Message(N_("Please look at your account"), N_("The bank could not pay. The premium stays yours.")),
    "pay.cap80": Message(N_("There is a message for you"), N_("%(left_cents)s left until this year's maximum.")),
    "pay.cap100": Message(N_("There is a message for you"), N_("You have reached this year's maximum. Your hours still count. Ask your case manager what happens with them.")),
    "pay.near": Message(N_("Somebody comes near the maximum"), N_("%(name)s has %(left_cents)s left until this year's maximum.")),
    "pay.closing": Message(N_("Hours for the next payment"), N_("Send your hours by %(closes_on)s. Then they are paid on %(pay_on)s.")),
    "pay.confirming": Message(N_("Hours wait for you"), N_("Confirm hours by %(closes_on)s. Then they are paid on %(pay_on)s.")),
    "pay.account": Message(N_("Please look at your account"), N_("We do not know your account yet. Give it by %(closes_on)s. Then you are paid on %(pay_on)s.")),
    "run.second": Message(N_("A payment waits for the second check"), N_("%(people)s lines, to be paid on %(pay_on)s.")),
    "run.back": Message(N_("A payment was sent back"), N_("The payment of %(pay_on)s was sent back. Read why.")),
    "milestone.first_shift": Message(N_("A milestone is reached"), N_("%(name)s worked a first shift.")),
    "milestone.forty_hours": Message(N_("A milestone is reached"), N_("%(name)s worked forty hours in all.")),
    "milestone.eight_weeks": Message(N_("A milestone is reached"), N_("%(name)s worked eight weeks in a row.")),
    "milestone.four_week_growth": Message(N_("A milestone is reached"), N_("%(name)s worked more hours four weeks in a row.")),
    "account.changed": Message(N_("Something changed in your details"), N_("Your premium now goes to the account that ends in %(last_four)s. Was it not you? Call us.")),
    "question.received": Message(N_("Your question about your data is in"), N_("You get an answer on %(due_on)s at the latest.")),
    "question.answered": Message(N_("There is an answer about your data"), N_("%(name)s answered your question. Read what and why.")),
    "question.done": Message(N_("Your answer is sent"), N_("A question about data is answered. It stands in the list.")),
    "correction.asked": Message(N_("A question about data"), N_("%(name)s asks to correct something. Answer on %(due_on)s at the latest.")),
    "erasure.asked": Message(N_("A question about data"), N_("%(name)s asks to be erased. Answer on %(due_on)s at the latest.")),
    "feedback.new": Message(N_("Somebody wrote about your week"), N_("%(name)s wrote how your week went. You can answer.")),
    "hire.wish": Message(N_("There is good news about your work"), N_("%(name)s would like to hire you. Your case manager will talk with you. You decide too.")),
    "talk.ready": Message(N_("We would like to talk with you"), N_("%(name)s would like to talk about a regular job. You decide too. Read why.")),
    "signal.decided": Message(N_("There is a decision for you"), N_("Read what %(name)s decided, and why. You can say it if you do not agree.")),
    "objection.answered": Message(N_("Somebody looked again"), N_("%(name)s looked at the decision again. Read the answer.")),
    "route.opened": Message(N_("Your steps to paid work"), N_("%(name)s wrote down the steps with you. You see who does what.")),
    "placement.ends": Message(N_("The last day of a place"), N_("%(work)s: the last day is %(last_on)s.")),
    "work.still": Message(N_("How are you doing?"), N_("Do you still work there? One tap is enough. You need not answer.")),
    "caseload.moved": Message(N_("You have another case manager"), N_("%(name)s helps you from now on.")),
    "signal.ready": Message(N_("Ready for regular work?"), N_("%(name)s: look at it and decide by %(due_on)s.")),
    "signal.hire": Message(N_("An employer wants to hire"), N_("%(name)s: look at it and decide by %(due_on)s.")),
    "signal.limit": Message(N_("A place comes nearer to its limit"), N_("%(name)s: plan what comes next, by %(due_on)s.")),
    "signal.no_growth": Message(N_("No growth for some weeks"), N_("%(name)s: talk about it, by %(due_on)s.")),
    "signal.workplace": Message(N_("A workplace needs a talk"), N_("%(name)s gave red answers about the workplace. Talk about it by %(due_on)s.")),
    "signal.cover": Message(N_("A colleague asks you to decide"), N_("A signal waits for some days. Please look at it and decide by %(due_on)s.")),
    "signal.late": Message(N_("A signal is not decided"), N_("It was due on %(due_on)s. You can hand the caseload to somebody who is there.")),
    "signal.second": Message(N_("A colleague asks you to look"), N_("Three times \u201cnot yet\u201d in a row. Please look too, by %(due_on)s.")),
    "signal.differs": Message(N_("Your colleague sees it differently"), N_("%(name)s does not agree with \u201cnot yet\u201d. Decide again by %(due_on)s.")),
    "objection.new": Message(N_("Somebody asks you to look again"), N_("%(name)s asks for another look at a decision. Answer by %(due_on)s.")),
    "report.new": Message(N_("A report came in"), N_("Somebody reported something about work. Give an answer by %(due_on)s.")),
    "report.words": Message(N_("More about a report"), N_("Somebody added something to a report. Give an answer by %(due_on)s.")),
    "report.late": Message(N_("A report waits too long"), N_("The answer was due on %(due_on)s. Look at it today.")),
    "digest.morning": Message(N_("Your list for today"), N_("%(count)s to do, of which %(late)s too late.")),
    "caseload.given": Message(N_("You have more people"), N_("%(count)s people are in your caseload from now on. What was open came along.")),
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
