"""The call to the provider, the same for all contenders: a persistent connection per thread."""

import http.client
import json
import os
import threading
from typing import Any

PROVIDER = int(os.environ.get("RACE_PROVIDER", "0"))
_of_thread = threading.local()


def call(flow: str, step: int, port: int) -> dict[str, Any]:
    """POST a call. The provider's event goes to `port`. Raises OSError or HTTPException."""
    body = request_body(flow, step, port)
    connection = getattr(_of_thread, "connection", None)
    if connection is None:
        connection = _of_thread.connection = http.client.HTTPConnection(
            "127.0.0.1", PROVIDER, timeout=5
        )
    try:
        connection.request("POST", "/call", json.dumps(body))
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    except (OSError, http.client.HTTPException):
        _of_thread.connection = None
        raise
    return answer


def request_body(flow: str, step: int, port: int) -> dict[str, Any]:
    """Return the body of a call."""
    return {"flow": flow, "step": step, "port": port, "amount": 4200, "currency": "eur"}
