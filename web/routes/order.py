"""Routes of placing orders, following their status and cancelling them."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, jsonify, request
from flask_openapi.models.tag import Tag
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from models import Order, Payment, reading, transaction
from models.base import db
from models.errors import InvalidInputError, NotFoundError
from models.ids import uuid7
from models.order_version import order_version
from models.problem_codes import FieldCode
from state_machines import PaymentMachine
from state_machines.actions import cancel_order, checkout
from state_machines.actions.cancel_order import Outcome
from state_machines.actions.checkout import CheckoutRequest
from state_machines.actions.pricing import Line
from web import authentication, idempotency, overload, prefer, tracking, waiters
from web.blueprint import ApiBlueprint
from web.changes import subscribe
from web.request import cause
from web.schemas.order import (
    OrderCancelled,
    OrderPlaced,
    OrderRequest,
    OrderStatus,
    ReferencePath,
    TrackedStatus,
)

api = ApiBlueprint(
    "order",
    __name__,
    url_prefix="/order",
    abp_tags=[Tag(name="order")],
    abp_security=[{"bearer": []}],
)


@api.before_request
def _authenticate() -> None:
    """Authenticate the caller. Placing an order checks the session in checkout.place."""
    if request.endpoint == "order.place":
        overload.ORDERS.check()
        authentication.require_token()
    elif request.endpoint == "order.status":
        tracking.authenticate()
    else:
        authentication.require_session()


# A client without `Prefer` reads the client secret from this response or never.
DEFAULT_WAIT = 30.0  # seconds
CANCELLED = {
    Outcome.CLOSING: "The order is being cancelled",
    Outcome.REFUNDING: "The order is cancelled, and the payment is being refunded",
    Outcome.CANCELLED: "The order is cancelled",
}


@api.post("", responses={201: OrderPlaced, 200: OrderPlaced, 202: OrderPlaced})
def place(body: OrderRequest) -> Any:
    """Place an order.

    Repeating a reference or an `Idempotency-Key` returns the same order; the key may replace the
    reference. 503 with `Retry-After` while more orders are under way than the system can take.
    """
    caller, order_id, key = authentication.caller(), uuid7(), idempotency.read_key()
    checkout_request = _checkout_request(body, key)
    with subscribe(order_id) as subscription, overload.ORDERS.enter() as note_written:
        with cause(caller.user_id):
            placed_id, is_new = checkout.place(
                order_id, caller.user_id, caller.session_id, checkout_request, key=key
            )
        note_written()
        if is_new:
            status = waiters.wait_until(
                _is_settled,
                subscription,
                prefer.wait(DEFAULT_WAIT),
                initial=None,
                load=lambda: _load(Order.id == order_id),
            ) or _load(Order.id == order_id)
            return _placed(status, HTTPStatus.CREATED if status.settled else HTTPStatus.ACCEPTED)
    return _placed(_wait_until_settled(placed_id, prefer.wait(DEFAULT_WAIT)), HTTPStatus.OK)


@api.get("/status/<referenceId>", responses={200: TrackedStatus})
def status(path: ReferencePath) -> Any:
    """Return the order's status. With `Prefer: wait`, wait until it can be paid or has ended.

    With `If-None-Match` as well, wait until it differs from that version; 304 if it does not.
    """
    if not_modified := tracking.unchanged(path.reference_id):
        return not_modified
    which = _is_mine(path)
    wait = 0 if request.if_none_match else prefer.wait(0)
    if wait:
        order_status = _load(which)
        if not order_status.settled:
            _wait_until_settled(order_status.order_id, wait)
    return prefer.with_preference_applied(tracking.respond(_load_tracked(which).json_ready()))


@api.delete("/<referenceId>", responses={202: OrderCancelled, 200: OrderCancelled})
def cancel(path: ReferencePath) -> Any:
    """Cancel an order.

    202 while Stripe cancels or refunds the payment; 200 when it is done; 409 when it is too late.
    """
    with cause(authentication.caller().user_id), transaction() as session:
        payment_id = session.scalar(select(Payment.id).join(Payment.order).where(_is_mine(path)))
        if payment_id is None:
            raise NotFoundError("There is no such order")
        payment = PaymentMachine.lock([payment_id])[payment_id]
        outcome = cancel_order.cancel(payment)
    body = OrderCancelled(
        order_id=payment.order_id,
        reference_id=payment.order.reference_id,
        status=payment.order.state,
        message=CANCELLED[outcome],
    )
    is_done = outcome == Outcome.CANCELLED
    return body.json_ready(), HTTPStatus.OK if is_done else HTTPStatus.ACCEPTED


def _checkout_request(body: OrderRequest, key: str | None) -> CheckoutRequest:
    reference = body.reference_id or (key and idempotency.derive_reference(key))
    if not reference:
        raise InvalidInputError(
            "referenceId", "Field required, or an Idempotency-Key", FieldCode.REQUIRED
        )
    return CheckoutRequest(
        reference_id=reference,
        lines=tuple(Line(line.product_id, line.quantity) for line in body.items),
        billing_address=body.billing_address,
        shipping_address=body.shipping_address,
        payment_method=body.payment_method,
    )


def _is_mine(path: ReferencePath) -> ColumnElement[bool]:
    """Return the condition for the caller's order with this reference."""
    return (Order.user_id == authentication.caller().user_id) & (
        Order.reference_id == path.reference_id
    )


def _load(which: ColumnElement[bool]) -> OrderStatus:
    """Load the status of the order. Raises NotFoundError."""
    with reading():
        query = select(Payment).join(Payment.order).where(which)
        whole = query.options(contains_eager(Payment.order))
        payment = db.session.scalar(whole.execution_options(populate_existing=True))
    if payment is None:
        raise NotFoundError("There is no such order")
    return OrderStatus.of(payment)


def _load_tracked(which: ColumnElement[bool]) -> TrackedStatus:
    """Load the status of the order with its version. Raises NotFoundError."""
    with reading(one_snapshot=True) as session:
        query = select(Payment, order_version()).join(Payment.order).where(which)
        row = session.execute(query.options(contains_eager(Payment.order))).one_or_none()
        if row is None:
            raise NotFoundError("There is no such order")
        return TrackedStatus.track(row[0], row[1])


def _wait_until_settled(order_id: UUID, seconds: float) -> OrderStatus:
    """Return the order's status once it is settled, or after `seconds`."""
    condition = Order.id == order_id
    with subscribe(order_id) as subscription:
        status = waiters.wait_until(
            _is_settled,
            subscription,
            seconds,
            initial=_load(condition),
            load=lambda: _load(condition),
        )
    # The caller may have signed out meanwhile.
    authentication.require_open_session()
    return status


def _is_settled(status: OrderStatus | None) -> bool:
    """Return whether the order can be paid or has ended. A new one has no loaded status yet."""
    return status is not None and status.settled


def _placed(order: OrderStatus, code: HTTPStatus) -> Response:
    """Return the response to a request that placed an order."""
    message = "The payment is being set up"
    if order.client_secret is not None:
        message = "The order is placed, and can be paid"
    elif order.settled:
        message = f"The order is {order.status.lower()}: it cannot be paid"
    body = OrderPlaced(
        currency=order.currency,
        total_price=order.total_price,
        total_minor=order.total_minor,
        order_id=order.order_id,
        reference_id=order.reference_id,
        client_secret=order.client_secret,
        message=message,
    )
    response: Response = jsonify(body.json_ready())
    response.status_code = code
    response.headers["Location"] = f"{api.url_prefix}/status/{quote(order.reference_id, safe='')}"
    return prefer.with_preference_applied(response)
