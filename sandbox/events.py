"""Events of Stripe and SendGrid, and the state of their delivery."""

from dataclasses import dataclass
from enum import StrEnum


class Delivery(StrEnum):
    PENDING = "pending"  # attempted until it succeeds
    DELIVERED = "delivered"  # answered 2xx
    DROPPED = "dropped"  # a fault: never attempted
    UNWANTED = "unwanted"  # no listener for its type


class Source(StrEnum):
    STRIPE = "stripe"
    SENDGRID = "sendgrid"


@dataclass(slots=True)
class Event:
    """An event. `body` is the text that is signed and posted; `created` is in Unix seconds."""

    id: str
    source: str
    type: str
    created: int
    body: str
    state: str = Delivery.PENDING

    @property
    def undelivered(self) -> bool:
        return self.state in (Delivery.PENDING, Delivery.DROPPED)
