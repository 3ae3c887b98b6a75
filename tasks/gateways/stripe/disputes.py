"""Disputes: https://docs.stripe.com/api/disputes."""

from datetime import datetime
from typing import Any

from tasks.gateways.stripe.client import client, page_of


def list_disputes(since: datetime, after: str | None) -> tuple[list[dict[str, Any]], bool]:
    """A page of the disputes created from `since` on, newest first and following the dispute
    `after`; and whether there are more.
    """
    return page_of(client().v1.disputes.list, since, after)
