"""Python programs in processes of their own, which begin with the libraries loaded.

Most of the processor time of a command goes into imports of libraries, which are the same each
time. Here a fork server has made them (launch/fork_server.py), and the programs are its forks. Each
of them imports all of the project, and reads all of its settings, for itself.
"""

import atexit
import json
import os
import signal
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from subprocess import CalledProcessError, CompletedProcess, TimeoutExpired
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any

from launch.children import Child
from launch.forks import IS_SUPPORTED, Fork, Forks
from launch.stack import ROOT

LIBRARIES = (
    *("alembic.script", "celery.app.base", "celery.beat", "celery.bin.worker"),
    *("celery.concurrency.thread", "cryptography.x509", "email_validator", "flask.cli"),
    *("flask_cors", "flask_limiter.commands", "flask_migrate.cli", "flask_openapi"),
    *("gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "jwt", "kombu.transport.redis"),
    *("psutil", "psycopg2", "pydantic_settings", "redis.asyncio", "requests", "stripe"),
    *("sqlalchemy.dialects.postgresql.psycopg2", "sqlalchemy.orm", "werkzeug.test"),
)
Variables = Mapping[str, str] | None


class Process:
    """`python ARGUMENTS`, for `-m MODULE ...` and `-c CODE ...`, with the methods of a `Child`.

    Without `env`, its environment is that of this process.
    """

    def __init__(
        self,
        *arguments: str,
        env: Variables = None,
        cwd: Path = ROOT,
        stdout: IO[Any] | None = None,
        stderr: IO[Any] | None = None,
    ) -> None:
        environment = dict(os.environ if env is None else env)
        outputs = stdout.fileno() if stdout else 1, stderr.fileno() if stderr else 2
        start = _fork if IS_SUPPORTED else _begin
        self._process = start(arguments, environment, cwd, outputs)
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit status if it has ended."""
        try:
            return self.wait(0)
        except TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status. Raises TimeoutExpired."""
        return self._process.wait(timeout)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run(
    *arguments: str,
    env: Variables = None,
    cwd: Path = ROOT,
    check: bool = False,
    timeout: float = 120,
) -> CompletedProcess[str]:
    """Run a program to its end. Raises the errors of subprocess.run."""
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        process = Process(*arguments, env=env, cwd=cwd, stdout=output, stderr=errors)
        try:
            status = process.wait(timeout)
        finally:
            process.kill()
            process.wait()
        done = CompletedProcess(arguments, status, _read(output), _read(errors))
    if check and status:
        error = CalledProcessError(status, arguments, done.stdout, done.stderr)
        error.add_note(done.stderr)
        raise error
    return done


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def _begin(
    arguments: tuple[str, ...], environment: dict[str, str], cwd: Path, outputs: tuple[int, int]
) -> Child:
    output, errors = outputs
    command = [sys.executable, *arguments]
    return Child(command, env=environment, cwd=cwd, stdout=output, stderr=errors)


def _fork(
    arguments: tuple[str, ...], environment: dict[str, str], cwd: Path, outputs: tuple[int, int]
) -> Fork:
    request = {"arguments": arguments, "environment": environment, "folder": str(cwd)}
    # The program deletes it.
    with NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(request, file)
    return _forks().fork(["tests.support.program", file.name], outputs)


@cache
def _forks() -> Forks:
    """Return the fork server, which ends with this process."""
    forks = Forks({**os.environ, "PYTHONPATH": str(ROOT)}, modules=LIBRARIES)
    atexit.register(forks.close)
    return forks
