"""The bank behind the API: its rows, its events, and its scheduled actions."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sandbox import clock
from sandbox.compact import Json, compact
from sandbox.events import Event, Source
from sandbox.ids import new_id
from sandbox.store import Store
from sandbox.stripe_api.errors import missing
from sandbox.webhooks import Webhooks

# The API version of the objects: https://docs.stripe.com/changelog.
API_VERSION = "2026-10-28.endive"

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Cause:
    """The request behind an event. Both fields are None for the bank's own actions."""

    request: str | None = None
    idempotency_key: str | None = None


class Bank:
    """The bank. `settle_seconds` is the duration of slow payments and refunds.

    The search of intents is `search_lag` seconds behind.
    """

    search_lag = 0.0

    def __init__(self, store: Store, webhooks: Webhooks, settle_seconds: float) -> None:
        self.store = store
        self.webhooks = webhooks
        self.settle_seconds = settle_seconds

    def publish(self, kind: str, snapshot: Json, cause: Cause) -> None:
        """Create an event and publish it."""
        event_id = new_id("evt")
        created = int(clock.now())
        body: Json = {
            "id": event_id,
            "object": "event",
            "api_version": API_VERSION,
            "created": created,
            "data": {"object": snapshot},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": cause.request, "idempotency_key": cause.idempotency_key},
            "type": kind,
        }
        self.webhooks.publish(Event(event_id, Source.STRIPE, kind, created, compact(body)))

    def at(self, moment: float, act: Callable[["Bank", str], None], row_id: str) -> None:
        """Schedule an action on a row at `moment`, in Unix seconds."""
        wait = max(0.0, moment - clock.now())
        asyncio.get_running_loop().call_later(wait, act, self, row_id)


def find(rows: dict[str, R], kind: str, key: str, param: str = "id") -> R:
    """Return a row. Raises StripeError 404 when there is no such row."""
    row = rows.get(key)
    if row is None:
        raise missing(kind, key, param)
    return row
