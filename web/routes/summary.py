"""Routes of reading the caller's orders: list, summary and history."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import jsonify
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from sqlalchemy import select, union_all
from sqlalchemy.orm import joinedload, selectinload

from models import Order, OrderItem, Payment, PaymentState, Refund, Transition, reading
from models.clock import now
from models.errors import NotFoundError
from web import authentication, waiters
from web.changes import subscribe
from web.pagination import link_header
from web.schemas.order import OrderPath, OrderQuery, ReferencePath
from web.schemas.summary import History, OrderRow, Orders, OrderSummary, Step

api = APIBlueprint(
    "summary",
    __name__,
    url_prefix="/order",
    abp_tags=[Tag(name="order")],
    abp_security=[{"bearer": []}],
)
api.before_request(authentication.require_session)

MAX_CARD_WAIT = 2.0  # seconds
# Payments that are not made by card never get one.
MAX_CARD_DELAY = timedelta(seconds=30)
WHOLE = (
    joinedload(Order.payment),
    joinedload(Order.shipment),
    selectinload(Order.refunds),
    selectinload(Order.items).joinedload(OrderItem.product),
)


@api.get("", responses={200: Orders})
def mine(query: OrderQuery) -> Any:
    """List the caller's orders, newest first. `Link` has the next page."""
    rows = select(Order).where(Order.user_id == authentication.caller().user_id)
    if query.cursor is not None:
        rows = rows.where(Order.id < query.cursor)
    with reading() as session:
        # One row more than the page shows whether there is a next page.
        orders = session.scalars(rows.order_by(Order.id.desc()).limit(query.size + 1)).all()
    page = orders[: query.size]
    response = jsonify([OrderRow.of(order).json_ready() for order in page])
    if len(orders) > len(page):
        response.headers["Link"] = link_header({"next": {"cursor": page[-1].id}})
    return response


@api.get("/summary/<uuid:orderId>", responses={200: OrderSummary})
def summary(path: OrderPath) -> Any:
    """Return the whole order. Just after the payment, wait up to 2 s for the card's details."""
    order = _load(path.order_id)
    if not _is_card_final(order):
        with subscribe(order.id) as subscription:
            order = waiters.wait_until(
                _is_card_final,
                subscription,
                MAX_CARD_WAIT,
                initial=_load(order.id),
                load=lambda: _load(path.order_id),
            )
    return OrderSummary.of(order).json_ready()


def _load(order_id: UUID) -> Order:
    """Load the caller's order with all its parts. Raises NotFoundError."""
    this = (Order.id == order_id) & (Order.user_id == authentication.caller().user_id)
    with reading() as session:
        order = session.scalar(select(Order).where(this).options(*WHOLE))
    if order is None:
        raise NotFoundError("There is no such order")
    return order


def _is_card_final(order: Order) -> bool:
    """Return whether the card's details are known, or will not come any more."""
    payment = order.payment
    if payment.last4 is not None or payment.state != PaymentState.SUCCESS:
        return True
    return now() - payment.updated_at > MAX_CARD_DELAY


@api.get("/<referenceId>/history", responses={200: History})
def history(path: ReferencePath) -> Any:
    """List the transitions of the order, its payment and its refunds, oldest first."""
    this = (Order.user_id == authentication.caller().user_id) & (
        Order.reference_id == path.reference_id
    )
    ids = (
        select(Order.id).where(this),
        select(Payment.id).join(Payment.order).where(this),
        select(Refund.id).join(Refund.order).where(this),
    )
    with reading() as session:
        rows = session.scalars(
            select(Transition)
            .where(Transition.subject_id.in_(union_all(*ids)))
            .order_by(Transition.at, Transition.machine, Transition.version)
        ).all()
    if not rows:
        raise NotFoundError("There is no such order")
    return jsonify([Step.of(row).json_ready() for row in rows])
