"""Weekly feedback, own views, signals with their decisions, and the way to paid work."""

import sqlalchemy as sa
from alembic import op

from webapp.foundation.database import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOT_CLOSED = sa.text("status <> 'closed'")
LIMITS = sa.text("kind IN ('limit_50', 'limit_75', 'limit_100')")
OPEN = sa.text("status = 'open'")
RUNS = sa.text("status = 'running'")
UNANSWERED = sa.text("answered_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "own_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("week_of", sa.Date(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("feels", sa.String(), nullable=False),
        sa.Column("ready", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("feels IN ('hard', 'learning', 'well')", name="a_feeling_is_known"),
        sa.CheckConstraint("ready IN ('yes', 'later', 'no')", name="an_own_wish_is_known"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_own_view_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_own_view_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_view")),
        sa.UniqueConstraint("participant_id", "week_of", name="an_own_view_is_one_a_week"),
    )
    op.create_index(op.f("ix_own_view_municipality_id"), "own_view", ["municipality_id"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("establishment_id", sa.Uuid(), nullable=False),
        sa.Column("observer_id", sa.Uuid(), nullable=False),
        sa.Column("week_of", sa.Date(), nullable=False),
        sa.Column("given_at", Utc(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("help", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("hire", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.CheckConstraint("(item = '') = (level IS NULL)", name="a_behaviour_has_its_level"),
        sa.CheckConstraint("help IN ('', 'much', 'some', 'little')", name="help_is_much_some_or_little"),
        sa.CheckConstraint("hire IN ('', 'yes', 'maybe', 'no')", name="hiring_is_yes_maybe_or_no"),
        sa.CheckConstraint(
            "item IN ('', 'instructions', 'tempo', 'quality', 'on_time', 'endurance', 'together', 'safe')", name="a_behaviour_is_known"
        ),
        sa.CheckConstraint("level IS NULL OR level BETWEEN 1 AND 4", name="there_are_four_levels"),
        sa.CheckConstraint("observer_id <> participant_id", name="nobody_observes_themselves"),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_feedback_establishment_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_feedback_municipality_id")),
        sa.ForeignKeyConstraint(["observer_id"], ["account.id"], name=op.f("fk_feedback_observer_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_feedback_participant_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_feedback_placement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("placement_id", "observer_id", "week_of", name="a_week_is_told_once_by_each"),
    )
    op.create_index("feedback_of_a_person", "feedback", ["participant_id", "week_of"])
    op.create_index(op.f("ix_feedback_municipality_id"), "feedback", ["municipality_id"])
    op.create_table(
        "signal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("establishment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_at", Utc(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("asked_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('ready', 'hire', 'limit_50', 'limit_75', 'limit_100', 'no_growth', 'workplace')", name="a_signal_kind_is_known"),
        sa.CheckConstraint("status <> 'asked' OR asked_id IS NOT NULL", name="a_colleague_is_asked_by_name"),
        sa.CheckConstraint("status IN ('open', 'talking', 'asked', 'closed')", name="a_signal_status_is_known"),
        sa.ForeignKeyConstraint(["asked_id"], ["account.id"], name=op.f("fk_signal_asked_id")),
        sa.ForeignKeyConstraint(["establishment_id"], ["establishment.id"], name=op.f("fk_signal_establishment_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_signal_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_signal_participant_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_signal_placement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
    )
    op.create_index("a_limit_is_told_once", "signal", ["placement_id", "kind"], unique=True, sqlite_where=LIMITS, postgresql_where=LIMITS)
    op.create_index(op.f("ix_signal_asked_id"), "signal", ["asked_id"])
    op.create_index(
        "one_open_signal_of_a_kind", "signal", ["participant_id", "kind"], unique=True, sqlite_where=NOT_CLOSED, postgresql_where=NOT_CLOSED
    )
    op.create_index("open_signals", "signal", ["municipality_id", "due_on"], sqlite_where=NOT_CLOSED, postgresql_where=NOT_CLOSED)
    op.create_index("signals_of_a_person", "signal", ["participant_id", "raised_on"])
    op.create_table(
        "task_shown",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("shown_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_task_shown_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_task_shown_participant_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_task_shown_placement_id")),
        sa.ForeignKeyConstraint(["shown_by"], ["account.id"], name=op.f("fk_task_shown_shown_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_shown")),
        sa.UniqueConstraint("placement_id", "task", name="a_task_is_learned_once"),
    )
    op.create_index(op.f("ix_task_shown_municipality_id"), "task_shown", ["municipality_id"])
    op.create_index(op.f("ix_task_shown_participant_id"), "task_shown", ["participant_id"])
    op.create_table(
        "workplace_rating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("week_of", sa.Date(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("safe", sa.String(), nullable=False),
        sa.Column("explained", sa.String(), nullable=False),
        sa.Column("fair", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("explained IN ('', 'good', 'so_so', 'bad')", name="explained_has_a_known_answer"),
        sa.CheckConstraint("fair IN ('', 'good', 'so_so', 'bad')", name="fair_has_a_known_answer"),
        sa.CheckConstraint("safe IN ('', 'good', 'so_so', 'bad')", name="safe_has_a_known_answer"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_workplace_rating_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_workplace_rating_participant_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_workplace_rating_placement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workplace_rating")),
        sa.UniqueConstraint("placement_id", "week_of", name="a_workplace_is_rated_once_a_week"),
    )
    op.create_index("ratings_of_a_person", "workplace_rating", ["participant_id", "week_of"])
    op.create_table(
        "objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name="an_answer_is_in_words"),
        sa.CheckConstraint("kind IN ('object', 'look')", name="an_objection_kind_is_known"),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_objection_answered_by")),
        sa.ForeignKeyConstraint(["asked_id"], ["account.id"], name=op.f("fk_objection_asked_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_objection_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_objection_participant_id")),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.id"], name=op.f("fk_objection_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("signal_id", name="a_decision_is_looked_at_again_once"),
    )
    op.create_index(op.f("ix_objection_asked_id"), "objection", ["asked_id"])
    op.create_table(
        "route",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('contract_here', 'contract_elsewhere', 'wage_subsidy', 'training', 'other')", name="a_route_kind_is_known"),
        sa.CheckConstraint("status IN ('open', 'reached', 'stopped')", name="a_route_status_is_known"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_route_municipality_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_route_opened_by")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_route_participant_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_route_placement_id")),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.id"], name=op.f("fk_route_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sa.UniqueConstraint("signal_id", name="a_decision_opens_one_route"),
    )
    op.create_index("one_open_route_a_person", "route", ["participant_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "signal_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('regular_job', 'talk_first', 'not_yet', 'talked', 'colleague_agrees', 'colleague_differs')", name="a_decision_is_known"
        ),
        sa.CheckConstraint("reason <> ''", name="a_decision_has_its_reason"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_signal_decision_decided_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_signal_decision_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_signal_decision_participant_id")),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.id"], name=op.f("fk_signal_decision_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_decision")),
    )
    op.create_index("decisions_about_a_person", "signal_decision", ["participant_id", "decided_at"])
    op.create_index(op.f("ix_signal_decision_signal_id"), "signal_decision", ["signal_id"])
    op.create_table(
        "outflow",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("weekly_minutes", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.CheckConstraint("kind IN ('contract_here', 'contract_elsewhere', 'wage_subsidy', 'training', 'other')", name="an_outflow_kind_is_known"),
        sa.CheckConstraint("weekly_minutes >= 0", name="a_week_has_no_negative_hours"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_outflow_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_outflow_participant_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_outflow_recorded_by")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_outflow_route_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outflow")),
        sa.UniqueConstraint("route_id", name="a_route_leads_somewhere_once"),
    )
    op.create_index(op.f("ix_outflow_participant_id"), "outflow", ["participant_id"])
    op.create_table(
        "route_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", Utc(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("side IN ('participant', 'employer', 'case_manager')", name="a_task_has_its_side"),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="somebody_did_what_is_done"),
        sa.ForeignKeyConstraint(["done_by"], ["account.id"], name=op.f("fk_route_task_done_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_route_task_municipality_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_route_task_participant_id")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_route_task_route_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_task")),
        sa.UniqueConstraint("route_id", "what", name="a_task_stands_once_on_a_route"),
    )
    op.create_index("tasks_of_a_person", "route_task", ["participant_id", "due_on"])
    op.create_table(
        "outflow_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("outflow_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name="an_outflow_answer_has_its_moment"),
        sa.CheckConstraint("answer IN ('', 'still', 'other_work', 'stopped', 'rather_not')", name="an_outflow_answer_is_known"),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_outflow_check_answered_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_outflow_check_municipality_id")),
        sa.ForeignKeyConstraint(["outflow_id"], ["outflow.id"], name=op.f("fk_outflow_check_outflow_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["account.id"], name=op.f("fk_outflow_check_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outflow_check")),
        sa.UniqueConstraint("outflow_id", "months", name="a_month_is_asked_about_once"),
    )
    op.create_index("outflow_checks_of_a_person", "outflow_check", ["participant_id"])
    op.create_index("outflow_to_ask", "outflow_check", ["municipality_id", "due_on"], sqlite_where=UNANSWERED, postgresql_where=UNANSWERED)
    op.create_index("running_in_a_municipality", "placement", ["municipality_id"], sqlite_where=RUNS, postgresql_where=RUNS)


def downgrade() -> None:
    op.drop_index("running_in_a_municipality", table_name="placement", sqlite_where=RUNS, postgresql_where=RUNS)
    op.drop_table("outflow_check")
    op.drop_table("route_task")
    op.drop_table("outflow")
    op.drop_table("signal_decision")
    op.drop_table("route")
    op.drop_table("objection")
    op.drop_table("workplace_rating")
    op.drop_table("task_shown")
    op.drop_table("signal")
    op.drop_table("feedback")
    op.drop_table("own_view")
