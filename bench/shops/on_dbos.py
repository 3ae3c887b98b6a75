"""The shop on DBOS: an order is a workflow on our tables, emails, and clients of the providers.

It has the way from the order to the receipt, and no refunds or disputes.
`python -m bench.shops.on_dbos` creates DBOS's own tables.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from dbos import (  # type: ignore[import-not-found]  # of .venv-bench
    DBOS,
    DBOSConfig,
    Serializer,
    SQLAlchemyDatasource,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import settings
from models import Order, OrderState, Payment, PaymentState
from models.clock import now
from models.order import OrderItem
from models.product import Product, ProductStatus
from models.shipping import SHIPPING_COSTS
from models.user import REFUSED, User, UserSession
from state_machines.writes.stock import INSERT_MOVES
from tasks import email_rendering
from tasks.emails import ORDER_LOADS
from tasks.gateways import sendgrid, stripe

Json = dict[str, Any]
URL = settings.database_url.replace("+psycopg2", "")
# The level of our own transactions; the default of DBOS is SERIALIZABLE.
ISOLATION = "READ COMMITTED"


class JsonSerializer(Serializer):  # type: ignore[misc]
    """A serializer to JSON, which is cheaper than the default, pickle in base64."""

    def name(self) -> str:
        return "json"

    def serialize(self, data: Any) -> str:
        return json.dumps(data)

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data)


DBOS(
    config=DBOSConfig(
        name="shop",
        system_database_url=URL,
        sys_db_pool_size=16,
        log_level="ERROR",
        serializer=JsonSerializer(),
        executor_id=f"shop-{os.getpid()}",
        application_version="1",
        enable_otlp=False,
        use_listen_notify=True,
    )
)
tables = SQLAlchemyDatasource.create(
    URL, engine_kwargs={"pool_size": 12, "max_overflow": 4}, serializer=JsonSerializer()
)


@tables.transaction(isolation_level=ISOLATION)  # type: ignore[untyped-decorator]
def place(order_id: str, checkout: Json) -> int:
    """Insert the order and its payment, reserve the stock, and return the total."""
    session: Session = tables.sql_session()
    valid_session = (
        select(User.id)
        .join(UserSession, UserSession.user_id == User.id)
        .where(User.id == UUID(checkout["user_id"]), User.status.not_in(REFUSED))
        .where(UserSession.id == UUID(checkout["session_id"]), UserSession.revoked_at.is_(None))
    )
    session.execute(valid_session).one()
    quantities = {line["product_id"]: line["quantity"] for line in checkout["lines"]}
    products = session.scalars(select(Product).where(Product.id.in_(quantities))).all()
    for product in products:
        if product.status != ProductStatus.AVAILABLE or product.available < quantities[product.id]:
            raise ValueError(f"{product.name} cannot be bought")
    order = _new_order(order_id, checkout, products, quantities)
    order.payment = Payment(state=PaymentState.PENDING, amount=order.total, currency=order.currency)
    session.add(order)
    session.flush()
    _move_stock(session, order_id, stock=0, reserved=1)
    return order.total


def _new_order(
    order_id: str, checkout: Json, products: Sequence[Product], quantities: dict[int, int]
) -> Order:
    subtotal = sum(product.price * quantities[product.id] for product in products)
    order = Order(
        id=UUID(order_id),
        state=OrderState.PENDING,
        user_id=UUID(checkout["user_id"]),
        reference_id=checkout["reference_id"],
        request_hash="",
        currency=products[0].currency,
        subtotal=subtotal,
        shipping_cost=SHIPPING_COSTS[products[0].currency],
        tax_amount=0,
        total=subtotal + SHIPPING_COSTS[products[0].currency],
        billing_address=checkout["billing_address"],
        shipping_address=checkout["shipping_address"],
    )
    order.items = [
        OrderItem(line=line, product_id=p.id, name=p.name, quantity=quantities[p.id], price=p.price)
        for line, p in enumerate(products)
    ]
    return order


@DBOS.step(retries_allowed=True, max_attempts=10)  # type: ignore[untyped-decorator]
def create_intent(order_id: str, amount: int, checkout: Json) -> Json:
    """Create an intent at Stripe."""
    metadata = {"orderId": order_id, "referenceId": checkout["reference_id"]}
    metadata["userId"] = checkout["user_id"]
    intent = stripe.create_intent(amount, "usd", metadata, key=f"{order_id}-intent")
    return {"id": intent.id, "client_secret": intent.client_secret}


@tables.transaction(isolation_level=ISOLATION)  # type: ignore[untyped-decorator]
def record_intent(order_id: str, intent: Json) -> None:
    """Record the intent, so that the order can be paid."""
    payment = _lock(tables.sql_session(), order_id).payment
    payment.state, payment.intent_id = PaymentState.INITIATED, intent["id"]
    payment.client_secret = intent["client_secret"]


@tables.transaction(isolation_level=ISOLATION)  # type: ignore[untyped-decorator]
def confirm(order_id: str, intent: Json) -> None:
    """Record the payment and the sale of the stock."""
    session: Session = tables.sql_session()
    order = _lock(session, order_id)
    order.state, order.payment.state = OrderState.CONFIRMED, PaymentState.SUCCESS
    order.payment.captured = intent["amount_received"]
    order.payment.captured_currency = intent["currency"]
    order.payment.charge_id = intent["latest_charge"]
    _move_stock(session, order_id, stock=-1, reserved=-1)


@DBOS.step(retries_allowed=True, max_attempts=10)  # type: ignore[untyped-decorator]
def send_receipt(order_id: str) -> Json | None:
    """Send the receipt, and return the card."""
    with Session(tables.engine) as session:
        query = select(Order).where(Order.id == UUID(order_id)).options(*ORDER_LOADS)
        order = session.scalars(query).one()
        tags = {"activityId": f"{order_id}-receipt"}
        email = email_rendering.render_order_email("order_confirmed", order, tags=tags)
        intent_id = order.payment.intent_id
    card = stripe.retrieve_intent(intent_id or "").card
    if email is not None:
        sendgrid.send(email)
    return asdict(card) if card else None


@tables.transaction(isolation_level=ISOLATION)  # type: ignore[untyped-decorator]
def record_card(order_id: str, card: Json) -> None:
    """Record the card of the payment."""
    payment = _lock(tables.sql_session(), order_id).payment
    payment.card_brand, payment.last4 = card["brand"], card["last4"]
    payment.exp_month, payment.exp_year = card["exp_month"], card["exp_year"]


@DBOS.workflow()  # type: ignore[untyped-decorator]
def buy(order_id: str, checkout: Json) -> str:
    """Process an order up to its receipt."""
    intent = create_intent(order_id, place(order_id, checkout), checkout)
    record_intent(order_id, intent)
    DBOS.set_event("client_secret", intent["client_secret"])
    payment = DBOS.recv("paid", timeout_seconds=settings.payment_timeout)
    if payment is None:
        return "Expired"
    confirm(order_id, payment)
    card = send_receipt(order_id)
    if card is not None:
        record_card(order_id, card)
    return "Confirmed"


def _lock(session: Session, order_id: str) -> Order:
    """Lock the order, and return it with its payment."""
    order = session.scalars(select(Order).where(Order.id == UUID(order_id)).with_for_update()).one()
    order.payment = session.scalars(select(Payment).where(Payment.order_id == order.id)).one()
    return order


def _move_stock(session: Session, order_id: str, *, stock: int, reserved: int) -> None:
    values = {"orders": [order_id], "stock": [stock], "reserved": [reserved], "at": now()}
    session.execute(INSERT_MOVES, values)


if __name__ == "__main__":
    DBOS.launch()
    DBOS.destroy()
