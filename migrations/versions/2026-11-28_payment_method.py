"""Payments name the method by which they are collected.

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A constant default rewrites no row, and processes of the version before do not name the column.
    op.add_column(
        "payment", sa.Column("method", sa.String(32), nullable=False, server_default="Stripe")
    )
    op.create_check_constraint(op.f("ck_payment_method"), "payment", "method IN ('Stripe')")


def downgrade() -> None:
    op.drop_column("payment", "method")
