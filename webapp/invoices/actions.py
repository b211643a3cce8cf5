"""Issuing the invoices of a month, told in order: start a run, then go on with it until every establishment had its turn.

Each step is one transaction: numbers, documents, lines, billed hours and the place in the run are saved together or not
at all. So a run may be killed at any moment, and be pressed by two people at once: the next step finds what is left.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, cast, exists, func, insert, or_, select, update
from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.database import lock_municipality
from webapp.foundation.ids import new_id
from webapp.history.actions import Change, record
from webapp.hours.reads import accounts, entries
from webapp.invoices import rules
from webapp.invoices.models import BilledHours, BillingAddress, Invoice, InvoiceCounter, InvoiceLine, InvoiceRun
from webapp.invoices.rules import Billed, Document, Price, Worked
from webapp.people.employers import Employer, Establishment
from webapp.people.person import Person
from webapp.placements.models import Placement
from webapp.placements.tariffs import changes_of, tariff_on, tariffs
from webapp.terms.actions import Terms
from webapp.terms.shapes import plain

invoices: Any = Invoice.__table__  # type: ignore[attr-defined]
lines: Any = InvoiceLine.__table__  # type: ignore[attr-defined]
billed: Any = BilledHours.__table__  # type: ignore[attr-defined]
runs: Any = InvoiceRun.__table__  # type: ignore[attr-defined]
counters: Any = InvoiceCounter.__table__  # type: ignore[attr-defined]
addresses: Any = BillingAddress.__table__  # type: ignore[attr-defined]
employers: Any = Employer.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
placements: Any = Placement.__table__  # type: ignore[attr-defined]

STEP = 25  # establishments in one transaction: well under a second

ALREADY = select(func.sum(billed.c.minutes)).where(billed.c.entry_id == entries.c.id).correlate(entries).scalar_subquery()
DIFFERS = entries.c.certain_minutes != func.coalesce(ALREADY, 0)


class Step(NamedTuple):
    """What one step of a run did."""

    issued: list[uuid.UUID]
    done: int
    todo: int


def start(db: Session, person: Person, month: date, *, terms: Terms, now: datetime) -> InvoiceRun | None:
    """Begin the invoices of a month, or find the run of that month that is not finished. None when nothing is left to issue.

    Raises BadMonth when the month is not over, NoTermsInForce when nobody recorded who sends invoices or which VAT counts.
    """
    today = day_of(now)
    rules.ensure_over(month, today)
    lock_municipality(db, person.municipality_id)
    running = unfinished(db, person.municipality_id, month)
    if running is not None:
        return running
    for key in ("invoice_sender", "invoicing", "vat"):
        terms.row(key, today)
    todo = due_establishments(db, person.municipality_id, month, terms)
    if not todo:
        return None
    run = InvoiceRun(
        municipality_id=person.municipality_id, period=month, todo=[found.hex for found in todo], started_by=person.id, started_role=person.role,
        started_at=now,
    )  # fmt: skip
    db.add(run)
    db.flush()
    facts = {"period": month, "establishments": len(todo)}
    _record(db, run, [Change("invoice_run.started", run.id, facts)], now=now)
    return run


def unfinished(db: Session, municipality_id: int, month: date | None = None) -> InvoiceRun | None:
    """The run that is under way, of this month or of any."""
    query = select(InvoiceRun).where(runs.c.municipality_id == municipality_id, runs.c.finished_at.is_(None))
    if month is not None:
        query = query.where(runs.c.period == month)
    found: InvoiceRun | None = db.execute(query.order_by(runs.c.started_at).limit(1)).scalars().first()
    return found


def due_establishments(db: Session, municipality_id: int, month: date, terms: Terms) -> list[uuid.UUID]:
    """Where something has to be billed up to and including this month, in the order of their names.

    Hours that are not billed as they are now certain; hours billed at another tariff or VAT than counts by now. An
    establishment that has its invoice of this month is only there for what may become a credit note.
    """
    last_day = rules.last_day_of(month)
    has_invoice = exists().where(invoices.c.establishment_id == establishments.c.id, invoices.c.period == month, invoices.c.kind == "invoice")
    of_place = (entries.c.establishment_id == establishments.c.id, entries.c.worked_on <= last_day)
    fresh = exists().where(*of_place, entries.c.certain_minutes > 0, ALREADY.is_(None))
    changed = exists().where(*of_place, ALREADY.is_not(None), DIFFERS)
    new_tariff = exists().where(
        placements.c.establishment_id == establishments.c.id, tariffs.c.placement_id == placements.c.id, billed.c.entry_id == entries.c.id,
        entries.c.placement_id == placements.c.id, entries.c.worked_on >= tariffs.c.valid_from,
    )  # fmt: skip
    wanted = [changed, new_tariff, ~has_invoice & fresh]
    if other_vat(db, municipality_id, terms):
        wanted.append(exists().where(*of_place, ALREADY.is_not(None)))
    query = (
        select(establishments.c.id)
        .join(employers, employers.c.id == establishments.c.employer_id)
        .where(establishments.c.municipality_id == municipality_id, or_(*wanted))
        .order_by(employers.c.name, establishments.c.name, establishments.c.id)
    )
    return list(db.execute(query).scalars())


def other_vat(db: Session, municipality_id: int, terms: Terms) -> bool:
    """Whether hours were billed with another VAT than counts for their day by now: what was decided later, for earlier days."""
    days = db.execute(
        select(entries.c.worked_on, billed.c.vat_category, billed.c.vat_basis_points)
        .join(entries, entries.c.id == billed.c.entry_id)
        .where(billed.c.municipality_id == municipality_id)
        .group_by(entries.c.worked_on, billed.c.vat_category, billed.c.vat_basis_points)
        .having(func.sum(billed.c.minutes) != 0)
    )
    return any((row.vat_category, row.vat_basis_points) != vat_on(terms, row.worked_on) for row in days)


def vat_on(terms: Terms, day: date) -> tuple[str, int]:
    """The VAT category and rate (basis points) of a day. Raises NoTermsInForce."""
    vat = terms.value("vat", day)
    return vat.category, vat.basis_points


def go_on(db: Session, run: InvoiceRun, *, terms: Terms, now: datetime, limit: int = STEP) -> Step:
    """The next establishments of a run. A finished run is left alone. The caller commits."""
    lock_municipality(db, run.municipality_id)
    db.refresh(run)
    if run.finished_at is not None:
        return Step([], run.done, len(run.todo))
    turn = [uuid.UUID(hex) for hex in run.todo[run.done : run.done + limit]]
    issued = issue(db, run, turn, terms=terms, now=now)
    run.done += len(turn)
    if run.done >= len(run.todo):
        run.finished_at = now
    db.add(run)
    db.flush()
    return Step(issued, run.done, len(run.todo))


def issue(db: Session, run: InvoiceRun, establishment_ids: Sequence[uuid.UUID], *, terms: Terms, now: datetime) -> list[uuid.UUID]:
    """Write the documents of these establishments; gives their ids. An establishment where nothing is due gets none."""
    today, last_day = day_of(now), rules.last_day_of(run.period)
    worked, placed = read_worked(db, run.municipality_id, establishment_ids, last_day, terms)
    known = read_billed(db, [entry.entry_id for found in worked.values() for entry in found])
    invoiced = set(
        db.execute(
            select(invoices.c.establishment_id).where(
                invoices.c.establishment_id.in_(list(establishment_ids)), invoices.c.period == run.period, invoices.c.kind == "invoice"
            )
        ).scalars()
    )
    drafts: list[tuple[uuid.UUID, Document]] = []
    for place in establishment_ids:
        mine = worked.get(place, [])
        items = rules.differences(mine, [one for entry in mine for one in known.get(entry.entry_id, [])])
        drafts += [(place, document) for document in rules.documents_of(items, invoiced_already=place in invoiced)]
    if not drafts:
        return []
    sender, invoicing = terms.value("invoice_sender", today), terms.value("invoicing", today)
    buyers = read_buyers(db, {place for place, _ in drafts})
    number = take_numbers(db, run.municipality_id, today.year, len(drafts)) - len(drafts)
    pile = _Pile(turns={entry_id: len(found) for entry_id, found in known.items()})
    changes = []
    for place, document in drafts:
        number += 1
        buyer = buyers[place]
        row = {
            "id": new_id(), "municipality_id": run.municipality_id, "run_id": run.id, "kind": "credit_note" if document.corrects else "invoice",
            "year": today.year, "number": number, "employer_id": buyer["employer_id"], "establishment_id": place, "period": run.period,
            "issued_on": today, "due_on": today + timedelta(days=invoicing.payment_days), "corrects_id": document.corrects,
            "minutes": sum(line.minutes for line in document.lines), "net_cents": document.totals.net_cents, "vat_cents": document.totals.vat_cents,
            "total_cents": document.totals.total_cents, "seller": plain(sender), "buyer": buyer["snapshot"], "issued_by": run.started_by, "issued_at": now,
        }  # fmt: skip
        pile.add(row, document, placed, terms)
        facts = {"number": rules.printed_number(today.year, number), "total_cents": row["total_cents"], "establishment": place, "period": run.period}
        changes.append(Change(f"{row['kind']}.issued", row["id"], facts))
    for table, rows in ((invoices, pile.invoices), (lines, pile.lines), (billed, pile.billed)):
        db.execute(insert(table), rows)
    _record(db, run, changes, now=now)
    return [row["id"] for row in pile.invoices]


class _Pile:
    """Rows of the documents of one step. `turns`: how often something of an entry was billed before."""

    def __init__(self, turns: dict[uuid.UUID, int]) -> None:
        self.invoices: list[dict[str, Any]] = []
        self.lines: list[dict[str, Any]] = []
        self.billed: list[dict[str, Any]] = []
        self.turns = turns

    def add(self, invoice: dict[str, Any], document: Document, placed: dict[uuid.UUID, Any], terms: Terms) -> None:
        self.invoices.append(invoice)
        for position, line in enumerate(document.lines, 1):
            placement, vat = placed[line.placement_id], terms.value("vat", line.last_day)
            line_id = new_id()
            self.lines.append(
                {
                    "id": line_id, "municipality_id": invoice["municipality_id"], "invoice_id": invoice["id"], "position": position,
                    "placement_id": line.placement_id, "description": f"{placement.function} – {placement.first_name} {placement.last_name[:1]}.",
                    "first_day": line.first_day, "last_day": line.last_day, "minutes": line.minutes, "tariff_cents": line.price.tariff_cents,
                    "net_cents": line.net_cents, "vat_category": line.price.vat_category, "vat_basis_points": line.price.vat_basis_points,
                    "vat_reason": vat.reason if (vat.category, line.price.vat_category) == ("E", "E") else EXEMPT_BEFORE if line.price.vat_category == "E" else "",
                    "refers_to": None if document.corrects else line.refers_to,
                }
            )  # fmt: skip
            for item in line.items:
                self.turns[item.entry_id] = turn = self.turns.get(item.entry_id, 0) + 1
                self.billed.append(
                    {
                        "id": new_id(), "municipality_id": invoice["municipality_id"], "invoice_id": invoice["id"], "line_id": line_id,
                        "entry_id": item.entry_id, "turn": turn, "minutes": item.minutes, "tariff_cents": item.price.tariff_cents,
                        "vat_category": item.price.vat_category, "vat_basis_points": item.price.vat_basis_points,
                    }
                )  # fmt: skip


EXEMPT_BEFORE = "Vrijgesteld van btw, zoals op de eerdere factuur"  # what is taken back was exempt, what counts now is not


def read_worked(
    db: Session, municipality_id: int, establishment_ids: Sequence[uuid.UUID], last_day: date, terms: Terms
) -> tuple[dict[uuid.UUID, list[Worked]], dict[uuid.UUID, Any]]:
    """Certain minutes at these establishments up to a day, with the price of their day; and the placements they belong to.

    Entries that are billed as they stand are left out, unless their price may have changed since.
    """
    repriced = exists().where(tariffs.c.placement_id == entries.c.placement_id)
    doubtful = DIFFERS | repriced
    if other_vat(db, municipality_id, terms):
        doubtful = (entries.c.certain_minutes > 0) | ALREADY.is_not(None)
    rows = db.execute(
        select(
            entries.c.id, entries.c.establishment_id, entries.c.placement_id, entries.c.worked_on, entries.c.certain_minutes, placements.c.tariff_cents,
            placements.c.function, accounts.c.first_name, accounts.c.last_name,
        )
        .join(placements, placements.c.id == entries.c.placement_id)
        .join(accounts, accounts.c.id == entries.c.participant_id)
        .where(
            entries.c.municipality_id == municipality_id, entries.c.establishment_id.in_(list(establishment_ids)), entries.c.worked_on <= last_day, doubtful,
        )
        .order_by(entries.c.worked_on, cast(entries.c.id, String))
    ).all()  # fmt: skip
    placed = {row.placement_id: row for row in rows}
    later = changes_of(db, placed)
    vats: dict[date, tuple[str, int]] = {}
    worked: dict[uuid.UUID, list[Worked]] = {}
    for row in rows:
        if row.worked_on not in vats:
            vats[row.worked_on] = vat_on(terms, row.worked_on)
        price = Price(tariff_on(row.tariff_cents, later.get(row.placement_id, ()), row.worked_on), *vats[row.worked_on])
        worked.setdefault(row.establishment_id, []).append(Worked(row.id, row.placement_id, row.worked_on, row.certain_minutes, price))
    return worked, placed


def read_billed(db: Session, entry_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Billed]]:
    """What was billed of these entries, in the order it was."""
    found: dict[uuid.UUID, list[Billed]] = {}
    wanted = list(entry_ids)
    for first in range(0, len(wanted), 500):  # SQLite takes no endless list of values
        rows = db.execute(
            select(billed, func.coalesce(invoices.c.corrects_id, invoices.c.id).label("refers_to"))
            .join(invoices, invoices.c.id == billed.c.invoice_id)
            .where(billed.c.entry_id.in_(wanted[first : first + 500]))
            .order_by(billed.c.entry_id, billed.c.turn)
        )
        for row in rows:
            price = Price(row.tariff_cents, row.vat_category, row.vat_basis_points)
            found.setdefault(row.entry_id, []).append(Billed(row.entry_id, price, row.minutes, row.refers_to))
    return found


def read_buyers(db: Session, establishment_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Who is billed for each establishment, as it will stand on paper."""
    rows = db.execute(
        select(
            establishments, employers.c.name.label("employer"), employers.c.kvk, addresses.c.email, addresses.c.street.label("bill_street"),
            addresses.c.postcode, addresses.c.town.label("bill_town"), addresses.c.vat_number, addresses.c.reference,
        )
        .join(employers, employers.c.id == establishments.c.employer_id)
        .outerjoin(addresses, addresses.c.establishment_id == establishments.c.id)
        .where(establishments.c.id.in_(list(establishment_ids)))
    )  # fmt: skip
    found = {}
    for row in rows:
        snapshot = {
            "name": row.employer, "establishment": row.name, "kvk": row.kvk, "street": row.bill_street or row.street, "postcode": row.postcode or "",
            "town": row.bill_town or row.town, "email": row.email or "", "vat_number": row.vat_number or "", "reference": row.reference or "",
        }  # fmt: skip
        found[row.id] = {"employer_id": row.employer_id, "snapshot": snapshot}
    return found


def take_numbers(db: Session, municipality_id: int, year: int, count: int) -> int:
    """Take the next numbers of a year; gives the last of them. Given back when the transaction fails, so there is never a gap."""
    mine = (counters.c.municipality_id == municipality_id, counters.c.year == year)
    raised = update(counters).where(*mine).values(last_number=counters.c.last_number + count).returning(counters.c.last_number)
    last = db.execute(raised).scalar()
    if last is None:
        db.execute(insert(counters).values(municipality_id=municipality_id, year=year, last_number=count))
        return count
    return int(last)


def _record(db: Session, run: InvoiceRun, changes: Sequence[Change], *, now: datetime) -> None:
    record(db, changes, municipality_id=run.municipality_id, actor_id=run.started_by, actor_role=run.started_role, now=now)
