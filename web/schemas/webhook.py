"""Schema of the responses to webhooks."""

from web.schemas.base import Outgoing


class Received(Outgoing):
    received: bool = True
