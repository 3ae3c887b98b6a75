"""History records the version of the machine that wrote it.

A constant default rewrites no row, and serves a release that does not know the column yet.

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("machine_version", sa.Integer(), nullable=False, server_default="1")
    op.add_column("transition", column)


def downgrade() -> None:
    op.drop_column("transition", "machine_version")
