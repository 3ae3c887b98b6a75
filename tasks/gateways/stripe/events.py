"""Events: https://docs.stripe.com/webhooks/process-undelivered-events."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tasks.gateways.stripe.client import client, page_of


def undelivered_events(
    kinds: Iterable[str], since: datetime, after: str | None
) -> tuple[list[dict[str, Any]], bool]:
    """A page of the events of these kinds from `since` on, newest first and following the event
    `after`, that some endpoint has not taken; and whether there are more.
    """
    return page_of(client().v1.events.list, since, after, delivery_success=False, types=list(kinds))
