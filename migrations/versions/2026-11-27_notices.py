"""Notices about what has no order here, and of more kinds.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BEFORE = ("mispaid", "slow_payment", "refund_failed", "dispute", "undelivered")
KINDS = (
    *BEFORE,
    "review",
    "fraud_warning",
    "unknown_intent",
    "unmatched_payment",
    "failed_signal",
    "unread_event",
)
CHECK = "ck_notice_kind"


def upgrade() -> None:
    op.add_column("notice", sa.Column("subject", sa.Text(), nullable=True))
    op.execute("UPDATE notice SET subject = order_id::text")
    op.alter_column("notice", "subject", nullable=False)
    op.alter_column("notice", "order_id", nullable=True)
    _take(KINDS)
    _index("subject")
    op.create_index("ix_notice_order_id", "notice", ["order_id"])


def downgrade() -> None:
    # The version before knows no such notices: each kind, and each subject that is no order.
    op.execute("DELETE FROM notice WHERE order_id IS NULL OR subject <> order_id::text")
    notice = sa.table("notice", sa.column("kind"))
    op.execute(sa.delete(notice).where(notice.c.kind.not_in(BEFORE)))
    op.drop_index("ix_notice_order_id", "notice")
    _index("order_id")
    _take(BEFORE)
    op.alter_column("notice", "order_id", nullable=False)
    op.drop_column("notice", "subject")


def _take(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(CHECK), "notice", type_="check")
    op.create_check_constraint(op.f(CHECK), "notice", f"kind IN ({_listed(kinds)})")


def _listed(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


def _index(column: str) -> None:
    op.drop_index("uq_notice_open", "notice")
    op.create_index(
        "uq_notice_open",
        "notice",
        [column, "kind"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
