"""A note of what runs, so that the next start can end what a killed run left behind."""

import contextlib
import json
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import psutil

from launch.children import end_group
from launch.files import write_whole
from launch.waiting import ended, until


class Leftovers:
    """The note in `path`: pids by name, each with the time of its start, so that a pid used again
    is not mistaken for ours.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def note(self, pids: Callable[[], Mapping[str, int]]) -> None:
        """Write down what runs now, whole or not at all. Raises OSError."""
        with self._lock:
            write_whole(self._path, json.dumps(_with_starts(pids())))

    def end(self) -> bool:
        """End what is noted and still runs, and forget it; whether there was a note."""
        if not self._path.exists():
            return False
        for pid, started in self._read().values():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                if abs(process.create_time() - started) < 1:
                    end_group(pid, signal.SIGKILL)
                    until(partial(ended, process), f"the end of process {pid}")
        self._path.unlink()
        return True

    def _read(self) -> dict[str, tuple[int, float]]:
        try:
            noted = json.loads(self._path.read_text())
            return {name: (int(pid), float(start)) for name, (pid, start) in noted.items()}
        except (ValueError, TypeError, AttributeError):
            print(f"projectx: {self._path} is damaged, and ignored", file=sys.stderr)
            return {}


def _with_starts(pids: Mapping[str, int]) -> dict[str, list[float]]:
    found = {}
    for name, pid in pids.items():
        with contextlib.suppress(psutil.Error):
            found[name] = [pid, psutil.Process(pid).create_time()]
    return found
