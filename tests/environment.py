"""The environment in which the tests run."""

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path


def prepare(stack: ExitStack, given: Mapping[str, str]) -> dict[str, str]:
    """Start what is not given, ended with `stack`; the variables that the project reads."""
    from launch import development
    from launch.postgres import Postgres
    from launch.redis import Redis

    data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="projectx-tests-")))
    found = development.secrets(data)
    if "DATABASE_URL" not in given:
        found["DATABASE_URL"] = stack.enter_context(Postgres(data / "postgres")).url
    if "REDIS_URL" not in given:
        found["REDIS_URL"] = stack.enter_context(Redis(data / "redis")).url
    return found
