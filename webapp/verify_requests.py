"""Asking for people, from the raw rows: nothing offered that no official took on, nothing decided or asked without its history."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from webapp.verify_rows import Fault, rows

FAULTS: tuple[tuple[str, str, str, str], ...] = (
    ("V6", "offer", "of work that no official took on",
     "SELECT o.id FROM offer o JOIN work_request r ON r.id = o.request_id WHERE r.status IN ('asked', 'refused')"),
    ("V6", "work_request", "open without an official who took it on",
     "SELECT r.id FROM work_request r JOIN request_draft d ON d.request_id = r.id WHERE r.status = 'open' AND NOT EXISTS "
     "(SELECT 1 FROM request_decision c WHERE c.request_id = r.id AND c.outcome = 'taken_on')"),
    ("V7", "work_request", "refused, and nobody says who did it and why",
     "SELECT r.id FROM work_request r WHERE r.status = 'refused' AND NOT EXISTS "
     "(SELECT 1 FROM request_decision c WHERE c.request_id = r.id AND c.outcome = 'refused')"),
    ("V7", "request_draft", "sent without a history row request.asked",
     "SELECT d.id FROM request_draft d WHERE d.request_id IS NOT NULL AND NOT EXISTS "
     "(SELECT 1 FROM history h WHERE h.subject_id = d.request_id AND h.municipality_id = d.municipality_id AND h.action = 'request.asked')"),
    ("V7", "request_decision", "without its history row",
     "SELECT c.id FROM request_decision c WHERE NOT EXISTS "
     "(SELECT 1 FROM history h WHERE h.subject_id = c.request_id AND h.municipality_id = c.municipality_id AND h.action = 'request.' || c.outcome)"),
    ("V7", "request_question", "without a history row of the question or the answer",
     "SELECT q.id FROM request_question q WHERE "
     "(SELECT COUNT(*) FROM history h WHERE h.subject_id = q.request_id AND h.municipality_id = q.municipality_id AND h.action = 'request.question') "
     "< (SELECT COUNT(*) FROM request_question o WHERE o.request_id = q.request_id) OR "
     "(SELECT COUNT(*) FROM history h WHERE h.subject_id = q.request_id AND h.municipality_id = q.municipality_id AND h.action = 'request.answered') "
     "< (SELECT COUNT(o.answered_at) FROM request_question o WHERE o.request_id = q.request_id)"),
    ("V8", "request_question", "of another municipality than its request",
     "SELECT q.id FROM request_question q JOIN work_request r ON r.id = q.request_id WHERE q.municipality_id <> r.municipality_id"),
)  # fmt: skip


def requests_are_decided(db: Connection) -> Iterator[Fault]:
    """V6, V7 and V8 of what an employer asks for."""
    for rule, table, what, statement in FAULTS:
        for row in rows(db, statement):
            yield Fault(rule, table, str(row[0]), what)


CHECKS = (requests_are_decided,)
