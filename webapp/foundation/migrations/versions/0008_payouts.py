"""Payout runs and payouts; the ledger learns what is paid out and what comes back."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import RowNumber, Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LEDGER = (
    "id", "municipality_id", "participant_id", "cause", "cause_id", "turn", "reverses_id", "worked_on", "minutes", "rate_cents", "amount_cents",
    "terms_id", "booked_at",
)  # fmt: skip
CAUSES = "cause IN ('hours', 'hours_back', 'payout', 'payout_back', 'above_maximum', 'carried')"
BACK = "(cause IN ('hours_back', 'payout_back')) = (reverses_id IS NOT NULL)"
OFF = "cause NOT IN ('payout', 'above_maximum') OR amount_cents < 0"
OLD_CAUSES = "cause IN ('hours', 'hours_back')"
OLD_BACK = "(cause = 'hours_back') = (reverses_id IS NOT NULL)"
ACCOUNT = ["participant_id", "worked_on", "cause", "amount_cents", "minutes"]
OLD_ACCOUNT = ["participant_id", "worked_on", "amount_cents"]


def upgrade() -> None:
    change_ledger({"a_cause_is_known": CAUSES, "a_counter_line_names_its_line": BACK, "what_was_paid_goes_off": OFF}, ACCOUNT)
    op.create_table(
        "payout_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=False),
        sa.Column("hours_until", sa.Date(), nullable=False),
        sa.Column("settles_id", sa.Uuid(), nullable=True),
        sa.Column("through_line_id", RowNumber, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("prepared_at", Utc(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", Utc(), nullable=True),
        sa.Column("judgement", sa.String(), nullable=False),
        sa.Column("sent_back_by", sa.Uuid(), nullable=True),
        sa.Column("sent_back_at", Utc(), nullable=True),
        sa.Column("sent_back_reason", sa.String(), nullable=False),
        sa.Column("debtor_holder", sa.String(), nullable=False),
        sa.Column("debtor_iban", sa.String(), nullable=False),
        sa.Column("file_version", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('prepared', 'approved', 'sent_back')", name="a_run_status_is_known"),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> prepared_by", name="nobody_approves_what_they_prepared"),
        sa.CheckConstraint(
            "(status = 'approved') = (approved_by IS NOT NULL) AND (status <> 'approved' OR (approved_at IS NOT NULL AND judgement <> '' AND debtor_iban <> ''))",
            name="an_approved_run_says_who_judged_and_from_which_account",
        ),
        sa.CheckConstraint("status <> 'sent_back' OR (sent_back_by IS NOT NULL AND sent_back_reason <> '')", name="sending_back_has_its_reason"),
        sa.CheckConstraint("hours_until <= pay_on", name="hours_close_before_they_are_paid"),
        *keys(
            "payout_run", municipality_id="municipality", settles_id="account", prepared_by="account", approved_by="account", sent_back_by="account"
        ),
    )
    for name, columns, where in (
        ("one_run_waits_at_a_time", ["municipality_id"], "status = 'prepared'"),
        ("one_run_a_day", ["municipality_id", "pay_on"], "settles_id IS NULL AND status <> 'sent_back'"),
        ("one_settlement_a_day", ["municipality_id", "pay_on", "settles_id"], "settles_id IS NOT NULL AND status <> 'sent_back'"),
    ):
        op.create_index(name, "payout_run", columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("hours_until", sa.Date(), nullable=False),
        sa.Column("through_line_id", RowNumber, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("cut_cents", sa.Integer(), nullable=False),
        sa.Column("cut_by_year", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.CheckConstraint("status IN ('prepared', 'paid', 'held', 'dropped', 'returned')", name="a_payout_status_is_known"),
        sa.UniqueConstraint("run_id", "participant_id", name="a_person_is_in_a_run_once"),
        sa.CheckConstraint("amount_cents > 0 AND cut_cents >= 0", name="a_payout_is_money"),
        sa.CheckConstraint("slot BETWEEN 1 AND 2", name="the_law_knows_two_payments_a_year"),
        sa.CheckConstraint("status <> 'held' OR reason <> ''", name="leaving_somebody_out_has_its_reason"),
        sa.CheckConstraint("(status = 'returned') = (returned_on IS NOT NULL)", name="a_return_has_its_day"),
        *keys(
            "payout",
            municipality_id="municipality",
            run_id="payout_run",
            participant_id="account",
            bank_account_id="bank_account",
            decided_by="account",
        ),
    )
    op.create_index("ix_payout_municipality_id", "payout", ["municipality_id"])
    op.create_index("ix_payout_participant_id", "payout", ["participant_id"])
    counts = sa.text("status IN ('prepared', 'paid')")
    op.create_index(
        "a_year_has_one_first_and_one_second_payment",
        "payout",
        ["participant_id", "year", "slot"],
        unique=True,
        sqlite_where=counts,
        postgresql_where=counts,
    )
    op.create_table(
        "run_remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.UniqueConstraint("run_id", "participant_id", "kind", name="a_remark_is_made_once"),
        *keys("run_remark", municipality_id="municipality", run_id="payout_run", participant_id="account"),
    )
    op.create_table(
        "outside_checker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.CheckConstraint("organisation <> '' AND reason <> ''", name="an_outside_checker_is_explained"),
        sa.UniqueConstraint("membership_id", name="an_outside_checker_is_registered_once"),
        *keys("outside_checker", municipality_id="municipality", membership_id="membership", registered_by="account"),
    )


def downgrade() -> None:
    for table in ("outside_checker", "run_remark", "payout", "payout_run"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE ledger_line DISABLE TRIGGER ledger_line_is_append_only")
        op.execute("DELETE FROM ledger_line WHERE cause = 'payout_back'")
        op.execute("DELETE FROM ledger_line WHERE cause NOT IN ('hours', 'hours_back')")
        op.execute("ALTER TABLE ledger_line ENABLE TRIGGER ledger_line_is_append_only")
    change_ledger({"a_cause_is_known": OLD_CAUSES, "a_counter_line_names_its_line": OLD_BACK}, OLD_ACCOUNT)


def keys(table: str, **foreign: str) -> list[sa.Constraint]:
    """The foreign keys (column = table) and the primary key."""
    made: list[sa.Constraint] = [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}")) for column, other in foreign.items()
    ]
    return [*made, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def change_ledger(checks: dict[str, str], account: list[str]) -> None:
    """Other causes are known from here on. SQLite cannot change a CHECK, so there the table is written anew, lines and numbers as they are."""
    op.drop_index("account_of_a_person", "ledger_line")
    if op.get_bind().dialect.name == "postgresql":
        for name in ("a_cause_is_known", "a_counter_line_names_its_line", "what_was_paid_goes_off"):
            op.execute(f"ALTER TABLE ledger_line DROP CONSTRAINT IF EXISTS {name}")
        for name, rule in checks.items():
            op.create_check_constraint(op.f(name), "ledger_line", rule)
    else:
        op.rename_table("ledger_line", "ledger_line_before")
        op.create_table(
            "ledger_line",
            sa.Column("id", RowNumber, autoincrement=True, nullable=False),
            sa.Column("municipality_id", sa.Integer(), nullable=False),
            sa.Column("participant_id", sa.Uuid(), nullable=False),
            sa.Column("cause", sa.String(), nullable=False),
            sa.Column("cause_id", sa.Uuid(), nullable=False),
            sa.Column("turn", sa.Integer(), nullable=False),
            sa.Column("reverses_id", RowNumber, nullable=True),
            sa.Column("worked_on", sa.Date(), nullable=False),
            sa.Column("minutes", sa.Integer(), nullable=False),
            sa.Column("rate_cents", sa.Integer(), nullable=False),
            sa.Column("amount_cents", sa.Integer(), nullable=False),
            sa.Column("terms_id", sa.Uuid(), nullable=False),
            sa.Column("booked_at", Utc(), nullable=False),
            sa.CheckConstraint("amount_cents <> 0", name="a_line_moves_money"),
            *(sa.CheckConstraint(rule, name=name) for name, rule in checks.items()),
            sa.UniqueConstraint("cause", "cause_id", "turn", name="a_cause_is_booked_once_a_turn"),
            sa.UniqueConstraint("reverses_id", name="a_line_is_reversed_once"),
            *keys("ledger_line", municipality_id="municipality", participant_id="account", reverses_id="ledger_line", terms_id="term"),
        )
        names = ", ".join(LEDGER)
        known = checks["a_cause_is_known"]
        op.execute(f"INSERT INTO ledger_line ({names}) SELECT {names} FROM ledger_line_before WHERE {known} ORDER BY id")  # noqa: S608 - our own names
        op.drop_table("ledger_line_before")
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ledger_line_refuses_{what.lower()} BEFORE {what} ON ledger_line "
                "BEGIN SELECT RAISE(ABORT, 'ledger_line is append-only'); END"
            )
    op.create_index("account_of_a_person", "ledger_line", account)
