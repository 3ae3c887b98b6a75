"""Keeps processes running: what dies is started again, what is stopped stays down.

Honcho itself ends everything when one process ends; here any process may be killed to see that
nothing is lost. Its printer writes the lines.
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

COLOURS = ("36", "33", "32", "35", "34", "31", "96", "93")
TOO_OFTEN = 5  # deaths within …
RECENTLY = 30.0  # … so many seconds
SETTLED = 30.0  # seconds; whoever has lived so long once has started
PAUSE = 30.0  # seconds before one that settled and now dies too often is started again
GRACE = 15.0  # seconds from SIGTERM to SIGKILL


class Supervisor:
    """Named processes, each in a group of its own, so that a kill takes its children along.

    One that dies too often is given up if it never settled: it cannot start, and somebody has to
    see why. One that did settle is started again after a pause, as often as it takes: what kills it
    may pass, and the others serve meanwhile.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        show: bool,
        settled: float = SETTLED,
        pause: float = PAUSE,
    ) -> None:
        self._settling, self._pause = settled, pause
        self._settled: set[str] = set()
        self._environment = dict(environment)
        self._commands: dict[str, list[str]] = {}
        self._running: dict[str, Child] = {}
        self._deaths: dict[str, list[float]] = defaultdict(list)
        self._followers: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._lock = threading.RLock()
        self._printer = Printer(sys.stdout, width=9) if show else None
        self.given_up: str | None = None
        self.on_change: Callable[[], None] = lambda: None

    def start(self, name: str, command: list[str]) -> None:
        """Start a process, and start it again whenever it ends by itself. Nothing after `stop`."""
        with self._lock:
            if self._stopping.is_set():
                return
            self._commands[name] = command
            process = Child(
                command,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            self._running[name] = process
            follower = threading.Thread(target=self._follow, args=(name, process), daemon=True)
            self._followers = [one for one in self._followers if one.is_alive()] + [follower]
            follower.start()
        self._report_change(name)

    def pid(self, name: str) -> int:
        """The pid of a running process. Raises KeyError."""
        with self._lock:
            return self._running[name].pid

    def pids(self) -> dict[str, int]:
        with self._lock:
            return {name: process.pid for name, process in self._running.items()}

    def kill(self, name: str) -> None:
        """SIGKILL to the whole group of a process; it will be started again."""
        with self._lock:
            self._running[name].send_signal(0)
            os.killpg(self._running[name].pid, signal.SIGKILL)

    def stop(self) -> None:
        """End all, politely first."""
        self._stopping.set()
        with self._lock:
            running = dict(self._running)
        for process in running.values():
            end_group(process.pid, signal.SIGTERM)
        end = time.monotonic() + GRACE
        for process in running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            end_group(process.pid, signal.SIGKILL)
            process.wait()
        for follower in self._followers:
            follower.join(GRACE)

    def _follow(self, name: str, process: Child) -> None:
        began = time.monotonic()
        with process.stdout or contextlib.nullcontext(()) as lines:
            for line in lines:
                self._say(name, line.rstrip())
        code = process.wait()
        if self._stopping.is_set():
            return
        end_group(process.pid, signal.SIGKILL)
        now = time.monotonic()
        self._deaths[name] = [at for at in self._deaths[name] if now - at < RECENTLY] + [now]
        if now - began >= self._settling:
            self._settled.add(name)
        too_often = len(self._deaths[name]) >= TOO_OFTEN
        if too_often and name in self._settled:
            text = f"ended {TOO_OFTEN} times in {RECENTLY:g} s: started again in {self._pause:g} s"
            self._say(name, text)
            self._stopping.wait(self._pause)
        elif too_often:
            self.given_up = name
            self._say(name, f"ended {TOO_OFTEN} times in {RECENTLY:g} s: given up")
            return
        else:
            self._say(name, f"ended with {code}; started again")
        self.start(name, self._commands[name])

    def _report_change(self, name: str) -> None:
        """Whoever listens must not keep us from our work."""
        try:
            self.on_change()
        except OSError as error:
            self._say(name, f"its start could not be written down: {error}")

    def _say(self, name: str, line: bytes | str) -> None:
        if self._printer is not None:
            colour = COLOURS[sorted(self._commands).index(name) % len(COLOURS)]
            self._printer.write(Message("line", line, datetime.now().astimezone(), name, colour))
