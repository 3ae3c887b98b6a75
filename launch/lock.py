"""Locks of folders: one system at a time on its data, and one build of the pages at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another process runs the system on this data folder."""


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Lock `folder`, which is made where it is missing. Raises AlreadyRunningError.

    The system releases the lock when this process ends, however it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(f"already running on the data in {folder}") from None
        yield


@contextmanager
def wait_for_folder(folder: Path) -> Iterator[None]:
    """Lock `folder`, which is made where it is missing, once no other process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
