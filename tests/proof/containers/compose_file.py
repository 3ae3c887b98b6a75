"""docker-compose.yml with the values of an `.env` filled in, as Compose does."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tests.architecture.compose import SERVICES, secrets_of

# `$$`, `${NAME}`, `${NAME:-default}` and `${NAME:?message}`
VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\})")
# The users of others' images that are named and not numbered.
USERS = {"postgres": "999:999", "redis": "999:999"}
UNITS = {"m": 2**20, "g": 2**30}


class MissingVariableError(Exception):
    """The `.env` lacks a variable that the file requires."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service. `user` has the numbers of the user and the group, `secrets` the files by name.

    `writable` has the folders in memory, `limits` the bytes of memory and the number of processes,
    and `files` the number of open files; 0 is the system's.
    """

    name: str
    command: list[str]
    user: tuple[int, int]
    networks: list[str]
    environment: dict[str, str]
    secrets: dict[str, str]
    health_check: list[str] | None
    writable: list[str]
    limits: dict[str, int]
    files: int


def read_services(values: Mapping[str, str], profiles: Collection[str]) -> dict[str, Service]:
    """Return the services without a profile, and those of these. Raises MissingVariableError."""
    return {
        name: _read(name, _fill_in(service, values), values)
        for name, service in SERVICES.items()
        if not service.get("profiles") or set(service["profiles"]) & set(profiles)
    }


def _read(name: str, service: dict[str, Any], values: Mapping[str, str]) -> Service:
    environment = {
        # A name without a value is passed on from `.env`.
        key: values.get(key) if value is None else _as_text(value)
        for key, value in service.get("environment", {}).items()
    }
    user, group = USERS.get(service["user"], service["user"]).split(":")
    check = service.get("healthcheck", {}).get("test")
    return Service(
        name,
        service.get("command", []),
        (int(user), int(group)),
        service["networks"],
        {key: value for key, value in environment.items() if value is not None},
        secrets_of(name),
        None if check is None else _as_command(check),
        [folder.partition(":")[0] for folder in service["tmpfs"]],
        _limits_of(service),
        service.get("ulimits", {}).get("nofile", 0),
    )


def _limits_of(service: dict[str, Any]) -> dict[str, int]:
    limits = {"pids": int(service["pids_limit"])}
    if memory := service.get("mem_limit"):
        limits["memory"] = int(memory[:-1]) * UNITS[memory[-1]]
    return limits


def _fill_in(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill_in(each, values) for key, each in value.items()}
    if isinstance(value, list):
        return [_fill_in(each, values) for each in value]
    if isinstance(value, str):
        return VARIABLE.sub(lambda match: _value(match, values), value)
    return value


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    name, kind, rest = match["name"], match["kind"], match["rest"]
    if name is None:
        return "$"
    value = values.get(name, "")
    if not value and kind == "?":
        raise MissingVariableError(f"{name}: {rest}")
    return value or (rest if kind == "-" else "")


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_command(check: list[str]) -> list[str]:
    return ["sh", "-c", check[1]] if check[0] == "CMD-SHELL" else check[1:]
