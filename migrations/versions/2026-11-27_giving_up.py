"""Activities that are giving up: what their machine is to be told, until it knows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("activity", sa.Column("giving_up", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("activity", "giving_up")
