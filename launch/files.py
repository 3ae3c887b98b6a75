"""Atomic writing of small files, also when the process that writes is killed."""

import contextlib
import os
from pathlib import Path
from threading import get_ident


def write_whole(path: Path, text: str, *, mode: int = 0o644, replace: bool = True) -> None:
    """Write `path` with the permissions `mode`, whole or not at all. Raises OSError.

    Without `replace` an existing file stays, so that two processes that create it at once agree.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}.partial")
    partial.unlink(missing_ok=True)
    try:
        descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        if replace:
            partial.replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(partial)
    finally:
        partial.unlink(missing_ok=True)
