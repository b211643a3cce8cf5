"""What happened, in words for an administrator."""

from __future__ import annotations

from webapp.foundation.texts import N_, gettext

KINDS = {
    "file": N_("Opened a file"), "export": N_("Saved a list"), "hours": N_("Hours"), "placement": N_("Places"), "offer": N_("Offers"),
    "premium": N_("Premium"), "account": N_("Bank accounts"), "correction": N_("Corrections asked"), "erasure": N_("Erasing"), "hold": N_("Holds"),
    "retention": N_("Kept long enough"), "person": N_("People who left"), "stand_in": N_("Stand-ins"), "tablet": N_("Shared tablets"),
}  # fmt: skip
ACTIONS = {
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
