"""Disputes as rows: the customer's bank asks for the money back."""

from dataclasses import dataclass, field

from sandbox.compact import Json

INQUIRY = "warning_"


@dataclass(slots=True)
class Dispute:
    """`amount` in minor units, `created` and `due_by` in Unix seconds."""

    id: str
    amount: int
    currency: str
    created: int
    charge: str
    payment_intent: str
    reason: str
    status: str
    due_by: int
    evidence: dict[str, str] = field(default_factory=dict)
    submissions: int = 0

    @property
    def inquiry(self) -> bool:
        """No money has moved, and the charge can be refunded."""
        return self.status.startswith(INQUIRY)

    @property
    def withdrawn(self) -> int:
        """What the bank has taken from the shop's account."""
        return 0 if self.inquiry or self.status == "won" else self.amount

    @property
    def decided(self) -> bool:
        return self.status in ("won", "lost", f"{INQUIRY}closed")

    def view(self) -> Json:
        return {
            "id": self.id,
            "object": "dispute",
            "amount": self.amount,
            "balance_transactions": [],
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "enhanced_eligibility_types": [],
            "evidence": self.evidence,
            "evidence_details": {
                "due_by": self.due_by,
                "enhanced_eligibility": {},
                "has_evidence": bool(self.evidence),
                "past_due": False,
                "submission_count": self.submissions,
            },
            "is_charge_refundable": self.inquiry,
            "livemode": False,
            "metadata": {},
            "payment_intent": self.payment_intent,
            "reason": self.reason,
            "status": self.status,
        }
