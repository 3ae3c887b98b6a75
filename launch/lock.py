"""One system a data folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another process runs the system on this data folder."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold `folder` as long as this process lives, however it ends. Raises AlreadyRunningError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(f"it is running already, on the data in {folder}") from None
        yield
