"""Getting in: invitations, what people sign in with, the outbox of letters and SMS, and how long a sign-in lasts without use."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LIVE = sa.text("used_at IS NULL AND ended_at IS NULL")
STANDS = sa.text("ended_at IS NULL")
WAITING = sa.text("state = 'waiting'")
TABLES = ("attempts", "passkey_question", "one_time_code", "outgoing", "passkey", "secret", "recovery_code", "invitation", "kept_form")


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("last_at", Utc(), nullable=False),
        sa.Column("waits_until", Utc(), nullable=True),
        sa.CheckConstraint("wrong >= 0", name="wrong_guesses_are_counted"),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_last_at", "attempts", ["last_at"])
    op.create_table(
        "passkey_question",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_passkey_question")),
    )
    op.create_index("ix_passkey_question_ends_at", "passkey_question", ["ends_at"])
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("code_mark", sa.String(), nullable=False),
        sa.Column("contact_mark", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.CheckConstraint("tries >= 0", name="tries_at_a_code_are_counted"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_one_time_code_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_one_time_code_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
        sa.UniqueConstraint("challenge_id", "account_id", name="a_code_is_sent_once_to_a_person"),
    )
    op.create_index("ix_one_time_code_account_id", "one_time_code", ["account_id"])
    op.create_index("ix_one_time_code_challenge_id", "one_time_code", ["challenge_id"])
    op.create_table(
        "outgoing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("has_address", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("next_try_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("done_at", Utc(), nullable=True),
        sa.CheckConstraint("kind IN ('letter', 'sms', 'mail')", name="an_outgoing_kind_is_known"),
        sa.CheckConstraint("purpose IN ('invitation', 'code')", name="an_outgoing_purpose_is_known"),
        sa.CheckConstraint("state = 'waiting' OR state = 'printed' OR sealed = ''", name="what_left_is_not_kept"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'printed', 'failed', 'void')", name="an_outgoing_state_is_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outgoing_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_outgoing_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
    )
    op.create_index("ix_outgoing_account_id", "outgoing", ["account_id"])
    op.create_index("ix_outgoing_cause_id", "outgoing", ["cause_id"])
    op.create_index("ix_outgoing_municipality_id", "outgoing", ["municipality_id"])
    op.create_index("outgoing_under_way", "outgoing", ["next_try_at"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_passkey_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name="a_credential_is_one_passkey"),
    )
    op.create_index("ix_passkey_account_id", "passkey", ["account_id"])
    op.create_table(
        "secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("contact_mark", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("totp_sealed", sa.String(), nullable=False),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.CheckConstraint("(kind = 'password') = (totp_sealed <> '')", name="a_password_never_opens_alone"),
        sa.CheckConstraint("kind IN ('pin', 'password')", name="a_secret_kind_is_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_secret_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_secret_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret")),
    )
    op.create_index("ix_secret_account_id", "secret", ["account_id"])
    op.create_index("ix_secret_contact_mark", "secret", ["contact_mark"])
    op.create_index("one_secret_of_a_kind_counts", "secret", ["account_id", "kind"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("secret_id", sa.Uuid(), nullable=False),
        sa.Column("code_mark", sa.String(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_recovery_code_municipality_id")),
        sa.ForeignKeyConstraint(["secret_id"], ["secret.id"], name=op.f("fk_recovery_code_secret_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("secret_id", "code_mark", name="a_recovery_code_is_there_once"),
    )
    op.create_index("ix_recovery_code_secret_id", "recovery_code", ["secret_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code_mark", sa.String(), nullable=False),
        sa.Column("asks_year", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.CheckConstraint("kind IN ('letter', 'mail')", name="an_invitation_kind_is_known"),
        sa.CheckConstraint("ends_at > made_at", name="an_invitation_ends_after_it_begins"),
        sa.CheckConstraint("used_at IS NULL OR ended_at IS NULL", name="an_invitation_is_used_or_ended"),
        sa.CheckConstraint("wrong_tries >= 0", name="tries_at_the_year_are_counted"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_invitation_account_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_invitation_made_by")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_invitation_membership_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_invitation_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_mark", name="a_code_is_one_invitation"),
    )
    op.create_index("ix_invitation_account_id", "invitation", ["account_id"])
    op.create_index("ix_invitation_municipality_id", "invitation", ["municipality_id"])
    op.create_index("one_invitation_counts_for_a_person", "invitation", ["account_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_table(
        "kept_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("kept_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_kept_form_membership_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_kept_form_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_form")),
    )
    op.create_index("ix_kept_form_ends_at", "kept_form", ["ends_at"])
    op.create_index("ix_kept_form_membership_id", "kept_form", ["membership_id"])
    with op.batch_alter_table("sign_in") as table:
        for name, kind in (("idle_ends_at", Utc()), ("seen_at", Utc()), ("way", sa.String()), ("device", sa.String())):
            table.add_column(sa.Column(name, kind, nullable=True))
    op.execute("UPDATE sign_in SET idle_ends_at = ends_at, seen_at = started_at, way = '', device = ''")
    with op.batch_alter_table("sign_in") as table:
        for name, kind in (("idle_ends_at", Utc()), ("seen_at", Utc()), ("way", sa.String()), ("device", sa.String())):
            table.alter_column(name, existing_type=kind, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("sign_in") as table:
        for name in ("device", "way", "seen_at", "idle_ends_at"):
            table.drop_column(name)
    for name in reversed(TABLES):
        op.drop_table(name)
