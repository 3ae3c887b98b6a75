"""Rows of payment intents, and their views in the API."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.compact import Json

# Fields hidden from a browser with the publishable key.
PRIVATE = frozenset({
    "amount_capturable", "amount_received", "application", "application_fee_amount", "customer",
    "latest_charge", "metadata", "on_behalf_of", "payment_method_options", "review",
    "statement_descriptor", "statement_descriptor_suffix", "transfer_data", "transfer_group",
})  # fmt: skip

# Fields that the sandbox does not support, or never changes.
FIXED: Json = {
    "amount_capturable": 0,
    "amount_details": {"tip": {}},
    "application": None,
    "application_fee_amount": None,
    "livemode": False,
    "on_behalf_of": None,
    "payment_method_configuration_details": None,
    "payment_method_options": {},
    "processing": None,
    "review": None,
    "source": None,
    "transfer_data": None,
    "transfer_group": None,
}

CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation",
              "requires_action", "processing")  # fmt: skip
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


@dataclass(slots=True)
class Intent:
    """A payment intent. Amounts are minor units; times are Unix seconds.

    `confirms` and `cancels` (the numbers of executed calls) and `settles_at` (the end of a slow
    payment) are internal.
    """

    id: str
    amount: int
    currency: str
    created: int
    client_secret: str
    status: str = "requires_payment_method"
    metadata: dict[str, str] = field(default_factory=dict)
    automatic_payment_methods: dict[str, Any] | None = None
    payment_method_types: list[str] = field(default_factory=lambda: ["card"])
    capture_method: str = "automatic_async"
    confirmation_method: str = "automatic"
    description: str | None = None
    receipt_email: str | None = None
    customer: str | None = None
    setup_future_usage: str | None = None
    shipping: dict[str, Any] | None = None
    statement_descriptor: str | None = None
    statement_descriptor_suffix: str | None = None
    payment_method: str | None = None
    latest_charge: str | None = None
    last_payment_error: dict[str, Any] | None = None
    next_action: dict[str, Any] | None = None
    amount_received: int = 0
    canceled_at: int | None = None
    cancellation_reason: str | None = None
    confirms: int = 0
    cancels: int = 0
    settles_at: float | None = None

    @property
    def return_url(self) -> str | None:
        """The URL to which a redirecting challenge returns."""
        redirect: dict[str, str] = (self.next_action or {}).get("redirect_to_url", {})
        return redirect.get("return_url")

    def view(self, *, public: bool = False) -> Json:
        seen: Json = {
            "id": self.id,
            "object": "payment_intent",
            **FIXED,
            "amount": self.amount,
            "amount_received": self.amount_received,
            "automatic_payment_methods": self.automatic_payment_methods,
            "canceled_at": self.canceled_at,
            "cancellation_reason": self.cancellation_reason,
            "capture_method": self.capture_method,
            "client_secret": self.client_secret,
            "confirmation_method": self.confirmation_method,
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "description": self.description,
            "last_payment_error": self.last_payment_error,
            "latest_charge": self.latest_charge,
            "metadata": self.metadata,
            "next_action": self.next_action,
            "payment_method": self.payment_method,
            "payment_method_types": self.payment_method_types,
            "receipt_email": self.receipt_email,
            "setup_future_usage": self.setup_future_usage,
            "shipping": self.shipping,
            "statement_descriptor": self.statement_descriptor,
            "statement_descriptor_suffix": self.statement_descriptor_suffix,
            "status": self.status,
        }
        if public:
            return {name: value for name, value in seen.items() if name not in PRIVATE}
        return seen
