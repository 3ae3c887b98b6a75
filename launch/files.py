"""Small files that are there whole or not at all, however the process that writes them ends."""

import contextlib
import os
from pathlib import Path
from threading import get_ident


def write_whole(path: Path, text: str, *, mode: int = 0o644, replace: bool = True) -> None:
    """Write `path`, readable as `mode` says from its first moment on. Without `replace` a file that
    is there stays: of two processes that make it at once, both find one. Raises OSError.
    """
    half = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}.half")
    half.unlink(missing_ok=True)
    try:
        descriptor = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        if replace:
            half.replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(half)
    finally:
        half.unlink(missing_ok=True)
