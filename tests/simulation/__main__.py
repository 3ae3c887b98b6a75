"""`make simulate SEEDS=1000`: many seeds, as many at once as there are processors. SEEDS=7-7 plays
seed 7 alone, and tells its steps. Exit status 0 only if every seed was played and nothing broke.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from queue import SimpleQueue
from typing import Any

import psycopg2

from launch import development, ports
from launch.account import temporary_folder
from launch.postgres import Postgres
from models.clock import tick
from tests.simulation.seed import ours, uncovered

Json = dict[str, Any]


def main(seeds: str) -> int:
    first, last = map(int, seeds.split("-")) if "-" in seeds else (1, int(seeds))
    start, reports = tick(), []
    for report in play(first, last):
        reports.append(report)
        if report["broken"]:
            print(f"seed {report['seed']}: {report['broken']}", flush=True)
        if first == last:
            print("\n".join(report["trail"]))
    tell(reports, tick() - start)
    # Those of a player that crashed.
    missing = sorted(set(range(first, last + 1)) - {report["seed"] for report in reports})
    if missing:
        print(f"{len(missing)} seeds were not played to their end: {missing}")
    return int(bool(missing) or any(report["broken"] for report in reports))


def play(first: int, last: int) -> Iterator[Json]:
    """The reports of all seeds, as they come."""
    players = min(os.cpu_count() or 1, last - first + 1)
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        postgres = stack.enter_context(Postgres(folder / "postgres"))
        secrets = development.secrets(folder) | development.SANDBOX
        running = []
        for number in range(players):
            count = len(range(first + number, last + 1, players))
            command = [sys.executable, "-m", "tests.simulation.player"]
            arguments = [str(first + number), str(players), str(count)]
            environment = _place(postgres, number, secrets)
            running.append(
                stack.enter_context(
                    subprocess.Popen(
                        [*command, *arguments], env=environment, stdout=subprocess.PIPE, text=True
                    )
                )
            )
        # All are read at once: one that nobody reads from stops when the pipe is full.
        with ThreadPoolExecutor(players) as pool:
            lines: SimpleQueue[str | None] = SimpleQueue()
            for player in running:
                pool.submit(_forward, player, lines)
            for _ in running:
                yield from map(json.loads, iter(lines.get, None))
        if crashed := [player.returncode for player in running if player.wait()]:
            print(f"players crashed, with exit status {crashed}", flush=True)


def _forward(player: "subprocess.Popen[str]", lines: "SimpleQueue[str | None]") -> None:
    for line in player.stdout or ():
        lines.put(line)
    lines.put(None)


def _place(postgres: Postgres, number: int, secrets: dict[str, str]) -> dict[str, str]:
    """The environment of one player, with a migrated database and a port of its own."""
    name = f"player_{number}"
    with closing(psycopg2.connect(postgres.url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
            # Nobody pulls the plug here: what is simulated is the order of things.
            cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    (port,) = ports.free_ports(1)
    sandbox = f"http://127.0.0.1:{port}"
    environment = (
        os.environ
        | secrets
        | {
            "DATABASE_URL": postgres.url.rpartition("/")[0] + f"/{name}",
            "STRIPE_API_BASE": sandbox,
            "SENDGRID_API_BASE": sandbox,
            "PROJECTX_ENV_FILE": "",
        }
    )
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return environment


def tell(reports: list[Json], seconds: float) -> None:
    arrows = {tuple(arrow) for report in reports for arrow in report["arrows"]}
    missing = uncovered(arrows)
    total = sum(len(machine.arrows) for machine in ours())
    states = {(machine, state) for machine, _, *ends in arrows for state in ends if state}
    print(
        f"{len(reports)} seeds in {seconds:.0f} s: {sum(r['orders'] for r in reports)} orders, "
        f"{sum(len(r['trail']) for r in reports)} steps, "
        f"{sum(r['days'] for r in reports):.0f} simulated days, {len(states)} states, "
        f"{total - missing.total()} of {total} arrows "
        f"(not: {dict(missing)}), {sum(bool(r['broken']) for r in reports)} broken"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "200"))
