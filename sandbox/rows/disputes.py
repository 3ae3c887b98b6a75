"""Rows of disputes, in which the customer's bank claims the money back."""

from dataclasses import dataclass, field

from sandbox.compact import Json

INQUIRY = "warning_"

# https://docs.stripe.com/api/disputes/evidence_object
EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip


@dataclass(slots=True)
class Dispute:
    """A dispute. `amount` is minor units; `created`, `due_by` and `settles_at` are Unix seconds.

    `transactions` has the withdrawals and returns. `settles_at`, the time of the decision, is
    internal.
    """

    id: str
    amount: int
    currency: str
    created: int
    charge: str
    payment_intent: str
    reason: str
    status: str
    due_by: int
    evidence: dict[str, str | None] = field(default_factory=dict)
    submissions: int = 0
    metadata: dict[str, str] = field(default_factory=dict)
    transactions: list[Json] = field(default_factory=list)
    settles_at: float | None = None

    @property
    def inquiry(self) -> bool:
        """True when the bank has only asked a question, and no money has moved."""
        return self.status.startswith(INQUIRY)

    @property
    def withdrawn(self) -> int:
        """The amount withdrawn from the shop's account and not returned, in minor units."""
        moved = (int(transaction["amount"]) for transaction in self.transactions)
        return -sum(moved)

    @property
    def decided(self) -> bool:
        return self.status in ("won", "lost", "prevented", f"{INQUIRY}closed")

    def view(self) -> Json:
        return {
            "id": self.id,
            "object": "dispute",
            "amount": self.amount,
            "balance_transactions": self.transactions,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "enhanced_eligibility_types": [],
            "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}, **self.evidence},
            "evidence_details": {
                "due_by": self.due_by,
                "enhanced_eligibility": {},
                "has_evidence": any(self.evidence.values()),
                "past_due": False,
                "submission_count": self.submissions,
                "submission_method": "manual" if self.submissions else "not_submitted",
            },
            "is_charge_refundable": not self.withdrawn,
            "livemode": False,
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "status": self.status,
        }
