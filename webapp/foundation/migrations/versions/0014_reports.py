"""Reports about work by anyone, what was said about them, and the totals of a quarter for everybody."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("status <> 'closed'")


def upgrade() -> None:
    op.create_table(
        "report_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("form_mark", sa.String(), nullable=False),
        sa.Column("code_mark", sa.String(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("sealed_contact", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=True),
        sa.Column("establishment_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("close_reason", sa.String(), nullable=False),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("who IN ('colleague', 'union', 'neighbour', 'participant', 'other')", name=op.f("who_reports_is_known")),
        sa.CheckConstraint("status IN ('new', 'looking', 'answered', 'closed')", name=op.f("a_report_status_is_known")),
        sa.CheckConstraint("outcome IN ('', 'founded', 'unfounded', 'not_enough')", name=op.f("an_outcome_of_a_report_is_known")),
        sa.CheckConstraint("words <> '' AND place <> ''", name=op.f("a_report_says_what_and_where")),
        sa.CheckConstraint("status = 'new' OR assigned_to IS NOT NULL", name=op.f("somebody_looks_into_a_report")),
        sa.CheckConstraint(
            "(status = 'closed' AND outcome <> '' AND close_reason <> '' AND closed_at IS NOT NULL AND closed_by IS NOT NULL)"
            " OR (status <> 'closed' AND outcome = '' AND close_reason = '' AND closed_at IS NULL AND closed_by IS NULL)",
            name=op.f("a_closed_report_has_an_outcome_a_reason_and_a_name"),
        ),
        sa.CheckConstraint("request_id IS NULL OR establishment_id IS NOT NULL", name=op.f("a_request_is_at_an_establishment")),
        sa.CheckConstraint("establishment_id IS NULL OR employer_id IS NOT NULL", name=op.f("an_establishment_is_of_an_employer")),
        sa.ForeignKeyConstraint(["assigned_to"], ["account.id"], name=op.f("fk_report_case_assigned_to")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_report_case_closed_by")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_report_case_employer_id")),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_report_case_establishment_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_report_case_municipality_id")),
        sa.ForeignKeyConstraint(["request_id"], ["work_request.id"], name=op.f("fk_report_case_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_case")),
        sa.UniqueConstraint("code_mark", name="a_follow_up_code_opens_one_report"),
        sa.UniqueConstraint("form_mark", name="a_form_becomes_one_report"),
    )
    op.create_index(op.f("ix_report_case_employer_id"), "report_case", ["employer_id"])
    op.create_index(op.f("ix_report_case_municipality_id"), "report_case", ["municipality_id"])
    op.create_index("open_reports_of_a_municipality", "report_case", ["municipality_id", "due_on"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "report_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("report_case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", Utc(), nullable=False),
        sa.CheckConstraint("kind IN ('reporter', 'answer', 'note')", name=op.f("words_about_a_report_are_known")),
        sa.CheckConstraint("words <> ''", name=op.f("a_message_says_something")),
        sa.CheckConstraint("(kind = 'reporter') = (written_by IS NULL)", name=op.f("only_the_reporter_writes_without_a_name")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_report_message_municipality_id")),
        sa.ForeignKeyConstraint(["report_case_id"], ["report_case.id"], name=op.f("fk_report_message_report_case_id")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_report_message_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_message")),
    )
    op.create_index(op.f("ix_report_message_report_case_id"), "report_message", ["report_case_id"])
    op.create_table(
        "open_total",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("smallest", sa.Integer(), nullable=False),
        sa.Column("round_to", sa.Integer(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_open_total_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_total")),
        sa.UniqueConstraint("municipality_id", "quarter", name="a_quarter_is_told_once"),
    )


def downgrade() -> None:
    op.drop_table("open_total")
    op.drop_table("report_message")
    op.drop_table("report_case")
