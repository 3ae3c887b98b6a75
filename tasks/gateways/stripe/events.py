"""Events: https://docs.stripe.com/webhooks/process-undelivered-events."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tasks.gateways.stripe.client import client, sorted_errors, told

PAGE = 100


def undelivered_events(
    kinds: Iterable[str], since: datetime, after: str | None
) -> tuple[list[dict[str, Any]], bool]:
    """A page of the events of these kinds from `since` on, newest first and following the event
    `after`, that some endpoint has not taken; and whether there are more.
    """
    query: dict[str, Any] = {
        "limit": PAGE,
        "delivery_success": False,
        "types": list(kinds),
        "created": {"gte": int(since.timestamp())},
    }
    if after:
        query["starting_after"] = after
    with sorted_errors():
        page = told(client().v1.events.list(query))  # type: ignore[arg-type]
    return page["data"], page["has_more"]
