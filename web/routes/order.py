"""Routes of placing orders, following their status and cancelling them."""

from http import HTTPStatus
from operator import attrgetter
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, jsonify, request
from flask_openapi.models.tag import Tag
from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager

from models import Order, Payment, reading, transaction
from models.errors import InvalidInputError, NotFoundError
from models.ids import uuid7
from models.money import to_decimal
from models.order_progress import OrderProgress, load_progress
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
        # A browser would not show the refusal of its preflight to the page.
        if request.method != "OPTIONS":
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
    with subscribe(order_id) as subscription, overload.ORDERS.take_place() as place_at_gate:
        with place_at_gate.writing(), cause(caller.user_id):
            placed_id, is_new = checkout.place(
                order_id, caller.user_id, caller.session_id, checkout_request, key=key
            )
        if is_new:
            status = waiters.wait_until(
                _is_settled,
                subscription,
                prefer.wait(DEFAULT_WAIT),
                initial=None,
                load=lambda: load_progress(order_id),
            ) or load_progress(order_id)
            return _placed(status, HTTPStatus.CREATED if status.settled else HTTPStatus.ACCEPTED)
    return _placed(_wait_until_settled(placed_id, prefer.wait(DEFAULT_WAIT)), HTTPStatus.OK)


@api.get("/status/<referenceId>", responses={200: TrackedStatus})
def status(path: ReferencePath) -> Any:
    """Return the order's status. With `Prefer: wait`, wait until it can be paid or has ended.

    With `If-None-Match` as well, wait until it differs from that version; 304 if it does not.
    """
    if not_modified := tracking.respond_if_unchanged(path.reference_id):
        return not_modified
    wait = 0 if request.if_none_match else prefer.wait(0)
    if wait:
        _wait_until_settled(tracking.find(path.reference_id), wait)
    view = _load_tracked(path.reference_id).json_ready()
    return prefer.with_preference_applied(tracking.respond(view))


@api.delete("/<referenceId>", responses={202: OrderCancelled, 200: OrderCancelled})
def cancel(path: ReferencePath) -> Any:
    """Cancel an order.

    202 while Stripe cancels or refunds the payment; 200 when it is done; 409 when it is too late.
    """
    with cause(authentication.caller().user_id), transaction() as session:
        mine = select(Order.id).where(
            Order.user_id == authentication.caller().user_id,
            Order.reference_id == path.reference_id,
        )
        payment_id = session.scalar(
            select(Payment.id).where(Payment.order_id == mine.scalar_subquery())
        )
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
            "referenceId", "is required, or an Idempotency-Key", FieldCode.REQUIRED
        )
    return CheckoutRequest(
        reference_id=reference,
        lines=tuple(Line(line.product_id, line.quantity) for line in body.items),
        billing_address=body.billing_address,
        shipping_address=body.shipping_address,
        payment_method=body.payment_method,
    )


# Built once: building it anew would cost as much as executing it.
_TRACKED = (
    select(Payment, order_version())
    .join(Payment.order)
    .where(Order.user_id == bindparam("user_id"), Order.reference_id == bindparam("reference_id"))
    .options(contains_eager(Payment.order))
)


def _load_tracked(reference_id: str) -> TrackedStatus:
    """Load the status of the caller's order with its version. Raises NotFoundError."""
    which = {"user_id": authentication.caller().user_id, "reference_id": reference_id}
    with reading(one_snapshot=True) as session:
        row = session.execute(_TRACKED, which).one_or_none()
        if row is None:
            raise NotFoundError("There is no such order")
        return TrackedStatus.track(row[0], row[1])


def _wait_until_settled(order_id: UUID, seconds: float) -> OrderProgress:
    """Return the progress of the order once it is settled, or after `seconds`."""
    progress = load_progress(order_id)
    if progress.settled or seconds <= 0:
        return progress
    with subscribe(order_id) as subscription:
        progress = waiters.wait_until(
            attrgetter("settled"),
            subscription,
            seconds,
            initial=load_progress(order_id),
            load=lambda: load_progress(order_id),
        )
    # The caller may have signed out meanwhile.
    authentication.require_open_session()
    return progress


def _is_settled(progress: OrderProgress | None) -> bool:
    """Return whether the order can be paid or has ended. A new one is not loaded yet."""
    return progress is not None and progress.settled


def _placed(order: OrderProgress, code: HTTPStatus) -> Response:
    """Return the response to a request that placed an order."""
    message = "The payment is being set up"
    if order.client_secret is not None:
        message = "The order is placed, and can be paid"
    elif order.settled:
        message = f"The order is {order.state.lower()}: it cannot be paid"
    body = OrderPlaced(
        currency=order.currency,
        total_price=to_decimal(order.total, order.currency),
        total_minor=order.total,
        order_id=order.order_id,
        reference_id=order.reference_id,
        client_secret=order.client_secret,
        message=message,
    )
    response: Response = jsonify(body.json_ready())
    response.status_code = code
    response.headers["Location"] = f"{api.url_prefix}/status/{quote(order.reference_id, safe='')}"
    return prefer.with_preference_applied(response)
