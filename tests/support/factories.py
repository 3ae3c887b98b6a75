"""Rows for tests, with plausible defaults. Call inside a transaction."""

from typing import Any, TypeVar

from models import (
    Bulk,
    BulkAction,
    BulkState,
    Dispute,
    DisputeState,
    Erasure,
    ErasureState,
    Login,
    LoginState,
    Order,
    OrderItem,
    OrderState,
    Payment,
    PaymentState,
    Product,
    ProductStatus,
    Reconciliation,
    ReconciliationState,
    Refund,
    RefundOrigin,
    RefundState,
    User,
)
from models.base import Base, db
from models.clock import now
from models.ids import uuid7
from state_machines.order import OrderMachine, OrderSignal
from state_machines.payment import PaymentMachine, PaymentSignal

R = TypeVar("R", bound=Base)


def _add(row: R) -> R:
    db.session.add(row)
    db.session.flush()
    return row


def a_user(**fields: Any) -> User:
    unique = uuid7().hex
    return _add(User(**{"email": f"{unique}@example.com", "username": unique, **fields}))


def a_product(**fields: Any) -> Product:
    plain = {
        "sku": uuid7().hex,
        "name": "Desk lamp",
        "description": "It shines.",
        "category": "Lighting",
        "tags": ["desk"],
        "image_url": "/static/products/lamp.svg",
        "price": 4900,
        "currency": "usd",
        "stock": 100,
        "status": ProductStatus.AVAILABLE,
    }
    return _add(Product(**plain | fields))


def an_order(state: OrderState = OrderState.PENDING, **fields: Any) -> Order:
    """Return an order in `state`, without history, for tests of single transitions."""
    user = fields.pop("user", None) or a_user()
    plain = {
        "state": state,
        "user_id": user.id,
        "reference_id": uuid7().hex,
        "request_hash": "",
        "currency": "usd",
        "subtotal": 4900,
        "shipping_cost": 1000,
        "tax_amount": 0,
        "total": 5900,
        "billing_address": "1 Main St",
        "shipping_address": "1 Main St",
    }
    return _add(Order(**plain | fields))


def a_payment(state: PaymentState = PaymentState.PENDING, **fields: Any) -> Payment:
    """Return a payment in `state`, without history, with its pending order."""
    order = fields.pop("order", None) or an_order()
    plain = {"state": state, "order_id": order.id, "amount": order.total, "currency": "usd"}
    return _add(Payment(**plain | fields))


def an_order_with_payment(state: OrderState = OrderState.PENDING) -> Order:
    return a_payment(PaymentState.INITIATED, order=an_order(state)).order


def a_refund(state: RefundState = RefundState.REQUESTED, **fields: Any) -> Refund:
    """Return a refund in `state`, without history, of a cancelled order that was paid."""
    order = fields.pop("order", None)
    if order is None:
        ended = an_order(OrderState.CANCELLED)
        order = a_payment(PaymentState.SUCCESS, order=ended, captured=ended.total).order
    plain = {"state": state, "order_id": order.id, "amount": 100, "currency": "usd"}
    return _add(Refund(**plain | {"origin": RefundOrigin.OPERATOR} | fields))


def a_dispute(state: DisputeState = DisputeState.NEEDS_RESPONSE, **fields: Any) -> Dispute:
    order = fields.pop("order", None) or an_order_with_payment(OrderState.CONFIRMED)
    plain = {"state": state, "order_id": order.id, "amount": order.total, "currency": "usd"}
    stripe = {"stripe_id": f"dp_{uuid7().hex}", "reason": "fraudulent"}
    return _add(Dispute(**plain | stripe | fields))


def a_reconciliation(
    state: ReconciliationState = ReconciliationState.RUNNING,
) -> Reconciliation:
    return _add(Reconciliation(state=state, since=now()))


def an_erasure(state: ErasureState = ErasureState.REQUESTED) -> Erasure:
    return _add(Erasure(state=state, user_id=a_user().id))


def a_bulk_job(state: BulkState = BulkState.RUNNING, **fields: Any) -> Bulk:
    """Return a job in `state`, without rows."""
    plain = {"state": state, "action": BulkAction.RETRY, "filters": {}, "options": {}}
    return _add(Bulk(**plain | {"reason": "the courier is back", "actor": "ann"} | fields))


def a_login(state: LoginState = LoginState.CODE_PENDING, **fields: Any) -> Login:
    login_id = fields.pop("id", None) or uuid7()
    plain = {"state": state, "email": f"{uuid7().hex}@example.com", "code_hash": "-"}
    return _add(Login(**plain | {"id": login_id, "code_id": login_id} | fields))


def a_placed_order() -> Payment:
    """Place an order as the checkout does, with its history, and return its payment."""
    user, product = a_user(), a_product()
    placed = Order(
        id=uuid7(),
        user_id=user.id,
        reference_id=uuid7().hex,
        request_hash="",
        currency="usd",
        subtotal=product.price,
        shipping_cost=1000,
        tax_amount=0,
        total=product.price + 1000,
        billing_address="",
        shipping_address="",
    )
    OrderMachine.begin(placed, OrderSignal.PLACE)
    db.session.flush()
    db.session.add(
        OrderItem(
            order_id=placed.id,
            line=0,
            product_id=product.id,
            name=product.name,
            quantity=1,
            price=product.price,
        )
    )
    payment = Payment(order_id=placed.id, amount=placed.total, currency="usd")
    PaymentMachine.begin(payment, PaymentSignal.START)
    db.session.flush()
    return payment
