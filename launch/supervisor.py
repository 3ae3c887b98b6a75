"""A supervisor that restarts processes when they end.

Honcho itself stops everything when one process ends; here any process may be killed, to show that
nothing is lost. Honcho prints the lines.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime

from honcho.printer import Message, Printer

from launch.children import Child, end_group
from launch.forks import Fork, Forks
from launch.processes import PYTHON

COLOURS = ("36", "33", "32", "35", "34", "31", "96", "93")
MAX_ENDS = 5  # within ENDS_WINDOW
ENDS_WINDOW = 30.0  # seconds
STABLE_AFTER = 30.0  # seconds of running after which a start counts as successful
RESTART_PAUSE = 30.0  # seconds before a stable process that ends too often is started again
STOP_TIMEOUT = 15.0  # seconds from SIGTERM to SIGKILL


class Supervisor:
    """Named processes, each in its own group, so that a kill includes its children.

    A process that ends too often is given up if it was never stable: it cannot start, and somebody
    has to find out why. One that was stable is started again after a pause, without a limit: the
    cause may pass, and the other processes serve meanwhile. `forks`, with the same environment,
    starts the processes that run a module of Python.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        show: bool,
        forks: Forks | None = None,
        stable_after: float = STABLE_AFTER,
        pause: float = RESTART_PAUSE,
    ) -> None:
        self._stable_after, self._pause = stable_after, pause
        self._stable: set[str] = set()
        self._environment = dict(environment)
        self._forks = forks
        self._commands: dict[str, list[str]] = {}
        self._running: dict[str, Child | Fork] = {}
        self._ends: dict[str, list[float]] = defaultdict(list)
        self._followers: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._lock = threading.RLock()
        self._printer = Printer(sys.stdout, width=9) if show else None
        self.given_up: str | None = None
        self.on_change: Callable[[], None] = lambda: None

    def start(self, name: str, command: list[str]) -> None:
        """Start a process and restart it whenever it ends. Does nothing after `stop`.

        Raises OSError, or RuntimeError when there is no fork server.
        """
        with self._lock:
            if self._stopping.is_set():
                return
            self._commands[name] = command
        # Without the lock, which `stop` needs: a fork server may be slow.
        process = self._spawn(command)
        with self._lock:
            self._running[name] = process
            follower = threading.Thread(target=self._follow, args=(name, process), daemon=True)
            self._followers = [thread for thread in self._followers if thread.is_alive()]
            self._followers.append(follower)
            follower.start()
            is_late = self._stopping.is_set()
        if is_late:
            end_group(process.pid, signal.SIGKILL)
        else:
            self._report_change(name)

    def pid(self, name: str) -> int:
        """Return the pid of a process. Raises KeyError."""
        with self._lock:
            return self._running[name].pid

    def pids(self) -> dict[str, int]:
        with self._lock:
            return {name: process.pid for name, process in self._running.items()}

    def kill(self, name: str) -> None:
        """Send SIGKILL to the group of a process, which is then restarted."""
        with self._lock:
            os.killpg(self._running[name].pid, signal.SIGKILL)

    def stop(self, timeout: float = STOP_TIMEOUT) -> None:
        """Stop all processes: SIGTERM first, SIGKILL after `timeout`. Close the fork server."""
        self._stopping.set()
        with self._lock:
            running = dict(self._running)
        for process in running.values():
            end_group(process.pid, signal.SIGTERM)
        end = time.monotonic() + timeout
        for process in running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            end_group(process.pid, signal.SIGKILL)
        if self._forks:
            # A stopped one would report no end of a process.
            self._forks.close()
        for process in running.values():
            process.wait()
        for follower in self._followers:
            follower.join(STOP_TIMEOUT)

    def _spawn(self, command: list[str]) -> Child | Fork:
        """Start a process by the fork server, if there is one and it is ours in Python."""
        if self._forks and tuple(command[:2]) == PYTHON:
            return self._forks.start(command[2:])
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return Child(command, env=self._environment, **options)

    def _follow(self, name: str, process: Child | Fork) -> None:
        began = time.monotonic()
        with process.stdout or contextlib.nullcontext(()) as lines:
            for line in lines:
                self._print(name, line.rstrip())
        what = f"ended with status {process.wait()}"
        end_group(process.pid, signal.SIGKILL)
        if time.monotonic() - began >= self._stable_after:
            self._stable.add(name)
        while self._may_restart(name, what):
            try:
                self.start(name, self._commands[name])
            except (OSError, RuntimeError) as error:
                what = f"could not be started: {error}"
            else:
                return

    def _may_restart(self, name: str, what: str) -> bool:
        """Return whether to start a process again, after a pause if it has ended too often."""
        if self._stopping.is_set():
            return False
        now = time.monotonic()
        self._ends[name] = [at for at in self._ends[name] if now - at < ENDS_WINDOW] + [now]
        if len(self._ends[name]) < MAX_ENDS:
            self._print(name, f"{what}; restarting")
            return True
        often = f"{what}, {MAX_ENDS} times in {ENDS_WINDOW:g} s"
        if name not in self._stable:
            self.given_up = name
            self._print(name, f"{often}; giving up")
            return False
        self._print(name, f"{often}; restarting in {self._pause:g} s")
        self._stopping.wait(self._pause)
        return True

    def _report_change(self, name: str) -> None:
        """Call `on_change`. Its failure must not stop the supervisor."""
        try:
            self.on_change()
        except OSError as error:
            self._print(name, f"could not record the running processes: {error}")

    def _print(self, name: str, line: bytes | str) -> None:
        if self._printer is None:
            return
        colour = COLOURS[sorted(self._commands).index(name) % len(COLOURS)]
        # An output that cannot be written, such as a lost terminal or a full disk, ends no process.
        with contextlib.suppress(OSError):
            self._printer.write(Message("line", line, datetime.now().astimezone(), name, colour))
