"""Charges: payment attempts, successful or not."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.compact import Json


@dataclass(slots=True)
class Charge:
    """A charge. Amounts are minor units, `created` is in Unix seconds; `method` is a view."""

    id: str
    amount: int
    currency: str
    created: int
    payment_intent: str
    status: str  # succeeded, pending, failed
    method: dict[str, Any]
    amount_refunded: int = 0
    disputed: bool = False
    failure_code: str | None = None
    failure_message: str | None = None
    decline_code: str | None = None
    description: str | None = None
    receipt_email: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """The amount that can still be refunded."""
        return self.amount - self.amount_refunded

    def view(self) -> Json:
        paid = self.status != "failed"
        kind = self.method["type"]
        return {
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": self.amount if paid else 0,
            "amount_refunded": self.amount_refunded,
            "balance_transaction": f"txn_{self.id[3:]}" if self.status == "succeeded" else None,
            "billing_details": self.method["billing_details"],
            "captured": paid,
            "created": self.created,
            "currency": self.currency,
            "customer": None,
            "description": self.description,
            "disputed": self.disputed,
            "failure_balance_transaction": None,
            "failure_code": self.failure_code,
            "failure_message": self.failure_message,
            "livemode": False,
            "metadata": self.metadata,
            "outcome": self._outcome(),
            "paid": paid,
            "payment_intent": self.payment_intent,
            "payment_method": self.method["id"],
            "payment_method_details": {kind: self._details(), "type": kind},
            "receipt_email": self.receipt_email,
            "receipt_url": None,
            "refunded": self.amount_refunded == self.amount,
            "shipping": None,
            "source": None,
            "status": self.status,
        }

    def _details(self) -> Json:
        """Return the payment method with the details of its use."""
        details: Json = dict(self.method[self.method["type"]])
        if self.method["type"] == "oxxo":
            return {"number": None}
        if self.method["type"] != "card":
            return details
        for only_in_the_method in ("networks", "three_d_secure_usage"):
            details.pop(only_in_the_method, None)
        return details | {"network": details["brand"], "three_d_secure": None}

    def _outcome(self) -> Json:
        if self.status != "failed":
            return {
                "network_status": "approved_by_network",
                "reason": None,
                "risk_level": "normal",
                "seller_message": "Payment complete.",
                "type": "authorized",
            }
        return {
            "network_status": "declined_by_network",
            "reason": self.decline_code or self.failure_code,
            "risk_level": "normal",
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        }
