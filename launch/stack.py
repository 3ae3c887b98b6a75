"""The whole system as processes of this machine, for `make run`, the demo, tests and benches."""

import contextlib
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from config import Settings
from launch import development, env_file, ports
from launch.children import run
from launch.lock import only_one
from launch.postgres import Postgres
from launch.processes import commands
from launch.redis import Redis
from launch.stale_processes import Leftovers
from launch.supervisor import Supervisor
from launch.unprivileged_user import temporary_folder
from launch.waiting import NotReadyError, until

ROOT = Path(__file__).parent.parent
# A browser holds these for two different places.
LOOPBACK = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Urls:
    """Where each part answers, without a slash at the end."""

    web: str
    auth: str
    order: str
    product: str
    sandbox: str
    flower: str


class Stack:
    """A running system, on free ports unless `usual_ports`; without `data_dir` in a temporary
    folder, gone afterwards. `environment` overrides what the process's own environment says.
    """

    def __init__(
        self,
        *,
        data_dir: Path | None = None,
        environment: Mapping[str, str] | None = None,
        usual_ports: bool = False,
        show: bool = False,
    ) -> None:
        self._closing = ExitStack()
        self.data = data_dir or self._closing.enter_context(temporary_folder())
        given = {**os.environ, **(environment or {})}
        self.sandbox = not (given.get("STRIPE_SECRET_KEY") and given.get("SENDGRID_API_KEY"))
        self.environment = {
            **development.secrets(self.data),
            **{name: value for name, value in given.items() if value},
        }
        self._usual_ports = usual_ports
        # The children get all they need here, and read no file of another system.
        self.environment["PROJECTX_ENV_FILE"] = ""
        # glibc would give each thread an arena of its own.
        self.environment |= {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"}
        self.postgres: Postgres | None = None
        self.redis: Redis | None = None
        self._show = show
        self._leftovers = Leftovers(self.data / "processes.json")
        self.supervisor = Supervisor({}, show=show)

    @property
    def urls(self) -> Urls:
        at = {
            name.removesuffix("_PORT").lower(): f"http://127.0.0.1:{self.environment[name]}"
            for name in ports.DEFAULTS
        }
        return Urls(**at)

    def start(self) -> None:
        """Start everything and wait until it answers.

        Raises AlreadyRunningError, PortTakenError, or NotReadyError.
        """
        self._closing.enter_context(only_one(self.data))
        self._end_leftovers()
        found = ports.chosen(self.environment) if self._usual_ports else ports.free_set()
        self.environment |= found
        self._start_services()
        self._speak_of_itself()
        self._count_processes()
        self._prepare()
        self.supervisor = Supervisor(self.environment, show=self._show)
        self.supervisor.on_change = self._write_down
        self._closing.callback(self.supervisor.stop)
        for name, command in self._commands().items():
            self.supervisor.start(name, command)
        self.wait_ready()
        self._closing.enter_context(env_file.kept(self.data / "running.env", self.environment))

    def wait_ready(self, seconds: float = 60) -> None:
        """Wait until every address answers. Raises NotReadyError."""
        paths = {"web": "/ready", "auth": "/ready", "order": "/ready", "product": "/ready"}
        paths |= {"flower": "/healthcheck"} | ({"sandbox": "/health"} if self.sandbox else {})
        for name, path in paths.items():
            url = getattr(self.urls, name) + path
            until(lambda url=url: self._up(url), f"the start of {name}", seconds=seconds)  # type: ignore[misc]

    def stop(self) -> None:
        """End everything, in order; what was not given is gone."""
        self._closing.close()

    def kill(self, name: str) -> None:
        """SIGKILL one process by name ("worker-1", "web", …); it is started again."""
        self.supervisor.kill(name)

    def pids(self) -> dict[str, int]:
        """All pids by name of what runs, those of PostgreSQL and Redis too where they are ours."""
        found = self.supervisor.pids()
        services = {"postgres": self.postgres, "redis": self.redis}
        for name, service in services.items():
            # One that was killed has none until it is started again.
            with contextlib.suppress(RuntimeError):
                found |= {name: service.pid} if service is not None else {}
        return found

    def flask(self, *words: str) -> str:
        """Run a flask command; what it printed. Raises RuntimeError when it fails."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        done = run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(words)}: {done.stdout}{done.stderr}")
        return str(done.stdout)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _count_processes(self) -> None:
        """Tell the processes of the pools of all of them."""
        others = {"sandbox", "web", "beat", "flower"}
        processes = int(self.environment.get("WEB_WORKERS", "2")) + len(
            self._commands().keys() - others
        )
        pool = self.environment.get(
            "DATABASE_POOL", str(Settings.model_fields["database_pool"].default)
        )
        self.environment.setdefault("DATABASE_POOLS", ",".join([pool] * processes))

    def _commands(self) -> dict[str, list[str]]:
        return commands(self.environment, self.data, sandbox=self.sandbox)

    def _start_services(self) -> None:
        if not self.environment.get("DATABASE_URL"):
            self.postgres = self._closing.enter_context(Postgres(self.data / "postgres"))
            self.environment["DATABASE_URL"] = self.postgres.url
        if not self.environment.get("REDIS_URL"):
            self.redis = self._closing.enter_context(Redis(self.data / "redis"))
            self.environment["REDIS_URL"] = self.redis.url

    def _speak_of_itself(self) -> None:
        web = self.environment["WEB_PORT"]
        origins = [f"http://{host}:{port}" for port in (3000, web) for host in LOOPBACK]
        self.environment.setdefault("ALLOWED_ORIGINS", ",".join(origins))
        # On one machine all customers share one address.
        self.environment.setdefault("LOGIN_LIMIT_PER_ADDRESS", "1200/minute")
        user, password = self.environment["FLOWER_USER"], self.environment["FLOWER_PASSWORD"]
        self.environment["FLOWER_BASIC_AUTH"] = f"{user}:{password}"
        if not self.sandbox:
            return
        # Nobody's mailbox is flooded by the stand-in.
        self.environment.setdefault("LOGIN_EMAILS_PER_HOUR", "1000000")
        if not self.environment.get("STRIPE_SECRET_KEY"):
            self.environment["STRIPE_API_BASE"] = self.urls.sandbox
        if not self.environment.get("SENDGRID_API_KEY"):
            self.environment["SENDGRID_API_BASE"] = self.urls.sandbox
        for name, value in development.SANDBOX.items():
            self.environment.setdefault(name, value)

    def _prepare(self) -> None:
        self.flask("db", "upgrade")
        self.flask("products", "seed")

    def _up(self, url: str) -> bool:
        if self.supervisor.given_up is not None:
            raise NotReadyError(f"{self.supervisor.given_up} does not start: see its lines above")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own addresses
                return bool(answer.status == 200)  # noqa: PLR2004
        except (urllib.error.URLError, OSError):
            return False

    def _write_down(self) -> None:
        # PostgreSQL keeps such a note itself, and is ended with more care.
        self._leftovers.note(
            lambda: {name: pid for name, pid in self.pids().items() if name != "postgres"}
        )

    def _end_leftovers(self) -> None:
        if self._leftovers.end():
            # A process that has ended may keep its port for a moment.
            with contextlib.suppress(NotReadyError):
                until(lambda: ports.settled(self.environment), "the ports", seconds=5)
