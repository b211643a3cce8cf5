"""Asking for people: drafts, and what was decided about a request."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("request_draft", "request_decision")


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
        "request_draft", column("establishment_id", sa.Uuid), column("made_by", sa.Uuid), column("typed", sa.JSON), column("request_id", sa.Uuid, True), column("updated_at", Utc), column("thrown_away_at", Utc, True),
        sa.UniqueConstraint("request_id", name="a_request_comes_from_one_draft"),
        points_at={"establishment_id": "establishment", "made_by": "account", "request_id": "work_request"},
    )  # fmt: skip
    op.create_index(op.f("ix_request_draft_establishment_id"), "request_draft", ["establishment_id"])
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
