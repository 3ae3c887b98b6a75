"""What the system costs: commits, memory, processor time, statements."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psutil
import psycopg2


class Database:
    """PostgreSQL's own counters, over a connection of our own."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg2.connect(url.replace("+psycopg2", ""))
        self._connection.autocommit = True

    def one(self, query: str) -> Any:
        """The first column of the first row."""
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def commits(self) -> int:
        """Commits so far, reads included. A backend reports them when it has been idle for a
        moment, at most a second late; this connection's own looks are a few of them.
        """
        found: int = self.one(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        )
        return found

    def log_statements(self, *, on: bool) -> None:
        """Have the server write every statement to its log, or stop it."""
        self.one(f"ALTER SYSTEM SET log_statement = '{'all' if on else 'none'}'")
        self.one("SELECT pg_reload_conf()")


def statements_in(log: Path, start_at: int) -> int:
    """Statements in a server's log from byte `start_at` on."""
    with log.open(errors="replace") as file:
        file.seek(start_at)
        return len(re.findall(r"LOG:  (?:statement|execute [^:]+):", file.read()))


def tree(roots: Mapping[str, int]) -> dict[int, psutil.Process]:
    """The processes of `roots` and all below them, by pid."""
    found: dict[int, psutil.Process] = {}
    for pid in roots.values():
        process = psutil.Process(pid)
        found |= {one.pid: one for one in (process, *process.children(recursive=True))}
    return found


def megabytes(process: psutil.Process) -> float:
    """Resident memory by proportional set size: a page shared by three counts a third in each."""
    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return int(rollup.split("\nPss:")[1].split()[0]) / 1024


def processor_seconds(processes: Iterable[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)
