"""Queued activities, with one allowance of all processes; payloads of signals may be null.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = "('pending', 'waiting', 'running', 'done', 'failed', 'abandoned')"
STATES = BEFORE.replace("('", "('queued', '", 1)


def upgrade() -> None:
    _allow(STATES)
    op.create_index(
        "ix_activity_queued",
        "activity",
        ["name", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "sweep",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allowance", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep")),
    )
    op.alter_column("signal", "payload", nullable=True)


def downgrade() -> None:
    # What was erased is not to be had again.
    op.execute("DELETE FROM signal WHERE payload IS NULL")
    op.alter_column("signal", "payload", nullable=False)
    op.drop_table("sweep")
    op.drop_index("ix_activity_queued", table_name="activity")
    op.execute("UPDATE activity SET state = 'waiting' WHERE state = 'queued'")
    _allow(BEFORE)


def _allow(states: str) -> None:
    op.execute("ALTER TABLE activity DROP CONSTRAINT ck_activity_state")
    op.execute(
        f"ALTER TABLE activity ADD CONSTRAINT ck_activity_state CHECK (state IN {states}) NOT VALID"
    )
    op.execute("ALTER TABLE activity VALIDATE CONSTRAINT ck_activity_state")
