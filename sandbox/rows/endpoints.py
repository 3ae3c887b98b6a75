"""Rows of webhook endpoints, and their views in the API."""

from dataclasses import dataclass, field

from sandbox.compact import Json


@dataclass(slots=True)
class WebhookEndpoint:
    """A webhook endpoint. `created` is in Unix seconds.

    The secret is shown once and not stored, since nothing is signed with it.
    """

    id: str
    url: str
    enabled_events: list[str]
    created: int
    api_version: str | None = None
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    status: str = "enabled"

    def view(self) -> Json:
        return {
            "id": self.id,
            "object": "webhook_endpoint",
            "api_version": self.api_version,
            "application": None,
            "created": self.created,
            "description": self.description,
            "enabled_events": self.enabled_events,
            "livemode": False,
            "metadata": self.metadata,
            "status": self.status,
            "url": self.url,
        }
