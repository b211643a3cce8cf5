"""What somebody wishes of work: hours a week, and when not."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("participant_file") as table:
        table.add_column(sa.Column("wished_minutes_from", sa.Integer(), nullable=True))
        table.add_column(sa.Column("wished_minutes_to", sa.Integer(), nullable=True))
        table.add_column(sa.Column("cannot_work", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        table.add_column(sa.Column("wishes_told_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("wishes_told_at", Utc(), nullable=True))
        table.create_foreign_key(op.f("fk_participant_file_wishes_told_by"), "account", ["wishes_told_by"], ["id"])
        table.create_check_constraint("wished_hours_are_more_than_none", "wished_minutes_from > 0 AND wished_minutes_to > 0")
        table.create_check_constraint("wished_hours_run_from_less_to_more", "wished_minutes_from <= wished_minutes_to")
        table.create_check_constraint("wishes_are_told_by_somebody", "(wishes_told_by IS NULL) = (wishes_told_at IS NULL)")


def downgrade() -> None:
    with op.batch_alter_table("participant_file") as table:
        for name in ("wishes_are_told_by_somebody", "wished_hours_run_from_less_to_more", "wished_hours_are_more_than_none"):
            table.drop_constraint(name, type_="check")
        table.drop_constraint(op.f("fk_participant_file_wishes_told_by"), type_="foreignkey")
        for name in ("wishes_told_at", "wishes_told_by", "cannot_work", "wished_minutes_to", "wished_minutes_from"):
            table.drop_column(name)
