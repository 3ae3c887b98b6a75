"""The files with the numbers of the processes, which are mapped into their memory.

A write to a mapped page that has no block yet ends the process (SIGBUS) when the disk is full. So
the blocks are allocated first, and a full disk is an error like others.
"""

import contextlib
import os
import re
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest, mmap_dict, multiprocess

# Files with the gauges of one process, which count only while it runs.
LIVE_FILE = re.compile(r"gauge_live\w+_(\d+)\.db")
# A file of the library begins with this size, and doubles.
INITIAL_SIZE = 1 << 16
# What an entry needs beside its key: two lengths, two numbers and the padding.
ENTRY_SIZE = 64


class AllocatedFile(mmap_dict.MmapedDict):
    """A file of numbers whose blocks are allocated. Raises OSError when that is impossible."""

    def __init__(self, filename: str) -> None:
        with Path(filename).open("ab") as file:
            _allocate(file, max(file.tell(), INITIAL_SIZE))
        super().__init__(filename)  # type: ignore[no-untyped-call]

    def _init_value(self, key: str) -> None:
        size, needed = self._capacity, self._used + len(key.encode()) + ENTRY_SIZE
        while size < needed:
            size *= 2
        if size > self._capacity:
            _allocate(self._f, size)
        super()._init_value(key)  # type: ignore[no-untyped-call]


def _allocate(file: Any, size: int) -> None:
    # macOS lacks it.
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)


class Collector(multiprocess.MultiProcessCollector):
    """The numbers of all files but those that a process has only begun, or could not allocate."""

    def collect(self) -> Any:
        files = [str(file) for file in Path(self._path).glob("*.db") if file.stat().st_size]
        return self.merge(files, accumulate=True)  # type: ignore[no-untyped-call]


def read(place: Path) -> bytes:
    """Return the numbers of all processes of a folder, in Prometheus's format."""
    for file in place.glob("gauge_live*.db"):
        match = LIVE_FILE.fullmatch(file.name)
        if match and _has_ended(int(match[1])):
            # Another process may remove it at the same moment.
            with contextlib.suppress(FileNotFoundError):
                multiprocess.mark_process_dead(int(match[1]), str(place))  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    Collector(registry, str(place))  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
