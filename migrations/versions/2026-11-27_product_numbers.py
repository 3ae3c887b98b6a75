"""Products are numbered, as whole numbers that JavaScript keeps exactly.

Revision: 0003, after 0002

Each of the three columns is rewritten once, by a function that looks the number up: unlike an
UPDATE this leaves no dead rows behind. A million rows take about half a minute, and nobody can buy
meanwhile: stop the processes of the version before, whose code does not know these ids.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REFERRING = ("order_item", "stock_move")
# Numbers in the order in which the products were made, and back.
TO_NUMBERS = """
CREATE TEMPORARY TABLE renamed ON COMMIT DROP AS
SELECT id AS before, row_number() OVER (ORDER BY created_at, id) AS after FROM product
"""
TO_UUIDS = """
CREATE TEMPORARY TABLE renamed ON COMMIT DROP AS
SELECT id AS before, (
    lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0')
    || '70008' || lpad(to_hex(id), 15, '0')
)::uuid AS after FROM product
"""
LOOK_UP = """
ALTER TABLE renamed ADD PRIMARY KEY (before);
ANALYZE renamed;
CREATE FUNCTION pg_temp.rename({before}) RETURNS {after} STABLE LANGUAGE sql
    AS $$ SELECT after FROM pg_temp.renamed WHERE before = $1 $$
"""
NUMBER_ON = """
SELECT setval(pg_get_serial_sequence('product', 'id'), max(id)) FROM product HAVING max(id) > 0
"""


def upgrade() -> None:
    _rename(TO_NUMBERS, "uuid", "bigint")
    op.alter_column(
        "product", "id", server_default=sa.Identity(maxvalue=2**53 - 1), existing_type=sa.BigInteger
    )
    op.execute(NUMBER_ON)


def downgrade() -> None:
    op.alter_column("product", "id", server_default=None, existing_server_default=sa.Identity())
    _rename(TO_UUIDS, "bigint", "uuid")


def _rename(names: str, before: str, after: str) -> None:
    """Give all products the ids of `names`, and follow them from the other tables."""
    # The application's own limit is for requests.
    op.execute("SET LOCAL statement_timeout = 0")
    for table in REFERRING:
        op.drop_constraint(f"fk_{table}_product_id", table)
    op.execute(names)
    op.execute(LOOK_UP.format(before=before, after=after))
    for table, column in (("product", "id"), *((table, "product_id") for table in REFERRING)):
        op.execute(
            f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {after} USING pg_temp.rename({column})"
        )
    for table in REFERRING:
        op.create_foreign_key(f"fk_{table}_product_id", table, "product", ["product_id"], ["id"])
    op.execute(f"DROP FUNCTION pg_temp.rename({before})")
    op.execute("DROP TABLE pg_temp.renamed")
