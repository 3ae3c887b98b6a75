"""Bulk jobs with a result for each row; indexes for operators' lists of activities and signals.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.indexes import build_index, drop_index, replace_index

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
IS_GIVING_UP = sa.text("giving_up IS NOT NULL")
NOT_APPLIED = sa.text("state IN ('stored', 'unmatched', 'failed')")
# Earlier forms of this migration built the same indexes under locks: a database that has passed them
# needs nothing more.
INDEXES = (
    ("ix_activity_giving_up", "activity", ["id"], {"postgresql_where": IS_GIVING_UP}),
    ("ix_signal_not_applied", "signal", ["id"], {"postgresql_where": NOT_APPLIED}),
    ("ix_transition_at", "transition", ["at"], {}),
)


def upgrade() -> None:
    # First, since they commit: everything before them would have to be repeatable.
    replace_index("ix_activity_failed", "activity", ["id"], postgresql_where=IS_FAILED)
    for name, table, columns, options in INDEXES:
        build_index(name, table, columns, **options)
    _create_jobs()
    _create_results()
    op.execute(FORGET)


def downgrade() -> None:
    for name, table, _, _ in reversed(INDEXES):
        drop_index(name, table)
    replace_index("ix_activity_failed", "activity", ["created_at"], postgresql_where=IS_FAILED)
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
