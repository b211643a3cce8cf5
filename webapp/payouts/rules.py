"""What a payout run pays, to whom, and what somebody must look at first. Whole cents; a year is a calendar year."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple
from uuid import UUID

from webapp.premium.rules import room_left_cents

WHOLE = 10_000  # basis points
A_YEAR = timedelta(days=365)
FEWEST_TO_COMPARE = 5  # people in a run, before its middle amount says anything

# why somebody is not in a run; everything else is a reason to look at a line that is in it
OUT = ("no_account", "under_27", "age_unknown", "third_payment", "no_room", "taken_back")
LOOK = (
    "cut", "near_maximum", "account_changed", "shared_account", "above_usual", "turned_27", "left", "budget_manager", "first_payout", "difference",
)  # fmt: skip


class Refused(Exception):
    """The rules of payouts do not allow this."""


class OwnRun(Refused):
    """Who prepared a run does not approve it: that takes another person (blueprint part 2, V3)."""


class OutsideOnly(Refused):
    """A checker from outside does the second check and nothing else."""


class NotWaiting(Refused):
    """This run is not waiting for a second check: it was approved or sent back already."""


class NothingToPay(Refused):
    """No premium is due on this day."""


class NoAccount(Refused):
    """The municipality has not recorded from which account it pays."""


class AccountsChanged(Refused):
    """Since the first check, these people changed their account: somebody has to look again."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"{len(names)} accounts changed")
        self.names = names


class Looked(Refused):
    """The run changed after this page was opened: look at it once more."""


class Policy(NamedTuple):
    """What is agreed about payouts on the day of payment.

    `maximum_cents` gives the most a calendar year may hold, by that year. `counted_by` "paid" or "worked": which day says in
    what year an amount counts. `payments`: the most payments a person may get in a calendar year.
    """

    maximum_cents: Mapping[int, int]
    counted_by: str
    payments: int
    account_days: int
    above_usual_basis_points: int
    near_maximum_basis_points: int


class Due(NamedTuple):
    """What is certain for one person and not yet paid: cents by the year they count in, and the minutes behind them."""

    participant_id: UUID
    minutes: int
    cents_by_year: Mapping[int, int]

    @property
    def cents(self) -> int:
        return sum(self.cents_by_year.values())


class Past(NamedTuple):
    """What was paid before. `counted_by_year`: cents that fill a year, premiums of other schemes included. `slots`: used this year."""

    slots: frozenset[int] = frozenset()
    counted_by_year: Mapping[int, int] = {}
    payments: int = 0
    average_cents: int = 0
    last_paid_on: date | None = None


class Payee(NamedTuple):
    """Whom it is paid to. `allowed`: what the age rules say on the day of payment. `shares`: others with the same account."""

    participant_id: UUID
    allowed: str
    turns_27_on: date | None
    has_account: bool
    account_changed_on: date | None
    is_budget_manager: bool
    shares: int
    left_on: date | None
    difference_minutes: int  # of hours two people do not agree about; they stay behind


class Remark(NamedTuple):
    kind: str
    cents: int = 0
    minutes: int = 0
    on: date | None = None


class Decision(NamedTuple):
    """What this run does for one person. amount_cents 0: not in it, and a remark says why. cut_cents: by year, above the maximum."""

    participant_id: UUID
    minutes: int
    amount_cents: int
    cut_by_year: Mapping[int, int]
    slot: int
    remarks: tuple[Remark, ...]

    @property
    def cut_cents(self) -> int:
        return sum(self.cut_by_year.values())

    @property
    def is_in(self) -> bool:
        return self.amount_cents > 0


def hours_until(pay_on: date, close_days: int) -> date:
    """The last day of work that a payment on this day takes along: hours close so many days before.

    >>> hours_until(date(2026, 12, 15), 10)
    datetime.date(2026, 12, 5)
    """
    return pay_on - timedelta(days=close_days)


def fitted(cents_by_year: Mapping[int, int], counted_by_year: Mapping[int, int], maximum_cents: Mapping[int, int]) -> tuple[int, dict[int, int]]:
    """What may be paid, and what is above the maximum of each year. Nothing is lost: the two add up to what was due.

    Source: Participatiewet art. 31 lid 2 onder j ("ten hoogste ... per kalenderjaar"), all premiums of the person together.

    >>> fitted({2026: 130400}, {2026: 212600}, {2026: 339800})
    (127200, {2026: 3200})
    """
    paid, cut = 0, {}
    for year, cents in cents_by_year.items():
        fits = min(cents, room_left_cents(counted_by_year.get(year, 0), maximum_cents[year]))
        paid += fits
        if cents > fits:
            cut[year] = cents - fits
    return paid, cut


def decide(due: Due, past: Past, payee: Payee, policy: Policy, *, pay_on: date) -> Decision:
    """What one person gets in this run, and what there is to look at. Somebody who is not in it keeps everything for a later run."""
    slot = next((slot for slot in range(1, policy.payments + 1) if slot not in past.slots), 0)
    amount, cut = fitted(due.cents_by_year, past.counted_by_year, policy.maximum_cents)
    out = why_not(due, payee, slot=slot, amount_cents=amount)
    if out is not None:
        return Decision(due.participant_id, due.minutes, 0, {}, 0, (Remark(out, due.cents, due.minutes),))
    remarks = [*about_maximum(due, past, policy, amount, cut, pay_on.year), *about_payee(payee, past, policy, pay_on=pay_on)]
    return Decision(due.participant_id, due.minutes, amount, cut, slot, tuple(remarks))


def why_not(due: Due, payee: Payee, *, slot: int, amount_cents: int) -> str | None:
    """Why this person gets nothing now, or None. The strongest reason first."""
    if due.cents <= 0:
        return "taken_back"  # a correction after a payout: it is set off against hours to come
    if payee.allowed == "no":
        return "under_27"
    if payee.allowed == "unknown":
        return "age_unknown"
    if not payee.has_account:
        return "no_account"
    if not slot:
        return "third_payment"
    return "no_room" if amount_cents <= 0 else None


def about_maximum(due: Due, past: Past, policy: Policy, amount_cents: int, cut: Mapping[int, int], year: int) -> list[Remark]:
    if cut:
        return [Remark("cut", sum(cut.values()))]
    year = max(due.cents_by_year) if policy.counted_by == "worked" else year
    counted = past.counted_by_year.get(year, 0) + due.cents_by_year.get(year, 0)
    maximum = policy.maximum_cents[year]
    return [Remark("near_maximum", maximum - counted)] if counted * WHOLE >= maximum * policy.near_maximum_basis_points else []


def about_payee(payee: Payee, past: Past, policy: Policy, *, pay_on: date) -> list[Remark]:
    found = []
    if past.payments == 0:
        found.append(Remark("first_payout"))
    if payee.account_changed_on is not None and past.payments and pay_on - payee.account_changed_on <= timedelta(days=policy.account_days):
        found.append(Remark("account_changed", on=payee.account_changed_on))
    if payee.shares:
        found.append(Remark("shared_account", minutes=payee.shares))
    if payee.is_budget_manager:
        found.append(Remark("budget_manager"))
    since = past.last_paid_on or pay_on - A_YEAR
    if payee.turns_27_on is not None and since < payee.turns_27_on <= pay_on:
        found.append(Remark("turned_27", on=payee.turns_27_on))
    if payee.left_on is not None:
        found.append(Remark("left", on=payee.left_on))
    if payee.difference_minutes:
        found.append(Remark("difference", minutes=payee.difference_minutes))
    return found


def unusual(decisions: Iterable[Decision], past: Mapping[UUID, Past], above_basis_points: int) -> dict[UUID, Remark]:
    """Who gets much more than usual: than their own payments before, or, without those, than the middle of this run."""
    amounts = {decision.participant_id: decision.amount_cents for decision in decisions if decision.is_in}
    middle = int(median(amounts.values())) if len(amounts) >= FEWEST_TO_COMPARE else 0
    found = {}
    for participant_id, cents in amounts.items():
        own = past.get(participant_id, Past())
        usual = own.average_cents if own.payments else middle
        if usual and cents * WHOLE > usual * above_basis_points:
            found[participant_id] = Remark("above_usual", usual)
    return found


def ensure_may_prepare(*, from_outside: bool) -> None:
    """Raises OutsideOnly for a checker from outside."""
    if from_outside:
        raise OutsideOnly


def ensure_may_approve(*, status: str, prepared_by: UUID, by: UUID) -> None:
    """Four eyes. Raises OwnRun for who prepared it, NotWaiting when there is nothing to approve."""
    if prepared_by == by:
        raise OwnRun
    if status != "prepared":
        raise NotWaiting


# the bank file ------------------------------------------------------------------------------------

BANK_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
PLAIN = re.compile(r"[a-zA-Z0-9/\-?:().,'+ ]*")  # the same, for the many names that need no work
SPELLED = str.maketrans({
    "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
    "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "n", "Ŋ": "N", "’": "'", "‘": "'", "–": "-", "&": "+", "_": "-",
})  # fmt: skip


class NotLatin(Refused):
    """A bank reads Latin letters only, and this name holds others."""


def bank_words(text: str, longest: int = 70) -> str:
    """A name or text in the signs every bank in SEPA reads (EPC217-08): letters without marks, digits, a few signs.

    Raises NotLatin for letters of another script, which would arrive as something else.

    >>> bank_words("Fatma Aydın-Çelik & Zn.")
    'Fatma Aydin-Celik + Zn.'
    """
    if PLAIN.fullmatch(text):
        return " ".join(text.split())[:longest].strip()
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.translate(SPELLED)) if not unicodedata.combining(sign))
    if strange := set(plain) - BANK_SIGNS:
        raise NotLatin("".join(sorted(strange)))
    return " ".join(plain.split())[:longest].strip()


def file_name(pay_on: date) -> str:
    return f"uitbetaling-{pay_on.isoformat()}.xml"
