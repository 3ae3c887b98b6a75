"""A log of rows that survives restarts: a line of JSON for each version of each row.

The lines of a request are written in one piece before it is answered, so that `kill -9` loses no
answered request. Nothing is synced to the disk: a power cut may lose the last seconds.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.compact import Json, compact


class RowLog:
    """An append-only file of rows. Without a `path` nothing is stored."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lines: list[str] = []
        self._file: int | None = None

    def read(self) -> Iterator[tuple[str, Json]]:
        """Yield the kind and fields of each row, oldest first. Cut off an incomplete last line."""
        if self._path is None or not self._path.exists():
            return
        with self._path.open("rb+") as file:
            whole = 0
            for line in file:
                if not line.endswith(b"\n"):
                    file.truncate(whole)
                    return
                whole += len(line)
                kind, fields = json.loads(line)
                yield kind, fields

    def open(self) -> None:
        if self._path is not None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            self._file = os.open(self._path, flags, 0o600)

    def write(self, kind: str, fields: dict[str, Any]) -> None:
        """Append a row. The running event loop flushes it if the caller does not."""
        if self._file is None:
            return
        if not self._lines:
            asyncio.get_running_loop().call_soon(self.flush)
        self._lines.append(compact([kind, fields]))

    def flush(self) -> None:
        if self._file is not None and self._lines:
            left = ("\n".join(self._lines) + "\n").encode()
            self._lines.clear()
            while left:
                left = left[os.write(self._file, left) :]

    def close(self) -> None:
        if self._file is not None:
            self.flush()
            os.close(self._file)
            self._file = None
