"""Some processes that play seeds side by side, each with a database and a port of its own."""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from queue import SimpleQueue
from subprocess import PIPE
from typing import Any

import psycopg2

from launch import development, ports
from launch.children import Child, run
from launch.postgres import Postgres
from launch.unprivileged_user import temporary_folder

Json = dict[str, Any]
Player = Child
TEMPLATE = "template_shop"


class CrashedError(Exception):
    """A player did not come to its end."""


def play(parts: list[list[int]]) -> Iterator[Json]:
    """Yield the reports of all seeds as they arrive; each player gets one part, in this order.

    Raises CrashedError after the last report.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        postgres = stack.enter_context(Postgres(folder / "postgres", durable=False))
        # It would come when it likes, and find other plans for the same statements.
        _execute(postgres, "ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()")
        secrets = development.load_secrets(folder) | development.SANDBOX
        _migrate(postgres, secrets)
        running = []
        for number, seeds in enumerate(parts):
            command = [sys.executable, "-m", "tests.proof.simulation.player", *map(str, seeds)]
            environment = _place(postgres, number, secrets)
            player = Child(command, env=environment, stdout=PIPE, text=True)
            running.append(stack.enter_context(player))
        # All are read at once: one that nobody reads from stops when the pipe is full.
        with ThreadPoolExecutor(len(parts)) as pool:
            lines: SimpleQueue[str | None] = SimpleQueue()
            for player in running:
                pool.submit(_forward, player, lines)
            for _ in running:
                yield from map(json.loads, iter(lines.get, None))
        if crashed := [player.returncode for player in running if player.wait()]:
            raise CrashedError(f"players crashed, with exit status {crashed}")


def _forward(player: Player, lines: "SimpleQueue[str | None]") -> None:
    for line in player.stdout or ():
        lines.put(line)
    lines.put(None)


def _migrate(postgres: Postgres, secrets: dict[str, str]) -> None:
    """Create the database that those of the players are copies of."""
    _execute(postgres, f"CREATE DATABASE {TEMPLATE}")
    environment = os.environ | secrets | _database(postgres, TEMPLATE) | {"PROJECTX_ENV_FILE": ""}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    run(command, env=environment, check=True, capture_output=True)


def _place(postgres: Postgres, number: int, secrets: dict[str, str]) -> dict[str, str]:
    """Return the environment of one player, with a migrated database."""
    name = f"player_{number}"
    # Nobody pulls the plug here: what is simulated is the order of things.
    lazily = f"ALTER DATABASE {name} SET synchronous_commit = off"
    _execute(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}", lazily)
    (port,) = ports.free_ports(1)
    sandbox = f"http://127.0.0.1:{port}"
    return (
        os.environ
        | secrets
        | _database(postgres, name)
        | {
            "STRIPE_API_BASE": sandbox,
            "SENDGRID_API_BASE": sandbox,
            "PROJECTX_ENV_FILE": "",
            # Where the machine is slow, that is no fault of the sandbox's.
            "PROVIDER_TIMEOUT": "60",
            # What hangs on the order of a set is played differently by each.
            "PYTHONHASHSEED": str(number + 1),
        }
    )


def _database(postgres: Postgres, name: str) -> dict[str, str]:
    return {"DATABASE_URL": postgres.url.rpartition("/")[0] + f"/{name}"}


def _execute(postgres: Postgres, *statements: str) -> None:
    with closing(psycopg2.connect(postgres.url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
