"""Payments name the method by which they are collected.

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import add_check

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A constant default rewrites no row, and processes of the version before do not name the column.
    column = sa.Column("method", sa.String(32), nullable=False, server_default="Stripe")
    op.add_column("payment", column, if_not_exists=True)
    add_check("ck_payment_method", "payment", "method IN ('Stripe')")


def downgrade() -> None:
    op.drop_column("payment", "method")
