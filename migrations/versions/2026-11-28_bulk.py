"""Bulk jobs with a result for each row; indexes for operators' lists of activities and signals.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STATES = ("Running", "Paused", "Failed", "Done", "Cancelled")
ACTIONS = (
    "activities.retry",
    "activities.cancel",
    "activities.abandon",
    "signals.replay",
    "machines.signal",
)
RESULTS = ("waiting", "changed", "unchanged", "refused")
FORGET = """
CREATE TRIGGER forget_history AFTER DELETE ON bulk
FOR EACH ROW WHEN (OLD.state IN ('Done', 'Cancelled')) EXECUTE FUNCTION forget_history()
"""
IS_FAILED = sa.text("state = 'failed'")


def upgrade() -> None:
    _create_jobs()
    _create_results()
    op.execute(FORGET)
    _index_failed("id")
    op.create_index(
        "ix_activity_giving_up",
        "activity",
        ["id"],
        postgresql_where=sa.text("giving_up IS NOT NULL"),
    )
    op.create_index(
        "ix_signal_not_applied",
        "signal",
        ["id"],
        postgresql_where=sa.text("state IN ('stored', 'unmatched', 'failed')"),
    )
    op.create_index("ix_transition_at", "transition", ["at"])


def downgrade() -> None:
    op.drop_index("ix_transition_at", table_name="transition")
    op.drop_index("ix_signal_not_applied", table_name="signal")
    op.drop_index("ix_activity_giving_up", table_name="activity")
    _index_failed("created_at")
    op.drop_table("bulk_result")
    op.drop_table("bulk")


def _create_jobs() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "bulk",
        sa.Column("state", _one_of("state", STATES), nullable=False),
        sa.Column("action", _one_of("action", ACTIONS), nullable=False),
        sa.Column("filters", JSONB(), nullable=False),
        sa.Column("options", JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deadline_at", time, nullable=True),
        sa.Column("created_at", time, nullable=False),
        sa.Column("updated_at", time, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk")),
    )


def _create_results() -> None:
    op.create_table(
        "bulk_result",
        sa.Column("bulk_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", _one_of("state", RESULTS), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bulk_id"], ["bulk.id"], ondelete="CASCADE", name=op.f("fk_bulk_result_bulk_id")
        ),
        sa.PrimaryKeyConstraint("bulk_id", "subject_id", name=op.f("pk_bulk_result")),
    )
    op.create_index("ix_bulk_result_state", "bulk_result", ["bulk_id", "state", "subject_id"])


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _index_failed(column: str) -> None:
    op.drop_index("ix_activity_failed", table_name="activity")
    op.create_index("ix_activity_failed", "activity", [column], postgresql_where=IS_FAILED)
