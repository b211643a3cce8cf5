"""V7 for getting in: every invitation has its history, and nothing opens for who was shut out."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from webapp.verify_rows import Fault, rows

TOLD = (
    ("1 = 1", "invitation.made"),
    ("i.used_at IS NOT NULL", "invitation.used"),
    ("i.ended_at IS NOT NULL", "invitation.ended"),
)


def invitations_are_told(db: Connection) -> Iterator[Fault]:
    """V7: making, using and ending an invitation each have their history row."""
    for which, action in TOLD:
        statement = (
            f"SELECT i.id FROM invitation i WHERE {which} AND NOT EXISTS "  # noqa: S608 - words from the table above
            "(SELECT 1 FROM history h WHERE h.subject_id = i.id AND h.municipality_id = i.municipality_id AND h.action = :action)"
        )
        for row in rows(db, statement, action=action):
            yield Fault("V7", "invitation", str(row.id), f"without a history row {action}")


def shut_out_is_shut_out(db: Connection) -> Iterator[Fault]:
    """V8: after a phone was declared lost, nothing made before that still opens."""
    lost = "SELECT 1 FROM history h WHERE h.action = 'access.taken_away' AND h.municipality_id = t.municipality_id AND h.subject_id = {account} AND h.at > t.{made}"
    for table in ("passkey", "secret"):
        statement = f"SELECT t.id FROM {table} t WHERE t.ended_at IS NULL AND EXISTS ({lost.format(account='t.account_id', made='made_at')})"  # noqa: S608
        for row in rows(db, statement):
            yield Fault("V8", table, str(row.id), "still opens, though its phone was lost")
    join = "SELECT t.id FROM sign_in t JOIN membership m ON m.id = t.membership_id WHERE t.ended_at IS NULL AND EXISTS "
    for row in rows(db, f"{join} ({lost.format(account='m.account_id', made='started_at')})"):
        yield Fault("V8", "sign_in", str(row.id), "still signed in, though the phone was lost")


CHECKS = (invitations_are_told, shut_out_is_shut_out)
