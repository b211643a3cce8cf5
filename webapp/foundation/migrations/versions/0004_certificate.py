"""References, certificates, links to share them, and the own CV."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_certificate_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_certificate_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name="a_certificate_has_its_own_code"),
    )
    op.create_index(op.f("ix_certificate_participant_id"), "certificate", ["participant_id"], unique=False)
    op.create_table(
        "cv",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("experience", sa.String(), nullable=False),
        sa.Column("education", sa.String(), nullable=False),
        sa.Column("skills", sa.String(), nullable=False),
        sa.Column("languages", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_cv_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_cv_municipality_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_cv")),
    )
    op.create_table(
        "certificate_share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > created_at", name=op.f("a_link_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_share_certificate_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_certificate_share_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_certificate_share_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_share")),
        sa.UniqueConstraint("token_digest", name="a_link_opens_one_certificate"),
    )
    op.create_index(op.f("ix_certificate_share_certificate_id"), "certificate_share", ["certificate_id"], unique=False)
    op.create_table(
        "reference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(status = 'asked') = (answered_at IS NULL)", name=op.f("an_answer_has_its_moment")),
        sa.CheckConstraint("(status = 'given') = (words <> '')", name=op.f("only_a_given_reference_has_words")),
        sa.CheckConstraint("status IN ('asked', 'given', 'refused')", name=op.f("a_reference_status_is_known")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_reference_by_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_reference_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_reference_participant_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_reference_placement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference")),
        sa.UniqueConstraint("placement_id", name="a_reference_is_asked_once_for_a_place"),
    )
    op.create_index(op.f("ix_reference_participant_id"), "reference", ["participant_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_reference_participant_id"), table_name="reference")
    op.drop_table("reference")
    op.drop_index(op.f("ix_certificate_share_certificate_id"), table_name="certificate_share")
    op.drop_table("certificate_share")
    op.drop_table("cv")
    op.drop_index(op.f("ix_certificate_participant_id"), table_name="certificate")
    op.drop_table("certificate")
