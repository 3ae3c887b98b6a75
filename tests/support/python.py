"""Short Python programs in processes of their own, which begin with the libraries loaded.

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

from launch.children import Child
from launch.stack import ROOT


def run(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    check: bool = False,
    timeout: float = 120,
) -> CompletedProcess[str]:
    """Run `python ARGUMENTS` to its end, for `-m MODULE ...` and `-c CODE ...`.

    Without `env`, its environment is that of this process. Raises the errors of subprocess.run.
    """
    environment = dict(os.environ if env is None else env)
    request = {"arguments": arguments, "environment": environment, "folder": str(cwd)}
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        with _start(request, output, errors) as reports:
            returncode = _wait(reports, arguments, timeout)
        done = CompletedProcess(arguments, returncode, _read(output), _read(errors))
    if check and done.returncode:
        error = CalledProcessError(returncode, arguments, done.stdout, done.stderr)
        error.add_note(done.stderr)
        raise error
    return done


def _start(request: dict[str, Any], output: IO[str], errors: IO[str]) -> IO[bytes]:
    """Have the program started; return the pipe on which its process is reported."""
    reading, writing = os.pipe()
    reports, status = os.pipe()
    socket.send_fds(_loaded(), [b"."], [reading, output.fileno(), errors.fileno(), status])
    os.close(reading)
    os.close(status)
    with os.fdopen(writing, "w") as pipe:
        json.dump(request, pipe)
    return os.fdopen(reports, "rb", buffering=0)


def _wait(reports: IO[bytes], arguments: tuple[str, ...], timeout: float) -> int:
    """Return the exit status, as subprocess does. Kills a program that takes too long."""
    pid = int(reports.readline())
    if not select.select([reports], [], [], timeout)[0]:
        os.kill(pid, signal.SIGKILL)
        raise TimeoutExpired(arguments, timeout)
    return int(reports.readline())


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


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
