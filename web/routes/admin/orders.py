"""Routes of an order for staff: read it, ship, deliver, cancel, refund and accept it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from models import Payment
from state_machines import OrderMachine
from state_machines.actions import accept_payment, cancel_order, refund_order, ship_order
from state_machines.actions.order_lock import lock_payment_of
from state_machines.actions.refund_order import RefundRequest
from state_machines.durable.operations.expected_version import (
    UnchangedError,
    require_moves,
    require_version,
)
from web.pagination import conditional_on
from web.routes.admin.guard import Role, audited, blueprint, needs
from web.routes.admin.marks import load_mark
from web.routes.admin.once import require_key
from web.routes.admin.order_view import load_order
from web.routes.admin.refund_limit import limited_refunds
from web.schemas.admin.order import (
    Change,
    Delivery,
    OrderDetail,
    OrderIdPath,
    ReasonedChange,
    RefundOrder,
    Shipping,
)

api = blueprint("orders")


@api.get("/orders/<uuid:orderId>", responses={200: OrderDetail})
@needs(Role.STAFF)
def show(path: OrderIdPath) -> Any:
    """Return an order with its money, shipment, notices, and what can be done with it now."""
    mark = load_mark(OrderMachine, path.order_id)
    return conditional_on(mark, lambda: load_order(path.order_id).json_ready())


@api.post("/orders/<uuid:orderId>/ship", responses={200: OrderDetail})
@needs(Role.STAFF)
def ship(path: OrderIdPath, body: Shipping) -> Any:
    """Mark a confirmed order as shipped, and email the tracking number to the customer."""
    carrier, number = body.carrier, body.tracking_number
    with _changing("orders ship", path.order_id, body, carrier=carrier, tracking=number) as payment:
        ship_order.ship(payment.order, carrier, number)
    return _shown(path.order_id)


@api.post("/orders/<uuid:orderId>/deliver", responses={200: OrderDetail})
@needs(Role.STAFF)
def deliver(path: OrderIdPath, body: Delivery) -> Any:
    """Mark a shipped order as delivered."""
    with _changing("orders deliver", path.order_id, body, reason=body.reason) as payment:
        ship_order.deliver(payment.order, reason=body.reason)
    return _shown(path.order_id)


@api.post("/orders/<uuid:orderId>/cancel", responses={200: OrderDetail})
@needs(Role.STAFF)
def cancel(path: OrderIdPath, body: ReasonedChange) -> Any:
    """Cancel an order; a paid one is refunded, above REFUND_STEP_UP_ABOVE after a step-up."""
    changing = _changing("orders cancel", path.order_id, body, reason=body.reason)
    with changing as payment, limited_refunds(payment):
        cancel_order.cancel(payment, reason=body.reason)
    return _shown(path.order_id)


@api.post("/orders/<uuid:orderId>/accept", responses={200: OrderDetail})
@needs(Role.ADMIN)
def accept(path: OrderIdPath, body: ReasonedChange) -> Any:
    """Accept a payment of another amount or currency, and confirm the order."""
    with _changing("orders accept", path.order_id, body, reason=body.reason) as payment:
        accept_payment.accept(payment, reason=body.reason)
    return _shown(path.order_id)


@api.post("/orders/<uuid:orderId>/refund", responses={200: OrderDetail})
@needs(Role.STAFF)
def refund(path: OrderIdPath, body: RefundOrder) -> Any:
    """Refund an order in part or in full, once for each `Idempotency-Key`, which is required.

    Refunds of an order that are together above REFUND_STEP_UP_ABOVE need a step-up.
    """
    key, reason = require_key(), body.reason
    request = RefundRequest(body.amount, body.currency, reason)
    with audited("orders refund", path.order_id, amount=body.amount, reason=reason, key=key):
        payment = lock_payment_of(path.order_id)
        with limited_refunds(payment):
            _, is_new = refund_order.refund_once(payment, request, key=key)
        if not is_new:
            raise UnchangedError
    return _shown(path.order_id)


@contextmanager
def _changing(action: str, order_id: UUID, change: Change, **details: Any) -> Iterator[Payment]:
    """Run the block in an audited transaction that has locked the order in the given version."""
    with audited(action, order_id, **details):
        payment = lock_payment_of(order_id)
        require_version(payment.order, change.if_version)
        yield payment
        require_moves()


def _shown(order_id: UUID) -> Any:
    return load_order(order_id).json_ready()
