"""V2 and V6 of a placement's course, from the raw rows: signatures, pauses, shifts, limits, and terms with two names."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from webapp.verify_rows import Fault, rows

FAULTS: tuple[tuple[str, str, str, str], ...] = (
    ("V2", "agreement_signature", "signed by somebody else than its side",
     "SELECT s.id FROM agreement_signature s JOIN placement p ON p.id = s.placement_id JOIN agreement a ON a.id = s.agreement_id "
     "WHERE a.placement_id <> s.placement_id OR (s.party = 'participant' AND s.account_id <> p.participant_id) "
     "OR (s.party <> 'participant' AND s.account_id = p.participant_id)"),
    ("V2", "hours_entry", "written on a day of a pause",
     "SELECT e.id FROM hours_entry e JOIN placement_pause b ON b.placement_id = e.placement_id "
     "WHERE e.status <> 'withdrawn' AND b.ended_at IS NULL AND e.worked_on BETWEEN b.first_day AND b.last_day"),
    ("V2", "planned_shift", "is on after the last day, or in a pause",
     "SELECT s.id FROM planned_shift s JOIN placement p ON p.id = s.placement_id WHERE s.cancelled_at IS NULL AND (s.day > p.ends_on OR EXISTS "
     "(SELECT 1 FROM placement_pause b WHERE b.placement_id = s.placement_id AND b.ended_at IS NULL AND s.day BETWEEN b.first_day AND b.last_day))"),
    ("V2", "shift_absence", "the shift it calls off is on",
     "SELECT a.id FROM shift_absence a JOIN planned_shift s ON s.id = a.planned_shift_id WHERE a.taken_back_at IS NULL "
     "AND (s.cancelled_at IS NULL OR s.participant_id <> a.participant_id)"),
    ("V6", "placement", "lasts longer than was decided",
     "SELECT id FROM placement WHERE status IN ('running', 'ended') AND agreed_until IS NOT NULL AND ends_on > agreed_until"),
    ("V6", "placement", "goes on after a recorded end",
     "SELECT p.id FROM placement p JOIN placement_end e ON e.placement_id = p.id WHERE p.ends_on > e.last_day "
     "AND e.number = (SELECT MAX(number) FROM placement_end m WHERE m.placement_id = p.id)"),
    ("V6", "term_change", "approved without a second person, or not what counts",
     "SELECT c.id FROM term_change c LEFT JOIN term t ON t.id = c.term_id WHERE c.status = 'approved' AND "
     "(c.decided_by IS NULL OR c.decided_by = c.proposed_by OR t.id IS NULL OR t.municipality_id <> c.municipality_id OR t.valid_from <> c.valid_from OR t.key <> c.key)"),
)  # fmt: skip
TOLD = (
    ("agreement_signature", "placement_id", "agreement.signed"), ("placement_change", "placement_id", "placement.hours_changed"),
    ("placement_pause", "placement_id", "placement.paused"), ("placement_end", "placement_id", "placement.end_recorded"),
    ("shift_absence", "placement_id", "shift.off"), ("calendar_feed", "id", "calendar.made"), ("term_change", "id", "terms.proposed"),
)  # fmt: skip


def courses_hold(db: Connection) -> Iterator[Fault]:
    """V2 and V6 of what came after the yes."""
    for rule, table, what, statement in FAULTS:
        for row in rows(db, statement):
            yield Fault(rule, table, str(row[0]), what)


def courses_are_told(db: Connection) -> Iterator[Fault]:
    """V7: each step of a course has its history row."""
    for table, subject, action in TOLD:
        statement = (
            f"SELECT t.id FROM {table} t WHERE NOT EXISTS "  # noqa: S608 - names from the table above
            f"(SELECT 1 FROM history h WHERE h.subject_id = t.{subject} AND h.municipality_id = t.municipality_id AND h.action = :action)"
        )
        for row in rows(db, statement, action=action):
            yield Fault("V7", table, str(row[0]), f"without a history row {action}")


CHECKS = (courses_hold, courses_are_told)
