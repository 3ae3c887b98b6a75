"""Python programs in processes of their own, which begin with the libraries loaded.

Most of the processor time of a command goes into imports of libraries, which are the same each
time. Here one process has made them (tests/support/loaded.py), and the programs are its forks. Each
of them imports all of the project, and reads all of its settings, for itself.
"""

import atexit
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from subprocess import CalledProcessError, CompletedProcess, TimeoutExpired
from tempfile import TemporaryFile
from typing import IO, Any

from launch.children import Child, end_group, forget, guardian
from launch.stack import ROOT

Variables = Mapping[str, str] | None


class Process:
    """`python ARGUMENTS`, for `-m MODULE ...` and `-c CODE ...`, with the methods of Popen.

    Without `env`, its environment is that of this process. It has no stdin. It leads a group, which
    ends with it, and with this process.
    """

    def __init__(
        self,
        *arguments: str,
        env: Variables = None,
        cwd: Path = ROOT,
        stdout: IO[Any] | None = None,
        stderr: IO[Any] | None = None,
    ) -> None:
        self._arguments = arguments
        self.returncode: int | None = None
        environment = dict(os.environ if env is None else env)
        request = {"arguments": arguments, "environment": environment, "folder": str(cwd)}
        output, errors = stdout.fileno() if stdout else 1, stderr.fileno() if stderr else 2
        self._reports = _start(request, output, errors)
        self.pid = int(self._reports.readline())
        guardian().send("add", self.pid)

    def poll(self) -> int | None:
        """Return the exit status if it has ended."""
        if self.returncode is None and select.select([self._reports], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status: the negative number of the signal that has ended it, if one has.

        Raises TimeoutExpired.
        """
        if self.returncode is None:
            if not select.select([self._reports], [], [], timeout)[0]:
                raise TimeoutExpired(self._arguments, timeout or 0)
            self.returncode = int(self._reports.readline())
            self._reports.close()
            end_group(self.pid, signal.SIGKILL)
            forget(self.pid)
        return self.returncode

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


def _start(request: dict[str, Any], output: int, errors: int) -> IO[bytes]:
    """Have the program started; return the pipe on which its process is reported."""
    reading, writing = os.pipe()
    reports, status = os.pipe()
    socket.send_fds(_loaded(), [b"."], [reading, output, errors, status])
    os.close(reading)
    os.close(status)
    with os.fdopen(writing, "w") as pipe:
        json.dump(request, pipe)
    return os.fdopen(reports, "rb", buffering=0)


@cache
def _loaded() -> socket.socket:
    """Start the process that has the libraries, and return the socket for requests to it."""
    ours, its = socket.socketpair()
    number = its.fileno()
    command = [sys.executable, "-m", "tests.support.loaded", str(number)]
    process = Child(command, cwd=ROOT, pass_fds=[number])
    its.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours
