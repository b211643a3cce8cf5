"""Privacy: bank accounts and citizen numbers, sealed; words beside the history; questions about data, holds, and what went."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "history_anchor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_history_anchor_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_anchor")),
        sa.UniqueConstraint("municipality_id", "number", name="an_end_is_anchored_once"),
    )
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
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ran_on", sa.Date(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("went", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.CheckConstraint("went >= 0 AND held >= 0", name="what_went_is_counted"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_retention_run_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
        sa.UniqueConstraint("municipality_id", "ran_on", "kind", name="a_kind_goes_once_a_night"),
    )
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
    op.create_index(
        "one_account_a_person",
        "bank_account",
        ["participant_id"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "citizen_number",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("last_three", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(last_three) = 3", name="of_a_citizen_number_only_the_last_three_show"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_citizen_number_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_citizen_number_municipality_id")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_citizen_number_set_by")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_citizen_number")),
    )
    op.create_table(
        "data_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("erase_on", sa.Date(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL AND answered_by IS NULL AND answer = '' AND reason = '') OR (answered_at IS NOT NULL AND answered_by IS NOT NULL AND answer <> '' AND reason <> '')",
            name="an_answer_has_a_name_a_day_and_a_reason",
        ),
        sa.CheckConstraint("answer IN ('', 'yes', 'no')", name="an_answer_is_yes_or_no"),
        sa.CheckConstraint("erase_on IS NULL OR (kind = 'erasure' AND answer = 'yes')", name="only_a_yes_erases"),
        sa.CheckConstraint("kind IN ('correction', 'erasure')", name="a_question_about_data_is_known"),
        sa.CheckConstraint("answered_by IS NULL OR answered_by <> participant_id", name="nobody_answers_their_own_question"),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_data_request_answered_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_data_request_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_data_request_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index(op.f("ix_data_request_municipality_id"), "data_request", ["municipality_id"])
    op.create_index(op.f("ix_data_request_participant_id"), "data_request", ["participant_id"])
    op.create_index(
        "one_open_erasure_a_person",
        "data_request",
        ["participant_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'erasure' AND answered_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("kind = 'erasure' AND answered_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name="a_hold_has_a_reason"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="a_hold_is_ended_by_somebody"),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_legal_hold_ended_by")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_legal_hold_made_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_legal_hold_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_legal_hold_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(op.f("ix_legal_hold_municipality_id"), "legal_hold", ["municipality_id"])


def downgrade() -> None:
    for table in ("legal_hold", "data_request", "citizen_number", "bank_account", "retention_run", "history_words", "history_anchor"):
        op.drop_table(table)
