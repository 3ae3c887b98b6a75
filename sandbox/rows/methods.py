"""Payment methods: test cards and bank accounts, by token or by number."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.cards import BY_TOKEN, TestMethod
from sandbox.compact import Json


@dataclass(slots=True)
class PaymentMethod:
    """A payment method. `token` is its test method; `created` is in Unix seconds."""

    id: str
    token: str
    created: int
    exp_month: int = 12
    exp_year: int = 2034
    billing_details: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def test(self) -> TestMethod:
        return BY_TOKEN[self.token]

    @property
    def type(self) -> str:
        if self.test.voucher:
            return "oxxo"
        return "card" if self.test.settling is None else "us_bank_account"

    @property
    def settle_seconds(self) -> float | None:
        """The duration of a slow payment in seconds, if the metadata sets it."""
        seconds = self.metadata.get("settle_seconds", "")
        return float(seconds) if seconds.replace(".", "", 1).isdecimal() else None

    def details(self) -> Json:
        """Return the details of the method; those of a charge have more fields."""
        if self.type == "oxxo":
            return {}
        last4 = self.test.number[-4:]
        if self.type == "us_bank_account":
            return {
                "account_holder_type": "individual",
                "account_type": "checking",
                "bank_name": "STRIPE TEST BANK",
                "last4": last4,
                "routing_number": "110000000",
            }
        return {
            "brand": self.test.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "US",
            "exp_month": self.exp_month,
            "exp_year": self.exp_year,
            "fingerprint": f"fp{self.test.number[::-1]}"[:16],
            "funding": "credit",
            "last4": last4,
            "networks": {"available": [self.test.brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        }

    def view(self) -> Json:
        address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
        billing = {"address": address, "email": None, "name": None, "phone": None}
        return {
            "id": self.id,
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": {**billing, **self.billing_details},
            self.type: self.details(),
            "created": self.created,
            "customer": None,
            "livemode": False,
            "metadata": self.metadata,
            "type": self.type,
        }
