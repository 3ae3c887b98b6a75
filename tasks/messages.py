"""Validation of messages from the broker. Only messages of this system are accepted.

A message is a hint, and the rows are the truth, so that a message may be dropped. Celery would end
a worker that gets an unreadable message, or leave it unacknowledged and redeliver it for ever.
"""

import base64
from collections.abc import Container
from datetime import datetime
from typing import Any
from uuid import UUID

from kombu.serialization import loads

# Tasks without arguments. All others are activities and take ids.
TICKS = frozenset({"sweep", "maintenance"})

# Headers that Celery reads, with the value that they have in every message of this system.
FIXED_HEADERS: dict[str, Any] = {
    **dict.fromkeys(("eta", "group", "group_index", "shadow", "stamped_headers", "compression")),
    **dict.fromkeys(("retries", "replaced_task_nesting"), 0),
    "timelimit": [None, None],
    "stamps": {},
}
# Headers with text. All others are flags, such as those of beat's ticks and of redeliveries.
TEXT_HEADERS = frozenset(
    {"lang", "root_id", "parent_id", "argsrepr", "kwargsrepr", "origin", "expires"}
)


class InvalidMessageError(ValueError):
    """Raised for a message that this system cannot have sent. Its text is the reason."""


def problem_of(
    message: Any, queue: str, queues: Container[str], tasks: Container[str]
) -> str | None:
    """Return why a message from `queue` is invalid, or None when it is valid.

    A message in one of `queues` must be for one of `tasks`: an activity with ids, or a tick
    without arguments. Messages in other queues are Celery's own, such as Flower's requests.
    """
    try:
        body = _body(message)
        if queue in queues:
            _check_headers(_part(message, "headers"), _part(message, "properties"))
            _check_task(message["headers"]["task"], body, tasks)
    except InvalidMessageError as error:
        return str(error)
    return None


def _part(message: Any, name: str) -> dict[str, Any]:
    part = message.get(name) if isinstance(message, dict) else None
    if not isinstance(part, dict):
        raise InvalidMessageError(f"no {name}")
    return part


def _body(message: Any) -> Any:
    properties = _part(message, "properties")
    delivery = _part(properties, "delivery_info")
    _require("no delivery_tag", isinstance(properties.get("delivery_tag"), str))
    for key in ("exchange", "routing_key"):
        _require(f"no {key}", isinstance(delivery.get(key), str))
    content = (message.get("content-type"), message.get("content-encoding"))
    _require(f"its content is {content}", content == ("application/json", "utf-8"))
    encoding = properties.get("body_encoding")
    _require(f"its body is in {encoding}", encoding in ("base64", None))
    try:
        body = message["body"]
        raw = base64.b64decode(body, validate=True) if encoding else body
        return loads(raw, *content, accept={"application/json"})  # type: ignore[no-untyped-call]
    except Exception as error:
        raise InvalidMessageError(f"its body cannot be read: {error}") from error


def _check_headers(headers: dict[str, Any], properties: dict[str, Any]) -> None:
    for key in ("task", "id"):
        _require(f"no {key}", isinstance(headers.get(key), str))
    for key, value in headers.items():
        simple = isinstance(value, str | None if key in TEXT_HEADERS else str | bool | None)
        known = value == FIXED_HEADERS[key] if key in FIXED_HEADERS else simple
        _require(f"its {key} is {value!r}", known)
    _require(f"it expires at {headers.get('expires')!r}", _is_time(headers.get("expires")))
    for key, value in properties.items():
        simple = isinstance(value, str | int | None) or key == "delivery_info"
        _require(f"its {key} is {value!r}", simple)


def _is_time(value: Any) -> bool:
    try:
        return value is None or datetime.fromisoformat(value) is not None
    except (ValueError, TypeError):
        return False


def _check_task(name: str, body: Any, tasks: Container[str]) -> None:
    parts = body if isinstance(body, list) else []
    _require(f"there is no task {name!r}", name in tasks)
    _require(
        "its body is not a list of arguments", [type(part) for part in parts] == [list, dict, dict]
    )
    arguments, named, embedded = parts
    _require("it has keyword arguments", not named)
    _require("it has linked tasks", not any(embedded.values()))
    if name in TICKS:
        _require("a tick has no arguments", not arguments)
    else:
        _require(
            "its argument is not a list of ids", len(arguments) == 1 and _are_ids(arguments[0])
        )


def _are_ids(value: Any) -> bool:
    try:
        return isinstance(value, list) and all(str(UUID(key)) == key for key in value)
    except (ValueError, TypeError, AttributeError):
        return False


def _require(problem: str, holds: object) -> None:
    if not holds:
        raise InvalidMessageError(problem)
