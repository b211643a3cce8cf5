"""What belongs on an invoice, and its arithmetic. Money is cents, time minutes; a total is the sum of its printed lines.

Source of the arithmetic: EN 16931-1 part 6.4 (BR-CO-10 … BR-CO-17): a line is rounded once, VAT once per category and rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

MINUTES_IN_HOUR = 60
WHOLE = 10_000  # basis points
TEXT_OF_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


class Price(NamedTuple):
    """What an hour costs on a day: the tariff of the placement, and the VAT that counts."""

    tariff_cents: int
    vat_category: str
    vat_basis_points: int


class Worked(NamedTuple):
    """Minutes of an hours entry that are certain, and what they cost on the day worked."""

    entry_id: UUID
    placement_id: UUID
    worked_on: date
    minutes: int
    price: Price


class Billed(NamedTuple):
    """What already stands on an invoice or credit note for an entry; `refers_to`: the invoice (not the credit note)."""

    entry_id: UUID
    price: Price
    minutes: int
    refers_to: UUID


class Item(NamedTuple):
    """Minutes of one entry that still have to be billed (or taken back: below zero). `refers_to`: where it stood before."""

    entry_id: UUID
    placement_id: UUID
    worked_on: date
    minutes: int
    price: Price
    refers_to: UUID | None


class Line(NamedTuple):
    """One printed line."""

    placement_id: UUID
    first_day: date
    last_day: date
    minutes: int
    price: Price
    refers_to: UUID | None
    items: tuple[Item, ...]

    @property
    def net_cents(self) -> int:
        return line_cents(self.minutes, self.price.tariff_cents)


class VatGroup(NamedTuple):
    """All lines of one category and rate together."""

    category: str
    basis_points: int
    net_cents: int
    vat_cents: int


class Totals(NamedTuple):
    """The foot of a document."""

    net_cents: int
    vat_cents: int
    total_cents: int
    groups: tuple[VatGroup, ...]


class Document(NamedTuple):
    """What will be issued: an invoice (`corrects` None) or a credit note on an earlier invoice, with its lines in order.

    Minutes and amounts stand as on paper: on a credit note what is taken back is positive.
    """

    corrects: UUID | None
    lines: tuple[Line, ...]
    totals: Totals


class BadMonth(ValueError):
    """Not a month, or one that is not over."""


def rounded(numerator: int, denominator: int) -> int:
    """A division rounded half away from zero, as EN 16931 rounds amounts.

    >>> rounded(5, 2), rounded(-5, 2), rounded(4, 3)
    (3, -3, 1)
    """
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def line_cents(minutes: int, tariff_cents: int) -> int:
    """Cents of a line, without VAT.

    >>> line_cents(450, 1950), line_cents(-20, 1955)
    (14625, -652)
    """
    return rounded(minutes * tariff_cents, MINUTES_IN_HOUR)


def vat_cents(net_cents: int, basis_points: int) -> int:
    """VAT over the sum of the lines of one rate.

    >>> vat_cents(14625, 2100)
    3071
    """
    return rounded(net_cents * basis_points, WHOLE)


def totals_of(lines: Iterable[tuple[int, str, int]]) -> Totals:
    """The foot under lines given as (net cents, VAT category, basis points)."""
    nets: dict[tuple[str, int], int] = {}
    for net, category, points in lines:
        nets[category, points] = nets.get((category, points), 0) + net
    groups = tuple(VatGroup(category, points, net, vat_cents(net, points)) for (category, points), net in sorted(nets.items()))
    net, vat = sum(group.net_cents for group in groups), sum(group.vat_cents for group in groups)
    return Totals(net, vat, net + vat, groups)


def differences(worked: Iterable[Worked], billed: Iterable[Billed]) -> list[Item]:
    """What still has to be billed: what is certain now, minus all that was billed before, entry by entry and price by price.

    So an entry that changed after it was invoiced (a ruling, an agreement, another tariff or VAT for that day) gives what is
    taken back and what is new; nothing that stands as it should gives anything.
    """
    before: dict[UUID, dict[Price, int]] = {}
    stood: dict[UUID, UUID] = {}
    for one in billed:
        prices = before.setdefault(one.entry_id, {})
        prices[one.price] = prices.get(one.price, 0) + one.minutes
        stood[one.entry_id] = one.refers_to
    found = []
    for entry in worked:
        due = {price: -minutes for price, minutes in before.get(entry.entry_id, {}).items()}
        due[entry.price] = due.get(entry.price, 0) + entry.minutes
        for price, minutes in sorted(due.items()):
            if minutes:
                found.append(Item(entry.entry_id, entry.placement_id, entry.worked_on, minutes, price, stood.get(entry.entry_id)))
    return found


def lines_of(items: Iterable[Item]) -> list[Line]:
    """Items as printed lines: one for each placement, month, price, earlier invoice, and direction; what is new first."""
    together: dict[tuple[bool, date, str, Price, bool, str], list[Item]] = {}
    for item in items:
        again = item.refers_to is not None
        key = (again, month_of(item.worked_on), item.placement_id.hex, item.price, item.minutes < 0, item.refers_to.hex if item.refers_to else "")
        together.setdefault(key, []).append(item)
    made = []
    for _, group in sorted(together.items()):
        days, first = [item.worked_on for item in group], group[0]
        minutes = sum(item.minutes for item in group)
        made.append(Line(first.placement_id, min(days), max(days), minutes, first.price, first.refers_to, tuple(group)))
    return made


def documents_of(items: Sequence[Item], *, invoiced_already: bool) -> list[Document]:
    """The invoice and the credit notes these items become.

    What is new goes on the invoice. What changed on an earlier invoice becomes a credit note on it when money goes back, and
    otherwise lines on the new invoice that name the earlier one. `invoiced_already`: this month has its invoice, so what
    would go on it waits for the next month.
    """
    earlier: dict[UUID, list[Item]] = {}
    fresh = [item for item in items if item.refers_to is None]
    for item in items:
        if item.refers_to is not None:
            earlier.setdefault(item.refers_to, []).append(item)
    notes = []
    for invoice_id, group in sorted(earlier.items(), key=lambda pair: pair[0].hex):
        lines = [line._replace(minutes=-line.minutes) for line in lines_of(group)]
        totals = _totals(lines)
        if totals.total_cents > 0:
            notes.append(Document(invoice_id, tuple(lines), totals))
        else:
            fresh += group
    lines = lines_of(fresh)
    if not lines or invoiced_already:
        return notes
    return [Document(None, tuple(lines), _totals(lines)), *notes]


def _totals(lines: Sequence[Line]) -> Totals:
    return totals_of((line.net_cents, line.price.vat_category, line.price.vat_basis_points) for line in lines)


# numbers and days -----------------------------------------------------------------------------


def printed_number(year: int, number: int) -> str:
    """As it stands on paper: '2026-00042'."""
    return f"{year}-{number:05d}"


def numbers_in(text: str) -> list[tuple[int, int]]:
    """Numbers of invoices that somebody wrote with a payment, with the year and without what stands between.

    >>> numbers_in("Betaling factuur 2026-00042 en 202600043, klant 99")
    [(2026, 42), (2026, 43)]
    """
    return [(int(year), int(number)) for year, number in re.findall(r"(?<!\d)(20\d\d)[- /.]?(\d{5})(?!\d)", text)]


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def last_day_of(month: date) -> date:
    """
    >>> last_day_of(date(2026, 2, 1))
    datetime.date(2026, 2, 28)
    """
    return next_month(month) - timedelta(days=1)


def next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def read_month(text: str) -> date:
    """'2026-10' as its first day. Raises BadMonth."""
    found = TEXT_OF_MONTH.fullmatch(text.strip())
    if not found:
        raise BadMonth("not a month")
    return date(int(found[1]), int(found[2]), 1)


def ensure_over(month: date, today: date) -> None:
    """Only a month that is over is invoiced: it has one invoice. Raises BadMonth."""
    if last_day_of(month) >= today:
        raise BadMonth("this month is not over")


# what happened since ---------------------------------------------------------------------------


class Standing(NamedTuple):
    """How an invoice stands. `open_cents`: still to be paid; below zero, too much was paid."""

    word: str  # "paid", "late", "open", "credited"
    open_cents: int
    late_days: int


def standing(*, total_cents: int, credited_cents: int, paid_cents: int, due_on: date, today: date) -> Standing:
    """Whether an invoice is paid, open or late; money and credit notes count from the day they are there.

    >>> standing(total_cents=1000, credited_cents=0, paid_cents=400, due_on=date(2026, 3, 1), today=date(2026, 3, 10))
    Standing(word='late', open_cents=600, late_days=9)
    """
    left = total_cents - credited_cents - paid_cents
    if left <= 0:
        return Standing("credited" if credited_cents >= total_cents and not paid_cents else "paid", left, 0)
    late = (today - due_on).days
    return Standing("late" if late > 0 else "open", left, max(0, late))


def reminder_step(*, due_on: date, today: date, after_days: Sequence[int]) -> int:
    """Which reminder this day asks for: 0 none, 1 the first, … Counted in days after the last day to pay.

    >>> reminder_step(due_on=date(2026, 3, 1), today=date(2026, 3, 23), after_days=(7, 21))
    2
    """
    return sum(1 for days in after_days if (today - due_on).days >= days)


def quantity(minutes: int) -> tuple[str, str, int]:
    """Time as an e-invoice says it exactly: (quantity, unit, how many units the hourly price is for).

    Hours where two decimals are exact; otherwise minutes, with the price per 60: a rounded quantity would give another amount.

    >>> quantity(450), quantity(-425)
    (('7.50', 'HUR', 1), ('-425', 'MIN', 60))
    """
    if minutes % 3:
        return str(minutes), "MIN", MINUTES_IN_HOUR
    hundredths = minutes * 100 // MINUTES_IN_HOUR
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}", "HUR", 1


def first_match(numbers: Iterable[tuple[int, int]], amount_cents: int, open_by_number: Mapping[tuple[int, int], tuple[UUID, int]]) -> UUID | None:
    """The invoice a payment is certainly for: its number is named, one only, and the amount is what is open. Otherwise somebody looks."""
    named = {number for number in numbers if number in open_by_number}
    if len(named) != 1:
        return None
    invoice_id, open_cents = open_by_number[named.pop()]
    return invoice_id if open_cents == amount_cents else None
