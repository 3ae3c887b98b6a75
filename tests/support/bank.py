"""The bank's side of a payment, at the sandbox."""

import requests

from config import settings as config
from models import Payment


class Bank:
    """The actions of a customer's browser and of Stripe's dashboard at Stripe."""

    def confirm(self, payment: Payment, method: str = "pm_card_visa") -> dict[str, object]:
        url = f"{config.stripe_api_base}/v1/payment_intents/{payment.intent_id}/confirm"
        body = {"payment_method": method, "return_url": "http://localhost"}
        intent: dict[str, object] = requests.post(
            url, data=body, auth=(config.stripe_secret_key, ""), timeout=60
        ).json()
        return intent

    def change(self, payment: Payment, **form: object) -> None:
        """Change the intent in Stripe's dashboard."""
        url = f"{config.stripe_api_base}/v1/payment_intents/{payment.intent_id}"
        requests.post(url, data=form, auth=(config.stripe_secret_key, ""), timeout=60)

    def ledger(self, payment: Payment) -> list[dict[str, object]]:
        rows = requests.get(f"{config.stripe_api_base}/ledger.json", timeout=60).json()
        return [row for row in rows if row["orderId"] == str(payment.order_id)]

    def emails_to(self, to: str) -> list[dict[str, object]]:
        url = f"{config.sendgrid_api_base}/mail.json"
        emails: list[dict[str, object]] = requests.get(url, params={"to": to}, timeout=60).json()
        return emails

    def faults(self, **faults: object) -> None:
        url = f"{config.stripe_api_base}/faults"
        requests.put(url, json=faults, timeout=60).raise_for_status()
