"""A payment has what its intent waits for.

A column that may be null rewrites no row.

Revision: 0029, after 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment", sa.Column("waits_for", sa.Text()))


def downgrade() -> None:
    op.drop_column("payment", "waits_for")
