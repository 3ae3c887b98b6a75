"""Amounts fit Stripe's largest ones, are never below 0, and a payment asks for its order's total.

Revision: 0007, after 0006

Each table is rewritten once, and nobody can buy meanwhile.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AMOUNTS = {
    "product": ("price",),
    "orders": ("subtotal", "shipping_cost", "tax_amount", "total"),
    "order_item": ("price",),
    "payment": ("amount", "captured"),
    "refund": ("amount",),
    "dispute": ("amount",),
}
CURRENCIES = {
    "product": ("currency",),
    "orders": ("currency",),
    "payment": ("currency", "captured_currency"),
    "refund": ("currency",),
    "dispute": ("currency",),
}
CHECKS = {
    "orders": {"amounts": "subtotal >= 0 AND shipping_cost >= 0 AND tax_amount >= 0"},
    "order_item": {"price": "price >= 0"},
    "payment": {"amount": "amount >= 0", "captured": "captured >= 0"},
    "dispute": {"amount": "amount >= 0"},
}
# What the code before counted in hundredths, or in whole units, and Stripe counts otherwise. Prices
# are for what is sold from now on; orders and payments keep what Stripe was asked for.
SCALE = "UPDATE product SET price = price {by} WHERE currency {which}"
SCALES = {"IN ('bhd', 'jod', 'kwd', 'omr', 'tnd')": 10, "= 'ugx'": 100}
LOWER = "UPDATE {table} SET {column} = lower({column}) WHERE {column} <> lower({column})"
FORM = "{0} ~ '^[a-z]{{3}}$'"
# A composite foreign key would say the same, and cost each order an entry in one more index.
SAME_AMOUNT = """
CREATE FUNCTION refuse_other_amount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM orders WHERE id = NEW.order_id
            AND (total, currency) IS DISTINCT FROM (NEW.amount, NEW.currency)
    ) THEN
        RAISE check_violation USING CONSTRAINT = 'payment_asks_for_the_total',
            MESSAGE = 'a payment asks for the total of its order, in its currency';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payment_asks_for_the_total
    AFTER INSERT OR UPDATE OF order_id, amount, currency ON payment
    FOR EACH ROW EXECUTE FUNCTION refuse_other_amount();
CREATE FUNCTION refuse_other_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM payment WHERE order_id = NEW.id) THEN
        RAISE check_violation USING CONSTRAINT = 'payment_asks_for_the_total',
            MESSAGE = 'the total of an order that has a payment does not change';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER total_is_asked_for AFTER UPDATE OF total, currency ON orders FOR EACH ROW
    WHEN ((OLD.total, OLD.currency) IS DISTINCT FROM (NEW.total, NEW.currency))
    EXECUTE FUNCTION refuse_other_total();
"""
# Stripe was asked for what the payment says: a difference is a person's to look at.
DIFFERENT = """
DO $$ BEGIN
    IF EXISTS (
        SELECT FROM payment JOIN orders ON orders.id = payment.order_id
        WHERE (payment.amount, payment.currency) IS DISTINCT FROM (orders.total, orders.currency)
    ) THEN RAISE 'payment.amount differs from orders.total: mend these rows first'; END IF;
END $$
"""


def upgrade() -> None:
    for table, columns in CURRENCIES.items():
        for column in columns:
            op.execute(LOWER.format(table=table, column=column))
    for table, columns in AMOUNTS.items():
        _alter(
            [f"ALTER {column} TYPE bigint" for column in columns]
            + [
                f"ADD CONSTRAINT ck_{table}_{name} CHECK ({rule})"
                for name, rule in _checks(table).items()
            ],
            table,
        )
    for which, factor in SCALES.items():
        op.execute(SCALE.format(by=f"* {factor}", which=which))
    op.create_index("ix_stock_move_product_id", "stock_move", ["product_id"])
    op.execute(DIFFERENT)
    op.execute(SAME_AMOUNT)


def downgrade() -> None:
    op.execute("DROP FUNCTION refuse_other_amount(), refuse_other_total() CASCADE")
    op.drop_index("ix_stock_move_product_id", table_name="stock_move")
    for which, factor in SCALES.items():
        op.execute(SCALE.format(by=f"/ {factor}", which=which))
    for table, columns in AMOUNTS.items():
        _alter(
            [f"DROP CONSTRAINT ck_{table}_{name}" for name in _checks(table)]
            + [f"ALTER {column} TYPE integer" for column in columns],
            table,
        )


def _checks(table: str) -> dict[str, str]:
    forms = {column: FORM.format(column) for column in CURRENCIES.get(table, ())}
    return CHECKS.get(table, {}) | forms


def _alter(changes: list[str], table: str) -> None:
    """Make all changes of a table in one statement, and so in one pass through its rows."""
    op.execute(f"ALTER TABLE {table} {', '.join(changes)}")
