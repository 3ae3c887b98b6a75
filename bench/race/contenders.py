"""The contenders as running systems, each with its own PostgreSQL and Redis, if it needs them."""

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from bench.cost import Database
from bench.race.contender import Contender
from bench.race.temporal.build import Programs, build
from bench.race.temporal.server import NAMESPACE, TemporalServer
from launch import ports
from launch.postgres import Postgres
from launch.redis import Redis
from launch.stack import ROOT, Stack
from launch.supervisor import Supervisor
from launch.waiting import until

BENCH_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
CORES = os.cpu_count() or 1
OURS = "ours"
FEW_FLOWS = 4  # at once in a process of DBOS


class Starter:
    """A starter of contenders. `closing` ends them."""

    def __init__(self, folder: Path, closing: ExitStack, provider: int) -> None:
        self._folder = folder
        self._closing = closing
        self._provider = provider

    def start_ours(self, how: str = "one") -> Contender:
        """Start our engine: one front, beat, and a worker per core as in production.

        The front writes flows and events one by one as the shop does, or "gathered".
        """
        name = OURS if how == "one" else f"{OURS}, gathered"
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
            "front": [sys.executable, "-m", "bench.race.engine", str(front), how],
            "beat": [*celery, "beat", "-l", "WARNING", "--pidfile="],
        }
        for core in range(CORES):
            commands[f"worker-{core}"] = [*celery, *worker, *lean, "-n", f"race-{core}@%h"]
        environment = {**stack.environment, "RACE_FRONT": str(front)}
        pids = self._run(environment, commands, [front])
        pids |= {"postgres": postgres.pid, "redis": redis.pid}
        return Contender(name, [front], pids, Database(postgres.url))

    def start_dbos(self, in_flight: int = FEW_FLOWS) -> Contender:
        """Start DBOS: a process per core, each with at most `in_flight` flows at once."""
        name = f"DBOS, {in_flight} a process"
        postgres = self._postgres(name)
        fronts = ports.free_ports(CORES)
        environment = {"DATABASE_URL": postgres.url, "RACE_DBOS_IN_FLIGHT": str(in_flight)}
        pids: dict[str, int] = {}
        for core, front in enumerate(fronts):
            # One after the other: the first creates the tables.
            command = [str(BENCH_PYTHON), "-m", "bench.race.on_dbos", str(front)]
            pids |= self._run(environment, {f"dbos-{core}": command}, [front])
        pids |= {"postgres": postgres.pid}
        # With fewer flows in flight a higher limit is never reached.
        min_in_flight = 1 if in_flight == FEW_FLOWS else FEW_FLOWS * CORES + 1
        return Contender(name, fronts, pids, Database(postgres.url), min_in_flight)

    def start_plain(self, concurrency: int = 32) -> Contender:
        """Start plain Celery: one front, and a worker per core."""
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
        pids = self._run(environment, commands, [front])
        return Contender("plain Celery", [front], pids | {"redis": redis.pid})

    def start_absurd(self) -> Contender:
        """Start Absurd: a process per core, each with a queue of its own."""
        postgres, fronts = self._postgres("Absurd"), ports.free_ports(CORES)
        pids: dict[str, int] = {}
        for core, front in enumerate(fronts):
            # One after the other: the first creates the tables.
            command = [str(BENCH_PYTHON), "-m", "bench.race.on_absurd", str(front)]
            pids |= self._run({"DATABASE_URL": postgres.url}, {f"absurd-{core}": command}, [front])
        return Contender(
            "Absurd", fronts, pids | {"postgres": postgres.pid}, Database(postgres.url)
        )

    def start_temporal(self) -> Iterator[Contender]:
        """Start Temporal for workers in Python and in Go, each with activities and local ones.

        Yields nothing when there is no Go to build its server.
        """
        programs = build()
        if programs is None:
            return
        python = [str(BENCH_PYTHON), "-m", "bench.race.on_temporal"]
        yield from self._start_temporal("Python", programs, python, CORES)
        # A process of Go uses all cores.
        yield from self._start_temporal("Go", programs, [str(programs.worker)], 1)

    def _start_temporal(
        self, language: str, programs: Programs, command: list[str], processes: int
    ) -> Iterator[Contender]:
        name = f"temporal-{language}"
        postgres = self._postgres(name, connections=200)
        server = TemporalServer(self._folder / name / "server", programs, postgres)
        # Its garbage collector would run at each few megabytes.
        lazy = {"GOGC": "400"}
        pids = self._run(lazy, {name: server.command()}, [])
        until(server.register_namespace, "Temporal's namespace", seconds=120)
        pids |= {"postgres": postgres.pid}
        for mode, title in (("plain", ""), ("local", ", local activities")):
            fronts = ports.free_ports(processes)
            workers = {
                f"{name}-{front}": [*command, server.address, NAMESPACE, str(front), mode]
                for front in fronts
            }
            own = self._run(lazy, workers, fronts)
            name_of_row = f"Temporal, {language}{title}"
            yield Contender(name_of_row, fronts, pids | own, Database(postgres.url))

    def _postgres(self, name: str, connections: int = 100) -> Postgres:
        folder = self._folder / name / "postgres"
        return self._closing.enter_context(Postgres(folder, connections=connections))

    def _redis(self, name: str) -> Redis:
        return self._closing.enter_context(Redis(self._folder / name / "redis"))

    def _run(
        self, environment: Mapping[str, str], commands: Mapping[str, list[str]], fronts: list[int]
    ) -> dict[str, int]:
        variables = {**os.environ, **environment, "RACE_PROVIDER": str(self._provider)}
        variables |= {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1", "PROJECTX_ENV_FILE": ""}
        supervisor = Supervisor(variables, show="RACE_SHOW" in os.environ)
        self._closing.callback(supervisor.stop)
        for name, command in commands.items():
            supervisor.start(name, command)
        for front in fronts:
            until(lambda front=front: answers(front), f"port {front}")  # type: ignore[misc]
        return supervisor.pids()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
