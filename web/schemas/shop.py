"""Schema of what a browser needs before its first request to the shop."""

from typing import Literal

from web.schemas.base import Outgoing


class ShopView(Outgoing):
    """The public settings of the shop. `currency` is the one that it sells in by default.

    `mailboxUrl` and `flowerUrl` are set in development only; `eventsUrl` is null where no process
    sends events.
    """

    name: str
    environment: Literal["development", "production"]
    currency: str
    stripe_publishable_key: str
    stripe_script_url: str
    mailbox_url: str | None
    flower_url: str | None
    events_url: str | None
