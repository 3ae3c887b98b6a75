"""Indexes for the console: executions by state and by their last change, and searches by ids.

Revision: 0025, after 0024
"""

import sqlalchemy as sa

from migrations.indexes import build_index, drop_index

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MACHINES = (
    "orders",
    "payment",
    "refund",
    "dispute",
    "login",
    "erasure",
    "reconciliation",
    "bulk",
)
HAS_CHARGE = sa.text("charge_id IS NOT NULL")
HAS_REQUEST = sa.text("provider_request_id IS NOT NULL")
BY_REQUEST = sa.text("cause LIKE 'request:%'")
INDEXES = [
    *((f"ix_{table}_state_id", table, ["state", "id"], {}) for table in MACHINES),
    *((f"ix_{table}_updated_at", table, ["updated_at"], {}) for table in MACHINES),
    ("ix_orders_reference_id", "orders", ["reference_id"], {}),
    ("ix_payment_charge_id", "payment", ["charge_id"], {"postgresql_where": HAS_CHARGE}),
    ("ix_shipment_tracking_number", "shipment", ["tracking_number"], {}),
    (
        "ix_activity_provider_request_id",
        "activity",
        ["provider_request_id"],
        {"postgresql_where": HAS_REQUEST},
    ),
    (
        "ix_transition_cause",
        "transition",
        ["cause"],
        {"postgresql_where": BY_REQUEST, "postgresql_using": "hash"},
    ),
]


def upgrade() -> None:
    for name, table, columns, options in INDEXES:
        build_index(name, table, columns, **options)


def downgrade() -> None:
    for name, table, _, _ in reversed(INDEXES):
        drop_index(name, table)
