"""Migrations lock no table for long: they run while the shop sells."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.connection import TIMEOUTS

ROOT = Path(__file__).parents[2]
VERSIONS = sorted((ROOT / "migrations/versions").glob("*.py"))
# SQL that reads or rewrites a whole table under a lock, or locks many rows at once.
LONG = {
    r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)": "builds an index under a lock",
    r"ALTER (COLUMN )?\S+ (SET DATA )?TYPE\b": "rewrites a table",
    r"SET NOT NULL": "reads a table under a lock",
    r"ADD CONSTRAINT (?!.*NOT VALID)": "reads a table under a lock",
    r"^\s*(UPDATE|DELETE FROM) (?!.*:ids)": "changes all rows at once",
    r"\b(LOCK TABLE|VACUUM FULL|CLUSTER|REINDEX (?!.*CONCURRENTLY))": "locks a table",
    r"SET lock_timeout": "waits for a lock",
}
CONSTRAINTS = {
    "create_check_constraint",
    "create_foreign_key",
    "create_unique_constraint",
    "create_primary_key",
    "create_exclude_constraint",
}
# Migrations that are older than this rule, and what makes each bearable. Nothing is added.
EXCUSED = {
    "2026-11-23_money.py": "the tables of the first release had no customers' rows",
    "2026-11-27_product_numbers.py": "rewrites tables: run while nobody buys",
    "2026-11-27_notices.py": "notices are few",
    "2026-11-27_amounts.py": "rewrites tables: run while nobody buys",
    "2026-11-27_queue.py": "no activity is queued yet: the index is empty, one scan",
    "2026-11-27_login_failures.py": "logins that have ended are deleted after RETENTION_DAYS",
    "2026-11-27_passkeys.py": "the new column is empty: the check of the key is one scan",
    "2026-11-27_signal_payloads.py": "a partial index on few signals: one scan",
    "2026-11-27_session_times.py": "sessions are deleted after RETENTION_DAYS: one scan",
    "2026-11-27_settled_notices.py": "notices are few",
    "2026-11-28_ignored_payloads.py": "a partial index on few signals: one scan",
    "2026-11-28_words.py": "renames the activities that wait, by their names",
}


def faults(source: str) -> set[str]:
    """Return the faults of the upgrade of a migration."""
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if getattr(node, "name", "") != "downgrade"]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = {table_of(call, 0) for call in calls if name_of(call) == "create_table"}
    return {fault for call in calls for fault in call_faults(call, made)} | {
        reason
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for pattern, reason in LONG.items()
        if re.search(pattern, node.value, re.DOTALL)
    }


def call_faults(call: ast.Call, made: set[str]) -> Iterator[str]:
    """Yield the faults of a call of Alembic. Tables that the migration made are empty."""
    name, options = name_of(call), {word.arg: word.value for word in call.keywords}
    is_concurrent = is_true(options.get("postgresql_concurrently"))
    if name == "create_index" and table_of(call, 1) not in made and not is_concurrent:
        yield "builds an index under a lock"
    if name in CONSTRAINTS and table_of(call, 1) not in made:
        yield "reads a table under a lock"
    if name == "alter_column" and table_of(call, 0) not in made:
        if "type_" in options:
            yield "rewrites a table"
        if is_false(options.get("nullable")):
            yield "reads a table under a lock"
    if name == "add_column" and table_of(call, 0) not in made:
        yield from column_faults(call)


def column_faults(call: ast.Call) -> Iterator[str]:
    """Yield the faults of a new column. A constant default is no rewrite of the table."""
    options = {
        word.arg: word.value
        for column in call.args
        if isinstance(column, ast.Call)
        for word in column.keywords
    }
    default = options.get("server_default")
    if default is None:
        if is_false(options.get("nullable")):
            yield "adds a column that old rows cannot have"
    elif re.search(r"random|clock_timestamp|uuid", ast.unparse(default)):
        yield "rewrites a table"


def name_of(call: ast.Call) -> str:
    """Return the name of the operation, if the call is one of Alembic's."""
    function = call.func
    is_operation = isinstance(function, ast.Attribute) and ast.unparse(function.value) in (
        "op",
        "batch_op",
    )
    return function.attr if is_operation and isinstance(function, ast.Attribute) else ""


def table_of(call: ast.Call, position: int) -> str:
    return ast.unparse(call.args[position]) if len(call.args) > position else ""


def is_true(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def is_false(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_locks_no_table_for_long(path: Path) -> None:
    assert bool(faults(path.read_text())) == (path.name in EXCUSED), faults(path.read_text())


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ('op.create_index("i", "orders", ["x"])', "builds an index under a lock"),
        ('op.execute("CREATE INDEX i ON orders (x)")', "builds an index under a lock"),
        ('op.alter_column("orders", "x", type_=sa.BigInteger())', "rewrites a table"),
        ('op.execute("ALTER TABLE orders ALTER COLUMN x TYPE bigint")', "rewrites a table"),
        ('op.alter_column("orders", "x", nullable=False)', "reads a table under a lock"),
        ('op.execute("ALTER TABLE o ALTER x SET NOT NULL")', "reads a table under a lock"),
        ('op.create_check_constraint("c", "orders", "x > 0")', "reads a table under a lock"),
        ('op.create_foreign_key("f", "orders", "a", ["x"], ["id"])', "reads a table under a lock"),
        ('op.execute("ALTER TABLE o ADD CONSTRAINT c CHECK (x)")', "reads a table under a lock"),
        ('op.add_column("orders", sa.Column("x", sa.Text(), nullable=False))',
         "adds a column that old rows cannot have"),
        ('op.add_column("o", sa.Column("x", sa.Uuid(), server_default=sa.text("uuidv7()")))',
         "rewrites a table"),
        ('op.execute("UPDATE orders SET x = 1")', "changes all rows at once"),
        ('op.execute("SET lock_timeout = 0")', "waits for a lock"),
    ],
)  # fmt: skip
def test_a_long_lock_is_refused(statement: str, fault: str) -> None:
    assert faults(f"def upgrade():\n    {statement}\n") == {fault}
    assert faults(f"def downgrade():\n    {statement}\n") == set()


@pytest.mark.parametrize(
    "statement",
    [
        'op.create_index("i", "orders", ["x"], postgresql_concurrently=True)',
        'op.create_table("parcel", x); op.create_index("i", "parcel", ["x"])',
        'op.add_column("orders", sa.Column("x", sa.Text(), nullable=True))',
        'op.add_column("orders", sa.Column("x", sa.Text(), nullable=False, server_default="a"))',
        'op.execute("ALTER TABLE orders ADD CONSTRAINT c CHECK (x > 0) NOT VALID")',
        'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT c")',
        'build_index("i", "orders", ["x"])',
    ],
)
def test_a_short_lock_is_accepted(statement: str) -> None:
    assert faults(f"def upgrade():\n    {statement}\n") == set()


def test_a_statement_that_waits_for_a_lock_gives_up() -> None:
    assert TIMEOUTS["lock_timeout"] == "5s"
    assert "connect_arguments(None)" in (ROOT / "migrations/env.py").read_text()
