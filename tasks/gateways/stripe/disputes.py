"""Disputes: https://docs.stripe.com/api/disputes."""

from datetime import datetime
from typing import Any

from tasks.gateways.stripe.client import client, retrieve_page


def list_disputes(since: datetime, after: str | None) -> tuple[list[dict[str, Any]], bool]:
    """Retrieve a page of disputes created since `since`, newest first, and whether there are more.

    The page follows the dispute `after`.
    """
    return retrieve_page(client().v1.disputes.list, since, after)
