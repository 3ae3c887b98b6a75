"""Processes that a fork server starts (launch/fork_server.py), with the methods of a `Child`."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue
from typing import IO

from launch.children import Child, end_group, forget, guardian

# A fork after imports is not safe on macOS.
IS_SUPPORTED = sys.platform == "linux"
ANSWER_SIZE = 1024  # bytes
# What the processes import, but for their main modules. The last one turns garbage collection on.
MODULES = (
    *("tasks.worker", "celery.bin.worker", "celery.bin.beat", "flower.command", "events.app"),
    *("exporter.collector", "sandbox.app", "gunicorn.app.wsgiapp", "web.steady_worker"),
    "wsgi",
)
START_PATIENCE = 180.0  # seconds to the first answer of a server, which imports the code
PATIENCE = 60.0  # seconds to each further answer: a server that takes longer was stopped


class Fork:
    """A process of a fork server, in its own session and group, which ends with it."""

    def __init__(self, pid: int, status: "Future[int]", stdout: IO[bytes] | None = None) -> None:
        self.pid, self.stdout, self._status = pid, stdout, status

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status. Raises subprocess.TimeoutExpired."""
        try:
            return self._status.result(timeout)
        except TimeoutError:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0) from None


class Connection:
    """A running fork server, and the socket to it."""

    def __init__(
        self, environment: Mapping[str, str], modules: Sequence[str], patience: float
    ) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            end = theirs.fileno()
            command = [sys.executable, "-m", "launch.fork_server", str(end), *modules]
            self._server = Child(command, env=environment, pass_fds=[end])
        self._next_patience, self._patience = START_PATIENCE, patience
        self._started: SimpleQueue[tuple[int, Future[int]] | None] = SimpleQueue()
        self._statuses: dict[int, Future[int]] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def fork(
        self, words: Sequence[str], outputs: Sequence[int]
    ) -> tuple[int, "Future[int]"] | None:
        """Start a process. Return its pid and its exit status to be; None if the server has ended.

        One thread at a time may call it. Raises OSError when the words are too long.
        """
        try:
            socket.send_fds(self._control, [json.dumps(words).encode()], outputs)
            started = self._started.get(timeout=self._next_patience)
        except (ConnectionError, Empty):
            return None
        self._next_patience = self._patience
        return started

    def kill(self) -> None:
        """Kill the server, also one that is stopped. Its processes end."""
        self._server.kill()

    def close(self) -> None:
        """Kill the server, and wait for its end."""
        self.kill()
        self._server.wait()
        self._reader.join()
        self._control.close()

    def _read(self) -> None:
        """Read answers until the server ends, which ends its processes."""
        with contextlib.suppress(ConnectionResetError):
            while answer := self._control.recv(ANSWER_SIZE):
                self._take(**json.loads(answer))
        for pid in list(self._statuses):
            end_group(pid, signal.SIGKILL)
            self._end(pid, -signal.SIGKILL)
        self._started.put(None)

    def _take(self, pid: int, status: int | None = None) -> None:
        if status is not None:
            self._end(pid, status)
            return
        # The server's own guardian may have been killed.
        guardian().send("add", pid)
        self._statuses[pid] = Future()
        self._started.put((pid, self._statuses[pid]))

    def _end(self, pid: int, status: int) -> None:
        forget(pid)
        self._statuses.pop(pid).set_result(status)


class Forks:
    """Starts processes with this environment by a fork server, which is started with the first.

    The server has imported `modules`. If it is killed, its processes end, and the next start begins
    another. So does a start that has waited for an answer for `patience` seconds.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        modules: Sequence[str] = MODULES,
        patience: float = PATIENCE,
    ) -> None:
        self._connect = partial(Connection, dict(environment), modules, patience)
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._is_closed = False

    def start(self, words: Sequence[str]) -> Fork:
        """Start `python -m WORDS`. The pipe `stdout` has its output and its errors.

        Raises RuntimeError when there is no server twice in a row, or no more, and OSError.
        """
        readable, writable = os.pipe()
        try:
            fork = self.fork(words, [writable, writable])
        except BaseException:
            os.close(readable)
            raise
        finally:
            os.close(writable)
        fork.stdout = os.fdopen(readable, "rb")
        return fork

    def run(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run `python -m WORDS` to its end. Raises the errors of `start`."""
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            status = self.fork(words, [output.fileno(), errors.fileno()]).wait()
            return subprocess.CompletedProcess(words, status, _read(output), _read(errors))

    def fork(self, words: Sequence[str], outputs: Sequence[int]) -> Fork:
        """Start `python -m WORDS` with these descriptors as its stdout and its stderr.

        Raises the errors of `start`.
        """
        with self._lock:
            for _ in range(2):
                if self._is_closed:
                    raise RuntimeError("the fork server is closed")
                if self._connection is None:
                    self._connection = self._connect()
                if started := self._connection.fork(words, outputs):
                    return Fork(*started)
                self._disconnect()
        raise RuntimeError("the fork server does not start: see its output above")

    def close(self) -> None:
        """End the server and its processes for good."""
        self._is_closed = True
        # A start that waits for the server has the lock.
        if connection := self._connection:
            connection.kill()
        with self._lock:
            self._disconnect()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
