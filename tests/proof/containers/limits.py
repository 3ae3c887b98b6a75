"""The limits of containers without Docker: control groups of this machine, and `prlimit`.

They are those of Linux's first or second version, whichever is mounted with its controllers.
"""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from os import getpid
from pathlib import Path
from resource import RLIMIT_NOFILE, getrlimit

from launch.waiting import until
from tests.proof.containers.compose_file import Service

ROOT = Path("/sys/fs/cgroup")
# The file with the limit, the one that counts what it has hit, and the name of the number there.
Controller = tuple[str, str, str]
FIRST: Mapping[str, Controller] = {
    "memory": ("memory.limit_in_bytes", "memory.oom_control", "oom_kill"),
    "pids": ("pids.max", "pids.events", "max"),
}
SECOND: Mapping[str, Controller] = {
    "memory": ("memory.max", "memory.events", "oom_kill"),
    "pids": ("pids.max", "pids.events", "max"),
}


class Limits:
    """The control groups of some containers. Without any, `reason` says why."""

    def __init__(self) -> None:
        self.reason = ""
        self._groups: dict[tuple[str, str], Path] = {}
        self._is_first = (ROOT / "memory").is_dir()
        self._controllers = FIRST if self._is_first else SECOND

    def make(self, service: Service) -> None:
        """Make the groups of a container. Raises OSError where this machine does not allow it."""
        for kind, limit in service.limits.items():
            parent = ROOT / kind if self._is_first else ROOT
            group = parent / f"projectx-{getpid()}-{service.name}"
            group.mkdir(exist_ok=not self._is_first)
            self._groups[service.name, kind] = group
            (group / self._controllers[kind][0]).write_text(str(limit))

    def enter(self, service: Service) -> list[str]:
        """Return the words before a command that run it within the limits of a container."""
        groups = {group for (name, _), group in self._groups.items() if name == service.name}
        joins = [f"echo $$ > {shlex.quote(str(group / 'cgroup.procs'))}" for group in groups]
        words = ["sh", "-c", " && ".join([*joins, 'exec "$@"']), "sh"]
        files = self.files_of(service)
        return [*words, "prlimit", f"--nofile={files}", "--"] if files else words

    def files_of(self, service: Service) -> int:
        """Return the limit of open files, as far as this machine allows it; 0 is the system's."""
        return min(service.files, getrlimit(RLIMIT_NOFILE)[1])

    def hits(self, service: Service) -> dict[str, int]:
        """Return how often a container has hit each limit."""
        counts = {}
        for kind in service.limits:
            _, file, number = self._controllers[kind]
            lines = (self._groups[service.name, kind] / file).read_text().splitlines()
            counts[kind] = int(dict(line.split() for line in lines)[number])
        return counts

    def remove(self) -> None:
        for group in set(self._groups.values()):
            until(partial(_is_removed, group), f"the end of what runs in {group}")
        self._groups.clear()


def _is_removed(group: Path) -> bool:
    with suppress(OSError):
        # As soon as its last process is gone.
        group.rmdir()
    return not group.exists()


@contextmanager
def limited(services: Mapping[str, Service]) -> Iterator[Limits]:
    """Yield the limits of these containers, as far as this machine can set them."""
    limits = Limits()
    try:
        try:
            for service in services.values():
                limits.make(service)
        except OSError as error:
            limits.remove()
            limits.reason = f"this machine sets no limits of memory and processes: {error}"
        yield limits
    finally:
        limits.remove()
