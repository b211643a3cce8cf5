"""Invoices, what is billed of each hour, what came in for them, later tariffs of placements, and costs of the programme."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ISSUED = ("invoice", "invoice_line", "billed_hours", "invoice_file")


def keep_append_only(*tables: str) -> None:
    """What was issued can be added, never changed or removed, whoever asks."""
    for table in tables:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        else:
            for what in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuses_{what.lower()} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


def upgrade() -> None:
    op.create_table(
        "invoice_counter",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_number >= 0", name=op.f("numbers_are_counted_up")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_invoice_counter_municipality_id")),
        sa.PrimaryKeyConstraint("municipality_id", "year", name=op.f("pk_invoice_counter")),
    )
    op.create_table(
        "invoice_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("todo", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_role", sa.String(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("finished_at", Utc(), nullable=True),
        sa.CheckConstraint("done >= 0", name=op.f("a_run_moves_forward")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_invoice_run_municipality_id")),
        sa.ForeignKeyConstraint(["started_by"], ["account.id"], name=op.f("fk_invoice_run_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_run")),
    )
    op.create_index(
        "one_run_at_a_time",
        "invoice_run",
        ["municipality_id", "period"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "programme_cost",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.CheckConstraint("kind IN ('software', 'implementation', 'handling', 'guidance')", name=op.f("a_cost_has_its_kind")),
        sa.CheckConstraint("minutes IS NULL OR (kind = 'guidance' AND minutes > 0)", name=op.f("only_guidance_is_counted_in_time")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("a_cost_is_money")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("a_cost_period_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_programme_cost_municipality_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_programme_cost_recorded_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name=op.f("fk_programme_cost_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_cost")),
    )
    op.create_index("costs_of_a_municipality", "programme_cost", ["municipality_id", "first_day"], unique=False)
    op.create_table(
        "billing_address",
        sa.Column("establishment_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("vat_number", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_billing_address_establishment_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_billing_address_municipality_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["account.id"], name=op.f("fk_billing_address_updated_by")),
        sa.PrimaryKeyConstraint("establishment_id", name=op.f("pk_billing_address")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("establishment_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("seller", sa.JSON(), nullable=False),
        sa.Column("buyer", sa.JSON(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", Utc(), nullable=False),
        sa.CheckConstraint("(kind = 'credit_note') = (corrects_id IS NOT NULL)", name=op.f("a_credit_note_names_its_invoice")),
        sa.CheckConstraint("kind IN ('invoice', 'credit_note')", name=op.f("a_document_is_an_invoice_or_a_credit_note")),
        sa.CheckConstraint("due_on >= issued_on", name=op.f("nobody_pays_before_it_is_issued")),
        sa.CheckConstraint("number > 0", name=op.f("numbers_begin_at_one")),
        sa.CheckConstraint("total_cents = net_cents + vat_cents", name=op.f("a_total_is_net_and_vat")),
        sa.ForeignKeyConstraint(["corrects_id"], ["invoice.id"], name=op.f("fk_invoice_corrects_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_invoice_employer_id")),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_invoice_establishment_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_invoice_issued_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_invoice_municipality_id")),
        sa.ForeignKeyConstraint(["run_id"], ["invoice_run.id"], name=op.f("fk_invoice_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("municipality_id", "year", "number", name="an_invoice_has_its_own_number"),
    )
    op.create_index(
        "an_establishment_is_billed_once_a_month",
        "invoice",
        ["establishment_id", "period"],
        unique=True,
        sqlite_where=sa.text("kind = 'invoice'"),
        postgresql_where=sa.text("kind = 'invoice'"),
    )
    op.create_index("invoices_of_a_municipality", "invoice", ["municipality_id", "period"], unique=False)
    op.create_index(op.f("ix_invoice_corrects_id"), "invoice", ["corrects_id"], unique=False)
    op.create_index(op.f("ix_invoice_establishment_id"), "invoice", ["establishment_id"], unique=False)
    op.create_index(op.f("ix_invoice_run_id"), "invoice", ["run_id"], unique=False)
    op.create_table(
        "invoice_file",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.CheckConstraint("format IN ('pdf', 'xml')", name=op.f("a_file_is_pdf_or_xml")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_file_invoice_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_invoice_file_municipality_id")),
        sa.PrimaryKeyConstraint("invoice_id", "format", name=op.f("pk_invoice_file")),
    )
    op.create_table(
        "invoice_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("next_try_at", Utc(), nullable=False),
        sa.Column("settled_at", Utc(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name=op.f("a_mail_state_is_known")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_invoice_mail_asked_by")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_mail_invoice_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_invoice_mail_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_mail")),
        sa.UniqueConstraint("invoice_id", "step", name="a_mail_is_sent_once"),
    )
    op.create_index(
        "invoice_mail_under_way",
        "invoice_mail",
        ["next_try_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "invoice_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("bank_key", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("remittance", sa.String(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("matched_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("a_receipt_is_money")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_receipt_invoice_id")),
        sa.ForeignKeyConstraint(["matched_by"], ["account.id"], name=op.f("fk_invoice_receipt_matched_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_invoice_receipt_municipality_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_invoice_receipt_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_receipt")),
        sa.UniqueConstraint("municipality_id", "bank_key", name="money_comes_in_once"),
    )
    op.create_index(op.f("ix_invoice_receipt_invoice_id"), "invoice_receipt", ["invoice_id"], unique=False)
    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("tariff_cents", sa.Integer(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("vat_category", sa.String(), nullable=False),
        sa.Column("vat_basis_points", sa.Integer(), nullable=False),
        sa.Column("vat_reason", sa.String(), nullable=False),
        sa.Column("refers_to", sa.Uuid(), nullable=True),
        sa.CheckConstraint("vat_category IN ('S', 'E')", name=op.f("a_line_has_its_vat")),
        sa.CheckConstraint("minutes <> 0", name=op.f("a_line_is_about_time")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_invoice_line_municipality_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_invoice_line_placement_id")),
        sa.ForeignKeyConstraint(["refers_to"], ["invoice.id"], name=op.f("fk_invoice_line_refers_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint("invoice_id", "position", name="lines_have_an_order"),
    )
    op.create_table(
        "placement_tariff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("tariff_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("a_new_tariff_has_its_reason")),
        sa.CheckConstraint("tariff_cents > 0", name=op.f("a_tariff_is_money")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_placement_tariff_municipality_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_placement_tariff_placement_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_placement_tariff_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_tariff")),
        sa.UniqueConstraint("placement_id", "valid_from", name="a_tariff_begins_once_a_day"),
    )
    op.create_table(
        "billed_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("tariff_cents", sa.Integer(), nullable=False),
        sa.Column("vat_category", sa.String(), nullable=False),
        sa.Column("vat_basis_points", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes <> 0", name=op.f("billing_is_about_time")),
        sa.ForeignKeyConstraint(["entry_id"], ["hours_entry.id"], name=op.f("fk_billed_hours_entry_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_billed_hours_invoice_id")),
        sa.ForeignKeyConstraint(["line_id"], ["invoice_line.id"], name=op.f("fk_billed_hours_line_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_billed_hours_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billed_hours")),
        sa.UniqueConstraint("entry_id", "turn", name="a_turn_of_an_entry_is_billed_once"),
    )
    op.create_index("hours_of_a_line", "billed_hours", ["line_id"], unique=False)
    keep_append_only(*ISSUED)


def downgrade() -> None:
    op.drop_index("hours_of_a_line", table_name="billed_hours")
    op.drop_table("billed_hours")
    op.drop_table("placement_tariff")
    op.drop_table("invoice_line")
    op.drop_index(op.f("ix_invoice_receipt_invoice_id"), table_name="invoice_receipt")
    op.drop_table("invoice_receipt")
    op.drop_index(
        "invoice_mail_under_way", table_name="invoice_mail", sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_table("invoice_mail")
    op.drop_table("invoice_file")
    op.drop_index(op.f("ix_invoice_run_id"), table_name="invoice")
    op.drop_index(op.f("ix_invoice_establishment_id"), table_name="invoice")
    op.drop_index(op.f("ix_invoice_corrects_id"), table_name="invoice")
    op.drop_index("invoices_of_a_municipality", table_name="invoice")
    op.drop_index(
        "an_establishment_is_billed_once_a_month",
        table_name="invoice",
        sqlite_where=sa.text("kind = 'invoice'"),
        postgresql_where=sa.text("kind = 'invoice'"),
    )
    op.drop_table("invoice")
    op.drop_table("billing_address")
    op.drop_index("costs_of_a_municipality", table_name="programme_cost")
    op.drop_table("programme_cost")
    op.drop_index(
        "one_run_at_a_time", table_name="invoice_run", sqlite_where=sa.text("finished_at IS NULL"), postgresql_where=sa.text("finished_at IS NULL")
    )
    op.drop_table("invoice_run")
    op.drop_table("invoice_counter")
