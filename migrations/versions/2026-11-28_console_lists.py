"""Indexes for the lists of the console: users, the audit, and the moves of a product.

Revision: 0024, after 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

REPLACED = (
    ("ix_stock_move_product_id", "ix_stock_move_product_id_id", "stock_move", "product_id"),
    ("ix_audit_subject", "ix_audit_subject_id", "audit", "subject"),
)
ADDED = (
    ("ix_audit_actor_id", "audit", "actor"),
    ("ix_users_status_id", "users", "status"),
)


def upgrade() -> None:
    for old, new, table, column in REPLACED:
        op.create_index(new, table, [column, "id"], unique=False)
        op.drop_index(old, table_name=table)
    for name, table, column in ADDED:
        op.create_index(name, table, [column, "id"], unique=False)
    op.create_index("ix_users_roles", "users", ["roles"], unique=False, postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_users_roles", table_name="users", postgresql_using="gin")
    for name, table, _ in ADDED:
        op.drop_index(name, table_name=table)
    for old, new, table, column in REPLACED:
        op.create_index(old, table, [column], unique=False)
        op.drop_index(new, table_name=table)
