"""Messages from the broker: only what this system itself sends is taken; all else is dropped.

A message is a hint, and the rows are the truth. Celery ends a worker that gets what it cannot read,
and leaves some of it unacknowledged, to be redelivered for ever.
"""

import base64
from collections.abc import Container
from datetime import datetime
from typing import Any
from uuid import UUID

from kombu.serialization import loads

# Tasks without arguments; all others are activities, and take ids.
TICKS = frozenset({"sweep", "maintenance"})

# Headers that Celery reads, as they are in every message that is sent here.
ALWAYS: dict[str, Any] = {
    **dict.fromkeys(("eta", "group", "group_index", "shadow", "stamped_headers", "compression")),
    **dict.fromkeys(("retries", "replaced_task_nesting"), 0),
    "timelimit": [None, None],
    "stamps": {},
}
# Others are yes or no, such as those of beat's ticks and of what is delivered again.
WORDS = frozenset({"lang", "root_id", "parent_id", "argsrepr", "kwargsrepr", "origin", "expires"})


class StrangerError(ValueError):
    """A message that this system cannot have sent, and why."""


def problem_of(
    message: Any, queue: str, queues: Container[str], tasks: Container[str]
) -> str | None:
    """Return why a message that came from `queue` cannot be taken, or None when it can.

    Those of our `queues` must be for one of `tasks`: an activity, with ids, or a tick, with
    nothing. Others are Celery's own, such as Flower's questions.
    """
    try:
        body = _body(message)
        if queue in queues:
            _check_headers(_part(message, "headers"), _part(message, "properties"))
            _check_task(message["headers"]["task"], body, tasks)
    except StrangerError as stranger:
        return str(stranger)
    return None


def _part(of: Any, name: str) -> dict[str, Any]:
    part = of.get(name) if isinstance(of, dict) else None
    if not isinstance(part, dict):
        raise StrangerError(f"no {name}")
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
        raise StrangerError(f"its body cannot be read: {error}") from error


def _check_headers(headers: dict[str, Any], properties: dict[str, Any]) -> None:
    for key in ("task", "id"):
        _require(f"no {key}", isinstance(headers.get(key), str))
    for key, value in headers.items():
        simple = isinstance(value, str | None if key in WORDS else str | bool | None)
        known = value == ALWAYS[key] if key in ALWAYS else simple
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
    _require("its body is not arguments", [type(part) for part in parts] == [list, dict, dict])
    arguments, named, embedded = parts
    _require("arguments by name", not named)
    _require("other tasks that hang on it", not any(embedded.values()))
    if name in TICKS:
        _require("arguments to a tick", not arguments)
    else:
        _require("its argument is not ids", len(arguments) == 1 and _are_ids(arguments[0]))


def _are_ids(value: Any) -> bool:
    try:
        return isinstance(value, list) and all(str(UUID(key)) == key for key in value)
    except (ValueError, TypeError, AttributeError):
        return False


def _require(problem: str, holds: object) -> None:
    if not holds:
        raise StrangerError(problem)
