"""The life of a placement: agreement and signatures, absences, changes, pauses, ends, calendar addresses; and changes of terms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STANDS = sa.text("taken_back_at IS NULL")
IN_USE = sa.text("ended_at IS NULL")
LIVE = sa.text("status IN ('proposed', 'approved')")
TABLES = ("agreement", "agreement_signature", "shift_absence", "placement_change", "placement_pause", "placement_end", "calendar_feed", "term_change")


def table(name: str, *parts: sa.Column | sa.Constraint, points_at: dict[str, str]) -> None:
    """A table with an id, its municipality, and named references to the ids of other tables."""
    keys = {"municipality_id": "municipality", **points_at}
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        *parts,
        *(sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{name}_{column}")) for column, other in keys.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def uuid(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def at(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, Utc(), nullable=nullable)


def words(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def day(name: str) -> sa.Column:
    return sa.Column(name, sa.Date(), nullable=False)


def number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def json(name: str) -> sa.Column:
    return sa.Column(name, sa.JSON(), nullable=False)


def upgrade() -> None:
    op.add_column("placement", sa.Column("agreed_until", sa.Date(), nullable=True))
    table(
        "agreement", uuid("placement_id"), number("number"), json("facts"), json("words"), words("digest"), at("made_at"),
        sa.UniqueConstraint("placement_id", "number", name="versions_of_an_agreement_are_counted"), points_at={"placement_id": "placement"},
    )  # fmt: skip
    table(
        "agreement_signature", uuid("agreement_id"), uuid("placement_id"), words("party"), uuid("account_id"), at("signed_at"), at("taken_back_at", nullable=True),
        sa.CheckConstraint("party IN ('participant', 'supervisor', 'case_manager')", name="a_side_of_an_agreement_is_known"),
        points_at={"agreement_id": "agreement", "placement_id": "placement", "account_id": "account"},
    )  # fmt: skip
    op.create_index("a_side_signs_once", "agreement_signature", ["agreement_id", "party"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS)
    op.create_index(
        "one_person_signs_for_one_side",
        "agreement_signature",
        ["agreement_id", "account_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_index(op.f("ix_agreement_signature_placement_id"), "agreement_signature", ["placement_id"])
    table(
        "shift_absence", uuid("planned_shift_id"), uuid("placement_id"), uuid("participant_id"), day("day"), words("reason"), words("words"), at("said_at"),
        at("taken_back_at", nullable=True),
        sa.CheckConstraint("reason IN ('', 'sick', 'family', 'appointment', 'other')", name="a_reason_of_absence_is_known"),
        points_at={"planned_shift_id": "planned_shift", "placement_id": "placement", "participant_id": "account"},
    )  # fmt: skip
    op.create_index("a_shift_is_called_off_once", "shift_absence", ["planned_shift_id"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS)
    op.create_index("absences_of_a_person", "shift_absence", ["participant_id", "day"])
    table(
        "placement_change", uuid("placement_id"), day("valid_from"), json("pattern"), number("weekly_minutes"), number("minutes_before"), words("reason"), uuid("decided_by"),
        at("decided_at"), at("applied_at", nullable=True),
        sa.UniqueConstraint("placement_id", "valid_from", name="hours_change_once_a_day"),
        sa.CheckConstraint("weekly_minutes > 0", name="changed_hours_are_hours"), sa.CheckConstraint("reason <> ''", name="a_change_has_its_reason"),
        points_at={"placement_id": "placement", "decided_by": "account"},
    )  # fmt: skip
    table(
        "placement_pause", uuid("placement_id"), day("first_day"), day("last_day"), words("wished_by"), words("reason"), uuid("recorded_by"), at("recorded_at"),
        at("ended_at", nullable=True),
        sa.CheckConstraint("wished_by IN ('participant', 'employer', 'municipality')", name="a_pause_is_somebodys_wish"),
        sa.CheckConstraint("last_day >= first_day", name="a_pause_ends_after_it_begins"),
        points_at={"placement_id": "placement", "recorded_by": "account"},
    )  # fmt: skip
    op.create_index(op.f("ix_placement_pause_placement_id"), "placement_pause", ["placement_id"])
    table(
        "placement_end", uuid("placement_id"), number("number"), words("outcome"), words("reason"), day("last_day"), uuid("decided_by"), at("decided_at"),
        sa.CheckConstraint("outcome IN ('contract', 'subsidy', 'training', 'back', 'stopped')", name="an_outcome_is_known"),
        sa.CheckConstraint("reason <> ''", name="an_end_has_its_reason"),
        sa.UniqueConstraint("placement_id", "number", name="ends_of_a_placement_are_counted"),
        points_at={"placement_id": "placement", "decided_by": "account"},
    )  # fmt: skip
    table(
        "calendar_feed", uuid("participant_id"), words("digest"), at("made_at"), at("ended_at", nullable=True),
        sa.UniqueConstraint("digest", name="a_calendar_address_is_one_persons"), points_at={"participant_id": "account"},
    )  # fmt: skip
    op.create_index("one_calendar_address_a_person", "calendar_feed", ["participant_id"], unique=True, sqlite_where=IN_USE, postgresql_where=IN_USE)
    table(
        "term_change", words("key"), json("value"), day("valid_from"), words("source"), words("reason"), number("touched"), words("status"),
        uuid("proposed_by"), at("proposed_at"), uuid("decided_by", nullable=True), at("decided_at", nullable=True), words("decision_reason"),
        uuid("withdrawn_by", nullable=True), at("withdrawn_at", nullable=True), uuid("term_id", nullable=True),
        sa.CheckConstraint("status IN ('proposed', 'approved', 'refused', 'withdrawn')", name="a_change_of_terms_has_a_known_status"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="nobody_approves_their_own_terms"),
        sa.CheckConstraint("status NOT IN ('approved', 'refused') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)", name="a_decision_on_terms_has_a_name"),
        sa.CheckConstraint("source <> '' AND reason <> ''", name="a_change_of_terms_has_source_and_reason"),
        points_at={"proposed_by": "account", "decided_by": "account", "withdrawn_by": "account"},
    )  # fmt: skip
    op.create_index(
        "terms_change_once_a_day", "term_change", ["municipality_id", "key", "valid_from"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    op.drop_column("placement", "agreed_until")
