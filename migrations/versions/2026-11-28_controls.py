"""Operators pause activities and limit providers; the sweep reads overdue activities by name.

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import replace_index

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Earlier forms of this migration built the same index under locks: a database that has passed them
# needs nothing more.
UNDER_WAY = "state IN ('pending', 'waiting', 'running')"


def upgrade() -> None:
    # First, since it commits: everything before it would have to be repeatable.
    _index_overdue(["name", "due_at"])
    op.create_table(
        "pause",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('activity', 'queue', 'provider')", name=op.f("ck_pause_kind")),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_pause")),
    )
    op.create_table(
        "provider_limit",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("per_second", sa.Float(), nullable=True),
        sa.Column("burst", sa.Float(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=True),
        sa.CheckConstraint("per_second > 0", name=op.f("ck_provider_limit_per_second")),
        sa.CheckConstraint("burst >= 1", name=op.f("ck_provider_limit_burst")),
        sa.CheckConstraint("at_once > 0", name=op.f("ck_provider_limit_at_once")),
        sa.CheckConstraint(
            "per_second IS NOT NULL OR at_once IS NOT NULL", name=op.f("ck_provider_limit_some")
        ),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_provider_limit")),
    )


def downgrade() -> None:
    _index_overdue(["due_at"])
    op.drop_table("provider_limit")
    op.drop_table("pause")


def _index_overdue(columns: list[str]) -> None:
    replace_index("ix_activity_due_at", "activity", columns, postgresql_where=sa.text(UNDER_WAY))
