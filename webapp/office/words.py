"""What happened, in words for an administrator."""

from __future__ import annotations

import re
from datetime import date, datetime

from webapp.foundation.texts import N_, clock_words, date_words, duration_words, euro_words, gettext
from webapp.privacy.purposes import purpose_words
from webapp.privacy.retention import LABELS as RECORDS

KINDS = {
    "file": N_("Opened a file"), "export": N_("Saved a list"), "hours": N_("Hours"), "placement": N_("Places"), "offer": N_("Offers"),
    "premium": N_("Premium"), "account": N_("Bank accounts"), "correction": N_("Corrections asked"), "erasure": N_("Erasing"), "hold": N_("Holds"),
    "report": N_("Reports about work"), "totals": N_("Totals told"), "employer": N_("Employers"), "retention": N_("Kept long enough"), "person": N_("People who left"), "stand_in": N_("Stand-ins"), "tablet": N_("Shared tablets"),
}  # fmt: skip
ACTIONS = {
    "report.received": N_("a report about work came in"), "report.words_added": N_("the reporter added something"), "report.taken": N_("looks into a report"),
    "report.linked": N_("linked a report"), "report.noted": N_("wrote a note about a report"), "report.answered": N_("answered a report"),
    "report.closed": N_("finished a report"), "report.reopened": N_("looks into a report again"), "totals.told": N_("told the totals of a quarter"),
    "employer.restricted": N_("stopped an employer for a while"), "employer.restriction_lifted": N_("let an employer have people again"),
    "file.opened": N_("opened the file"), "export.made": N_("saved a list about everybody"), "hours.sent": N_("sent hours"),
    "hours.begun": N_("started work"), "hours.stopped": N_("stopped work"), "hours.withdrawn": N_("took hours back"), "hours.confirmed": N_("confirmed hours"),
    "hours.corrected": N_("corrected hours"), "hours.agreed": N_("agreed with a correction"), "hours.disputed": N_("did not agree with a correction"),
    "hours.ruled": N_("decided about hours"), "hours.paid": N_("paid hours out"), "placement.accepted": N_("said yes to work"), "placement.started": N_("recorded the start"),
    "placement.stopping": N_("stops a place"), "placement.ended": N_("a place ended"), "offer.yes": N_("said yes to an offer"),
    "premium.other_recorded": N_("recorded another premium"), "account.changed": N_("changed the bank account"), "correction.asked": N_("asked to correct data"),
    "correction.answered": N_("answered a question about data"), "erasure.asked": N_("asked to be erased"), "erasure.answered": N_("answered a wish to be erased"),
    "erasure.withdrawn": N_("stays after all"), "hold.made": N_("held records"), "hold.ended": N_("ended a hold"), "retention.ran": N_("records went, their term was over"),
    "person.left": N_("data were erased that no law keeps"), "person.erased": N_("the rest was erased"),
}  # fmt: skip


def action_words(action: str) -> str:
    """What a row says; the name of the action itself where nobody wrote words for it."""
    return gettext(ACTIONS[action]) if action in ACTIONS else action


def kind_words(kind: str) -> str:
    return gettext(KINDS[kind]) if kind in KINDS else kind


FACTS = {
    "minutes": N_("time"), "cents": N_("premium"), "from": N_("from"), "to": N_("to"), "break": N_("break"), "reason": N_("reason"), "note": N_("note"),
    "words": N_("words"), "answer": N_("answer"), "until": N_("until"), "valid_from": N_("from"), "budget_manager": N_("budget manager"),
    "last_day": N_("last day"), "starts_on": N_("starts on"), "erase_on": N_("erased on"), "taken_back": N_("taken back"), "kind": N_("kind"),
}  # fmt: skip
BEFORE, AFTER = N_("before"), N_("after")


def fact_words(path: str, value: str) -> str:
    """One fact of a row as people read it; a name nobody wrote words for stays as it is."""
    first, _, last = path.partition(".")
    name = last or first
    if name == "purpose":
        return purpose_words(value)
    label = gettext(FACTS[name]) if name in FACTS else gettext(RECORDS[name]) if name in RECORDS else name
    if last and first in ("was", "is"):
        label = f"{gettext(BEFORE if first == 'was' else AFTER)}, {label}"
    return f"{label}: {value_words(name, value)}"


def value_words(name: str, value: str) -> str:
    """Minutes, cents, days and instants in words; True and False as yes and no."""
    if name == "break" and value.isdigit():
        return duration_words(int(value))
    if name.endswith("minutes") and re.fullmatch(r"-?\d+", value):
        return duration_words(int(value))
    if name.endswith("cents") and re.fullmatch(r"-?\d+", value):
        return euro_words(int(value))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return f"{date_words(date.fromisoformat(value))} {value[:4]}"
    if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", value):
        return clock_words(datetime.fromisoformat(value))
    return {"True": gettext("Yes"), "False": gettext("No"), "yes": gettext("Yes"), "no": gettext("No")}.get(value, value)
