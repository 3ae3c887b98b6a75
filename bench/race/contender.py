"""A running contender of the race, and the readings of what it has used so far."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from bench.cost import Database, process_tree


@dataclass
class Contender:
    """A running contender. `fronts` are the ports of its HTTP servers.

    `pids` has its processes and services by name. `min_in_flight` is the number of concurrent flows
    from which its settings make a difference.
    """

    name: str
    fronts: list[int]
    pids: dict[str, int]
    database: Database | None = None
    min_in_flight: int = 1

    def commits(self) -> int:
        """Return the number of commits so far in all databases, those of reads included."""
        return self._count("SELECT sum(xact_commit)::int8 FROM pg_stat_database")

    def disk_bytes(self) -> int:
        """Return the bytes of all its databases on disk."""
        return self._count("SELECT sum(pg_database_size(oid))::int8 FROM pg_database")

    def wal_bytes(self) -> int:
        """Return the bytes of write-ahead log so far."""
        return self._count("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::int8")

    def memory_bytes(self) -> int:
        """Return the memory of its processes and services; shared pages count in parts."""
        total = 0
        for process in process_tree(self.pids).values():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().pss
        return total

    def processor_seconds(self) -> float:
        """Return the processor time of the contender and its services so far."""
        return total_processor_seconds(self.pids)

    def _count(self, query: str) -> int:
        """Return what PostgreSQL answers, or 0 without one."""
        return int(self.database.execute(query)) if self.database else 0


def total_processor_seconds(pids: Mapping[str, int]) -> float:
    """Return the processor time of processes and all their descendants, also of ended ones."""
    total = 0.0
    for process in process_tree(pids).values():
        with contextlib.suppress(psutil.NoSuchProcess):
            # user, system, and both of the children that have ended
            total += sum(process.cpu_times()[:4])
    return total
