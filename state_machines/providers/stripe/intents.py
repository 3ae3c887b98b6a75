"""Stripe's payment intents and charges, parsed from its JSON.

Source of the shapes: https://docs.stripe.com/api/payment_intents/object
"""

from contextlib import suppress
from dataclasses import field
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from pydantic.dataclasses import dataclass

from models.currency import CurrencyCode, MinorAmount
from models.payment import PROCESSING
from state_machines.providers.stripe.payment_window import (
    MAX_UNIX_SECONDS,
    expiry_of,
    payable_until,
)


@dataclass(frozen=True, slots=True)
class Card:
    """The card of a charge: `last4` are the last digits of its number."""

    brand: str
    last4: str
    exp_month: Annotated[int, Field(ge=1, le=12)]
    exp_year: Annotated[int, Field(ge=0, le=9999)]

    @classmethod
    def of_charge(cls, charge: Any) -> "Card | None":
        """Return the card of Stripe's charge object, or None.

        None means another payment method, a charge that is not expanded, or an unreadable card: the
        payment must be recorded all the same.
        """
        try:
            card = charge["payment_method_details"]["card"]
            return cls(card["brand"], card["last4"], card["exp_month"], card["exp_year"])
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment intent as of one moment. `received` is minor units of `currency`."""

    id: str
    status: str
    client_secret: str | None
    received: MinorAmount
    currency: CurrencyCode
    charge_id: str | None
    card: Card | None
    decline_reason: str | None
    order_id: str | None
    created: Annotated[int, Field(ge=0, lt=MAX_UNIX_SECONDS)] = 0
    action: str | None = None
    expires_at: int | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def named_order(self) -> UUID | None:
        """The order id in the metadata, if it is a UUID."""
        with suppress(ValueError):
            return UUID(self.order_id) if self.order_id else None
        return None

    @property
    def payable_until(self) -> datetime | None:
        """The time until which it can be paid; None means the shop's own payment window."""
        return payable_until(self.waits_for, self.expires_at)

    @property
    def waits_for(self) -> str | None:
        """The thing it waits for: "processing", the type of its `next_action`, or None."""
        if self.status == PROCESSING:
            return PROCESSING
        return self.action if self.status == "requires_action" else None

    @property
    def open(self) -> bool:
        """True while somebody can pay it."""
        return self.status.startswith("requires_")

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Intent":
        """Read Stripe's object. Raises KeyError or ValueError when it is no payment intent."""
        charge = data.get("latest_charge")
        problem = data.get("last_payment_error") or {}
        action = data.get("next_action") or {}
        metadata = data.get("metadata") or {}
        return cls(
            id=data["id"],
            status=data["status"],
            client_secret=data.get("client_secret"),
            received=data.get("amount_received") or 0,
            currency=data["currency"],
            charge_id=charge.get("id") if isinstance(charge, dict) else charge,
            card=Card.of_charge(charge),
            decline_reason=problem.get("decline_code") or problem.get("code"),
            order_id=metadata.get("orderId"),
            created=data.get("created") or 0,
            action=action.get("type"),
            expires_at=expiry_of(action),
            metadata=metadata,
        )


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as of one moment. `refunded` is minor units; `intent_id` is None for others'."""

    intent_id: str | None
    order_id: str | None
    refunded: MinorAmount
    card: Card | None

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Charge":
        """Read Stripe's object. Raises KeyError or ValueError when it is no charge."""
        return cls(
            intent_id=data.get("payment_intent"),
            order_id=(data.get("metadata") or {}).get("orderId"),
            refunded=data.get("amount_refunded") or 0,
            card=Card.of_charge(data),
        )
