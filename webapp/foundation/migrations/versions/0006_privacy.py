"""Bank accounts, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None

IN_USE = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "bank_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_iban", sa.String(), nullable=False),
        sa.Column("last_four", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("is_budget_manager", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("holder <> ''", name="an_account_has_a_holder"),
        sa.CheckConstraint("length(digest) = 64", name="an_account_has_its_digest"),
        sa.CheckConstraint("length(last_four) = 4", name="of_an_account_only_the_last_four_show"),
        sa.CheckConstraint("replaced_at IS NULL OR replaced_at >= changed_at", name="an_account_is_replaced_after_it_began"),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_bank_account_changed_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_bank_account_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_bank_account_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
    )
    op.create_index("accounts_that_are_the_same", "bank_account", ["municipality_id", "digest"])
    op.create_index(op.f("ix_bank_account_participant_id"), "bank_account", ["participant_id"])
    op.create_index("one_account_a_person", "bank_account", ["participant_id"], unique=True, sqlite_where=IN_USE, postgresql_where=IN_USE)
    op.create_table(
        "history_words",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_history_words_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_words")),
        sa.UniqueConstraint("municipality_id", "number", "name", name="a_fact_has_its_words_once"),
    )
    op.create_index(op.f("ix_history_words_subject_id"), "history_words", ["subject_id"])


def downgrade() -> None:
    op.drop_table("history_words")
    op.drop_table("bank_account")
