"""The payloads of signals that were never applied are found by their age.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_signal_unapplied_payload",
        "signal",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('unmatched', 'failed') AND payload IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_signal_unapplied_payload", table_name="signal")
