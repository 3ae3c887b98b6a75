"""A record of the running processes, so that the next start can end those of a killed run."""

import contextlib
import json
import signal
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import psutil

from launch.children import end_group
from launch.files import write_whole
from launch.output import say
from launch.waiting import has_ended, until


class StaleProcesses:
    """A file with the pids of processes by name, each with its start time.

    The start time tells a process of ours from a later one with the same pid.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def record(self, pids: Callable[[], Mapping[str, int]]) -> None:
        """Write the file anew, whole or not at all. Raises OSError."""
        with self._lock:
            write_whole(self._path, json.dumps(_with_start_times(pids())))

    def end(self) -> bool:
        """End the recorded processes that still run, and delete the file.

        Returns False when there was no file.
        """
        if not self._path.exists():
            return False
        for pid, started in self._read().values():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                if abs(process.create_time() - started) < 1:
                    end_group(pid, signal.SIGKILL)
                    until(partial(has_ended, process), f"the end of process {pid}")
        self._path.unlink()
        return True

    def _read(self) -> dict[str, tuple[int, float]]:
        try:
            records = json.loads(self._path.read_text())
            return {name: (int(pid), float(start)) for name, (pid, start) in records.items()}
        except (ValueError, TypeError, AttributeError):
            say(f"projectx: {self._path} is damaged and is ignored", is_error=True)
            return {}


def _with_start_times(pids: Mapping[str, int]) -> dict[str, list[float]]:
    records = {}
    for name, pid in pids.items():
        with contextlib.suppress(psutil.Error):
            records[name] = [pid, psutil.Process(pid).create_time()]
    return records
