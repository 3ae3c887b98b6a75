"""The whole HTTP side over the real database, and people who use it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from stripe import WebhookSignature
from werkzeug.test import TestResponse

from config import settings
from models import ActivityRow, Login, Payment, Product, User, refresh, transaction
from models.clock import tick
from models.ids import uuid7
from state_machines import PaymentMachine
from state_machines.intent import Intent, take_in
from state_machines.payment import PaymentSignal
from tests.support.factories import a_product
from web import create_app, tokens
from web.rate_limits import limiter

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

    def order(self, product: Product, **given: Any) -> TestResponse:
        """Ask for one piece of `product`, without waiting for Stripe unless told to: `wait` is in
        seconds, and None is for a client that does not know of `Prefer`.
        """
        wait = given.pop("wait", 0)
        body = {
            "referenceId": uuid4().hex,
            "items": [{"productId": product.id, "quantity": 1}],
            "billingAddress": "1 Main St",
            "shippingAddress": "",
        }
        headers = self.headers | ({} if wait is None else {"Prefer": f"wait={wait}"})
        return self.client.post("/order", json=body | given, headers=headers)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self.headers | headers)

    def delete(self, path: str) -> TestResponse:
        return self.client.delete(path, headers=self.headers)


@pytest.fixture(scope="session")
def shop(flask_app: Flask) -> Flask:
    """Every service in one application."""
    return create_app()


@pytest.fixture
def client(shop: Flask, app: Flask) -> FlaskClient:
    """A browser without cookies, on an empty database; nobody has knocked yet."""
    with shop.app_context():
        limiter.reset()
    return shop.test_client()


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[..., Person]:
    def person(**given: Any) -> Person:
        unique = uuid7().hex
        with transaction() as session:
            user = User(**{"email": f"{unique}@example.com", "username": unique} | given)
            session.add(user)
            session.flush()
            opened = refresh.open_session(user, user_agent="tests", ip_address="127.0.0.1")
        token = tokens.issue(user, opened.session)
        return Person(client, user, opened.session.id, {"Authorization": f"Bearer {token}"})

    return person


@pytest.fixture
def ann(sign_in: Callable[..., Person]) -> Person:
    return sign_in()


@pytest.fixture
def lamp(client: FlaskClient) -> Product:
    with transaction():
        return a_product(name="Desk lamp", price=4900)


def until(look: Callable[[], T | None], seconds: float = 10) -> T:
    """What `look` finds, as soon as it finds something."""
    end = tick() + seconds
    while tick() < end:
        found = look()
        if found is not None:
            return found
    raise AssertionError("it did not come")


def code_of(login_id: str) -> str:
    """The code in the e-mail that will be sent, for this login or for the one that it joined."""
    with transaction() as session:
        query = (
            select(ActivityRow.secret)
            .join(Login, Login.code_id == ActivityRow.subject_id)
            .where(Login.id == UUID(login_id))
        )
        return session.scalars(query).one() or ""


def stripe_says(order_id: UUID, signal: PaymentSignal, status: str, **given: Any) -> None:
    """Move an order's payment as the worker does when Stripe has answered."""
    with transaction() as session:
        payment_id = session.scalars(select(Payment.id).where(Payment.order_id == order_id)).one()
        payment = PaymentMachine.lock([payment_id])[payment_id]
        take_in(payment, an_intent(order_id, status, **given), signal)


def an_intent(order_id: UUID, status: str, **given: Any) -> Intent:
    about = {"id": f"pi_{order_id.hex}", "status": status, "client_secret": f"cs_{order_id.hex}"}
    paid: Json = {"amount_received": 5900, "latest_charge": CHARGE} if status == "succeeded" else {}
    named = {"metadata": {"orderId": str(order_id)}, "currency": "usd"}
    return Intent.read(about | named | paid | given)


def deliver(client: FlaskClient, event: Any, **given: Any) -> TestResponse:
    """Post an event as Stripe does."""
    body = event if isinstance(event, str) else json.dumps(event)
    secret = given.get("secret", settings.stripe_webhook_secrets[-1])
    signature = WebhookSignature.generate_signature_header(body, secret, given.get("at"))
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return client.post("/order/webhook", data=body, headers=headers)
