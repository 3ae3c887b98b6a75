"""Starting the contenders: each with a PostgreSQL, and where it needs one a Redis, of its own."""

import contextlib
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.cost import Database, tree
from launch import ports
from launch.postgres import Postgres
from launch.redis import Redis
from launch.stack import ROOT, Stack
from launch.supervisor import Supervisor
from launch.waiting import until

BENCH_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
CORES = os.cpu_count() or 1
FEW = 4


@dataclass
class Contender:
    """One that runs. `fronts` are the ports of its doors; `roots` are its processes, services and
    all, by name.
    """

    name: str
    fronts: list[int]
    roots: dict[str, int]
    database: Database | None = None
    # From how many flows at once on it has something to show.
    least: int = 1

    def committed(self) -> int:
        """Commits so far, reads included."""
        return self.database.commits() if self.database else 0

    def written(self) -> int:
        """Bytes of write-ahead log so far."""
        if self.database is None:
            return 0
        found: int = self.database.one("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::int8")
        return found

    def worked(self) -> float:
        """Seconds of processor time that it and its services have used."""
        return worked(self.roots)


class Paddock:
    """Starts contenders, and ends them all at the end."""

    def __init__(self, folder: Path, closing: ExitStack, provider: int) -> None:
        self._folder = folder
        self._closing = closing
        self._provider = provider

    def engine(self) -> Contender:
        """Ours: one front, a worker a core as in production, and beat."""
        name = "ours"
        postgres, redis = self._postgres(name), self._redis(name)
        front = ports.free_ports(1)[0]
        stack = Stack(
            data_dir=self._folder / "settings",
            environment={"DATABASE_URL": postgres.url, "REDIS_URL": redis.url},
        )
        stack.flask("db", "upgrade")
        celery = (sys.executable, "-m", "celery", "--quiet", "-A", "bench.race.engine")
        worker = ("worker", "--pool", "threads", "--concurrency", "8", "-l", "WARNING")
        lean = ("--without-gossip", "--without-mingle")
        commands = {
            "front": [sys.executable, "-m", "bench.race.engine", str(front)],
            "beat": [*celery, "beat", "-l", "WARNING", "--pidfile="],
        }
        for core in range(CORES):
            commands[f"worker-{core}"] = [*celery, *worker, *lean, "-n", f"race-{core}@%h"]
        environment = {**stack.environment, "RACE_FRONT": str(front)}
        roots = self._run(environment, commands, [front])
        roots |= {"postgres": postgres.pid, "redis": redis.pid}
        return Contender(name, [front], roots, Database(postgres.url))

    def dbos(self, in_flight: int = FEW) -> Contender:
        """DBOS: a process a core, each with `in_flight` flows at once; more wait their turn."""
        name = f"DBOS, {in_flight} a process"
        postgres = self._postgres(name)
        fronts = ports.free_ports(CORES)
        environment = {"DATABASE_URL": postgres.url, "RACE_DBOS_IN_FLIGHT": str(in_flight)}
        roots: dict[str, int] = {}
        for core, front in enumerate(fronts):
            # One after the other: the first makes the tables.
            command = [str(BENCH_PYTHON), "-m", "bench.race.on_dbos", str(front)]
            roots |= self._run(environment, {f"dbos-{core}": command}, [front])
        roots |= {"postgres": postgres.pid}
        # What is never reached makes no difference.
        least = 1 if in_flight == FEW else FEW * CORES + 1
        return Contender(name, fronts, roots, Database(postgres.url), least)

    def plain(self, concurrency: int = 32) -> Contender:
        """Plain Celery: one front, a worker a core."""
        redis, front = self._redis("plain"), ports.free_ports(1)[0]
        environment = {"REDIS_URL": redis.url, "RACE_FRONT": str(front)}
        celery = (sys.executable, "-m", "celery", "--quiet", "-A", "bench.race.plain", "worker")
        lean = ("--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING")
        pool = ("--pool", "threads", "--concurrency", str(concurrency))
        commands = {
            f"worker-{core}": [*celery, *pool, *lean, "-n", f"plain-{core}@%h"]
            for core in range(CORES)
        }
        commands["front"] = [sys.executable, "-m", "bench.race.plain", str(front)]
        roots = self._run(environment, commands, [front])
        return Contender("plain Celery", [front], roots | {"redis": redis.pid})

    def _postgres(self, name: str) -> Postgres:
        return self._closing.enter_context(Postgres(self._folder / name / "postgres"))

    def _redis(self, name: str) -> Redis:
        return self._closing.enter_context(Redis(self._folder / name / "redis"))

    def _run(
        self, environment: Mapping[str, str], commands: Mapping[str, list[str]], fronts: list[int]
    ) -> dict[str, int]:
        given = {**os.environ, **environment, "RACE_PROVIDER": str(self._provider)}
        given |= {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1", "PROJECTX_ENV_FILE": ""}
        supervisor = Supervisor(given, show="RACE_SHOW" in os.environ)
        self._closing.callback(supervisor.stop)
        for name, command in commands.items():
            supervisor.start(name, command)
        for front in fronts:
            until(lambda front=front: answers(front), f"port {front}")  # type: ignore[misc]
        return supervisor.pids()


def worked(roots: Mapping[str, int]) -> float:
    """Seconds of processor time of processes and all below them."""
    found = 0.0
    for process in tree(roots).values():
        with contextlib.suppress(psutil.NoSuchProcess):
            # Its own, and those of its children that have ended.
            found += sum(process.cpu_times()[:4])
    return found


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
