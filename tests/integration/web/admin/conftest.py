"""People of the console, and an order that was paid at the sandbox."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

import wsgi
from models import Product, transaction
from models.payment import payment_of
from state_machines import PaymentMachine
from state_machines.durable.unit_of_work import schedule
from state_machines.payment import PaymentSignal
from tests.support.bank import Bank
from tests.support.operators import Operator
from tests.support.till import Till
from tests.support.web import Person, SignIn, stripe_says
from web.bank import RETRIEVE_MONEY


@pytest.fixture
def clerk(sign_in: SignIn) -> Person:
    return sign_in(roles=["staff"])


@pytest.fixture
def admin(sign_in: SignIn) -> Person:
    return sign_in(roles=["admin"])


@pytest.fixture
def staff(clerk: Person) -> Operator:
    return Operator(clerk)


@pytest.fixture
def boss(admin: Person) -> Operator:
    return Operator(admin)


@pytest.fixture
def till(client: FlaskClient) -> Till:
    return Till()


@pytest.fixture
def bank(shop: Flask) -> Iterator[Bank]:
    """Return the bank, which the application asks as it does in production."""
    shop.config[RETRIEVE_MONEY] = wsgi.retrieve_money
    bank = Bank()
    yield bank
    bank.faults()


@pytest.fixture
def paid(ann: Person, lamp: Product, till: Till, bank: Bank) -> UUID:
    """Return the id of an order over $59 that was paid."""
    order_id = UUID(ann.order(lamp).get_json()["orderId"])
    till.run("payments.create_intent")
    with transaction():
        payment = payment_of(order_id)
    assert bank.confirm(payment)["status"] == "succeeded"
    with transaction():
        schedule("payments.retrieve_intent", PaymentMachine.name, payment.id)
    till.run("payments.retrieve_intent")
    assert till.states(payment.id) == ("Success", "Confirmed")
    return order_id


@pytest.fixture
def placed(ann: Person, lamp: Product) -> UUID:
    """Return the id of an order whose payment Stripe has not heard of yet."""
    return UUID(ann.order(lamp).get_json()["orderId"])


@pytest.fixture
def confirmed(placed: UUID) -> UUID:
    """Return the id of an order that was paid, as the rows have it: no bank knows of it."""
    stripe_says(placed, PaymentSignal.INITIATED, "requires_payment_method")
    stripe_says(placed, PaymentSignal.SUCCEEDED, "succeeded")
    return placed
