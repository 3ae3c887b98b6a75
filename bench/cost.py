"""Readers of costs: commits, memory, processor time, statements."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2


class Database:
    """PostgreSQL's own counters, read over a separate connection."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg2.connect(url.replace("+psycopg2", ""))
        self._connection.autocommit = True

    def execute(self, query: str, *values: object) -> Any:
        """Execute a statement, and return the first column of its first row, if it has one."""
        with self._connection.cursor() as cursor:
            cursor.execute(query, values or None)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def commits(self) -> int:
        """Return the number of commits so far, those of reads included.

        An idle backend reports its commits after a moment. A few are of this connection.
        """
        count: int = self.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        )
        return count

    def log_statements(self, *, on: bool) -> None:
        """Switch the logging of every statement on or off."""
        self.execute(f"ALTER SYSTEM SET log_statement = '{'all' if on else 'none'}'")
        self.execute("SELECT pg_reload_conf()")


def count_statements(log: Path, offset: int) -> int:
    """Return the number of statements in a server's log, from a byte offset on."""
    with log.open(errors="replace") as file:
        file.seek(offset)
        return len(re.findall(r"LOG:  (?:statement|execute [^:]+):", file.read()))


def process_tree(pids: Mapping[str, int]) -> dict[int, psutil.Process]:
    """Return processes, given by name, with all their descendants, by pid."""
    processes: dict[int, psutil.Process] = {}
    for pid in pids.values():
        root = psutil.Process(pid)
        processes |= {process.pid: process for process in (root, *root.children(recursive=True))}
    return processes


def read_times(pids: Mapping[str, int]) -> dict[str, dict[int, float]]:
    """Return the seconds of processor time of processes and their descendants, by name and pid."""
    times: dict[str, dict[int, float]] = {name: {} for name in pids}
    for name, pid in pids.items():
        for each, process in process_tree({name: pid}).items():
            # PostgreSQL starts and ends background processes at any time.
            with suppress(psutil.NoSuchProcess):
                times[name][each] = processor_seconds([process])
    return times


def used_since(
    before: Mapping[str, Mapping[int, float]], after: Mapping[str, Mapping[int, float]]
) -> dict[str, float]:
    """Return the seconds that the processes of each name used between two calls of `read_times`."""
    return {
        name: sum(seconds - before[name].get(pid, 0) for pid, seconds in times.items())
        for name, times in after.items()
    }


def megabytes(process: psutil.Process) -> float:
    """Return the proportional set size: a page that three processes share is a third of each."""
    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return int(rollup.split("\nPss:")[1].split()[0]) / 1024


def processor_seconds(processes: Iterable[psutil.Process]) -> float:
    """Return the processor time of the processes, without that of ended children."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)
