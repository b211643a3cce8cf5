"""V7 for growth, from the raw rows: every signal was told, every end of one was decided by somebody, with a reason."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from webapp.verify_rows import Fault, rows

TOLD = {"signal": "signal.raised", "feedback": "feedback.given|feedback.skipped", "route": "route.opened", "outflow": "outflow.recorded", "objection": "objection.made"}  # fmt: skip


def signals_are_told(db: Connection) -> Iterator[Fault]:
    """V7: signals, feedback, routes, outflow and objections have their history row; a signal also its message."""
    for table, actions in TOLD.items():
        names = ", ".join(f"'{name}'" for name in actions.split("|"))
        missing = f"SELECT t.id FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM history h WHERE h.subject_id = t.id AND h.action IN ({names}))"  # noqa: S608 - names above
        for row in rows(db, missing):
            yield Fault("V7", table, str(row.id), "without a history row")
    told = {row.cause_id.split(":")[0].replace("-", "") for row in rows(db, "SELECT cause_id FROM notification WHERE key LIKE 'signal.%'")}
    for row in rows(db, "SELECT id FROM signal"):
        if str(row.id).replace("-", "") not in told:
            yield Fault("V7", "signal", str(row.id), "nobody was told")


def people_decide(db: Connection) -> Iterator[Fault]:
    """V7: no signal is closed without a decision of a named person with a reason, and nobody speaks about themselves."""
    undecided = (
        "SELECT s.id FROM signal s WHERE s.status = 'closed' AND NOT EXISTS "
        "(SELECT 1 FROM signal_decision d WHERE d.signal_id = s.id AND d.reason <> '' AND d.decided_by <> s.participant_id)"
    )
    for row in rows(db, undecided):
        yield Fault("V7", "signal", str(row.id), "closed without a decision")
    for row in rows(db, "SELECT d.id FROM signal_decision d JOIN signal s ON s.id = d.signal_id WHERE d.participant_id <> s.participant_id"):
        yield Fault("V7", "signal_decision", str(row.id), "about somebody else than its signal")
    wrong = (
        "SELECT f.id FROM feedback f JOIN placement p ON p.id = f.placement_id "
        "WHERE f.observer_id = f.participant_id OR p.participant_id <> f.participant_id OR p.establishment_id <> f.establishment_id"
    )
    for row in rows(db, wrong):
        yield Fault("V7", "feedback", str(row.id), "about oneself, or about work elsewhere")
    same = "SELECT o.id FROM objection o JOIN signal_decision d ON d.signal_id = o.signal_id WHERE o.answered_by = d.decided_by"
    for row in rows(db, same):
        yield Fault("V7", "objection", str(row.id), "answered by somebody who decided")


CHECKS = (signals_are_told, people_decide)
