"""V4 for invoices and V5, recomputed from the raw rows: not through the code that wrote them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from webapp.verify_rows import Fault, rows


def billed_once(db: Connection) -> Iterator[Fault]:
    """V4: an establishment has one invoice a month, and of no entry more was billed than was ever certain of it at once."""
    twice = "SELECT MIN(CAST(id AS VARCHAR(36))) AS id, period, COUNT(*) AS times FROM invoice WHERE kind = 'invoice' GROUP BY establishment_id, period HAVING COUNT(*) > 1"
    for row in rows(db, twice):
        yield Fault("V4", "invoice", str(row.id), f"{row.times} invoices of {row.period} for one establishment")
    sums = (
        "SELECT b.entry_id AS id, SUM(b.minutes) AS billed, COUNT(*) AS turns, MAX(b.turn) AS last, MIN(b.turn) AS first, COUNT(DISTINCT b.turn) AS different, "
        "MIN(e.municipality_id - b.municipality_id) AS strange FROM billed_hours b JOIN hours_entry e ON e.id = b.entry_id GROUP BY b.entry_id"
    )
    for row in rows(db, sums):
        if row.billed < 0:
            yield Fault("V4", "billed_hours", str(row.id), f"{row.billed} minutes billed: more was taken back than was billed")
        if (row.first, row.last, row.different) != (1, row.turns, row.turns):
            yield Fault("V4", "billed_hours", str(row.id), f"turns {row.first} to {row.last} in {row.turns} rows")
    # what is billed and no longer certain waits for a credit note; what was never certain may not be billed at all
    never = (
        "SELECT b.entry_id AS id, SUM(b.minutes) AS billed, (SELECT MAX(l.minutes) FROM ledger_line l WHERE l.cause_id = b.entry_id) AS certain "
        "FROM billed_hours b GROUP BY b.entry_id"
    )
    for row in rows(db, never):
        if row.billed > (row.certain or 0):
            yield Fault("V4", "billed_hours", str(row.id), f"{row.billed} minutes billed, never more than {row.certain or 0} were certain")


def documents_add_up(db: Connection) -> Iterator[Fault]:
    """V5: numbers without gaps per municipality and year; a line is its hours at its tariff; a total is the sum of its lines."""
    yield from _numbers(db)
    yield from _lines(db)
    yield from _totals(db)
    told = (
        "SELECT i.id FROM invoice i WHERE NOT EXISTS (SELECT 1 FROM history h WHERE h.subject_id = i.id AND h.municipality_id = i.municipality_id "
        "AND h.action IN ('invoice.issued', 'credit_note.issued'))"
    )
    for row in rows(db, told):
        yield Fault("V7", "invoice", str(row.id), "issued without a history row")


def _numbers(db: Connection) -> Iterator[Fault]:
    last: dict[tuple[int, int], int] = {}
    for row in rows(db, "SELECT id, municipality_id, year, number FROM invoice ORDER BY municipality_id, year, number"):
        before = last.get((row.municipality_id, row.year), 0)
        if row.number != before + 1:
            yield Fault("V5", "invoice", str(row.id), f"number {row.number} follows {before}")
        last[row.municipality_id, row.year] = row.number
    for row in rows(db, "SELECT municipality_id, year, last_number FROM invoice_counter"):
        if last.get((row.municipality_id, row.year), 0) != row.last_number:
            yield Fault(
                "V5",
                "invoice_counter",
                f"{row.municipality_id}/{row.year}",
                f"says {row.last_number}, the last invoice is {last.get((row.municipality_id, row.year), 0)}",
            )


def _lines(db: Connection) -> Iterator[Fault]:
    """A credit note prints what it takes back without a minus: its hours carry the opposite sign."""
    statement = (
        "SELECT l.id, l.minutes, l.tariff_cents, l.net_cents, COALESCE(SUM(b.minutes), 0) * (CASE WHEN i.kind = 'credit_note' THEN -1 ELSE 1 END) AS hours, "
        "SUM(CASE WHEN b.tariff_cents <> l.tariff_cents OR b.vat_category <> l.vat_category OR b.vat_basis_points <> l.vat_basis_points OR e.placement_id <> l.placement_id "
        "OR b.invoice_id <> l.invoice_id THEN 1 ELSE 0 END) AS strange FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id LEFT JOIN billed_hours b ON b.line_id = l.id "
        "LEFT JOIN hours_entry e ON e.id = b.entry_id GROUP BY l.id, l.minutes, l.tariff_cents, l.net_cents, i.kind"
    )
    for row in rows(db, statement):
        if row.hours != row.minutes:
            yield Fault("V5", "invoice_line", str(row.id), f"{row.minutes} minutes printed, {row.hours} billed")
        if row.strange:
            yield Fault("V5", "invoice_line", str(row.id), "hours of another price, placement or invoice stand on it")
        size = (abs(row.minutes) * row.tariff_cents * 2 + 60) // 120
        if row.net_cents != (size if row.minutes > 0 else -size):
            yield Fault("V5", "invoice_line", str(row.id), f"{row.net_cents} cents for {row.minutes} minutes at {row.tariff_cents} an hour")


def _totals(db: Connection) -> Iterator[Fault]:
    groups: dict[str, list[tuple[int, int, int]]] = {}
    statement = (
        "SELECT invoice_id, vat_category, vat_basis_points, SUM(net_cents) AS net, SUM(minutes) AS minutes FROM invoice_line "
        "GROUP BY invoice_id, vat_category, vat_basis_points"
    )
    for row in rows(db, statement):
        groups.setdefault(str(row.invoice_id), []).append((row.net, row.vat_basis_points if row.vat_category == "S" else 0, row.minutes))
    for row in rows(db, "SELECT id, minutes, net_cents, vat_cents, total_cents FROM invoice"):
        own = groups.get(str(row.id), [])
        net, minutes = sum(group[0] for group in own), sum(group[2] for group in own)
        vat = sum((1 if group[0] >= 0 else -1) * ((abs(group[0]) * group[1] * 2 + 10_000) // 20_000) for group in own)
        if (net, vat, net + vat, minutes) != (row.net_cents, row.vat_cents, row.total_cents, row.minutes):
            yield Fault("V5", "invoice", str(row.id), f"says {row.net_cents} + {row.vat_cents} = {row.total_cents}, its lines say {net} + {vat}")


CHECKS = (billed_once, documents_add_up)
