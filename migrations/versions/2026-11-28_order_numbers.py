"""An index for the search of an order by the number in emails: the end of its id.

Revision: 0028, after 0027
"""

from sqlalchemy import text

from migrations.indexes import build_index, drop_index

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_orders_number", "orders", [text("right(CAST(id AS VARCHAR), 8)")])


def downgrade() -> None:
    drop_index("ix_orders_number", "orders")
