"""People who use the HTTP services, and providers that send them messages."""

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from sqlalchemy import func, select
from stripe import WebhookSignature
from werkzeug.test import TestResponse

from config import settings
from models import (
    ActivityRow,
    Login,
    Order,
    Payment,
    Product,
    SignalRow,
    User,
    transaction,
)
from models.clock import now, tick
from state_machines import PaymentMachine
from state_machines.payment import PaymentSignal
from state_machines.providers.stripe.intents import Card, Intent
from state_machines.providers.stripe.payments import record_card, record_intent

CARD = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}
CHARGE = {"id": "ch_1", "payment_method_details": {"card": CARD}}
T = TypeVar("T")
Json = dict[str, Any]


@dataclass
class Person:
    """Somebody who is signed in."""

    client: FlaskClient
    user: User
    session_id: UUID
    headers: Json = field(default_factory=dict)

    def order(self, product: Product, **fields: Any) -> TestResponse:
        """Order one piece of `product`, by default without waiting for Stripe.

        `wait` is in seconds; None stands for a client that does not send `Prefer`.
        """
        wait = fields.pop("wait", 0)
        body = {
            "referenceId": uuid4().hex,
            "items": [{"productId": product.id, "quantity": 1}],
            "billingAddress": "1 Main St",
            "shippingAddress": "",
        }
        headers = self.headers | ({} if wait is None else {"Prefer": f"wait={wait}"})
        return self.client.post("/order", json=body | fields, headers=headers)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self.headers | headers)

    def delete(self, path: str) -> TestResponse:
        return self.client.delete(path, headers=self.headers)


SignIn = Callable[..., Person]


def until(look: Callable[[], T | None], seconds: float = 10) -> T:
    """Return the first true result of `look`."""
    end = tick() + seconds
    while tick() < end:
        result = look()
        if result is not None:
            return result
    raise AssertionError("it did not come")


def count_orders() -> int:
    with transaction() as session:
        return session.scalar(select(func.count(Order.id))) or 0


def code_of(login_id: str) -> str:
    """Return the code in the email of this login, or of the login that it joined."""
    with transaction() as session:
        query = (
            select(ActivityRow.secret)
            .join(Login, Login.code_id == ActivityRow.subject_id)
            .where(Login.id == UUID(login_id))
        )
        return session.scalars(query).one() or ""


def stripe_says(order_id: UUID, signal: PaymentSignal, status: str, **fields: Any) -> None:
    """Move an order's payment as the worker does when Stripe has answered."""
    with transaction() as session:
        payment_id = session.scalars(select(Payment.id).where(Payment.order_id == order_id)).one()
        payment = PaymentMachine.lock([payment_id])[payment_id]
        record_intent(payment, an_intent(order_id, status, **fields), signal)


def an_intent(order_id: UUID, status: str, **fields: Any) -> Intent:
    about = {"id": f"pi_{order_id.hex}", "status": status, "client_secret": f"cs_{order_id.hex}"}
    paid: Json = {"amount_received": 5900, "latest_charge": CHARGE} if status == "succeeded" else {}
    named = {"metadata": {"orderId": str(order_id)}, "currency": "usd"}
    return Intent.read(about | named | paid | fields)


def deliver(client: FlaskClient, event: Any, **signed: Any) -> TestResponse:
    """Post an event as Stripe does."""
    body = event if isinstance(event, str) else json.dumps(event)
    secret = signed.get("secret", settings.stripe_webhook_secrets[-1])
    signature = WebhookSignature.generate_signature_header(body, secret, signed.get("at"))
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return client.post("/order/webhook", data=body, headers=headers)


def deliver_email_events(client: FlaskClient, events: Any, at: int | None = None) -> TestResponse:
    body, moment = json.dumps(events).encode(), str(at or int(now().timestamp()))
    pem = os.environ["SANDBOX_SENDGRID_PRIVATE_KEY"].encode()
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = key.sign(moment.encode() + body, ec.ECDSA(hashes.SHA256()))
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": moment,
    }
    return client.post("/order/email-events", data=body, headers=headers)


def a_payment_event(kind: str = "payment_intent.succeeded", **fields: Any) -> dict[str, Any]:
    intent = {
        "id": f"pi_{uuid4().hex}",
        "object": "payment_intent",
        "status": "succeeded",
        "amount_received": 5900,
        "currency": "usd",
        "metadata": {"orderId": fields.pop("order_id", str(uuid4()))},
    }
    event = {"id": f"evt_{uuid4().hex}", "object": "event", "type": kind, "livemode": False}
    return event | {"data": {"object": intent}} | fields


def all_signals() -> list[SignalRow]:
    with transaction() as session:
        return list(session.scalars(select(SignalRow)))


def record_card_of(order_id: UUID) -> None:
    """Record the card of an order's payment, as an answer of Stripe does."""
    with transaction() as session:
        payment_id = session.scalars(select(Payment.id).where(Payment.order_id == order_id)).one()
        record_card(PaymentMachine.lock([payment_id])[payment_id], Card("visa", "4242", 12, 2034))
