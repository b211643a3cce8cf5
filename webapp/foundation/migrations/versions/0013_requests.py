"""Asking for people: drafts, what an employer states with a request, and what was decided about it."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("request_draft", "request_statement", "request_decision")


def table(name: str, *parts: sa.Column | sa.Constraint, points_at: dict[str, str]) -> None:
    keys = {"municipality_id": "municipality", **points_at}
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        *parts,
        *(sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{name}_{column}")) for column, other in keys.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def column(name: str, kind: type, nullable: bool = False) -> sa.Column:
    return sa.Column(name, kind(), nullable=nullable)


def restate(old: str, new: str, words: str) -> None:
    with op.batch_alter_table("work_request") as requests:
        requests.drop_constraint(old, type_="check")
        requests.create_check_constraint(op.f(new), words)


def upgrade() -> None:
    restate("a_request_is_open_or_closed", "a_request_has_a_known_status", "status IN ('asked', 'open', 'refused', 'closed')")
    table(
        "request_draft", column("establishment_id", sa.Uuid), column("made_by", sa.Uuid), column("typed", sa.JSON), column("request_id", sa.Uuid, True), column("updated_at", Utc),
        sa.UniqueConstraint("request_id", name="a_request_comes_from_one_draft"),
        points_at={"establishment_id": "establishment", "made_by": "account", "request_id": "work_request"},
    )  # fmt: skip
    op.create_index(op.f("ix_request_draft_establishment_id"), "request_draft", ["establishment_id"])
    table(
        "request_statement", column("request_id", sa.Uuid), column("sector", sa.String), column("staff_count", sa.Integer, True), column("staff_counted_on", sa.Date, True),
        column("dismissed_on", sa.Date, True), column("vacancy_open", sa.Boolean), column("vacancy_until", sa.Date, True), column("replaces_paid_hours", sa.Boolean),
        column("staff_consulted", sa.Boolean), column("work_is_adapted", sa.Boolean), column("path_to_paid_work", sa.String), column("insurance_evidence", sa.String),
        column("insurance_until", sa.Date), column("end_client", sa.String), column("end_client_tariff_cents", sa.Integer, True),
        column("regular_tariff_cents", sa.Integer, True), column("made_by", sa.Uuid), column("made_at", Utc),
        sa.UniqueConstraint("request_id", name="a_request_has_one_statement"),
        sa.CheckConstraint("staff_count IS NULL OR staff_count >= 0", name="stated_staff_is_counted_in_people"),
        sa.CheckConstraint("(staff_count IS NULL) = (staff_counted_on IS NULL)", name="a_stated_count_has_its_day"),
        sa.CheckConstraint("end_client_tariff_cents IS NULL OR end_client_tariff_cents > 0", name="an_end_client_pays_money"),
        sa.CheckConstraint("regular_tariff_cents IS NULL OR regular_tariff_cents > 0", name="a_regular_temp_costs_money"),
        points_at={"request_id": "work_request", "made_by": "account"},
    )  # fmt: skip
    table(
        "request_decision", column("request_id", sa.Uuid), column("outcome", sa.String), column("reason", sa.String), column("words", sa.String),
        column("decided_by", sa.Uuid), column("decided_at", Utc),
        sa.CheckConstraint("outcome IN ('taken_on', 'refused', 'ended')", name="an_outcome_of_a_request_is_known"),
        sa.CheckConstraint("outcome <> 'refused' OR reason <> ''", name="a_refusal_has_its_reason"),
        sa.UniqueConstraint("request_id", "outcome", name="a_request_is_decided_once"),
        points_at={"request_id": "work_request", "decided_by": "account"},
    )  # fmt: skip


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    op.execute("UPDATE work_request SET status = 'closed' WHERE status IN ('asked', 'refused')")
    restate("a_request_has_a_known_status", "a_request_is_open_or_closed", "status IN ('open', 'closed')")
