"""The whole system as processes of this machine, for `make run`, the demo, tests and benchmarks."""

import contextlib
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from config import Settings
from launch import development, ports
from launch.children import run
from launch.claimed_ports import claimed_ports
from launch.env_file import env_file
from launch.forks import IS_SUPPORTED, Forks
from launch.lock import lock_folder
from launch.output import say
from launch.postgres import Postgres
from launch.processes import PYTHON, commands, count_web_workers, flower_login, has_metrics
from launch.redis import Redis
from launch.server import Server
from launch.stale_processes import StaleProcesses
from launch.supervisor import Supervisor
from launch.unprivileged_user import temporary_folder
from launch.urls import Urls
from launch.waiting import NotReadyError, until

ROOT = Path(__file__).parent.parent
# To a browser these are different origins.
LOOPBACK = ("localhost", "127.0.0.1")


class Stack:
    """A running system, on free ports unless `usual_ports`.

    Without `data_dir` the data is in a temporary folder, which is deleted at the end.
    `environment` overrides the environment of this process; `show` prints the lines of the parts.
    `with_past` gives an empty shop two months of orders first (demo.past).
    """

    def __init__(
        self,
        *,
        data_dir: Path | None = None,
        environment: Mapping[str, str] | None = None,
        usual_ports: bool = False,
        show: bool = False,
        with_past: bool = False,
    ) -> None:
        self._closing = ExitStack()
        self.data = data_dir or self._closing.enter_context(temporary_folder())
        variables = {**os.environ, **(environment or {})}
        self.sandbox = not (
            variables.get("STRIPE_SECRET_KEY") and variables.get("SENDGRID_API_KEY")
        )
        self.environment = {
            **development.load_secrets(self.data),
            **{name: value for name, value in variables.items() if value},
        }
        self._usual_ports = usual_ports
        if usual_ports:
            # METRICS=0 turns them off.
            self.environment.setdefault("METRICS", "1")
        # The children must not read the file of variables of another system.
        self.environment["PROJECTX_ENV_FILE"] = ""
        # Otherwise glibc gives each thread its own arena.
        self.environment |= {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"}
        self.postgres: Postgres | None = None
        self.redis: Redis | None = None
        self._show = show
        self._with_past = with_past
        self._stale_processes = StaleProcesses(self.data / "processes.json")
        self.supervisor = Supervisor({}, show=show)
        self._forks: Forks | None = None

    @property
    def urls(self) -> Urls:
        return Urls.of(self.environment)

    def start(self) -> None:
        """Start everything and wait until all parts answer.

        Raises AlreadyRunningError, PortTakenError, or NotReadyError.
        """
        self._closing.enter_context(lock_folder(self.data))
        self._end_stale_processes()
        if self._usual_ports:
            claimed = claimed_ports(self.environment, sandbox=self.sandbox)
            self.environment |= self._closing.enter_context(claimed)
        else:
            self.environment |= ports.assign_free_ports()
        self._start_services()
        self._set_defaults()
        self._set_pools()
        self._clear_metrics()
        if IS_SUPPORTED:
            self._forks = Forks(self.environment)
            self._closing.callback(self._forks.close)
        self._prepare()
        self.supervisor = Supervisor(self.environment, show=self._show, forks=self._forks)
        self.supervisor.on_change = self._record_processes
        self._closing.callback(self.supervisor.stop)
        for name, command in self._commands().items():
            self.supervisor.start(name, command)
        self.wait_ready()
        self._closing.enter_context(env_file(self.data / "running.env", self.environment))

    def wait_ready(self, seconds: float = 180) -> None:
        """Wait until every part answers. Raises NotReadyError."""
        paths = {"web": "/ready", "auth": "/ready", "order": "/ready", "product": "/ready"}
        paths |= {"events": "/health", "flower": "/healthcheck"}
        paths |= {"sandbox": "/health"} if self.sandbox else {}
        paths |= (
            {"metrics": "/metrics", "exporter": "/health"} if has_metrics(self.environment) else {}
        )
        for name, path in paths.items():
            url = getattr(self.urls, name) + path
            until(lambda url=url: self._is_up(url), f"the start of {name}", seconds=seconds)  # type: ignore[misc]

    def stop(self) -> None:
        """Stop everything in order, and delete a temporary data folder."""
        self._closing.close()

    def kill(self, name: str) -> None:
        """Kill a process by name ("worker-1", "web", …); the supervisor restarts it."""
        self.supervisor.kill(name)

    def restart_services(self) -> list[str]:
        """Restart PostgreSQL and Redis if they have ended by themselves. Say how each ended.

        Raises NotReadyError or RuntimeError when one does not start.
        """
        ended = [server for server in self._services().values() if server.has_ended]
        ends = [server.describe_end() for server in ended]
        for server in ended:
            server.start()
        if ended:
            self._record_processes()
        return ends

    def pids(self) -> dict[str, int]:
        """Return the pids of the running processes by name, with embedded PostgreSQL and Redis."""
        pids = self.supervisor.pids()
        for name, server in self._services().items():
            # A killed server has no pid until it is started again.
            with contextlib.suppress(RuntimeError):
                pids[name] = server.pid
        return pids

    def flask(self, *arguments: str) -> str:
        """Run a flask command and return its output. Raises RuntimeError when it fails."""
        return self._run_module("flask", "--app", "wsgi", *arguments)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _set_pools(self) -> None:
        """Set DATABASE_POOLS: the connection pools of all processes together."""
        others = {"sandbox", "web", "beat", "flower", "events", "exporter"}
        processes = count_web_workers(self.environment) + len(self._commands().keys() - others)
        default = str(Settings.model_fields["database_pool"].default)
        pool = self.environment.get("DATABASE_POOL", default)
        self.environment.setdefault("DATABASE_POOLS", ",".join([pool] * processes))

    def _clear_metrics(self) -> None:
        """Delete the numbers of an earlier system: they would be added to those of this one."""
        folder = self.data / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        self.environment.setdefault("METRICS_FOLDER", str(folder.resolve()))

    def _services(self) -> dict[str, Server]:
        services: dict[str, Server | None] = {"postgres": self.postgres, "redis": self.redis}
        return {name: server for name, server in services.items() if server is not None}

    def _commands(self) -> dict[str, list[str]]:
        return commands(self.environment, self.data, sandbox=self.sandbox)

    def _start_services(self) -> None:
        if not self.environment.get("DATABASE_URL"):
            self.postgres = self._closing.enter_context(Postgres(self.data / "postgres"))
            self.environment["DATABASE_URL"] = self.postgres.url
        if not self.environment.get("REDIS_URL"):
            self.redis = self._closing.enter_context(Redis(self.data / "redis"))
            self.environment["REDIS_URL"] = self.redis.url

    def _set_defaults(self) -> None:
        web = self.environment["WEB_PORT"]
        origins = [f"http://{host}:{port}" for port in (3000, web) for host in LOOPBACK]
        self.environment.setdefault("ALLOWED_ORIGINS", ",".join(origins))
        # On one machine all customers share one IP address.
        self.environment.setdefault("LOGIN_LIMIT_PER_ADDRESS", "1200/minute")
        self.environment["FLOWER_BASIC_AUTH"] = flower_login(self.environment)
        if not self.sandbox:
            return
        # The sandbox sends no real email, so the limit can be high.
        self.environment.setdefault("LOGIN_EMAILS_PER_HOUR", "1000000")
        if not self.environment.get("STRIPE_SECRET_KEY"):
            self.environment["STRIPE_API_BASE"] = self.urls.sandbox
        if not self.environment.get("SENDGRID_API_KEY"):
            self.environment["SENDGRID_API_BASE"] = self.urls.sandbox
        for name, value in development.SANDBOX.items():
            self.environment.setdefault(name, value)

    def _prepare(self) -> None:
        self._run_module("launch.prepare")
        if self._with_past:
            say(self._run_module("demo.past", "--data", str(self.data / "sandbox")))

    def _run_module(self, *words: str) -> str:
        if self._forks:
            done = self._forks.run(words)
        else:
            done = run([*PYTHON, *words], env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return str(done.stdout)

    def _is_up(self, url: str) -> bool:
        if self.supervisor.given_up is not None:
            raise NotReadyError(f"{self.supervisor.given_up} does not start: see its output above")
        try:
            with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  our own URLs
                return bool(response.status == 200)  # noqa: PLR2004
        except (urllib.error.URLError, OSError):
            return False

    def _record_processes(self) -> None:
        # PostgreSQL has its own pid file, and must be stopped with more care.
        self._stale_processes.record(
            lambda: {name: pid for name, pid in self.pids().items() if name != "postgres"}
        )

    def _end_stale_processes(self) -> None:
        if self._stale_processes.end():
            # The port of a killed process may stay in use for a moment.
            with contextlib.suppress(NotReadyError):
                until(
                    lambda: ports.are_free(self.environment), "the release of the ports", seconds=5
                )
