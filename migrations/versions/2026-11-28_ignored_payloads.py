"""The payloads of signals that mean nothing here are erased by their age, too.

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NAME = "ix_signal_unapplied_payload"


def upgrade() -> None:
    _index("'unmatched', 'failed', 'ignored'")


def downgrade() -> None:
    _index("'unmatched', 'failed'")


def _index(states: str) -> None:
    op.drop_index(NAME, table_name="signal")
    op.create_index(
        NAME,
        "signal",
        ["id"],
        unique=False,
        postgresql_where=sa.text(f"state IN ({states}) AND payload IS NOT NULL"),
    )
