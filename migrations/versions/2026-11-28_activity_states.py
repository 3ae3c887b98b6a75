"""An index of the activities that are not over: lists find the few of a state beside very many.

Revision: 0030, after 0029
"""

import sqlalchemy as sa

from migrations.indexes import build_index, drop_index

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NOT_OVER = sa.text("state IN ('queued', 'pending', 'waiting', 'running')")


def upgrade() -> None:
    build_index("ix_activity_state", "activity", ["state", "id"], postgresql_where=NOT_OVER)


def downgrade() -> None:
    drop_index("ix_activity_state", "activity")
