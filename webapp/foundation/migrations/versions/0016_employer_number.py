"""Finding an organisation by its number, in whichever municipality it was written down."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_employer_kvk"), "employer", ["kvk"])


def downgrade() -> None:
    op.drop_index(op.f("ix_employer_kvk"), table_name="employer")
