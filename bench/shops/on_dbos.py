"""The shop on DBOS: an order is one workflow, with our tables, our e-mails and our clients of
Stripe and SendGrid. It knows the straight way to the receipt, and nothing of refunds or disputes.

`python -m bench.shops.on_dbos` makes DBOS's own tables.
"""

import json
import os
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
# As ours reads and locks; DBOS's own is SERIALIZABLE.
ISOLATION = "READ COMMITTED"


class Plainly(Serializer):  # type: ignore[misc]
    """JSON, rather than pickle in base64."""

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
        serializer=Plainly(),
        executor_id=f"shop-{os.getpid()}",
        application_version="1",
        enable_otlp=False,
        use_listen_notify=True,
    )
)
tables = SQLAlchemyDatasource.create(
    URL, engine_kwargs={"pool_size": 12, "max_overflow": 4}, serializer=Plainly()
)


@tables.transaction(isolation_level=ISOLATION)  # type: ignore[untyped-decorator]
def place(order_id: str, wish: Json) -> int:
    """Write the order and its payment, and set the pieces aside; what it costs."""
    session: Session = tables.sql_session()
    welcome = (
        select(User.id)
        .join(UserSession, UserSession.user_id == User.id)
        .where(User.id == UUID(wish["user_id"]), User.status.not_in(REFUSED))
        .where(UserSession.id == UUID(wish["session_id"]), UserSession.revoked_at.is_(None))
    )
    session.execute(welcome).one()
    wanted = {line["product_id"]: line["quantity"] for line in wish["lines"]}
    products = session.scalars(select(Product).where(Product.id.in_(wanted))).all()
    for product in products:
        if product.status != ProductStatus.AVAILABLE or product.available < wanted[product.id]:
            raise ValueError(f"{product.name} cannot be bought")
    subtotal = sum(product.price * wanted[product.id] for product in products)
    order = Order(
        id=UUID(order_id),
        state=OrderState.PENDING,
        user_id=UUID(wish["user_id"]),
        reference_id=wish["reference_id"],
        request_hash="",
        currency=products[0].currency,
        subtotal=subtotal,
        shipping_cost=SHIPPING_COSTS[products[0].currency],
        tax_amount=0,
        total=subtotal + SHIPPING_COSTS[products[0].currency],
        billing_address=wish["billing_address"],
        shipping_address=wish["shipping_address"],
    )
    order.items = [
        OrderItem(line=line, product_id=p.id, name=p.name, quantity=wanted[p.id], price=p.price)
        for line, p in enumerate(products)
    ]
    payment = Payment(state=PaymentState.PENDING, amount=order.total, currency=order.currency)
    order.payment = payment
    session.add(order)
    session.flush()
    _move(session, order_id, stock=0, reserved=1)
    return order.total


@DBOS.step(retries_allowed=True, max_attempts=10)  # type: ignore[untyped-decorator]
def create_intent(order_id: str, amount: int, wish: Json) -> Json:
    """Ask Stripe for an intent."""
    metadata = {"orderId": order_id, "referenceId": wish["reference_id"]}
    metadata["userId"] = wish["user_id"]
    intent = stripe.create_intent(amount, "usd", metadata, key=f"{order_id}-intent")
    return {"id": intent.id, "client_secret": intent.client_secret}


@tables.transaction(isolation_level=ISOLATION)  # type: ignore[untyped-decorator]
def opened(order_id: str, intent: Json) -> None:
    """Note the intent: the order can be paid."""
    payment = _locked(tables.sql_session(), order_id).payment
    payment.state, payment.intent_id = PaymentState.INITIATED, intent["id"]
    payment.client_secret = intent["client_secret"]


@tables.transaction(isolation_level=ISOLATION)  # type: ignore[untyped-decorator]
def confirmed(order_id: str, intent: Json) -> None:
    """Note what Stripe took; the pieces are sold."""
    session: Session = tables.sql_session()
    order = _locked(session, order_id)
    order.state, order.payment.state = OrderState.CONFIRMED, PaymentState.SUCCESS
    order.payment.captured = intent["amount_received"]
    order.payment.captured_currency = intent["currency"]
    order.payment.charge_id = intent["latest_charge"]
    _move(session, order_id, stock=-1, reserved=-1)


@DBOS.step(retries_allowed=True, max_attempts=10)  # type: ignore[untyped-decorator]
def receipt(order_id: str) -> Json | None:
    """Retrieve the card, and send the receipt."""
    with Session(tables.engine) as session:
        found = select(Order).where(Order.id == UUID(order_id)).options(*ORDER_LOADS)
        order = session.scalars(found).one()
        tags = {"activityId": f"{order_id}-receipt"}
        email = email_rendering.render_order_email("order_confirmed", order, tags=tags)
        intent_id = order.payment.intent_id
    card = stripe.retrieve_intent(intent_id or "").card
    if email is not None:
        sendgrid.send(email)
    return asdict(card) if card else None


@tables.transaction(isolation_level=ISOLATION)  # type: ignore[untyped-decorator]
def noted(order_id: str, card: Json) -> None:
    """Note the card."""
    payment = _locked(tables.sql_session(), order_id).payment
    payment.card_brand, payment.last4 = card["brand"], card["last4"]
    payment.exp_month, payment.exp_year = card["exp_month"], card["exp_year"]


@DBOS.workflow()  # type: ignore[untyped-decorator]
def buy(order_id: str, wish: Json) -> str:
    """One order, to its receipt."""
    intent = create_intent(order_id, place(order_id, wish), wish)
    opened(order_id, intent)
    DBOS.set_event("client_secret", intent["client_secret"])
    paid = DBOS.recv("paid", timeout_seconds=settings.payment_timeout)
    if paid is None:
        return "Expired"
    confirmed(order_id, paid)
    card = receipt(order_id)
    if card is not None:
        noted(order_id, card)
    return "Confirmed"


def _locked(session: Session, order_id: str) -> Order:
    """The order, locked, with its payment."""
    order = session.scalars(select(Order).where(Order.id == UUID(order_id)).with_for_update()).one()
    order.payment = session.scalars(select(Payment).where(Payment.order_id == order.id)).one()
    return order


def _move(session: Session, order_id: str, *, stock: int, reserved: int) -> None:
    moved = {"orders": [order_id], "stock": [stock], "reserved": [reserved], "at": now()}
    session.execute(INSERT_MOVES, moved)


if __name__ == "__main__":
    DBOS.launch()
    DBOS.destroy()
