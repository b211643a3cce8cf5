"""The first shape of the database."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def keep_append_only(*tables: str) -> None:
    """Rows of these tables can be added, never changed or removed, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(APPEND_ONLY)
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
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("terms_token", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("slug", name="a_municipality_has_its_own_slug"),
    )
    op.create_table(
        "regulation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("imported_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation")),
        sa.UniqueConstraint("slug", name="a_regulation_is_imported_once"),
    )
    op.create_table(
        "server_key",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_server_key")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(), nullable=True),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("push_wanted", sa.Boolean(), nullable=False),
        sa.Column("mail_wanted", sa.Boolean(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.CheckConstraint("theme IN ('', 'light', 'dark')", name=op.f("a_theme_is_known")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_account_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("handle", name="a_handle_is_one_person"),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "employer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kvk", sa.String(), nullable=False),
        sa.Column("is_agency", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_employer_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer")),
        sa.UniqueConstraint("municipality_id", "kvk", name="an_employer_is_known_once"),
    )
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employer_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_history_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint("municipality_id", "number", name="a_chain_has_no_forks"),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("history_of_a_subject", ["subject_id"], unique=False)

    op.create_table(
        "offer_total",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_offer_total_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_total")),
        sa.UniqueConstraint("municipality_id", "month", name="a_month_is_totalled_once"),
    )
    op.create_table(
        "term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("regulation_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("when_told", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.CheckConstraint("source <> ''", name=op.f("terms_name_their_source")),
        sa.CheckConstraint(
            "valid_from IS NOT NULL OR (regulation_id IS NOT NULL AND municipality_id IS NULL)",
            name=op.f("only_terms_of_a_regulation_may_lack_their_first_day"),
        ),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name=op.f("terms_end_after_they_begin")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_term_municipality_id")),
        sa.ForeignKeyConstraint(["regulation_id"], ["regulation.id"], name=op.f("fk_term_regulation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
    )
    with op.batch_alter_table("term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_term_regulation_id"), ["regulation_id"], unique=False)
        batch_op.create_index(
            "national_terms_begin_once_a_day",
            ["key", "valid_from"],
            unique=True,
            sqlite_where=sa.text("municipality_id IS NULL AND regulation_id IS NULL"),
            postgresql_where=sa.text("municipality_id IS NULL AND regulation_id IS NULL"),
        )
        batch_op.create_index(
            "own_terms_begin_once_a_day",
            ["municipality_id", "key", "valid_from"],
            unique=True,
            sqlite_where=sa.text("municipality_id IS NOT NULL"),
            postgresql_where=sa.text("municipality_id IS NOT NULL"),
        )

    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("stand_in_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.CheckConstraint("account_id <> stand_in_id", name=op.f("nobody_stands_in_for_themselves")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("an_absence_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_absence_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_absence_municipality_id")),
        sa.ForeignKeyConstraint(["stand_in_id"], ["account.id"], name=op.f("fk_absence_stand_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_stand_in_id"), ["stand_in_id"], unique=False)
        batch_op.create_index(
            "one_absence_from_a_day",
            ["account_id", "first_day"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "establishment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("staff_count", sa.Integer(), nullable=True),
        sa.Column("staff_counted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(staff_count IS NULL) = (staff_counted_on IS NULL)", name=op.f("a_count_has_its_day")),
        sa.CheckConstraint("staff_count IS NULL OR staff_count >= 0", name=op.f("staff_is_counted_in_people")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_establishment_employer_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_establishment_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_establishment")),
    )
    with op.batch_alter_table("establishment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_establishment_employer_id"), ["employer_id"], unique=False)

    op.create_table(
        "ledger_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rate_cents", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Uuid(), nullable=False),
        sa.Column("booked_at", Utc(), nullable=False),
        sa.CheckConstraint("(cause = 'hours_back') = (reverses_id IS NOT NULL)", name=op.f("a_counter_line_names_its_line")),
        sa.CheckConstraint("cause IN ('hours', 'hours_back')", name=op.f("a_cause_is_known")),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("a_line_moves_money")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_ledger_line_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_ledger_line_participant_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["ledger_line.id"], name=op.f("fk_ledger_line_reverses_id")),
        sa.ForeignKeyConstraint(["terms_id"], ["term.id"], name=op.f("fk_ledger_line_terms_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_line")),
        sa.UniqueConstraint("cause", "cause_id", "turn", name="a_cause_is_booked_once_a_turn"),
        sa.UniqueConstraint("reverses_id", name="a_line_is_reversed_once"),
    )
    with op.batch_alter_table("ledger_line", schema=None) as batch_op:
        batch_op.create_index("account_of_a_person", ["participant_id", "worked_on", "amount_cents"], unique=False)

    op.create_table(
        "milestone_reached",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("milestone", sa.String(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("noted_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_milestone_reached_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_milestone_reached_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_reached")),
        sa.UniqueConstraint("participant_id", "milestone", name="a_milestone_is_reached_once"),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("cause_id", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("deliver_from", Utc(), nullable=False),
        sa.Column("settled_at", Utc(), nullable=True),
        sa.Column("read_at", Utc(), nullable=True),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notification_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_notification_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("account_id", "key", "cause_id", name="a_cause_is_told_once"),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("inbox_of_a_person", ["account_id", "created_at"], unique=False)
        batch_op.create_index(
            "unread_of_a_person",
            ["account_id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.create_index(
            "outbox",
            ["deliver_from"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "other_premium",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("a_premium_is_money")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_other_premium_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_other_premium_participant_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_other_premium_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_premium")),
    )
    with op.batch_alter_table("other_premium", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_other_premium_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "participant_file",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("case_manager_id", sa.Uuid(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("obliged", sa.Boolean(), nullable=True),
        sa.Column("wage_subsidy_group", sa.Boolean(), nullable=True),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("travels_by", sa.String(), nullable=False),
        sa.Column("needs", sa.String(), nullable=False),
        sa.CheckConstraint("travels_by IN ('', 'bike', 'walk', 'bus', 'car')", name=op.f("a_way_to_travel_is_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_participant_file_account_id")),
        sa.ForeignKeyConstraint(["case_manager_id"], ["account.id"], name=op.f("fk_participant_file_case_manager_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_participant_file_municipality_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_participant_file")),
    )
    with op.batch_alter_table("participant_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participant_file_case_manager_id"), ["case_manager_id"], unique=False)

    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_push_subscription_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_push_subscription_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint", name="an_endpoint_is_one_subscription"),
    )
    with op.batch_alter_table("push_subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_push_subscription_account_id"), ["account_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Utc(), nullable=False),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint("channel IN ('push', 'mail')", name=op.f("a_channel_is_known")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed', 'gone')", name=op.f("a_delivery_state_is_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_delivery_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_delivery_municipality_id")),
        sa.ForeignKeyConstraint(["notification_id"], ["notification.id"], name=op.f("fk_delivery_notification_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("notification_id", "channel", "target", name="a_message_travels_once_a_way"),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_account_id"), ["account_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("establishment_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(role = 'supervisor') = (establishment_id IS NOT NULL)",
            name=op.f("supervisors_alone_have_an_establishment"),
        ),
        sa.CheckConstraint(
            "role IN ('participant', 'supervisor', 'case_manager', 'finance', 'admin', 'council')",
            name=op.f("a_role_is_known"),
        ),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name=op.f("a_membership_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id")),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_membership_establishment_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_membership_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_establishment_id"), ["establishment_id"], unique=False)

    op.create_table(
        "work_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("establishment_id", sa.Uuid(), nullable=False),
        sa.Column("guide_id", sa.Uuid(), nullable=False),
        sa.Column("guide_note", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("tasks", sa.JSON(), nullable=False),
        sa.Column("learn", sa.String(), nullable=False),
        sa.Column("pattern", sa.JSON(), nullable=False),
        sa.Column("weekly_minutes", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("tariff_cents", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("a_request_is_open_or_closed")),
        sa.CheckConstraint("places > 0", name=op.f("a_request_has_places")),
        sa.CheckConstraint("tariff_cents > 0", name=op.f("work_has_a_tariff")),
        sa.CheckConstraint("weeks > 0", name=op.f("a_request_lasts_weeks")),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_work_request_establishment_id")),
        sa.ForeignKeyConstraint(["guide_id"], ["account.id"], name=op.f("fk_work_request_guide_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_work_request_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_request")),
    )
    with op.batch_alter_table("work_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_request_establishment_id"), ["establishment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_request_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("case_manager_id", sa.Uuid(), nullable=False),
        sa.Column("offered_at", Utc(), nullable=False),
        sa.Column("closes_at", Utc(), nullable=False),
        sa.Column("travel_minutes", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'yes', 'closed')", name=op.f("an_offer_is_open_yes_or_closed")),
        sa.CheckConstraint("length(sealed) = 64", name=op.f("a_sealed_answer_never_shows_its_length")),
        sa.ForeignKeyConstraint(["case_manager_id"], ["account.id"], name=op.f("fk_offer_case_manager_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_offer_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_offer_participant_id")),
        sa.ForeignKeyConstraint(["request_id"], ["work_request.id"], name=op.f("fk_offer_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_participant_id"), ["participant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offer_request_id"), ["request_id"], unique=False)
        batch_op.create_index(
            "one_live_offer_a_person_and_request",
            ["request_id", "participant_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'closed'"),
            postgresql_where=sa.text("status <> 'closed'"),
        )
        batch_op.create_index(
            "one_open_offer_a_person",
            ["participant_id"],
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.create_table(
        "placement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("place_number", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("establishment_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("pattern", sa.JSON(), nullable=False),
        sa.Column("weekly_minutes", sa.Integer(), nullable=False),
        sa.Column("tariff_cents", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("accepted_at", Utc(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=False),
        sa.Column("agreement_signed_on", sa.Date(), nullable=True),
        sa.Column("insured_from", sa.Date(), nullable=True),
        sa.Column("insurance_evidence", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status IN ('accepted', 'running', 'ended', 'cancelled')",
            name=op.f("a_placement_status_is_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('running', 'ended') OR (decided_by IS NOT NULL AND decided_on IS NOT NULL AND decision_reason <> '' AND agreement_signed_on IS NOT NULL AND insured_from IS NOT NULL AND insurance_evidence <> '')",
            name=op.f("a_placement_runs_only_decided_agreed_and_insured"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("a_placement_ends_after_it_starts")),
        sa.CheckConstraint("insured_from IS NULL OR insured_from <= starts_on", name=op.f("insured_before_the_first_hour")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_placement_decided_by")),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_placement_establishment_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_placement_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_placement_participant_id")),
        sa.ForeignKeyConstraint(["request_id"], ["work_request.id"], name=op.f("fk_placement_request_id")),
        sa.ForeignKeyConstraint(["supervisor_id"], ["account.id"], name=op.f("fk_placement_supervisor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.UniqueConstraint("offer_id", name="an_offer_becomes_one_placement"),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(
            "a_place_is_taken_once",
            ["request_id", "place_number"],
            unique=True,
            sqlite_where=sa.text("status IN ('accepted', 'running')"),
            postgresql_where=sa.text("status IN ('accepted', 'running')"),
        )
        batch_op.create_index(batch_op.f("ix_placement_establishment_id"), ["establishment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_sign_in_membership_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_sign_in_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_membership_id"), ["membership_id"], unique=False)

    op.create_table(
        "planned_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("stops_at", Utc(), nullable=False),
        sa.Column("break_minutes", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", Utc(), nullable=True),
        sa.CheckConstraint("stops_at > starts_at", name=op.f("a_planned_shift_takes_time")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_planned_shift_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_planned_shift_participant_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_planned_shift_placement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_shift")),
        sa.UniqueConstraint("placement_id", "starts_at", name="a_shift_is_planned_once"),
    )
    with op.batch_alter_table("planned_shift", schema=None) as batch_op:
        batch_op.create_index("planned_of_a_person", ["participant_id", "day", "starts_at"], unique=False)

    op.create_table(
        "check_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("planned_shift_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("stopped_at", Utc(), nullable=True),
        sa.CheckConstraint("stopped_at IS NULL OR stopped_at >= started_at", name=op.f("a_check_in_stops_after_it_starts")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_check_in_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_check_in_participant_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_check_in_placement_id")),
        sa.ForeignKeyConstraint(["planned_shift_id"], ["planned_shift.id"], name=op.f("fk_check_in_planned_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("entry_id", name="a_check_in_becomes_one_entry"),
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index(
            "one_open_check_in_a_person",
            ["participant_id"],
            unique=True,
            sqlite_where=sa.text("stopped_at IS NULL"),
            postgresql_where=sa.text("stopped_at IS NULL"),
        )

    op.create_table(
        "hours_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("establishment_id", sa.Uuid(), nullable=False),
        sa.Column("planned_shift_id", sa.Uuid(), nullable=True),
        sa.Column("deviation_minutes", sa.Integer(), nullable=True),
        sa.Column("as_planned", sa.Boolean(), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("week_of", sa.Date(), nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("stops_at", Utc(), nullable=False),
        sa.Column("break_minutes", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("certain_minutes", sa.Integer(), nullable=False),
        sa.Column("sent_at", Utc(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", Utc(), nullable=True),
        sa.Column("corrected_starts_at", Utc(), nullable=True),
        sa.Column("corrected_stops_at", Utc(), nullable=True),
        sa.Column("corrected_break_minutes", sa.Integer(), nullable=True),
        sa.Column("corrected_minutes", sa.Integer(), nullable=True),
        sa.Column("correction_reason", sa.String(), nullable=False),
        sa.Column("correction_note", sa.String(), nullable=False),
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.Column("corrected_at", Utc(), nullable=True),
        sa.Column("dispute_reason", sa.String(), nullable=False),
        sa.Column("responded_at", Utc(), nullable=True),
        sa.Column("ruled_minutes", sa.Integer(), nullable=True),
        sa.Column("ruling_reason", sa.String(), nullable=False),
        sa.Column("ruled_by", sa.Uuid(), nullable=True),
        sa.Column("ruled_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "status <> 'corrected' OR (corrected_minutes IS NOT NULL AND correction_reason <> '')",
            name=op.f("a_correction_has_its_reason"),
        ),
        sa.CheckConstraint(
            "status <> 'ruled' OR (ruled_minutes IS NOT NULL AND ruling_reason <> '')",
            name=op.f("a_ruling_has_its_reason"),
        ),
        sa.CheckConstraint(
            "status IN ('sent', 'confirmed', 'corrected', 'disputed', 'ruled', 'paid', 'withdrawn')",
            name=op.f("an_hours_status_is_known"),
        ),
        sa.CheckConstraint("break_minutes >= 0 AND minutes > 0", name=op.f("a_shift_is_worked")),
        sa.CheckConstraint("certain_minutes >= 0", name=op.f("certain_minutes_are_not_negative")),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> participant_id", name=op.f("nobody_confirms_own_hours")),
        sa.CheckConstraint("corrected_by IS NULL OR corrected_by <> participant_id", name=op.f("nobody_corrects_own_hours")),
        sa.CheckConstraint("stops_at > starts_at", name=op.f("a_shift_takes_time")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_hours_entry_confirmed_by")),
        sa.ForeignKeyConstraint(["corrected_by"], ["account.id"], name=op.f("fk_hours_entry_corrected_by")),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_hours_entry_establishment_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_hours_entry_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_hours_entry_participant_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_hours_entry_placement_id")),
        sa.ForeignKeyConstraint(["planned_shift_id"], ["planned_shift.id"], name=op.f("fk_hours_entry_planned_shift_id")),
        sa.ForeignKeyConstraint(["ruled_by"], ["account.id"], name=op.f("fk_hours_entry_ruled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_entry")),
    )
    with op.batch_alter_table("hours_entry", schema=None) as batch_op:
        batch_op.create_index(
            "a_planned_shift_is_written_once",
            ["planned_shift_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'withdrawn' AND planned_shift_id IS NOT NULL"),
            postgresql_where=sa.text("status <> 'withdrawn' AND planned_shift_id IS NOT NULL"),
        )
        batch_op.create_index("confirmed_lately_at_a_workplace", ["establishment_id", "confirmed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_entry_placement_id"), ["placement_id"], unique=False)
        batch_op.create_index("of_a_person_by_day", ["participant_id", "worked_on"], unique=False)
        batch_op.create_index(
            "to_confirm_at_a_workplace",
            ["establishment_id", "worked_on"],
            unique=False,
            sqlite_where=sa.text("status = 'sent'"),
            postgresql_where=sa.text("status = 'sent'"),
        )
        batch_op.create_index("weeks_of_a_person", ["participant_id", "week_of", "certain_minutes"], unique=False)
        batch_op.create_index(
            "waiting_of_a_person",
            ["participant_id"],
            unique=False,
            sqlite_where=sa.text("status IN ('sent', 'corrected', 'disputed')"),
            postgresql_where=sa.text("status IN ('sent', 'corrected', 'disputed')"),
        )

    keep_append_only("ledger_line", "history")


def downgrade() -> None:
    with op.batch_alter_table("hours_entry", schema=None) as batch_op:
        batch_op.drop_index("weeks_of_a_person")
        batch_op.drop_index(
            "waiting_of_a_person",
            sqlite_where=sa.text("status IN ('sent', 'corrected', 'disputed')"),
            postgresql_where=sa.text("status IN ('sent', 'corrected', 'disputed')"),
        )
        batch_op.drop_index(
            "to_confirm_at_a_workplace",
            sqlite_where=sa.text("status = 'sent'"),
            postgresql_where=sa.text("status = 'sent'"),
        )
        batch_op.drop_index("of_a_person_by_day")
        batch_op.drop_index(batch_op.f("ix_hours_entry_placement_id"))
        batch_op.drop_index("confirmed_lately_at_a_workplace")
        batch_op.drop_index(
            "a_planned_shift_is_written_once",
            sqlite_where=sa.text("status <> 'withdrawn' AND planned_shift_id IS NOT NULL"),
            postgresql_where=sa.text("status <> 'withdrawn' AND planned_shift_id IS NOT NULL"),
        )

    op.drop_table("hours_entry")
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_check_in_a_person",
            sqlite_where=sa.text("stopped_at IS NULL"),
            postgresql_where=sa.text("stopped_at IS NULL"),
        )

    op.drop_table("check_in")
    with op.batch_alter_table("planned_shift", schema=None) as batch_op:
        batch_op.drop_index("planned_of_a_person")

    op.drop_table("planned_shift")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_membership_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_participant_id"))
        batch_op.drop_index(batch_op.f("ix_placement_establishment_id"))
        batch_op.drop_index(
            "a_place_is_taken_once",
            sqlite_where=sa.text("status IN ('accepted', 'running')"),
            postgresql_where=sa.text("status IN ('accepted', 'running')"),
        )

    op.drop_table("placement")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_offer_a_person",
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )
        batch_op.drop_index(
            "one_live_offer_a_person_and_request",
            sqlite_where=sa.text("status <> 'closed'"),
            postgresql_where=sa.text("status <> 'closed'"),
        )
        batch_op.drop_index(batch_op.f("ix_offer_request_id"))
        batch_op.drop_index(batch_op.f("ix_offer_participant_id"))

    op.drop_table("offer")
    with op.batch_alter_table("work_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_request_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_work_request_establishment_id"))

    op.drop_table("work_request")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_establishment_id"))
        batch_op.drop_index(batch_op.f("ix_membership_account_id"))

    op.drop_table("membership")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_account_id"))

    op.drop_table("delivery")
    with op.batch_alter_table("push_subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_push_subscription_account_id"))

    op.drop_table("push_subscription")
    with op.batch_alter_table("participant_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participant_file_case_manager_id"))

    op.drop_table("participant_file")
    with op.batch_alter_table("other_premium", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_other_premium_participant_id"))

    op.drop_table("other_premium")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index(
            "outbox",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.drop_index("inbox_of_a_person")
        batch_op.drop_index(
            "unread_of_a_person",
            sqlite_where=sa.text("read_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.drop_table("notification")
    op.drop_table("milestone_reached")
    with op.batch_alter_table("ledger_line", schema=None) as batch_op:
        batch_op.drop_index("account_of_a_person")

    op.drop_table("ledger_line")
    with op.batch_alter_table("establishment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_establishment_employer_id"))

    op.drop_table("establishment")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(
            "one_absence_from_a_day",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_absence_stand_in_id"))

    op.drop_table("absence")
    with op.batch_alter_table("term", schema=None) as batch_op:
        batch_op.drop_index(
            "own_terms_begin_once_a_day",
            sqlite_where=sa.text("municipality_id IS NOT NULL"),
            postgresql_where=sa.text("municipality_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "national_terms_begin_once_a_day",
            sqlite_where=sa.text("municipality_id IS NULL AND regulation_id IS NULL"),
            postgresql_where=sa.text("municipality_id IS NULL AND regulation_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_term_regulation_id"))

    op.drop_table("term")
    op.drop_table("offer_total")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index("history_of_a_subject")

    op.drop_table("history")
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employer_municipality_id"))

    op.drop_table("employer")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_municipality_id"))

    op.drop_table("account")
    op.drop_table("server_key")
    op.drop_table("regulation")
    op.drop_table("municipality")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS refuse_change()")
