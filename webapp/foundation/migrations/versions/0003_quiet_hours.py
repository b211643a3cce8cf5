"""Quiet hours somebody chose, and an index for the messages under way."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNDER_WAY = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "quiet_hours",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("evening", sa.Integer(), nullable=False),
        sa.Column("morning", sa.Integer(), nullable=False),
        sa.Column("sunday", sa.Boolean(), nullable=False),
        sa.CheckConstraint("morning >= 0 AND morning < evening AND evening < 1440", name="a_day_has_time_for_messages"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_quiet_hours_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_quiet_hours_municipality_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_quiet_hours")),
    )
    op.create_index("deliveries_under_way", "delivery", ["next_try_at"], sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY)


def downgrade() -> None:
    op.drop_index("deliveries_under_way", "delivery")
    op.drop_table("quiet_hours")
