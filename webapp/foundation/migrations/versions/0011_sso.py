"""Single sign-on: trusted providers, sign-ons under way, and which subject is whom."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

EACH_ITS_OWN_CLAIM = (
    "(audience = 'staff' AND finds_by IN ('email', 'reference')) OR (audience = 'participant' AND finds_by = 'reference') "
    "OR (audience = 'supervisor' AND finds_by = 'kvk_email')"
)
WORDS = ("audience", "issuer", "client_id", "secret_name", "scopes", "finds_by", "claim", "kvk_claim", "acr")


def upgrade() -> None:
    op.create_table(
        "sign_on_provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in WORDS),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.CheckConstraint("audience IN ('staff', 'participant', 'supervisor')", name="an_audience_is_known"),
        sa.CheckConstraint(EACH_ITS_OWN_CLAIM, name="each_audience_is_found_by_its_own_claim"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_sign_on_provider_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_provider")),
        sa.UniqueConstraint("municipality_id", "audience", "issuer", "client_id", name="a_client_serves_an_audience_once"),
    )
    op.create_table(
        "sign_on_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("onward", sa.String(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_sign_on_attempt_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_attempt")),
        sa.UniqueConstraint("mark", name="a_sign_on_is_begun_once"),
    )
    op.create_index("ix_sign_on_attempt_ends_at", "sign_on_attempt", ["ends_at"])
    op.create_table(
        "sign_on_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject_mark", sa.String(), nullable=False),
        sa.Column("key_mark", sa.String(), nullable=False),
        sa.Column("linked_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_on_link_account_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_sign_on_link_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_link")),
        sa.UniqueConstraint("issuer", "account_id", name="an_account_is_one_subject"),
        sa.UniqueConstraint("issuer", "subject_mark", name="a_subject_is_one_account"),
    )
    op.create_index("ix_sign_on_link_account_id", "sign_on_link", ["account_id"])


def downgrade() -> None:
    for name in ("sign_on_link", "sign_on_attempt", "sign_on_provider"):
        op.drop_table(name)
