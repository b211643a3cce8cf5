"""V3 and V4, and V7 for payouts: no year holds too much or too many payments, and nothing is paid twice or lost.

Recomputed from the raw rows: which lines a payout took along is worked out again here, line by line, not read from anywhere.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from webapp.verify_rows import Fault, rows

PAYABLE = ("hours", "hours_back", "payout_back", "carried")
STANDS = ("prepared", "paid")
TAKES = ("prepared", "paid", "returned")


def key(id: Any) -> str:
    return str(id).replace("-", "")


def day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def taken_along(db: Connection) -> tuple[Counter[str], dict[str, Counter[int]]]:
    """Per payout the cents of the lines it took along; per payout and year of work the cents of hours. A line is its first payout's."""
    of_person: dict[str, list[tuple[int, date, str]]] = defaultdict(list)
    for row in rows(db, "SELECT id, participant_id, through_line_id, hours_until, status FROM payout ORDER BY through_line_id"):
        if row.status in TAKES:
            of_person[key(row.participant_id)].append((row.through_line_id, day(row.hours_until), key(row.id)))
    cents: Counter[str] = Counter()
    worked: dict[str, Counter[int]] = defaultdict(Counter)
    if not of_person:
        return cents, worked
    for row in rows(db, "SELECT id, participant_id, cause, worked_on, amount_cents FROM ledger_line"):
        if row.cause not in PAYABLE:
            continue
        hours, on = row.cause in ("hours", "hours_back"), day(row.worked_on)
        for through, until, payout in of_person.get(key(row.participant_id), ()):
            if row.id <= through and (not hours or on <= until):
                cents[payout] += row.amount_cents
                worked[payout][on.year] += row.amount_cents
                break
    return cents, worked


def payouts_add_up(db: Connection) -> Iterator[Fault]:
    """V4: a payout is exactly the lines it took along, is booked once, and is paid only after two different people looked."""
    booked: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(db, "SELECT cause, cause_id, amount_cents FROM ledger_line WHERE cause NOT IN ('hours', 'hours_back')"):
        booked[key(row.cause_id)][row.cause] += row.amount_cents
    inside, _ = taken_along(db)
    for row in rows(
        db,
        "SELECT p.id, p.amount_cents, p.cut_cents, p.status, r.status AS run_status, r.prepared_by, r.approved_by, r.judgement, r.municipality_id AS home, p.municipality_id "
        "FROM payout p LEFT JOIN payout_run r ON r.id = p.run_id",
    ):
        id, lines = key(row.id), booked.pop(key(row.id), Counter())
        paid = row.status in ("paid", "returned")
        if row.status in TAKES and inside[id] != row.amount_cents + row.cut_cents:
            yield Fault(
                "V4", "payout", str(row.id), f"{row.amount_cents} paid and {row.cut_cents} above the maximum, but its lines are {inside[id]} cents"
            )
        wanted = {"payout": -row.amount_cents, "above_maximum": -row.cut_cents} if paid else {}
        if row.status == "returned":
            wanted["payout_back"] = row.amount_cents
        carried = lines.pop("carried", 0)
        if +Counter({k: -v for k, v in lines.items()}) != +Counter({k: -v for k, v in wanted.items()}) or lines["payout_back"] != wanted.get(
            "payout_back", 0
        ):
            yield Fault("V4", "payout", str(row.id), f"{row.status} of {row.amount_cents} cents, but booked {dict(lines)}")
        if carried not in (0, row.cut_cents):
            yield Fault("V4", "payout", str(row.id), f"{carried} cents carried over of {row.cut_cents}")
        if paid and (row.run_status != "approved" or not row.judgement or row.approved_by is None or row.approved_by == row.prepared_by):
            yield Fault("V4", "payout", str(row.id), "paid without a second person who judged")
    for id in booked:
        yield Fault("V4", "ledger_line", id, "booked for a payout that is not there")


def years_hold_no_more(db: Connection) -> Iterator[Fault]:
    """V3: per person and calendar year at most two payments, and at most the maximum, as it was agreed when it was paid."""
    agreed = Maxima(db)
    others: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for row in rows(db, "SELECT participant_id, paid_on, amount_cents, recorded_at FROM other_premium"):
        others[key(row.participant_id), day(row.paid_on).year].append((moment(row.recorded_at), row.amount_cents))
    _, worked = taken_along(db)
    cut: dict[str, Counter[int]] = defaultdict(Counter)
    for row in rows(db, "SELECT cause_id, turn, amount_cents FROM ledger_line WHERE cause = 'above_maximum'"):
        cut[key(row.cause_id)][row.turn] += row.amount_cents
    payments: Counter[tuple[str, int]] = Counter()
    filled: Counter[tuple[str, int]] = Counter()
    for row in rows(
        db,
        "SELECT p.id, p.participant_id, p.municipality_id, p.year, p.pay_on, p.amount_cents, p.status, COALESCE(r.approved_at, r.prepared_at) AS at "
        "FROM payout p JOIN payout_run r ON r.id = p.run_id WHERE p.status IN ('prepared', 'paid') ORDER BY p.pay_on, p.through_line_id",
    ):
        who, on = key(row.participant_id), day(row.pay_on)
        payments[who, row.year] += 1
        if payments[who, row.year] > 2:
            yield Fault("V3", "payout", str(row.id), f"payment {payments[who, row.year]} of this person in {row.year}")
        years = {row.year: row.amount_cents}
        if agreed.counted_by(row.municipality_id, on) == "worked":
            years = dict(worked[key(row.id)] + Counter())
            for year, cents in cut[key(row.id)].items():
                years[year] = years.get(year, 0) + cents
        for year, cents in years.items():
            filled[who, year] += cents
            known = sum(amount for at, amount in others[who, year] if at <= moment(row.at))
            most = agreed.cents(row.municipality_id, on if year >= on.year else date(year, 12, 31))
            if most is not None and row.status == "paid" and filled[who, year] + known > most:
                yield Fault("V3", "payout", str(row.id), f"{filled[who, year] + known} cents in {year}, the maximum is {most}")


class Maxima:
    """The yearly maximum as the rows of terms say it: the law's, or less where the municipality chose less."""

    def __init__(self, db: Connection) -> None:
        self.rows = [
            (row.municipality_id, day(row.valid_from), day(row.valid_until) if row.valid_until else date.max, json.loads(row.value) if isinstance(row.value, str) else row.value)
            for row in rows(db, "SELECT municipality_id, valid_from, valid_until, value FROM term WHERE key = 'yearly_maximum' AND valid_from IS NOT NULL AND (municipality_id IS NOT NULL OR regulation_id IS NULL) ORDER BY valid_from")
        ]  # fmt: skip

    def _latest(self, municipality: int | None, on: date) -> Any:
        begun = [row for row in self.rows if row[0] == municipality and row[1] <= on]
        return begun[-1][3] if begun and begun[-1][2] >= on else None

    def cents(self, municipality: int, on: date) -> int | None:
        amounts = [found["cents"] for found in (self._latest(municipality, on), self._latest(None, on)) if found and found["cents"] is not None]
        return min(amounts) if amounts else None

    def counted_by(self, municipality: int, on: date) -> str:
        found = self._latest(municipality, on) or self._latest(None, on) or {}
        return str(found.get("counted_by", "paid"))


def moment(at: Any) -> str:
    """An instant as text that sorts, whichever engine gave it."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return found.replace(tzinfo=None).isoformat() if found is not None else ""


def payouts_are_told(db: Connection) -> Iterator[Fault]:
    """V7: every run and payout has the history row of its state, and who is paid was told."""
    for table, status, action in (
        ("payout_run", "prepared", "payout.prepared"), ("payout_run", "approved", "payout.approved"), ("payout_run", "sent_back", "payout.sent_back"),
        ("payout", "paid", "payout.paid"), ("payout", "returned", "payout.returned"), ("payout", "held", "payout.held"),
    ):  # fmt: skip
        untold = f"SELECT t.id FROM {table} t WHERE t.status = '{status}' AND NOT EXISTS (SELECT 1 FROM history h WHERE h.subject_id = t.id AND h.action = '{action}')"  # noqa: S608 - words from above
        for row in rows(db, untold):
            yield Fault("V7", table, str(row.id), f"status {status} without a history row")
    told = {(row.key, key(row.cause_id)) for row in rows(db, "SELECT key, cause_id FROM notification WHERE key IN ('pay.date', 'pay.bounce')")}
    for row in rows(db, "SELECT id, status FROM payout WHERE status IN ('paid', 'returned')"):
        for wanted in ("pay.date", "pay.bounce") if row.status == "returned" else ("pay.date",):
            if (wanted, key(row.id)) not in told:
                yield Fault("V7", "notification", str(row.id), f"the message {wanted} is missing")


CHECKS = (years_hold_no_more, payouts_add_up, payouts_are_told)
