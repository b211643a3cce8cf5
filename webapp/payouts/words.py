"""What there is to look at in a run, in words."""

from __future__ import annotations

from typing import Any, NamedTuple

from webapp.foundation.texts import N_, date_words, duration_words, euro_words, gettext, ngettext

# kind: colour, icon, words; the slots a remark can fill are amount, duration, day and num
REMARKS = {
    "cut": ("warn", "gauge", N_("Yearly maximum: %(amount)s does not fit")),
    "near_maximum": ("warn", "gauge", N_("Near the yearly maximum: %(amount)s left before this payment is counted")),
    "account_changed": ("info", "banknote", N_("Account changed on %(day)s")),
    "above_usual": ("warn", "trending-up", N_("Much more than usual (%(amount)s)")),
    "turned_27": ("info", "calendar-days", N_("Turned 27 on %(day)s")),
    "left": ("info", "log-out", N_("Left on %(day)s")),
    "budget_manager": ("info", "users", N_("Account of a budget manager")),
    "first_payout": ("info", "banknote", N_("First payment")),
    "difference": ("info", "message-circle", N_("A difference of %(duration)s stays behind")),
    "no_account": ("warn", "banknote", N_("No account known")),
    "under_27": ("info", "calendar-days", N_("Under 27: the premium is kept")),
    "age_unknown": ("warn", "circle-alert", N_("Age or wage subsidy group not known")),
    "third_payment": ("info", "calendar-days", N_("Had the payments of this year already")),
    "no_room": ("warn", "gauge", N_("The yearly maximum is reached")),
    "taken_back": ("info", "undo-2", N_("A correction is set off first")),
}  # fmt: skip
STATUS = {
    "prepared": ("warn", "hourglass", N_("Waits for the second check")),
    "approved": ("good", "check", N_("Approved")),
    "sent_back": ("", "undo-2", N_("Sent back")),
}
# reasons a bank gives most often (ISO 20022 external codes); others are shown as they are
BANK_REASONS = {
    "AC01": N_("The account number is not right"), "AC04": N_("The account is closed"), "AC06": N_("The account is blocked"),
    "MD07": N_("The account holder has died"), "MS03": N_("The bank gives no reason"), "BE04": N_("The address is not right"),
}  # fmt: skip


class Chip(NamedTuple):
    kind: str
    icon: str
    text: str


def remark_chip(remark: Any) -> Chip:
    """A remark as a chip: `kind`, `cents`, `minutes` and `seen_on` (or `on`) of a row or of the rule."""
    if remark.kind == "shared_account":
        return Chip("warn", "users", ngettext("Same account as %(num)s other", "Same account as %(num)s others", remark.minutes))
    colour, icon, words = REMARKS[remark.kind]
    day = getattr(remark, "seen_on", None) or getattr(remark, "on", None)
    return Chip(
        colour, icon, gettext(words, amount=euro_words(remark.cents), duration=duration_words(remark.minutes), day=date_words(day) if day else "")
    )


def run_chip(status: str) -> Chip:
    colour, icon, words = STATUS[status]
    return Chip(colour, icon, gettext(words))


def bank_reason(code: str) -> str:
    return gettext(BANK_REASONS[code]) if code in BANK_REASONS else code
