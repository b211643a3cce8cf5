"""Shared tablets, and the pins with which supervisors sign in on them."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shared_tablet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("establishment_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_shared_tablet_municipality_id")),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_shared_tablet_establishment_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_shared_tablet_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_tablet")),
        sa.UniqueConstraint("token_hash", name="a_tablet_has_its_own_token"),
    )
    op.create_index("ix_shared_tablet_establishment_id", "shared_tablet", ["establishment_id"])
    op.create_table(
        "tablet_pin",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=False),
        sa.Column("set_at", Utc(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", Utc(), nullable=True),
        sa.CheckConstraint("wrong_tries >= 0", name="wrong_tries_are_counted"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_tablet_pin_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_tablet_pin_municipality_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_tablet_pin")),
    )


def downgrade() -> None:
    op.drop_table("tablet_pin")
    op.drop_table("shared_tablet")
