"""Indexes for the lists of the console: users, the audit, and the moves of a product.

Revision: 0024, after 0023
"""

from migrations.indexes import build_index, drop_index

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Earlier forms of this migration built the same indexes under locks: a database that has passed them
# needs nothing more.
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
        build_index(new, table, [column, "id"])
        drop_index(old, table)
    for name, table, column in ADDED:
        build_index(name, table, [column, "id"])
    build_index("ix_users_roles", "users", ["roles"], postgresql_using="gin")


def downgrade() -> None:
    drop_index("ix_users_roles", "users")
    for name, table, _ in ADDED:
        drop_index(name, table)
    for old, new, table, column in REPLACED:
        build_index(old, table, [column])
        drop_index(new, table)
