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
from queue import SimpleQueue
from typing import IO

from launch.children import Child, end_group

# A fork after imports is not safe on macOS.
IS_SUPPORTED = sys.platform == "linux"
ANSWER_SIZE = 1024  # bytes


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

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "launch.fork_server", str(theirs.fileno())]
            self._server = Child(command, env=environment, pass_fds=[theirs.fileno()])
        self._started: SimpleQueue[tuple[int, Future[int]] | None] = SimpleQueue()
        self._statuses: dict[int, Future[int]] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def fork(
        self, words: Sequence[str], outputs: Sequence[int]
    ) -> tuple[int, "Future[int]"] | None:
        """Start a process. Return its pid and its exit status to be; None if the server has ended.

        One thread at a time may call it.
        """
        try:
            socket.send_fds(self._control, [json.dumps(words).encode()], outputs)
        except OSError:
            return None
        return self._started.get()

    def close(self) -> None:
        """End the server, and wait for the end of its processes."""
        self._control.shutdown(socket.SHUT_WR)
        self._server.wait()
        self._reader.join()
        self._control.close()

    def _read(self) -> None:
        """Read answers until the server ends, which ends its processes."""
        with contextlib.suppress(ConnectionResetError):
            while answer := self._control.recv(ANSWER_SIZE):
                self._take(**json.loads(answer))
        for pid, status in self._statuses.items():
            end_group(pid, signal.SIGKILL)
            status.set_result(-signal.SIGKILL)
        self._started.put(None)

    def _take(self, pid: int, status: int | None = None) -> None:
        if status is None:
            self._statuses[pid] = Future()
            self._started.put((pid, self._statuses[pid]))
        else:
            self._statuses.pop(pid).set_result(status)


class Forks:
    """Starts processes with this environment by a fork server, which is started with the first.

    If the server is killed, its processes end, and the next start begins another.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def start(self, words: Sequence[str]) -> Fork:
        """Start `python -m WORDS`. The pipe `stdout` has its output and its errors.

        Raises RuntimeError when there is no server twice in a row.
        """
        readable, writable = os.pipe()
        try:
            fork = self._fork(words, [writable, writable])
        finally:
            os.close(writable)
        fork.stdout = os.fdopen(readable, "rb")
        return fork

    def run(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run `python -m WORDS` to its end. Raises RuntimeError as `start` does."""
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            status = self._fork(words, [output.fileno(), errors.fileno()]).wait()
            return subprocess.CompletedProcess(words, status, _read(output), _read(errors))

    def close(self) -> None:
        """End the server and its processes."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _fork(self, words: Sequence[str], outputs: Sequence[int]) -> Fork:
        with self._lock:
            for _ in range(2):
                if self._connection is None:
                    self._connection = Connection(self._environment)
                if started := self._connection.fork(words, outputs):
                    return Fork(*started)
                # It was killed.
                self._connection.close()
                self._connection = None
        raise RuntimeError("the fork server does not start: see its output above")


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
