"""A note of how to reach the running system, for `flask` commands in another shell."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config import Settings
from launch.files import write_whole


@contextmanager
def kept(path: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Keep the settings among `environment` in a file of variables, for as long as it is true."""
    names = [name.upper() for name in Settings.model_fields]
    lines = [f"{name}={json.dumps(environment[name])}\n" for name in names if name in environment]
    write_whole(path, "".join(lines), mode=0o600)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
