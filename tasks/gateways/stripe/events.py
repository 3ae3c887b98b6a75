"""Events: https://docs.stripe.com/webhooks/process-undelivered-events."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tasks.gateways.stripe.client import client, retrieve_page


def undelivered_events(
    kinds: Iterable[str], since: datetime, after: str | None
) -> tuple[list[dict[str, Any]], bool]:
    """Retrieve a page of events that were not delivered to every endpoint, newest first.

    The events are of these kinds and created since `since`; the page follows the event `after`.
    Return also whether there are more.
    """
    return retrieve_page(
        client().v1.events.list, since, after, delivery_success=False, types=list(kinds)
    )
