"""An activity keeps since when it has waited for a worker, while the sweep publishes it again.

A column that may be null rewrites no row.

Revision: 0031, after 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("activity", sa.Column("late_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("activity", "late_since")
