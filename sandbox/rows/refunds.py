"""Rows of refunds."""

from dataclasses import dataclass, field

from sandbox.compact import Json


@dataclass(slots=True)
class Refund:
    """A refund. `amount` is minor units; `created` and `settles_at` are Unix seconds."""

    id: str
    amount: int
    currency: str
    created: int
    charge: str
    payment_intent: str
    status: str  # pending, requires_action, succeeded, failed, canceled
    reason: str | None = None
    failure_reason: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    settles_at: float | None = None

    def view(self) -> Json:
        seen: Json = {
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": f"txn_{self.id[3:]}",
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "destination_details": {"card": {"type": "refund"}, "type": "card"},
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": self.status,
            "transfer_reversal": None,
        }
        if self.failure_reason is not None:
            seen["failure_reason"] = self.failure_reason
            seen["failure_balance_transaction"] = f"txn_f{self.id[3:]}"
        return seen
