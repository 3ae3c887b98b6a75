"""What a webhook answers."""

from web.schemas.base import Outgoing


class Received(Outgoing):
    received: bool = True
