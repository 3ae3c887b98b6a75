"""The audit is read by action.

Revision: 0027, after 0026
"""

from migrations.indexes import build_index, drop_index

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_audit_action_id", "audit"


def upgrade() -> None:
    build_index(NAME, TABLE, ["action", "id"])


def downgrade() -> None:
    drop_index(NAME, TABLE)
