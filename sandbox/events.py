"""What the outside is told about: Stripe's events and SendGrid's, with what became of them."""

from dataclasses import dataclass
from enum import StrEnum


class Delivery(StrEnum):
    PENDING = "pending"  # being tried, until it succeeds
    DELIVERED = "delivered"  # answered 2xx
    DROPPED = "dropped"  # a fault: never tried
    UNWANTED = "unwanted"  # nobody listens


class Source(StrEnum):
    STRIPE = "stripe"
    SENDGRID = "sendgrid"


@dataclass(slots=True)
class Event:
    """`body` is the exact text that is signed and posted; `created` is in Unix seconds."""

    id: str
    source: str
    type: str
    created: int
    body: str
    state: str = Delivery.PENDING

    @property
    def undelivered(self) -> bool:
        return self.state in (Delivery.PENDING, Delivery.DROPPED)
