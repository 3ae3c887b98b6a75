"""Webhook endpoints: https://docs.stripe.com/api/webhook_endpoints."""

from collections.abc import Iterable, Iterator
from typing import Any

from tasks.gateways.stripe.client import API_VERSION, PAGE_SIZE, client, convert_errors, to_plain

__all__ = ["API_VERSION", "create", "list_all", "retrieve", "update"]


def list_all() -> Iterator[dict[str, Any]]:
    """Yield every endpoint of the account, newest first."""
    query: dict[str, Any] = {"limit": PAGE_SIZE}
    while True:
        with convert_errors():
            page = to_plain(client().v1.webhook_endpoints.list(query))  # type: ignore[arg-type]
        yield from page["data"]
        if not page["has_more"]:
            return
        query["starting_after"] = page["data"][-1]["id"]


def retrieve(endpoint_id: str) -> dict[str, Any]:
    """Retrieve an endpoint. Raises MissingError when it is not in this account."""
    with convert_errors():
        return to_plain(client().v1.webhook_endpoints.retrieve(endpoint_id))


def create(url: str, kinds: Iterable[str]) -> dict[str, Any]:
    """Create an endpoint for events of these kinds, in API_VERSION.

    Only this response contains its `secret`.
    """
    body: Any = {"url": url, "enabled_events": sorted(kinds), "api_version": API_VERSION}
    with convert_errors():
        return to_plain(client().v1.webhook_endpoints.create(body))


def update(endpoint_id: str, url: str, kinds: Iterable[str]) -> dict[str, Any]:
    """Enable the endpoint for events of these kinds at `url`. Its version cannot be changed."""
    body: Any = {"url": url, "enabled_events": sorted(kinds), "disabled": False}
    with convert_errors():
        return to_plain(client().v1.webhook_endpoints.update(endpoint_id, body))
