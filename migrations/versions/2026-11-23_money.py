"""Refunds, stock, shipments, disputes, reconciliation, notices and the audit.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Orders and payments of the version before: it kept no reservations, and asked nobody.
EARLIER = """
UPDATE product SET reserved = waiting.pieces, stock = GREATEST(stock, waiting.pieces)
FROM (
    SELECT item.product_id, sum(item.quantity) AS pieces
    FROM order_item AS item JOIN orders ON orders.id = item.order_id
    WHERE orders.state = 'Pending' GROUP BY item.product_id
) AS waiting
WHERE waiting.product_id = product.id;
UPDATE payment SET captured_currency = currency WHERE captured > 0;
UPDATE payment SET ask_at = created_at + interval '5 minutes'
WHERE state IN ('Initiated', 'Declined');
"""
# What was done by hand stays written down, as the history does.
GUARD = """
CREATE TRIGGER rows_are_final BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER table_is_final BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();
"""
# Within the commit, and so with the product locked for no longer than that. Moves are inserted in
# the order of their products, and so they are added.
MOVES = """
CREATE FUNCTION add_stock_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE product SET stock = stock + NEW.stock, reserved = reserved + NEW.reserved
    WHERE id = NEW.product_id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER moves_are_added AFTER INSERT ON stock_move
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION add_stock_move();
"""
# Rows that each order changes: in place, where their page has room.
ROOM = "ALTER TABLE product SET (fillfactor = 70);"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"], unique=False)

    op.create_table(
        "reconciliation",
        sa.Column(
            "state",
            sa.Enum(
                "Running",
                "Done",
                "Failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("orphans", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    op.create_table(
        "dispute",
        sa.Column(
            "state",
            sa.Enum(
                "Warning",
                "NeedsResponse",
                "UnderReview",
                "Won",
                "Lost",
                "Closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_dispute_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_dispute_stripe_id")),
    )
    op.create_index("ix_dispute_order_id", "dispute", ["order_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mispaid",
                "slow_payment",
                "refund_failed",
                "dispute",
                "undelivered",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_notice_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(
        "uq_notice_open",
        "notice",
        ["order_id", "kind"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )

    op.create_table(
        "refund",
        sa.Column(
            "state",
            sa.Enum(
                "Requested",
                "Submitted",
                "Succeeded",
                "Failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "cancel",
                "late",
                "operator",
                "stripe",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("stripe_id", sa.Text(), nullable=True),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refund_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_refund_stripe_id")),
    )
    op.create_index(
        "ix_refund_ask_at",
        "refund",
        ["ask_at"],
        unique=False,
        postgresql_where=sa.text("ask_at IS NOT NULL"),
    )
    op.create_index("ix_refund_order_id", "refund", ["order_id"], unique=False)

    op.create_table(
        "shipment",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shipment_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_shipment")),
    )
    op.create_table(
        "stock_move",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_stock_move_order_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_stock_move_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
    )
    op.create_index("ix_stock_move_order_id", "stock_move", ["order_id"], unique=False)
    op.add_column(
        "activity", sa.Column("unanswered", sa.Integer(), nullable=False, server_default="0")
    )

    op.add_column("payment", sa.Column("captured_currency", sa.Text(), nullable=True))
    op.add_column("payment", sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_payment_ask_at",
        "payment",
        ["ask_at"],
        unique=False,
        postgresql_where=sa.text("ask_at IS NOT NULL"),
    )

    op.add_column(
        "product", sa.Column("reserved", sa.Integer(), nullable=False, server_default="0")
    )
    op.drop_constraint("ck_product_stock", "product")
    op.execute(EARLIER)
    op.create_check_constraint(
        op.f("ck_product_reserved"), "product", "reserved >= 0 AND reserved <= stock"
    )
    for table, column in (("activity", "unanswered"), ("product", "reserved")):
        op.alter_column(table, column, server_default=None)
    op.execute(GUARD)
    op.execute(MOVES)
    op.execute(ROOM)


def downgrade() -> None:
    op.drop_constraint("ck_product_reserved", "product")
    op.create_check_constraint(op.f("ck_product_stock"), "product", "stock >= 0")
    op.drop_column("product", "reserved")
    op.drop_column("payment", "ask_at")
    op.drop_column("payment", "captured_currency")
    op.drop_column("activity", "unanswered")
    for table in (
        "stock_move",
        "shipment",
        "refund",
        "notice",
        "dispute",
        "reconciliation",
        "audit",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION add_stock_move")
