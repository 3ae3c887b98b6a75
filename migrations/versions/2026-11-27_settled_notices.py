"""Settled notices are found by their subject.

Revision: 0016, after 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_notice_subject_kind", "notice", ["subject", "kind"])


def downgrade() -> None:
    op.drop_index("ix_notice_subject_kind", table_name="notice")
