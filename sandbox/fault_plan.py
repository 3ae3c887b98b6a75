"""The fault plan: the body of GET and PUT /faults, with the same field names.

Rates are probabilities from 0 to 1, times are milliseconds.
"""

# ruff: noqa: N815 -- JSON is in camelCase

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sandbox.compact import Json

MAX_DELAY_MS = 600_000


@dataclass(frozen=True, slots=True)
class WebhookFaults:
    dropRate: float = 0
    duplicateRate: float = 0
    delayMs: int = 0
    shuffle: bool = False


@dataclass(frozen=True, slots=True)
class StripeFaults:
    latencyMs: int = 0
    errorRate: float = 0
    timeoutRate: float = 0
    rateLimitRate: float = 0
    webhook: WebhookFaults = field(default_factory=WebhookFaults)


@dataclass(frozen=True, slots=True)
class SendGridFaults:
    latencyMs: int = 0
    errorRate: float = 0
    timeoutRate: float = 0
    bounceRate: float = 0


@dataclass(frozen=True, slots=True)
class FaultPlan:
    seed: int = 0
    stripe: StripeFaults = field(default_factory=StripeFaults)
    sendgrid: SendGridFaults = field(default_factory=SendGridFaults)


class InvalidPlanError(Exception):
    """Some fields of the fault plan are invalid."""

    def __init__(self, errors: list[Json]) -> None:
        super().__init__("invalid fault plan")
        self.errors = errors


def read_plan(body: object) -> FaultPlan:
    """Return the plan; omitted fields are 0. Raises InvalidPlanError with all invalid fields."""
    errors: list[Json] = []
    plan: FaultPlan = _read(FaultPlan, body, "", errors)
    if errors:
        raise InvalidPlanError(errors)
    return plan


def _read(kind: Any, body: object, path: str, errors: list[Json]) -> Any:
    if not isinstance(body, Mapping):
        errors.append({"field": path.rstrip("."), "message": "must be an object"})
        return kind()
    known = {part.name for part in fields(kind)}
    errors += [
        {"field": f"{path}{name}", "message": "unknown field"} for name in body if name not in known
    ]
    values = {}
    for name in known & body.keys():
        default = getattr(kind(), name)
        if hasattr(default, "__dataclass_fields__"):
            values[name] = _read(type(default), body[name], f"{path}{name}.", errors)
        elif message := _find_error(name, body[name]):
            errors.append({"field": f"{path}{name}", "message": message})
        else:
            values[name] = body[name]
    return kind(**values)


def _find_error(name: str, value: object) -> str | None:
    if name == "shuffle":
        return None if isinstance(value, bool) else "must be true or false"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "must be a number"
    if name.endswith("Rate"):
        return None if 0 <= value <= 1 else "must be from 0 to 1"
    if not isinstance(value, int):
        return "must be a whole number"
    if name.endswith("Ms"):
        return None if 0 <= value <= MAX_DELAY_MS else f"must be from 0 to {MAX_DELAY_MS}"
    return None
