"""What the displacement tests found, judgements with a second signature, and employers that get nobody for a while."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STANDS = sa.text("lifted_on IS NULL")


def upgrade() -> None:
    op.create_table(
        "request_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("let_go", sa.Boolean(), nullable=True),
        sa.Column("let_go_on", sa.Date(), nullable=True),
        sa.Column("vacancy", sa.Boolean(), nullable=True),
        sa.Column("vacancy_until", sa.Date(), nullable=True),
        sa.Column("replaces_paid_hours", sa.Boolean(), nullable=True),
        sa.Column("staff_consulted", sa.Boolean(), nullable=True),
        sa.Column("paid_work", sa.Boolean(), nullable=True),
        sa.Column("end_client", sa.String(), nullable=False),
        sa.Column("agency_tariff_cents", sa.Integer(), nullable=True),
        sa.Column("insurance", sa.String(), nullable=False),
        sa.Column("stated_by", sa.Uuid(), nullable=False),
        sa.Column("stated_at", Utc(), nullable=False),
        sa.CheckConstraint("let_go_on IS NULL OR let_go", name=op.f("a_day_only_where_somebody_was_let_go")),
        sa.CheckConstraint("let_go IS NULL OR NOT let_go OR let_go_on IS NOT NULL", name=op.f("who_was_let_go_has_a_day")),
        sa.CheckConstraint("vacancy_until IS NULL OR vacancy", name=op.f("a_day_only_where_there_was_a_vacancy")),
        sa.CheckConstraint("agency_tariff_cents IS NULL OR agency_tariff_cents > 0", name=op.f("an_agency_charges_money")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_request_statement_municipality_id")),
        sa.ForeignKeyConstraint(["request_id"], ["work_request.id"], name=op.f("fk_request_statement_request_id")),
        sa.ForeignKeyConstraint(["stated_by"], ["account.id"], name=op.f("fk_request_statement_stated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_statement")),
        sa.UniqueConstraint("request_id", name=op.f("a_request_has_one_statement")),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("establishment_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("placement_id", sa.Uuid(), nullable=True),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Utc(), nullable=False),
        sa.CheckConstraint("occasion IN ('asked', 'offered', 'started', 'changed', 'nightly', 'terms')", name=op.f("an_occasion_is_known")),
        sa.CheckConstraint("outcome IN ('ok', 'needs_reason', 'not_allowed')", name=op.f("an_outcome_is_known")),
        sa.CheckConstraint("rule_version <> ''", name=op.f("an_assessment_says_by_which_rules")),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_assessment_establishment_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_assessment_made_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_assessment_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_assessment_participant_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_assessment_placement_id")),
        sa.ForeignKeyConstraint(["request_id"], ["work_request.id"], name=op.f("fk_assessment_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index("assessments_of_a_municipality", "assessment", ["municipality_id", "day"])
    op.create_index("assessments_of_a_placement", "assessment", ["placement_id", "made_at"])
    op.create_index("assessments_of_a_request", "assessment", ["request_id", "made_at"])
    op.create_index(op.f("ix_assessment_establishment_id"), "assessment", ["establishment_id"])
    op.create_index(op.f("ix_assessment_participant_id"), "assessment", ["participant_id"])
    op.create_table(
        "safeguard_override",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=False),
        sa.Column("second_by", sa.Uuid(), nullable=True),
        sa.Column("second_at", Utc(), nullable=True),
        sa.Column("second_agrees", sa.Boolean(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("a_judgement_has_its_reason")),
        sa.CheckConstraint("second_by IS NULL OR second_by <> decided_by", name=op.f("two_different_people_judge")),
        sa.CheckConstraint("(second_by IS NULL) = (second_at IS NULL)", name=op.f("a_second_signature_has_its_moment")),
        sa.CheckConstraint("(second_by IS NULL) = (second_agrees IS NULL)", name=op.f("a_second_person_says_yes_or_no")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_safeguard_override_assessment_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_safeguard_override_decided_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_safeguard_override_municipality_id")),
        sa.ForeignKeyConstraint(["request_id"], ["work_request.id"], name=op.f("fk_safeguard_override_request_id")),
        sa.ForeignKeyConstraint(["second_by"], ["account.id"], name=op.f("fk_safeguard_override_second_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safeguard_override")),
        sa.UniqueConstraint("assessment_id", "item", name=op.f("an_item_of_an_assessment_is_judged_once")),
    )
    op.create_index("overrides_of_a_municipality", "safeguard_override", ["municipality_id", "decided_at"])
    op.create_index("overrides_of_a_request", "safeguard_override", ["request_id", "item"])
    op.create_table(
        "employer_restriction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("a_restriction_ends_after_it_begins")),
        sa.CheckConstraint("reason <> ''", name=op.f("a_restriction_has_its_reason")),
        sa.CheckConstraint("evidence <> ''", name=op.f("a_restriction_rests_on_something")),
        sa.CheckConstraint("(lifted_on IS NULL) = (lifted_by IS NULL)", name=op.f("somebody_lifts_a_restriction")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_employer_restriction_employer_id")),
        sa.ForeignKeyConstraint(["lifted_by"], ["account.id"], name=op.f("fk_employer_restriction_lifted_by")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_employer_restriction_made_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_employer_restriction_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_restriction")),
    )
    op.create_index(op.f("ix_employer_restriction_municipality_id"), "employer_restriction", ["municipality_id"])
    op.create_index(
        "a_restriction_begins_once_a_day",
        "employer_restriction",
        ["employer_id", "starts_on"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    op.drop_table("employer_restriction")
    op.drop_table("safeguard_override")
    op.drop_table("assessment")
    op.drop_table("request_statement")
