"""What must always hold of reports and of the totals everybody reads (V7, V8), from the raw rows."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import Connection

from webapp.verify_rows import Fault, rows

TOLD = {
    # how a report stands -> what the history must tell of it
    "new": ("report.received",), "looking": ("report.taken", "report.reopened"), "answered": ("report.answered",), "closed": ("report.closed",),
}  # fmt: skip
ROUNDED = ("people", "placements_started", "to_paid_work", "requests_refused", "judged_anyway", "reports", "reports_founded")


def reports_are_told(db: Connection) -> Iterator[Fault]:
    """V7: how a report stands, every word about it and every total has its history row; a new report was told to the office."""
    for status, actions in TOLD.items():
        marks = ", ".join(f":a{number}" for number in range(len(actions)))
        statement = (
            "SELECT c.id FROM report_case c WHERE c.status = :status AND NOT EXISTS "  # noqa: S608 - marks of the table above
            f"(SELECT 1 FROM history h WHERE h.subject_id = c.id AND h.municipality_id = c.municipality_id AND h.action IN ({marks}))"
        )
        for row in rows(db, statement, status=status, **{f"a{number}": action for number, action in enumerate(actions)}):
            yield Fault("V7", "report_case", str(row.id), f"status {status} without a history row")
    counted = (
        "SELECT c.id FROM report_case c WHERE (SELECT COUNT(*) FROM report_message m WHERE m.report_case_id = c.id) > "
        "(SELECT COUNT(*) FROM history h WHERE h.subject_id = c.id AND h.action IN ('report.words_added', 'report.answered', 'report.noted'))"
    )
    for row in rows(db, counted):
        yield Fault("V7", "report_case", str(row.id), "words without a history row")
    for row in rows(
        db, "SELECT t.id FROM open_total t WHERE NOT EXISTS (SELECT 1 FROM history h WHERE h.subject_id = t.id AND h.action = 'totals.told')"
    ):
        yield Fault("V7", "open_total", str(row.id), "a quarter was told without a history row")


def nobody_is_recognised(db: Connection) -> Iterator[Fault]:
    """V8: no number that everybody reads is small or unrounded; nothing of people is told where they are too few."""
    for row in rows(db, "SELECT id, figures, smallest, round_to FROM open_total"):
        figures = json.loads(row.figures) if isinstance(row.figures, str) else row.figures
        for name in ROUNDED:
            value = figures[name]
            if value is not None and (value % row.round_to or value + row.round_to // 2 < row.smallest):
                yield Fault("V8", "open_total", str(row.id), f"{name} tells {value}")
        if figures["people"] is None and any(figures[name] is not None for name in ("hours", "premium_euros", "average_tariff_cents")):
            yield Fault("V8", "open_total", str(row.id), "tells the work of too few people")


CHECKS = (reports_are_told, nobody_is_recognised)
