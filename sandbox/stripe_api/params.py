"""Readers of single parameters, with Stripe's error messages."""

from collections.abc import Collection
from typing import Any

from sandbox.compact import Json
from sandbox.stripe_api.errors import invalid

# Parameters of every call.
ALWAYS = frozenset({"expand", "key", "client_secret"})


def allow(params: Json, known: Collection[str]) -> None:
    unknown = [name for name in params if name not in known and name not in ALWAYS]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise invalid(
            f"Received unknown parameter{plural}: {', '.join(unknown)}",
            param=unknown[0],
            code="parameter_unknown",
        )


def required(params: Json, name: str) -> Any:
    if params.get(name) in (None, ""):
        raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    return params[name]


def integer(params: Json, name: str, least: int = 1) -> int | None:
    value = params.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.removeprefix("-").isdecimal() or len(value) > 18:
        raise invalid(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer")
    if int(value) < least:
        raise invalid(
            f"This value must be greater than or equal to {least}.",
            param=name,
            code="parameter_invalid_integer",
        )
    return int(value)


def boolean(params: Json, name: str) -> bool | None:
    value = params.get(name)
    if value is None:
        return None
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {value}", param=name)
    return bool(value == "true")


def text(params: Json, name: str) -> str | None:
    value = params.get(name)
    if isinstance(value, dict):
        raise invalid(f"Invalid string: {value}", param=name)
    return value or None


def one_of(params: Json, name: str, allowed: Collection[str]) -> str | None:
    value = text(params, name)
    if value is not None and value not in allowed:
        raise invalid(f"Invalid {name}: must be one of {', '.join(allowed)}", param=name)
    return value


def group(params: Json, name: str) -> Json | None:
    value = params.get(name)
    if value in (None, ""):
        return None
    if not isinstance(value, dict):
        raise invalid("Invalid object", param=name)
    return value


def strings(params: Json, name: str) -> list[str]:
    return [str(value) for value in (group(params, name) or {}).values()]


def merge_metadata(old: dict[str, str], params: Json) -> dict[str, str]:
    """Merge metadata: an empty value removes its key, an empty `metadata` removes all keys."""
    if params.get("metadata") == "":
        return {}
    merged = dict(old)
    for key, value in (group(params, "metadata") or {}).items():
        if not isinstance(value, str):
            raise invalid(f"Invalid string: {value}", param=f"metadata[{key}]")
        if len(key) > 40:
            raise invalid(
                "Metadata keys can have up to 40 characters, but you passed in a key that is "
                f"{len(key)} characters. Invalid key: {key}",
                param="metadata",
            )
        if len(value) > 500:
            raise invalid(
                "Metadata values can have up to 500 characters, but you passed in a value that is "
                f"{len(value)} characters. Invalid value: {value}",
                param=f"metadata[{key}]",
            )
        merged.pop(key, None)
        if value:
            merged[key] = value
    if len(merged) > 50:
        raise invalid("You can only specify up to 50 metadata keys.", param="metadata")
    return merged
