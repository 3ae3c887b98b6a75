"""A file of variables, through which `flask` commands in another shell reach the system."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config import Settings
from launch.files import write_whole


@contextmanager
def env_file(path: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Write the settings in `environment` to `path`, and delete the file at the end."""
    names = [name.upper() for name in Settings.model_fields]
    lines = [f"{name}={json.dumps(environment[name])}\n" for name in names if name in environment]
    write_whole(path, "".join(lines), mode=0o600)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
