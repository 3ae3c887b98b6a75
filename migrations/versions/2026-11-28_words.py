"""Columns, activities and indexes have the names of the glossary.

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLUMNS = (
    ("activity", "unanswered", "unknown_outcomes"),
    ("payment", "ask_at", "poll_at"),
    ("refund", "ask_at", "poll_at"),
)
INDEXES = (
    ("ix_payment_ask_at", "ix_payment_poll_at"),
    ("ix_refund_ask_at", "ix_refund_poll_at"),
)
ACTIVITIES = (
    ("payments.ask", "payments.retrieve_intent"),
    ("refunds.look", "refunds.list"),
)


def upgrade() -> None:
    for table, old, new in COLUMNS:
        op.alter_column(table, old, new_column_name=new)
    for old, new in INDEXES:
        op.execute(f"ALTER INDEX {old} RENAME TO {new}")
    for old, new in ACTIVITIES:
        _rename_activities(old, new)


def downgrade() -> None:
    for old, new in ACTIVITIES:
        _rename_activities(new, old)
    for old, new in INDEXES:
        op.execute(f"ALTER INDEX {new} RENAME TO {old}")
    for table, old, new in COLUMNS:
        op.alter_column(table, new, new_column_name=old)


def _rename_activities(old: str, new: str) -> None:
    # Finished ones keep their name: there are many, and nothing reads them by it.
    rename = sa.text(
        "UPDATE activity SET name = :new WHERE name = :old AND state NOT IN ('done', 'abandoned')"
    )
    op.execute(rename.bindparams(old=old, new=new))
